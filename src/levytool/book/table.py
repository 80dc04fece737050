"""Typed reading of a TOML table: every key asked for once, everything wrong noted with its line."""

import difflib
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from levytool.book.homes import HOMES
from levytool.book.lines import Path, Places
from levytool.money import format_pence, parse_percent, parse_pounds
from levytool.problems import Problem

T = TypeVar("T", bound=str)

LARGEST_PENCE = 1_000_000_000_000
"""£10,000,000,000: no amount of a book or a line is larger (contract, `too-large`)."""

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}", re.ASCII)
"""What a party's or a framework's code looks like (contract, *The book*)."""


@dataclass(frozen=True, slots=True)
class FloatText:
    """A TOML float as it was written: refused everywhere, and never made a float."""

    text: str


def nearest(word: str, known: Sequence[str]) -> str:
    """The entry of `known` most like `word`, whatever the case; '' when `known` is empty."""
    by_fold = {entry.casefold(): entry for entry in known}
    found = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=0.0)
    return by_fold[found[0]] if found else ""


def nearest_hint(word: str, known: Sequence[str], none_known: str) -> str:
    """What to write instead of the unknown `word`; `none_known` when there is nothing to name."""
    entry = nearest(word, known)
    return f"did you mean {entry!r}?" if entry else none_known


def kind_of(value: object) -> str:
    """What a TOML value is, in words for a person."""
    match value:
        case bool():
            return "true or false"
        case int() | FloatText():
            return "a number"
        case str():
            return "text"
        case datetime():
            return "a date with a time"
        case date():
            return "a date"
        case list():
            return "a list"
        case dict():
            return "a table"
    return "a time"


def shown(value: object) -> str:
    """A TOML value as a message quotes it; '' for tables and lists, which are too long."""
    if isinstance(value, FloatText):
        return value.text
    return "" if isinstance(value, (list, dict)) else str(value)


@dataclass(slots=True)
class Findings:
    """The problems found while a book is read, and the places of its parts."""

    file: str
    places: Places = field(default_factory=Places)
    problems: list[Problem] = field(default_factory=list)

    def add(
        self, code: str, message: str, hint: str, path: Path = (), value: object = None
    ) -> None:
        keys = [part for part in path if isinstance(part, str)]
        self.problems.append(
            Problem(
                code,
                message,
                hint,
                self.file,
                self.places.row_of_path(path),
                keys[-1] if keys else "",
                "" if value is None else shown(value),
            )
        )


