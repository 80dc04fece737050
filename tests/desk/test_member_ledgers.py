"""Members' own purchase ledgers come in as spend does, and are recorded at once."""

import pytest

from levytool.desk.book.apply_book import apply_book
from levytool.desk.spend.import_ledger import import_ledger
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.imported_before import imported_before
from levytool.desk.spend.member_ledgers import list_ledgers, withdraw_ledger
from levytool.desk.tracing.explain import explain
from levytool.problems import UsageError
from tests.desk.spending import Spending, book_of, codes, rows_text, warned


def record(books: Spending, *lines, path=None, **options):
    """Record lines of a member's ledger as a file of their own."""
    told = ImportOptions(role="member-ledger", **options)
    return import_ledger(books.office(), path or books.file(*lines), told)


def recorded(books: Spending):
    """What the table of members' lines holds."""
    return books.rows(
        "SELECT l.ledger_id, l.line_no, p.code, l.framework_id, l.date, l.period, l.net_pence, "
        "l.invoice FROM member_line l JOIN party p ON p.id = l.contractor_id "
        "ORDER BY l.ledger_id, l.line_no"
    )


def test_a_ledger_is_recorded_at_once_without_return_or_levy(spending):
    books = spending()
    outcome = record(books, {}, {"Invoice": "A2", "Net": "-20.00", "Date": "2031-07-01"})
    assert (outcome.status, outcome.ledger) == ("accepted", "M-000001")
    assert outcome.as_json() | {"columns": {}} == outcome.as_json() | {
        "columns": {},
        "ledger": "M-000001",
        "net": "80.00",
        "levy": "0.00",
        "returns": [],
    }
    assert [row[:3] for row in recorded(books)] == [(1, 1, "BROOKS"), (1, 2, "BROOKS")]
    assert books.returns() == [] and books.documents() == []


def test_a_ledger_needs_no_framework_and_no_rate(spending):
    books = spending()
    outcome = record(books, {"Framework": None, "Date": "1999-01-31"})
    assert outcome.status == "accepted"
    assert recorded(books) == [(1, 1, "BROOKS", 0, "1999-01-31", "1999-01", 10_000, "A1")]


def test_the_same_file_again_is_seen_before_by_its_role(spending):
    books = spending()
    path = books.file({})
    assert books.bring(path=path).status == "staged"
    assert record(books, path=path).status == "accepted"
    again = record(books, path=path)
    assert (again.status, again.ledger) == ("seen-before", "M-000001")
    told = ImportOptions(role="member-ledger")
    assert imported_before(books.office(), path, told).ledger == "M-000001"
    assert len(recorded(books)) == 1


def test_a_bad_row_refuses_the_file_unless_partial(spending, tmp_path):
    books = spending()
    path = books.file({}, {"Net": "12x", "Invoice": "A2"})
    refused = record(books, path=path, errors=tmp_path / "bad.csv")
    assert (refused.status, codes(refused)) == ("rejected", [("not-a-number", 3)])
    assert recorded(books) == [] and (tmp_path / "bad.csv").exists()
    assert record(books, path=path, partial=True).accepted == 1
    assert [row[7] for row in recorded(books)] == ["A1"]


def test_a_dry_run_stores_nothing(spending):
    books = spending()
    before = books.dump()
    told = ImportOptions(role="member-ledger")
    outcome = import_ledger(books.office(dry_run=True), books.file({}), told)
    assert outcome.status == "dry-run"
    assert books.dump() == before


def test_a_line_that_another_ledger_has_is_refused(spending):
    books = spending()
    record(books, {}, {"Invoice": "A2"})
    overlapping = books.file({"Invoice": "A2"}, {"Invoice": "A3"})
    refused = record(books, path=overlapping)
    assert codes(refused) == [("already-declared", 2)]
    assert "M-000001/2" in refused.problems[0].message
    assert record(books, path=overlapping, partial=True).accepted == 1
    assert [(row[0], row[1], row[7]) for row in recorded(books)] == [
        (1, 1, "A1"),
        (1, 2, "A2"),
        (2, 1, "A3"),
    ]


