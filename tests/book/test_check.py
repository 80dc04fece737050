"""`book check`: each error and each warning, on the line that it is about."""

import pytest

from levytool.book.read import read_book
from levytool.desk.book.check_book import check_book, check_text
from levytool.problems import Problem
from tests.book.marked import (
    CONSORTIUM,
    FRAMEWORK,
    LEVY,
    PARTIES,
    assert_found_as_marked,
    book,
    found,
    framework,
    only_error,
    whole,
)

LAYOUT = """
[[layouts]]
name = "monthly"
columns = { net = "Net £", member = "Client" }
keep = ["Labour", "Materials", "work type"]
"""


def only_warning(text: str) -> Problem:
    read, check = check_text(text)
    assert read is not None and check.errors == ()
    (warning,) = check.warnings
    return warning


def test_a_sound_book_has_nothing_to_say() -> None:
    assert_found_as_marked(whole(LAYOUT))


def test_what_is_left_out_is_noted_and_what_is_said_is_believed() -> None:
    text = whole()
    _, check = check_text(text)
    assert [(note.code, note.row) for note in check.notes] == [
        ("no-vat", 1),
        ("no-opportunities", text.splitlines().index("[[frameworks]]") + 1),
    ]
    said = whole("[frameworks.opportunities]\nper_million = 0").replace(
        CONSORTIUM, f'{CONSORTIUM}vat = "outside the scope"\n'
    )
    read, check = check_text(said)
    assert read is not None
    assert check.notes == check_book(read).notes == ()


def test_a_book_is_checked_alike_before_and_after_reading() -> None:
    text = whole("[[frameworks.levy]]\nfrom = 2012-04-01\npayer = 'member'\nrate = '150%'")
    read, _ = read_book(text)
    assert read is not None
    assert check_book(read) == check_text(text)[1]
    last = len(text.splitlines())
    expected = {(last - 2, "overlap"), (last, "rate-over-100")}
    assert found(check_book(read).errors).keys() == expected


@pytest.mark.parametrize(
    "text",
    [
        whole(
            """
            [[frameworks.levy]]
            from = 2012-04-01 # ! overlap
            payer = "member"
            rate = "2%"
            """
        ),
        framework(
            """
            [[frameworks.levy]]
            from = 2014-04-01 # ? gap
            payer = "contractor"
            rate = "100.0001%" # ! rate-over-100
            """
        ),
        whole(
            """
            [[frameworks.levy]]
            from = 2013-04-01
            payer = "contractor"
            by = ["lot"]
            rates = [
                { when = ["1"], rate = "150%" }, # ! rate-over-100
                { when = ["*"], rate = "100%" },
            ]
            [[frameworks.levy]]
            from = 2014-04-01
            payer = "contractor"
            bands = [
                { up_to = "100.00", rate = "101%" }, # ! rate-over-100
                { rate = "1%" },
            ]
            """
        ),
        book(CONSORTIUM, 'vat = [{ from = 2011-01-04, rate = "200%" }] # ! rate-over-100'),
        book(CONSORTIUM, FRAMEWORK, 'retained = "101%" # ! rate-over-100', LEVY),
        book(
            CONSORTIUM,
            PARTIES,
            """
            [[contractors]]
            code = "SALIX" # ! duplicate-code
            name = "Salix Works"
            """,
        ),
        book(
            CONSORTIUM,
            PARTIES,
            """
            [[members]]
            code = "OTHER"
            name = "SALIX HOMES." # ? ambiguous-name
            """,
        ),
        book(
            CONSORTIUM,
            PARTIES,
            """
            [[members]]
            code = "OTHER"
            name = "Salix Homes Limited" # ? names-alike

            [[contractors]]
            code = "SALIX2"
            name = "Salix Homes Ltd"
            """,
        ),
        book(
            CONSORTIUM,
            PARTIES,
            """
            [[frameworks]]
            code = "REGEN"
            title = "R"
            starts = 2012-04-01
            ends = 2012-03-31 # ! ends-before-starts
            lots = { "1" = "Roofing" }
            contractors = [
                { code = "BROKS" }, # ! unknown-code
                { code = "BROOKS", lots = ["1", "2"] }, # ! unknown-lot
                { code = "SALIX" }, # ! unknown-code
                { code = "BROOKS", from = 2014-01-02, until = 2014-01-01 }, # ! ends-before-starts
            ]
            [[frameworks.levy]]
            from = 2011-04-01
            payer = "contractor"
            rate = "1%"
            """,
        ),
        framework(
            """
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            by = ["lot", "work type"]
            rates = [
                { when = ["1"], rate = "1%" }, # ! wrong-arity
                { when = ["1", "2", "3"], rate = "1%" }, # ! wrong-arity
                { when = ["3", "*"], rate = "1%" }, # ! unknown-lot
                { when = ["1", "planned"], rate = "1%" },
                { when = ["1", " Planned"], rate = "2%" }, # ? unreachable-rate
                { when = ["*", "planned"], rate = "2%" }, # ? unreachable-rate
                { when = ["*", "*"], rate = "2%" },
            ]
            """,
            LAYOUT,
        ),
        framework(
            """
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            bands = [
                { up_to = "100.00", rate = "3%" },
                { up_to = "100.00", rate = "2%" }, # ! bands-not-ascending
                { rate = "1%" }, # ! bands-not-ascending
                { up_to = "200.00", rate = "1%" }, # ! bands-not-ascending
            ]
            """
        ),
        framework(
            """
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            rate = "1%"
            minimum = "10.00" # ! minimum-over-maximum
            maximum = "5.00"
            base = ["Labour", "Materiels"] # ! unknown-column
            """,
            LAYOUT,
        ),
        framework(
            """
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            by = ["work kind"] # ! unknown-column
            rates = [
                { when = ["a"], rate = "1%", base = ["gross", "lot"] }, # ! unknown-column
                { when = ["*"], rate = "1%", base = ["NET", "labour"] },
            ]
            """,
            LAYOUT,
        ),
        framework(
            """
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            rate = "1%"
            base = "Labour" # ? unknown-column
            """
        ),
        whole(
            """
            [[layouts]]
            name = "x"
            [layouts.columns] # ! missing-column
            date = "Date"
            invoice = "date" # ! duplicate-column
            member = "Client" # ! duplicate-target
            [layouts.constants]
            member = "SALICKS" # ! unknown-code
            contractor = "Brooks Roofing Limited"
            framework = "REGN" # ! unknown-code
            lot = "9"

            [[layouts]]
            name = "y"
            constants = { framework = "REGEN", lot = "9" } # ! unknown-lot
            keep = ["Labour", "labour"] # ! duplicate-column
            """
        ),
    ],
)
def test_each_error_stands_on_its_line(text: str) -> None:
    assert_found_as_marked(text)


