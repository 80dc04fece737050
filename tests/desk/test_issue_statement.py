"""A statement is issued by two people, numbered, kept to the byte, and never replaced."""

import hashlib
import json
import sqlite3
from contextlib import contextmanager
from itertools import count
from random import Random
from typing import get_args
from unittest import mock

import pytest
from sqlalchemy import text

from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.four_eyes import Status
from levytool.desk.month_end.issue_statement import (
    issue_statement,
    issue_statements,
    issued_of,
    list_statements,
)
from levytool.desk.month_end.statements import KINDS
from levytool.desk.month_end.verify_statement import verify_statement, words_of
from levytool.ledger.journal.posting import broken_links
from levytool.ledger.reports.issued_statements import altered_statements, issued_statements
from levytool.periods import Month, Period
from levytool.problems import InputRejected, RuleRefused, UsageError
from levytool.statements.forms import Form, written
from tests.desk.consortium import acting, book_text

MARCH = Period(Month(2014, 3), Month(2014, 3))
APRIL = Period(Month(2014, 4), Month(2014, 4))
QUARTER = Period(Month(2014, 1), Month(2014, 3))
FORMS = get_args(Form)
LATER = "2014-05-02"


@pytest.fixture
def kept(books):
    """Books in which SALIX spent in March, and its surplus was released."""
    made = books()
    made.spend(("2014-03-31", "SALIX", "120000.00"), today="2014-03-31")
    release_surplus(made.office(today="2014-03-31"), MARCH.last)
    return made


def issue(books, period=MARCH, kind="member", code="SALIX", today="2014-04-10"):
    """Both users give the command; what came of it for the second."""
    issue_statement(books.office("ann", today), kind, code, period)
    return issue_statement(books.office("bob", today), kind, code, period)


def _numbers(books):
    return [row["statement"] for row in list_statements(books.office())]


def test_the_first_call_proposes_and_a_second_user_issues(kept):
    proposed = issue_statement(kept.office("ann"), "member", "salix homes", MARCH)
    assert (proposed.status, proposed.statement.status) == (Status.PROPOSED, "proposed")
    assert _numbers(kept) == []
    issued = issue_statement(kept.office("bob", "2014-04-11"), "member", "SALIX", MARCH)
    face = issued.statement.issue
    assert (issued.status, issued.statement.status) == (Status.DONE, "final")
    assert (face.number, face.prepared_by, face.approved_by) == ("ST-000001", "ann", "bob")
    assert (str(face.prepared_on), str(face.issued_on)) == ("2014-04-10", "2014-04-11")
    assert _numbers(kept) == ["ST-000001"]


def test_one_user_alone_issues_nothing(kept):
    issue_statement(kept.office("ann"), "member", "SALIX", MARCH)
    with pytest.raises(RuleRefused, match="second person"):
        issue_statement(kept.office("ann"), "member", "SALIX", MARCH)


def test_who_approves_must_have_seen_the_figures_that_were_prepared(kept):
    issue_statement(kept.office("ann"), "member", "SALIX", MARCH)
    kept.spend(("2014-03-31", "SALIX", "5000.00"), today="2014-03-31")
    anew = issue_statement(kept.office("bob"), "member", "SALIX", MARCH)
    assert (anew.status, anew.changed_since) == (Status.PROPOSED, "ann")
    assert issue_statement(kept.office("ann"), "member", "SALIX", MARCH).status is Status.DONE


def test_issuing_it_again_does_nothing_while_the_books_agree(kept):
    first = issue(kept)
    again = issue_statement(kept.office("cyd", LATER), "member", "SALIX", MARCH)
    assert (again.status, again.statement) == (Status.DONE_BEFORE, first.statement)
    assert _numbers(kept) == ["ST-000001"]


def test_an_issued_statement_is_never_replaced(kept):
    issue(kept)
    kept.spend(("2014-03-31", "SALIX", "5000.00"), today="2014-04-12")
    with pytest.raises(RuleRefused, match=r"ST-000001 .* never replaced.*prior-period lines"):
        issue_statement(kept.office("ann"), "member", "SALIX", MARCH)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_stays_the_same_whatever_the_books_and_the_book_say_later(kept, form):
    before = written(issue(kept).statement, form).raw
    kept.spend(("2014-03-31", "SALIX", "5000.00"), today="2014-04-12")
    text = book_text().replace("Salix Homes", "Renamed Homes").replace("A consortium", "Another")
    _apply(kept, text)
    statement, forms = issued_of(kept.office(today=LATER), "member", None, "st-000001")
    assert written(statement, form).raw == before
    assert forms[form] == hashlib.sha256(before).hexdigest()


