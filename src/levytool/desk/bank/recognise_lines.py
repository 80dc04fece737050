"""Which lines of a statement an earlier file brought already, so that no money comes in twice.

Three passes, each with what the one before left. A known line is used once, so what stands more
often in the new file than in the books is new as often as that: two equal receipts on one day are
both real.

1. The bank's own reference, with day and amount: its wording may have changed since.
2. The same day, amount and texts, rather in a file of the same format: what is left is then of
   another, for the third pass. Two lines that the bank calls by different references are two.
3. The same day and amount, from a file of another format: banks word a line of a CSV export
   otherwise than in camt or MT940, and references may be missing there. The import says so.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass

from levytool.ledger.bank.bank_lines import KnownLine, LineContent


@dataclass(frozen=True, slots=True)
class Recognised:
    """Positions of the lines that are new, and of those known by what they say and not by the
    bank's own reference; how many of these day and amount alone told; the known lines that are none
    of the file's."""

    new: tuple[int, ...]
    by_content: frozenset[int]
    by_day_and_amount: int
    left: tuple[KnownLine, ...]


def recognise(
    contents: Sequence[LineContent],
    file_format: str,
    known: Sequence[KnownLine],
    others: Collection[int] = (),
) -> Recognised:
    """What of an account's lines in one file the books have already; `others` are positions of
    lines that are known to be new."""
    waiting = [position for position in range(len(contents)) if position not in others]
    free = set(range(len(known)))
    waiting = _pair(contents, waiting, known, free, _reference_key, _always)
    unnamed = frozenset(waiting)

    def own_format(content: LineContent, line: KnownLine) -> bool:
        return line.format == file_format and _not_told_apart(content, line)

    waiting = _pair(contents, waiting, known, free, _content_key, own_format)
    waiting = _pair(contents, waiting, known, free, _content_key, _not_told_apart)

    def other_format(content: LineContent, line: KnownLine) -> bool:
        if line.format == file_format:
            return False
        return _family(line.format) != _family(file_format) or _not_told_apart(content, line)

    before = len(waiting)
    waiting = _pair(contents, waiting, known, free, _day_and_amount, other_format)
    return Recognised(
        tuple(sorted([*waiting, *others])),
        unnamed.difference(waiting),
        before - len(waiting),
        tuple(known[place] for place in sorted(free)),
    )


def _pair(
    contents: Sequence[LineContent],
    waiting: Sequence[int],
    known: Sequence[KnownLine],
    free: set[int],
    key_of: Callable[[LineContent], Hashable],
    may_be: Callable[[LineContent, KnownLine], bool],
) -> list[int]:
    """The positions that found no partner; each partner found is no longer free."""
    by_key: dict[Hashable, list[int]] = defaultdict(list)
    for place in sorted(free):
        key = key_of(known[place].content)
        if key is not None:
            by_key[key].append(place)
    left = []
    for position in waiting:
        content = contents[position]
        places = by_key.get(key_of(content), [])
        partner = next((place for place in places if may_be(content, known[place])), None)
        if partner is None:
            left.append(position)
        else:
            places.remove(partner)
            free.discard(partner)
    return left


def _reference_key(content: LineContent) -> Hashable:
    if not content.servicer_reference:
        return None
    return content.servicer_reference, content.booked, content.amount_pence


def _content_key(content: LineContent) -> Hashable:
    return content[:4]


def _day_and_amount(content: LineContent) -> Hashable:
    return content[:2]


def _always(_content: LineContent, _line: KnownLine) -> bool:
    return True


def _not_told_apart(content: LineContent, line: KnownLine) -> bool:
    """Whether the bank does not call the two by different references."""
    return not (content.servicer_reference and line.content.servicer_reference)


def _family(file_format: str) -> str:
    """Formats whose references are the same ones: camt.052, camt.053 and camt.054."""
    return file_format.partition(".")[0]
