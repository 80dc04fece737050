"""What became of an act that may need a second person, may have been done before, or is refused."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from levytool.cli import output
from levytool.cli.options import OutputFormat
from levytool.problems import InputRejected, RuleRefused

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


@contextmanager
def refusal_told(
    output_format: OutputFormat | None, to: Path | None, **about: str
) -> Iterator[None]:
    """With JSON, what stands in the way is the document: `status`, `message` and `problems` behind
    what it is `about`. People and the exit code are told by the refusal itself, which goes on."""
    try:
        yield
    except (InputRejected, RuleRefused) as refusal:
        if output.is_json(output_format):
            status = "rejected" if isinstance(refusal, InputRejected) else "refused"
            problems = [problem.as_json() for problem in refusal.problems]
            told = {"status": status, "message": str(refusal), "problems": problems}
            output.show_rows([about | told], output_format, to)
        raise
