"""What a command is called with: the ledger it works on and who acts."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import typer

from levytool.acting import acting_from
from levytool.cli import output
from levytool.money import parse_pounds
from levytool.periods import Month, Period, parse_day, parse_period
from levytool.problems import DifferencesFound, LevytoolError, UsageError

if TYPE_CHECKING:
    from levytool.desk.office import Office
    from levytool.ledger.journal.as_known import AsKnown

DEFAULT_LEDGER = "levytool.db"


@dataclass(frozen=True, slots=True)
class CalledWith:
    """What stands before the noun: the ledger's place."""

    place: str


def place_of(ctx: typer.Context) -> str:
    """Where the ledger lies that the command was called with."""
    called_with = ctx.find_object(CalledWith)
    return called_with.place if called_with else DEFAULT_LEDGER


@contextmanager
def office(ctx: typer.Context, *, dry_run: bool = False) -> Iterator["Office"]:
    """Open the ledger the command was called with, and close it afterwards.

    The last word of a dry run is that nothing was stored; a refusal stores nothing anyway.
    """
    from levytool.desk.office import Office
    from levytool.ledger.database.opening import open_ledger

    if dry_run:
        ctx.call_on_close(_say_dry_run)
    ledger = open_ledger(place_of(ctx))
    try:
        yield Office(ledger, acting_from(), dry_run)
    finally:
        ledger.close()


def _say_dry_run() -> None:
    if sys.exception() is None or isinstance(sys.exception(), DifferencesFound):
        output.say("dry run: nothing was stored")


@contextmanager
def office_if_any(ctx: typer.Context) -> Iterator["Office | None"]:
    """The ledger that the command was called with, for what needs none: None where there is none,
    or none that can be opened."""
    from levytool.desk.office import Office
    from levytool.ledger.database.opening import open_ledger

    try:
        ledger = open_ledger(place_of(ctx))
    except LevytoolError:
        yield None
        return
    try:
        yield Office(ledger, acting_from())
    finally:
        ledger.close()


def office_now(desk: "Office") -> "Office":
    """The same office at this moment: where a person sits for long, each act has its own time."""
    return replace(desk, acting=acting_from())


def day_of(text: str, option: str) -> date:
    """A day given as an option. Raises UsageError."""
    try:
        return parse_day(text)
    except ValueError as error:
        raise UsageError(f"{option} {error}") from error


def optional_day(text: str | None, option: str) -> date | None:
    """A day where one was given."""
    return None if text is None else day_of(text, option)


def known_day(text: str | None) -> date | None:
    """The day of --known-on, where one was given. Raises UsageError for one that is to come."""
    day, today = optional_day(text, "--known-on"), acting_from().today
    if day is not None and day > today:
        raise UsageError(
            f"--known-on {day} is to come, and nothing is known as on a day after today, {today}; "
            "leave it out for the books as they stand"
        )
    return day


def asked_of(as_at: str | None, known_on: str | None) -> "AsKnown":
    """The state of the books that --as-at and --known-on ask for. Raises UsageError."""
    from levytool.ledger.journal.as_known import AsKnown

    return AsKnown(optional_day(as_at, "--as-at"), known_day(known_on))


def period_of(desk: "Office", text: str) -> Period:
    """A period given as an option; a financial year is the consortium's. Raises UsageError."""
    if not text.startswith("FY"):
        return _period(text)
    from levytool.desk.book_in_force import book_in_force

    with desk.reading() as connection:
        return _period(text, book_in_force(connection).consortium.financial_year_starts)


def begun_period_of(desk: "Office", text: str, known_on: date | None = None) -> Period:
    """A period that is told of: some of it has come, by the known day too. Raises UsageError."""
    from levytool.desk.given import begun

    return begun(period_of(desk, text), desk.acting.today, known_on)


def optional_period(desk: "Office", text: str | None) -> Period | None:
    """A period where one was given."""
    return None if text is None else period_of(desk, text)


def _period(text: str, financial_year_starts: int = 4) -> Period:
    try:
        return parse_period(text, financial_year_starts)
    except ValueError as error:
        raise UsageError(str(error)) from error


def month_of(text: str) -> Month:
    """A single month given as an option. Raises UsageError."""
    period = _period(text)
    if period.first != period.last:
        raise UsageError(f"{text!r} is more than one month; name one, such as {period.last}")
    return period.first


def reporting_period_of(text: str) -> Month | Period:
    """A return's period given as an option: a month, or a calendar quarter. Raises UsageError."""
    period = _period(text)
    if period.first == period.last:
        return period.first
    if not period.is_quarter():
        raise UsageError(
            f"{text!r} is no period of one return; name a month, such as {period.last}, or where "
            f"returns are quarterly a quarter, such as {period.last.quarter()}"
        )
    return period


def pence_of(text: str | None, option: str) -> int:
    """An amount in pounds given as an option, in pence. Raises UsageError, where the option was
    not given (None) too."""
    if text is None:
        raise UsageError(f"{option} is missing; how much is to be paid: {option}=1250.00")
    try:
        return parse_pounds(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
