"""The one module that prints: tables, documents, messages and errors.

Names and bank lines come from files of others: in what people read nothing of them is obeyed by a
terminal. JSON and CSV hold every value as it is.
"""

import csv
import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from textwrap import wrap
from typing import IO, Any

from levytool.cli.cells import Row as Row
from levytool.cli.cells import cell, heading, plain_cell
from levytool.cli.options import OutputFormat
from levytool.problems import LevytoolError, UsageError
from levytool.text import counted, csv_cell, is_number, printable, printable_lines

LONGEST_LINE = 10_000
"""Columns of a file or pipe, where no line is broken."""

ROWS_ON_SCREEN = 500
ROWS_FOR_WIDTHS = 2_000
NOT_FOR_SCREENS = frozenset({"html", "pdf", "xlsx"})


def is_terminal(stream: IO[str]) -> bool:
    """Whether a person watches the stream."""
    return stream.isatty()


def wants_colour(stream: IO[str]) -> bool:
    """Colour only on a terminal, and never against `NO_COLOR`."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


@contextmanager
def _destination(output: Path | None) -> Iterator[IO[str]]:
    """Where output goes. A file takes the place of the one before only when it is complete.

    What is printed has left when it is done, so that what is said afterwards stands below it where
    both go the same way (`2>&1 | less`).
    """
    if output is None:
        yield sys.stdout
        finish()
        return
    with _place(output) as place, place.open("w", encoding="utf-8", newline="") as stream:
        yield stream


@contextmanager
def _place(output: Path) -> Iterator[Path]:
    """Where a file is written until it is complete, and then put in its place."""
    if not output.parent.is_dir():
        raise UsageError(f"there is no folder {output.parent} to write {output.name} into")
    if output.is_dir():
        raise UsageError(f"{output} is a folder; name a file for --output")
    if output.exists() and not output.is_file():  # a device or a pipe
        yield output
        return
    unfinished = output.with_name(f".{output.name}.unfinished")
    try:
        yield unfinished
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)


def show_rows(
    rows: Iterable[Row],
    output_format: OutputFormat | None = None,
    output: Path | None = None,
    *,
    columns: Sequence[str] | None = None,
    essential: Collection[str] = (),
    title: str = "",
    empty: str = "nothing to show",
) -> None:
    """Print rows of a report as a table, plain text, markdown, CSV or a JSON array.

    `columns` names the columns for every form but JSON, which always has all keys. Long output
    is streamed; a table at the terminal is capped and says so. A terminal too narrow for all of
    them keeps the `essential` ones, so that figures still stand below each other.
    """
    with _destination(output) as stream:
        chosen = output_format or _format_for(stream)
        if chosen is OutputFormat.JSON:
            _write_json_array(rows, stream)
            return
        if chosen is OutputFormat.CSV:
            _write_csv(rows, columns, stream)
            return
        ahead = iter(rows)
        first = list(islice(ahead, ROWS_FOR_WIDTHS))
        if not first:
            if empty:
                say(empty)
        elif chosen is OutputFormat.TABLE:
            keys = columns or tuple(first[0])
            _write_table(first, ahead, keys, essential, title, stream)
        else:
            style = "simple" if chosen is OutputFormat.PLAIN else "github"
            _write_plain(first, ahead, columns or tuple(first[0]), style, stream)


def show_object(value: Row | Sequence[Row], output: Path | None) -> None:
    """Print one JSON document; the caller renders the other forms of an object itself."""
    with _destination(output) as stream:
        stream.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def show_document(value: Mapping[str, Any], output: Path | None = None) -> None:
    """Print one JSON document that may hold many rows: each row of a list on a line of its own.

    Python's encoder is ten times as fast without indents.
    """
    told = json.JSONEncoder(ensure_ascii=False).encode
    with _destination(output) as stream:
        separator = "{"
        for key, part in value.items():
            stream.write(f"{separator}\n {told(key)}: ")
            if isinstance(part, list) and part:
                stream.write("[\n  " + ",\n  ".join(map(told, part)) + "\n ]")
            else:
                stream.write(told(part))
            separator = ","
        stream.write("\n}\n")


def show_text(text: str, output: Path | None = None) -> None:
    """Print text as it stands, with a newline at its end: a document that was written in a form of
    its own."""
    with _destination(output) as stream:
        stream.write(text if text.endswith("\n") else text + "\n")


def show_line(text: str) -> None:
    """Print a line of what a review tells."""
    show_text(_folded(printable(text), sys.stdout))


def require_file(form: str, output: Path | None) -> None:
    """Raises UsageError for a form that no person reads at a terminal where no file is named."""
    if output is None and form in NOT_FOR_SCREENS and is_terminal(sys.stdout):
        raise UsageError(f"{form} is nothing to read at a terminal; name a file: -o FILE.{form}")


def show_bytes(data: bytes, output: Path | None) -> None:
    """Write a file that is no text. Raises UsageError where it would fill a person's screen."""
    if output is not None:
        with _place(output) as place:
            place.write_bytes(data)
        return
    if is_terminal(sys.stdout):
        raise UsageError("this is no text for a terminal; name a file: -o FILE")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def show_tree(parts: Iterable[Any], output: Path | None) -> None:
    """Print what rich renders, one part after the other; only a terminal breaks its lines."""
    from rich.console import Console

    with _destination(output) as stream:
        on_screen = is_terminal(stream)
        console = Console(file=stream, no_color=not wants_colour(stream), highlight=False)
        if on_screen:
            console.print(*parts, sep="\n")
            return
        console.width = LONGEST_LINE
        with console.capture() as printed:
            console.print(*parts, sep="\n")
        stream.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())


