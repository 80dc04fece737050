"""A first book from data files: the parties, frameworks and lots they name, with codes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

from levytool.book.draft_placeholders import with_placeholders
from levytool.book.legal_forms import fold_without_ltd
from levytool.book.names import fold, suggest_code
from levytool.book.records import (
    Book,
    Consortium,
    Contractor,
    Framework,
    LevyBlock,
    Member,
    Payer,
)
from levytool.book.records import fold as fold_cell
from levytool.book.table import CODE
from levytool.book.write import write_book
from levytool.money import PPM_PER_UNIT, parse_percent

NO_DATE_FOUND = date(2000, 1, 1)

_INTRODUCTION = """\
# A first book, drafted from data files. Before it is applied: name the consortium, look through
# the codes (ledgers keep them for good), join parties that are one, and set rates and dates.
# Files say nothing of the settings in lines like `# vat = …`: take the # away from those wanted,
# and write your own values. Until then each is as its note says.
"""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a data file names, each once, as written there and in the file's order.

    `lots` maps a framework's name ('' where the file names no framework) to its lots; `sectors`
    maps a member's name to its sector. `first_date` is the earliest line's.
    """

    members: tuple[str, ...] = ()
    contractors: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    lots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first_date: date | None = None
    sectors: Mapping[str, str] = field(default_factory=dict)


def draft_book(
    surveys: Sequence[Survey],
    framework: str | None = None,
    rate: str = "1%",
    payer: str = "contractor",
) -> str:
    """A first book as TOML: every party of the files, and their frameworks at one rate.

    Spellings that fold to one name, or do but for a final Ltd, are one party, the other ones its
    aliases. With `framework`, a code, all spend is under that one; where there is neither, under
    one called `FRAMEWORK`. Each starts with the month of the earliest line. Raises ValueError for
    a code, rate or payer that is none.
    """
    if payer not in get_args(Payer):
        raise ValueError(f"{payer!r} is no payer: it is contractor or member")
    levy_payer: Payer = "member" if payer == "member" else "contractor"
    if framework is not None and not CODE.fullmatch(framework):
        raise ValueError(f"{framework!r} is no code: write capitals, digits, hyphens, at most 20")
    dates = [survey.first_date for survey in surveys if survey.first_date is not None]
    starts = min(dates).replace(day=1) if dates else NO_DATE_FOUND
    rate_ppm = parse_percent(rate)
    if rate_ppm > PPM_PER_UNIT:
        raise ValueError(f"a rate of {rate} is over 100%: write 100% or less")
    levy = (LevyBlock(since=starts, payer=levy_payer, rate_ppm=rate_ppm),)
    codes = _Codes(set())
    members = _members(surveys, codes)
    contractors = _contractors(surveys, codes)
    book = Book(
        consortium=Consortium("Consortium"),
        members={member.code: member for member in members},
        contractors={contractor.code: contractor for contractor in contractors},
        frameworks={
            code: Framework(code=code, title=title, starts=starts, lots=lots, levy=levy)
            for code, title, lots in _frameworks(surveys, framework)
        },
        layouts={},
    )
    remarks = _INTRODUCTION
    if not dates:
        remarks += f"# No dates were found: the frameworks are made to start on {starts}.\n"
    if not members:
        remarks += "# No members were found: add [[members]] with code and name.\n"
    if not contractors:
        remarks += "# No contractors were found: add [[contractors]] with code and name.\n"
    contractor = next(iter(book.contractors), "CODE")
    return f"{remarks}\n{with_placeholders(write_book(book), starts, contractor)}"


@dataclass(slots=True)
class _Codes:
    """The codes given so far, and the names that no code may be taken for: a code that reads like
    another party's name would catch that party's lines."""

    given: set[str]
    folded_names: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def __contains__(self, code: object) -> bool:
        folded = fold(str(code))
        return code in self.given or (folded not in self.own and folded in self.folded_names)

    def for_names(self, names: Iterable[str]) -> "_Codes":
        return _Codes(self.given, frozenset(map(fold, names)))

    def new(self, name: str, aliases: Iterable[str] = ()) -> str:
        self.own = frozenset(map(fold, (name, *aliases)))
        code = suggest_code(name, self)
        self.given.add(code)
        return code


def _members(surveys: Sequence[Survey], codes: _Codes) -> list[Member]:
    sectors = {
        fold_without_ltd(name): sector
        for survey in surveys
        for name, sector in survey.sectors.items()
    }
    parties = _parties((survey.members for survey in surveys), fold_without_ltd)
    codes = codes.for_names(name for first, others in parties for name in (first, *others))
    return [
        Member(
            codes.new(name, aliases),
            name,
            aliases,
            sector=sectors.get(fold_without_ltd(name), ""),
        )
        for name, aliases in parties
    ]


def _contractors(surveys: Sequence[Survey], codes: _Codes) -> list[Contractor]:
    parties = _parties((survey.contractors for survey in surveys), fold_without_ltd)
    codes = codes.for_names(name for first, others in parties for name in (first, *others))
    return [Contractor(codes.new(name, aliases), name, aliases) for name, aliases in parties]


def _parties(
    found: Iterable[tuple[str, ...]], key: Callable[[str], str]
) -> list[tuple[str, tuple[str, ...]]]:
    """Each party's first spelling and its other ones of that key; what folds to nothing is no
    name."""
    spellings: dict[str, dict[str, None]] = {}
    for names in found:
        for name in names:
            if fold(name):
                spellings.setdefault(key(name), {})[" ".join(name.split())] = None
    return [(first, tuple(others)) for first, *others in spellings.values()]


def _frameworks(
    surveys: Sequence[Survey], framework: str | None
) -> list[tuple[str, str, dict[str, str]]]:
    """Code, title and lots of each framework."""
    named = _parties((survey.frameworks for survey in surveys), fold)
    if framework is not None or not named:
        title = named[0][0] if len(named) == 1 else framework or "Framework"
        every_lot = [lot for survey in surveys for lots in survey.lots.values() for lot in lots]
        return [(framework or "FRAMEWORK", title, _lots(every_lot))]
    codes = _Codes(set()).for_names(title for title, _ in named)
    return [
        (
            codes.new(title),
            title,
            _lots(
                lot
                for survey in surveys
                for name, lots in survey.lots.items()
                if fold(name) == fold(title)
                for lot in lots
            ),
        )
        for title, _ in named
    ]


def _lots(found: Iterable[str]) -> dict[str, str]:
    """Each lot once, titled as it is called."""
    lots: dict[str, str] = {}
    for lot in found:
        lots.setdefault(fold_cell(lot), lot.strip())
    return {lot: lot for lot in lots.values() if lot}
