"""`make bench`: measures on this machine, in one run, and writes benchmarks/RESULTS.md."""

import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bank import write_camt
from benchmarks.corrections import CONTRACTOR, CORRECTED_ON, FRAMEWORK, write_corrections
from benchmarks.floor import floor_script
from benchmarks.ledger import JOIN, write_member_ledger
from benchmarks.measure import Run, middle, run
from benchmarks.phases import phases
from benchmarks.returns import LISTED_ON, write_appointments
from benchmarks.spend import MEMBERS, write_book, write_spend
from benchmarks.statements import CALL_OFFS, MEMBER, READ, write_one_member

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
LEVYTOOL = Path(sys.executable).parent / "levytool"
ON_LEDGER: tuple[str | Path, ...] = (LEVYTOOL, "--ledger", "bench.db")
STATEMENT = (*ON_LEDGER, "statement", "member", "--period", "FY2025")
PAIRS = {100_000: 3, 1_000_000: 3}
SHORT_RUNS = 15
DIFFERENCES = 5
"""The exit code of a reconciliation that found some."""

STATEMENT_LINES, STATEMENT_RUNS = 100_000, 5
CORRECTED_LINES, CORRECTION_RUNS = 100_000, 5
BANK_ENTRIES, BANK_RUNS = 100_000, 3
COMPLETION = {"_LEVYTOOL_COMPLETE": "complete_bash", "COMP_WORDS": "levytool sp", "COMP_CWORD": "1"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the results: what was measured, and the most it may be (None: no limit)."""

    what: str
    measured: float
    unit: str
    limit: float | None = None

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        return "met" if self.measured <= self.limit else "**missed**"

    def row(self) -> str:
        limit = "" if self.limit is None else f"{self.limit:g}{self.unit}"
        return f"| {self.what} | {self.measured:.2f}{self.unit} | {limit} | {self.verdict} |"


def main() -> None:
    """Measure everything and write the results."""
    if shutil.which("sqlite3") is None:
        raise SystemExit(
            "the floor is measured with SQLite's own shell, which is not installed: "
            "apt-get install sqlite3"
        )
    with tempfile.TemporaryDirectory(prefix="levytool-bench-") as scratch:
        folder = Path(scratch)
        figures = [*_start_up(folder), *_return_lists(folder), *_corrections(folder)]
        figures += [*_imports(folder), *_bank(folder), *_reconciling(folder), *_statements(folder)]
        shares = _phases(folder)
    RESULTS.write_text(_page(figures, shares), encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))


def _start_up(folder: Path) -> list[Figure]:
    """Help and one TAB, against Python doing nothing, in turn."""
    floors, helps, tabs = [], [], []
    for _ in range(SHORT_RUNS):
        floors.append(run([sys.executable, "-c", "pass"], folder).seconds)
        helps.append(run([LEVYTOOL, "--help"], folder).seconds)
        tabs.append(run([LEVYTOOL], folder, environment=COMPLETION).seconds)
    floor = median(floors)
    return [
        Figure("`levytool --help` against `python -c pass`", median(helps) / floor, " x", 14),
        Figure("one TAB against `python -c pass`", median(tabs) / floor, " x", 10),
    ]


def _return_lists(folder: Path) -> list[Figure]:
    """Every return and what is owed, of 24 months and 1,200 appointments, against Python."""
    book, spend = write_appointments(folder)
    _make_ledger(folder, book)
    run(_spend_import(spend), folder)
    figures = []
    for form in ("json", "plain"):
        floors, lists = [], []
        for _ in range(SHORT_RUNS):
            floors.append(run([sys.executable, "-c", "pass"], folder).seconds)
            words = (*ON_LEDGER, "return", "list", "-O", form, "-o", os.devnull)
            lists.append(run(words, folder, environment={"LEVYTOOL_TODAY": LISTED_ON}).seconds)
        listed, floor = median(lists), median(floors)
        what = f"`return list -O {form}`, 24 months of 1,200 appointments"
        figures += [
            Figure(what, listed, " s", 1),
            Figure("the same against `python -c pass`", listed / floor, " x"),
        ]
    return figures


def _corrections(folder: Path) -> list[Figure]:
    """A large return corrected, against importing the same lines first."""
    lines = CORRECTED_LINES
    book, first, second = write_corrections(folder, lines)
    today = {"LEVYTOOL_TODAY": CORRECTED_ON}
    to = ("--contractor", CONTRACTOR, "--framework", FRAMEWORK)
    correct = (*ON_LEDGER, "return", "correct", "R-000001", second, "--yes", "-o", os.devnull)
    imports, corrections = [], []
    for _ in range(CORRECTION_RUNS):
        _make_ledger(folder, book)
        imports.append(run([*_spend_import(first), *to], folder, environment=today))
        corrections.append(run(correct, folder, environment=today))
    ratio = median(
        one.seconds / least.seconds for one, least in zip(corrections, imports, strict=True)
    )
    taken = middle(corrections)
    return [
        Figure(f"`return correct`, {lines:,} lines", taken.seconds, " s"),
        Figure("the same against `spend import --accept` of those lines", ratio, " x", 1.5),
        Figure(f"peak memory of `return correct`, {lines:,} lines", taken.peak_mb, " MB"),
    ]


def _imports(folder: Path) -> list[Figure]:
    book = write_book(folder)
    figures: list[Figure] = []
    peaks: dict[int, float] = {}
    for lines, pairs in PAIRS.items():
        spend = write_spend(folder, lines)
        floors, imports = [], []
        for _ in range(pairs):
            imports.append(_import(folder, book, spend))
            floors.append(_floor(folder, spend))
        ratio = median(
            one.seconds / least.seconds for one, least in zip(imports, floors, strict=True)
        )
        taken, least = middle(imports), middle(floors)
        again = run(_spend_import(spend), folder)
        peaks[lines] = taken.peak_mb
        of_whole = lines == max(PAIRS)
        most_ratio, most_mb = (1.5, 300) if of_whole else (None, None)
        figures += [
            Figure(f"floor, {lines:,} lines", least.seconds, " s"),
            Figure(f"`spend import --accept`, {lines:,} lines", taken.seconds, " s"),
            Figure(f"the same against the floor, {lines:,} lines", ratio, " x", most_ratio),
            Figure(f"peak memory, {lines:,} lines", taken.peak_mb, " MB", most_mb),
            Figure(f"the same file again, {lines:,} lines", again.seconds, " s", 0.5),
        ]
    few, many = min(PAIRS), max(PAIRS)
    growth = peaks[many] / peaks[few]
    figures.append(Figure(f"memory for {many // few} times the lines", growth, " x", many // few))
    return figures


def _bank(folder: Path) -> list[Figure]:
    """A year's statement of a large account into a fresh ledger."""
    book, statement = write_book(folder), write_camt(folder, BANK_ENTRIES)
    command: list[str | Path] = [*ON_LEDGER, "bank", "import", statement, "-o", os.devnull]
    runs = []
    for _ in range(BANK_RUNS):
        _make_ledger(folder, book)
        runs.append(run(command, folder))
    taken, again = middle(runs), run(command, folder)
    reconcile = [*ON_LEDGER, "reconcile", "bank", "-o", os.devnull]
    placed = run(reconcile, folder, ends_with=DIFFERENCES)
    what = f"`bank import`, camt.053 of {BANK_ENTRIES:,} entries"
    return [
        Figure(what, taken.seconds, " s", 4),
        Figure(f"peak memory, {what}", taken.peak_mb, " MB"),
        Figure(f"the same file again, {what}", again.seconds, " s"),
        Figure(f"`reconcile bank`, all {BANK_ENTRIES:,} of them open", placed.seconds, " s"),
    ]


def _reconciling(folder: Path) -> list[Figure]:
    """Members' ledgers of a year: importing them, and laying the declarations beside them."""
    book, figures = write_book(folder), []
    for lines, pairs in PAIRS.items():
        spend = write_spend(folder, lines)
        ledger, _truth = write_member_ledger(folder, spend)
        declared = _import(folder, book, spend)
        command = [*_spend_import(ledger), "--as", "member-ledger"]
        recorded = run(command, folder)
        reconcile = [*ON_LEDGER, "reconcile", "spend", "--period", "FY2025", "-O", "json"]
        reconciled, joined = [], []
        for _ in range(pairs):
            reconciled.append(run([*reconcile, "-o", os.devnull], folder, ends_with=DIFFERENCES))
            joined.append(run(["sqlite3", "bench.db"], folder, stdin=JOIN))
        ratio = median(
            one.seconds / least.seconds for one, least in zip(reconciled, joined, strict=True)
        )
        taken, least = middle(reconciled), middle(joined)
        most_ratio, most_mb = (2, 500) if lines == max(PAIRS) else (None, None)
        what = f"{lines:,} × {lines:,} lines"
        figures += [
            Figure(
                f"`spend import --as member-ledger` against `spend import`, {lines:,} lines",
                recorded.seconds / declared.seconds,
                " x",
                1 if lines == max(PAIRS) else None,
            ),
            Figure(f"plain join on the exact key, {what}", least.seconds, " s"),
            Figure(f"`reconcile spend`, {what}", taken.seconds, " s"),
            Figure(f"the same against the plain join, {what}", ratio, " x", most_ratio),
            Figure(f"peak memory of `reconcile spend`, {what}", taken.peak_mb, " MB", most_mb),
        ]
    return figures


def _statements(folder: Path) -> list[Figure]:
    """A member with very many lines, against reading them; and a PDF for each of all members."""
    book, lines = write_book(folder), STATEMENT_LINES
    figures = []
    for call_offs in CALL_OFFS:
        _import(folder, book, write_one_member(folder, lines, call_offs))
        for form in ("csv", "html"):
            figures += _statement(folder, form, f"{lines:,} lines over {call_offs:,} call-offs")
    _import(folder, book, write_spend(folder, lines))
    every = run([*STATEMENT, "--all", "--format", "pdf", "--into", "statements"], folder)
    shutil.rmtree(folder / "statements")
    return [*figures, Figure(f"{MEMBERS} members' statements as PDF", every.seconds, " s", 60)]


def _statement(folder: Path, form: str, lines: str) -> list[Figure]:
    """The statement of the one member in a form, against reading its lines."""
    reads, told = [], []
    for _ in range(STATEMENT_RUNS):
        reads.append(run(["sqlite3", "bench.db"], folder, stdin=READ))
        told.append(run([*STATEMENT, MEMBER, "--format", form, "-o", os.devnull], folder))
    ratio = median(one.seconds / least.seconds for one, least in zip(told, reads, strict=True))
    taken, what = middle(told), f"a member's statement of {lines} as {form}"
    return [
        Figure(what, taken.seconds, " s"),
        Figure(f"the same against reading those {lines}, {form}", ratio, " x", 4),
        Figure(f"peak memory, {what}", taken.peak_mb, " MB", 150),
    ]


def _phases(folder: Path) -> dict[str, float]:
    """Where the largest import's time goes."""
    spend = write_spend(folder, max(PAIRS))
    _make_ledger(folder, write_book(folder))
    return phases(LEVYTOOL, _spend_import(spend)[1:], folder)


def _spend_import(spend: Path) -> list[str | Path]:
    return [
        LEVYTOOL,
        "--ledger",
        "bench.db",
        "spend",
        "import",
        spend,
        "--accept",
        "-o",
        os.devnull,
    ]


def _import(folder: Path, book: Path, spend: Path) -> Run:
    """Import into a fresh ledger; making it is not measured."""
    _make_ledger(folder, book)
    return run(_spend_import(spend), folder)


def _make_ledger(folder: Path, book: Path) -> None:
    _remove(folder, "bench.db")
    run([*ON_LEDGER, "init"], folder)
    run([*ON_LEDGER, "book", "apply", book, "--yes", "-o", os.devnull], folder)


def _floor(folder: Path, spend: Path) -> Run:
    _remove(folder, "floor.db")
    return run(["sqlite3", "floor.db"], folder, stdin=floor_script(spend))


def _remove(folder: Path, name: str) -> None:
    for end in ("", "-wal", "-shm"):
        (folder / f"{name}{end}").unlink(missing_ok=True)


def _page(figures: list[Figure], shares: dict[str, float]) -> str:
    version = platform.python_version()
    missed = [figure.what for figure in figures if figure.verdict == "**missed**"]
    verdict = "Every limit is met." if not missed else "Missed: " + "; ".join(missed) + "."
    rows = "\n".join(figure.row() for figure in figures)
    parts = "\n".join(f"| {phase} | {share:.0%} |" for phase, share in shares.items())
    return (
        "# Results\n\n"
        "Written by `make bench`: whole processes, one run on one machine "
        f"({os.cpu_count()} cores, Python {version}). Imports and the floor run in turn; a ratio "
        "is the median of the pairs, seconds are medians, memory is the largest peak.\n\n"
        "| figure | measured | limit | |\n|---|---:|---:|---|\n"
        f"{rows}\n\n{verdict}\n\n"
        f"Where the {max(PAIRS):,} lines' time goes, by Python's profiler (which makes Python's "
        f"own part look larger than it is):\n\n| phase | share |\n|---|---:|\n{parts}\n\n"
        "The floor checks no row, keeps no text beside the call-off and invoice, posts nothing and "
        "links no hash: what the import does beyond it is the first, fourth and sixth phase.\n"
    )


main()
