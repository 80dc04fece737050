"""`book plan`: what a new version changes, what stays, and on which days levy would differ."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.book.levy_changes import LevyChange, altered_levy, retrospective_warnings
from levytool.book.plan import NamedCodes, PlanRow, keep_named, plan
from levytool.book.read import read_book
from levytool.book.records import Book, LevyBlock
from levytool.rules.levy import LevyFinder, block_in_force
from tests.book.books import books
from tests.book.marked import CONSORTIUM, FRAMEWORK, LEVY, PARTIES, book, framework, whole


def read(text: str) -> Book:
    found, problems = read_book(text)
    assert found is not None, problems
    return found


def block(since: str, rate: str) -> str:
    return f"""
        [[frameworks.levy]]
        from = {since}
        payer = "contractor"
        rate = "{rate}"
    """


def row(change: str, kind: str, code: str, what: str = "") -> PlanRow:
    return PlanRow(change, kind, code, what)  # type: ignore[arg-type]


def test_a_first_book_is_all_added() -> None:
    found = plan(None, read(whole()))
    assert found.rows == (
        row("added", "consortium", "", "North West Homes Consortium"),
        row("added", "member", "SALIX", "Salix Homes"),
        row("added", "member", "SALFORD", "Salford City Council"),
        row("added", "contractor", "BROOKS", "Brooks Roofing Ltd"),
        row("added", "framework", "REGEN", "Regeneration works"),
    )
    assert found.levy_changes == ()


def test_the_same_book_changes_nothing_however_it_is_written() -> None:
    again = "# only a comment\n" + whole()
    assert plan(read(whole()), read(again)).rows == ()


def test_each_changed_key_is_shown_before_and_after() -> None:
    old = whole("[frameworks.opportunities]", "[[layouts]]\nname = 'x'\nkeep = ['A']")
    new = book(
        CONSORTIUM,
        "terms_days = 14",
        PARTIES.replace("Salix Homes", "Salix Living"),
        FRAMEWORK.replace("Kitchens", "Bathrooms"),
        'contractors = [{ code = "BROOKS" }]',
        LEVY.replace("1%", "2%"),
        block("2016-04-01", "3%"),
        "[frameworks.opportunities]\nper_million = 3",
        '[[frameworks.examples]]\nnet = "1"\ndate = 2012-04-01\nlevy = "0.02"',
        "[[layouts]]\nname = 'x'\nkeep = ['B']",
    )
    assert plan(read(old), read(new)).rows == (
        row("changed", "consortium", "", "terms_days default → 14"),
        row("changed", "member", "SALIX", 'name "Salix Homes" → "Salix Living"'),
        row(
            "changed",
            "framework",
            "REGEN",
            'lots { "1" = "Roofing", "2" = "Kitchens" } → { "1" = "Roofing", "2" = "Bathrooms" }',
        ),
        row("changed", "framework", "REGEN", "contractors any → the appointed ones"),
        row("changed", "framework", "REGEN", 'levy from 2012-04-01: rate "1%" → "2%"'),
        row("changed", "framework", "REGEN", "opportunities: per_million 2 → 3"),
        row(
            "changed",
            "framework",
            "REGEN",
            'appointment of BROOKS added: code = "BROOKS"',
        ),
        row(
            "changed",
            "framework",
            "REGEN",
            'levy from 2016-04-01 added: from = 2016-04-01, payer = "contractor", rate = "3%"',
        ),
        row(
            "changed",
            "framework",
            "REGEN",
            'example of 2012-04-01 added: net = "1.00", date = 2012-04-01, levy = "0.0200"',
        ),
        row("changed", "layout", "x", 'keep ["A"] → ["B"]'),
    )


def test_what_the_ledger_names_is_kept_and_the_rest_removed() -> None:
    old, new = read(whole()), read(book(CONSORTIUM))
    named = NamedCodes(members=frozenset({"SALIX"}), frameworks=frozenset({"REGEN"}))
    assert plan(old, new, named).rows == (
        row("kept", "member", "SALIX", "not in the file; the ledger names it"),
        row("removed", "member", "SALFORD", "not in the file"),
        row("removed", "contractor", "BROOKS", "not in the file"),
        row("kept", "framework", "REGEN", "not in the file; the ledger names it"),
    )


def test_kept_parties_are_written_into_the_books_text() -> None:
    old = read(book(CONSORTIUM, PARTIES, FRAMEWORK, 'contractors = [{ code = "BROOKS" }]', LEVY))
    new = read(book("# of this year", CONSORTIUM))
    named = NamedCodes(frozenset({"SALIX", "GONE"}), frozenset(), frozenset({"REGEN"}))
    kept = keep_named(old, new, named)
    assert list(kept.members) == ["SALIX"]
    assert list(kept.contractors) == ["BROOKS"], "the framework that stays appoints it"
    assert kept.frameworks == old.frameworks
    assert kept.text.startswith("# of this year")
    assert read(kept.text) == kept


def test_a_book_that_lacks_nothing_is_left_as_it_is() -> None:
    new = read(whole())
    named = NamedCodes(frozenset({"SALIX"}), frozenset({"BROOKS"}), frozenset({"REGEN"}))
    assert keep_named(read(whole()), new, named) is new


@given(books, books)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
def test_whatever_is_named_is_in_force_afterwards(old: Book, new: Book) -> None:
    named = NamedCodes(
        frozenset(old.members), frozenset(old.contractors), frozenset(old.frameworks)
    )
    kept = keep_named(old, new, named)
    assert kept.members.keys() == old.members.keys() | new.members.keys()
    assert kept.contractors.keys() >= old.contractors.keys() | new.contractors.keys()
    assert kept.frameworks.keys() == old.frameworks.keys() | new.frameworks.keys()
    if kept.text:
        assert replace(read(kept.text), text="", sha256="") == replace(kept, text="", sha256="")


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ([("2012-04-01", "1%")], [("2012-04-01", "1.0%")], []),
        ([("2012-04-01", "1%")], [("2012-04-01", "2%")], [("2012-04-01", None)]),
        (
            [("2012-04-01", "1%")],
            [("2012-04-01", "1%"), ("2014-04-01", "2%")],
            [("2014-04-01", None)],
        ),
        (
            [("2012-04-01", "1%"), ("2014-04-01", "2%")],
            [("2012-04-01", "1%"), ("2015-04-01", "2%")],
            [("2014-04-01", "2015-03-31")],
        ),
        (
            [("2012-04-01", "1%"), ("2014-04-01", "2%"), ("2016-04-01", "3%")],
            [("2012-04-01", "2%"), ("2016-04-01", "3%")],
            [("2012-04-01", "2014-03-31")],
        ),
        (
            [("2012-04-01", "1%"), ("2014-04-01", "2%")],
            [("2012-04-01", "3%"), ("2014-04-01", "4%")],
            [("2012-04-01", None)],
        ),
        ([("2014-04-01", "1%")], [("2012-04-01", "1%")], []),
        ([("2012-04-01", "1%")], [("2014-04-01", "1%")], [("2012-04-01", "2014-03-31")]),
    ],
)
def test_levy_differs_on_just_the_days_that_changed(
    old: list[tuple[str, str]],
    new: list[tuple[str, str]],
    changes: list[tuple[str, str | None]],
) -> None:
    before = read(framework(*(block(*entry) for entry in old)))
    after = read(framework(*(block(*entry) for entry in new)))
    assert altered_levy(before, after) == tuple(
        LevyChange("REGEN", date.fromisoformat(first), date.fromisoformat(last) if last else None)
        for first, last in changes
    )


RATES = """
[[frameworks.levy]]
from = 2012-04-01
payer = "contractor"
by = ["{by}"]
rates = [{{ when = ["housing"], rate = "1%" }}, {{ when = ["*"], rate = "2%" }}]
"""


def test_order_and_spelling_of_a_rates_table_change_no_levy() -> None:
    other = RATES.format(by=" Sector").replace("housing", "HOUSING")
    first, second = (part.strip() for part in ('{ when = ["HOUSING"]', '{ when = ["*"]'))
    swapped = other.replace(first, "@").replace(second, first).replace("@", second)
    swapped = swapped.replace('"1%"', "@").replace('"2%"', '"1%"').replace("@", '"2%"')
    assert altered_levy(read(framework(RATES.format(by="sector"))), read(framework(swapped))) == ()


def test_a_member_in_another_sector_is_charged_differently_where_sectors_count() -> None:
    by_sector, by_lot = (framework(RATES.format(by=by)) for by in ("sector", "lot"))
    moved = 'sector = "council"'
    for text, expected in (
        (by_sector, (LevyChange("REGEN", date(2012, 4, 1), None, "SALIX"),)),
        (by_lot, ()),
    ):
        assert altered_levy(read(text), read(text.replace('sector = "housing"', moved))) == expected


def test_a_framework_that_leaves_the_book_charges_nothing_any_more() -> None:
    old, new = read(whole()), read(book(CONSORTIUM, PARTIES))
    assert altered_levy(old, new) == (LevyChange("REGEN", date(2012, 4, 1), None),)
    assert plan(old, new, NamedCodes(frameworks=frozenset({"REGEN"}))).levy_changes == ()


def test_the_financial_year_counts_where_spend_is_added_up_by_year() -> None:
    for per, changes in (("framework-year", 1), ("call-off", 0)):
        text = framework(
            f"""
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            per = "{per}"
            bands = [{{ rate = "1%" }}]
            """
        )
        other = text.replace('Consortium"', 'Consortium"\nfinancial_year_starts = 1')
        assert len(altered_levy(read(text), read(other))) == changes


blocks = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 3)),
    min_size=1,
    max_size=4,
    unique_by=lambda b: b[0],
).map(
    lambda found: tuple(
        LevyBlock(date(2020, 1, 1) + timedelta(days), "contractor", rate_ppm=rate)
        for days, rate in sorted(found)
    )
)


@given(blocks, blocks)
def test_day_by_day_levy_differs_where_the_changes_say_so(
    old: tuple[LevyBlock, ...], new: tuple[LevyBlock, ...]
) -> None:
    base = read(whole())
    before, after = (
        replace(base, frameworks={"REGEN": replace(base.frameworks["REGEN"], levy=levy)})
        for levy in (old, new)
    )
    changes = altered_levy(before, after)
    finders = [LevyFinder(found.frameworks["REGEN"]) for found in (before, after)]
    for days in range(-1, 15):
        day = date(2020, 1, 1) + timedelta(days)
        rates = [charge.rate_ppm if (charge := finder.charge(day)) else None for finder in finders]
        said = any(
            change.first_day <= day and (change.last_day is None or day <= change.last_day)
            for change in changes
        )
        had_levy = block_in_force(old, day) is not None
        assert said == (had_levy and rates[0] != rates[1])


@pytest.mark.parametrize(
    ("starts", "today", "warned"),
    [
        ("2025-02-24", "2025-06-02", True),
        ("2025-02-24", "2025-06-01", False),
        ("2025-02-23", "2025-06-02", False),
    ],
)
def test_the_law_is_named_for_changes_of_days_gone_by(
    starts: str, today: str, warned: bool
) -> None:
    old = read(framework(block(starts, "1%")).replace("2012-04-01", starts))
    later = framework(block(starts, "1%"), block("2025-06-01", "2%"))
    new = read(later.replace("2012-04-01", starts))
    warnings = retrospective_warnings(altered_levy(old, new), new, date.fromisoformat(today))
    assert [warning.code for warning in warnings] == ["procurement-act"] * warned
    row = new.text.splitlines().index("from = 2025-06-01")
    assert [warning.row for warning in warnings] == [row] * warned


def test_a_block_that_was_in_the_book_before_is_no_change_of_past_days() -> None:
    text = framework(block("2025-02-24", "1%"), block("2025-06-01", "2%"))
    book_ = read(text.replace("2012-04-01", "2025-02-24"))
    assert retrospective_warnings(altered_levy(book_, book_), book_, date(2026, 1, 1)) == ()
