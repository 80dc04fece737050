"""Storing a file's lines as returns, in the transaction that holds the books."""

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress, repeat
from typing import TypeVar

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.desk.charging import CorrectedLine
from levytool.desk.declared import KnownReturns
from levytool.desk.file_lines import BANDED, Codes, FileLines
from levytool.desk.return_lines import ReturnLines
from levytool.ledger import returns
from levytool.ledger.bulk import update_rows
from levytool.ledger.lines import invoice_charges, store_lines
from levytool.ledger.returns import NewReturn, StoredReturn
from levytool.money import MICROPENCE_PER_PENNY, half_up

T = TypeVar("T")
Progress = Callable[[int, int], None]
Named = tuple[str, str, str]
"""Contractor, framework and invoice of a line that a credit note names."""

NO_SHARE = -(2**63)
"""Stands in the array of shares for a line whose document is not raised yet."""


@dataclass(frozen=True, slots=True)
class Staged:
    """The returns that take a file's lines: numbers in the books by number in the file.

    `fresh` are those that hold lines of this file only, by their number in the books.
    """

    return_ids: Mapping[int, int]
    fresh: Mapping[int, int]
    line_no: "array[int]"
    return_id: "array[int]"


def corrected_lines(
    connection: Connection, lines: FileLines, known: KnownReturns
) -> dict[Named, CorrectedLine]:
    """The charge of each line that a credit note of the file names.

    The file's own lines come first, then the books'.
    """
    named = {
        (*codes[:2], others[1])
        for others, number in lines.others.items()
        if others[1]
        for codes in _returns_with(lines, number)
    }
    found: dict[Named, CorrectedLine] = {}
    if not named:
        return found
    codes_of, others_of = list(lines.returns), list(lines.others)
    for texts in lines.texts():
        for position, invoice in zip(texts.positions, texts.invoices, strict=True):
            codes = codes_of[lines.return_of[position]]
            key = (codes[0], codes[1], invoice)
            if key in named and not others_of[lines.others_of[position]][1]:
                rate = lines.rate_ppm[position]
                line = CorrectedLine(None if rate == BANDED else rate, lines.member_pays[position])
                found.setdefault(key, line)
    for key in named - found.keys():
        stored = invoice_charges(
            connection, known.contractors[key[0]], known.frameworks[key[1]], key[2]
        )
        if stored is not None:
            found[key] = CorrectedLine(*stored)
    return found


def _returns_with(lines: FileLines, others: int) -> set[Codes]:
    codes_of = list(lines.returns)
    return {
        codes_of[lines.return_of[position]]
        for position, number in enumerate(lines.others_of)
        if number == others
    }


def charge_credits(lines: FileLines, credited: Mapping[Named, CorrectedLine]) -> None:
    """Charge credit notes at the rate of the line they name (domain §3.2)."""
    if not credited:
        return
    codes_of, others_of = list(lines.returns), list(lines.others)
    for position, number in enumerate(lines.others_of):
        invoice = others_of[number][1]
        if not invoice:
            continue
        codes = codes_of[lines.return_of[position]]
        original = credited.get((codes[0], codes[1], invoice))
        if original is None or original.rate_ppm is None:
            continue
        lines.rate_ppm[position] = original.rate_ppm
        lines.member_pays[position] = original.member_pays
        lines.levy_micropence[position] = lines.base_pence[position] * original.rate_ppm


def stage_returns(
    connection: Connection,
    acting: Acting,
    lines: FileLines,
    known: KnownReturns,
    refused: Collection[int],
    corrects: StoredReturn | None = None,
) -> Staged:
    """Join or make the staged return of every line that is not refused.

    Lines join a staged return of the same contractor, framework and period; where one is in
    force, a supplement is made beside it.
    """
    line_no = array("i", bytes(4 * len(lines)))
    return_id = array("i", bytes(4 * len(lines)))
    joined: dict[int, StoredReturn] = {}
    new: list[tuple[int, NewReturn]] = []
    kept_of: dict[int, list[int]] = {}
    for codes, number in sorted(lines.returns.items(), key=lambda item: _order(item[0])):
        kept = [position for position in lines.positions[number] if position not in refused]
        if not kept:
            continue
        kept_of[number] = kept
        key = known.key_of(codes)
        if corrects is None and key in known.staged:
            joined[number] = known.staged[key][0]
            continue
        if corrects is not None:
            supplement = corrects.supplement
        else:
            standing = known.in_force.get(key)
            supplement = standing[-1].supplement + 1 if standing else 0
        sums = _sums(lines, kept)
        replaces = corrects.id if corrects is not None else None
        new.append((number, NewReturn(key, supplement, returns.STAGED, *sums, corrects=replaces)))
    first_id = returns.allot_returns(connection, len(new))
    returns.add_returns(connection, acting, [item for _, item in new], first_id)
    fresh = {number: first_id + place for place, (number, _item) in enumerate(new)}
    _add_to_joined(connection, lines, joined, kept_of)
    return_ids = fresh | {number: stored.id for number, stored in joined.items()}
    for number, kept in kept_of.items():
        first_line = joined[number].lines + 1 if number in joined else 1
        for line, position in enumerate(kept, first_line):
            line_no[position] = line
            return_id[position] = return_ids[number]
    return Staged(return_ids, {value: key for key, value in fresh.items()}, line_no, return_id)


