"""Checks of who and what is named: codes once each, names that mean one party, known lots."""

from collections.abc import Iterable
from typing import get_args

from levytool.book.legal_forms import fold_without_ltd
from levytool.book.lines import Path
from levytool.book.names import Kind, Names, fold
from levytool.book.records import Appointment, Book, Framework, Layout
from levytool.book.remarks import Remarks
from levytool.book.table import nearest_hint


def check_codes(book: Book, remarks: Remarks) -> None:
    """Codes and names of parties and frameworks, and every reference to one."""
    for code in book.contractors:
        if code in book.members:
            message = "a member has this code, and accounts are kept by code"
            hint = "give the contractor another code"
            remarks.error("duplicate-code", message, hint, ("contractors", code), "code", code)
    _check_names(book, remarks)
    for framework in book.frameworks.values():
        for position, appointment in enumerate(framework.appointments or ()):
            place = ("frameworks", framework.code, "contractors", position)
            _check_appointment(book, framework, appointment, place, remarks)
    names = Names(book)
    for layout in book.layouts.values():
        _check_constants(book, names, layout, remarks)


def _check_names(book: Book, remarks: Remarks) -> None:
    """A name or alias that means two parties of a kind means neither (`book.names`)."""
    parties = (
        *(("members", m.code, (m.name, *m.aliases)) for m in book.members.values()),
        *(("contractors", c.code, (c.name, *c.aliases)) for c in book.contractors.values()),
        *(("frameworks", f.code, (f.title,)) for f in book.frameworks.values()),
    )
    owners = {(kind, fold(code)): (kind, code, "code") for kind, code, _ in parties}
    for kind, code, spellings in parties:
        for position, name in enumerate(spellings):
            key = "aliases" if position else "title" if kind == "frameworks" else "name"
            owner = owners.setdefault((kind, fold(name)), (kind, code, key))
            if fold(name) and owner[1] != code:
                other = f"{owner[1]} in line {remarks.places.row(*owner)}"
                message = f"{name!r} means {other} too, so files must give the code instead"
                hint = f"take it from {code} or from {owner[1]}"
                remarks.warn("ambiguous-name", message, hint, (kind, code), key, name)
    _check_ltd(parties, remarks)


def _check_ltd(parties: Iterable[tuple[str, str, tuple[str, ...]]], remarks: Remarks) -> None:
    """Two parties of a kind whose names differ by Ltd only may be one (not so frameworks)."""
    met: dict[tuple[str, str], dict[str, str]] = {}
    for kind, code, spellings in parties:
        if kind == "frameworks":
            continue
        told: set[str] = set()
        for name in filter(fold, spellings):
            alike = met.setdefault((kind, fold_without_ltd(name)), {})
            other = next((c for c, key in alike.items() if c != code and key != fold(name)), None)
            if other is not None and other not in told:
                told.add(other)
                message = f"{name!r} differs from a name of {other} by Ltd or Limited only"
                hint = f"where they are one, keep one of the two with {name!r} as an alias"
                remarks.warn("names-alike", message, hint, (kind, code), "name", name)
            alike.setdefault(code, fold(name))


def _check_appointment(
    book: Book, framework: Framework, appointment: Appointment, place: Path, remarks: Remarks
) -> None:
    code = appointment.contractor
    if code and code not in book.contractors:
        hint = nearest_hint(code, tuple(book.contractors), "add it to [[contractors]]")
        remarks.error("unknown-code", "no contractor has this code", hint, place, "code", code)
    for lot in appointment.lots:
        if lot not in framework.lots:
            hint = nearest_hint(lot, tuple(framework.lots), "add lots to the framework")
            remarks.error("unknown-lot", "the framework has no such lot", hint, place, "lots", lot)
    since, until = appointment.since, appointment.until
    if since and until and until < since:
        message, hint = "the appointment ends before it begins", "correct one of the two dates"
        remarks.error("ends-before-starts", message, hint, place, "until", until.isoformat())


def _check_constants(book: Book, names: Names, layout: Layout, remarks: Remarks) -> None:
    """A layout's constants name parties that the book has, by code or by name."""
    place = ("layouts", layout.name, "constants")
    for kind in get_args(Kind):
        value = layout.constants.get(kind)
        if value is None or names.of(kind).recognise(value):
            continue
        hint = nearest_hint(value, tuple(names.of(kind)), f"add a {kind} to the book")
        remarks.error("unknown-code", f"no {kind} has this code", hint, place, kind, value)
    code = names.frameworks.recognise(layout.constants.get("framework", ""))
    lots = book.frameworks[code].lots if code else {}
    lot = layout.constants.get("lot")
    if lots and lot is not None and lot not in lots:
        hint = nearest_hint(lot, tuple(lots), "")
        remarks.error("unknown-lot", f"{code} has no such lot", hint, place, "lot", lot)
