"""Report MI's checks of framework definitions, in this grammar.

Where that system lets a wrong definition through (a GAP) or fails untidily (a DEFECT), this one
gives an error of its own.
"""

import json

import pytest

from levytool.desk.book.check_book import check_text
from tests.book.marked import assert_found_as_marked, framework, marked, whole
from tests.shared_data import SHARED, needs_shared

LEVY_BY = """
[[frameworks.levy]]
from = 2012-04-01
payer = "contractor"
by = ["lot", "description"]
rates = [
    {rate} # ! wrong-arity
    {{ when = ["*", "*"], rate = "1%" }},
]
"""

DEFINITIONS = {
    "definition-01": whole(
        """
        [[layouts]]
        name = "x"
        columns = { date = "Date", member = "Client" } # ! missing-column
        """
    ),
    "definition-03": whole(
        """
        [[layouts]]
        name = "x"
        date_format = "day first" # ! bad-date
        columns = { net = "Net", memmber = "Client" } # ! unknown-key
        """
    ),
    "definition-05": framework(
        """
        [[frameworks.levy]]
        from = 2012-04-01
        payer = "contractor"
        rate = "1%"
        base = "Labour" # ! unknown-column
        [[layouts]]
        name = "x"
        keep = ["Materials"]
        """
    ),
    "definition-09": framework(LEVY_BY.format(rate='{ when = ["1", "b", "c"], rate = "1%" },')),
    "definition-11": framework(LEVY_BY.format(rate='{ when = ["1"], rate = "1%" },')),
    "definition-15": framework("[frameworks.opportunities]").replace(
        "[[frameworks]]", "[[frameworks]] # ! missing-key"
    ),
    "definition-17": whole().replace('rate = "1%"', 'rate = "150%" # ! rate-over-100'),
    "definition-19": whole().replace('rate = "1%"', 'rate = "1.%" # ! bad-rate'),
    "definition-21": framework(
        """
        [[frameworks.levy]]
        from = 2012-04-01
        payer = "contractor"
        by = ["sector"]
        rates = [{ when = ["housing"], rate = "1%" }] # ? missing-rate
        """
    ),
    "definition-23": whole(
        """
        [[layouts]]
        name = "x"
        columns = { net = "Net", gross = "net" } # ! duplicate-column
        """
    ),
}
WITHOUT_COUNTERPART = {
    "definition-07": "every column but net may be absent; what no row of the "
    "rates table covers is rejected, and book check warns of a table without a row of wildcards",
    "definition-13": "the book has no lists of values",
}


@pytest.mark.parametrize("text", DEFINITIONS.values(), ids=DEFINITIONS)
def test_a_wrong_definition_is_found_on_its_line(text: str) -> None:
    assert marked(text, "!") or marked(text, "?")
    assert_found_as_marked(text)


def test_two_columns_for_one_target_are_not_toml() -> None:
    text = whole('[[layouts]]\nname = "x"\ncolumns = { net = "A", net = "B" }')
    book, check = check_text(text)
    assert book is None
    assert [error.code for error in check.errors] == ["bad-toml"]


@needs_shared
def test_every_definition_case_is_answered() -> None:
    cases = json.loads((SHARED / "vectors" / "report_mi.json").read_text(encoding="utf-8"))
    asked = {case["id"] for case in cases if case["kind"] == "definition"}
    assert asked == DEFINITIONS.keys() | WITHOUT_COUNTERPART.keys()
