"""Differences and suggestions of the spend reconciliation: their lines, and what was said of them.

An id follows from the lines it stands for. It is looked for in all the books, whatever the period.
"""

import re

from levytool.desk.reconcile.decisions import DECIDE
from levytool.desk.reconcile.reconcile_spend import match_books, reconcile_part
from levytool.desk.tracing.thing import Form, OpenBooks, Parts, Thing, once, refs
from levytool.desk.tracing.trace import exact_pounds, pounds, told
from levytool.ledger.journal import acts
from levytool.ledger.spend.member_ledgers import ledger_number
from levytool.ledger.spend.returns import return_number
from levytool.money import display_pence
from levytool.periods import Month, Period
from levytool.problems import UsageError
from levytool.reconcile.spend import (
    Asked,
    Difference,
    Findings,
    Suggested,
    references,
)
from levytool.reconcile.spend_matches import lines_by_id
from levytool.reconcile.spend_told import effect_words
from levytool.rules.matching.lines import Lines, SpendLine, net_of


def _find(books: OpenBooks, match: re.Match[str]) -> Thing:
    known_as = match[0].upper()
    matched = once(books, "spend matched", lambda: match_books(books.connection))
    named = once(books, "differences by id", lambda: lines_by_id(matched)).get(known_as)
    if named is None:
        raise _gone(books, known_as)
    declared, recorded = named
    found = _listed(books, matched, known_as, (*declared, *recorded)[0])
    if isinstance(found, Difference):
        return _difference(found)
    if isinstance(found, Suggested):
        net = display_pence(net_of(recorded) - net_of(declared))
        title = f"{found.why}: {_whose(found.declared)}, net difference {net}; a person decides"
        return _thing("suggestion", known_as, title, declared, recorded)
    return _thing("match", known_as, f"{_whose(declared)}: both sides agree", declared, recorded)


def _gone(books: OpenBooks, known_as: str) -> UsageError:
    """The refusal of an id that stands for no lines, or no longer for the same."""
    if acts.acts_of(books.connection, DECIDE, known_as):
        return UsageError(
            f"{known_as} was decided about, and its lines are not there as they were; see: "
            "levytool reconcile decisions"
        )
    return UsageError(
        f"there is no difference or suggestion {known_as}; an id goes with its lines, and those "
        "there are: levytool reconcile spend --period P"
    )


def _listed(
    books: OpenBooks, matched: Findings, known_as: str, line: SpendLine
) -> Difference | Suggested | None:
    """What the reconciliation of the line's month lists under the id."""
    month = Month.parse(line.period)
    part = reconcile_part(books.connection, Asked(Period(month, month)), matched)
    listed: list[Difference | Suggested] = [*part.differences, *part.suggestions]
    return next((item for item in listed if item.id == known_as), None)


def _difference(found: Difference) -> Thing:
    levy = found.levy_effect_micropence
    effect = effect_words(levy)
    title = (
        f"{found.reason}: {_whose(found.lines)}, net difference "
        f"{display_pence(found.net_difference_pence)}, levy effect {effect}, {found.status}"
    )
    said = found.decision
    facts = told(
        framework=found.framework,
        net_difference=pounds(found.net_difference_pence),
        levy_effect=effect if levy is None else exact_pounds(levy),
        joined_by=found.rule,
        status=found.status,
    )
    if said is not None:
        facts += told(
            decided=f"{said.at[:10]} by {said.user}", decided_reason=said.reason, note=said.note
        )
    return _thing("difference", found.id, title, found.declared, found.recorded, facts)


def _thing(
    kind: str,
    known_as: str,
    title: str,
    declared: Lines,
    recorded: Lines,
    facts: tuple[tuple[str, str], ...] = (),
) -> Thing:
    sums = told(
        period=(*declared, *recorded)[0].period,
        declared_net=pounds(net_of(declared)) if declared else "",
        recorded_net=pounds(net_of(recorded)) if recorded else "",
    )

    def because() -> tuple[Parts, ...]:
        return (
            *refs("declared as", *references(declared, return_number)),
            *refs("recorded as", *references(recorded, ledger_number)),
        )

    return Thing(kind, known_as, title, sums + facts, because=because)


def _whose(lines: Lines) -> str:
    first = lines[0]
    parts = (first.member, "and", first.contractor, first.invoice, first.date)
    return " ".join(part for part in parts if part)


FORMS = (
    Form("D-4F0K2M9XW1HT", "a difference or suggestion (S-…) of the spend reconciliation",
         r"[DS]-[0-9A-Z]{12}", _find),
)  # fmt: skip