def _apply(books, text):
    from levytool.desk.book_in_force import apply_text

    with books.office().writing() as connection:
        apply_text(connection, acting(), text)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_in_hand_is_known_in_every_form(kept, form):
    data = written(issue(kept).statement, form).raw
    found = verify_statement(kept.office(), "file", data)
    assert (found.made.number, found.form, found.differences) == ("ST-000001", form, ())
    assert found.is_as_issued


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_was_changed_is_told_from_what_was_issued(kept, form):
    data = written(issue(kept).statement, form).raw
    changed = data[:-40] + b"\0" + data[-39:] if form in ("pdf", "xlsx") else data + b" "
    if form == "xlsx":
        changed = _packed_again(data)
    found = verify_statement(kept.office(), "file", changed)
    assert (found.made.number, found.form, found.is_as_issued) == ("ST-000001", "", False)


def _packed_again(data):
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
    return packed.getvalue()


def test_a_workbook_with_one_byte_that_is_another_is_still_known(kept):
    data = written(issue(kept).statement, "xlsx").raw
    place = data.index(b"xl/worksheets/sheet2.xml") + 200
    damaged = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    found = verify_statement(kept.office(), "file", damaged)
    assert (found.made.number, found.form, found.is_as_issued) == ("ST-000001", "", False)


def test_whatever_is_wrong_with_a_workbook_is_told_in_words(kept):
    data = written(issue(kept).statement, "xlsx").raw
    random = Random(1)
    for _ in range(300):
        place = random.randrange(data.index(b"PK\x01\x02") - 400, len(data))
        damaged = data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]
        assert isinstance(words_of(damaged), str)


def test_what_the_books_tell_differently_is_listed_in_pounds(kept):
    data = written(issue(kept).statement, "csv").raw
    kept.spend(("2014-03-31", "SALIX", "5000.00"), today="2014-04-12")
    found = verify_statement(kept.office(), "file", data)
    told = {one.figure: one.as_json() for one in found.differences}
    assert found.is_as_issued
    assert told["levy.billed"] | {"figure": ""} == {
        "figure": "", "issued": "1200.00", "now": "1250.00", "difference": "50.00",
    }  # fmt: skip


def test_a_draft_or_anything_else_is_no_issued_statement(kept):
    draft = written(issue_statement(kept.office(), "member", "SALIX", MARCH).statement, "json")
    for data in (draft.raw, b"", b"PK\x03\x04", b"ST-000001", b"\xff\xfe" * 9):
        with pytest.raises(InputRejected, match="statement list"):
            verify_statement(kept.office(), "file", data)


@pytest.mark.parametrize("form", FORMS)
def test_a_draft_that_names_an_issued_statement_is_a_draft_all_the_same(kept, form):
    """One that follows it opens with what it closed with; one of its own period says it was issued.

    A list of numbers is none either, however long.
    """
    issue(kept)
    for period in (APRIL, MARCH):
        office = kept.office(today=LATER)
        draft = written(KINDS["member"].statement(office, "SALIX", period, None), form).raw
        with pytest.raises(InputRejected, match="a draft is told apart"):
            verify_statement(office, "draft", draft)
    with pytest.raises(InputRejected):
        verify_statement(kept.office(), "list", b"statement,code\nST-000001,SALIX\n")


def test_a_statement_that_follows_one_is_known_by_its_own_number(kept):
    issue(kept)
    followed = issue(kept, APRIL, today=LATER).statement
    for form in FORMS:
        data = written(followed, form).raw
        changed = _packed_again(data) if form == "xlsx" else data + b" "
        found = verify_statement(kept.office(today=LATER), "file", changed)
        assert (found.made.number, found.form) == ("ST-000002", "")


def test_a_statement_of_other_books_is_none_of_these(kept, tmp_path):
    issue(kept)
    told = json.dumps({"number": "ST-000001", "consortium": "Elsewhere", "member": "SALIX"})
    with pytest.raises(InputRejected):
        verify_statement(kept.office(), "file", told.encode())


def test_statements_follow_each_other_without_gaps(kept):
    issue(kept)
    with pytest.raises(RuleRefused, match=r"ST-000001 .* begins with 2014-04"):
        issue_statement(kept.office("ann", "2014-06-01"), "member", "SALIX", _month(5))
    assert issue(kept, APRIL, today=LATER).statement.issue.number == "ST-000002"
    assert [row["follows"] for row in list_statements(kept.office())] == [None, "ST-000001"]


