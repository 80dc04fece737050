"""An issued statement's value as canonical JSON: every form of it can be written from this again.

What is kept is the value that the forms are written from, never a query: names, figures and wording
stay as they were, whatever the books and the book say later. Equal statements are equal text.
"""

import base64
import json
from dataclasses import fields
from datetime import date
from fractions import Fraction
from typing import Any

from levytool.periods import Month, Period
from levytool.statements import sections, values

_RECORDS: dict[str, Any] = {
    record.__name__: record
    for record in (
        *(sections.Statement, sections.Section, sections.Figure, sections.Table, sections.Column),
        *(sections.Grid, sections.Named, sections.FlowChart, sections.Node),
        *(sections.BalanceChart, sections.PlacesChart),
        *(values.Issuer, values.Logo, values.Recipient, values.Issue, Period),
    )
}
_OF = "~"
"""The key that names what an object is; what it holds is under its own names, or under `is`."""


def kept_text(statement: sections.Statement) -> str:
    """The statement as JSON with sorted keys and no spaces."""
    return json.dumps(_plain(statement), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def statement_kept(text: str) -> sections.Statement:
    """The statement that the text keeps. Raises ValueError or LookupError for any other text."""
    found = _value(json.loads(text))
    if not isinstance(found, sections.Statement):
        raise ValueError("the text keeps no statement")
    return found


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Month():
            return {_OF: "month", "is": str(value)}
        case date():
            return {_OF: "day", "is": value.isoformat()}
        case Fraction():
            return {_OF: "exact", "is": str(value)}
        case bytes():
            return {_OF: "bytes", "is": base64.b64encode(value).decode()}
        case tuple():
            return [_plain(part) for part in value]
    name = type(value).__name__
    record = _RECORDS.get(name)
    if record is None or record is not type(value):
        raise TypeError(f"no form of a statement is written from {name}")
    told = {field.name: _plain(getattr(value, field.name)) for field in fields(record)}
    return {_OF: name} | told


def _value(plain: Any) -> Any:
    match plain:
        case list():
            return tuple(map(_value, plain))
        case {"~": "month", "is": str(text)}:
            return Month.parse(text)
        case {"~": "day", "is": str(text)}:
            return date.fromisoformat(text)
        case {"~": "exact", "is": str(text)}:
            return Fraction(text)
        case {"~": "bytes", "is": str(text)}:
            return base64.b64decode(text)
        case dict():
            told = {str(key): _value(part) for key, part in plain.items() if key != _OF}
            return _RECORDS[plain[_OF]](**told)
    return plain
