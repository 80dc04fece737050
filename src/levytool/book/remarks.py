"""What checks find in a book: errors and warnings, each with its line."""

from dataclasses import dataclass, field

from levytool.book.lines import Path, Places
from levytool.problems import Problem


@dataclass(frozen=True, slots=True)
class BookCheck:
    """What is wrong with a book (it cannot be applied) and what is worth a look (it can).

    `notes` say what follows from a setting that the book leaves out: no fault, but easily missed.
    """

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Remarks:
    """Errors, warnings and notes as they are found. A place is a mark of the book's reader, such as
    `("frameworks", "REGEN", "levy", 0)`; a key stands within it."""

    file: str
    places: Places
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def error(
        self, code: str, message: str, hint: str, place: Path, key: str = "", value: str = ""
    ) -> None:
        self.errors.append(self._problem(code, message, hint, place, key, value))

    def warn(
        self, code: str, message: str, hint: str, place: Path, key: str = "", value: str = ""
    ) -> None:
        self.warnings.append(self._problem(code, message, hint, place, key, value))

    def note(self, code: str, message: str, hint: str, place: Path) -> None:
        self.notes.append(self._problem(code, message, hint, place, "", ""))

    def _problem(
        self, code: str, message: str, hint: str, place: Path, key: str, value: str
    ) -> Problem:
        row = self.places.row(*place, key) if key else self.places.row(*place)
        return Problem(code, message, hint, self.file, row, key, value)
