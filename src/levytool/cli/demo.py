"""`levytool demo`: a whole month of an invented consortium, by the commands an officer types."""

import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.folders import require_folder
from levytool.cli.running import Command, run_command
from levytool.periods import Month
from levytool.problems import DifferencesFound, LevytoolError, UsageError

LEDGER = "larkmere.db"
FILES = "sample_data"
STATEMENTS = "statements"
FIRST_MONTH = Month(2025, 4)
MONTH = Month(2025, 9)
OFFICER, SECOND = "priya", "tom"
NEEDS_NO_LAYOUT = "framework-office"


@dataclass(frozen=True, slots=True)
class Step:
    """Commands of one part of the month: what they are for, who gives them, on what day."""

    why: str
    day: str
    commands: tuple[str, ...]
    user: str = OFFICER


SCHEME = "NEXT-STEPS"
_RETURNS = f"{FILES}/returns/{MONTH}"
_OTHERS = tuple(
    f"spend import {_RETURNS}/{name} --layout {name.split('.')[0]} --accept"
    for name in ("beldon.xlsx", "cragford.csv", "dunmoor.txt", "eavesham.csv", "fosbeck.csv")
)

STEPS = (
    Step(
        "A contractor's file comes in: read, checked, staged, then accepted.",
        "2025-10-07",
        (
            f"spend import {_RETURNS}/ashgill.csv --layout ashgill",
            f"return accept --period {MONTH}",
        ),
    ),
    Step(
        "The other files, each in its own layout, accepted as they come.",
        "2025-10-07",
        (*_OTHERS, f"spend import {_RETURNS}/framework-office.csv --accept"),
    ),
    Step(
        "What the members' own ledgers say of the same month: each difference, and its levy.",
        "2025-10-20",
        (
            f"spend import {FILES}/ledgers/{MONTH}.csv --as member-ledger",
            f"reconcile spend --period {MONTH}",
        ),
    ),
    Step(
        "What was invoiced, and what the bank says was paid.",
        "2025-11-03",
        (
            f"levy documents --period {MONTH}",
            f"bank import {FILES}/bank/{MONTH.plus(1)}.csv",
            "bank list --open",
        ),
    ),
    Step(
        "Two opportunities for every £1 million: what is due, and one that was delivered.",
        "2025-11-03",
        (
            "opportunity due",
            "opportunity record --framework PLANNED --member BRACKENWICK "
            "--contractor FOSBECK --type apprenticeship --starts 2025-09-08 --weeks 52",
        ),
    ),
    Step(
        "A second person verifies it.",
        "2025-11-03",
        ("opportunity verify O-000001",),
        user=SECOND,
    ),
    Step(
        "It is paid for; what is left of the levy goes to the members' pots.",
        "2025-11-03",
        (
            'opportunity pay O-000001 --amount=2400.00 --payee "Fosbeck Heating Ltd" '
            "--reference OPP-1",
            f"pot release --period {MONTH}",
        ),
    ),
    Step(
        "A scheme that puts residents into work is proposed …",
        "2025-11-04",
        (
            f'scheme propose {SCHEME} --member BRACKENWICK,FELLGATE --title "Next steps" '
            "--budget=6000.00 --places 2 --area E08990002",
        ),
    ),
    Step("… approved by a second person …", "2025-11-04", (f"scheme approve {SCHEME}",), SECOND),
    Step(
        "… and paid for from the pots.",
        "2025-11-04",
        (
            f"scheme commit {SCHEME} --member BRACKENWICK --amount=1500.00 --reference C-1",
            f"scheme commit {SCHEME} --member FELLGATE --amount=1500.00 --reference C-2",
            f'scheme draw {SCHEME} --amount=800.00 --payee "Fellgate College" --reference D-1',
            "pot list",
        ),
    ),
    Step(
        "Who takes part is recorded by references that name nobody; two places are filled.",
        "2025-11-04",
        (
            f"participant refer P-0001 --scheme {SCHEME} --on 2025-09-22",
            f"participant refer P-0002 --scheme {SCHEME} --on 2025-09-22",
            f"participant refer P-0003 --scheme {SCHEME} --on 2025-09-29",
            "participant start P-0001 --on 2025-10-06 --hours 30 --mentor coach",
            "participant start P-0002 --on 2025-10-13 --hours 30 --mentor supervisor",
            'participant qualify P-0001 --title "CSCS card" --on 2025-10-24',
            f"participant list --scheme {SCHEME}",
            f"scheme show {SCHEME}",
        ),
    ),
    Step(
        "The books are proved, and every member gets its statement.",
        "2025-11-04",
        (
            "check",
            f"statement member --all --period {MONTH}..{MONTH.plus(2)} --format html "
            f"--into {STATEMENTS}",
            f"statement member BRACKENWICK --period {MONTH}..{MONTH.plus(2)}",
        ),
    ),
)
"""September 2025, from the first file to the statements."""


