"""Statements are told from the same small consortium's books as the officer's acts."""

from tests.desk.conftest import books

__all__ = ["books"]
