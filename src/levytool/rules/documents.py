"""From the accepted lines of one return to its documents: who pays what, and whose it is.

One document per accepted return × payer: the contractor, or each member whose lines the rule makes
it pay (domain §3.2). The document's pence are rounded once and shared among its lines, so every
breakdown of those lines sums to the document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from levytool.book.records import LevyBlock, Payer
from levytool.rules.levy import DocumentLevy, limit_levy, line_sum
from levytool.rules.shares import share_document, share_in_proportion

DocumentKind = Literal["invoice", "credit-note"]


@dataclass(frozen=True, slots=True)
class Document:
    """What one payer owes for one return, before VAT.

    `kind` is None for a zero document: it has no number, but its `member_pence` are still posted.
    `lines` are positions in the return. `member_pence`, in order of member, sums to the document.
    """

    payer_kind: Payer
    payer: str
    kind: DocumentKind | None
    levy: DocumentLevy
    lines: Sequence[int]
    member_pence: Mapping[str, int]

    @property
    def net_pence(self) -> int:
        """The document's levy, negative for a credit note."""
        return self.levy.document_pence


@dataclass(frozen=True, slots=True)
class RaisedReturn:
    """A return's documents (the contractor's first, then by member) and each line's share."""

    documents: tuple[Document, ...]
    share_pence: Sequence[int]


def raise_documents(
    contractor: str,
    members: Sequence[str],
    member_pays: Sequence[int],
    exact_micropence: Sequence[int],
    blocks: Sequence[LevyBlock],
    block_of: Sequence[int] | None = None,
) -> RaisedReturn:
    """The documents of one accepted return, from its lines in columns.

    `members` are codes; `member_pays` is 1 where the member pays the line's levy, 0 where the
    contractor does. `blocks` are the rules the lines fall under and `block_of` each line's position
    among them, which may be left out where there is one. No lines, a nil return: no documents.

    A document may hold lines of several blocks, where invoice dates straddle a change. Each line is
    then summed as its own block says (exact, or cut to four places); the rounding to pence, the
    minimum and the maximum are those of the latest block that any line of the document falls under.
    """
    share_pence = [0] * len(members)
    documents: list[Document] = []
    for payer_kind, payer, lines in _by_payer(contractor, members, member_pays):
        whole_return = len(lines) == len(members)
        exact = exact_micropence if whole_return else [exact_micropence[line] for line in lines]
        levy = _document_levy(exact, lines, blocks, block_of)
        share = share_in_proportion if levy.limited else share_document
        shares = share(exact, levy.document_pence)
        if whole_return:
            share_pence = shares
        else:
            for line, pence in zip(lines, shares, strict=True):
                share_pence[line] = pence
        sums: dict[str, int] = {}
        for member, pence in zip(map(members.__getitem__, lines), shares, strict=True):
            sums[member] = sums.get(member, 0) + pence
        by_member = {member: sums[member] for member in sorted(sums)}
        kind = _kind_of(levy.document_pence)
        documents.append(Document(payer_kind, payer, kind, levy, lines, by_member))
    return RaisedReturn(tuple(documents), share_pence)


def _by_payer(
    contractor: str, members: Sequence[str], member_pays: Sequence[int]
) -> list[tuple[Payer, str, Sequence[int]]]:
    if not members:
        return []
    if not any(member_pays):
        return [("contractor", contractor, range(len(members)))]
    by_contractor: list[int] = []
    by_member: dict[str, list[int]] = {}
    for line, (member, pays) in enumerate(zip(members, member_pays, strict=True)):
        lines = by_member.setdefault(member, []) if pays else by_contractor
        lines.append(line)
    groups: list[tuple[Payer, str, Sequence[int]]] = []
    if by_contractor:
        groups.append(("contractor", contractor, by_contractor))
    groups.extend(("member", member, by_member[member]) for member in sorted(by_member))
    return groups


def _document_levy(
    exact: Sequence[int],
    lines: Sequence[int],
    blocks: Sequence[LevyBlock],
    block_of: Sequence[int] | None,
) -> DocumentLevy:
    used = [0] if block_of is None else sorted({block_of[line] for line in lines})
    latest = max((blocks[index] for index in used), key=lambda block: block.since)
    if block_of is None or len({blocks[index].rounding for index in used}) == 1:
        summed = line_sum(exact, latest.rounding)
    else:
        roundings = [blocks[block_of[line]].rounding for line in lines]
        summed = sum(
            line_sum([levy], rounding) for levy, rounding in zip(exact, roundings, strict=True)
        )
    return limit_levy(
        sum(exact), summed, latest.rounding, latest.minimum_pence, latest.maximum_pence
    )


def _kind_of(net_pence: int) -> DocumentKind | None:
    if not net_pence:
        return None
    return "invoice" if net_pence > 0 else "credit-note"
