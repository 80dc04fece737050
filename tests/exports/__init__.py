"""Tests of the files that finance systems get."""