def demo(
    ctx: typer.Context,
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="a new folder for ledger and statements")
    ] = Path("levytool-demo"),
) -> None:
    """Run a whole month of an invented consortium, and say where to look."""
    require_folder(into)
    if into.exists() and any(into.iterdir()):
        shutil.rmtree(into) if _is_ours(into) else _refuse(into)
    into.mkdir(parents=True, exist_ok=True)
    shutil.copytree(
        sample_data(), into / FILES, ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    levytool = ctx.find_root().command
    with _inside(into):
        output.show_step("The books are opened, and the months before are brought in.")
        for day, words in _months_before():
            _run_quietly(levytool, day, words)
        for step in STEPS:
            output.show_step(step.why)
            for words in step.commands:
                _run(levytool, step, words)
    _say_where(into)


def sample_data() -> Path:
    """The sample files: inside an installed package, else at the top of a source checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_sample_data"
    return installed if installed.is_dir() else package.parents[1] / "sample_data"


def _is_ours(folder: Path) -> bool:
    return (folder / LEDGER).is_file() and (folder / FILES).is_dir()


def _refuse(folder: Path) -> None:
    raise UsageError(f"{folder} is not empty; name another folder with --into DIR")


def _months_before() -> Iterator[tuple[str, str]]:
    """The days and commands that open the books and bring in the months before."""
    yield f"{FIRST_MONTH}-01", "init"
    yield f"{FIRST_MONTH}-01", f"book apply {FILES}/book.toml --yes"
    month = FIRST_MONTH
    while month < MONTH:
        day = f"{month.plus(1)}-09"
        for path in sorted((Path(FILES) / "returns" / str(month)).iterdir()):
            layout = "" if path.stem == NEEDS_NO_LAYOUT else f" --layout {path.stem}"
            yield day, f"spend import {path.as_posix()}{layout} --accept"
        yield f"{month.plus(2)}-02", f"bank import {FILES}/bank/{month.plus(1)}.csv"
        month = month.plus(1)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in the folder, with the environment as it was afterwards."""
    before, environment = Path.cwd(), dict(os.environ)
    os.chdir(folder)
    os.environ["LEVYTOOL_LEDGER"] = LEDGER
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)


def _run(levytool: Command, step: Step, words: str) -> None:
    _act_as(step.user, step.day)
    output.show_command(f"levytool {words}", f"{step.day}, {step.user}")
    code = run_command(levytool, shlex.split(words))
    if code not in (0, DifferencesFound.exit_code):
        raise LevytoolError(f"the demo stopped at: levytool {words} (exit code {code})")


def _run_quietly(levytool: Command, day: str, words: str) -> None:
    _act_as(OFFICER, day)
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as said:
        code = run_command(levytool, shlex.split(words))
    if code:
        raise LevytoolError(f"the demo stopped at: levytool {words}: {said.getvalue()}")


def _act_as(user: str, day: str) -> None:
    os.environ["LEVYTOOL_USER"], os.environ["LEVYTOOL_TODAY"] = user, day


def _say_where(into: Path) -> None:
    output.show_step("Where to look")
    output.show_text(
        f"  the ledger       {into / LEDGER}\n"
        f"  the statements   {into / STATEMENTS} (open one in a browser)\n"
        f"  the files        {into / FILES}\n"
    )
    output.show_step("Three commands to try next")
    prefix = f"levytool --ledger {into / LEDGER}"
    output.show_text(
        f"  {prefix} explain INV-000001\n"
        f"  {prefix} statement member FELLGATE --period FY2025\n"
        f"  {prefix} ledger balances\n"
    )
