"""The documents say what the tool does: reference and transcripts are made again and compared."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from levytool.cli.main import app
from tests.source_tree import ROOT


def _generator() -> ModuleType:
    place = ROOT / "docs" / "generate.py"
    spec = importlib.util.spec_from_file_location("docs_generate", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = _generator()
PAGES = sorted(page for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def _commands() -> dict[str, TyperGroup | TyperCommand]:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    return dict(GENERATOR.commands(root))


def test_the_command_reference_is_up_to_date() -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == GENERATOR.command_reference(), "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_transcripts_show_what_the_tool_prints(page: Path) -> None:
    written = page.read_text(encoding="utf-8")
    assert written == GENERATOR.with_transcripts(written), "run: make docs"


@pytest.mark.parametrize("called", sorted(_commands()))
def test_every_command_has_help_for_itself_and_its_options(called: str) -> None:
    command = _commands()[called]
    assert command.help, "its docstring is its help"
    silent = [
        parameter.name
        for parameter in command.params
        if isinstance(parameter, TyperOption) and not parameter.help
    ]
    assert silent == []


def test_every_command_has_an_example_that_calls_it() -> None:
    without = [
        called
        for called, command in _commands().items()
        if not isinstance(command, TyperGroup)
        if called.removeprefix("levytool") not in GENERATOR.example_of(command)
    ]
    assert without == [], 'give it an epilog: "Example: levytool …"'
