"""Writing TOML: values as they stand after the equals sign, and tables of them."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from levytool.money import format_pence, format_percent

_BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_WIDEST_LIST = 90


def quoted(text: str) -> str:
    """A text in quotes: `"Salix Homes"`."""
    return '"' + _ESCAPED.sub(lambda m: _ESCAPES.get(m[0], f"\\u{ord(m[0]):04X}"), text) + '"'


def bare_or_quoted(key: str) -> str:
    """A key, in quotes where it needs them."""
    return key if _BARE_KEY.fullmatch(key) else quoted(key)


def amount(pence: int) -> str:
    """An amount: `"2500.00"`."""
    return quoted(format_pence(pence))


def percentage(rate_ppm: int) -> str:
    """A rate: `"1.5%"`."""
    return quoted(format_percent(rate_ppm))


def day(value: date) -> str:
    """A date: `2014-04-01`."""
    return value.isoformat()


def listed(items: Iterable[str]) -> str:
    """A list, one item a line where it would be too long for one."""
    written = list(items)
    flat = "[" + ", ".join(written) + "]"
    if len(flat) <= _WIDEST_LIST or len(written) < 2:
        return flat
    return "[\n" + "".join(f"    {item},\n" for item in written) + "]"


def texts(items: Iterable[str]) -> str:
    """A list of texts."""
    return listed(quoted(item) for item in items)


def inline(pairs: Mapping[str, str]) -> str:
    """An inline table."""
    if not pairs:
        return "{}"
    inner = ", ".join(f"{bare_or_quoted(key)} = {value}" for key, value in pairs.items())
    return "{ " + inner + " }"


def text_table(pairs: Mapping[str, str]) -> str:
    """An inline table of texts."""
    return inline({key: quoted(value) for key, value in pairs.items()})


def block(header: str, pairs: Mapping[str, str]) -> str:
    """A header line and one line a key."""
    lines = [header, *(f"{bare_or_quoted(key)} = {value}" for key, value in pairs.items())]
    return "\n".join(lines) + "\n"
