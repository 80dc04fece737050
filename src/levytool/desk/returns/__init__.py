"""Returns: expected, settled, corrected, excused."""