@pytest.mark.parametrize(
    "text",
    [
        framework(
            """
            [[frameworks.levy]]
            from = 2012-05-01 # ? gap
            payer = "contractor"
            rate = "1%"
            """
        ),
        framework(
            """
            [[frameworks.levy]]
            from = 2011-01-01 # ? unreachable-rate
            payer = "contractor"
            rate = "1%"
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            rate = "1%"
            """
        ),
        book(
            CONSORTIUM,
            FRAMEWORK,
            "ends = 2016-03-31",
            LEVY,
            """
            [[frameworks.levy]]
            from = 2016-04-01 # ? unreachable-rate
            payer = "contractor"
            rate = "1%"
            """,
        ),
        framework(
            """
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            by = ["lot", "description"]
            rates = [{ when = ["1", "*"], rate = "1%" }] # ? missing-rate
            """
        ),
        framework(
            """
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            by = ["lot"]
            rates = [{ when = ["1"], rate = "1%" }, { when = ["2"], rate = "2%" }]
            [[frameworks.levy]]
            from = 2013-04-01
            payer = "contractor"
            by = ["Sector"]
            rates = [{ when = ["Housing"], rate = "1%" }, { when = ["council"], rate = "2%" }]
            """
        ),
        book(
            CONSORTIUM,
            FRAMEWORK,
            "default_charge = true",
            """
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "member" # ? default-charge
            rate = "1%"
            """,
        ),
        whole("[frameworks.opportunities] # ? missing-unit-cost"),
        whole("[frameworks.opportunities]\nper_million = 0"),
        whole(
            """
            [frameworks.opportunities]
            unit_cost = [{ from = 2012-04-02, cost = "2500.00" }] # ? gap
            """
        ),
    ],
)
def test_each_warning_stands_on_its_line_and_lets_the_book_be_applied(text: str) -> None:
    assert assert_found_as_marked(text) == ()


def test_a_missing_rate_names_the_lots_and_sectors_without_one() -> None:
    block = """
        [[frameworks.levy]]
        from = 2012-04-01
        payer = "contractor"
        by = ["{0}"]
        rates = [{{ when = ["{1}"], rate = "1%" }}]
    """
    lot = only_warning(framework(block.format("lot", "1")))
    assert (lot.code, lot.message) == ("missing-rate", "no row is for lot '2'")
    sector = only_warning(framework(block.format("sector", "housing")))
    assert sector.message == "no row is for sector 'council'"


