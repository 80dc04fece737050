"""Pass 2: lines that bear one invoice number, however it is written (domain §3.6).

Within the window they are joined; beyond it they are suggested, when every pass has been.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product

from levytool.rules.matching.lines import (
    CREDIT,
    FORCED,
    INVOICE,
    OTHER_MEMBER,
    Match,
    Open,
    SpendLine,
    Terms,
    net_of,
    place,
    same_call_off,
    same_framework,
    within,
)

PARTS = 12
"""Lines of one side that are joined at once at most."""

FAR_APART = "invoice number, dates far apart"

MEMO = 100_000
_RUNS = re.compile(r"[^\W\d_]+|\d+")
_LABELS = frozenset({"inv", "invoice", "invno", "no", "number", "num", "nr", "ref", "doc"})
_NOTHING = frozenset({"na", "none", "nil", "tbc", "tba", "various", "unknown", "misc", "sundry"})


@lru_cache(maxsize=MEMO)
def invoice_key(text: str) -> tuple[str, ...]:
    """An invoice number without what does not tell numbers apart; () where it says nothing.

    Case, punctuation, leading zeros and words such as `INV` or `No` are left out: `INV-00012/3`,
    `inv 12-3` and `12/3` are one number, `123` is another.
    """
    runs = [run.lstrip("0") or "0" if run.isdecimal() else run for run in _runs(text)]
    if not any(run.isdecimal() for run in runs) and "".join(runs) in _NOTHING:
        return ()
    telling = tuple(run for run in runs if run not in _LABELS)
    return () if telling == ("0",) else telling


@lru_cache(maxsize=MEMO)
def _series(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The words of a number, and how long its runs of digits are."""
    runs = _runs(text)
    words = tuple("#" if run.isdecimal() else run for run in runs)
    return words, tuple(len(run) for run in runs if run.isdecimal())


def other_invoice(declared: SpendLine, recorded: SpendLine) -> bool:
    """Whether the two plainly are different invoices: different numbers of one series.

    A ledger may number its invoices in its own way; such a number contradicts nothing.
    """
    ours, theirs = invoice_key(declared.invoice), invoice_key(recorded.invoice)
    if not ours or not theirs or ours == theirs:
        return False
    (our_words, our_digits), (their_words, their_digits) = map(
        _series, (declared.invoice, recorded.invoice)
    )
    return our_words == their_words and all(
        abs(one - other) <= 1 for one, other in zip(our_digits, their_digits, strict=True)
    )


def join_invoices(open_: Open, terms: Terms) -> None:
    """Join what bears one number within member, contractor and window.

    Lines of equal net first, the nearest dates first; then what is left of the number as a whole,
    at whatever net: both sides have the invoice, and the difference is told.
    """
    for declared, recorded in open_.blocks():
        ours, theirs = _by_invoice(declared), _by_invoice(recorded)
        for key in sorted(ours.keys() & theirs.keys()):
            if len(ours[key]) == 1 == len(theirs[key]):  # nearly always, and sooner done
                _join_pair(open_, terms, ours[key][0], theirs[key][0])
                continue
            _join_equal(open_, terms, ours[key], theirs[key])
            _join_rest(open_, terms, ours[key], theirs[key])


def _join_pair(open_: Open, terms: Terms, one: SpendLine, other: SpendLine) -> None:
    if within(terms, one, other) and open_.may_join(one, other):
        open_.join(INVOICE, (one,), (other,))


def _by_invoice(lines: Iterable[SpendLine]) -> dict[tuple[str, ...], list[SpendLine]]:
    found: dict[tuple[str, ...], list[SpendLine]] = {}
    for line in lines:
        key = invoice_key(line.invoice)
        if key:
            found.setdefault(key, []).append(line)
    return found


def _join_equal(
    open_: Open, terms: Terms, ours: Sequence[SpendLine], theirs: Sequence[SpendLine]
) -> None:
    by_net: dict[int, list[SpendLine]] = {}
    for other in theirs:
        by_net.setdefault(other.net_pence, []).append(other)
    tolerance = terms.tolerance_pence
    pairs = [
        (_distance(one, other), one, other)
        for one in ours
        for net in range(one.net_pence - tolerance, one.net_pence + tolerance + 1)
        for other in by_net.get(net, ())
        if within(terms, one, other) and open_.may_join(one, other)
    ]
    for _, one, other in sorted(pairs):
        if one in open_.declared and other in open_.recorded:
            open_.join(INVOICE, (one,), (other,))


