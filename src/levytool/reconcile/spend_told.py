"""The spend reconciliation as scripts, tables and an officer read it (contract, *Reconciling*)."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from levytool.ledger.spend.member_ledgers import ledger_number
from levytool.ledger.spend.returns import return_number
from levytool.money import display_line_levy, display_pence, format_line_levy, format_pence
from levytool.reconcile.at_risk import at_risk_pence, levies_at_risk
from levytool.reconcile.never_compared import (
    never_compared,
    never_compared_json,
    never_compared_words,
)
from levytool.reconcile.set_apart import duplicates, rejected_pairs
from levytool.reconcile.spend import (
    Difference,
    Matched,
    SpendReconciliation,
    Suggested,
    levy_pence,
    references,
)
from levytool.reconcile.spend_matches import Joined
from levytool.rules.matching.decisions import ACCEPT, OPEN, STATUS
from levytool.rules.matching.lines import FORCED, Lines, net_of
from levytool.rules.matching.reasons import OVER_DECLARED, UNDECLARED, MemberMonth, reason_words
from levytool.text import counted

NAMED = 3
"""How many lines of a kind a sentence names."""


def difference_json(found: SpendReconciliation, item: Difference) -> dict[str, Any]:
    """A difference as scripts read it (contract, *Reconciling*); `compared` is false where no
    ledger is there to have its lines, decided or not, `levy_effect` null where no rate is known,
    `waits` true where nobody has explained it; `matched_for` names the other member that a
    duplicate's invoice is matched for."""
    decision, levy = item.decision, item.levy_effect_micropence
    return {
        **_shared_json(item.id, item.reason, item.declared, item.recorded),
        "framework": item.framework or None,
        "net_difference": format_pence(item.net_difference_pence),
        "levy_effect": None if levy is None else format_line_levy(levy),
        "rule": item.rule or None,
        "compared": found.is_compared(item),
        "waits": found.is_waiting(item),
        "matched_for": item.matched_for or None,
        "status": item.status,
        "note": decision.note if decision else "",
        "decided_reason": (decision.reason or None) if decision else None,
        "decided_by": decision.user if decision else None,
        "decided_at": decision.at if decision else None,
    }


def left_json(item: Difference) -> dict[str, Any]:
    """What a match leaves that a person made and explained, as scripts read it of a month."""
    told, levy = item.decision, item.levy_effect_micropence
    return {
        "id": item.id,
        "net_difference": format_pence(item.net_difference_pence),
        "levy_effect": None if levy is None else format_line_levy(levy),
        "decided_by": told.user if told else None,
        "reason": told.reason if told else "",
        "note": told.note if told else "",
    }


def suggestion_json(found: Suggested) -> dict[str, Any]:
    """A suggestion as scripts read it: `reason` says why the lines may belong together."""
    net = net_of(found.recorded) - net_of(found.declared)
    return {
        **_shared_json(found.id, found.why, found.declared, found.recorded),
        "net_difference": format_pence(net),
        "status": OPEN,
    }


def _shared_json(known_as: str, reason: str, declared: Lines, recorded: Lines) -> dict[str, Any]:
    first = (*declared, *recorded)[0]
    return {
        "id": known_as,
        "reason": reason,
        "member": first.member,
        "contractor": first.contractor,
        "invoice": first.invoice,
        "date": first.date,
        "declared": references(declared, return_number),
        "recorded": references(recorded, ledger_number),
        "declared_net": format_pence(net_of(declared)),
        "recorded_net": format_pence(net_of(recorded)),
    }


def joined_json(found: Joined) -> dict[str, Any]:
    """A match as scripts read it: `rule` made it."""
    told = _shared_json(found.id, "", found.declared, found.recorded)
    del told["reason"]
    return {"id": found.id, "rule": found.rule} | told