def test_equal_lines_of_one_ledger_are_kept_and_flagged(spending):
    books = spending()
    outcome = record(books, {}, {})
    assert (outcome.accepted, warned(outcome)) == (2, [("repeated", 3)])
    assert codes(record(books, {"Date": "2014-05-01"}, {"Date": "2014-05-01"},
                        reject_repeated=True)) == [("repeated", 3)]  # fmt: skip


def test_a_withdrawn_ledger_may_come_again(spending):
    books = spending()
    path = books.file({})
    record(books, path=path)
    row = withdraw_ledger(books.office(), "M-000001", "wrong month")[0]
    assert (row["ledger"], row["state"]) == ("M-000001", "withdrawn")
    before = books.dump()
    assert withdraw_ledger(books.office(), "m-1", "again")[0]["state"] == "withdrawn"
    assert books.dump() == before
    assert record(books, path=path).ledger == "M-000002"
    assert [row["state"] for row in list_ledgers(books.office())] == ["withdrawn", "live"]


def test_unknown_parties_are_added_to_the_book_when_asked(spending):
    books = spending()
    assert codes(record(books, {"Contractor": "Rowan Ltd"})) == [("unknown-contractor", 2)]
    assert record(books, {"Contractor": "Rowan Ltd"}, add_parties=True).status == "accepted"
    assert recorded(books)[0][2] == "ROWAN"


def test_what_a_ledger_names_stays_in_the_book(spending):
    books = spending()
    record(books, {"Contractor": "BEECH", "Member": "ALDER"})
    smaller = book_of().replace("code = 'BEECH'", "code = 'OAK'").replace("'ALDER'", "'ELM'")
    path = books.folder / "book.toml"
    path.write_text(smaller, encoding="utf-8")
    apply_book(books.office(), path)
    assert books.rows("SELECT COUNT(*) FROM book_version") == [(2,)]
    text = books.rows("SELECT text FROM book_version ORDER BY id DESC LIMIT 1")[0][0]
    assert "BEECH" in text and "ALDER" in text


def test_an_empty_part_leaves_no_ledger(spending):
    books = spending()
    path = books.folder / "empty.csv"
    path.write_text(rows_text(DEFAULT).splitlines()[0] + "\n", encoding="utf-8")
    assert record(books, path=path).ledger == ""
    assert list_ledgers(books.office()) == []


DEFAULT = {"Invoice": "A1"}


def test_a_ledger_that_was_altered_is_seen_by_check(spending):
    books = spending()
    record(books, {}, {"Invoice": "A2"})
    with books.office().writing() as connection:
        connection.exec_driver_sql("UPDATE member_line SET net_pence = 1 WHERE line_no = 2")
    assert books.failed_checks() == {
        "members' ledgers = lines": "M-000001 had 2 lines of 200.00, it has 2 of 100.01"
    }
    with books.office().writing() as connection:
        connection.exec_driver_sql("UPDATE member_line SET net_pence = 10000 WHERE line_no = 2")


def test_a_line_of_a_ledger_is_explained_from_its_file(spending):
    books = spending()
    record(books, {"Framework": None, "Description": "Roof"})
    line = dict(explain(books.office(), "m-1/1").facts)
    assert {name: str(line[name]) for name in ("member", "invoice", "file", "row")} == {
        "member": "SALIX",
        "invoice": "A1",
        "file": "file-1.csv",
        "row": "2",
    }
    assert explain(books.office(), "M-000001").ref == "M-000001"
    with pytest.raises(UsageError, match="has no line 7"):
        explain(books.office(), "M-000001/7")


def test_a_ledger_whose_net_is_its_gross_is_recorded_with_a_warning(spending):
    outcome = record(spending(), {"Net": "120.00", "VAT": "20.00", "Gross": "120.00"})
    assert (outcome.status, warned(outcome)) == ("accepted", [("gross-differs", None)])
