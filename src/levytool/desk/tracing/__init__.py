"""Tracing: any figure of the books to what made it, and to what became of it."""
