"""What `spend import` says to a person: each thing once, and what is odd about a whole file."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from levytool.desk.office import Office
from levytool.desk.spend.import_outcome import ImportOptions, ImportOutcome, SharedReturn
from levytool.desk.spend.imported_before import MEMBER_LEDGER
from levytool.ledger.spend.returns import CORRECTED, STAGED
from levytool.periods import Month
from levytool.problems import Problem
from levytool.text import counted

WARNED_EACH = 5
"""Problems of one code that are shown one by one; of more, the first few and their number."""

SHOWN_OF_MANY = 3

PAYERS_WORDS = re.compile(r"supplier|vendor|creditor|payee|merchant|beneficiary", re.IGNORECASE)
"""What who pays calls a contractor in the header of a ledger."""

SELLERS_WORDS = re.compile(r"customer|client|buy|purchas|contracting|landlord", re.IGNORECASE)
"""What who is paid calls a member."""

NEARLY_ALL = 0.9
"""The share of a file's rows in one month that says which month it is of: a row or two run over."""

LINE_OF_LEDGER = re.compile(r"(?<=\d)/\d+")
"""Which line it is in `M-000004/9`."""


def summed_up(warnings: Sequence[Problem], see: str = "; see -O json") -> Iterator[str]:
    """Every warning, or of a code with many the first few, how many there are and where to see
    them all."""
    counts = Counter(warning.code for warning in warnings)
    met: Counter[str] = Counter()
    for warning in warnings:
        met[warning.code] += 1
        if counts[warning.code] <= WARNED_EACH or met[warning.code] <= SHOWN_OF_MANY:
            yield str(warning)
        elif met[warning.code] == SHOWN_OF_MANY + 1:
            yield f"{warning.code}: {counted(counts[warning.code], 'row')} in all{see}"


def said_once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems for a person: what a whole file has in every row once, with how many rows it has.

    That is a contractor without an appointment, a return that exists, and, where they are many,
    lines of one return that were declared before or rows of another contractor or framework.
    """
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        alike.setdefault(_what(problem), []).append(problem)
    counts = Counter((problem.file, problem.code) for problem in problems)
    said = []
    for problem in problems:
        own = alike[_what(problem)]
        few = counts[problem.file, problem.code] <= WARNED_EACH
        one_by_one = problem.code not in _FURTHER or (problem.code in _EACH_OF_FEW and few)
        if one_by_one or len(own) == 1:
            said.append(problem)
        elif problem is own[0]:
            rows = counted(len(own) - 1, "further row")
            more = _FURTHER[problem.code].format(f"{rows} down to row {own[-1].row}")
            said.append(replace(problem, message=problem.message + more))
    return tuple(said)


_FURTHER = {
    "not-appointed": ", nor on {}",
    "return-exists": ", and {} are of it too",
    "already-declared": ", and those of {}",
    "other-contractor": ", and so are {}",
    "other-framework": ", and so are {}",
}

_EACH_OF_FEW = frozenset({"already-declared", "other-contractor", "other-framework"})
"""Problems of rows, not of a whole file: said one by one where they are few."""


def _what(problem: Problem) -> tuple[str, ...]:
    """What is wrong, whatever the row: the file, the code, and the message without its day, or
    without the line of the ledger that has it."""
    message = problem.message
    if problem.code == "not-appointed":
        message = message.rpartition(" on ")[0]
    if problem.code == "already-declared":
        message = LINE_OF_LEDGER.sub("", message)
    return problem.file, problem.code, message


def remarks(outcome: ImportOutcome, options: ImportOptions) -> Iterator[str]:
    """What is odd about a file as a whole: another role than was named, another month, returns
    that are not of this file alone."""
    if options.role != MEMBER_LEDGER and _looks_like_a_ledger(outcome):
        first = "reject what it staged, and " if outcome.status == "staged" else ""
        yield (
            f"{outcome.file}: it names its suppliers, as a member's own ledger does; if it is one, "
            f"{first}import it with --as member-ledger"
        )
    if outcome.not_read and outcome.layout is None and "invoice" not in outcome.columns:
        yield (
            f"{outcome.file}: no column is taken for the invoice number; where one that is not "
            "read has it, a layout in the book says so"
        )
    yield from _shared(outcome, options)
    days, count = outcome.days_outside, _data_rows(outcome)
    rows = counted(count, "row")
    other = month_meant(outcome)
    if other is not None:
        of_other = sum(day.startswith(str(other)) for day in days)
        many = f"all {rows}" if of_other == count else f"{of_other:,} of {rows}"
        yield (
            f"{outcome.file}: {many} are dated in {other}; this is {options.period}: did you mean "
            f"--period {other}?"
        )
    elif len(days) > 1 and len(days) == count:
        yield (
            f"{outcome.file}: none of the {rows} is dated in {options.period}: they run from "
            f"{days[0]} to {days[-1]}; check --period"
        )


def _shared(outcome: ImportOutcome, options: ImportOptions) -> Iterator[str]:
    """Returns with lines that other files had staged: a return is accepted whole."""
    tried = outcome.status == "dry-run"
    becomes = "would have" if tried else "has now"
    if options.accept:
        becomes = "would be accepted with" if tried else "is accepted with"
    for one in outcome.shared[:SHOWN_OF_MANY]:
        before = ", ".join(f"{lines:,} staged before by {file}" for file, lines in one.of_others)
        own = one.lines - sum(lines for _file, lines in one.of_others)
        parts = f"{counted(one.lines, 'line')}: {own:,} of this file, {before}"
        drop = f"; levytool return reject {one.number} drops them all"
        yield f"{one.number} {becomes} {parts}" + ("" if tried or options.accept else drop)
    more = len(outcome.shared) - SHOWN_OF_MANY
    if more > 0:
        yield f"{counted(more, 'further return')} of {outcome.file} with lines of other files too"
    for one in outcome.shared if options.accept else ():
        yield from _doubted(one, tried=tried)


def _doubted(one: SharedReturn, *, tried: bool) -> Iterator[str]:
    """What was warned of lines that another file had staged and that are accepted with this one."""
    for doubt in summed_up(one.doubted):
        yield f"in {one.number} too, {doubt}"
    if not one.doubted:
        return
    files = ", ".join(file for file, _lines in one.of_others)
    if tried:
        first = f"levytool return reject {one.number}, which drops {files}"
        yield f"{one.number} is accepted whole; to leave those lines out, first: {first}"
    else:
        back = f"levytool return amend {one.number} --line N --drop --into FILE.csv"
        yield f"{one.number} is accepted whole; to take lines of it back: {back}"


def month_meant(outcome: ImportOutcome) -> Month | None:
    """The month of all of a file's rows, or nearly, where they are not declared for it."""
    months = Counter(day[:7] for day in outcome.days_outside)
    if not months:
        return None
    month, count = months.most_common(1)[0]
    nearly_all = count > 1 and count >= NEARLY_ALL * _data_rows(outcome)
    return Month.parse(month) if nearly_all else None


