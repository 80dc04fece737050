"""Every command that changes the books can be tried first, and asks no script anything.

Which commands those are is read from the code: a command writes where its function, or anything
that function names in turn, opens the transaction that stores (`.writing()`).
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from levytool.cli.main import app
from tests.source_tree import modules_of

ONLY_LOOKS = "levytool reconcile report"
"""It names `reconcile_bank`, which stores where it is told to apply; the report never tells it."""

THE_LEDGER_ITSELF = ("levytool.desk.office", "levytool.ledger.database")
"""Where transactions are made, for whoever asks: every command names these."""

Place = tuple[str, str]
"""A module and a name in it."""

Definition = ast.FunctionDef | ast.ClassDef


@cache
def definitions() -> dict[Place, Definition]:
    """Every function and class of a module's own, by module and name."""
    return {
        (module, node.name): node
        for path, tree in modules_of()
        for module in [module_named(path)]
        for node in tree.body
        if isinstance(node, Definition)
    }


@cache
def imported() -> dict[str, dict[str, Place]]:
    """What each module imports from others of the package anywhere in it, by the name it has."""
    return {
        module_named(path): {
            name.asname or name.name: (node.module, name.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("levytool.")
            for name in node.names
            if node.module
        }
        for path, tree in modules_of()
    }


def module_named(path: str) -> str:
    """A module as imports name it."""
    return ".".join(("levytool", *Path(path).with_suffix("").parts)).removesuffix(".__init__")


def named_in(place: Place) -> Iterator[Place]:
    """Each function and class that one of them names."""
    module, own = place[0], imported()[place[0]]
    nodes = list(ast.walk(definitions()[place]))
    values = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    values |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner, name = own.get(node.value.id), node.attr
            if owner is not None:
                yield ".".join(owner), name
        elif isinstance(node, ast.Name) and node.id not in values:
            yield own.get(node.id, (module, node.id))


@cache
def stores(place: Place) -> bool:
    """Whether what is defined there opens the storing transaction, by itself or by others."""
    seen, ahead = set(), [place]
    while ahead:
        here = ahead.pop()
        if here in seen or here not in definitions() or here[0].startswith(THE_LEDGER_ITSELF):
            continue
        seen.add(here)
        if opens_the_books(definitions()[here]):
            return True
        ahead.extend(named_in(here))
    return False


def opens_the_books(defined: Definition) -> bool:
    """Whether `.writing()` of an office is called in it."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "writing"
        for node in ast.walk(defined)
    )


def commands(group: TyperGroup, path: str = "levytool") -> Iterator[tuple[str, TyperCommand]]:
    """Every command below a noun, with the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{path} {name}")
        else:
            assert isinstance(command, TyperCommand)
            yield f"{path} {name}", command


def writing_commands() -> dict[str, set[str]]:
    """The options of each command that stores something."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    return {
        called: {option for parameter in command.params for option in parameter.opts}
        for called, command in commands(root)
        for callback in [command.callback]
        if callback is not None
        and stores((callback.__module__, callback.__qualname__.split(".")[0]))
    }


@pytest.fixture(scope="module")
def writing() -> dict[str, set[str]]:
    return writing_commands()


def test_they_are_found_and_those_that_only_read_are_not(writing: dict[str, set[str]]) -> None:
    assert {"levytool period close", "levytool reconcile review", "levytool book apply"} <= {
        *writing
    }
    assert not {"levytool check", "levytool levy documents", "levytool bank list"} & {*writing}


@pytest.mark.parametrize("option", ["--dry-run", "--yes"])
def test_each_can_be_tried_and_asks_nothing(option: str, writing: dict[str, set[str]]) -> None:
    lacking = {called for called, options in writing.items() if option not in options}
    assert lacking == {ONLY_LOOKS}
