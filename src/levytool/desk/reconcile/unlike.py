"""What sets lines apart that a person is about to join."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from levytool.desk.office import Office
from levytool.desk.reconcile.decide import (
    Order,
    decide,
    lines_named,
    order_joins,
    says_again,
)
from levytool.desk.reconcile.known_lines import Known
from levytool.desk.reconcile.reconcile_spend import match_books
from levytool.desk.reconcile.said_in_list import without_old_notes
from levytool.desk.reconcile.waits_in_closed import waits_in_closed
from levytool.ledger.spend.member_ledgers import ledger_number
from levytool.ledger.spend.returns import return_number
from levytool.money import display_pence
from levytool.reconcile.spend import at_stake, references
from levytool.reconcile.spend_told import effect_words
from levytool.rules.matching.decisions import Decision
from levytool.rules.matching.lines import Lines, net_of


@dataclass(frozen=True, slots=True)
class Unlike:
    """Lines of both sides that an order joins though they differ, or though a person had joined one
    of them with another, and the id that takes the join back. `left_pence` is recorded less
    declared, `levy_effect_micropence` the levy that goes with it; None where no rate is known.
    `waits`: more than is tolerated is left, and nobody says why. `takes_apart` are the joins that
    stand no more.
    """

    id: str
    declared: Lines
    recorded: Lines
    left_pence: int
    levy_effect_micropence: int | None
    differ: bool
    waits: bool
    takes_apart: tuple[Decision, ...] = ()

    def __str__(self) -> str:
        return "; ".join(self._said())

    def _said(self) -> Iterator[str]:
        if self.differ:
            yield f"{', '.join(self._lines())} are not alike: {', '.join(self._differing())}"
        for join in self.takes_apart:
            joined = f"{join.user} joined some of these lines with others"
            yield f"{joined} as {join.subject}, which comes apart"

    def _lines(self) -> Iterator[str]:
        for side, numbered in ((self.declared, return_number), (self.recorded, ledger_number)):
            for line, reference in zip(side, references(side, numbered), strict=True):
                net = display_pence(line.net_pence)
                yield f"{reference} ({line.member}, {line.contractor}, {net})"

    def _differing(self) -> Iterator[str]:
        lines = (*self.declared, *self.recorded)
        if len({line.member for line in lines}) > 1:
            yield "of different members"
        if len({line.contractor for line in lines}) > 1:
            yield "of different contractors"
        yield f"net difference {display_pence(self.left_pence)}"
        waits = ", and without a note it waits" if self.waits else ""
        yield f"levy effect {effect_words(self.levy_effect_micropence)}{waits}"


def what_sets_apart(known: Known, order: Order) -> Unlike | None:
    """Lines of several members or contractors, with nets further apart than `match_tolerance`, or
    of what a person joined otherwise, that an order joins; None where it joins nothing or what
    agrees.

    Raises UsageError for what is not there.
    """
    declared, recorded = lines_named(known, order)
    if not (declared and recorded):
        return None
    matched = known.matched
    known_as, left_pence = order.id.upper(), net_of(recorded) - net_of(declared)
    in_one_block = len({line.block for line in (*declared, *recorded)}) == 1
    differ = not in_one_block or abs(left_pence) > matched.terms.tolerance_pence
    # The last word on a line counts.
    joined = known.joined_with_others({*declared, *recorded})
    takes_apart = tuple(decision for decision in joined if decision.subject != known_as)
    if not (differ or takes_apart):
        return None
    levy_effect = matched.levy.of_match(declared, recorded)
    before = matched.decisions.get(known_as)
    said = order.note.strip() or order.reason or (before and (before.note or before.reason))
    at_stake_pence = at_stake(declared, recorded, levy_effect)
    waits = not said and at_stake_pence > matched.levy.book.consortium.tolerance_pence
    return Unlike(known_as, declared, recorded, left_pence, levy_effect, differ, waits, takes_apart)


def decide_knowingly(
    office: Office, orders: Sequence[Order]
) -> tuple[list[dict[str, Any]], list[Unlike]]:
    """Keep decisions as `decide` does, and tell what they join now that is not alike; `waits` has
    the ids that wait for an explanation in a closed month since something was taken back.

    Raises what `decide` raises.
    """
    with office.trying_several() as desk:
        with desk.reading() as connection:
            said = without_old_notes(connection, orders)
        rows, unlike = _decided(desk, said)
        with desk.reading() as connection:
            waits = waits_in_closed(connection, rows)
    return [row | {"waits": waits.get(row["id"], [])} for row in rows], unlike


def _decided(office: Office, orders: Sequence[Order]) -> tuple[list[dict[str, Any]], list[Unlike]]:
    if not any(map(order_joins, orders)):
        return decide(office, orders), []
    with office.reading() as connection:
        matched = match_books(connection)
    rows, known = decide(office, orders, matched), Known(None, matched)
    new = (
        order
        for order, row in zip(orders, rows, strict=True)
        if row["status"] == "done" and not says_again(matched, order)
    )
    return rows, [unlike for order in new if (unlike := what_sets_apart(known, order))]
