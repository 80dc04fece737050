"""A member's spend by framework, lot, call-off and contractor, and the levy owed on it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import TypeVar

from levytool.book.records import Book
from levytool.ledger.reports.statement_facts import MemberDocument, SpendGroup, TouchedReturn
from levytool.money import MICROPENCE_PER_PENNY, half_up
from levytool.periods import Month
from levytool.rules.shares import share_document, share_in_proportion
from levytool.statements.values import Aged, AgedPayer, EarlierSpend, OpenDocument, SpendLine

_Place = tuple[str, str, str, str]
"""Framework, lot, call-off and contractor: what a line of spend is shown by."""

_T = TypeVar("_T", SpendGroup, TouchedReturn)

OLDEST_DAYS = (0, 30, 60, 90)
"""How many days past its due date a document may be for each age but the last."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Returns that can be summed as if they were one: a long statement has fewer groups for it.

    `told_with` says of each standing return which one it is told with. `unpaid` are the numbers and
    payer kinds of those of whose documents nothing is settled; `documents` are the others'.
    """

    told_with: Mapping[int, int]
    unpaid: frozenset[tuple[int, str]]
    documents: tuple[MemberDocument, ...]


def alike(
    returns: Iterable[TouchedReturn], documents: Iterable[MemberDocument], first: Month
) -> Alike:
    """Which returns are told together: those of one framework, contractor and sign whose documents
    are all received in full, or all unpaid. Those in between share what was received line by line,
    and reporting periods before `first` are told apart. So is what a correction took back while it
    still holds what was paid: its cash may move after the period."""
    of_return: dict[int, list[MemberDocument]] = {}
    for document in documents:
        of_return.setdefault(document.return_id, []).append(document)
    told_with: dict[int, int] = {}
    unpaid: set[tuple[int, str]] = set()
    alone: list[MemberDocument] = []
    leaders: dict[tuple[object, ...], int] = {}
    every = list(returns)
    for return_id in {one.return_id for one in every} - _standing(every):
        own = of_return.get(return_id, [])
        if _holds_money(own):
            told_with[return_id] = return_id
            alone += own
    for found in _that_stand(every):
        own = of_return.get(found.return_id, [])
        owing = frozenset(document.payer_kind for document in own if _is_unpaid(document))
        if not all(
            _is_unpaid(document) if document.payer_kind in owing else _is_received(document)
            for document in own
        ):
            told_with[found.return_id] = found.return_id
            alone += own
            continue
        month = min(found.reporting_period, first)
        kind = (found.framework, found.contractor, found.sign, month, owing)
        leader = told_with[found.return_id] = leaders.setdefault(kind, found.return_id)
        unpaid |= {(leader, payer) for payer in owing}
    return Alike(told_with, frozenset(unpaid), tuple(alone))


def _holds_money(documents: Iterable[MemberDocument]) -> bool:
    """Whether what is settled of documents and of those that reverse them is not nothing."""
    held = Counter[tuple[str, str]]()
    for document in documents:
        held[document.payer_kind, "received"] += document.received_pence
        held[document.payer_kind, "written off"] += document.written_off_pence
    return any(held.values())


def _is_unpaid(document: MemberDocument) -> bool:
    return bool(document.billed_pence) and not (
        document.settled_pence or document.written_off_pence
    )


def _is_received(document: MemberDocument) -> bool:
    return document.settled_pence == document.billed_pence and not document.written_off_pence


def spend_lines(
    groups: Iterable[SpendGroup],
    documents: Iterable[MemberDocument],
    book: Book,
    unpaid: Collection[tuple[int, str]] = (),
) -> tuple[SpendLine, ...]:
    """Spend that stands at the end of the period, net of what corrections took back in it.

    What was received on a return that no longer stands counts at its lines' places until its cash
    has moved: a correction posts in its return's month, and moves cash on the day it is made.

    `unpaid` are returns and payer kinds of which nothing is received or written off, whatever their
    documents.
    """
    every = list(groups)
    standing = _standing(every)
    sums: dict[_Place, list[int]] = {}
    rates: dict[_Place, set[int | None]] = {}
    gone: dict[_Place, set[int | None]] = {}
    taken_back: set[_Place] = set()
    settled = _settled(every, documents, unpaid)
    for group, received, written_off in zip(every, *settled, strict=True):
        sign, place = group.sign, (group.framework, group.lot, group.call_off, group.contractor)
        own = sums.get(place)
        if own is None:
            own, rates[place], gone[place] = [0, 0, 0, 0, 0], set(), set()
            sums[place] = own
        own[0] += sign * group.net_pence
        own[1] += sign * group.levy_micropence
        own[2] += sign * group.levy_pence
        own[3] += received
        own[4] += written_off
        if sign < 0:
            taken_back.add(place)
        known = (rates if group.return_id in standing else gone)[place]
        known.add(group.lowest_ppm)
        known.add(group.highest_ppm)
    # A correction that left a place as it was has nothing to tell of it.
    places = sorted(place for place in sums if place not in taken_back or any(sums[place]))
    exact = [sums[place][1] for place in places]
    levy = share_document(exact, half_up(sum(exact), MICROPENCE_PER_PENNY))
    named = lru_cache(maxsize=None)(partial(_names, book))
    return tuple(
        _line(
            place, named(*place[:2], place[3]), levy_pence, sums[place], rates[place] or gone[place]
        )
        for place, levy_pence in zip(places, levy, strict=True)
    )


def by_framework_and_member(lines: Iterable[SpendLine]) -> tuple[SpendLine, ...]:
    """Lines summed by framework and member, whoever did the work."""
    found: dict[tuple[str, str], list[SpendLine]] = {}
    for line in lines:
        found.setdefault((line.framework, line.member), []).append(line)
    return tuple(
        SpendLine(
            *(own[0].framework, own[0].framework_title, "", "", "", "", ""),
            spend_pence=sum(line.spend_pence for line in own),
            rates_ppm=_rates(own),
            levy_pence=sum(line.levy_pence for line in own),
            billed_pence=sum(line.billed_pence for line in own),
            received_pence=sum(line.received_pence for line in own),
            written_off_pence=sum(line.written_off_pence for line in own),
            member=own[0].member,
            member_name=own[0].member_name,
        )
        for _, own in sorted(found.items())
    )


def _rates(lines: Sequence[SpendLine]) -> tuple[int, ...]:
    """Every rate charged on any of the lines; none where bands decided any."""
    if not all(line.rates_ppm for line in lines):
        return ()
    return tuple(sorted({rate for line in lines for rate in line.rates_ppm}))


def earlier_spend(groups: Iterable[SpendGroup], first: Month) -> tuple[EarlierSpend, ...]:
    """What of the spend belongs to reporting periods before `first`, by period and framework."""
    spend, billed = Counter[tuple[Month, str]](), Counter[tuple[Month, str]]()
    for group in _that_stand(groups):
        if group.reporting_period < first:
            key = (group.reporting_period, group.framework)
            spend[key] += group.sign * group.net_pence
            billed[key] += group.sign * group.levy_pence
    return tuple(EarlierSpend(*key, spend[key], billed[key]) for key in sorted(spend))


def _that_stand(found: Iterable[_T]) -> list[_T]:
    """Leave out returns that took effect and were taken back within the period."""
    every = list(found)
    standing = _standing(every)
    return [one for one in every if one.return_id in standing]


def _standing(every: Collection[_T]) -> set[int]:
    """The returns that did not both take effect and get taken back."""
    signs = Counter[int]()
    for return_id, sign in {(one.return_id, one.sign) for one in every}:
        signs[return_id] += sign
    return {return_id for return_id, sign in signs.items() if sign}


def _names(book: Book, code: str, lot: str, contractor: str) -> tuple[str, str, str]:
    """What the book calls a framework, its lot and a contractor."""
    framework, party = book.frameworks.get(code), book.contractors.get(contractor)
    return (
        framework.title if framework else code,
        framework.lots.get(lot, "") if framework else "",
        party.name if party else contractor,
    )


def _line(
    place: _Place,
    names: tuple[str, str, str],
    levy_pence: int,
    sums: Sequence[int],
    rates: Collection[int | None],
) -> SpendLine:
    code, lot, call_off, contractor = place
    title, lot_title, contractor_name = names
    spend, _exact, billed, received, written_off = sums
    known = sorted(rate for rate in rates if rate is not None)
    return SpendLine(
        *(code, title, lot, lot_title, call_off, contractor, contractor_name),
        spend_pence=spend,
        rates_ppm=() if None in rates else tuple(known),
        levy_pence=levy_pence,
        billed_pence=billed,
        received_pence=received,
        written_off_pence=written_off,
    )


def _settled(
    groups: Sequence[SpendGroup],
    documents: Iterable[MemberDocument],
    unpaid: Collection[tuple[int, str]],
) -> tuple[list[int], list[int]]:
    """What of each group is received and written off: its shares of what is so of its document.

    A return of one payer has one document, and one that reverses it after a correction; they are
    told apart by their amounts. A group without a document came to nothing, and is received.
    """
    found = {
        (document.return_id, document.payer_kind, document.billed_pence): document
        for document in documents
    }
    of_document: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        of_document[group.return_id, group.payer_kind, group.sign].append(number)
    received, written_off = [0] * len(groups), [0] * len(groups)
    for (return_id, payer_kind, sign), numbers in of_document.items():
        if (return_id, payer_kind) in unpaid:
            continue
        shares = [sign * groups[number].levy_pence for number in numbers]
        known = found.get((return_id, payer_kind, sum(shares)))
        for number, share in zip(
            numbers, _part(shares, known and known.received_pence), strict=True
        ):
            received[number] = share
        if known is not None and known.written_off_pence:
            for number, share in zip(numbers, _part(shares, known.written_off_pence), strict=True):
                written_off[number] = share
    return received, written_off


def _part(shares: Sequence[int], pence: int | None) -> Sequence[int]:
    """The shares' own parts of an amount of their document; all of them where it is None."""
    return shares if pence in (None, sum(shares)) else share_in_proportion(shares, pence)


def open_documents(documents: Iterable[MemberDocument], as_at: date) -> tuple[OpenDocument, ...]:
    """Documents that are not settled, longest overdue first."""
    return tuple(
        OpenDocument(
            document.number,
            document.payer,
            document.framework,
            document.period,
            document.day,
            document.due,
            (as_at - document.due).days,
            document.billed_pence - document.settled_pence,
        )
        for document in documents
        if document.billed_pence != document.settled_pence
    )


def aged_payers(
    documents: Iterable[OpenDocument], names: Mapping[str, str]
) -> tuple[AgedPayer, ...]:
    """Open documents by payer and by how long they are overdue, in order of payer."""
    parts: dict[str, list[int]] = {}
    for document in documents:
        place = sum(document.days_overdue > days for days in OLDEST_DAYS)
        parts.setdefault(document.payer, [0] * 5)[place] += document.outstanding_pence
    return tuple(
        AgedPayer(payer, names.get(payer, payer), Aged(*parts[payer])) for payer in sorted(parts)
    )
