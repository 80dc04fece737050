"""Awards beside spend: what each call-off was awarded at, and the levy on either (domain §3.2)."""

from collections.abc import Iterable
from typing import Any

from levytool.book.records import Book, CallOff, Framework, fold
from levytool.desk.book_in_force import book_in_force
from levytool.desk.given import code_of
from levytool.desk.office import Office
from levytool.ledger.spend.accepted_spend import CallOffLevy, call_off_levies
from levytool.money import format_pence, format_percent
from levytool.rules.awards import award_levy_pence, share_spent_ppm

_Key = tuple[str, str, str, str]
"""Framework, member, contractor and folded reference."""


def list_awards(
    office: Office, framework: str | None = None, member: str | None = None
) -> list[dict[str, Any]]:
    """Every call-off that the book has or that accepted lines name, in order of framework, member,
    contractor and code. Raises UsageError for a framework or member that the book does not have.

    One that the book lacks has no award; lines that name no call-off stand under the code ''.
    """
    with office.reading() as connection:
        book = book_in_force(connection)
        only_framework = framework and code_of(book, "framework", framework)
        only_member = member and code_of(book, "member", member)
        charged = _by_key(call_off_levies(connection))
    awarded = {
        (of.code, *call_off.key): (of, call_off)
        for of in book.frameworks.values()
        for call_off in of.call_offs
    }
    keys = [
        key
        for key in sorted(awarded.keys() | charged.keys())
        if only_framework in (None, key[0]) and only_member in (None, key[1])
    ]
    return [_row(book, key, awarded.get(key), charged.get(key)) for key in keys]


def _by_key(found: Iterable[CallOffLevy]) -> dict[_Key, CallOffLevy]:
    """Spellings of one reference as one; the first of them names it."""
    by_key: dict[_Key, CallOffLevy] = {}
    for one in found:
        key = (one.framework, one.member, one.contractor, fold(one.call_off))
        met = by_key.setdefault(key, one)
        if met is not one:
            base, levy = met.base_pence + one.base_pence, met.levy_pence + one.levy_pence
            by_key[key] = met._replace(base_pence=base, levy_pence=levy)
    return by_key


def _row(
    book: Book,
    key: _Key,
    awarded: tuple[Framework, CallOff] | None,
    charged: CallOffLevy | None,
) -> dict[str, Any]:
    spend, levy = (charged.base_pence, charged.levy_pence) if charged else (0, 0)
    award = on_award = share = None
    if awarded is not None:
        framework, call_off = awarded
        award = call_off.award_pence
        on_award = award_levy_pence(framework, call_off, book.members[call_off.member].sector)
        share = share_spent_ppm(spend, award)
    code = awarded[1].code if awarded else charged.call_off if charged else ""
    return {
        "call_off": code,
        "member": key[1],
        "contractor": key[2],
        "framework": key[0],
        "award": None if award is None else format_pence(award),
        "spend": format_pence(spend),
        "levy_on_award": None if on_award is None else format_pence(on_award),
        "levy_on_spend": format_pence(levy),
        "difference": None if on_award is None else format_pence(levy - on_award),
        "share_spent": None if share is None else format_percent(share),
    }
