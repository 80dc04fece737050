"""Returns and their lines, and the members' own ledgers beside them."""
