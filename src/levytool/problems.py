"""What can be wrong, as values: found in one pass, shown all together, never raised one by one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input (or, as a warning, worth a look).

    `code` is stable for scripts (contract, *Importing spend*); `message` says what is wrong and
    `hint` what to do next. `row` is the row as a spreadsheet numbers it, or the line of a book.
    """

    code: str
    message: str
    hint: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f":{self.row}"
        if self.column:
            place += f" [{self.column}]"
        text = f"{place}: {self.message}" if place else self.message
        if self.value:
            text += f" ({self.value!r})"
        return f"{text}; {self.hint}" if self.hint else text

    def as_json(self) -> dict[str, str | int | None]:
        """What scripts read of a problem in a file (contract, *Importing spend*)."""
        return {
            "row": self.row,
            "column": self.column or None,
            "value": self.value,
            "code": self.code,
            "message": f"{self.message}; {self.hint}" if self.hint else self.message,
        }


class LevytoolError(Exception):
    """A refusal that the command line turns into one line a problem and an exit code."""

    exit_code = 1

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class UsageError(LevytoolError):
    """The command was called wrongly: exit 2."""

    exit_code = 2


class InputRejected(LevytoolError):
    """A file, a row or a book is wrong: exit 3, nothing stored."""

    exit_code = 3


class RuleRefused(LevytoolError):
    """The books do not allow it: exit 4, nothing stored."""

    exit_code = 4


class DifferencesFound(LevytoolError):
    """A proof or a reconciliation found differences: exit 5."""

    exit_code = 5
