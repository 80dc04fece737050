"""Writes what in the documents follows from the tool itself.

    python docs/generate.py

`docs/commands.md` comes from the commands. In README.md and the other pages of docs/, each
```console block is a transcript: its `$` lines are run one after the other, in a scratch
folder of the page's own that holds sample_data/, and what they print replaces what stood there.
Today is 9 May 2025 there, until a comment in the page says `<!-- today: 2025-06-30 -->`.
"""

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import typer
from typer.core import TyperCommand, TyperGroup

from levytool.cli.main import app, run_with

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
REFERENCE = DOCS / "commands.md"
EXAMPLE = "Example: "
SHELLS_OWN = {"--help", "--install-completion", "--show-completion"}
TRANSCRIPT = re.compile(
    r"^```console\n(?P<block>.*?)^```$|<!-- today: (?P<today>[\d-]{10}) -->",
    re.MULTILINE | re.DOTALL,
)
SHELL_SIGNS = set("|;$>&*<`")
FIRST_TODAY = "2025-05-09"

Called = TyperGroup | TyperCommand


def commands(group: TyperGroup, path: str = "levytool") -> Iterator[tuple[str, Called]]:
    """Every group and command below `group`, each with the words that call it."""
    for name, command in group.commands.items():
        assert isinstance(command, Called)
        called = f"{path} {name}"
        yield called, command
        if isinstance(command, TyperGroup):
            yield from commands(command, called)


def example_of(command: Called) -> str:
    """The example in a command's epilog, '' where it has none."""
    epilog = " ".join((command.epilog or "").split())
    return epilog.removeprefix(EXAMPLE) if epilog.startswith(EXAMPLE) else ""


def _options(command: Called) -> Iterator[str]:
    """A line for each argument and option: how it is written and what it means."""
    for parameter in command.params:
        record = parameter.get_help_record(typer.Context(command))
        if record is None or SHELLS_OWN & set(parameter.opts):
            continue
        written, meaning = (" ".join(part.split()) for part in record)
        meaning = f": {meaning}" if meaning else ""
        yield f"- `{written}`{meaning}"


def _section(called: str, command: Called) -> str:
    """The part of the reference about one group or command."""
    help_text = "\n".join(line.strip() for line in (command.help or "").strip().splitlines())
    if isinstance(command, TyperGroup):
        return f"## {called}\n\n{help_text}\n"
    context = typer.Context(command, info_name=called)
    usage = " ".join([called, *command.collect_usage_pieces(context)])
    level = "##" if called.count(" ") == 1 else "###"
    parts = [f"{level} {called}\n\n{help_text}\n\n```\n{usage}\n```\n"]
    if options := list(_options(command)):
        parts.append("\n".join(options) + "\n")
    parts.append(f"For example:\n\n```\n{example_of(command)}\n```\n")
    return "\n".join(parts)


def command_reference() -> str:
    """The whole of docs/commands.md."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    head = (
        "# Commands\n\n<!-- Made by docs/generate.py from the commands themselves:"
        " change their help, then run make docs. -->\n"
    )
    before = "Before the noun stand:\n\n" + "\n".join(_options(root)) + "\n"
    sections = [_section(called, command) for called, command in commands(root)]
    return "\n".join([head, before, *sections])


def _environment(today: str) -> dict[str, str]:
    """What a transcript's commands find in their environment, on any machine."""
    known = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return known | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "LEVYTOOL_TODAY": today,
        "LEVYTOOL_USER": "ada",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "TERM": "dumb",
    }


def _by_bash(command: str) -> tuple[str, int]:
    done = subprocess.run(
        ["bash", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout, done.returncode


def _in_process(command: str) -> tuple[str, int]:
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        code = run_with(shlex.split(command)[1:])
    return printed.getvalue(), code


def _run(command: str, scratch: Path, today: str) -> str:
    """What a command prints, errors too, and its exit code where that is not 0.

    A plain levytool command is run in this process, which saves the start of another.
    """
    plain = command.startswith("levytool ") and not SHELL_SIGNS & set(command)
    before, environment = Path.cwd(), dict(os.environ)
    os.chdir(scratch)
    transcript_environment = _environment(today)
    os.environ.clear()
    os.environ.update(transcript_environment)
    try:
        printed, code = _in_process(command) if plain else _by_bash(command)
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)
    if printed and not printed.endswith("\n"):
        printed += "\n"
    return printed + (f"(exit {code})\n" if code else "")


def with_transcripts(page: str) -> str:
    """The page with each of its console blocks run again."""
    with tempfile.TemporaryDirectory(prefix="levytool-docs-") as folder:
        scratch = Path(folder)
        (scratch / "sample_data").symlink_to(ROOT / "sample_data")

        today = FIRST_TODAY

        def run_block(found: re.Match[str]) -> str:
            nonlocal today
            if found["today"]:
                today = found["today"]
                return found[0]
            called = [line[2:] for line in found["block"].splitlines() if line.startswith("$ ")]
            shown = "".join(f"$ {command}\n{_run(command, scratch, today)}" for command in called)
            return f"```console\n{shown}```"

        return TRANSCRIPT.sub(run_block, page)


def pages() -> Iterator[tuple[Path, str]]:
    """Every page that follows from the tool, each as it should read now."""
    yield REFERENCE, command_reference()
    for page in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))):
        if page != REFERENCE:
            yield page, with_transcripts(page.read_text(encoding="utf-8"))


def main() -> None:
    """Write the pages that changed, each at once: one that is edited meanwhile is not undone."""
    for page, text in pages():
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
