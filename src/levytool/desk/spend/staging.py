"""Storing a file's lines as returns, in the transaction that holds the books."""

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, compress
from typing import TypeVar

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.desk.levy.return_lines import ReturnLines
from levytool.desk.spend.charging import CorrectedLine
from levytool.desk.spend.declared import KnownReturns
from levytool.desk.spend.file_lines import BANDED, Codes, FileLines, gathered
from levytool.ledger.database.bulk import update_rows
from levytool.ledger.spend import returns
from levytool.ledger.spend.lines import invoice_charges, store_lines
from levytool.ledger.spend.returns import NewReturn, StoredReturn
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

    `fresh` are those that hold lines of this file only, by their number in the books; `kept` the
    positions of each return's lines. A line that is refused has 0 in `return_id`.
    """

    return_ids: Mapping[int, int]
    fresh: Mapping[int, int]
    kept: Mapping[int, Sequence[int]]
    line_no: "array[int]"
    return_id: "array[int]"


def corrected_lines(
    connection: Connection, lines: FileLines, known: KnownReturns
) -> dict[Named, CorrectedLine]:
    """The charge of each line that a credit note of the file names.

    The file's own lines come first, then the books'.
    """
    if len(lines.credits) == 1:
        return {}
    codes_of, credit_of = list(lines.returns), list(lines.credits)
    named = {
        (*codes_of[lines.return_of[position]][:2], credit_of[credit])
        for position, credit in enumerate(lines.credit_of)
        if credit
    }
    found: dict[Named, CorrectedLine] = {}
    for texts in lines.texts():
        for position, invoice in zip(texts.positions, texts.invoices, strict=True):
            codes = codes_of[lines.return_of[position]]
            key = (codes[0], codes[1], invoice)
            if key in named and not lines.credit_of[position]:
                rate = lines.rate_ppm[position]
                line = CorrectedLine(None if rate == BANDED else rate, lines.member_pays[position])
                found.setdefault(key, line)
    by_party: dict[tuple[str, str], set[str]] = {}
    for contractor, framework, invoice in named - found.keys():
        by_party.setdefault((contractor, framework), set()).add(invoice)
    for (contractor, framework), invoices in by_party.items():
        parties = known.contractors[contractor], known.frameworks[framework]
        for invoice, charge in invoice_charges(connection, *parties, invoices).items():
            found[contractor, framework, invoice] = CorrectedLine(*charge)
    return found


def charge_credits(lines: FileLines, credited: Mapping[Named, CorrectedLine]) -> None:
    """Charge credit notes at the rate of the line they name (domain §3.2)."""
    if not credited:
        return
    codes_of, credit_of = list(lines.returns), list(lines.credits)
    for position, credit in enumerate(lines.credit_of):
        if not credit:
            continue
        codes = codes_of[lines.return_of[position]]
        original = credited.get((codes[0], codes[1], credit_of[credit]))
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
    reason: str = "",
) -> Staged:
    """Join or make the staged return of every line that is not refused.

    Lines join a staged return of the same contractor, framework and period; where one is in
    force, a supplement is made beside it. A return that corrects another takes its place.
    """
    joined: dict[int, StoredReturn] = {}
    new: list[tuple[int, NewReturn]] = []
    kept_of: dict[int, Sequence[int]] = {}
    for codes, number in sorted(lines.returns.items(), key=lambda item: _order(item[0])):
        kept: Sequence[int] = lines.positions[number]
        if refused:
            kept = [position for position in kept if position not in refused]
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
            supplement = max((item.supplement for item in standing or ()), default=-1) + 1
        sums = _sums(lines, kept)
        replaces = corrects.id if corrects is not None else None
        item = NewReturn(key, supplement, returns.STAGED, *sums, replaces, reason)
        new.append((number, item))
    first_id = returns.allot_returns(connection, len(new))
    returns.add_returns(connection, acting, [item for _, item in new], first_id)
    fresh = {number: first_id + place for place, (number, _item) in enumerate(new)}
    _add_to_joined(connection, lines, joined, kept_of)
    return_ids = fresh | {number: stored.id for number, stored in joined.items()}
    return_id = array("i", [return_ids.get(number, 0) for number in lines.return_of])
    for position in refused:
        return_id[position] = 0
    line_no = array("i", bytes(4 * len(lines)))
    for number, kept in kept_of.items():
        first_line = joined[number].lines + 1 if number in joined else 1
        for line, position in enumerate(kept, first_line):
            line_no[position] = line
    by_id = {return_id: number for number, return_id in fresh.items()}
    return Staged(return_ids, by_id, kept_of, line_no, return_id)


def _order(codes: Codes) -> Codes:
    return (codes[2], codes[0], codes[1])


def _sums(lines: FileLines, kept: Sequence[int]) -> tuple[int, int, int, int]:
    """Lines, net, exact levy and the levy in pence of a return before it has documents."""
    exact = sum(gathered(lines.levy_micropence, kept))
    net_pence = sum(gathered(lines.net_pence, kept))
    return len(kept), net_pence, exact, half_up(exact, MICROPENCE_PER_PENNY)


def _add_to_joined(
    connection: Connection,
    lines: FileLines,
    joined: Mapping[int, StoredReturn],
    kept_of: Mapping[int, Sequence[int]],
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
) -> Iterator[tuple[StoredReturn, ReturnLines, Sequence[int]]]:
    """The lines of returns that this file alone makes up, as accepting them wants them.

    With each return stand the positions of its lines in the file. Each column is gathered once for
    all the chosen returns and then cut up.
    """
    kept_of = [staged.kept[staged.fresh[stored.id]] for stored in chosen]
    order = list(chain.from_iterable(kept_of))

    def numbers(column: "array[int]") -> "array[int]":
        return array("q", gathered(column, order))

    member_ids = [known.members[code] for code in lines.members]
    members = array("q", gathered(member_ids, gathered(lines.member_of, order)))
    call_offs = gathered(list(lines.call_offs), gathered(lines.call_off_of, order))
    dates = list(lines.dates)
    rows, rates, pays = map(numbers, (lines.rows, lines.rate_ppm, lines.member_pays))
    net, base, levy = map(numbers, (lines.net_pence, lines.base_pence, lines.levy_micropence))
    key_hash, rest_hash = map(numbers, (lines.key_hash, lines.rest_hash))
    start = 0
    for stored, kept in zip(chosen, kept_of, strict=True):
        own = slice(start, start + len(kept))
        found = ReturnLines(
            line_no=range(1, len(kept) + 1),
            rows=rows[own],
            member_ids=members[own],
            call_offs=call_offs[own],
            net_pence=net[own],
            base_pence=base[own],
            rate_ppm=rates[own],
            member_pays=pays[own],
            levy_micropence=levy[own],
            key_hash=key_hash[own],
            rest_hash=rest_hash[own],
            dates=partial(_named, dates, lines.date_of, kept),
        )
        yield stored, found, kept
        start = own.stop


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
    runs = _line_runs(lines, known, staged, file_id, shares, progress)
    store_lines(connection, runs, count=len(lines))


def _line_runs(
    lines: FileLines,
    known: KnownReturns,
    staged: Staged,
    file_id: int,
    shares: "array[int] | None",
    progress: Progress | None,
) -> Iterator[Mapping[str, Sequence[object]]]:
    member_ids = [known.members[code] for code in lines.members]
    total = len(lines)
    for texts in lines.texts():
        run = slice(texts.start, texts.positions.stop)
        numbers, rates = staged.return_id[run].tolist(), lines.rate_ppm[run].tolist()
        columns: dict[str, Sequence[object]] = {
            "return_id": numbers,
            "line_no": staged.line_no[run].tolist(),
            "member_id": [member_ids[member] for member in lines.member_of[run]],
            "file_id": [file_id] * len(numbers),
            "row_no": lines.rows[run].tolist(),
            "date": texts.dates,
            "net_pence": lines.net_pence[run].tolist(),
            "base_pence": lines.base_pence[run].tolist(),
            "rate_ppm": [None if r == BANDED else r for r in rates] if BANDED in rates else rates,
            "member_pays": lines.member_pays[run].tolist(),
            "levy_micropence": lines.levy_micropence[run].tolist(),
            "key_hash": lines.key_hash[run].tolist(),
        }
        if shares is not None:
            columns["levy_share_pence"] = _shares(shares[run].tolist())
        columns |= texts.columns()
        if 0 in numbers:
            columns = {name: list(compress(column, numbers)) for name, column in columns.items()}
        yield columns
        if progress is not None:
            progress(run.stop, total)


def _shares(shares: list[int]) -> Sequence[int | None]:
    if NO_SHARE not in shares:
        return shares
    return [None if share == NO_SHARE else share for share in shares]
