"""What statements tell of participants: every form, by the day, and never of a single one."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from levytool.desk.brokerage.list_schemes import list_schemes
from levytool.desk.brokerage.record_participant import leave
from levytool.desk.month_end.snapshot import snapshot
from levytool.desk.month_end.statements import KINDS, consortium
from levytool.ledger.journal.as_known import AsKnown
from levytool.periods import Period, parse_day, parse_period
from levytool.statements.differences import differences, figures_told
from levytool.statements.forms import Form
from levytool.statements.kept import kept_text, statement_kept
from levytool.statements.said import said
from levytool.statements.sections import Grid, Named, Statement, Table
from tests.desk.consortium import Books
from tests.desk.recruiting import recruit
from tests.statements.read_back import csv_rows, said_by, sheets, squeezed
from tests.statements.test_member_statement import STORY_BOOK, story

APRIL = parse_period("2014-04")
FORMS: tuple[Form, ...] = ("text", "html", "pdf", "csv", "json")
OUTCOMES = {
    "scheme": "WORK",
    "title": "Into work",
    "referred": 12,
    "started": 5,
    "in_post": 3,
    "completed": 1,
    "left_early": 1,
    "progressed": 1,
}
SUSTAINED = {
    "scheme": "WORK",
    "title": "Into work",
    "sustained_13": 3,
    "sustained_26": 0,
    "sustained_52": 0,
    "qualifications": 2,
}
ROLES = {"scheme": "WORK", "title": "Into work", "next_role": "employment", "participants": 1}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """The books of the story, with participants."""
    books = story(Books(tmp_path_factory.mktemp("books"), STORY_BOOK))
    recruit(books)
    yield books
    books.ledger.close()


def _of(books: Books, kind: str, period: Period = APRIL, today: str = "2014-05-01") -> Statement:
    office = books.office(today=today)
    if kind == "consortium":
        return consortium(office, period, None)
    return KINDS[kind].statement(office, {"scheme": "WORK", "member": "SALIX"}[kind], period, None)


@pytest.mark.parametrize("kind", ["scheme", "member", "consortium"])
def test_every_statement_with_schemes_tells_their_outcomes(told: Books, kind: str) -> None:
    found = said(_of(told, kind))
    assert found["outcomes"] == [OUTCOMES]
    assert found["sustainment"] == [SUSTAINED]
    assert found["next_roles"] == [ROLES]
    (row,) = found["places" if kind == "scheme" else "schemes"]
    assert (row["places"], row["filled"], list(row)[-1]) == (4, 4, "filled")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["scheme", "member", "consortium"])
def test_every_form_tells_the_same(told: Books, kind: str, form: Form) -> None:
    statement = _of(told, kind)
    if form == "json":
        assert json.loads(said_by(statement, form)) == said(statement)
    elif form == "csv":
        rows = {row["section"]: row for row in csv_rows(statement)}
        for key, wanted in (("outcomes", OUTCOMES), ("sustainment", SUSTAINED)):
            assert {name: rows[key][name] for name in wanted} == {
                name: str(value) for name, value in wanted.items()
            }
    else:
        page = squeezed(said_by(statement, form))
        assert squeezed("1 of 12 referred progressed to a next role (8%).") in page
        for words in ("Left early", "52 weeks", "Qualifications", "employment"):
            assert squeezed(words) in page
    if form == "text":
        assert max(map(len, said_by(statement, form).splitlines())) <= 80


def test_a_workbook_has_outcomes_in_whole_numbers(told: Books, tmp_path) -> None:
    found = sheets(_of(told, "scheme"), tmp_path)
    assert found["Outcomes"][4] == list(OUTCOMES.values())
    assert found["Sustainment"][4] == list(SUSTAINED.values())
    assert found["Target groups"][4:6] == [["neet", 7], ["Others, or not said", 5]]


def test_target_groups_stand_in_the_schemes_own_statement_and_no_small_one_in_any(
    told: Books,
) -> None:
    assert said(_of(told, "scheme"))["target_groups"] == [
        {"group": "neet", "referred": 7},
        {"group": "Others, or not said", "referred": 5},
    ]
    for kind in ("scheme", "member", "consortium"):
        every = kept_text(_of(told, kind))
        assert "ex-offender" not in every and "P-0" not in every
        assert ("target_groups" in every) == (kind == "scheme")


def test_outcomes_are_told_as_at_the_periods_end(told: Books) -> None:
    january = said(_of(told, "member", parse_period("2014-01")))
    assert january["schemes"] == [] == january["outcomes"]  # it was proposed in April
    february = AsKnown(parse_day("2014-02-28"))
    assert [row["filled"] for row in list_schemes(told.office(), AsKnown())] == [4]
    with told.reading() as connection:
        then = snapshot(connection, parse_period("2014-02"), None, parse_day("2014-05-01"))
    assert (then.outcomes["WORK"].started, then.outcomes["WORK"].filled) == (4, 3)
    assert then.asked == february


@pytest.mark.parametrize("form", ["text", "html", "pdf"])
def test_a_scheme_without_participants_says_so(tmp_path, form: Form) -> None:
    books = story(Books(tmp_path, STORY_BOOK))
    for kind in ("scheme", "member", "consortium"):
        statement = _of(books, kind)
        page = " ".join(said_by(statement, form).split())
        assert page.count("No participants are recorded.") == 1
        assert said(statement)["outcomes"] == []
    books.ledger.close()


def _without_outcomes(statement: Statement) -> Statement:
    """The statement as it was issued before outcomes were told."""
    sections = []
    for section in statement.sections:
        parts = []
        for part in section.parts:
            if isinstance(part, Table):
                if part.key in ("outcomes", "sustainment", "next_roles", "target_groups"):
                    continue
                if part.columns[-1].key == "filled":
                    part = replace(
                        part,
                        columns=part.columns[:-1],
                        rows=tuple(row[:-1] for row in part.rows),
                    )
            parts.append(part)
        if section.key != "outcomes":
            sections.append(replace(section, parts=tuple(parts)))
    return replace(statement, sections=tuple(sections))


@pytest.mark.parametrize("kind", ["scheme", "member", "consortium"])
def test_what_was_issued_before_outcomes_were_told_still_agrees_with_the_books(
    told: Books, kind: str
) -> None:
    now = _of(told, kind)
    before = statement_kept(kept_text(_without_outcomes(now)))
    assert "filled" not in kept_text(before)
    assert figures_told(before) != figures_told(now)
    assert differences(before, now) == ()


def test_a_later_record_of_a_month_that_was_issued_with_outcomes_is_a_difference(
    tmp_path,
) -> None:
    books = story(Books(tmp_path, STORY_BOOK))
    recruit(books)
    issued = _of(books, "scheme")
    leave(books.office(today="2014-05-06"), "P-03", parse_day("2014-04-29"), "lost-contact")
    found = {one.figure: (one.issued, one.now) for one in differences(issued, _of(books, "scheme"))}
    assert found["outcomes WORK: left_early"] == ("1", "2")
    assert found[_filled(found)] == ("4", "3")
    books.ledger.close()


def _filled(found: dict[str, object]) -> str:
    (name,) = (name for name in found if name.endswith(": filled"))
    return name


def test_a_single_figure_that_is_told_since_is_no_difference_and_one_that_changed_is(
    told: Books,
) -> None:
    now = _of(told, "scheme")
    plan, *others = now.sections
    (grid,) = [part for part in plan.parts if isinstance(part, Grid)]

    def issued(*rows: Named) -> Statement:
        parts = tuple(replace(grid, rows=rows) if part is grid else part for part in plan.parts)
        return replace(now, sections=(replace(plan, parts=parts), *others))

    first, *rest = grid.rows
    assert first.values != (0,)
    assert differences(issued(*rest), now) == ()
    (found,) = differences(issued(replace(first, values=(1,)), *rest), now)
    assert found.figure == f"{grid.key}.{first.key}"