def _order(codes: Codes) -> Codes:
    return (codes[2], codes[0], codes[1])


def _sums(lines: FileLines, kept: list[int]) -> tuple[int, int, int, int]:
    """Lines, net, exact levy and the levy in pence of a return before it has documents."""
    exact = sum(map(lines.levy_micropence.__getitem__, kept))
    net_pence = sum(map(lines.net_pence.__getitem__, kept))
    return len(kept), net_pence, exact, half_up(exact, MICROPENCE_PER_PENNY)


def _add_to_joined(
    connection: Connection,
    lines: FileLines,
    joined: Mapping[int, StoredReturn],
    kept_of: Mapping[int, list[int]],
) -> None:
    rows = []
    for number, stored in joined.items():
        count, net_pence, exact, _pence = _sums(lines, kept_of[number])
        exact += stored.levy_micropence
        levy_pence = half_up(exact, MICROPENCE_PER_PENNY)
        rows.append(
            (stored.lines + count, stored.net_pence + net_pence, exact, levy_pence, stored.id)
        )
    columns = ("lines", "net_pence", "levy_micropence", "levy_pence")
    update_rows(connection, "levy_return", columns, ("id",), rows)


def fresh_lines(
    lines: FileLines, known: KnownReturns, staged: Staged, chosen: Sequence[StoredReturn]
) -> Iterator[tuple[StoredReturn, ReturnLines, list[int]]]:
    """The lines of returns that this file alone makes up, as accepting them wants them.

    With each return stand the positions of its lines in the file.
    """
    members = [known.members[code] for code in lines.members]
    call_offs, dates, others = list(lines.call_offs), list(lines.dates), list(lines.others)
    for stored in chosen:
        number = staged.fresh[stored.id]
        positions = lines.positions[number]
        kept = [position for position in positions if staged.return_id[position]]
        found = ReturnLines(
            line_no=range(1, len(kept) + 1),
            rows=[lines.rows[p] for p in kept],
            member_ids=[members[lines.member_of[p]] for p in kept],
            call_offs=[call_offs[lines.call_off_of[p]] for p in kept],
            net_pence=[lines.net_pence[p] for p in kept],
            base_pence=[lines.base_pence[p] for p in kept],
            rate_ppm=[lines.rate_ppm[p] for p in kept],
            member_pays=[lines.member_pays[p] for p in kept],
            levy_micropence=[lines.levy_micropence[p] for p in kept],
            key_hash=[lines.key_hash[p] for p in kept],
            dates=partial(_named, dates, lines.date_of, kept),
            others=partial(_named, others, lines.others_of, kept),
        )
        yield stored, found, kept


def _named(values: Sequence[T], numbers: "array[int]", kept: Sequence[int]) -> list[T]:
    return [values[numbers[position]] for position in kept]


def store_file_lines(
    connection: Connection,
    lines: FileLines,
    known: KnownReturns,
    staged: Staged,
    file_id: int,
    shares: "array[int] | None" = None,
    progress: Progress | None = None,
) -> None:
    """Store the lines that have a return, with their shares where documents are raised."""
    rows = _line_rows(lines, known, staged, file_id, shares, progress)
    store_lines(connection, rows, count=len(lines))


def _line_rows(
    lines: FileLines,
    known: KnownReturns,
    staged: Staged,
    file_id: int,
    shares: "array[int] | None",
    progress: Progress | None,
) -> Iterator[tuple[object, ...]]:
    member_ids = [known.members[code] for code in lines.members]
    total = len(lines)
    for texts in lines.texts():
        run = slice(texts.start, texts.start + len(texts.dates))
        numbers = staged.return_id[run]
        rates = lines.rate_ppm[run]
        rows: Iterator[tuple[object, ...]] = zip(
            numbers,
            staged.line_no[run],
            [member_ids[member] for member in lines.member_of[run]],
            repeat(file_id),
            lines.rows[run],
            texts.dates,
            lines.net_pence[run],
            lines.base_pence[run],
            [None if rate == BANDED else rate for rate in rates] if BANDED in rates else rates,
            lines.member_pays[run],
            lines.levy_micropence[run],
            repeat(0),
            repeat(None) if shares is None else _shares(shares[run]),
            texts.lots,
            texts.call_offs,
            texts.invoices,
            texts.credits,
            texts.descriptions,
            texts.kept,
            lines.key_hash[run],
            strict=False,
        )
        yield from (compress(rows, numbers) if 0 in numbers else rows)
        if progress is not None:
            progress(run.stop, total)


def _shares(shares: "array[int]") -> "list[int | None] | array[int]":
    if NO_SHARE not in shares:
        return shares
    return [None if share == NO_SHARE else share for share in shares]
