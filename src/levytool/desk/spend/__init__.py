"""Spend: a contractor's file from its bytes to staged returns."""
