"""What only the books can say of a file's lines: which were declared, which returns exist."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from levytool.desk.spend.file_lines import Codes, FileLines, gathered
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.lines import Candidate, EarlierLine, declared_before
from levytool.ledger.spend.returns import ReturnKey, StoredReturn
from levytool.problems import Problem

TELL_APART = "leave the row out, or tell the two apart by invoice or description"


@dataclass(slots=True)
class BookedSpend:
    """What the books say: lines that cannot be stored, by position, and rows worth a look.

    `says_again` has the staged returns, or members' ledgers, that have lines of the file already,
    each with whether it is for another period.
    """

    refused: dict[int, Problem] = field(default_factory=dict)
    repeated: list[Problem] = field(default_factory=list)
    says_again: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownReturns:
    """The returns that stand in the books when a file comes in, and the parties' numbers."""

    contractors: Mapping[str, int]
    frameworks: Mapping[str, int]
    members: Mapping[str, int]
    staged: Mapping[ReturnKey, list[StoredReturn]]
    in_force: Mapping[ReturnKey, list[StoredReturn]]

    def key_of(self, codes: Codes) -> ReturnKey:
        """What a return of these codes is for, by number."""
        return ReturnKey(self.contractors[codes[0]], self.frameworks[codes[1]], codes[2])


def known_returns(connection: Connection, lines: FileLines) -> KnownReturns:
    """Enrol the file's parties and look up the returns that stand."""
    registers.enrol(connection, registers.CONTRACTOR, (codes[0] for codes in lines.returns))
    registers.enrol(connection, registers.FRAMEWORK, (codes[1] for codes in lines.returns))
    registers.enrol(connection, registers.MEMBER, lines.members)
    return KnownReturns(
        registers.register(connection, registers.CONTRACTOR).ids,
        registers.register(connection, registers.FRAMEWORK).ids,
        registers.register(connection, registers.MEMBER).ids,
        returns.by_key(connection, (returns.STAGED,)),
        returns.by_key(connection, returns.IN_FORCE),
    )


def check_booked(
    connection: Connection,
    lines: FileLines,
    known: KnownReturns,
    *,
    supplement: bool,
    reject_repeated: bool,
    corrects: StoredReturn | None = None,
) -> BookedSpend:
    """Find lines declared before, lines of returns in force, and lines repeated in the file.

    A line has one reason at most, in that order. `corrects` is the return that the file replaces:
    it stands in the way of nothing.
    """
    found = BookedSpend()
    _find_declared(connection, lines, known, corrects, found)
    if not supplement and corrects is None:
        _find_existing(lines, known, found)
    find_repeated(lines, reject_repeated, found)
    return found


def _find_existing(lines: FileLines, known: KnownReturns, found: BookedSpend) -> None:
    for codes, number in lines.returns.items():
        standing = known.in_force.get(known.key_of(codes))
        if not standing:
            continue
        existing = standing[-1]
        for position in lines.positions[number]:
            if position not in found.refused:
                found.refused[position] = Problem(
                    code="return-exists",
                    row=lines.rows[position],
                    message=f"{existing.number} of {codes[0]} for {codes[1]}, {codes[2]} is "
                    f"{existing.state}",
                    hint=_replacing(existing.number, codes[2], lines),
                )


def _replacing(number: str, period: str, lines: FileLines) -> str:
    """What to do where a return stands: a correction takes every row of its file for its own month,
    so a file that has other months too is not the one to give it."""
    if any(codes[2] != period for codes in lines.returns):
        return (
            "bring late lines beside it with --supplement; to replace it, give its rows of "
            f"{period} in a file of their own to: levytool return correct {number} FILE"
        )
    return (
        f"replace it with: levytool return correct {number} FILE; or bring late lines beside it "
        "with --supplement"
    )