def _data_rows(outcome: ImportOutcome) -> int:
    return outcome.accepted + outcome.rejected


def _looks_like_a_ledger(outcome: ImportOutcome) -> bool:
    """Whether the header speaks as who pays does, and not of one contractor alone."""
    contractor, member = (outcome.columns.get(target, "") for target in ("contractor", "member"))
    if not PAYERS_WORDS.search(contractor) or SELLERS_WORDS.search(member):
        return False
    return outcome.status == "rejected" or len({r.contractor for r in outcome.returns}) > 1


def came_in_as(outcome: ImportOutcome, *, dry_run: bool) -> str:
    """Which returns a file seen before is in, and what became of them, now or since."""
    if outcome.accepted_now:
        numbers = _first_of(outcome.accepted_now)
        what = "would be accepted" if dry_run else "accepted now"
        return f"{outcome.file}: it was staged before; {what}: {numbers}"
    said = [
        f"{stored.number} ({stored.state}{' since' if stored.state == CORRECTED else ''})"
        for stored in outcome.returns
    ]
    listed = _first_of(said) or outcome.ledger or "no return"
    return f"{outcome.file}: nothing is new: it came in as {listed}"


def refused_again(outcome: ImportOutcome) -> str:
    """How to get the rows of a file seen before that were refused when it was imported."""
    rows = counted(len({problem.row for problem in outcome.problems}), "refused row")
    return f"{outcome.file}: the same command with --errors FILE.csv writes its {rows}, to mend"


def _first_of(names: Sequence[str]) -> str:
    more = len(names) - SHOWN_OF_MANY
    return ", ".join(names[:SHOWN_OF_MANY]) + (f" and {more:,} more" if more > 0 else "")


def next_step(outcome: ImportOutcome) -> str:
    """The command that goes on from a staged file."""
    numbers = [stored.number for stored in outcome.returns]
    if not numbers:
        return (
            f"{outcome.file} has no line, so there is no return; where there was no business: "
            "levytool return nil --contractor C --framework F --period P"
        )
    listed = " ".join(numbers[:SHOWN_OF_MANY]) + (" …" if len(numbers) > SHOWN_OF_MANY else "")
    other = month_meant(outcome)
    if other is None:
        return f"next: levytool return accept {listed}"
    others = dict.fromkeys(file for one in outcome.shared for file, _lines in one.of_others)
    too = f", and {_first_of(list(others))} again as before" if others else ""
    return (
        f"next: levytool return reject {listed}, and import it with --period {other}{too}; if "
        f"{outcome.returns[0].period} is right: levytool return accept {listed}"
    )


def warned_before(warned: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What the import warned of in returns that are accepted now, each with where to see it."""
    shown = warned if len(warned) <= WARNED_EACH else warned[:SHOWN_OF_MANY]
    for number, doubts in shown:
        yield f"{number}: its import warned of {doubts}; see: levytool explain {number}"
    if more := len(warned) - len(shown):
        were = counted(more, "further return was", "further returns were")
        yield f"{were} warned of when they were imported"


def by_bands(
    office: Office, rows: Sequence[Mapping[str, Any]], see: str = "return accept {} --dry-run"
) -> Iterator[str]:
    """That the levy of staged returns, as rows, is not yet that of their frameworks' bands; `see`
    is the command that tells what it is now."""
    staged = [row for row in rows if row["state"] == STAGED]
    if not staged:
        return
    from levytool.desk.levy.banding import banded_frameworks

    banded = banded_frameworks(office)
    numbers = list(dict.fromkeys(row["return"] for row in staged if row["framework"] in banded))
    if numbers:
        listed = " ".join(numbers[:SHOWN_OF_MANY]) + (" …" if len(numbers) > SHOWN_OF_MANY else "")
        yield (
            f"{listed}: by bands: the levy is charged on acceptance, with what was accepted "
            "before; shown is that of each line alone; what it comes to now: levytool "
            + see.format(listed)
        )