@dataclass(slots=True)
class Table:
    """A table of the book being read. `close` reports the keys that nobody asked for.

    Every getter gives its default, having noted a problem, when the value is not what it must be.
    """

    raw: Mapping[str, object]
    path: Path
    findings: Findings
    asked: list[str] = field(default_factory=list)

    def get(self, key: str) -> object:
        if key not in self.asked:
            self.asked.append(key)
        return self.raw.get(key)

    def add(self, code: str, message: str, hint: str, key: str = "", value: object = None) -> None:
        """Note a problem of this table, or of its `key`."""
        self.findings.add(code, message, hint, (*self.path, key) if key else self.path, value)

    def mark(self, *name: Hashable) -> None:
        """Let checks find this table's line by `name`."""
        self.findings.places.mark(name, self.path)

    def wrong_type(self, key: str, value: object, wanted: str, hint: str) -> None:
        self.add("wrong-type", f"{key} is {kind_of(value)}, not {wanted}", hint, key, value)

    def missing(self, key: str, hint: str) -> None:
        self.add("missing-key", f"{key} is missing", hint, key)

    def text(self, key: str, default: str = "") -> str:
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.wrong_type(key, value, "text", f'put it in quotes: {key} = "{shown(value)}"')
            return default
        return value

    def required_text(self, key: str, hint: str) -> str:
        value = self.text(key)
        blank = isinstance(self.raw.get(key, ""), str) and not value.strip()
        if blank:
            self.missing(key, hint)
        return value

    def code(self, hint: str) -> str:
        """The table's `code`, in the form that codes have."""
        code = self.required_text("code", hint)
        if code.strip() and not CODE.fullmatch(code):
            better = re.sub(r"[^A-Z0-9]+", "-", code.upper()).strip("-")[:20].rstrip("-")
            hint = f"write {better!r}" if len(better) > 1 else "write a code such as 'SALIX'"
            self.add(
                "bad-code",
                "a code is 1 to 20 capital letters, digits and hyphens, and begins with no hyphen",
                hint,
                "code",
                code,
            )
        return code

    def choice(self, key: str, options: Sequence[T], default: T) -> T:
        value = self.get(key)
        if value is None:
            return default
        for option in options:
            if value == option:
                return option
        hint = "write one of " + ", ".join(f'"{option}"' for option in options)
        self.add("bad-choice", f"{key} has no such choice", hint, key, value)
        return default

    def integer(self, key: str, default: int, low: int, high: int) -> int:
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong_type(
                key, value, "a whole number", f"write a whole number from {low} to {high}"
            )
        elif not low <= value <= high:
            self.add("out-of-range", f"{key} is out of range", f"write {low} to {high}", key, value)
        else:
            return value
        return default

    def flag(self, key: str) -> bool:
        value = self.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.wrong_type(key, value, "true or false", f"write {key} = true, without quotes")
        return False

    def day(self, key: str) -> date | None:
        value = self.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        hint = f"write the day alone, without quotes: {key} = 2014-04-01"
        self.add("bad-date", f"{key} is {kind_of(value)}, not a date", hint, key, value)
        return None

    def required_day(self, key: str, hint: str) -> date:
        """The date at `key`; `date.min`, with a problem, when there is none."""
        day = self.day(key)
        if day is None and key not in self.raw:
            self.missing(key, hint)
        return day or date.min

    def pence(self, key: str, signed: bool = False) -> int | None:
        """An amount, quoted pounds and pence or whole pounds; None where absent or wrong."""
        value = self.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            pence = value * 100
        elif isinstance(value, str):
            try:
                pence = parse_pounds(value)
            except ValueError:
                self._bad_amount(key, value, f'write pounds and pence: {key} = "2500.00"')
                return None
        else:
            self._bad_amount(key, value, f'quote it: {key} = "{shown(value)}"')
            return None
        if abs(pence) > LARGEST_PENCE:
            self._bad_amount(key, value, f"the largest amount is {format_pence(LARGEST_PENCE)}")
        elif pence < 0 and not signed:
            self._bad_amount(key, value, "write it without a minus sign")
        else:
            return pence
        return None

    def _bad_amount(self, key: str, value: object, hint: str) -> None:
        if isinstance(value, (str, int, FloatText)) and not isinstance(value, bool):
            self.add("bad-amount", f"{key} is not an amount", hint, key, value)
        else:
            self.wrong_type(key, value, "an amount", f'write pounds and pence: {key} = "2500.00"')

    def rate_ppm(self, key: str) -> int | None:
        """A percentage in quotes, as parts per million; None where absent or wrong."""
        value = self.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return parse_percent(value)
            except ValueError:
                hint = f'write a percentage of at most four decimals: {key} = "1.5%"'
        elif isinstance(value, (int, FloatText)) and not isinstance(value, bool):
            hint = f'quote it, with its percent sign: {key} = "{shown(value)}%"'
        else:
            self.wrong_type(key, value, "a percentage", f'write {key} = "1.5%"')
            return None
        self.add("bad-rate", f"{key} is not a percentage", hint, key, value)
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where absent."""
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong_type(key, value, "a list", f'put it in brackets: {key} = ["{shown(value)}"]')
            return ()
        return tuple(self._text_items(key, value))

    def _text_items(self, key: str, items: list[object]) -> list[str]:
        good = []
        for position, item in enumerate(items):
            if isinstance(item, str):
                good.append(item)
                continue
            message = f"{key} holds {kind_of(item)} where text belongs"
            path = (*self.path, key, position)
            self.findings.add("wrong-type", message, f'quote it: "{shown(item)}"', path, item)
        return good

    def text_map(self, key: str) -> dict[str, str]:
        """A table of texts; empty where absent."""
        table = self.table(key)
        if table is None:
            return {}
        return {name: table.text(name) for name in table.raw}

    def table(self, key: str) -> "Table | None":
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong_type(key, value, "a table", f"write a table: {key} = {{ … }}")
            return None
        return Table(value, (*self.path, key), self.findings)

    def tables(self, key: str) -> "list[Table]":
        """The tables of an array; a problem for each thing in it that is none."""
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            header = ".".join(str(part) for part in (*self.path, key) if isinstance(part, str))
            hint = f"write [[{header}]] in double brackets, or {key} = [{{ … }}]"
            self.wrong_type(key, value, "a list of tables", hint)
            return []
        tables = []
        for position, item in enumerate(value):
            path = (*self.path, key, position)
            if isinstance(item, dict):
                tables.append(Table(item, path, self.findings))
                continue
            message = f"{key} holds {kind_of(item)} where a table belongs"
            self.findings.add("wrong-type", message, "write a table: { … }", path, item)
        return tables

    def close(self) -> None:
        """Note each key that no getter asked for, with the table it belongs to, else the nearest
        that one did."""
        for key in self.raw:
            if key not in self.asked:
                hint = nearest_hint(key, self.asked, "no key is known here")
                if key in HOMES:
                    hint = f"write it under {HOMES[key]}"
                self.add("unknown-key", f"{key!r} is no key of this table", hint, key)