def _find_declared(
    connection: Connection,
    lines: FileLines,
    known: KnownReturns,
    corrects: StoredReturn | None,
    found: BookedSpend,
) -> None:
    """Only a contractor and framework that have a return can have declared a line before."""
    with_returns = {
        (key.contractor_id, key.framework_id)
        for standing in (known.staged, known.in_force)
        for key in standing
    }
    suspects = [
        number
        for codes, number in lines.returns.items()
        if (known.contractors[codes[0]], known.frameworks[codes[1]]) in with_returns
    ]
    if not suspects:
        return
    earlier = [
        line
        for line in declared_before(connection, _candidates(lines, known, suspects))
        if corrects is None or line.holder_id != corrects.id
    ]
    codes_of = list(lines.returns)
    parties = [(known.contractors[codes[0]], known.frameworks[codes[1]]) for codes in codes_of]
    staged_for = {
        stored.id: str(stored.period) for standing in known.staged.values() for stored in standing
    }
    for position, invoice, same in proved_equal(lines, earlier, parties):
        period = codes_of[lines.return_of[position]][2]
        number = returns.return_number(same.holder_id)
        elsewhere = staged_for.get(same.holder_id, period)
        if same.holder_id in staged_for:
            found.says_again[number] = elsewhere != period
        found.refused[position] = Problem(
            code="already-declared",
            row=lines.rows[position],
            value=invoice,
            message=f"{number} already has this line",
            hint=TELL_APART if elsewhere == period else _wrong_month(number, elsewhere),
        )


def proved_equal(
    lines: FileLines, earlier: Iterable[EarlierLine], parties: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, str, EarlierLine]]:
    """Lines that an earlier one equals in every column: position, invoice, the first such line.

    `parties` are the numbers of the contractor and the framework of each of the file's returns.
    """
    candidates: dict[int, list[EarlierLine]] = {}
    for line in earlier:
        candidates.setdefault(line.position, []).append(line)
    for texts in lines.texts() if candidates else ():
        for position in texts.positions:
            if position not in candidates:
                continue
            offset = position - texts.start
            facts = (
                *parties[lines.return_of[position]],
                texts.dates[offset],
                lines.net_pence[position],
                texts.call_offs[offset],
                texts.invoices[offset],
                texts.descriptions[offset],
            )
            same = next((line for line in candidates[position] if line[3:] == facts), None)
            if same is not None:
                yield position, texts.invoices[offset], same


def _wrong_month(number: str, period: str) -> str:
    """What to do about a line that a staged return has for another period."""
    return (
        f"leave the row out, or, if {number} is for the wrong month ({period}): levytool return "
        f"reject {number}"
    )


def _candidates(lines: FileLines, known: KnownReturns, suspects: list[int]) -> Iterator[Candidate]:
    member_ids = [known.members[code] for code in lines.members]
    for number in suspects:
        for position in lines.positions[number]:
            yield Candidate(
                position, member_ids[lines.member_of[position]], lines.key_hash[position]
            )


def find_repeated(lines: FileLines, reject: bool, found: BookedSpend) -> None:
    """Note lines that an earlier row of the file has too: kept, or refused."""
    twice = _hashes_met_twice(lines)
    if not twice:
        return
    hint = TELL_APART if reject else "kept: two equal valuations can both be real"
    first_rows: dict[tuple[object, ...], int] = {}
    for texts in lines.texts():
        for position in texts.positions:
            if lines.key_hash[position] not in twice or position in found.refused:
                continue
            offset = position - texts.start
            facts = (
                lines.return_of[position],
                lines.member_of[position],
                lines.net_pence[position],
                texts.dates[offset],
                texts.call_offs[offset],
                texts.invoices[offset],
                texts.descriptions[offset],
            )
            row = lines.rows[position]
            first = first_rows.setdefault(facts, row)
            if first == row:
                continue
            problem = Problem(
                code="repeated",
                row=row,
                value=texts.invoices[offset],
                message=f"the same line as row {first}",
                hint=hint,
            )
            if reject:
                found.refused[position] = problem
            else:
                found.repeated.append(problem)


def _hashes_met_twice(lines: FileLines) -> set[int]:
    """Equal lines are always of one return, so no set of a whole file's hashes is needed."""
    twice: set[int] = set()
    for positions in lines.positions:
        hashes = gathered(lines.key_hash, positions)
        if len(set(hashes)) < len(hashes):
            twice.update(key for key, count in Counter(hashes).items() if count > 1)
    return twice
