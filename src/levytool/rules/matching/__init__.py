"""Matching: which lines of two sides, or receipts and documents, belong together (domain §3.6)."""
