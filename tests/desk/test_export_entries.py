"""Entries go to the finance system once, add up to the trial balance, and can be written again."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from levytool.accounts import Account
from levytool.book.records import ExportSettings
from levytool.desk.book_in_force import apply_text
from levytool.desk.month_end.export_entries import (
    Status,
    export_again,
    export_entries,
    list_exports,
)
from levytool.exports.account_names import plain_name
from levytool.exports.formats import FORMATS
from levytool.journal import Leg
from levytool.ledger.journal.balances import balances
from levytool.ledger.reports.finance_exports import stored_exports
from levytool.money import parse_pounds
from levytool.periods import Month, Period
from levytool.problems import InputRejected, RuleRefused, UsageError
from tests.desk.consortium import Books, book_text, tried
from tests.desk.histories import HISTORY, blank_history, started
from tests.desk.opening import LATER, Opening
from tests.exports.batches import (
    gl07_moves,
    plain_text_moves,
    rows_of,
    sage_moves,
    xero_invoice_moves,
    xero_journal_moves,
)
from tests.exports.programs import beancount_balances, hledger_balances

MARCH = Period(Month(2014, 3), Month(2014, 3))
APRIL = Period(Month(2014, 4), Month(2014, 4))
YEAR = Period(Month(2014, 1), Month(2014, 12))
JOURNALS = [kind for kind in FORMATS if kind != "xero-invoices"]


def any_place(_number):
    """Files can go anywhere."""


@pytest.fixture(scope="module", params=["received", "billed"])
def blank(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("blank")
    return blank_history(folder, request.param), request.param


@pytest.fixture
def books(tmp_path):
    """Books with two documents in April and one in March."""
    made = Books(tmp_path)
    made.spend(("2014-03-05", "SALIX", "1000.00"), ("2014-03-06", "ALDER", "500.00"))
    made.spend(("2014-04-01", "SALIX", "2000.00"), ("2014-04-02", "ALDER", "300.00", "BEECH"))
    yield made
    made.ledger.close()


def movement(books, period):
    """The trial balance's movement of the months, in pence by account."""
    with books.reading() as connection:
        rows = connection.execute(
            text(
                "SELECT t.debit_account, t.credit_account, t.amount_pence FROM journal_transfer t "
                "JOIN journal_entry e ON e.id = t.entry_id "
                "WHERE substr(e.effective, 1, 7) BETWEEN :first AND :last"
            ),
            {"first": str(period.first), "last": str(period.last)},
        )
        sums = Counter()
        for debit, credit, pence in rows:
            sums[debit] += pence
            sums[credit] -= pence
    return {account: pence for account, pence in sums.items() if pence}


def said_by(kind, exported):
    """What the files of an export move, in pence by account."""
    texts = [body for name, body in exported.files if name != "manifest.json"]
    if not texts:
        return Counter()
    readers = {
        "xero-journal": lambda: xero_journal_moves(texts),
        "xero-invoices": lambda: xero_invoice_moves(texts, "1100", "2500"),
        "sage": lambda: sage_moves(texts[0], "1100", "2500"),
        "gl07": lambda: gl07_moves(texts[0]),
    }
    if kind in readers:
        return readers[kind]()
    sums = Counter()
    for name, pence in plain_text_moves(texts[0]).items():
        sums[name.split(":")[1][:4]] += pence
    return Counter({account: pence for account, pence in sums.items() if pence})


@pytest.mark.parametrize("kind", JOURNALS)
def test_an_export_adds_up_to_the_trial_balance(books, kind):
    exported = export_entries(books.office(), kind, APRIL)
    assert said_by(kind, exported) == movement(books, APRIL)
    assert exported.status is Status.EXPORTED


def test_invoices_and_journals_are_the_trial_balance_of_xero_together(books):
    invoices = export_entries(books.office(), "xero-invoices", APRIL)
    rest = export_entries(books.office(), "xero-journal", APRIL)
    numbers = {row["*InvoiceNumber"] for row in rows_of(invoices.files[0][1])}
    assert numbers == {"INV-000002", "INV-000003"}
    together = said_by("xero-invoices", invoices)
    together.update(said_by("xero-journal", rest))
    assert {a: p for a, p in together.items() if p} == movement(books, APRIL)


def test_nothing_is_exported_twice_to_one_system(books):
    first = export_entries(books.office(), "sage", APRIL)
    again = export_entries(books.office(), "sage", YEAR)
    assert (first.number, again.status, again.number) == ("X-000001", Status.EXPORTED, "X-000002")
    third = export_entries(books.office(), "sage", YEAR)
    assert (third.status, third.files) == (Status.NOTHING_NEW, ())
    assert "X-000001, X-000002" in third.said
    other = export_entries(books.office(), "gl07", YEAR)
    assert other.status is Status.EXPORTED


