"""Bank lines, what each was found to be, and who is owed."""