def nobody_reads() -> None:
    """The reader of standard output has gone: what would still be written goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def finish() -> None:
    """Let go of all that is written, while a reader that has gone can still be met quietly."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        nobody_reads()


def is_json(output_format: OutputFormat | None) -> bool:
    """Whether standard output holds one JSON document and nothing else."""
    return output_format is OutputFormat.JSON


def say(message: str) -> None:
    """A word to the person, on standard error, so that it never mixes with a document."""
    told = _folded(printable_lines(message), sys.stderr)
    sys.stderr.write(_styled(told, "2", sys.stderr) + "\n")


def show_step(what: str) -> None:
    """A heading of a walk through several commands."""
    told = _folded(printable(what), sys.stdout)
    sys.stdout.write("\n" + _styled(told, "1", sys.stdout) + "\n")
    sys.stdout.flush()


def show_command(command: str, note: str) -> None:
    """A command as it is typed at the terminal, with a note behind it."""
    line = _styled(f"$ {printable(command)}", "36", sys.stdout)
    sys.stdout.write(f"{line}  {_styled(f'# {printable(note)}', '2', sys.stdout)}\n")
    sys.stdout.flush()


def warn(message: str) -> None:
    """A warning on standard error."""
    _tell("warning: ", "33", printable_lines(message))


def show_error(error: LevytoolError) -> None:
    """One line a problem on standard error; an error without problems is one line."""
    lines = [str(problem) for problem in error.problems] or [str(error)]
    for line in lines:
        _tell("error: ", "1;31", " ".join(printable(line).split()))
    if error.problems and str(error):
        say(str(error))


def _tell(what: str, style: str, message: str) -> None:
    # No line breaks right after it: a message may begin with more than a line holds.
    told = _folded(what.replace(" ", _HOLDS) + message, sys.stderr).replace(_HOLDS, " ")
    sys.stderr.write(_styled(what, style, sys.stderr) + told.removeprefix(what) + "\n")


def can_ask() -> bool:
    """Whether somebody is there to answer."""
    return is_terminal(sys.stdin)


def can_draw() -> bool:
    """Whether somebody is there to answer, and sees a screen: it is drawn on standard error."""
    return can_ask() and is_terminal(sys.stderr)


def confirm(question: str, *, yes: bool) -> bool:
    """Ask before an act that cannot be taken back. Never asks when no one is there.

    Raises UsageError where standard input is no terminal and `--yes` was not given.
    """
    if yes:
        return True
    if not can_ask():
        raise UsageError(f"{question} Say --yes to go ahead without being asked")
    _put(f"{question} [y/N] ")
    agreed = sys.stdin.readline().strip().lower() in ("y", "yes")
    if not agreed:
        say("nothing was changed")
    return agreed


def ask(question: str) -> str | None:
    """A person's answer at the terminal; None once they have no more to say."""
    _put(question)
    answer = sys.stdin.readline()
    return answer.strip() if answer else None


