"""Books that begin in the middle: what an opening file brings, and whether it can be posted."""
