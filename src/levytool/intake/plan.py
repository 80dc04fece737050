"""Which column, or which constant, each target is read from.

In order: the command line's constants, the layout's constants and columns, what a header names,
and for a required target that no header names, the one column whose content fits.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from levytool.book.names import Kind, Names
from levytool.book.records import NET, Book, Layout, fold
from levytool.intake.amounts import cell_text, parse_amount
from levytool.intake.container import Row
from levytool.intake.dates import parse_date
from levytool.intake.header import Header
from levytool.intake.options import ReadOptions
from levytool.intake.vocabulary import CURRENCY, SECTOR, TARGETS, header_words, target_of
from levytool.problems import Problem

PARTIES: tuple[Kind, ...] = ("member", "contractor", "framework")
OF_A_RETURN: tuple[Kind, ...] = ("contractor", "framework")
_EVERY_TARGET = (*TARGETS, CURRENCY)


@dataclass(frozen=True, slots=True)
class Plan:
    """Targets by column (an index) or by constant (its text), and what else is kept on a line.

    `kept` and `bases` go by folded name: kept columns, and those of them (or `vat`, `gross`) that
    a levy rule takes as its base; None where the file lacks such a column. In a correction the
    return gives contractor and framework: `passed_over` are the file's own columns of these, and
    `overruled` what the layout says of them, neither of which may name another.
    """

    header: Header
    columns: Mapping[str, int]
    constants: Mapping[str, str]
    kept: Mapping[str, int] = field(default_factory=dict)
    bases: Mapping[str, int | None] = field(default_factory=dict)
    passed_over: Mapping[Kind, int] = field(default_factory=dict)
    overruled: Mapping[Kind, str] = field(default_factory=dict)

    def title(self, target: str) -> str:
        """What the officer calls the column a target is read from; '' for a constant."""
        return self.header.title(self.columns[target]) if target in self.columns else ""

    @property
    def when(self) -> str:
        """The target that dates a line: `date`, else `month`."""
        return "date" if "date" in self.columns or "date" in self.constants else "month"

    def needed_width(self) -> int:
        """How many cells a row must have for each required column to be there."""
        required = ("date", "month", NET, *PARTIES)
        return max((self.columns[t] + 1 for t in required if t in self.columns), default=0)

    def titles(self) -> dict[str, str]:
        """Targets and the headers they are read from, as the output shows them."""
        return {target: self.header.title(index) for target, index in self.columns.items()}

    def titles_not_read(self) -> tuple[str, ...]:
        """The names of columns that nothing is read from."""
        read = {*self.columns.values(), *self.kept.values(), *self.bases.values()}
        read |= set(self.passed_over.values())
        return tuple(
            name for index, name in enumerate(self.header.names) if name and index not in read
        )


def make_plan(
    header: Header, sample: Sequence[Row], options: ReadOptions, book: Book, names: Names
) -> tuple[Plan, list[Problem]]:
    """Plan the reading of a sheet. With problems (each `no-header`) the plan is not to be used.

    `sample` is the first rows below the header.
    """
    search = _Search(header, options)
    search.take_given()
    search.take_named()
    search.take_by_content(sample, names)
    search.require()
    columns = {t: search.columns[t] for t in _EVERY_TARGET if t in search.columns}
    kept = search.kept(book)
    bases = {} if options.role == "member-ledger" else _bases(book, kept, columns)
    passed_over = {k: search.passed_over[k] for k in OF_A_RETURN if k in search.passed_over}
    plan = Plan(
        header, columns, search.constants, kept, bases, passed_over, dict(search.overruled())
    )
    return plan, search.problems


def _bases(
    book: Book, kept: Mapping[str, int], columns: Mapping[str, int]
) -> dict[str, int | None]:
    wanted = {
        fold(name)
        for framework in book.frameworks.values()
        for block in framework.levy
        for base in (block.base, *(rate.base or () for rate in block.rates))
        for name in base
    }
    return {
        name: kept[name] if name in kept else columns.get(name)
        for name in sorted(wanted)
        if name in kept or name != NET
    }


def _rule_columns(book: Book) -> set[str]:
    """Names of further columns that a levy rule of the book reads: kept wherever a file has them.

    Targets and the member's sector are left out: a kept column would win over them.
    """
    named = {
        fold(name)
        for framework in book.frameworks.values()
        for block in framework.levy
        for columns in (block.by, block.base, *(rate.base or () for rate in block.rates))
        for name in columns
    }
    return named - {*TARGETS, SECTOR, "call-off"}


class _Search:
    """The state of planning one sheet: what is found so far, and what is wrong."""

    def __init__(self, header: Header, options: ReadOptions) -> None:
        self.header = header
        self.layout = options.layout
        self.required: list[str] = [NET, *PARTIES]
        if options.role == "member-ledger":
            self.required.remove("framework")
        if options.period is None:
            self.required.insert(0, "date")
        self.columns: dict[str, int] = {}
        self.constants: dict[str, str] = {}
        self.passed_over: dict[Kind, int] = {}
        self.problems: list[Problem] = []
        self._unclear: set[str] = set()
        given = {"framework": options.framework, "contractor": options.contractor}
        given["member"] = options.member
        self._command_line = {target: text for target, text in given.items() if text is not None}
        self._period = options.period
        self._of_return = OF_A_RETURN if options.corrects else ()

    def _has(self, target: str) -> bool:
        # A date and a month do the same work: one of them is enough.
        same = ("date", "month") if target in ("date", "month") else (target,)
        return any(t in self.columns or t in self.constants for t in same)

    def take_given(self) -> None:
        """The command line's constants, then the layout's constants and columns."""
        self.constants.update(self._command_line)
        if self.layout is None:
            return
        for target, text in self.layout.constants.items():
            self.constants.setdefault(target, text)
        for target in TARGETS:
            if target in self.layout.columns and not self._has(target):
                self._take_layout_column(self.layout, target)
        for kind in self._not_given():
            index = self.header.find(self.layout.columns.get(kind, ""))
            if index is not None:
                self.passed_over[kind] = index

    def overruled(self) -> Iterator[tuple[Kind, str]]:
        """What the layout says for every line, where a correction's return says it."""
        given = self.layout.constants if self.layout is not None else {}
        return ((kind, given[kind]) for kind in self._of_return if kind in given)

    def _not_given(self) -> list[Kind]:
        """What a correction's return says and the layout does not: the file's column is read."""
        overruled = dict(self.overruled())
        return [kind for kind in self._of_return if kind not in overruled]

    def _take_layout_column(self, layout: Layout, target: str) -> None:
        name = layout.columns[target]
        index = self.header.find(name)
        if index is not None:
            self.columns[target] = index
            return
        self._unclear.add(target)
        self.problems.append(self._lacks(name, f"layout {layout.name} reads {target} from it"))

    def _lacks(self, name: str, why: str) -> Problem:
        close = difflib.get_close_matches(name, self.header.names, n=1, cutoff=0.5)
        hint = "mend the layout, or the file's header"
        return Problem(
            "no-header",
            f"the header has no column {name!r}; {why}",
            f"did you mean {close[0]!r}? {hint}" if close else hint,
            row=self.header.row,
            column=name,
        )

    def take_named(self) -> None:
        """Columns whose header names a target.

        Where a layout lists columns, only what it leaves out and cannot be done without.
        """
        explicit = self.layout is not None and bool(self.layout.columns)
        wanted = ("date", "month", NET, *self.required, CURRENCY) if explicit else _EVERY_TARGET
        named = self._named_columns()
        for target in wanted:
            if target in named and not self._has(target) and target not in self._unclear:
                self._take_best(target, named[target])
        for kind in self._not_given():
            if kind in named:
                self.passed_over.setdefault(kind, named[kind][0][1])

    def _named_columns(self) -> dict[str, list[tuple[tuple[int, bool], int]]]:
        taken = set(self.columns.values())
        found: dict[str, list[tuple[tuple[int, bool], int]]] = {}
        for index, name in enumerate(self.header.names):
            named = target_of(name)
            if named is not None and index not in taken:
                says_name = "name" not in name.casefold()
                found.setdefault(named[0], []).append(((named[1], says_name), index))
        if "vat" in found or "vat" in self.columns:
            # Beside a VAT column a bare `Total` is what includes it, never the net.
            found[NET] = [item for item in found.get(NET, []) if not self._may_be_gross(item[1])]
        return {target: sorted(items) for target, items in found.items() if items}

    def _may_be_gross(self, index: int) -> bool:
        words = header_words(self.header.names[index])
        return "total" in words and not words & {"net", "ex"}

    def _take_best(self, target: str, found: list[tuple[tuple[int, bool], int]]) -> None:
        equals = [index for merit, index in found if merit == found[0][0]]
        if len(equals) > 1 and target in self.required:
            self._refuse_choice(target, equals)
        else:
            self.columns[target] = equals[0]

    def _refuse_choice(self, target: str, indexes: Sequence[int]) -> None:
        titles = " and ".join(repr(self.header.title(index)) for index in indexes)
        self._unclear.add(target)
        self.problems.append(
            Problem(
                "no-header",
                f"more than one column could be {target}: {titles}",
                f"name the one meant in a layout: columns = {{ {target} = … }}",
                row=self.header.row,
            )
        )

    def take_by_content(self, sample: Sequence[Row], names: Names) -> None:
        """A required target that no header names: the one free column whose cells fit it."""
        fits: dict[str, Callable[[str], bool]] = {
            "date": lambda text: parse_date(text) is not None,
            NET: lambda text: parse_amount(text) is not None,
            "member": lambda text: names.members.recognise(text) is not None,
            "contractor": lambda text: names.contractors.recognise(text) is not None,
            "framework": lambda text: names.frameworks.recognise(text) is not None,
        }
        taken = set(self.columns.values())
        free = [
            index
            for index, name in enumerate(self.header.names)
            if index not in taken and target_of(name) is None
        ]
        cells = {index: _filled(sample, index) for index in free}
        for target in self.required:
            if self._has(target) or target in self._unclear:
                continue
            fitting = [i for i in free if _mostly(fits[target], cells[i])]
            if len(fitting) == 1:
                self.columns[target] = fitting[0]
            elif fitting:
                self._refuse_choice(target, fitting)
        for kind in self._not_given():
            fitting = [i for i in free if _mostly(fits[kind], cells[i])]
            if kind not in self.passed_over and len(fitting) == 1:
                self.passed_over[kind] = fitting[0]

    def require(self) -> None:
        """Refuse what is missing still; a date may be stood in for by the period."""
        if self._period is not None and not self._has("date"):
            self.constants["month"] = str(self._period)
        for target in self.required:
            if not self._has(target) and target not in self._unclear:
                self.problems.append(
                    Problem(
                        "no-header",
                        f"no column for {target} was found in the header",
                        _how_to_give(target),
                        row=self.header.row,
                    )
                )

    def kept(self, book: Book) -> dict[str, int]:
        """The layout's further columns, and those a levy rule reads, by folded name."""
        kept: dict[str, int] = {}
        layout = self.layout
        for name in layout.keep if layout is not None else ():
            index = self.header.find(name)
            if index is None:
                self.problems.append(self._lacks(name, "the layout keeps it on the line"))
            else:
                kept[fold(name)] = index
        for name in sorted(_rule_columns(book)):
            index = self.header.find(name)
            if index is not None:
                kept.setdefault(name, index)
        return kept


def _filled(sample: Sequence[Row], index: int) -> list[str]:
    texts = (cell_text(row[index]) for row in sample if index < len(row))
    return [text for text in texts if text.strip()]


def _mostly(fits: Callable[[str], bool], texts: Sequence[str]) -> bool:
    """Whether more than half of the cells fit: a wrong one is a problem, not another column."""
    return sum(map(fits, texts)) * 2 > len(texts)


def _how_to_give(target: str) -> str:
    if target == "framework":
        return (
            "give --framework, or name its column in a layout; a member's own ledger needs none: "
            "--as member-ledger"
        )
    if target in PARTIES:
        return f"give --{target}, or name its column in a layout"
    if target == "date":
        return "give --period, or name the column of the date or month in a layout"
    return "name its column in a layout"
