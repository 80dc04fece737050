"""How the books are stored: opening the database, its tables, many rows at once."""