def test_a_month_before_the_first_one_issued_cannot_be_issued_any_more(kept):
    issue(kept)
    with pytest.raises(RuleRefused, match=r"ST-000001 .* issued already"):
        issue_statement(kept.office("ann"), "member", "SALIX", _month(2))


def test_a_quarter_may_be_issued_beside_its_months(kept):
    for month in (1, 2, 3, 4):
        issue(kept, _month(month), today=LATER)
    assert issue(kept, QUARTER, today=LATER).status is Status.DONE


def _month(number):
    return Period(Month(2014, number), Month(2014, number))


def test_a_period_that_has_not_ended_is_not_issued(kept):
    for today in ("2014-04-10", "2014-04-30"):
        with pytest.raises(RuleRefused, match=r"2014-04 has not ended; .* from 2014-05-01 on"):
            issue_statement(kept.office("ann", today), "member", "SALIX", APRIL)
    issue_statement(kept.office("ann", "2014-05-01"), "member", "SALIX", APRIL)


def test_months_that_are_still_open_are_said(kept):
    assert issue_statement(kept.office(), "member", "SALIX", MARCH).open_months == (MARCH.last,)
    kept.close("2014-03")
    assert issue_statement(kept.office("bob"), "member", "SALIX", MARCH).open_months == ()


def test_everyones_statements_are_issued_together_or_not_at_all(kept):
    for user in ("ann", "bob"):
        found = issue_statements(kept.office(user), "member", MARCH)
    assert {one.status for one in found} == {Status.DONE}
    assert _numbers(kept) == ["ST-000001", "ST-000002", "ST-000003"]
    kept.spend(("2014-03-31", "SALIX", "5000.00"), today="2014-04-12")
    with pytest.raises(RuleRefused) as refused:
        issue_statements(kept.office("ann"), "member", MARCH)
    assert [problem.message.partition(":")[0] for problem in refused.value.problems] == ["SALIX"]


@contextmanager
def while_written(act):
    """Have something done each time statements are written out."""
    from levytool.statements.forms import form_hashes

    def hashes(statement):
        act()
        return form_hashes(statement)

    with mock.patch("levytool.desk.month_end.issue_statement.form_hashes", hashes):
        yield


def test_nobody_waits_while_statements_are_written_out(kept):
    waited = []

    def others_write():
        raw = sqlite3.connect(kept.ledger.engine.url.database, timeout=0, isolation_level=None)
        raw.execute("BEGIN IMMEDIATE")  # raises where somebody holds the books
        raw.rollback()
        raw.close()
        waited.append(0)

    with while_written(others_write):
        issue_statements(kept.office("ann"), "member", MARCH)
        assert waited == []  # what is proposed is not written out in every form
        issue_statements(kept.office("bob"), "member", MARCH)
    assert len(waited) == 3
    assert _numbers(kept) == ["ST-000001", "ST-000002", "ST-000003"]


def test_books_that_changed_meanwhile_are_read_anew(kept):
    issue_statement(kept.office("ann"), "member", "SALIX", MARCH)
    others = iter(["2014-04-09"])

    written_out = []

    def act_once():
        written_out.append(0)
        for day in others:
            kept.bank("5.00", "who is it", day)

    with while_written(act_once):
        issued = issue_statement(kept.office("bob"), "member", "SALIX", MARCH)
    assert (issued.status, _numbers(kept)) == (Status.DONE, ["ST-000001"])
    assert len(written_out) == 1  # it tells the same: it is stored as it was written
    with kept.reading() as connection:
        (made,) = issued_statements(connection)
        last = connection.scalar(text("SELECT MAX(id) FROM journal_entry"))
        assert (made.last_entry_id, altered_statements(connection)) == (last - 1, [])


def test_figures_that_change_meanwhile_are_proposed_anew(kept):
    issue_statement(kept.office("ann"), "member", "SALIX", MARCH)
    others = iter(["2014-03-31"])

    def act_once():
        for day in others:
            kept.spend((day, "SALIX", "5000.00"), today=day)

    with while_written(act_once):
        anew = issue_statement(kept.office("bob"), "member", "SALIX", MARCH)
    assert (anew.status, anew.changed_since, _numbers(kept)) == (Status.PROPOSED, "ann", [])


