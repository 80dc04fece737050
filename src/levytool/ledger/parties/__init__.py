"""Who and what the books are about: members, contractors, frameworks."""
