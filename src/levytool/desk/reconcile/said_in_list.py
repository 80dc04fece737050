"""What is wrong in the rows of a list of decisions, apart from what the books say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from levytool.desk.reconcile.decisions import decisions_made
from levytool.problems import Problem, UsageError
from levytool.rules.matching.decisions import ACCEPT, MATCH, NOTE, REJECT, UNDO
from levytool.rules.matching.reasons import REASONS

if TYPE_CHECKING:
    from levytool.desk.reconcile.decide import Order

VERBS = (ACCEPT, REJECT, MATCH, NOTE, UNDO)
PASSED_OVER = "skip"
"""What a row may say too: it is passed over before it comes here."""


class Misplaced(UsageError):
    """A refusal of what stands in one column of a list."""

    def __init__(self, words: str, column: str) -> None:
        super().__init__(words)
        self.column = column


def problem_of(order: "Order", refusal: UsageError) -> Problem:
    """A refusal, with the row and column of the list that it is about."""
    assert order.stands_in is not None  # else nobody gave a list
    message, _, hint = str(refusal).partition("; ")
    column = refusal.column if isinstance(refusal, Misplaced) else "id"
    value = order.id if column == "id" and order.id not in message else ""
    return Problem("unknown-decision", message, hint, *order.stands_in, column, value)


def faults_of(order: "Order", at_odds: Problem | None) -> Iterator[Problem]:
    """What a row says that is no decision, or no reason, or is at odds with one before; nothing of
    what no list says."""
    if order.stands_in is None:
        return
    if at_odds is not None:
        yield at_odds
    if order.others and order.verb in set(VERBS) - {MATCH} | {""}:
        said = f"with {order.verb}" if order.verb else "without a decision"
        yield Problem(
            "unknown-decision",
            f"ids to match stand here {said}",
            "write match in the column decision, or leave this blank",
            *order.stands_in,
            "match",
            " ".join(order.others),
        )
    elif order.verb not in VERBS:
        known = ", ".join((*VERBS, PASSED_OVER))
        yield Problem(
            "unknown-decision",
            "this is no decision",
            f"write one of {known}, or leave it blank",
            *order.stands_in,
            "decision",
            order.verb,
        )
    if order.reason and order.reason not in REASONS:
        yield problem_of(order, no_reason(order.reason))


def without_old_notes(connection: Connection, orders: Sequence["Order"]) -> list["Order"]:
    """Orders without the notes that are said only where they are new, and that somebody said of the
    same before: they stood in the list as it went out, or were taken back since."""
    if not any(order.if_new for order in orders):
        return list(orders)
    said: dict[str, tuple[set[str], set[str]]] = {}
    for decision, _stands in decisions_made(connection):
        notes, reasons = said.setdefault(decision.subject, ({""}, {""}))
        notes.add(_in_one_line(decision.note))
        reasons.add(decision.reason)
    return [order for order in orders if not (order.if_new and _is_old(order, said))]


def _is_old(order: "Order", said: Mapping[str, tuple[set[str], set[str]]]) -> bool:
    if order.others:
        return False
    notes, reasons = said.get(order.id.upper(), ({""}, {""}))
    return _in_one_line(order.note) in notes and order.reason in reasons


def _in_one_line(note: str) -> str:
    """A spreadsheet may break lines otherwise than they were."""
    return " ".join(note.split())


def no_reason(said: str) -> Misplaced:
    """The refusal of a reason that there is not."""
    return Misplaced(f"{said!r} is no reason; say one of: {', '.join(REASONS)}", "decided_reason")


def contradictions(orders: Sequence["Order"]) -> Iterator[tuple["Order", Problem]]:
    """The rows that say another thing of what a row before has decided. A note goes with all."""
    first: dict[str, Order] = {}
    for order in _deciding(orders):
        before = first.setdefault(order.id.upper(), order)
        if _said(before) != _said(order) and order.stands_in and before.stands_in:
            of, verb = order.id.upper(), _told(before)
            yield (
                order,
                Problem(
                    "unknown-decision",
                    f"{of} is {verb} in row {before.stands_in[1]} and {_told(order)} in row "
                    f"{order.stands_in[1]}",
                    "only one of them can be meant: leave the other blank",
                    *order.stands_in,
                    "decision",
                ),
            )


def _deciding(orders: Iterable["Order"]) -> Iterator["Order"]:
    return (order for order in orders if order.stands_in and order.verb in set(VERBS) - {NOTE})


def _said(order: "Order") -> tuple[str, tuple[str, ...]]:
    return order.verb, tuple(sorted(other.upper() for other in order.others))


def _told(order: "Order") -> str:
    return " ".join((order.verb, *order.others)) if order.verb == MATCH else order.verb
