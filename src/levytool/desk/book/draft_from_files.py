"""A first book from data files: surveyed by the intake, drafted by the book."""

from collections.abc import Sequence
from pathlib import Path

from levytool.book.draft import draft_book
from levytool.intake.parties import survey
from levytool.problems import UsageError


def draft_from_files(
    paths: Sequence[Path], framework: str | None = None, rate: str = "1%", payer: str = "contractor"
) -> str:
    """The TOML of a first book that `book check` accepts.

    Raises InputRejected for a file that cannot be read, UsageError for a code, rate or payer that
    is none.
    """
    surveys = [survey(path, framework=framework) for path in paths]
    try:
        return draft_book(surveys, framework, rate, payer)
    except ValueError as error:
        raise UsageError(str(error)) from error
