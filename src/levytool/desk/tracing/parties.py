"""Members, contractors and frameworks: what of theirs can be explained."""

import re
from collections.abc import Iterable

from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, parts_of, refs
from levytool.desk.tracing.trace import told
from levytool.desk.tracing.walk import LISTED
from levytool.ledger.proofs import traced, traced_money
from levytool.ledger.proofs.explained import book_versions
from levytool.ledger.spend.returns import return_number
from levytool.periods import Month


def _find_member(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    member = books.book.members.get(match[1].upper())
    if member is None:
        return None
    latest = traced_money.last_effective(books.connection)
    return Thing(
        "member", f"member:{member.code}", member.name,
        told(code=member.code, name=member.name, sector=member.sector, area=member.area,
             latest_statement=f"statement:{member.code}:{Month.of(latest)}" if latest else ""),
        because=lambda: _in_book(books),
        became=lambda: _of_member(books, member.code),
    )  # fmt: skip


def _of_member(books: OpenBooks, code: str) -> Iterable[Parts]:
    cohorts = traced_money.cohorts_of(books.connection, code)
    parts = [Part(f"{code}/{cohort}", left) for cohort, left in cohorts]
    yield from parts_of("cohorts of its pot, and what is left of each", parts,
                        sum(left for _cohort, left in cohorts), "levytool pot list")  # fmt: skip
    yield from refs("balances", *traced_money.accounts_of(books.connection, code))
    yield from _documents(books, code)


def _find_contractor(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    contractor = books.book.contractors.get(match[1].upper())
    if contractor is None:
        return None
    return Thing(
        "contractor", f"contractor:{contractor.code}", contractor.name,
        told(code=contractor.code, name=contractor.name),
        because=lambda: _in_book(books),
        became=lambda: _of_contractor(books, contractor.code),
    )  # fmt: skip


def _of_contractor(books: OpenBooks, code: str) -> Iterable[Parts]:
    yield from _returns(books, "contractor", code)
    yield from _documents(books, code)
    yield from refs("balances", *traced_money.accounts_of(books.connection, code))


def _find_framework(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    framework = books.book.frameworks.get(match[1].upper())
    if framework is None:
        return None
    facts = told(code=framework.code, title=framework.title, starts=framework.starts,
                 ends=framework.ends, returns=framework.returns)  # fmt: skip
    return Thing(
        "framework", f"framework:{framework.code}", framework.title, facts,
        because=lambda: _in_book(books),
        became=lambda: _of_framework(books, framework.code),
    )  # fmt: skip


def _of_framework(books: OpenBooks, code: str) -> Iterable[Parts]:
    number = book_versions(books.connection)[-1].number
    blocks = books.book.frameworks[code].levy
    yield from refs("levy", *(f"rule:{code}/{block.since}@{number}" for block in blocks))
    yield from _returns(books, "framework", code)
    yield from refs("balances", *traced_money.accounts_of(books.connection, code))


def _in_book(books: OpenBooks) -> Iterable[Parts]:
    return refs("named in", f"book:{book_versions(books.connection)[-1].number}")


def _returns(books: OpenBooks, kind: str, code: str) -> Iterable[Parts]:
    found, count = traced.returns_of_party(books.connection, kind, code, LISTED[0])
    if found:
        parts = tuple(Part(return_number(number)) for number in found)
        more = count - len(found)
        yield Parts("returns, the latest first", parts, None, more, 0, "levytool return list")


def _documents(books: OpenBooks, code: str) -> Iterable[Parts]:
    found, count = traced.documents_of_payer(books.connection, code, LISTED[0])
    if found:
        parts = tuple(Part(number) for number in found)
        more = count - len(found)
        yield Parts("documents, the latest first", parts, None, more, 0, "levytool levy documents")


FORMS = (
    Form("SALIX", "a member", r"(?:member:)?([A-Z0-9-]+)", _find_member),
    Form("BROOKS", "a contractor", r"(?:contractor:)?([A-Z0-9-]+)", _find_contractor),
    Form("REGEN", "a framework", r"(?:framework:)?([A-Z0-9-]+)", _find_framework),
)
