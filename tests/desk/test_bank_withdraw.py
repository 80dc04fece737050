"""Lines that an import should not have brought: reversed, and free to come again."""

import json
import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.cli.main import run_with
from levytool.desk.audit.check_books import check_books
from levytool.desk.audit.reconcile_ledger import banks_beside
from levytool.desk.bank.import_bank import import_bank
from levytool.desk.bank.reconcile_bank import Asked, reconcile_bank
from levytool.desk.bank.withdraw_lines import withdraw_lines
from levytool.desk.month_end.close_period import close_period
from levytool.ledger.bank.bank_balances import bank_balances
from levytool.ledger.bank.later_lines import later_lines
from levytool.ledger.bank.withdrawals import withdrawn_by
from levytool.ledger.journal.as_known import AsKnown
from levytool.periods import Month
from levytool.problems import RuleRefused, UsageError
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import TODAY, Books


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A ledger without a bank line."""
    books = Books(tmp_path_factory.mktemp("template"), received_book())
    books.ledger.close()
    return books.folder / "books.db"


@pytest.fixture
def bank(books):
    """Books with INV-000001 of £120.00 and no bank line yet."""
    one = books(received_book())
    one.spend(("2014-03-05", "SALIX", 5_000), ("2014-03-06", "ALDER", 5_000))
    bank = Bank(one)
    yield bank
    bank.prove()
    assert [check for check in check_books(one.office()) if not check.ok] == []


def withdraw(bank, *lines, reason="come twice", user="ann", today=TODAY, dry_run=False, file=None):
    office = bank.books.office(user, today, dry_run=dry_run)
    return withdraw_lines(office, lines, reason, file=file)


def bring(bank, path):
    return import_bank(bank.books.office(), path)


def test_a_withdrawn_line_is_reversed_on_its_own_day_and_is_none_of_the_banks(bank):
    bank.bring((20, 700, "SOMEBODY"), (21, -300, "SOMEBODY ELSE"))
    told = withdraw(bank, "B-000002")
    assert told.said == ("1 line withdrawn",)
    assert [(row["line"], row["as"], row["unidentified"]) for row in told.rows] == [
        ("B-000002", "withdrawn", "0.00")
    ]
    assert list(bank.rows()) == ["B-000001"]
    assert (bank.of("1200"), bank.of("2900")) == ({"main": -700}, {"main": 700})
    with bank.books.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT effective, kind, narrative, reference, posted_by FROM journal_entry "
            "ORDER BY id DESC LIMIT 1"
        ).all()
    assert [tuple(row) for row in rows] == [
        ("2014-03-21", "reversal", "Withdrawn: come twice", "B-000002", "ann")
    ]
    found = reconcile_bank(bank.books.office(), Asked())
    assert [row["receipt"] for row in found.open_receipts] == ["B-000001"]
    assert found.open_payments == []


def test_twice_does_it_once(bank):
    bank.bring((20, 700, "SOMEBODY"))
    withdraw(bank, "B-000001", "b-1")
    before = bank.books.entries()
    assert withdraw(bank, "B-000001").said == ("withdrawn already; nothing to do",)
    assert bank.books.entries() == before


def test_a_dry_run_stores_nothing(bank):
    bank.bring((20, 700, "SOMEBODY"))
    before = bank.books.entries()
    assert withdraw(bank, "B-000001", dry_run=True).said[0].startswith("1 line withdrawn")
    assert bank.books.entries() == before


def test_a_whole_file_is_withdrawn_and_may_come_again(bank):
    path = bank.write([(20, 700, "SOMEBODY"), (21, 0, "NOTHING"), (22, -300, "INV-000009")])
    first = bring(bank, path)
    assert first.new == 3 and bring(bank, path).status == "seen-before"
    told = withdraw(bank, file=path.name)
    assert told.said == ("3 lines withdrawn; bank-1.csv may be imported again",)
    assert bank.rows() == {}
    again = bring(bank, path)
    assert (again.status, again.new, again.seen) == ("imported", 3, 0)
    assert list(bank.rows()) == ["B-000004", "B-000005", "B-000006"]


def test_a_line_withdrawn_by_itself_comes_again_with_another_file(bank):
    """The rest of its file stays, so that the file itself is known."""
    bank.bring((20, 700, "SOMEBODY"), (21, 900, "ANOTHER"))
    withdraw(bank, "B-000001")
    again = bank.bring((20, 700, "SOMEBODY"), (21, 900, "ANOTHER"), (23, 1, "NEW"))
    assert (again.new, again.seen) == (2, 1)


def test_what_a_line_was_found_to_be_is_taken_back_first(bank):
    bank.bring((20, 12_000, "INV-000001"), (21, 500, "BROOKS ROOFING"), (22, 5, "X"))
    bank.identify("B-000002", "receipt", "BROOKS")
    before = bank.books.entries()
    with pytest.raises(RuleRefused, match=r"B-000001, B-000002: .*unallocate B-000001"):
        withdraw(bank, file="bank-1.csv")
    assert bank.books.entries() == before
    bank.unallocate("B-000001")
    bank.unidentify("B-000001")
    bank.unidentify("B-000002")
    withdraw(bank, file="bank-1.csv")
    assert bank.everything().keys() & {("1200", "main"), ("2900", "main")} == set()


@pytest.mark.parametrize("act", ["identify", "unidentify", "allocate"])
def test_nothing_is_done_with_a_withdrawn_line(bank, act):
    bank.bring((20, 700, "SOMEBODY"))
    withdraw(bank, "B-000001")
    before = bank.books.entries()
    with pytest.raises(RuleRefused, match="B-000001 is withdrawn"):
        if act == "identify":
            bank.identify("B-000001", "interest", instead=True)
        elif act == "unidentify":
            bank.unidentify("B-000001")
        else:
            bank.allocate("B-000001", "INV-000001")
    assert bank.books.entries() == before


def test_it_takes_a_reason_and_a_line_that_is_there(bank):
    with pytest.raises(UsageError, match="--reason"):
        withdraw(bank, "B-000001", reason=" ")
    with pytest.raises(UsageError, match="no bank line B-000009"):
        withdraw(bank, "B-000009")


def test_of_a_closed_month_it_is_reversed_in_the_next(bank):
    bank.bring((20, 12_000, "INV-000001"), (21, 7, "A CHARGE"))
    bank.identify("B-000002", "interest")
    close_period(bank.books.office("tom", "2014-04-02"), Month(2014, 3))
    bank.unidentify("B-000002")
    withdraw(bank, "B-000002", today="2014-04-03")
    with bank.books.reading() as connection:
        days = connection.exec_driver_sql(
            "SELECT effective FROM journal_entry ORDER BY id DESC LIMIT 1"
        ).scalar()
    assert days == "2014-04-01"


def test_a_balance_that_only_withdrawn_lines_state_is_the_banks_no_longer(bank):
    bank.bring((20, 700, "SOMEBODY"), opening_pence=0)
    with bank.books.reading() as connection:
        (held,) = bank_balances(connection)
    assert (held.books_pence, held.stated_pence) == (700, 700)
    bank.bring((25, 100, "OF ANOTHER ACCOUNT"), opening_pence=5_000)
    with bank.books.reading() as connection:
        assert bank_balances(connection)[0].missing_pence
    withdraw(bank, "B-000002")
    with bank.books.reading() as connection:
        assert bank_balances(connection) == [held]


def balance(bank, **asked):
    with bank.books.reading() as connection:
        return [
            (held.account, held.on.day, held.books_pence, held.bank_pence)
            for held in bank_balances(connection, asked=AsKnown(**asked))
        ]


def test_what_was_known_before_still_has_the_line(bank):
    bank.bring((20, 700, "SOMEBODY"), (21, 900, "ANOTHER"), today="2014-03-22")
    withdraw(bank, "B-000002", today="2014-03-25")
    assert balance(bank) == [("main", 20, 700, 700)]
    assert balance(bank, known_on=date(2014, 3, 24)) == [("main", 21, 1_600, 1_600)]
    assert balance(bank, known_on=date(2014, 3, 25)) == [("main", 20, 700, 700)]


def test_a_closed_month_keeps_the_line_as_at_its_end_as_1200_does(bank):
    bank.bring((20, 12_000, "INV-000001"), (21, 7, "A CHARGE"))
    bank.identify("B-000002", "interest")
    close_period(bank.books.office("tom", "2014-04-02"), Month(2014, 3))
    bank.unidentify("B-000002")
    withdraw(bank, "B-000002", today="2014-04-03")
    assert balance(bank, as_at=date(2014, 3, 31)) == [("main", 21, 12_007, 12_007)]
    assert balance(bank, as_at=date(2014, 4, 30)) == [("main", 20, 12_000, 12_000)]


def test_a_balance_that_a_withdrawn_file_stated_for_lines_of_another_is_stated_no_longer(bank):
    plain = bank.books.folder / "report.csv"
    plain.write_text("Date,Description,Amount\n20/03/2014,SOMEBODY,7.00\n", encoding="utf-8")
    bring(bank, plain)
    assert balance(bank) == []
    bank.bring((20, 700, "SOMEBODY"), opening_pence=100)
    assert balance(bank) == [("main", 20, 700, 800)]
    told = withdraw(bank, file="bank-1.csv")
    assert told.said == ("0 lines withdrawn; bank-1.csv may be imported again",)
    assert balance(bank) == [] and list(bank.rows()) == ["B-000001"]


def test_a_later_file_that_left_its_lines_out_may_bring_them_now(bank):
    first = [(20, 700, "SOMEBODY"), (21, 900, "ANOTHER")]
    bank.bring(*first)
    whole = bank.write([*first, (22, 5, "LATER")])
    assert bring(bank, whole).new == 1
    assert withdraw(bank, file="bank-1.csv").said == (
        "2 lines withdrawn; bank-1.csv may be imported again",
        "import bank-2.csv again: what came with bank-1.csv before was left out of them, and what "
        "they brought is known",
    )
    again = bring(bank, whole)
    assert (again.status, again.new, again.seen, again.warnings) == ("imported", 2, 1, [])
    assert balance(bank) == [("main", 22, 1_605, 1_605)]
    assert withdraw(bank, file="bank-2.csv").said == (
        "3 lines withdrawn; bank-2.csv may be imported again",
    )
    assert bank.rows() == {} and bring(bank, whole).new == 3


def test_a_file_of_the_wrong_account_goes_into_the_right_one(tmp_path):
    accounts = "bank_accounts = [{name = 'main'}, {name = 'second'}]\n"
    bank = Bank(Books(tmp_path, received_book(accounts)))
    path = bank.write([(20, 700, "SOMEBODY"), (21, -300, "ELSE")])
    import_bank(bank.books.office(), path, "main")
    again = import_bank(bank.books.office(), path, "second")
    assert (again.status, [str(item) for item in again.warnings]) == (
        "seen-before",
        [
            "bank-1.csv: it came into main, and nothing of it into second; if it is of another "
            "account, take it back: levytool bank withdraw --file bank-1.csv --reason TEXT, and "
            "import it again with --account second"
        ],
    )
    assert import_bank(bank.books.office(), path, "MAIN").warnings == []
    assert import_bank(bank.books.office(), path).warnings == []
    withdraw(bank, file=path.name)
    assert import_bank(bank.books.office(), path, "second").new == 2
    assert (bank.of("1200"), bank.of("2900")) == ({"second": -400}, {"second": 400})
    assert balance(bank) == [("second", 21, 400, 400)]
    bank.prove()


def test_a_name_that_two_files_have_is_told_apart_by_content(bank):
    for pence in (700, 900):
        path = bank.books.folder / "may.csv"
        path.write_text(f"Date,Description,Amount\n20/03/2014,X,{pence}.00\n", encoding="utf-8")
        bring(bank, path)
    with pytest.raises(
        UsageError, match=r"more than one statement is called 'may.csv'; .*may\.csv@"
    ) as told:
        withdraw(bank, file="may.csv")
    second = re.findall(r"may\.csv@[0-9a-f]{12}", str(told.value))[1]
    withdraw(bank, file=second)
    assert list(bank.rows()) == ["B-000001"]
    withdraw(bank, file="may.csv")
    assert bank.rows() == {}
    assert withdraw(bank, file="bank/may.csv").said == ("withdrawn already; nothing to do",)


def test_lines_that_came_twice_are_told_with_what_takes_them_back(bank):
    bank.bring((3, 500, "A"), (4, 600, "B"), (6, -100, "C"))
    bank.bring((10, 700, "D"), opening_pence=1_000)
    outcome = bank.bring((3, 500, "PAYER A"), (4, 600, "B"), (6, -100, "FEE"))
    (told,) = outcome.warnings
    assert told.hint.endswith("levytool bank withdraw B-000005 B-000006 --reason TEXT")
    withdraw(bank, "B-000005", "B-000006")
    assert banks_beside(bank.books.office())[1] == []
    with bank.books.reading() as connection:
        assert later_lines(connection, "main", date.max) == []


def test_a_line_set_against_another_is_freed_first(bank):
    bank.bring((20, 700, "STRANGER"), (21, -700, "STRANGER BACK"), (22, -700, "OTHER"))
    withdraw(bank, "B-000003")
    with pytest.raises(RuleRefused, match="B-000003 is withdrawn"):
        bank.identify("B-000001", "contra", against="B-000003")
    bank.identify("B-000001", "contra", against="B-000002")
    with pytest.raises(RuleRefused, match=r"it was found to be: levytool bank identify B-000002 "):
        withdraw(bank, "B-000002")
    bank.unidentify("B-000002")
    withdraw(bank, "B-000002")
    assert list(bank.rows(only_open=True)) == ["B-000001"]


def test_withdrawn_lines_are_listed_where_they_are_asked_for(bank):
    bank.bring((20, 700, "SOMEBODY"), (21, 0, "NOTHING"), (22, 5, "X"))
    withdraw(bank, "B-000001", "B-000002")
    listed = bank.rows(withdrawn=True)
    assert {number: (row["state"], row["as"]) for number, row in listed.items()} == {
        "B-000001": ("withdrawn", "withdrawn"),
        "B-000002": ("withdrawn", "withdrawn"),
    }
    with pytest.raises(UsageError, match="--open or --withdrawn"):
        bank.rows(withdrawn=True, only_open=True)


def test_the_command_and_what_explain_says_of_a_line(bank, capsys, monkeypatch):
    monkeypatch.setenv("LEVYTOOL_USER", "ann")
    bank.bring((20, 700, "SOMEBODY"), (21, 900, "ANOTHER"))
    ledger = ["--ledger", str(bank.books.folder / "books.db")]
    withdrawing = [*ledger, "bank", "withdraw", "B-000002", "--reason", "come  twice"]
    assert run_with([*withdrawing, "--dry-run", "-O", "json"]) == 0
    dry = json.loads(capsys.readouterr().out)
    assert run_with([*withdrawing, "-O", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == dry
    assert [(row["line"], row["state"]) for row in dry] == [("B-000002", "withdrawn")]
    assert run_with([*ledger, "explain", "B-000002"]) == 0
    assert re.search(r"withdrawn +\d{4}-\d\d-\d\d by ann: come twice\n", capsys.readouterr().out)
    assert run_with([*ledger, "bank", "identify", "B-000002", "--as", "interest"]) == 4
    assert run_with([*ledger, "bank", "withdraw", "--file", "no.csv", "--reason", "x"]) == 2
    assert run_with([*ledger, "bank", "withdraw", "--reason", "x"]) == 2
    for proof in (["check"], ["reconcile", "ledger"]):
        assert run_with([*ledger, *proof]) == 0


def seen_of(bank):
    """What the books tell of lines, by what is in them, since their numbers differ; and of all
    else that is made of them."""
    keys = ("account", "date", "amount", "description", "state", "as", "unidentified")
    found = reconcile_bank(bank.books.office(), Asked())
    return (
        sorted([row[key] for key in keys] for row in bank.rows().values()),
        sorted(row["amount"] for row in [*found.open_receipts, *found.open_payments]),
        bank.everything(),
    )


def stated_of(bank):
    """The bank's own balance, and what is to be said of it."""
    with bank.books.reading() as connection:
        return bank_balances(connection), banks_beside(bank.books.office())


