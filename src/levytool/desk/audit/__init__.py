"""Audit: what proves the books and explains a figure."""
