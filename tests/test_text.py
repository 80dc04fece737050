"""Text that leaves the tool: numbers with their nouns."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.text import counted
from tests.source_tree import modules_of

MANY = re.compile(r" ((?:new|open|further|more|other) )?(?!bytes)[a-z]+s\b")
"""A noun for many, behind a number; a file of one byte is no logo."""


@pytest.mark.parametrize(
    ("count", "noun", "many", "said"),
    [
        (1, "line", "", "1 line"),
        (0, "line", "", "0 lines"),
        (1234, "entry", "", "1,234 entries"),
        (28, "day", "", "28 days"),
        (1, "entry is", "entries are", "1 entry is"),
        (2, "entry is", "entries are", "2 entries are"),
        (-1, "place", "", "-1 places"),
    ],
)
def test_a_noun_agrees_with_its_number(count, noun, many, said):
    assert counted(count, noun, many) == said


@given(st.integers(), st.sampled_from(["line", "entry", "document", "reply"]))
def test_only_one_is_told_by_the_noun_itself(count, noun):
    number, _, word = counted(count, noun).partition(" ")
    assert int(number.replace(",", "")) == count
    assert (word == noun) == (count == 1)


def test_no_number_stands_before_a_noun_that_only_fits_many():
    """`{count:,} lines` would say `1 lines`: it is written with `counted`."""
    found = [
        f"{path}:{value.lineno}"
        for path, tree in modules_of()
        for joined in ast.walk(tree)
        if isinstance(joined, ast.JoinedStr)
        for value, after in zip(joined.values, joined.values[1:], strict=False)
        if isinstance(value, ast.FormattedValue)
        and isinstance(after, ast.Constant)
        and MANY.match(after.value)
        and _is_count(value)
    ]
    assert found == []


def _is_count(value: ast.FormattedValue) -> bool:
    """A length, or what is written with thousands commas; constants are never one."""
    said = ast.unparse(value.value)
    if said.isupper():
        return False
    spec = value.format_spec
    return said.startswith("len(") or (spec is not None and ast.unparse(spec) == "f','")
