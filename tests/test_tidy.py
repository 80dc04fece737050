"""House style that no linter knows: sizes, names, floats, prints, and what may be committed."""

import ast
import re
import statistics

import pytest

from tests.source_tree import (
    PACKAGE,
    ROOT,
    called_name,
    committed_files,
    modules_of,
    parsed,
    python_files,
)

LONGEST_FUNCTION = 70
LONGEST_MODULE = 499
MONEY_TOUCHING = (
    "bank",
    "book",
    "desk",
    "exports",
    "intake",
    "ledger",
    "reconcile",
    "rules",
    "accounts.py",
    "journal.py",
    "money.py",
)
VAGUE_NAME = re.compile(r"manager|helper|util|handler", re.IGNORECASE)
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "Makefile",
    "README.md",
    "benchmarks",
    "constraints.txt",
    "docs",
    "migrations",
    "pyproject.toml",
    "sample_data",
    "src",
    "tests",
}

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files()
        if "versions" not in path.parts  # a revision lists a whole schema once and never changes
        for node in ast.walk(parsed(path))
        if isinstance(node, FUNCTION)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_module_is_longer_than_can_be_read() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files()
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}
    ours = [n for name, n in lengths.items() if name.startswith("src/") and n]
    assert statistics.median(ours) <= 160


def test_names_say_what_a_thing_is() -> None:
    named = [(path, ast.walk(tree)) for path, tree in modules_of()]
    vague = [
        f"{path}: {node.name}"
        for path, nodes in named
        for node in nodes
        if isinstance(node, (*FUNCTION, ast.ClassDef)) and VAGUE_NAME.search(node.name)
    ]
    vague += [path for path, _ in modules_of() if VAGUE_NAME.search(path)]
    assert vague == []


SHARES = {"cutoff", "likeness"}


def _likeness_cutoffs(tree: ast.Module) -> set[ast.expr]:
    """How alike two names must be is a share, not an amount: as it is given, and by default."""
    nodes = list(ast.walk(tree))
    given = {node.value for node in nodes if isinstance(node, ast.keyword) and node.arg in SHARES}
    by_default = {
        default
        for node in nodes
        if isinstance(node, ast.arguments) and node.defaults
        for argument, default in zip(
            (*node.posonlyargs, *node.args)[-len(node.defaults) :], node.defaults, strict=True
        )
        if argument.arg in SHARES
    }
    return given | by_default


@pytest.mark.parametrize("part", MONEY_TOUCHING)
def test_no_float_touches_an_amount(part: str) -> None:
    floats = [
        f"{path}:{node.lineno}"
        for path, tree in modules_of(part)
        for node in set(ast.walk(tree)) - _likeness_cutoffs(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and called_name(node) in {"float", "round"})
    ]
    assert floats == []


def test_pence_are_never_divided_into_a_float() -> None:
    divided = [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path, tree in modules_of(*MONEY_TOUCHING)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and re.search(r"pence|ppm", ast.unparse(node))
        and "Fraction" not in ast.unparse(node)
    ]
    assert divided == []


def test_only_the_output_module_prints() -> None:
    printing = {
        path
        for path, tree in modules_of()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called_name(node).removeprefix("typer.").removeprefix("click.")
        in {"print", "echo", "secho", "sys.stdout.write", "sys.stderr.write", "Console"}
    }
    # Where the command begins nothing is loaded yet, the output module neither.
    assert printing == {"cli/output.py", "cli/start.py"}


def test_every_public_thing_says_what_it_means() -> None:
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in modules_of()
        for node in tree.body
        if isinstance(node, (*FUNCTION, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    silent += [path for path, tree in modules_of() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_nothing_is_swallowed_in_silence() -> None:
    swallowed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or all(isinstance(step, ast.Pass) for step in node.body))
    ]
    assert swallowed == []


def test_only_the_known_names_stand_at_the_top() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in committed_files()} <= TOP_LEVEL


# Names of XML vocabularies look like addresses; nothing is ever fetched from them.
VOCABULARY = re.compile(r"https?://(www\.w3\.org|purl\.org|ns\.adobe\.com)/")
ADDRESS = re.compile(
    r"""https?://(?!localhost\b|127\.|example\.|[\w.-]+\.example\b|www\.example\.|\{)[\w-]+\.\w+
    |(?<![\d.\w-])(?:\d{1,3}\.){3}\d{1,3}(?![\d.\w-])
    |(?<![\w.}])/(?:work|root|home|Users|opt)/\w+
    """,
    re.VERBOSE,
)


def test_no_host_and_no_path_of_a_machine_is_committed() -> None:
    found = []
    for path in committed_files():
        if path.suffix in {".xlsx", ".txt"} and "returns" in path.parts:
            continue
        text = VOCABULARY.sub("", path.read_text(encoding="utf-8", errors="replace"))
        found += [
            f"{path.relative_to(ROOT)}: {match[0]}"
            for match in ADDRESS.finditer(text)
            if not match[0].startswith(("127.", "0.0.0.0"))
        ]
    assert found == []


def test_the_package_is_where_the_tests_look() -> None:
    import levytool

    assert PACKAGE.samefile(levytool.__path__[0])


def test_a_message_names_a_command_as_it_is_typed() -> None:
    nouns = "return|spend|levy|bank|book|pot|scheme|reconcile|opportunity|period|ledger|statement"
    bare = re.compile(rf"(?:see|with|by|give|try): (?:{nouns}) [a-z]")
    found = [
        f"{path}: {text}"
        for path, tree in modules_of()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for text in bare.findall(node.value)
    ]
    assert found == []
