"""Reading the book: TOML text → Book, with everything that is wrong in one pass.

The grammar is the contract's section *The book*. What can only be judged across tables (codes,
overlaps, examples) is `book.check`'s.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from levytool.book.lines import Places, find_lines
from levytool.book.read_exports import read_exports
from levytool.book.read_frameworks import read_framework
from levytool.book.read_layouts import read_layout
from levytool.book.records import (
    OUTSIDE_THE_SCOPE,
    BankAccount,
    Book,
    Consortium,
    Contractor,
    Framework,
    FundedOn,
    Member,
)
from levytool.book.schedules import read_schedule, vat_rate
from levytool.book.table import Findings, FloatText, Table
from levytool.periods import Dated
from levytool.problems import Problem

T = TypeVar("T")

OUTSIDE: tuple[Dated[int | None], ...] = (Dated(date.min, OUTSIDE_THE_SCOPE),)
ON_RECEIPT: tuple[Dated[FundedOn], ...] = (Dated(date.min, "received"),)
FOR_EVER: tuple[Dated[int], ...] = (Dated(date.min, 0),)

_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """A book read as well as it can be, with its problems and the lines of its parts.

    `unsound` are the codes of frameworks with a problem of their own, whose levy is not to be
    judged further.
    """

    book: Book
    problems: tuple[Problem, ...]
    places: Places
    unsound: frozenset[str] = frozenset()


def read_book(text: str, file: str = "book.toml") -> tuple[Book | None, tuple[Problem, ...]]:
    """The book that the TOML `text` says, and its problems; no book where there are any."""
    reading = parse_book(text, file)
    return (None if reading.problems else reading.book), reading.problems


def parse_book(text: str, file: str = "book.toml") -> Reading:
    """Read as much of `text` as can be read, for checks to go on with."""
    text = text.removeprefix("\ufeff")
    findings = Findings(file)
    top = read_toml(text, findings)
    if top is None:
        empty = Book(Consortium(""), {}, {}, {}, {}, text, _sha256(text))
        return Reading(empty, tuple(findings.problems), findings.places)
    unsound: set[str] = set()

    def framework(table: Table) -> Framework:
        before = len(findings.problems)
        read = read_framework(table)
        if len(findings.problems) > before:
            unsound.add(read.code)
        return read

    book = Book(
        consortium=_consortium(top),
        members=_by_code(top, "members", _member),
        contractors=_by_code(top, "contractors", _contractor),
        frameworks=_by_code(top, "frameworks", framework),
        layouts=_by_code(top, "layouts", read_layout, "name"),
        text=text,
        sha256=_sha256(text),
    )
    top.close()
    return Reading(book, _in_order(findings.problems), findings.places, frozenset(unsound))


def read_toml(text: str, findings: Findings) -> Table | None:
    """The outermost table of a TOML text, with the lines of its parts noted.

    None, having noted what is wrong, where it is not TOML.
    """
    try:
        raw = tomllib.loads(text, parse_float=FloatText)
    except tomllib.TOMLDecodeError as error:
        findings.problems.append(_not_toml(str(error), text, findings.file))
        return None
    except RecursionError:
        hint = "write it flatter"
        findings.problems.append(
            Problem("bad-toml", "lists nested too deeply", hint, findings.file)
        )
        return None
    findings.places.lines = find_lines(text)
    return Table(raw, (), findings)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """By line, as an author mends them; what has no line comes first."""
    return tuple(sorted(problems, key=lambda problem: problem.row or 0))


def _not_toml(error: str, text: str, file: str) -> Problem:
    match = _TOML_LINE.search(error)
    row = int(match[1]) if match else text.rstrip("\n").count("\n") + 1
    reason = error.partition(" (at ")[0].rstrip(".")
    hint = "mend this line; texts stand in quotes, dates do not"
    return Problem("bad-toml", f"not TOML: {reason[:1].lower()}{reason[1:]}", hint, file, row)


def _by_code(
    top: Table, key: str, read: Callable[[Table], T], name: str = "code"
) -> Mapping[str, T]:
    """The tables at `key`, by code; the first of two with the same code counts."""
    found: dict[str, T] = {}
    for table in top.tables(key):
        value = read(table)
        raw = table.raw.get(name)
        code = raw if isinstance(raw, str) else ""
        if code in found:
            row = table.findings.places.row(key, code)
            hint = f"give one of the two another {name}"
            table.add(f"duplicate-{name}", f"{key} has this one in line {row}", hint, name, code)
        elif code:
            found[code] = value
    return found


def _consortium(top: Table) -> Consortium:
    table = top.table("consortium")
    if table is None:
        if "consortium" not in top.raw:
            hint = 'begin the book with [consortium] and name = "…"'
            top.missing("consortium", hint)
        return Consortium("")
    table.mark("consortium")
    consortium = Consortium(
        name=table.required_text("name", 'name the consortium: name = "…"'),
        financial_year_starts=table.integer("financial_year_starts", 4, 1, 12),
        pots_funded_on=read_schedule(
            table, "pots_funded_on", ("on", "value"), _funded_on, ON_RECEIPT, "consortium"
        ),
        vat=read_schedule(table, "vat", ("rate", "value"), vat_rate, OUTSIDE, "consortium"),
        vat_number=table.text("vat_number"),
        address=table.texts("address"),
        email=table.text("email"),
        bank_accounts=_bank_accounts(table),
        terms_days=table.integer("terms_days", 28, 0, 3_650),
        tolerance_pence=table.pence("tolerance") or 0,
        window_days=table.integer("window_days", 35, 0, 3_650),
        match_tolerance_pence=_or(table.pence("match_tolerance"), 2),
        four_eyes_over_pence=_or(table.pence("four_eyes_over"), 500_000),
        pot_life_months=read_schedule(
            table, "pot_life_months", ("months", "value"), _months, FOR_EVER, "consortium"
        ),
        late_interest=read_schedule(
            table, "late_interest", ("rate", "value"), _annual_rate, (), "consortium"
        ),
        logo=table.text("logo"),
        accent=_accent(table),
        exports=read_exports(table),
    )
    table.close()
    return consortium


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _funded_on(table: Table, key: str) -> FundedOn:
    return table.choice(key, ("received", "billed"), "received")


def _months(table: Table, key: str) -> int:
    return table.integer(key, 0, 0, 1_200)


def _annual_rate(table: Table, key: str) -> int:
    return table.rate_ppm(key) or 0


def _accent(table: Table) -> str:
    accent = table.text("accent", "#123a5a")
    if not _COLOUR.fullmatch(accent):
        hint = 'write # and six hexadecimal digits: accent = "#123a5a"'
        table.add("bad-choice", "accent is not a colour", hint, "accent", accent)
    return accent


def _bank_accounts(table: Table) -> tuple[BankAccount, ...]:
    accounts: dict[str, BankAccount] = {}
    for entry in table.tables("bank_accounts"):
        name = entry.required_text("name", 'name the account: name = "main"')
        if name in accounts:
            hint = "give one of the two another name"
            entry.add("duplicate-name", "two bank accounts have this name", hint, "name", name)
        accounts[name] = BankAccount(name, entry.text("sort_code"), entry.text("number"))
        entry.close()
    return tuple(accounts.values())


def _member(table: Table) -> Member:
    code = table.code('give it a code: code = "SALIX"')
    table.mark("members", code)
    member = Member(
        code=code,
        name=table.required_text("name", 'give it a name: name = "Salix Homes"'),
        aliases=table.texts("aliases"),
        address=table.texts("address"),
        email=table.text("email"),
        sector=table.text("sector"),
        area=table.text("area"),
    )
    table.close()
    return member


def _contractor(table: Table) -> Contractor:
    code = table.code('give it a code: code = "BROOKS"')
    table.mark("contractors", code)
    contractor = Contractor(
        code=code,
        name=table.required_text("name", 'give it a name: name = "Brooks Roofing Ltd"'),
        aliases=table.texts("aliases"),
        address=table.texts("address"),
        email=table.text("email"),
    )
    table.close()
    return contractor