def told_of(bank):
    """The lines in their order with their balances."""
    return [(row["date"], row["amount"], row["balance"]) for row in bank.rows().values()]


statements = st.lists(
    st.tuples(st.integers(10, 14), st.sampled_from([5, 5, -7, 300, 0]), st.sampled_from("XY")),
    min_size=1,
    max_size=5,
).map(lambda lines: sorted(lines, key=lambda line: line[0]))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wrong=statements, right=statements, opening=st.sampled_from([0, 40]), early=st.booleans())
def test_brought_withdrawn_and_brought_again_is_as_if_the_last_alone_had_come(
    fresh, wrong, right, opening, early
):
    """Also where the right statement came `early`, before the wrong one was taken back, and lines
    of it were left out then."""
    once, twice = fresh(), fresh()
    path = once.write(right, opening_pence=opening)
    bring(once, path)
    wrong_path = twice.write(wrong).rename(twice.books.folder / "wrong.csv")
    bring(twice, wrong_path)
    if early and path.read_bytes() != wrong_path.read_bytes():
        bring(twice, path)
    withdraw(twice, file="wrong.csv")
    bring(twice, path)
    assert seen_of(twice) == seen_of(once)
    if not early:
        assert (stated_of(twice), told_of(twice)) == (stated_of(once), told_of(once))
    elif len(set(right)) == len(right):
        assert stated_of(twice) == stated_of(once)
    twice.prove()
    assert [check for check in check_books(twice.books.office()) if not check.ok] == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_stands_is_what_was_brought_less_what_is_withdrawn(fresh, data):
    bank = fresh()
    amounts = data.draw(st.lists(st.integers(-500, 500), min_size=1, max_size=6))
    bank.bring(*((1 + at, pence, f"LINE {at}") for at, pence in enumerate(amounts)))
    numbers = [f"B-{at:06d}" for at in range(1, len(amounts) + 1)]
    chosen = data.draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=8))
    for some in (chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]):
        if some:
            withdraw(bank, *some)
    assert list(bank.rows()) == [number for number in numbers if number not in chosen]
    bank.prove()
    assert [check for check in check_books(bank.books.office()) if not check.ok] == []
    with bank.books.reading() as connection:
        assert len(withdrawn_by(connection)) == len(set(chosen))
    lines = [(1 + at, pence, f"LINE {at}") for at, pence in enumerate(amounts)]
    again = bank.bring(*lines, (28, 1, "Z"))
    assert again.new == len(set(chosen)) + 1
    bank.prove()