def _put(question: str) -> None:
    """Put a question, and leave a blank before its answer."""
    sys.stderr.write(_folded(printable_lines(question).rstrip(), sys.stderr) + " ")
    sys.stderr.flush()


def _folded(text: str, stream: IO[str]) -> str:
    """Text that at a terminal breaks between words, with room for a blank at its end, and never
    within a command, so that it can be copied; a line's indent is that of what it runs over into
    too."""
    if not is_terminal(stream):
        return text
    from rich.console import Console

    width = Console(file=stream).width - 1
    folded: list[str] = []
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        held = _COMMAND.sub(lambda command: command[0].replace(" ", _HOLDS), line)
        folded += wrap(
            held,
            width,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(folded).replace(_HOLDS, " ")


_COMMAND = re.compile(r"""levytool (?:"[^"]*"|'[^']*'|[^;,…])+""")
_HOLDS = "\0"
"""Stands for a blank that no line breaks at; nothing that is printed has one of its own."""


@contextmanager
def progress(label: str) -> Iterator[Any]:
    """A progress bar on standard error, on a terminal only; yields `report(done, total)`."""
    if not is_terminal(sys.stderr):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    # Standard output stays its own, since it may be a file: rich would print it beside the bar.
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(label, total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield report


def _format_for(stream: IO[str]) -> OutputFormat:
    return OutputFormat.TABLE if is_terminal(stream) else OutputFormat.PLAIN


def _styled(text: str, code: str, stream: IO[str]) -> str:
    return f"\033[{code}m{text}\033[0m" if wants_colour(stream) else text


def _write_json_array(rows: Iterable[Row], stream: IO[str]) -> None:
    separator = "["
    encoded = json.JSONEncoder(ensure_ascii=False).encode
    for row in rows:
        stream.write(f"{separator}\n {encoded(row)}")
        separator = ","
    stream.write("[]\n" if separator == "[" else "\n]\n")


def _write_csv(rows: Iterable[Row], columns: Sequence[str] | None, stream: IO[str]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    ahead = iter(rows)
    first = next(ahead, None)
    keys = columns or (tuple(first) if first is not None else ())
    if keys:
        writer.writerow(keys)
    if first is not None:
        writer.writerows(
            [csv_cell(cell(row[key])) for key in keys] for row in chain((first,), ahead)
        )


def _write_plain(
    first: Sequence[Row], rest: Iterator[Row], keys: Sequence[str], style: str, stream: IO[str]
) -> None:
    from tabulate import tabulate

    said = plain_cell if style == "simple" else _markdown_cell
    cells = [[said(row[key]) for key in keys] for row in first]
    align = [
        "right" if all(is_number(c) or not c for c in column) else "left"
        for column in zip(*cells, strict=True)
    ]
    text = tabulate(
        cells, [heading(key) for key in keys], style, disable_numparse=True, colalign=align
    )
    stream.write(text + "\n")
    # The rule below the headings has each column's width, whatever made it so wide.
    rule = text.splitlines()[1]
    widths = [len(part) for part in re.findall("[-:]+", rule)]
    margin = 0 if style == "simple" else 2
    padded = [
        f"{{:{'>' if side == 'right' else '<'}{width - margin}}}"
        for width, side in zip(widths, align, strict=True)
    ]
    line = "  ".join(padded) if style == "simple" else f"| {' | '.join(padded)} |"
    for row in rest:
        stream.write(line.format(*[said(row[key]) for key in keys]).rstrip() + "\n")


def _markdown_cell(value: Any) -> str:
    return plain_cell(value).replace("|", "\\|")


def _write_table(
    first: Sequence[Row],
    rest: Iterator[Row],
    keys: Sequence[str],
    essential: Collection[str],
    title: str,
    stream: IO[str],
) -> None:
    from rich.console import Console

    from levytool.cli.screen_table import print_table

    shown = first[:ROWS_ON_SCREEN]
    console = Console(file=stream, no_color=not wants_colour(stream), highlight=False)
    if not is_terminal(stream):
        console.width = LONGEST_LINE
    if left_out := print_table(shown, keys, essential, printable(title), console):
        say(f"too narrow for {', '.join(left_out)}: widen the terminal, or use -O csv or json")
    hidden = len(first) - len(shown) + sum(1 for _ in rest)
    if hidden:
        say(f"{counted(hidden, 'more row')}: use -O plain, csv or json to see them all")
