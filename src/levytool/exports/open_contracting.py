"""Spend by contractor and month as open data: OCDS 1.1 releases, and CSV.

The Open Contracting Data Standard, release schema 1.1. A framework is one contracting process (one
ocid), since it was procured once; each month gives a release about it, tagged `implementation`, in
which a contractor's appointment is an award and a contract, and what members were invoiced under it
are the contract's transactions. A package says of itself when the last return in it was accepted,
so that the same books give the same bytes.
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from itertools import groupby

from levytool.book.records import Book
from levytool.exports.batch import period_name
from levytool.exports.csv_text import Cell, amount, csv_text, words
from levytool.exports.exact_json import Amount, Json, exact_json
from levytool.ledger.spend.open_spend import PublishedSpend
from levytool.periods import Month, Period

VERSION = "1.1"
MARK_LENGTH = 8
HEADER = (
    *("period", "framework", "framework_title", "contractor", "contractor_name"),
    *("member", "member_name", "lines", "net"),
)


def open_data_name(period: Period, ending: str) -> str:
    """`open-data-2014-03.json`."""
    return f"open-data-{period_name(period)}.{ending}"


def spend_csv(book: Book, spend: Iterable[PublishedSpend]) -> str:
    """A row for each contractor, framework, member and month."""
    rows = (
        (
            Cell(str(row.period)),
            words(row.framework),
            words(_title(book, row.framework)),
            words(row.contractor),
            words(_name(book, row.contractor)),
            words(row.member),
            words(_name(book, row.member)),
            Cell(str(row.lines)),
            amount(row.net_pence),
        )
        for row in spend
    )
    return csv_text(HEADER, rows)


def release_package(book: Book, period: Period, spend: Sequence[PublishedSpend]) -> str:
    """The release package as JSON. Raises ValueError where nothing was spent: it would be void."""
    if not spend:
        raise ValueError("a package has at least one release")
    settings, consortium = book.consortium.exports, book.consortium
    groups = groupby(spend, key=lambda row: (row.period, row.framework))
    releases = [_release(book, month, code, list(rows)) for (month, code), rows in groups]
    own: dict[str, Json] = {"releases": releases}
    package: dict[str, Json] = {
        "uri": uuid.uuid5(uuid.NAMESPACE_OID, exact_json(own)).urn,
        "version": VERSION,
        "publishedDate": max(_moment(row) for row in spend),
        "publisher": {"name": consortium.name},
    }
    if settings.open_data_license:
        package["license"] = settings.open_data_license
    return exact_json(package | own)


def _release(book: Book, month: Month, framework: str, spend: Sequence[PublishedSpend]) -> Json:
    ocid = f"{book.consortium.exports.ocid_prefix}-{framework}"
    contractors = list(dict.fromkeys(row.contractor for row in spend))
    members = sorted({row.member for row in spend})
    by_contractor = {c: [row for row in spend if row.contractor == c] for c in contractors}
    said: dict[str, Json] = {
        "date": max(_moment(row) for row in spend),
        "tag": ["implementation"],
        "initiationType": "tender",
        "language": "en",
        "parties": [
            *(_party(book, code, "buyer", "payer") for code in members),
            *(_party(book, code, "supplier", "payee") for code in contractors),
        ],
        "tender": {"id": framework, "title": _title(book, framework)},
        "awards": [{"id": code, "suppliers": [_reference(book, code)]} for code in contractors],
        "contracts": [
            {
                "id": code,
                "awardID": code,
                "implementation": {
                    "transactions": [_transaction(book, row) for row in by_contractor[code]]
                },
            }
            for code in contractors
        ],
    }
    # A release never changes: one that says something else has another id.
    mark = hashlib.sha256(exact_json(said).encode()).hexdigest()[:MARK_LENGTH]
    return {"ocid": ocid, "id": f"{ocid}-{month}-{mark}"} | said


def _transaction(book: Book, row: PublishedSpend) -> Json:
    return {
        "id": f"{row.framework}-{row.contractor}-{row.member}-{row.period}",
        "date": f"{row.period.last_day}T00:00:00Z",
        "value": {"amount": Amount(row.net_pence), "currency": "GBP"},
        "payer": _reference(book, row.member),
        "payee": _reference(book, row.contractor),
    }


def _party(book: Book, code: str, *roles: str) -> Json:
    return {"id": code, "name": _name(book, code), "roles": list(roles)}


def _reference(book: Book, code: str) -> Json:
    return {"id": code, "name": _name(book, code)}


def _name(book: Book, code: str) -> str:
    """No member and contractor share a code."""
    party = book.members.get(code) or book.contractors.get(code)
    return party.name if party else code


def _title(book: Book, code: str) -> str:
    framework = book.frameworks.get(code)
    return framework.title if framework else code


def _moment(row: PublishedSpend) -> str:
    """When it was accepted, to the second: `2014-04-10T09:30:00Z`."""
    return f"{row.accepted_at[:19]}Z"
