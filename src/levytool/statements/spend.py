"""A member's spend by framework, lot, call-off and contractor, and the levy owed on it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from levytool.book.records import Book
from levytool.ledger.statement_facts import MemberDocument, SpendGroup
from levytool.money import MICROPENCE_PER_PENNY, half_up
from levytool.periods import Month
from levytool.rules.shares import share_document, share_in_proportion
from levytool.statements.values import Aged, AgedPayer, EarlierSpend, OpenDocument, SpendLine

_Place = tuple[str, str, str, str]
"""Framework, lot, call-off and contractor: what a line of spend is shown by."""

OLDEST_DAYS = (0, 30, 60, 90)
"""How many days past its due date a document may be for each age but the last."""


def spend_lines(
    groups: Iterable[SpendGroup], documents: Iterable[MemberDocument], book: Book
) -> tuple[SpendLine, ...]:
    """Spend that stands at the end of the period, net of what corrections took back in it."""
    standing = _without_cancelled(groups)
    places: dict[_Place, list[int]] = defaultdict(list)
    for number, group in enumerate(standing):
        places[group.framework, group.lot, group.call_off, group.contractor].append(number)
    settled = _settled(standing, documents)
    exact = [
        sum(standing[number].sign * standing[number].levy_micropence for number in numbers)
        for numbers in places.values()
    ]
    levy = share_document(exact, half_up(sum(exact), MICROPENCE_PER_PENNY))
    lines = [
        _line(
            place,
            [standing[number] for number in numbers],
            levy_pence,
            [settled[number] for number in numbers],
            book,
        )
        for (place, numbers), levy_pence in zip(places.items(), levy, strict=True)
    ]
    return tuple(sorted(lines, key=_in_order))


def _in_order(line: SpendLine) -> _Place:
    return (line.framework, line.lot, line.call_off, line.contractor)


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
    for group in _without_cancelled(groups):
        if group.reporting_period < first:
            key = (group.reporting_period, group.framework)
            spend[key] += group.sign * group.net_pence
            billed[key] += group.sign * group.levy_pence
    return tuple(EarlierSpend(*key, spend[key], billed[key]) for key in sorted(spend))


def _without_cancelled(groups: Iterable[SpendGroup]) -> list[SpendGroup]:
    """Leave out returns that took effect and were taken back within the period."""
    found = list(groups)
    signs = Counter[int]()
    for return_id, sign in {(group.return_id, group.sign) for group in found}:
        signs[return_id] += sign
    return [group for group in found if signs[group.return_id]]


def _line(
    place: _Place,
    groups: Sequence[SpendGroup],
    levy_pence: int,
    settled: Sequence[tuple[int, int]],
    book: Book,
) -> SpendLine:
    code, lot, call_off, contractor = place
    framework, party = book.frameworks.get(code), book.contractors.get(contractor)
    rates = {rate for group in groups for rate in (group.lowest_ppm, group.highest_ppm)}
    return SpendLine(
        code,
        framework.title if framework else code,
        lot,
        framework.lots.get(lot, "") if framework else "",
        call_off,
        contractor,
        party.name if party else contractor,
        spend_pence=sum(group.sign * group.net_pence for group in groups),
        rates_ppm=()
        if None in rates
        else tuple(sorted(rate for rate in rates if rate is not None)),
        levy_pence=levy_pence,
        billed_pence=sum(group.sign * group.levy_pence for group in groups),
        received_pence=sum(received for received, _written_off in settled),
        written_off_pence=sum(written_off for _received, written_off in settled),
    )


def _settled(
    groups: Sequence[SpendGroup], documents: Iterable[MemberDocument]
) -> list[tuple[int, int]]:
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
    settled = [(0, 0)] * len(groups)
    for (return_id, payer_kind, sign), numbers in of_document.items():
        shares = [sign * groups[number].levy_pence for number in numbers]
        known = found.get((return_id, payer_kind, sum(shares)))
        received: Sequence[int] = shares
        written_off: Sequence[int] = [0] * len(shares)
        if known is not None:
            received = share_in_proportion(shares, known.received_pence)
            written_off = share_in_proportion(shares, known.written_off_pence)
        for number, *parts in zip(numbers, received, written_off, strict=True):
            settled[number] = (parts[0], parts[1])
    return settled


def open_documents(documents: Iterable[MemberDocument], as_at: date) -> tuple[OpenDocument, ...]:
    """Documents that are not settled, longest overdue first."""
    return tuple(
        OpenDocument(
            document.number,
            document.payer,
            document.framework,
            document.period,
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
