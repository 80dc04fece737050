"""What makes a difference the same one tomorrow, and what people decided about it.

A difference is known by what its lines say, not by where they stand: a ledger that comes again, or
a return that is corrected with the same line in it, has the same differences, and what a person
decided about them holds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import product
from typing import NamedTuple

from levytool.rules.matching.lines import (
    FORCED,
    Apart,
    Lines,
    Open,
    Said,
    SpendLine,
    Terms,
    net_of,
    place,
    says,
)
from levytool.rules.matching.reasons import twin_of

DIFFERENCE = "D"
SUGGESTION = "S"

ACCEPT = "accept"
REJECT = "reject"
MATCH = "match"
NOTE = "note"
UNDO = "undo"

OPEN = "open"
STATUS = {ACCEPT: "accepted", REJECT: "rejected", MATCH: "matched", NOTE: OPEN}

_PLAIN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters that a person cannot take for others: no I, L, O or U."""

_PAIRS = [one + other for one in _PLAIN for other in _PLAIN]
_SHIFTS = range(54, 0, -10)
"""Where the six pairs of letters stand in 64 bits, the last four of which are left out."""


class Print(NamedTuple):
    """What a line says, as far as it is told from others: its member, the hash of its key, and
    which of those that say the same it is, from 0."""

    member: str
    key_hash: int
    occurrence: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a difference or a suggestion, `subject`.

    The lines are those that the subject had, and with `match` those it was joined with. `reason`
    is what the person says is behind it, where that is not what was found; `others` what was named
    to join it with, kept when what was joined is accepted or rejected afterwards. `parts` are the
    lines, declared and recorded, that were together already among those a person joined.
    """

    subject: str
    verb: str
    declared: tuple[Print, ...]
    recorded: tuple[Print, ...]
    note: str = ""
    user: str = ""
    at: str = ""
    reason: str = ""
    others: tuple[str, ...] = ()
    parts: tuple[tuple[tuple[Print, ...], tuple[Print, ...]], ...] = ()


def prints_of(lines: Iterable[SpendLine]) -> dict[SpendLine, Print]:
    """The print of each line of one side; all that say the same must be there."""
    met: dict[tuple[str, int], int] = {}
    found: dict[SpendLine, Print] = {}
    for line in sorted(lines, key=place):
        key = line.member, line.key_hash
        occurrence = met.get(key, 0)
        met[key] = occurrence + 1
        found[line] = Print(*key, occurrence)
    return found


def identity(kind: str, declared: Iterable[Print], recorded: Iterable[Print]) -> str:
    """The id of a difference or suggestion, made from its lines: `D-4F0K2M9XW1HT`."""
    told = f"{_told(declared)}|{_told(recorded)}"
    bits = int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), "big")
    return f"{kind}-{''.join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])}"


def _told(side: Iterable[Print]) -> str:
    return " ".join([f"{line[0]}/{line[1]}/{line[2]}" for line in sorted(side)])


def in_force(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """The last word on each subject, in the order it was said; what was taken back is left out."""
    last: dict[str, Decision] = {}
    for decision in decisions:
        before = last.pop(decision.subject, None)
        if decision.verb == NOTE and before is not None:
            # A note says something about a decision; it does not undo it.
            decision = _noted(before, decision)
        if decision.verb != UNDO:
            last[decision.subject] = decision
    return last


def _noted(before: Decision, note: Decision) -> Decision:
    return replace(
        before,
        note=note.note or before.note,
        reason=note.reason or before.reason,
        user=note.user,
        at=note.at,
    )


def lines_of(decision: Decision, sides: "Sides") -> tuple[Lines, Lines] | None:
    """The lines a decision is about; None where one of them is there no more."""
    declared = [sides.declared.get(item) for item in decision.declared]
    recorded = [sides.recorded.get(item) for item in decision.recorded]
    ours = tuple(line for line in declared if line is not None)
    theirs = tuple(line for line in recorded if line is not None)
    if len(ours) < len(declared) or len(theirs) < len(recorded):
        return None
    return ours, theirs


@dataclass(frozen=True, slots=True)
class Sides:
    """The lines of both sides by their prints."""

    declared: Mapping[Print, SpendLine]
    recorded: Mapping[Print, SpendLine]


def taken_apart(decisions: Mapping[str, Decision], sides: Sides, terms: Terms) -> Apart:
    """Pairs of lines that a person does not want joined. What was together before a person joined
    it with more is not among them: to reject the join gives it back, and keeps nothing else apart
    (False).

    Where a rule had joined the two, neither pairs with a duplicate of the other: it says the same,
    and would be found anew. Of a suggested sum only the set was rejected (`sets_taken_apart`).
    """
    apart: dict[tuple[SpendLine, SpendLine], bool] = {}
    for decision in decisions.values():
        if decision.verb != REJECT or lines_of(decision, sides) is None:
            continue
        if _is_rejected_sum(decision, sides, terms):
            continue
        together = {pair for part in decision.parts for pair in product(*part)}
        pairs = {
            (sides.declared[one], sides.recorded[other])
            for one, other in product(decision.declared, decision.recorded)
            if (one, other) not in together
        }
        apart |= {pair: apart.get(pair, False) or not decision.others for pair in pairs}
        if not (decision.others or decision.subject.startswith(SUGGESTION)):
            apart |= dict.fromkeys(_with_duplicates(pairs, sides), True)
    return {(place(one), place(other)): said for (one, other), said in apart.items()}


def sets_taken_apart(
    decisions: Mapping[str, Decision], sides: Sides, terms: Terms
) -> frozenset[tuple[Said, Said]]:
    """What the lines of suggested sums say that a person rejected: these are not one thing, but
    each may belong to the other side with other lines, or alone."""
    return frozenset(
        (
            says(sides.declared[item] for item in decision.declared),
            says(sides.recorded[item] for item in decision.recorded),
        )
        for decision in decisions.values()
        if _is_rejected_sum(decision, sides, terms)
    )


def _is_rejected_sum(decision: Decision, sides: Sides, terms: Terms) -> bool:
    is_set = len(decision.declared) + len(decision.recorded) > 2
    if decision.verb != REJECT or not decision.subject.startswith(SUGGESTION) or not is_set:
        return False
    lines = lines_of(decision, sides)
    return lines is not None and not offers_a_choice(*lines, terms)


def _with_duplicates(
    pairs: Collection[tuple[SpendLine, SpendLine]], sides: Sides
) -> Iterator[tuple[SpendLine, SpendLine]]:
    """Each line of the pairs with the other's duplicates."""
    ours = _by_likeness(sides.declared.values(), {one for one, _other in pairs})
    theirs = _by_likeness(sides.recorded.values(), {other for _one, other in pairs})
    for one, other in pairs:
        yield from ((one, like) for like in theirs[_likeness(other)])
        yield from ((like, other) for like in ours[_likeness(one)])