def test_entries_posted_later_come_in_the_next_export(books):
    export_entries(books.office(), "gl07", APRIL)
    books.bank("10.00", "somebody")
    later = export_entries(books.office(), "gl07", APRIL)
    assert said_by("gl07", later) == {"1200": 1000, "2900": -1000}
    manifest = json.loads(later.files[-1][1])
    bank = next(row for row in manifest["accounts"] if row["account"] == "1200")
    assert (bank["movement"], bank["exported_before"], bank["left"]) == ("10.00", "0.00", "0.00")
    debtors = next(row for row in manifest["accounts"] if row["account"] == "1100")
    assert (debtors["movement"], debtors["exported_before"]) == ("0.00", debtors["trial_balance"])


def test_an_export_is_written_again_to_the_byte(books):
    first = export_entries(books.office(), "beancount", APRIL)
    with books.office().writing() as connection:
        renamed = book_text(more="[consortium.accounts]\n'1100' = '610'\n")
        apply_text(connection, books.office().acting, renamed)
    books.bank("10.00", "somebody")
    export_entries(books.office(), "beancount", APRIL)
    again = export_again(books.office("bob"), "beancount", "x-000001", any_place)
    assert again.files == first.files
    assert again.status is Status.AGAIN


def test_an_export_that_cannot_be_written_as_it_was_is_refused(books, monkeypatch):
    export_entries(books.office(), "gl07", APRIL)
    monkeypatch.setattr("levytool.exports.gl07.CONSTANTS", {"interface": "XX"})
    with pytest.raises(RuleRefused, match="X-000001 would not be written as it was"):
        export_again(books.office(), "gl07", "X-000001", any_place)


def test_an_unknown_export_comes_with_the_nearest(books):
    export_entries(books.office(), "gl07", APRIL)
    with pytest.raises(UsageError, match="did you mean 'X-000001'"):
        export_again(books.office(), "gl07", "X-000010", any_place)
    with pytest.raises(UsageError, match="X-000001 is a gl07"):
        export_again(books.office(), "sage", "X-000001", any_place)


def test_a_dry_run_shows_the_files_and_marks_nothing(books):
    shown = export_entries(tried(books.office()), "hledger", APRIL)
    done = export_entries(books.office(), "hledger", APRIL)
    assert (shown.status, shown.files) == (Status.TRIED, done.files)
    assert [row["export"] for row in list_exports(books.office())] == ["X-000001"]


def test_nothing_is_marked_where_the_files_cannot_go(books):
    def refused(_number):
        raise UsageError("no room")

    with pytest.raises(UsageError):
        export_entries(books.office(), "hledger", APRIL, refused)
    assert list_exports(books.office()) == []


def test_a_month_without_postings_has_nothing_to_export(books):
    done = export_entries(books.office(), "sage", Period(Month(2013, 1), Month(2013, 1)))
    assert (done.status, done.rows) == (Status.NOTHING_NEW, [])


def test_a_rate_without_a_tax_code_is_refused_with_what_to_write(tmp_path):
    made = Books(tmp_path, book_text().replace("20%", "17.5%"))
    made.spend(("2014-04-05", "SALIX", "1000.00"))
    for kind in ("sage", "xero-invoices"):
        with pytest.raises(InputRejected) as refused:
            export_entries(made.office(), kind, APRIL)
        (problem,) = refused.value.problems
        assert "VAT of 17.5%" in problem.message
        assert '"17.5%" = ' in problem.hint
    assert list_exports(made.office()) == []
    made.ledger.close()


def test_a_customer_whose_code_sage_has_no_room_for_is_refused(tmp_path):
    longer = book_text().replace("BROOKS", "BROOKS-ROOFING")
    made = Books(tmp_path, longer)
    made.spend(("2014-04-05", "SALIX", "1000.00", "BROOKS-ROOFING"))
    with pytest.raises(InputRejected) as refused:
        export_entries(made.office(), "sage", APRIL)
    (problem,) = refused.value.problems
    assert 'references = { BROOKS-ROOFING = "BROOKSRO" }' in problem.hint
    made.ledger.close()


def test_the_database_itself_lets_no_entry_go_twice(books):
    export_entries(books.office(), "sage", APRIL)
    with pytest.raises(IntegrityError), books.office().writing() as connection:
        given_before = "SELECT system, entry_id, 2 FROM exported_entry"
        connection.execute(text(f"INSERT INTO exported_entry {given_before}"))
    with pytest.raises(IntegrityError), books.office().writing() as connection:
        connection.execute(text("DELETE FROM exported_entry"))


