"""Facts of statements, and what was given out: issued statements, exports."""
