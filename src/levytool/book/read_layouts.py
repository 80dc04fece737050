"""Reading `[[layouts]]`: how one kind of file is read."""

import codecs
from datetime import datetime

from levytool.book.records import Layout
from levytool.book.table import Table, nearest_hint

TARGETS = (
    "date",
    "month",
    "net",
    "vat",
    "gross",
    "invoice",
    "credits",
    "member",
    "contractor",
    "framework",
    "lot",
    "call_off",
    "description",
)
"""What a column of a file may be read as (contract, *The book*)."""


def read_layout(table: Table) -> Layout:
    """One layout, best effort."""
    name = table.required_text("name", 'give it a name: name = "brooks-monthly"')
    table.mark("layouts", name)
    layout = Layout(
        name=name,
        columns=_targets(table, "columns"),
        constants=_targets(table, "constants"),
        keep=table.texts("keep"),
        sheet=_optional_text(table, "sheet"),
        encoding=_encoding(table),
        delimiter=_delimiter(table),
        header=table.integer("header", 0, 1, 1_048_576) or None,
        date_format=_date_format(table),
    )
    table.close()
    return layout


def _targets(table: Table, key: str) -> dict[str, str]:
    """A table of texts whose keys are target columns."""
    targets = table.table(key)
    if targets is None:
        return {}
    found = {}
    for target in targets.raw:
        if target in TARGETS:
            found[target] = targets.text(target)
            continue
        hint = nearest_hint(target, TARGETS, "")
        targets.add("unknown-key", f"{target!r} is no column that levytool reads", hint, target)
    return found


def _optional_text(table: Table, key: str) -> str | None:
    return table.text(key) or None


def _encoding(table: Table) -> str | None:
    name = _optional_text(table, "encoding")
    if name is None:
        return None
    try:
        codecs.lookup(name)
    except LookupError:
        hint = 'write one such as "utf-8", "cp1252" or "utf-16", or leave it out'
        table.add("bad-choice", "no such encoding is known", hint, "encoding", name)
    return name


def _delimiter(table: Table) -> str | None:
    delimiter = _optional_text(table, "delimiter")
    if delimiter is not None and len(delimiter) != 1:
        hint = 'write a single one: ";" or "\\t" for a tab'
        table.add("bad-choice", "a delimiter is one character", hint, "delimiter", delimiter)
    return delimiter


def _date_format(table: Table) -> str | None:
    """A format such as `%d/%m/%Y` that a date survives being written and read by."""
    form = _optional_text(table, "date_format")
    if form is None:
        return None
    day = datetime(2014, 3, 31)  # noqa: DTZ001  a date of no time zone
    try:
        whole = datetime.strptime(day.strftime(form), form) == day  # noqa: DTZ007
    except ValueError:
        whole = False
    if not whole:
        hint = 'write day, month and year, such as "%d/%m/%Y"'
        table.add("bad-date", "date_format does not give a whole date", hint, "date_format", form)
    return form
