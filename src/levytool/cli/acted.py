"""What became of an act that may need a second person, or may have been done before."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from levytool.cli import output
from levytool.cli.options import OutputFormat

_SAID = {
    "proposed": "proposed: it is done once another user gives the same command",
    "done-before": "this was done before; nothing was done now",
}


def show_act(
    row: dict[str, Any],
    output_format: OutputFormat | None,
    to: Path | None,
    *,
    columns: Sequence[str] | None = None,
    title: str = "",
) -> None:
    """Print what was acted on, and say where nothing moved."""
    output.show_rows([row], output_format, to, columns=columns, title=title)
    if row["status"] in _SAID:
        output.say(_SAID[row["status"]])