def given_to(books, system):
    """The entries that a system has been given."""
    query = text("SELECT entry_id FROM exported_entry WHERE system = :system ORDER BY entry_id")
    with books.reading() as connection:
        return list(connection.scalars(query, {"system": system}))


def movers(books):
    """The entries that move anything."""
    query = (
        "SELECT DISTINCT entry_id FROM journal_transfer WHERE amount_pence > 0 ORDER BY entry_id"
    )
    with books.reading() as connection:
        return list(connection.scalars(text(query)))


def together(folder, kind, made):
    """A file that includes every export of a kind."""
    includes = []
    for exported in (exported for of, exported in made if of == kind):
        name, body = exported.files[0]
        (folder / name).write_text(body, encoding="utf-8")
        includes.append(f'include "{name}"' if kind == "beancount" else f"include {name}")
    path = folder / f"all.{kind}"
    path.write_text("\n".join(includes) + "\n", encoding="utf-8")
    return path


def named_balances(books):
    """Our own balances, by the names that accounts have in plain text."""
    with books.reading() as connection:
        found = balances(connection)
    return {
        plain_name(ExportSettings(), Leg(Account(row.account), row.dimension)): row.balance_pence
        for row in found
        if row.balance_pence
    }


@pytest.mark.parametrize("kind", JOURNALS)
def test_opening_balances_are_entries_like_any_other(tmp_path, kind):
    opened = Opening(tmp_path)
    assert opened.open().status == "opened"
    exported = export_entries(opened.office(today=LATER), kind, MARCH)
    assert said_by(kind, exported) == movement(opened, MARCH)
    assert said_by(kind, exported)["3000"] == -300_000
    opened.ledger.close()


EXPORTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(FORMATS)), st.integers(1, 6), st.integers(0, 2), st.integers(0, 3)
    ),
    min_size=1,
    max_size=8,
)


@given(HISTORY, EXPORTS)
@settings(
    max_examples=12,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_whatever_is_done_every_entry_goes_once_and_all_adds_up(
    blank, tmp_path_factory, steps, exports
):
    path, funded = blank
    history = started(path, tmp_path_factory.mktemp("history"), funded)
    waiting = list(steps)
    made = []
    for kind, month, further, told in exports:
        for _ in range(told):
            if waiting:
                history.tell(waiting.pop())
        first = Month(2014, month)
        exported = export_entries(history.office(), kind, Period(first, first.plus(further)))
        if exported.files:
            made.append((kind, exported))
    for step in waiting:
        history.tell(step)
    books = history.books
    whole = Period(Month(2013, 1), Month(2016, 12))
    for kind in FORMATS:
        exported = export_entries(history.office(), kind, whole)
        if exported.files:
            made.append((kind, exported))
    for system in {form.system for form in FORMATS.values()}:
        sums = Counter()
        for kind, exported in made:
            if FORMATS[kind].system == system:
                sums.update(said_by(kind, exported))
        assert {a: p for a, p in sums.items() if p} == movement(books, whole), system
        assert given_to(books, system) == movers(books)
    folder = tmp_path_factory.mktemp("programs")
    for kind, read in (("hledger", hledger_balances), ("beancount", beancount_balances)):
        assert read(together(folder, kind, made)) == named_balances(books), kind
    for kind, exported in made:
        again = export_again(history.office(), kind, exported.number, any_place)
        assert again.files == exported.files
        manifest = json.loads(exported.files[-1][1])
        for row in manifest["accounts"]:
            parts = [parse_pounds(row[key]) for key in ("exported_before", "movement", "left")]
            assert sum(parts) == parse_pounds(row["trial_balance"])
        assert manifest["files"] == [
            {key: row[key] for key in row if key not in ("export", "status", "kind")}
            for row in exported.rows
        ]
    with books.reading() as connection:
        assert [stored.number for stored in stored_exports(connection)] == [
            exported.number for _kind, exported in made
        ]
    history.finish()


def test_only_trying_gives_the_number_that_comes_next(books):
    office = books.office()
    assert export_entries(replace(office, dry_run=True), "sage", APRIL).number == "X-000001"
    assert export_entries(office, "gl07", APRIL).number == "X-000001"


def test_where_all_is_exported_the_export_of_just_that_month_is_named(books):
    for kind, period in (("xero-journal", MARCH), ("xero-journal", YEAR)):
        books.spend((f"{period.last}-28", "SALIX", "100.00"))
        export_entries(books.office(), kind, period)
    again = export_entries(books.office(), "xero-journal", MARCH)
    assert again.status is Status.NOTHING_NEW
    assert "since X-000001, X-000002" in again.said and "--again X-000001 " in again.said
