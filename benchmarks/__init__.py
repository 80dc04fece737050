"""How fast and how small: measured against the least work that gives the same result."""
