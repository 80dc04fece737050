"""Schemes, the sources of their money, and their movements by the reference of the officer."""

import re
from collections.abc import Iterable, Sequence

from levytool.book.records import fold
from levytool.desk.tracing import entries, participants
from levytool.desk.tracing.files import opened_ref
from levytool.desk.tracing.thing import (
    Form,
    OpenBooks,
    Part,
    Parts,
    Thing,
    parts_of,
    refs,
    rest,
    total,
)
from levytool.desk.tracing.trace import pounds, told
from levytool.ledger.funds.schemes import (
    MEMBER,
    SourceFunds,
    StoredScheme,
    find_schemes,
    funds_by_scheme,
)
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs import traced_money
from levytool.ledger.proofs.traced_money import SchemePart
from levytool.money import display_pence

PUT = ("commit", "agree")


def _stored(books: OpenBooks, words: str) -> StoredScheme | None:
    wanted = words.upper()
    return next((one for one in find_schemes(books.connection) if one.code == wanted), None)


def _find_scheme(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    stored = _stored(books, match[1])
    if stored is None:
        return None
    funds = funds_by_scheme(books.connection).get(stored.code, ())
    put = sum(one.put_pence for one in funds)
    drawn = sum(one.drawn_pence for one in funds)
    facts = told(
        title=stored.title,
        members=", ".join(stored.members),
        state=stored.state,
        budget=pounds(stored.budget_pence),
        places=stored.places,
        proposed=f"{stored.proposed_on} by {stored.proposed_by}",
        put_in=pounds(put),
        drawn=pounds(drawn),
        left=pounds(sum(one.balance_pence for one in funds)),
    )
    facts += participants.of_scheme(books, stored.code)
    return Thing(
        "scheme",
        stored.code,
        f"{stored.title}, {stored.state}: {display_pence(put)} put in, "
        f"{display_pence(drawn)} drawn",
        facts,
        because=lambda: (
            *parts_of(
                "money of",
                [Part(f"{stored.code}/{one.source}", one.put_pence) for one in funds],
                put,
            ),
            *refs("brought by", opened_ref(books, f"scheme {stored.code}")),
            *participants.referred_to(books, stored.code),
        ),
        became=lambda: _spent(books, stored.code, put),
    )


def _spent(books: OpenBooks, scheme: str, put: int, source: str = "") -> Iterable[Parts]:
    """What became of the money put into a scheme, all of it or one source's, entry by entry."""
    gone: dict[int, int] = {}
    for one in traced_money.scheme_parts(books.connection, scheme):
        if one.kind not in PUT and one.pence and source in ("", one.source):
            gone[one.entry_id] = gone.get(one.entry_id, 0) - one.pence
    parts = [Part(entry_number(number), pence) for number, pence in gone.items()]
    whole = [*parts, *rest(put - total(parts), "still in the scheme")]
    yield from parts_of("drawn and given back by", whole, put, f"levytool scheme show {scheme}")


def _find_source(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    """A source of a scheme's money, or what moved it under that reference."""
    stored = _stored(books, match[1])
    if stored is None:
        return None
    for funds in funds_by_scheme(books.connection).get(stored.code, ()):
        if fold(funds.source) == fold(match[2]):
            return _source(books, stored, funds)
    for one in traced_money.scheme_parts(books.connection, stored.code):
        if one.reference and one.reference.casefold() == match[2].casefold():
            return entries.thing_of(books, one.entry_id)
    return None


def _source(books: OpenBooks, stored: StoredScheme, funds: SourceFunds) -> Thing:
    moved = [
        one
        for one in traced_money.scheme_parts(books.connection, stored.code)
        if one.source == funds.source
    ]
    is_member = funds.source_kind == MEMBER
    facts = told(
        scheme=stored.code,
        source=funds.source,
        put_in=pounds(funds.put_pence),
        received="" if is_member else pounds(funds.all_received_pence),
        drawn=pounds(funds.drawn_pence),
        left=pounds(funds.balance_pence),
    )
    said = "commitments" if is_member else "match funding"
    return Thing(
        f"{said} of a scheme",
        f"{stored.code}/{funds.source}",
        f"{funds.source} in {stored.code}: {display_pence(funds.put_pence)} put in, "
        f"{display_pence(funds.drawn_pence)} drawn",
        facts,
        because=lambda: (
            *_put(moved, funds.put_pence),
            *refs("brought by", opened_ref(books, f"scheme {stored.code}/{funds.source}")),
        ),
        became=lambda: _spent(books, stored.code, funds.put_pence, funds.source),
    )


def _put(moved: Sequence[SchemePart], put: int) -> Iterable[Parts]:
    parts = [Part(entry_number(one.entry_id), one.pence) for one in moved if one.kind in PUT]
    yield from parts_of("put in by", parts, put)
    came = [Part(entry_number(one.entry_id)) for one in moved if one.kind == "receive"]
    yield from parts_of("received by", came)


FORMS = (
    Form("WARDENS/D-1", "a scheme's drawdown or commitment by its reference, or WARDENS/SALIX, "
         "the money of one source", r"([^/:]+)/(.+)", _find_source),
    Form("WARDENS", "a scheme", r"([A-Z0-9-]+)", _find_scheme),
)  # fmt: skip
