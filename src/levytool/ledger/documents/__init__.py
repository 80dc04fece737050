"""Invoices and credit notes, what settles them, and what is charged beside them."""
