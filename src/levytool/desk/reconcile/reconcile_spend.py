"""The spend reconciliation: declarations beside the members' own ledgers (domain §3.6)."""

from collections.abc import Iterable
from itertools import chain

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.given import code_of
from levytool.desk.office import Office
from levytool.desk.reconcile.decisions import decisions_in_force
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.spend.covered import members_covered
from levytool.ledger.spend.spend_sides import (
    declared_sum,
    left_over,
    lines_beside,
    recorded_sum,
)
from levytool.periods import Month, Period
from levytool.reconcile.likeness import likeness
from levytool.reconcile.spend import (
    Asked,
    Findings,
    SpendReconciliation,
    reconciled,
)
from levytool.reconcile.spend_matches import Joined, joined_in
from levytool.rules.levy import rate_changes
from levytool.rules.matching.decisions import (
    REJECT,
    SUGGESTION,
    Decision,
    Sides,
    accepted_pairs,
    join_decided,
    lines_of,
    names_its_lines,
    prints_of,
    sets_taken_apart,
    taken_apart,
)
from levytool.rules.matching.elsewhere import matched_for_another
from levytool.rules.matching.levy_effect import LevyEffect
from levytool.rules.matching.lines import Open, SpendLine, Terms
from levytool.rules.matching.passes import join_accepted, run_passes
from levytool.rules.matching.reasons import OVER_DECLARED, MemberMonth, Twin, twins_of

STANDARD_VAT_PPM = 200_000
"""What a contractor's invoice may bear whatever the levy's own VAT is."""


def reconcile_spend(
    office: Office, period: Period, member: str | None = None
) -> SpendReconciliation:
    """What the two sides have in common in a period, and where they differ.

    Raises UsageError for a member that the book does not have.
    """
    return matched_part(office, period, member)[2]


def matches_in(
    office: Office, period: Period, member: str | None = None
) -> tuple[list[Joined], int]:
    """What was joined in a period, each with its rule, and how many pairs the database settled:
    they say the same, once on either side, and are only counted.

    Raises UsageError for a member that the book does not have.
    """
    asked, matched, found = matched_part(office, period, member)
    joined = joined_in(matched, asked)
    listed = sum(any(asked.has(line) for line in item.declared) for item in joined)
    return joined, found.matched.count + found.by_person.count - listed


def matched_part(
    office: Office, period: Period, member: str | None
) -> tuple[Asked, Findings, SpendReconciliation]:
    """What is asked for, what matching found in all the books, and the part of it asked for.

    Raises UsageError for a member that the book does not have.
    """
    with office.reading() as connection:
        book = book_in_force(connection)
        asked = Asked(period, None if member is None else code_of(book, "member", member))
        matched = match_books(connection)
        return asked, matched, reconcile_part(connection, asked, matched)


def reconcile_part(
    connection: Connection, asked: Asked, matched: Findings | None = None
) -> SpendReconciliation:
    """The same in a transaction that is open; `matched` where the books are matched already."""
    matched = matched or match_books(connection)
    without = _without_ledger(connection, filter(asked.has, matched.open.declared))
    declared = declared_sum(connection, asked.period, asked.member)
    recorded = recorded_sum(connection, asked.period, asked.member)
    found = reconciled(matched, asked, (declared, recorded), without)
    lines = (item.declared[0] for item in found.of(OVER_DECLARED))
    alone = {(line.ledger_month, line.member) for line in lines}
    found.no_ledger = without & alone
    found.tolerance_pence = matched.levy.book.consortium.tolerance_pence
    closed = closed_months(connection)
    found.closed = frozenset(str(month) for month in asked.period.months() if month in closed)
    return found


def _without_ledger(connection: Connection, lines: Iterable[SpendLine]) -> frozenset[MemberMonth]:
    """Months of the dates of declared lines and their members, where no ledger of the member
    reaches into the month: whether lines are compared goes by that, not by their period."""
    alone = {(line.ledger_month, line.member) for line in lines}
    covered = {
        month: members_covered(connection, Month.parse(month)) for month in {m for m, _ in alone}
    }
    return frozenset(item for item in alone if item[1] not in covered[item[0]])


def match_books(connection: Connection) -> Findings:
    """Match everything that is declared and recorded, whatever its period."""
    book = book_in_force(connection)
    decisions = decisions_in_force(connection)
    terms = terms_of(book)
    changes = {code: rate_changes(framework) for code, framework in book.frameworks.items()}
    odd = left_over(connection, _named(decisions.values()), terms.window_days, changes)
    prints = prints_of(odd.declared), prints_of(odd.recorded)
    sides = Sides(*({item: line for line, item in side.items()} for side in prints))
    open_ = Open(
        odd.declared,
        odd.recorded,
        taken_apart(decisions, sides, terms),
        sets_taken_apart(decisions, sides, terms),
    )
    decided = join_decided(open_, decisions, sides)
    join_accepted(open_, accepted_pairs(decisions, sides), terms)
    names = {code: contractor.name for code, contractor in book.contractors.items()}
    run_passes(open_, terms, likeness(), names)
    beside = lines_beside(connection, open_.declared, open_.recorded)
    return Findings(
        open_,
        terms,
        LevyEffect(book, odd.declared_on),
        frozenset(f.code for f in book.frameworks.values() if f.returns == "quarterly"),
        prints,
        decisions,
        decided,
        tuple(_rejected(decisions.values(), sides)),
        _twins(open_, *beside),
        odd.by_invoice,
        matched_for_another(open_.recorded, open_.matches, beside[1], terms),
    )


def terms_of(book: Book) -> Terms:
    """How far apart lines may lie, as the book says."""
    consortium = book.consortium
    rates = {entry.value for entry in consortium.vat if entry.value}
    return Terms(
        consortium.match_tolerance_pence,
        consortium.window_days,
        tuple(sorted(rates | {STANDARD_VAT_PPM})),
    )


def _named(decisions: Iterable[Decision]) -> set[tuple[str, int]]:
    """The keys of every line that a decision is about."""
    return {
        (item.member, item.key_hash)
        for decision in decisions
        for item in chain(decision.declared, decision.recorded)
    }


def _rejected(
    decisions: Iterable[Decision], sides: Sides
) -> Iterable[tuple[Decision, tuple[SpendLine, ...], tuple[SpendLine, ...]]]:
    """Pairs of the rules that a person took apart, with their lines as far as they are all there.
    What a person joined and rejected is one thing no more."""
    for decision in decisions:
        is_difference = not decision.subject.startswith(SUGGESTION) and names_its_lines(decision)
        if decision.verb == REJECT and is_difference:
            lines = lines_of(decision, sides)
            if lines is not None and all(lines):
                yield decision, *lines


def _twins(
    open_: Open, declared: Iterable[SpendLine], recorded: Iterable[SpendLine]
) -> tuple[set[Twin], set[Twin]]:
    """What the joined lines of each side say; of those that the database settled, which are given,
    as far as an open line may say the same."""
    ours = twins_of(line for match in open_.matches for line in match.declared)
    theirs = twins_of(line for match in open_.matches for line in match.recorded)
    return ours | twins_of(declared), theirs | twins_of(recorded)