def as_json(found: SpendReconciliation) -> dict[str, Any]:
    """The whole as scripts read it (contract, *Reconciling*)."""
    return {
        "period": str(found.period),
        "member": found.member,
        "matched": _matched_json(found.matched)
        | {
            "by_rule": {
                rule: count for rule, count in found.by_rule.items() if count and rule != FORCED
            },
        },
        "differences": [difference_json(found, item) for item in found.differences],
        "suggestions": [suggestion_json(item) for item in found.suggestions],
        "undeclared": _total(found.of(UNDECLARED), 1),
        "over_declared": _total(found.of(OVER_DECLARED), -1),
        "levy_at_risk": format_pence(at_risk_pence(levies_at_risk(found).values())),
        "matched_by_person": _matched_json(found.by_person),
        "rejected": _matched_json(rejected_pairs(found)),
        "duplicates": _matched_json(duplicates(found)),
        "undeclared_credits": _total(_credits(found.of(UNDECLARED), 1), 1),
        "over_declared_credits": _total(_credits(found.of(OVER_DECLARED), -1), -1),
        "declared": {"count": found.declared.lines, "net": format_pence(found.declared.net_pence)},
        "recorded": {"count": found.recorded.lines, "net": format_pence(found.recorded.net_pence)},
        "not_compared": list(members_of(found.no_ledger)),
        "never_compared": never_compared_json(never_compared(found.left_out)),
        "sums_left_open": [
            {
                "declared": references(item.declared, return_number),
                "recorded": references(item.recorded, ledger_number),
                "why": item.why,
            }
            for item in found.sums_left
        ],
    }


def _matched_json(matched: Matched) -> dict[str, Any]:
    return {
        "count": matched.count,
        "net": format_pence(matched.declared_pence),
        "recorded_net": format_pence(matched.recorded_pence),
    }


def _total(differences: Collection[Difference], sign: int) -> dict[str, Any]:
    return {
        "count": len(differences),
        "net": format_pence(sign * sum(d.net_difference_pence for d in differences)),
        "levy": format_pence(sign * levy_pence(differences)),
    }


def _credits(differences: Collection[Difference], sign: int) -> list[Difference]:
    """Those of undeclared (`sign` 1) or over-declared lines (-1) that take something off: of what
    is at risk only on their own invoice (see `levies_at_risk`)."""
    return [item for item in differences if sign * item.net_difference_pence < 0]


def summary(found: SpendReconciliation) -> Iterator[str]:
    """What an officer wants to know first, in words."""
    declared, recorded = found.declared, found.recorded
    yield (
        f"declared {display_pence(declared.net_pence)} in "
        f"{counted(declared.lines, 'line')}, recorded "
        f"{display_pence(recorded.net_pence)} in {recorded.lines:,}"
    )
    yield "; ".join(_sides(found))
    for reason, sign in ((UNDECLARED, 1), (OVER_DECLARED, -1)):
        differences = found.of(reason)
        told = f"{reason} {_worth(differences, sign)}"
        if credits := _credits(differences, sign):
            invoices = [item for item in differences if sign * item.net_difference_pence >= 0]
            told += f"; of these invoices {_worth(invoices, sign)}, credits {_worth(credits, sign)}"
            if reason == UNDECLARED:
                at_risk = at_risk_pence(levies_at_risk(found).values())
                told += f"; levy at risk {display_pence(at_risk)}"
        if accepted := [item for item in differences if item.status == STATUS[ACCEPT]]:
            told += f"; of these accepted {_worth(accepted, sign)}"
        yield told
    if again := [d for d in found.differences if d.matched_for]:
        yield again_words(again)
    if unrated := [d for d in found.differences if d.levy_effect_micropence is None]:
        net = sum(d.net_difference_pence for d in unrated)
        yield no_rate_words(len(unrated), net)
    yield from _not_compared(found)
    if left := found.left_in_joins:
        made = counted(len(left), "match", "matches")
        amount = display_pence(sum(d.net_difference_pence for d in left))
        levy = display_pence(levy_pence(left))
        unsaid = [item.id for item in left if found.lacks_a_word(item)]
        yield f"left in {made} that a person made: {amount}, levy {levy}{_unsaid(unsaid)}"
    if found.suggestions:
        yield (
            f"{counted(len(found.suggestions), 'suggestion waits', 'suggestions wait')} "
            f"for a person"
        )
    for why, count in sorted(Counter(item.why for item in found.sums_left).items()):
        yield (
            f"{counted(count, 'open line')} may be a sum of others, but none is suggested: {why} "
            "(-O json names each)"
        )
    if found.waiting:
        yield "next: levytool reconcile decide ID --accept, or levytool reconcile review"
    if found.left_out:
        yield "next: levytool spend import FILE --as member-ledger; -O csv lists what waits for it"


def _sides(found: SpendReconciliation) -> Iterator[str]:
    """What was matched, joined, rejected and doubled, of both sides: with what is over-declared it
    is all that is declared, with what is undeclared all that is recorded. The lines of a side are
    told where they are not as many as what they make up."""
    for what, sums in (
        ("matched", found.matched),
        ("joined by a person", found.by_person),
        ("rejected", rejected_pairs(found)),
        ("duplicates", duplicates(found)),
    ):
        if what == "matched" or sums != Matched():
            declared, recorded = map(display_pence, (sums.declared_pence, sums.recorded_pence))
            lines, others = sums.declared_lines, sums.recorded_lines
            if {lines, others} <= {0, sums.count}:
                yield f"{what} {sums.count:,}: {declared} declared, {recorded} recorded"
            else:
                yield (
                    f"{what} {sums.count:,}: {declared} declared in {counted(lines, 'line')}, "
                    f"{recorded} recorded in {others:,}"
                )


