"""The book: checked, drafted, planned and applied."""
