"""Every key, table and list item is found on its line, however the TOML is written."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book import toml
from levytool.book.lines import Places, find_lines

AWKWARD = '''# a comment with [brackets] and = signs
"a b".c = 1
plain = "x # [not.a.table]"

[one]
text = """
[two]
key = 1
an escaped \\""" quote, then two at the end"""""
after_text = 'C:\\folder\\'
literal = \'\'\'
it's # not a comment
[three]\'\'\'
after_literal = 1
list = [ # the first comes later
  { from = 2011-01-04, "rate" = "20%" },
  [1,
   2], # two lines

  { deep = { deeper = ["x",
      "y"] } },
]

[[many]]
code = "A"
  [[many.inner]]
  n.x.y = 1
  [[many.inner]]
  n = 2
  [many.table]
  "quoted key" = 3

[[many]]
[many.table]
n = 1
[[many.inner]]
[deep."dotted key".'and literal']
n = 1
'''


@pytest.mark.parametrize(
    ("path", "row"),
    [
        (("a b", "c"), 2),
        (("plain",), 3),
        (("one",), 5),
        (("one", "text"), 6),
        (("one", "after_text"), 10),
        (("one", "literal"), 11),
        (("one", "after_literal"), 14),
        (("one", "list"), 15),
        (("one", "list", 0), 16),
        (("one", "list", 0, "rate"), 16),
        (("one", "list", 1), 17),
        (("one", "list", 1, 1), 18),
        (("one", "list", 2, "deep", "deeper", 0), 20),
        (("one", "list", 2, "deep", "deeper", 1), 21),
        (("many", 0), 24),
        (("many", 0, "code"), 25),
        (("many", 0, "inner", 0), 26),
        (("many", 0, "inner", 0, "n", "x", "y"), 27),
        (("many", 0, "inner", 1), 28),
        (("many", 0, "inner", 1, "n"), 29),
        (("many", 0, "table", "quoted key"), 31),
        (("many", 1), 33),
        (("many", 1, "table", "n"), 35),
        (("many", 1, "inner", 0), 36),
        (("deep", "dotted key", "and literal"), 37),
        (("deep", "dotted key", "and literal", "n"), 38),
    ],
)
def test_awkward_toml_keeps_its_lines(path: tuple[str | int, ...], row: int) -> None:
    assert find_lines(AWKWARD)[path] == row


def _paths(value: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {path} if path else set()
    if isinstance(value, dict):
        return found.union(*(_paths(inner, (*path, key)) for key, inner in value.items()))
    if isinstance(value, list):
        return found.union(*(_paths(inner, (*path, n)) for n, inner in enumerate(value)))
    return found


def test_the_awkward_text_means_what_the_lines_say() -> None:
    assert _paths(tomllib.loads(AWKWARD)) <= set(find_lines(AWKWARD))


def test_windows_line_ends_count_once() -> None:
    assert find_lines("a = 1\r\n\r\n[b]\r\nc = [\r\n1]\r\n") == {
        ("a",): 1,
        ("b",): 3,
        ("b", "c"): 4,
        ("b", "c", 0): 5,
    }


def test_what_is_absent_takes_the_line_of_the_table_around_it() -> None:
    places = Places(find_lines("[a]\n[a.b]\nc = 1\n"), {("mark", 7): ("a", "b")})
    assert places.row("mark", 7, "c") == 3
    assert places.row("mark", 7, "absent", 4) == 2
    assert places.row("a", "absent") == 1
    assert places.row("nowhere") is None


values = st.recursive(
    st.one_of(
        st.integers(),
        st.booleans(),
        st.dates(),
        st.text(alphabet=st.characters(codec="utf-8"), max_size=12),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def _written(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return toml.quoted(value)
        case list():
            return toml.listed(_written(item) for item in value)
        case dict():
            return toml.inline({key: _written(item) for key, item in value.items()})
    return str(value)


@given(st.lists(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), values)))
def test_every_path_of_any_toml_has_a_line_that_holds_its_key(
    tables: list[dict[str, object]],
) -> None:
    """Written by the book's own writer, which is itself held to what tomllib reads."""
    text = "\n".join(
        toml.block("[[t]]", {key: _written(value) for key, value in table.items()})
        for table in tables
    )
    document = tomllib.loads(text)
    assert document.get("t", []) == tables
    lines = find_lines(text)
    assert set(lines) == _paths(document)
    rows = text.split("\n")
    for path, row in lines.items():
        if isinstance(path[-1], str) and path != ("t",):
            assert toml.bare_or_quoted(path[-1]) in rows[row - 1]
