"""What a correction changes, line by line and in pounds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from levytool.ledger.parties import registers
from levytool.ledger.spend.line_changes import OddLine, odd_lines
from levytool.ledger.spend.returns import StoredReturn
from levytool.money import format_line_levy, format_pence, format_percent

Change = Literal["added", "changed", "removed"]

_PAIRED_BY: tuple[Callable[[OddLine], tuple[Any, ...]], ...] = (
    lambda line: (line.invoice, line.member_id, line.call_off, line.credits),
    lambda line: (line.invoice, line.credits),
    lambda line: (line.invoice, line.date, line.member_id, line.call_off, line.description),
    lambda line: (line.invoice, line.net_pence, line.description),
)
"""What makes an old and a new line the same invoice, changed: the most telling first. The first
two need an invoice number."""

_NEED_AN_INVOICE = 2


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A line that was added or removed (the other side is None), or that says something else."""

    old: OddLine | None
    new: OddLine | None

    @property
    def change(self) -> Change:
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    def as_row(self, members: dict[int, str]) -> dict[str, Any]:
        """One row of the preview: what it was, what it is, and what the levy changes by."""
        shown = self.new or self.old
        assert shown is not None
        old, new = self.old, self.new
        levy = (new.levy_micropence if new else 0) - (old.levy_micropence if old else 0)
        return {
            "change": self.change,
            "line": old.line_no if old else None,
            "new_line": new.line_no if new else None,
            "invoice": shown.invoice,
            "date": shown.date,
            "member": members[shown.member_id],
            "call_off": shown.call_off,
            "old_net": format_pence(old.net_pence) if old else None,
            "new_net": format_pence(new.net_pence) if new else None,
            "net": format_pence((new.net_pence if new else 0) - (old.net_pence if old else 0)),
            "levy": format_line_levy(levy),
            "what": ", ".join(self._said(members)),
        }

    def _said(self, members: dict[int, str]) -> Iterator[str]:
        """What else changed, in words: the net has columns of its own."""
        if self.old is None or self.new is None:
            return
        before, after = self.old, self.new
        if before.member_id != after.member_id:
            yield f"member {members[before.member_id]} to {members[after.member_id]}"
        for name in ("date", "lot", "call_off", "invoice", "credits", "description", "kept"):
            was, is_now = getattr(before, name), getattr(after, name)
            if was != is_now:
                yield f"{name.replace('_', '-')} {was or 'blank'} to {is_now or 'blank'}"
        if before.rate_ppm != after.rate_ppm:
            yield f"rate {_percent(before.rate_ppm)} to {_percent(after.rate_ppm)}"
        if before.member_pays != after.member_pays:
            yield "the member pays" if after.member_pays else "the contractor pays"


def _percent(rate_ppm: int | None) -> str:
    return "by bands" if rate_ppm is None else format_percent(rate_ppm)


def line_differences(
    connection: Connection, old: StoredReturn, new: StoredReturn
) -> list[LineDifference]:
    """The lines that two returns do not have in common, paired where they are one invoice.

    In order of the old return's lines, then what was added.
    """
    removed, added = odd_lines(connection, old.id, new.id)
    found: list[LineDifference] = []
    for number, key in enumerate(_PAIRED_BY):
        need_invoice = number < _NEED_AN_INVOICE
        pairs, removed, added = _paired(removed, added, key, need_invoice=need_invoice)
        found += pairs
    found += [LineDifference(line, None) for line in removed]
    found.sort(key=lambda item: item.old.line_no if item.old else 0)
    return found + [LineDifference(None, line) for line in added]


def _paired(
    removed: Sequence[OddLine],
    added: Sequence[OddLine],
    key: Callable[[OddLine], tuple[Any, ...]],
    *,
    need_invoice: bool,
) -> tuple[list[LineDifference], list[OddLine], list[OddLine]]:
    """Pairs of equal keys, first with first; and the lines that found no partner."""
    waiting: dict[tuple[Any, ...], list[int]] = {}
    for place in reversed(range(len(added))):
        if added[place].invoice or not need_invoice:
            waiting.setdefault(key(added[place]), []).append(place)
    pairs: list[LineDifference] = []
    left: list[OddLine] = []
    taken: set[int] = set()
    for line in removed:
        partners = waiting.get(key(line))
        if partners:
            taken.add(partners[-1])
            pairs.append(LineDifference(line, added[partners.pop()]))
        else:
            left.append(line)
    return pairs, left, [line for place, line in enumerate(added) if place not in taken]


def difference_rows(
    connection: Connection, found: Sequence[LineDifference]
) -> list[dict[str, Any]]:
    """The differences as rows of the preview."""
    members = registers.register(connection, registers.MEMBER).codes
    return [item.as_row(members) for item in found]
