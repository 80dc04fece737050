"""Why the two sides differ (domain §3.6)."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from levytool.rules.matching.amounts import explains, is_held_back, with_vat
from levytool.rules.matching.invoices import invoice_key
from levytool.rules.matching.levy_effect import LevyEffect
from levytool.rules.matching.lines import CREDIT, Match, SpendLine, Terms, net_of, says

AMOUNT = "amount"
TIMING = "timing"
RETENTION = "retention"
VAT = "VAT included"
CREDIT_NOTE = "credit note"
WRONG_MEMBER = "wrong member"
WRONG_FRAMEWORK = "wrong framework"
DUPLICATE = "duplicate"
UNDECLARED = "undeclared"
OVER_DECLARED = "over-declared"

NOTHING = "none"
"""What stands for a reason where a person joined lines that do not differ."""

REASONS = (
    UNDECLARED,
    OVER_DECLARED,
    AMOUNT,
    VAT,
    RETENTION,
    CREDIT_NOTE,
    WRONG_MEMBER,
    WRONG_FRAMEWORK,
    DUPLICATE,
    TIMING,
)
"""Every reason a difference can have, in the order reports list them."""

POSTED_WITHIN_DAYS = 14
"""How far apart ledgers post one invoice at most; what is billed each month lies further apart."""

Twin = tuple[str, str, tuple[str, ...], int]
"""Member, contractor, invoice number and net of a line: a further one like it is a duplicate."""

MemberMonth = tuple[str, str]
"""The month of a ledger and a member."""


def reason_of(
    match: Match, terms: Terms, quarterly: Collection[str], levy: LevyEffect
) -> str | None:
    """Why joined lines differ; None where they do not.

    Of several reasons the one that weighs most is told: the member whose pot the levy funds, the
    framework whose rate it bears, then what explains the net, then the period. `quarterly` are the
    frameworks whose returns are for quarters: within one, dates do not differ, but where another
    rate is in force on the other's.
    """
    if len({line.member for line in (*match.declared, *match.recorded)}) > 1:
        return WRONG_MEMBER
    named = {line.framework for line in match.declared}
    if any(line.framework not in ("", *named) for line in match.recorded):
        return WRONG_FRAMEWORK
    if match.net_difference_pence:
        return _amount_reason(match, terms)
    signs = {line.net_pence > 0 for line in (*match.declared, *match.recorded) if line.net_pence}
    if match.rule == CREDIT or len(signs) > 1:
        return CREDIT_NOTE
    ours = {_period(line.date, line.framework in quarterly) for line in match.declared}
    in_quarters = any(line.framework in quarterly for line in match.declared)
    theirs = {_period(line.date, in_quarters) for line in match.recorded}
    if ours != theirs or levy.is_at_another_rate(match.declared, match.recorded):
        return TIMING
    return None


def _amount_reason(match: Match, terms: Terms) -> str:
    if match.rule == CREDIT:
        return CREDIT_NOTE
    if explains(with_vat(net_of(match.declared), terms), match, terms):
        return VAT
    return RETENTION if is_held_back(match, terms) else AMOUNT


def _period(day: str, quarterly: bool) -> str:
    year, month = day[:4], int(day[5:7])
    return f"{year}-Q{(month + 2) // 3}" if quarterly else day[:7]


def reason_words(reason: str) -> str:
    """A reason as people read it."""
    return "joined, no difference" if reason == NOTHING else reason


def twin_of(line: SpendLine) -> Twin | None:
    """What a duplicate of the line would have too; None where its invoice says nothing."""
    key = invoice_key(line.invoice)
    return (line.member, line.contractor, key, line.net_pence) if key else None


def twins_of(lines: Iterable[SpendLine]) -> set[Twin]:
    """What duplicates of these lines would have."""
    return {twin for line in lines if (twin := twin_of(line)) is not None}


def duplicates_of(
    alone: Collection[SpendLine],
    known: Collection[Twin],
    uncompared: Collection[MemberMonth] = (),
) -> set[SpendLine]:
    """Which lines without a counterpart, of one side, are there twice: those with a twin among what
    is `known`, which has one, and those that another file (return or ledger) has too.

    Equal lines of one file can all be real. So an invoice keeps the lines of the file that has most
    of it; of several such files, those that say the earlier days, whichever file came first. Lines
    further apart than `POSTED_WITHIN_DAYS` are no one invoice: some bill each month by one number.
    What the same side takes back too is left as that side has it: once was posted in error, or is
    billed anew, and a credit would be taken off what the duplicates leave. Nor are lines of the
    months and members `uncompared`, as long as nothing lies beside them.
    """
    found = set()
    by_twin: dict[Twin, list[SpendLine]] = {}
    for line in alone:
        twin = twin_of(line)
        if twin in known:
            found.add(line)
        elif twin is not None:
            by_twin.setdefault(twin, []).append(line)
    credited = {
        (line.member, line.contractor, invoice_key(line.credits), -line.net_pence)
        for line in alone
        if line.credits
    }
    for twin, twins in by_twin.items():
        *invoice, net_pence = twin
        is_back = twin in credited or (*invoice, -net_pence) in by_twin
        if len(twins) > 1 and not is_back:
            for lines in _of_one_time(twins):
                found.update(
                    line
                    for line in _of_further_files(lines)
                    if (line.ledger_month, line.member) not in uncompared
                )
    return found


def _of_one_time(lines: Iterable[SpendLine]) -> Iterator[list[SpendLine]]:
    """Lines of one twin, parted where more days lie between two than an invoice's postings do."""
    own: list[SpendLine] = []
    for line in sorted(lines, key=lambda line: line.day):
        if own and line.day - own[-1].day > POSTED_WITHIN_DAYS:
            yield own
            own = []
        own.append(line)
    yield own


def _of_further_files(lines: Iterable[SpendLine]) -> Iterable[SpendLine]:
    """Lines of one twin without those of the file that keeps it."""
    files: dict[int, list[SpendLine]] = {}
    for line in lines:
        files.setdefault(line.number, []).append(line)
    _kept, *further = sorted(files.items(), key=lambda item: (-len(item[1]), says(item[1]), item))
    return chain.from_iterable(own for _number, own in further)
