"""One row looked at by itself: every problem it has, in words an officer can act on.

Only rows that the columns show to be unusual come here; the rest are read whole columns at a time.
"""

from collections.abc import Iterator, Sequence

from levytool.book.names import Kind, Names
from levytool.book.records import NET, Book
from levytool.intake.amounts import (
    LARGEST_PENCE,
    Cell,
    cell_text,
    is_blank_amount,
    parse_amount,
)
from levytool.intake.header import ADDED_COLUMNS
from levytool.intake.lookups import ALWAYS, Lookups, Window, appointment_windows
from levytool.intake.plan import PARTIES, Plan
from levytool.intake.vocabulary import CURRENCY
from levytool.money import display_pence
from levytool.problems import Problem
from levytool.text import counted

SUGGESTED_NAMES = 200
"""Unknown names that get a suggestion; looking for more would cost more than it helps."""

_LOOKS_FILLED = (
    "; where it looks filled in the spreadsheet, it holds an error such as #N/A or a formula that "
    "was not worked out: write the value, or open the file there and save it anew"
)
"""Added to what is said of a blank cell of a workbook: its reader shows both as blank."""

_DATE_HINT = "write the day first, such as 31/03/2014, or 2014-03-31"


class RowReader:
    """Finds what is wrong with single rows of one sheet."""

    def __init__(
        self,
        plan: Plan,
        book: Book,
        names: Names,
        lookups: Lookups,
        file: str,
        *,
        layout: str = "",
        corrects: str = "",
        of_workbook: bool = False,
    ) -> None:
        self._plan, self._book, self._names, self._lookups = plan, book, names, lookups
        self._file, self._layout, self._corrects = file, layout, corrects
        self._of_blank = _LOOKS_FILLED if of_workbook else ""
        self._needed_width = plan.needed_width()
        self._hints: dict[tuple[Kind, str], str] = {}

    def is_blank(self, row: Sequence[Cell]) -> bool:
        """Whether no cell of the row holds anything but spaces."""
        return not any(cell.strip() if isinstance(cell, str) else True for cell in row)

    def repeats_header(self, row: Sequence[Cell]) -> bool:
        """Whether the row is the header again, as at the top of a further page."""
        names = self._plan.header.own_names
        return len(row) >= len(names) and all(
            " ".join(cell_text(cell).split()) == name
            for cell, name in zip(row, names, strict=False)
        )

    def problems(self, number: int, row: Sequence[Cell]) -> list[Problem]:
        """Everything wrong with the row numbered `number`; empty when it is a good line."""
        return [
            *self._shape(number, row),
            *self._date(number, row),
            *self._net(number, row),
            *self._currency(number, row),
            *(problem for kind in PARTIES for problem in self._party(number, row, kind)),
            *self._of_another(number, row),
            *self._standing(number, row),
            *self._bases(number, row),
        ]

    def constant_problems(self) -> list[Problem]:
        """What is wrong with the constants, which every row would have again."""
        return [
            *self._date(None, ()),
            *self._net(None, ()),
            *(problem for kind in PARTIES for problem in self._party(None, (), kind)),
            *self._layout_of_another(),
        ]

    def _text(self, row: Sequence[Cell], target: str) -> str | None:
        """The cell of a target as text, or its constant; None where the row has no such cell."""
        index = self._plan.columns.get(target)
        if index is None:
            return self._plan.constants.get(target)
        if index < len(row):
            return cell_text(row[index])
        # A row that ends before a required column is a ragged row: said once, by its shape.
        return "" if index >= self._needed_width else None

    def _found(
        self, number: int | None, target: str, value: str | None, code: str, message: str, hint: str
    ) -> Problem:
        title = self._plan.title(target)
        return Problem(code, message, hint, self._file, number, title, value or "")

    def _shape(self, number: int | None, row: Sequence[Cell]) -> Iterator[Problem]:
        header = self._plan.header
        if len(row) < self._needed_width:
            message = (
                f"the row ends after {counted(len(row), 'cell')}, before a column "
                f"that must be there"
            )
            hint = "fill in the rest of the row"
            yield Problem("ragged-row", message, hint, self._file, number, "", "")
        extra = next((cell for _, cell in cells_beyond(row, header.width, header.added)), None)
        if extra is not None:
            message = f"a cell stands beyond the header's {counted(header.width, 'column')}"
            hint = "clear it, or quote the cell whose comma cut the row up"
            value = cell_text(extra)
            yield Problem("ragged-row", message, hint, self._file, number, "", value)

    def _date(self, number: int | None, row: Sequence[Cell]) -> Iterator[Problem]:
        when = self._plan.when
        text = self._text(row, when)
        if text is None or self._lookups.dates[text] is not None:
            return
        if not text.strip():
            hint = f"fill it in{self._of_blank}"
            yield self._found(number, when, text, "missing", f"the {when} is missing", hint)
            return
        hint = "write a month such as 2014-03" if when == "month" else _DATE_HINT
        if text.strip().isdigit():
            hint = f"show the column as dates in the spreadsheet before saving it; {hint}"
        message = f"this is not a {when} that can be read for certain"
        yield self._found(number, when, text, "not-a-date", message, hint)

    def _net(self, number: int | None, row: Sequence[Cell]) -> Iterator[Problem]:
        index = self._plan.columns.get(NET)
        if index is None:
            yield from self._amount(number, NET, "", self._plan.constants.get(NET, ""))
        elif index < len(row):
            yield from self._amount(number, NET, self._plan.title(NET), row[index])

    def _amount(self, number: int | None, name: str, title: str, cell: Cell) -> Iterator[Problem]:
        text = cell_text(cell)
        amount = parse_amount(cell)
        if amount is None and is_blank_amount(cell):
            code, message = "missing", f"the {name} amount is missing"
            hint = "fill it in; write 0.00 if nothing was invoiced"
            hint += self._of_blank if not text.strip() else ""
        elif amount is None:
            code, message = "not-a-number", "this is not an amount in pounds and pence"
            hint = "write it like 1,234.50 or -1234.50, in sterling"
        elif abs(amount.pence) > LARGEST_PENCE:
            code, message = "too-large", f"this is over {display_pence(LARGEST_PENCE)}"
            hint = "check the amount"
        else:
            return
        yield Problem(code, message, hint, self._file, number, title, text)

    def _currency(self, number: int | None, row: Sequence[Cell]) -> Iterator[Problem]:
        text = self._text(row, CURRENCY)
        if text is not None and self._lookups.currencies[text] is None:
            hint = "state the line in pounds sterling; the books are kept in no other currency"
            message = "this is another currency"
            yield self._found(number, CURRENCY, text, "not-a-number", message, hint)

    def _party(self, number: int | None, row: Sequence[Cell], kind: Kind) -> Iterator[Problem]:
        text = self._text(row, kind)
        if text is None or self._lookups.parties[kind][text] is not None:
            return
        if not text.strip():
            hint = f"fill it in{self._of_blank}"
            yield self._found(number, kind, text, "missing", f"the {kind} is missing", hint)
            return
        message = f"the book has no {kind} of this code, name or alias"
        hint = self.unknown_party_hint(kind, text)
        yield self._found(number, kind, text, f"unknown-{kind}", message, hint)

    def _of_another(self, number: int | None, row: Sequence[Cell]) -> Iterator[Problem]:
        """The first cell of a correction's row that names another than the return it corrects."""
        for kind, index in self._plan.passed_over.items():
            text = cell_text(row[index]) if index < len(row) else ""
            if not self._lookups.is_another(kind, text):
                continue
            own, named = self._lookups.own[kind], self._lookups.parties[kind][text]
            keep = "keep only {contractor}'s rows of {framework} in the file"
            hint = keep.format_map(self._plan.constants)
            if named is None:
                said = f"the book has no {kind} of this code, name or alias"
                alias = "add it to the book as an alias, or " if kind == "contractor" else ""
                hint = f"if it is {own}, {alias}clear the cell; else {hint}"
            else:
                said = f"the row is {named}'s" if kind == "contractor" else f"the row is of {named}"
                hint += (
                    "; the others come in by spend import, or by a return correct of their own "
                    "return"
                )
            whose = f"{own}'s" if kind == "contractor" else f"of {own}"
            message = f"{said}, and {self._corrects} is {whose}"
            title = self._plan.header.title(index)
            yield Problem(f"other-{kind}", message, hint, self._file, number, title, text)
            return

    def _layout_of_another(self) -> Iterator[Problem]:
        """A layout whose constant is another party than the return has that is corrected."""
        for kind, text in self._plan.overruled.items():
            if self._lookups.is_another(kind, text):
                own = self._lookups.own[kind]
                message = f"layout {self._layout} is for {text}, and {self._corrects} is for {own}"
                hint = "correct the return that the file is for, or name another layout"
                yield Problem(f"other-{kind}", message, hint, self._file, value=text)

    def unknown_party_hint(self, kind: Kind, text: str) -> str:
        """What to do about a name that is not in the book, with the nearest codes."""
        known = self._hints.get((kind, text))
        if known is not None:
            return known
        what_to_do = "add it to the book as an alias or a new party"
        if kind == "framework":
            what_to_do = "add it to the book as a framework"
        elif not self._corrects:
            what_to_do += ", or use --add-parties"
        else:
            what_to_do += ": levytool book show -o book.toml, then book apply"
        if len(self._hints) >= SUGGESTED_NAMES:
            return what_to_do
        parties = self._names.of(kind)
        nearest = [f"{code} ({parties.title(code)})" for code in parties.nearest(text)]
        asked = f"did you mean {' or '.join(nearest)}? Else " if nearest else ""
        return self._hints.setdefault((kind, text), asked + what_to_do)

    def _standing(self, number: int | None, row: Sequence[Cell]) -> Iterator[Problem]:
        """Whether the line's lot and date lie within the framework and the appointment."""
        framework = self._looked_up(row, "framework")
        if not framework:
            return
        lot_text = self._text(row, "lot") or ""
        lot = self._lookups.lots[framework, lot_text]
        if lot is None:
            message = f"framework {framework} has no such lot"
            hint = f"its lots are {', '.join(self._book.frameworks[framework].lots)}"
            yield self._found(number, "lot", lot_text, "unknown-lot", message, hint)
        day = self._looked_up(row, self._plan.when)
        if day is None:
            return
        first, last = self._lookups.windows.of_framework(framework)
        if not first <= day <= last:
            when, value = self._plan.when, self._text(row, self._plan.when)
            message = f"framework {framework} runs {_told((first, last))}"
            hint = "check the date and the framework"
            yield self._found(number, when, value, "date-outside-framework", message, hint)
            return
        contractor = self._looked_up(row, "contractor")
        windows = self._lookups.windows[framework, contractor, lot]
        if not any(first <= day <= last for first, last in windows):
            appointed = appointment_windows(self._book.frameworks[framework], contractor, lot)
            hint = "check the line, or add the appointment to the book"
            if appointed:
                hint = f"it is appointed {', '.join(map(_told, appointed))}; {hint}"
            on_lot = f" on lot {lot}" if lot else ""
            message = f"{contractor} is not appointed to {framework}{on_lot} on {day}"
            value = self._text(row, "contractor")
            yield self._found(number, "contractor", value, "not-appointed", message, hint)

    def _looked_up(self, row: Sequence[Cell], target: str) -> str | None:
        text = self._text(row, target)
        if target not in self._lookups.parties:
            return None if text is None else self._lookups.dates[text]
        if text is None:
            optional = target not in self._plan.columns
            return "" if optional else None
        return self._lookups.parties[target][text]

    def _bases(self, number: int | None, row: Sequence[Cell]) -> Iterator[Problem]:
        """Amounts of other columns that the levy is taken on, where this line's framework does."""
        key = self._looked_up(row, "framework"), self._looked_up(row, self._plan.when)
        always, sometimes = self._lookups.base_needs[key]
        for name, index in self._plan.bases.items():
            cell = row[index] if index is not None and index < len(row) else ""
            if name in always or (name in sometimes and not is_blank_amount(cell)):
                title = self._plan.header.title(index) if index is not None else name
                yield from self._amount(number, name, title, cell)


def _told(window: Window) -> str:
    """The days of a window in words; what has no end goes on."""
    since, until = window
    from_ = f"from {since or 'the start'}"
    return f"{from_} on" if until == ALWAYS[0][1] else f"{from_} to {until}"


def cells_beyond(row: Sequence[Cell], width: int, added: int | None) -> Iterator[tuple[int, Cell]]:
    """The filled cells of a row beyond a header's `width`, an errors file's own left out."""
    own = range(added, added + len(ADDED_COLUMNS)) if added is not None else range(0)
    for index in range(width, len(row)):
        cell = row[index]
        if index not in own and (not isinstance(cell, str) or cell.strip()):
            yield index, cell
