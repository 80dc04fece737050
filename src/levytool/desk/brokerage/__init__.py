"""Brokerage: opportunities, surplus, pots and schemes."""
