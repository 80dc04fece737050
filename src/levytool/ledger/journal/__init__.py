"""Entries, the months they may be posted to, who did what, and the books as they were known."""
