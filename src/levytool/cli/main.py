"""The command line: the nouns, and what stands before them."""

import gc
import os
import re
import sys
from copy import copy
from typing import Annotated

import typer
from typer.models import TyperInfo

from levytool import __version__
from levytool.cli import (
    bank,
    book,
    check,
    dashboard,
    demo,
    explain,
    exports,
    issued,
    ledger,
    levy,
    opportunities,
    output,
    participants,
    periods,
    pots,
    reconciling,
    returns,
    schemes,
    spend,
)
from levytool.cli.context import DEFAULT_LEDGER, CalledWith, place_of
from levytool.cli.running import run_command

app = typer.Typer(
    name="levytool",
    help="Keep the books of procurement levy and brokerage.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: levytool demo",
)


app.add_typer(book.app, name="book")
app.add_typer(spend.app, name="spend")
app.add_typer(returns.app, name="return")
app.add_typer(levy.app, name="levy")
app.add_typer(opportunities.app, name="opportunity")
app.add_typer(pots.app, name="pot")
app.add_typer(schemes.app, name="scheme")
app.add_typer(participants.app, name="participant")
app.add_typer(bank.app, name="bank")
app.add_typer(reconciling.app, name="reconcile")
app.add_typer(periods.app, name="period")
app.add_typer(issued.app, name="statement")
app.add_typer(ledger.app, name="ledger")
app.add_typer(exports.app, name="export")
app.command(epilog="Example: levytool check")(check.check)
app.command(epilog="Example: levytool explain R-000001/17")(explain.explain)
app.command(epilog="Example: levytool dashboard -o glance.html (or: dashboard --serve)")(
    dashboard.dashboard
)
app.command(epilog="Example: levytool demo --into demo")(demo.demo)


TYPED_BEFORE_TAB = ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")
"""Where bash, and the other shells, put the command line that a TAB is to complete."""

COLLECT_AFTER = 1_000_000
"""New values after which Python's collector of cycles looks at them; its own is 700."""


def _version(wanted: bool) -> None:
    if wanted:
        output.show_text(f"levytool {__version__}")
        raise typer.Exit


@app.callback()
def called_with(
    ctx: typer.Context,
    place: Annotated[
        str,
        typer.Option(
            "--ledger", envvar="LEVYTOOL_LEDGER", metavar="PATH|URL", help="the ledger to work on"
        ),
    ] = DEFAULT_LEDGER,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="show the version")
    ] = False,
) -> None:
    """Keep the books of procurement levy and brokerage."""
    ctx.obj = CalledWith(place)


@app.command(epilog="Example: levytool --ledger books.db init")
def init(ctx: typer.Context) -> None:
    """Make a new, empty ledger (default: levytool.db in this folder)."""
    from levytool.ledger.database.opening import create_ledger

    opened, made = create_ledger(place_of(ctx))
    opened.close()
    output.say(f"{opened.place}: {'a new ledger' if made else 'a ledger is there already'}")
    output.say("next: levytool book apply book.toml")


def run() -> None:
    """The `levytool` command."""
    # A command's values live to its end: the collector need not look at them over and over.
    gc.set_threshold(COLLECT_AFTER)
    code = run_with(sys.argv[1:])
    output.finish()
    # All goes with the process: Python need not search it for cycles once more before it ends.
    gc.freeze()
    sys.exit(code)


def run_with(arguments: list[str]) -> int:
    """Run one command line and give its exit code."""
    return run_command(typer.main.get_command(_as_far_as_named(arguments)), arguments)


def _as_far_as_named(arguments: list[str]) -> typer.Typer:
    """The app with nothing but the noun or word that is asked for, where one is; else with every
    noun, and the verbs of none that is not named anywhere.

    Typer puts every command together from its signature, which takes longer than some commands do.
    """
    ahead = iter(arguments)
    first = next(ahead, "")
    if first == "--ledger":
        next(ahead, "")
        first = next(ahead, "")
    part = copy(app)
    part.registered_groups = [noun for noun in app.registered_groups if noun.name == first]
    part.registered_commands = [
        word for word in app.registered_commands if getattr(word.callback, "__name__", "") == first
    ]
    if first != "demo" and (part.registered_groups or part.registered_commands):
        return part
    typed = " ".join([*arguments, *(os.environ.get(name, "") for name in TYPED_BEFORE_TAB)])
    named = set(re.findall("[a-z]+", typed))
    if "demo" in named:  # which runs the others
        return app
    part = copy(app)
    part.registered_groups = [
        noun if noun.name in named else _without_verbs(noun) for noun in app.registered_groups
    ]
    return part


def _without_verbs(noun: TyperInfo) -> TyperInfo:
    """A noun as far as help and completion of the first word say it: its name and what it is."""
    alone = copy(noun)
    alone.typer_instance = copy(noun.typer_instance)
    assert alone.typer_instance is not None, "every noun has an app of its own"
    alone.typer_instance.registered_commands = []
    alone.typer_instance.registered_groups = []
    return alone