def _by_likeness(
    lines: Iterable[SpendLine], wanted: Collection[SpendLine]
) -> dict[object, list[SpendLine]]:
    found: dict[object, list[SpendLine]] = {_likeness(line): [] for line in wanted}
    nets = {(line.block, line.net_pence) for line in wanted}
    for line in lines:
        if (line.block, line.net_pence) in nets and (likeness := _likeness(line)) in found:
            found[likeness].append(line)
    return found


def _likeness(line: SpendLine) -> object:
    """What a duplicate has too: of a line without an invoice number, all that it says."""
    return twin_of(line) or (line.member, line.key_hash)


def join_decided(
    open_: Open, decisions: Mapping[str, Decision], sides: Sides
) -> dict[tuple[Lines, Lines], Decision]:
    """Join what people said belongs together, the last word first; what each such match goes by."""
    decided: dict[tuple[Lines, Lines], Decision] = {}
    for decision in reversed(tuple(decisions.values())):
        lines = lines_of(decision, sides) if joins(decision) else None
        if lines is None or not open_.are_open(*lines):
            continue
        open_.join(FORCED, *lines)
        match = open_.matches[-1]
        decided[match.declared, match.recorded] = decision
    return decided


def joins(decision: Decision) -> bool:
    """Whether a decision joins lines: a forced match, also where its difference is accepted, or a
    suggestion that was accepted."""
    if decision.subject.startswith(SUGGESTION):
        return decision.verb in (MATCH, ACCEPT)
    has_both = bool(decision.declared and decision.recorded)
    return decision.verb == MATCH or (
        decision.verb == ACCEPT and has_both and bool(decision.others)
    )


def accepted_pairs(
    decisions: Mapping[str, Decision], sides: Sides
) -> Iterator[tuple[Lines, Lines]]:
    """The lines that rules brought together and whose difference a person accepted."""
    for decision in decisions.values():
        has_both = decision.declared and decision.recorded
        if decision.verb == ACCEPT and has_both and not joins(decision):
            lines = lines_of(decision, sides)
            if lines is not None:
                yield lines


def names_its_lines(decision: Decision) -> bool:
    """Whether a decision is about just the lines that its id is made of: not where a person joined
    them with others, for the join goes by the id of what was named first."""
    kind = decision.subject.partition("-")[0]
    return decision.subject == identity(kind, decision.declared, decision.recorded)


def offers_a_choice(declared: Lines, recorded: Lines, terms: Terms) -> bool:
    """Whether a suggestion names several lines of which a person means one, not their sum."""
    if not len(declared) == 1 < len(recorded):
        return False
    return abs(net_of(recorded) - net_of(declared)) > terms.tolerance_pence
