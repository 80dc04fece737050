"""levytool keeps the books of procurement levy and brokerage."""

__version__ = "0.1.0"
