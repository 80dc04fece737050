"""Whether the books hold, and why a figure is what it is."""