def _distance(one: SpendLine, other: SpendLine) -> tuple[bool, bool, int, int]:
    return (
        not same_framework(one, other),
        not same_call_off(one, other),
        abs(one.net_pence - other.net_pence),
        abs(one.day - other.day),
    )


def _join_rest(
    open_: Open, terms: Terms, ours: Sequence[SpendLine], theirs: Sequence[SpendLine]
) -> None:
    """What is left of an invoice: one pair, or all of it, whichever lies nearer together.

    A number that more than `PARTS` lines of a side still bear is no invoice's own. What a person
    took apart is joined with no other line of the number merely for lying nearest.
    """
    while True:
        ours = [line for line in ours if line in open_.declared]
        theirs = [line for line in theirs if line in open_.recorded]
        if max(len(ours), len(theirs)) > PARTS:
            return
        near = [
            (abs(other.net_pence - one.net_pence), _distance(one, other), one, other)
            for one, other in _not_taken_apart(open_, tuple(product(ours, theirs)))
            if within(terms, one, other)
        ]
        if not near:
            return
        pair_difference, _, one, other = min(near)
        whole = len(near) == len(ours) * len(theirs)
        if whole and abs(net_of(theirs) - net_of(ours)) <= pair_difference:
            open_.join(INVOICE, ours, theirs)
        else:
            open_.join(INVOICE, (one,), (other,))


def suggest_invoices(open_: Open, terms: Terms) -> None:
    """Suggest open lines of one number within member and contractor that lie beyond the window.

    The invoice may have been recorded late, or the numbers have begun anew: a person says. All of
    the number's lines where both sides come to one sum, else pairs, each line once: the nearest
    nets first.
    """
    for declared, recorded in open_.blocks():
        ours, theirs = _by_invoice(declared), _by_invoice(recorded)
        for key in sorted(ours.keys() & theirs.keys()):
            if max(len(ours[key]), len(theirs[key])) <= PARTS:
                _suggest_far(open_, terms, ours[key], theirs[key])


def _suggest_far(
    open_: Open, terms: Terms, ours: Sequence[SpendLine], theirs: Sequence[SpendLine]
) -> None:
    far = sorted(
        (abs(other.net_pence - one.net_pence), _distance(one, other), one, other)
        for one, other in product(ours, theirs)
        if not within(terms, one, other) and open_.may_join(one, other)
    )
    whole = len(far) == len(ours) * len(theirs)
    if whole and abs(net_of(theirs) - net_of(ours)) <= terms.tolerance_pence < far[0][0]:
        open_.suggest(FAR_APART, ours, theirs)
        return
    taken: set[SpendLine] = set()
    for _, _, one, other in far:
        if taken.isdisjoint((one, other)):
            taken.update((one, other))
            open_.suggest(FAR_APART, (one,), (other,))


def join_credits(open_: Open, terms: Terms) -> None:
    """Add to a pair of different nets the one credit of a single side that explains them.

    A credit that names the invoice comes before one that merely has the amount. What a person
    joined is as that person said, and nothing is added.
    """
    sides = _by_block_and_net(open_.declared), _by_block_and_net(open_.recorded)
    if not any(sides):
        return
    for position, match in enumerate(open_.matches):
        difference = match.net_difference_pence
        if match.rule == FORCED or abs(difference) <= terms.tolerance_pence:
            continue
        # Recorded too little: a credit was declared apart. Recorded too much: one was recorded so.
        side, wanted = (0, difference) if difference < 0 else (1, -difference)
        credit = _credit(sides[side], open_, terms, match, wanted)
        if credit is None:
            continue
        lines = open_.declared if side == 0 else open_.recorded
        del lines[credit]
        declared = (*match.declared, credit) if side == 0 else match.declared
        recorded = (*match.recorded, credit) if side == 1 else match.recorded
        open_.matches[position] = match._replace(rule=CREDIT, declared=declared, recorded=recorded)