def _unsaid(ids: Collection[str]) -> str:
    """How many matches of a person wait for a word why, and what says it."""
    if not ids:
        return ""
    (first, *_) = ids
    return f"; {unsaid_words(len(ids))}: levytool reconcile decide {first} --note WHY"


def unsaid_words(count: int) -> str:
    """How many of the matches that people made leave something nobody has explained."""
    return f"{count:,} of them {'waits' if count == 1 else 'wait'} for a word why"


def again_words(again: Sequence[Difference]) -> str:
    """Which duplicates have an invoice that is matched for another member, the first few named."""
    named = (
        f"{', '.join(references(item.recorded, ledger_number))} for {item.matched_for}"
        for item in again[:NAMED]
    )
    more = f" and {len(again) - NAMED:,} more" if len(again) > NAMED else ""
    have = counted(len(again), "duplicate has", "duplicates have")
    return f"{have} an invoice that is matched for another member: {', '.join(named)}{more}"


def effect_words(levy_effect_micropence: int | None) -> str:
    """A levy effect as a person reads it; that no rate is known is not the same as no levy."""
    if levy_effect_micropence is None:
        return "no rate known"
    return display_line_levy(levy_effect_micropence)


def no_rate_words(count: int, net_pence: int) -> str:
    """How much has no levy effect, for want of a rate, and what to do about it."""
    return (
        f"the levy leaves out {counted(count, 'difference')}, {display_pence(net_pence)} net: no "
        f"rate is known for what {'its' if count == 1 else 'their'} lines say; put the appointment "
        "or the rate into the book"
    )


def _worth(differences: Collection[Difference], sign: int) -> str:
    net = sign * sum(item.net_difference_pence for item in differences)
    levy = display_pence(sign * levy_pence(differences))
    return f"{len(differences):,}: {display_pence(net)}, levy {levy}"


def not_compared_words(missing: Iterable[MemberMonth]) -> str:
    """Whose declared spend has nothing to lie beside, by the month of the ledger."""
    members: dict[str, list[str]] = {}
    for month, member in sorted(missing):
        members.setdefault(month, []).append(member)
    told = "; of ".join(
        f"{month}{'' if number else ' was imported'}: {', '.join(codes)}"
        for number, (month, codes) in enumerate(members.items())
    )
    return f"not compared, as no ledger of {told}"


def missing_json(missing: Iterable[MemberMonth]) -> list[dict[str, str]]:
    """The ledgers that are not there to have declared lines, as scripts read them."""
    return [{"period": month, "member": member} for month, member in missing]


def members_of(missing: Iterable[MemberMonth]) -> tuple[str, ...]:
    """Whose ledgers they are, once each."""
    return tuple(sorted({member for _month, member in missing}))


def _not_compared(found: SpendReconciliation) -> Iterator[str]:
    """How much of what is over-declared lies beside no ledger, and whose."""
    by_month: dict[str, list[Difference]] = {}
    for item in found.left_out:
        by_month.setdefault(item.declared[0].ledger_month, []).append(item)
    for month, own in sorted(by_month.items()):
        words = not_compared_words({(month, item.declared[0].member) for item in own})
        yield f"{words}; {never_compared_words(never_compared(own))}"


def difference_rows(found: SpendReconciliation, *, every: bool) -> list[dict[str, Any]]:
    """Differences and suggestions as rows of a table; what a person fills in stands last, blank.
    Without `every`, as people read them, lines of members that sent no ledger are left out: there
    is nothing to decide yet."""
    waiting = {"decision": "", "match": ""}
    listed = [item for item in found.differences if every or not found.waits_for_ledger(item)]
    rows = [difference_json(found, item) | waiting for item in listed]
    if not every:
        rows = [row | {"reason": reason_words(row["reason"])} for row in rows]
    blank = dict.fromkeys(
        (
            "framework",
            "levy_effect",
            "rule",
            "note",
            "decided_reason",
            "decided_by",
            "decided_at",
            "compared",
            "waits",
            "matched_for",
        ),
        "",
    )
    for item in found.suggestions:
        told = suggestion_json(item)
        rows.append(told | blank | waiting | {"reason": f"suggestion: {item.why}"})
    return rows
