"""Names that differ by their legal form only, Ltd or Limited."""

from levytool.book.names import fold


def fold_without_ltd(text: str) -> str:
    """The folded text without a final `Ltd` or `Limited`, unless that is all of it."""
    folded = fold(text)
    return folded.removesuffix("ltd") or folded
