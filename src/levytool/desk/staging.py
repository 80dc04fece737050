"""Storing a file's lines as staged returns, in the transaction that holds the books.

Here stands what only the books can say: which returns exist, and what was declared before.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.desk.charging import ChargedChunk, CorrectedLine
from levytool.desk.spool import Spool
from levytool.intake.lines import LineChunk
from levytool.ledger import registers, returns
from levytool.ledger.bulk import update_rows
from levytool.ledger.lines import Candidate, declared_before, invoice_charges, store_lines
from levytool.ledger.returns import NewReturn, ReturnKey, StoredReturn
from levytool.money import MICROPENCE_PER_PENNY, half_up
from levytool.problems import Problem

Codes = tuple[str, str, str]
"""Contractor, framework and period of a line, as codes and text."""


@dataclass(slots=True)
class Totals:
    """What the stored lines of one return sum to, so far."""

    lines: int = 0
    net_pence: int = 0
    levy_micropence: int = 0


@dataclass(slots=True)
class BookedSpend:
    """What the books say of a file: rows that cannot be stored, and rows worth a look."""

    refused: dict[int, Problem] = field(default_factory=dict)
    repeated: list[Problem] = field(default_factory=list)


class Staging:
    """One file on its way into the books."""

    def __init__(
        self,
        connection: Connection,
        acting: Acting,
        spool: Spool,
        keys: Counter[Codes],
        *,
        supplement: bool = False,
        corrects: StoredReturn | None = None,
    ) -> None:
        self._connection = connection
        self._acting = acting
        self._spool = spool
        self._supplement = supplement
        self._corrects = corrects
        self._enrol(keys)
        self._key_of = {codes: self._return_key(codes) for codes in keys}
        self._staged = returns.by_key(connection, (returns.STAGED,))
        self._in_force = returns.by_key(connection, returns.IN_FORCE)

    def _enrol(self, keys: Counter[Codes]) -> None:
        connection = self._connection
        registers.enrol(connection, registers.CONTRACTOR, (codes[0] for codes in keys))
        registers.enrol(connection, registers.FRAMEWORK, (codes[1] for codes in keys))
        self._contractors = registers.register(connection, registers.CONTRACTOR).ids
        self._frameworks = registers.register(connection, registers.FRAMEWORK).ids

    def enrol_members(self, members: set[str]) -> None:
        """Give the file's members their numbers."""
        registers.enrol(self._connection, registers.MEMBER, sorted(members))
        self._members = registers.register(self._connection, registers.MEMBER).ids

    def _return_key(self, codes: Codes) -> ReturnKey:
        return ReturnKey(self._contractors[codes[0]], self._frameworks[codes[1]], codes[2])

    def check(self, *, reject_repeated: bool) -> BookedSpend:
        """Find lines declared before, lines for returns in force, and repeated lines."""
        found = BookedSpend()
        self._find_declared(found)
        self._find_existing(found)
        self._find_repeated(found, reject_repeated)
        return found

    def _positions(self) -> Iterator[tuple[int, ChargedChunk, "list[int]"]]:
        start = 0
        for charged, hashes in self._spool.chunks():
            yield start, charged, hashes.tolist()
            start += len(charged.chunk)

    def _blocked(self) -> dict[Codes, StoredReturn]:
        """Returns in force that neither `--supplement` nor a correction lets the file meet."""
        if self._supplement or self._corrects is not None:
            return {}
        return {
            codes: self._in_force[key][-1]
            for codes, key in self._key_of.items()
            if key in self._in_force
        }

    def _find_existing(self, found: BookedSpend) -> None:
        blocked = self._blocked()
        if not blocked:
            return
        for start, charged, _hashes in self._positions():
            chunk = charged.chunk
            for offset, codes in enumerate(_codes(chunk)):
                existing = blocked.get(codes)
                if existing is None or start + offset in found.refused:
                    continue
                found.refused[start + offset] = Problem(
                    code="return-exists",
                    row=chunk.rows[offset],
                    message=f"{existing.number} of {codes[0]} for {codes[1]}, {codes[2]} "
                    f"is {existing.state}",
                    hint=f"replace it with: return correct {existing.number} FILE; or bring late "
                    "lines beside it with --supplement",
                )

    def _find_declared(self, found: BookedSpend) -> None:
        """Only a contractor and framework that have a return can have declared a line before."""
        known = {
            (key.contractor_id, key.framework_id)
            for by_key in (self._staged, self._in_force)
            for key in by_key
        }
        pairs = {
            codes
            for codes, key in self._key_of.items()
            if (key.contractor_id, key.framework_id) in known
        }
        if not pairs:
            return
        declared = declared_before(self._connection, self._candidates(pairs))
        if not declared:
            return
        earlier: dict[int, list[tuple[tuple[object, ...], int]]] = {}
        for line in declared:
            if self._corrects is not None and line.return_id == self._corrects.id:
                continue
            earlier.setdefault(line.position, []).append((tuple(line[3:]), line.return_id))
        for start, charged, _hashes in self._positions():
            for offset, facts in enumerate(self._facts(charged.chunk)):
                matches = earlier.get(start + offset, ())
                numbers = [number for stored, number in matches if stored == facts]
                if numbers:
                    found.refused[start + offset] = Problem(
                        code="already-declared",
                        row=charged.chunk.rows[offset],
                        value=charged.chunk.invoices[offset],
                        message=f"{returns.return_number(numbers[0])} already has this line",
                        hint="leave the row out, or tell the two apart by invoice or description",
                    )

    def _candidates(self, pairs: set[Codes]) -> Iterator[Candidate]:
        for start, charged, hashes in self._positions():
            chunk = charged.chunk
            rows = zip(_codes(chunk), chunk.members, hashes, strict=True)
            for offset, (codes, member, key_hash) in enumerate(rows):
                if codes in pairs:
                    yield Candidate(start + offset, self._members[member], key_hash)

    def _facts(self, chunk: LineChunk) -> Iterator[tuple[object, ...]]:
        contractors, frameworks = self._contractors, self._frameworks
        return zip(
            (contractors[code] for code in chunk.contractors),
            (frameworks[code] for code in chunk.frameworks),
            chunk.dates,
            chunk.net_pence,
            chunk.call_offs,
            chunk.invoices,
            chunk.descriptions,
            strict=True,
        )

    def _find_repeated(self, found: BookedSpend, reject: bool) -> None:
        ordered = sorted(key_hash for _s, _c, hashes in self._positions() for key_hash in hashes)
        twice = {one for one, other in pairwise(ordered) if one == other}
        del ordered
        if not twice:
            return
        first_rows: dict[tuple[object, ...], int] = {}
        for start, charged, hashes in self._positions():
            chunk = charged.chunk
            facts = zip(self._facts(chunk), chunk.members, chunk.rows, hashes, strict=True)
            for offset, (fact, member, row, key_hash) in enumerate(facts):
                if key_hash not in twice or start + offset in found.refused:
                    continue
                first = first_rows.setdefault((*fact, member), row)
                if first == row:
                    continue
                problem = Problem(
                    code="repeated",
                    row=row,
                    value=chunk.invoices[offset],
                    message=f"the same line as row {first}",
                    hint="kept, since two equal valuations can both be real; "
                    "--repeated reject refuses them"
                    if not reject
                    else "leave the row out, or tell the two apart by invoice or description",
                )
                if reject:
                    found.refused[start + offset] = problem
                else:
                    found.repeated.append(problem)

    def corrected_lines(
        self, named: set[tuple[str, str, str]]
    ) -> dict[tuple[str, str, str], CorrectedLine]:
        """The charge of each line that a credit note names, by contractor, framework, invoice.

        The file's own lines come first, then the books'.
        """
        found: dict[tuple[str, str, str], CorrectedLine] = {}
        if not named:
            return found
        for _start, charged, _hashes in self._positions():
            chunk = charged.chunk
            keys = zip(chunk.contractors, chunk.frameworks, chunk.invoices, strict=True)
            for offset, key in enumerate(keys):
                if key in named and not chunk.credits[offset]:
                    line = CorrectedLine(charged.rate_ppm[offset], charged.member_pays[offset])
                    found.setdefault(key, line)
        for key in named - found.keys():
            stored = invoice_charges(
                self._connection, self._contractors[key[0]], self._frameworks[key[1]], key[2]
            )
            if stored is not None:
                found[key] = CorrectedLine(*stored)
        return found

    def store(
        self,
        file_id: int,
        refused: dict[int, Problem],
        credited: dict[tuple[str, str, str], CorrectedLine],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[int]:
        """Store every line that is not refused; gives the returns that took them."""
        kept_keys = self._keys_with_lines(refused)
        targets, first_lines = self._targets(kept_keys)
        totals = {number: Totals() for number in targets.values()}
        counters = {number: count(first) for number, first in first_lines.items()}
        store_lines(
            self._connection,
            self._rows(file_id, refused, credited, targets, counters, totals, progress),
        )
        self._add_totals(totals)
        return sorted(totals)

    def _keys_with_lines(self, refused: dict[int, Problem]) -> list[Codes]:
        if not refused:
            return list(self._key_of)
        kept: dict[Codes, None] = {}
        for start, charged, _hashes in self._positions():
            for offset, codes in enumerate(_codes(charged.chunk)):
                if start + offset not in refused:
                    kept[codes] = None
        return list(kept)

    def _targets(self, kept: list[Codes]) -> tuple[dict[Codes, int], dict[int, int]]:
        """The return each key goes to, new ones added, and the next line number of each."""
        targets: dict[Codes, int] = {}
        next_line: dict[int, int] = {}
        new: list[tuple[Codes, NewReturn]] = []
        for codes in sorted(kept, key=lambda codes: (codes[2], codes[0], codes[1])):
            key = self._key_of[codes]
            staged = self._staged.get(key)
            if staged and self._corrects is None:
                targets[codes] = staged[0].id
                next_line[staged[0].id] = staged[0].lines + 1
                continue
            new.append((codes, self._new_return(key)))
        first_id = returns.allot_returns(self._connection, len(new))
        returns.add_returns(self._connection, self._acting, [item for _, item in new], first_id)
        for number, (codes, _item) in enumerate(new, first_id):
            targets[codes] = number
            next_line[number] = 1
        return targets, next_line

    def _new_return(self, key: ReturnKey) -> NewReturn:
        if self._corrects is not None:
            return NewReturn(key, self._corrects.supplement, corrects=self._corrects.id)
        in_force = self._in_force.get(key)
        return NewReturn(key, in_force[-1].supplement + 1 if in_force else 0)

    def _rows(
        self,
        file_id: int,
        refused: dict[int, Problem],
        credited: dict[tuple[str, str, str], CorrectedLine],
        targets: dict[Codes, int],
        counters: "dict[int, count[int]]",
        totals: dict[int, Totals],
        progress: Callable[[int, int], None] | None,
    ) -> Iterator[tuple[object, ...]]:
        members, total_lines = self._members, self._spool.lines
        for start, charged, hashes in self._positions():
            chunk = charged.chunk
            if credited:
                _charge_credits(charged, credited)
            numbers = [targets.get(codes, 0) for codes in _codes(chunk)]
            if refused:
                for offset in range(len(numbers)):
                    if start + offset in refused:
                        numbers[offset] = 0
            width = len(numbers)
            rows = zip(
                numbers,
                [next(counters[number]) if number else 0 for number in numbers],
                [members[code] for code in chunk.members],
                [file_id] * width,
                chunk.rows,
                chunk.dates,
                chunk.net_pence,
                charged.base_pence,
                charged.rate_ppm,
                charged.member_pays,
                charged.levy_micropence,
                [0] * width,
                [None] * width,
                chunk.lots,
                chunk.call_offs,
                chunk.invoices,
                chunk.credits,
                chunk.descriptions,
                chunk.kept,
                hashes,
                strict=True,
            )
            _add_up(totals, numbers, chunk.net_pence, charged.levy_micropence)
            # In the order of the clustered table, so that a page is filled before the next.
            yield from sorted(row for row in rows if row[0])
            if progress is not None:
                progress(start + width, total_lines)

    def _add_totals(self, totals: dict[int, Totals]) -> None:
        stored = {item.id: item for item in returns.find_returns(self._connection, ids=totals)}
        update_rows(
            self._connection,
            "levy_return",
            ("lines", "net_pence", "levy_micropence", "levy_pence"),
            ("id",),
            [
                (
                    stored[number].lines + added.lines,
                    stored[number].net_pence + added.net_pence,
                    (exact := stored[number].levy_micropence + added.levy_micropence),
                    half_up(exact, MICROPENCE_PER_PENNY),
                    number,
                )
                for number, added in totals.items()
            ],
        )


def _codes(chunk: LineChunk) -> Iterator[Codes]:
    return zip(chunk.contractors, chunk.frameworks, chunk.periods, strict=True)


def _add_up(
    totals: dict[int, Totals], numbers: list[int], net_pence: list[int], levy: list[int]
) -> None:
    for number, net, exact in zip(numbers, net_pence, levy, strict=True):
        if number:
            total = totals[number]
            total.lines += 1
            total.net_pence += net
            total.levy_micropence += exact


def _charge_credits(
    charged: ChargedChunk, credited: dict[tuple[str, str, str], CorrectedLine]
) -> None:
    """Charge credit notes at the rate of the line they name (domain §3.2)."""
    chunk = charged.chunk
    for offset, named in enumerate(chunk.credits):
        original = credited.get((chunk.contractors[offset], chunk.frameworks[offset], named))
        if not named or original is None or original.rate_ppm is None:
            continue
        charged.rate_ppm[offset] = original.rate_ppm
        charged.member_pays[offset] = original.member_pays
        charged.levy_micropence[offset] = charged.base_pence[offset] * original.rate_ppm
