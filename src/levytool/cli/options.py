"""The options that many commands share, spelt once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from levytool.cli.form_of_file import file_to_write, form_of
from levytool.problems import UsageError


class OutputFormat(StrEnum):
    """How a table leaves the tool."""

    TABLE = "table"
    PLAIN = "plain"
    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"


class DocumentFormat(StrEnum):
    """The forms a document comes in."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"
    PDF = "pdf"


def is_for_people(output_format: OutputFormat | None) -> bool:
    """Whether a person reads it: JSON and CSV are for scripts, which may hand it back."""
    return output_format not in (OutputFormat.JSON, OutputFormat.CSV)


def files_to_read(named: Path | list[Path] | None) -> Path | list[Path] | None:
    """The callback of a file that is read more than once: what it is, then what it says.

    Raises UsageError for a pipe or a device, whose content is gone when it was read.
    """
    for path in [named] if isinstance(named, Path) else named or ():
        if path.exists() and not path.is_file():
            raise UsageError(
                f"{path} is no file: put what comes through it into one, and name that"
            )
    return named


Format = Annotated[
    OutputFormat | None,
    typer.Option(
        "--output-format",
        "-O",
        help="table at a terminal, plain in a pipe; else what a FILE's ending says",
        callback=form_of(*OutputFormat),
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="write to this file", metavar="FILE", callback=file_to_write
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="show what would happen and store nothing")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]
PeriodText = Annotated[
    str | None,
    typer.Option("--period", metavar="PERIOD", help="2014-03, 2014-01..2014-03, 2014-Q1 or FY2014"),
]
RequiredPeriodText = Annotated[
    str,
    typer.Option("--period", metavar="PERIOD", help="2014-03, 2014-01..2014-03, 2014-Q1 or FY2014"),
]
AsAt = Annotated[
    str | None, typer.Option("--as-at", metavar="DAY", help="by effective date, up to this day")
]
KnownOn = Annotated[
    str | None,
    typer.Option(
        "--known-on", metavar="DAY", help="as the books stood at the end of this day (UTC)"
    ),
]
Reference = Annotated[
    str, typer.Option("--reference", help="the key that makes a repeat do nothing")
]
Amount = Annotated[
    str, typer.Option("--amount", metavar="POUNDS", help="pounds and pence: --amount=1250.00")
]
Vat = Annotated[
    str, typer.Option("--vat", metavar="POUNDS", help="recoverable VAT beside the amount")
]