def test_a_clash_of_names_tells_both_lines() -> None:
    text = book(
        CONSORTIUM,
        PARTIES,
        """
        [[members]]
        code = "OTHER"
        name = "Other Homes"
        aliases = ["Salix", "SALFORD city  council"]

        [[members]]
        code = "THIRD"
        name = "Third Homes"
        aliases = ["other homes"]
        """,
    )
    lines = ["", *text.splitlines()]
    _, check = check_text(text)
    first, second, third = check.warnings
    assert {one.code for one in check.warnings} == {"ambiguous-name"}
    aliases = lines.index('aliases = ["Salix", "SALFORD city  council"]')
    assert (first.row, first.column, first.value) == (aliases, "aliases", "Salix")
    others = (
        (first, "SALIX", 'code = "SALIX"'),
        (second, "SALFORD", 'name = "Salford City Council"'),
        (third, "OTHER", 'name = "Other Homes"'),
    )
    for warning, code, line in others:
        assert f"means {code} in line {lines.index(line)} too" in warning.message


@pytest.mark.parametrize(("starts", "warned"), [("2025-02-23", False), ("2025-02-24", True)])
def test_the_procurement_act_is_named_from_its_first_day(starts: str, warned: bool) -> None:
    text = book(
        CONSORTIUM,
        f"""
        [[frameworks]]
        code = "NEW"
        title = "New"
        starts = {starts}
        [[frameworks.levy]]
        from = {starts}
        payer = "contractor"
        minimum = "10.00" # ? procurement-act
        bands = [{{ rate = "1%" }}] # ? procurement-act
        """,
    )
    assert_found_as_marked(text if warned else text.replace("# ? procurement-act", ""))


EXAMPLE = """
[[frameworks.examples]] {mark}
net = "102123.23"
date = {on}
levy = "{levy}" {levy_mark}
{cells}
"""


def example(levy: str, on: str = "2013-05-01", cells: str = "", **marks: str) -> str:
    words = {"mark": "", "levy_mark": ""} | marks
    return EXAMPLE.format(levy=levy, on=on, cells=cells, **words)


BY_COLUMNS = """
[[frameworks.levy]]
from = 2012-04-01
payer = "contractor"
by = ["sector", "work type"]
rates = [
    { when = ["housing", "planned"], rate = "2%", base = ["Labour", "Materials"] },
    { when = ["housing", "*"], rate = "3%" },
]
""".replace("rates = [", "rates = [ # ? missing-rate", 1)
BANDS = """
[[frameworks.levy]]
from = 2012-04-01
payer = "contractor"
bands = [{ up_to = "100000.00", rate = "2%" }, { rate = "1%" }]
"""


@pytest.mark.parametrize(
    "text",
    [
        whole(example("1021.2323")),
        whole(example("1021.2322", levy_mark="# ! failed-example")),
        whole(example("1021.2323", "2012-03-31", mark="# ! failed-example")),
        whole(example("1021.2323", cells='lott = "1" # ! unknown-key')),
        whole(example("1021.2323", cells='Lot = "1"')),
        framework(LEVY.replace("1%", "1.5%"), example("1531.8485")),
        framework(LEVY.replace("1%", "1.5%"), 'rounding = "truncate"', example("1531.8484")),
        framework(BANDS, example("2021.2323")),
        framework(BANDS, "mode = 'whole'", example("1021.2323")),
        framework(
            BY_COLUMNS,
            example(
                "0.3000",
                cells='"work type" = "Planned"\nmember = "SALIX"\nLabour = "10"\nmaterials = "5"',
            ),
            example("3063.6969", cells='sector = "Housing"'),
            example("1.0", cells='sector = "council"', mark="# ! failed-example"),
            example(
                "0.3000",
                cells='"work type" = "planned"\nsector = "housing"\nLabour = "ten"',
                mark="# ! failed-example",
            ),
            LAYOUT,
        ),
    ],
)
def test_examples_are_run_through_the_levy_rules(text: str) -> None:
    assert_found_as_marked(text)


def test_a_failed_example_says_what_the_rules_give() -> None:
    error = only_error(whole(example("1021.2300")))
    assert error.message == "the rules give a levy of 1021.2323, not 1021.2300"
    assert error.value == "1021.2300"


def test_the_rest_of_the_book_is_checked_whatever_else_is_wrong_with_it() -> None:
    text = book(
        CONSORTIUM,
        "tolerance = 1.5 # ! bad-amount",
        PARTIES,
        """
        [[frameworks]]
        code = "A"
        title = "A"
        starts = 2012-04-01
        contractors = [{ code = "NOBODY" }] # ! unknown-code
        [[frameworks.levy]]
        from = 2012-04-01
        payer = "contractor"
        rate = 1 # ! bad-rate
        [[frameworks]]
        code = "B"
        title = "B"
        starts = 2012-04-01
        [[frameworks.levy]]
        from = 2012-04-01
        payer = "contractor"
        rate = "150%" # ! rate-over-100
        """,
        '[[layouts]]\nname = "x"',
        'constants = { framework = "A", contractor = "C" } # ! unknown-code',
    )
    rows = [error.row for error in assert_found_as_marked(text)]
    assert rows == sorted(rows, key=lambda row: row or 0)