def test_books_that_never_rest_are_told_and_nothing_is_stored(kept):
    issue_statement(kept.office("ann"), "member", "SALIX", MARCH)
    states = count()
    with (
        mock.patch("levytool.desk.month_end.issue_statement.state_of", lambda _: next(states)),
        pytest.raises(RuleRefused, match=r"changed 3 times .* nothing was stored"),
    ):
        issue_statement(kept.office("bob"), "member", "SALIX", MARCH)
    assert (next(states), _numbers(kept)) == (6, [])


@pytest.mark.parametrize(("kind", "code"), [("contractor", "BROOKS"), ("consortium", "")])
def test_other_kinds_are_issued_alike(kept, kind, code):
    issued = issue(kept, kind=kind, code=code)
    found = verify_statement(kept.office(), "file", written(issued.statement, "html").raw)
    assert (found.made.proposed.kind, found.made.proposed.code, found.form) == (kind, code, "html")


def test_a_dry_run_stores_nothing(kept):
    for user in ("ann", "bob"):
        office = kept.office(user, dry_run=True)
        assert issue_statement(office, "member", "SALIX", MARCH).status is Status.PROPOSED
    issue_statement(kept.office("ann"), "member", "SALIX", MARCH)
    tried = issue_statement(kept.office("bob", dry_run=True), "member", "SALIX", MARCH)
    assert (tried.status, _numbers(kept)) == (Status.DONE, [])
    issued = issue_statement(kept.office("bob"), "member", "SALIX", MARCH)
    assert issued.statement.issue.number == "ST-000001"


def test_a_number_that_nothing_has_is_refused_with_the_nearest(kept):
    issue(kept)
    with pytest.raises(UsageError, match="ST-000001"):
        issued_of(kept.office(), "member", None, "ST-000011")
    with pytest.raises(UsageError, match="levytool statement member SALIX --issued ST-000001"):
        issued_of(kept.office(), "contractor", None, "ST-000001")
    with pytest.raises(UsageError, match="of the member SALIX"):
        issued_of(kept.office(), "member", "ALDER", "ST-000001")


def test_what_was_issued_by_a_day_is_listed_as_known_on_it(kept):
    from datetime import date

    issue(kept)
    issue(kept, APRIL, today=LATER)
    known = list_statements(kept.office(), date(2014, 4, 30))
    assert [row["statement"] for row in known] == ["ST-000001"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE issued_statement SET value = replace(value, 'Salix', 'Selix')",
        "UPDATE issued_statement SET value_sha256 = 'x'",
        "UPDATE issued_statement SET forms = '{}'",
        "UPDATE issued_statement SET code = 'ALDER'",
        "UPDATE issued_statement SET closing_pence = closing_pence + 1",
        "UPDATE issued_statement SET prepared_by = 'cyd'",
        "UPDATE issued_statement SET issued_by = 'cyd'",
        "UPDATE issued_statement SET follows = NULL WHERE id = 2",
        "DELETE FROM issued_statement WHERE id = 2",
        "UPDATE series SET next_number = 9 WHERE name = 'ST'",
    ],
)
def test_check_finds_what_was_altered_in_an_issued_statement(kept, change):
    issue(kept)
    issue(kept, APRIL, today=LATER)
    assert _failed(kept) == []
    path = kept.folder / "books.db"
    held = path.read_bytes() if kept.ledger.engine.dispose() is None else b""
    with sqlite3.connect(path) as connection:
        for act in ("update", "delete"):
            connection.execute(f"DROP TRIGGER issued_statement_refuses_{act}")
        assert connection.execute(change).rowcount
    connection.close()
    assert _failed(kept) == ["statements = as issued"]
    kept.ledger.engine.dispose()
    for left in kept.folder.glob("books.db*"):
        left.unlink()
    path.write_bytes(held)


def _failed(books):
    from levytool.desk.audit.check_books import check_books

    return [check.name for check in check_books(books.office()) if not check.ok]


def test_the_issue_is_in_the_hash_chain_and_moves_no_money(kept):
    with kept.reading() as connection:
        before = connection.exec_driver_sql("SELECT COUNT(*) FROM journal_transfer").scalar()
    issue(kept)
    with kept.reading() as connection:
        kinds = connection.exec_driver_sql("SELECT kind FROM journal_entry ORDER BY id").scalars()
        assert list(kinds)[-1] == "statement-issued"
        count = connection.exec_driver_sql("SELECT COUNT(*) FROM journal_transfer").scalar()
        assert (count, broken_links(connection)) == (before, [])