def _may_explain(open_: Open, credit: SpendLine, match: Match) -> bool:
    """Whether nobody has taken a credit apart from the lines of the other side."""
    if credit in open_.declared:
        return all(open_.may_join(credit, line) for line in match.recorded)
    return all(open_.may_join(line, credit) for line in match.declared)


def _by_block_and_net(
    lines: Iterable[SpendLine],
) -> dict[tuple[tuple[str, str], int], list[SpendLine]]:
    found: dict[tuple[tuple[str, str], int], list[SpendLine]] = {}
    for line in lines:
        if line.net_pence < 0:
            found.setdefault((line.block, line.net_pence), []).append(line)
    return found


def _credit(
    credits: dict[tuple[tuple[str, str], int], list[SpendLine]],
    open_: Open,
    terms: Terms,
    match: Match,
    wanted_pence: int,
) -> SpendLine | None:
    """The one open credit of that amount that nobody took apart from the match; None where there is
    none, or more than one."""
    explained = (*match.declared, *match.recorded)
    found = [
        line
        for away in range(-terms.tolerance_pence, terms.tolerance_pence + 1)
        for line in credits.get((explained[0].block, wanted_pence + away), ())
        if (line in open_.declared or line in open_.recorded)
        and any(within(terms, line, other) for other in explained)
        and _may_explain(open_, line, match)
    ]
    invoices = {invoice_key(line.invoice) for line in explained} - {()}
    naming = [line for line in found if invoice_key(line.credits) in invoices]
    chosen = naming or found
    return chosen[0] if len(chosen) == 1 else None


def join_other_member(open_: Open, terms: Terms) -> None:
    """Join what another member's ledger has: the same contractor, invoice and net.

    Lines that fit with those of just one other member, on both sides, are joined one with one, the
    nearest first, however often either side has the invoice. Between two other members a person
    chooses.
    """
    ours, theirs = (_by_invoice_of_contractor(lines) for lines in (open_.declared, open_.recorded))
    for key in sorted(ours.keys() & theirs.keys()):
        pairs = _not_taken_apart(open_, _of_one_net(terms, ours[key], theirs[key]))
        fitting: dict[SpendLine, set[str]] = {}
        for one, other in pairs:
            fitting.setdefault(one, set()).add(other.member)
            fitting.setdefault(other, set()).add(one.member)
        for _, one, other in sorted((_distance(*pair), *pair) for pair in pairs):
            is_certain = (
                len(fitting[one]) == 1 == len(fitting[other]) and one.member != other.member
            )
            if is_certain and one in open_.declared and other in open_.recorded:
                open_.join(OTHER_MEMBER, (one,), (other,))


def _of_one_net(
    terms: Terms, ours: Iterable[SpendLine], theirs: Sequence[SpendLine]
) -> list[tuple[SpendLine, SpendLine]]:
    return [
        (one, other)
        for one, other in product(ours, theirs)
        if abs(one.net_pence - other.net_pence) <= terms.tolerance_pence
        and within(terms, one, other)
    ]


def _not_taken_apart(
    open_: Open, pairs: Sequence[tuple[SpendLine, SpendLine]]
) -> Sequence[tuple[SpendLine, SpendLine]]:
    """The pairs that no person took apart. Where one did, neither line pairs with that member's
    next line of the number: it says the same, and would be found anew. Not where people had joined
    the two: what there was without them is given back."""
    if not open_.apart:
        return pairs
    apart = set()
    for one, other in pairs:
        if open_.apart.get((place(one), place(other))):
            apart |= {(one, other.member), (other, one.member)}
    return [
        (one, other)
        for one, other in pairs
        if open_.may_join(one, other)
        and (one, other.member) not in apart
        and (other, one.member) not in apart
    ]


def _by_invoice_of_contractor(
    lines: Iterable[SpendLine],
) -> dict[tuple[str, tuple[str, ...]], list[SpendLine]]:
    found: dict[tuple[str, tuple[str, ...]], list[SpendLine]] = {}
    for line in lines:
        key = invoice_key(line.invoice)
        if key:
            found.setdefault((line.contractor, key), []).append(line)
    return found


def _runs(text: str) -> list[str]:
    return _RUNS.findall(text.casefold())
