"""1200 beside the bank's own closing balance: what no statement brought is named."""

from datetime import date
from itertools import permutations

import pytest

from levytool.cli.main import run_with
from levytool.desk.audit.reconcile_ledger import banks_beside
from levytool.desk.bank.import_bank import import_bank
from levytool.desk.month_end.close_period import close_period
from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.ledger.bank.bank_balances import bank_balances
from levytool.periods import Month, parse_period
from levytool.problems import RuleRefused
from tests.bank.exports import day
from tests.bank.renderers import camt, camt_statement, mt940, ofx
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import Books


@pytest.fixture
def bank(tmp_path):
    return Bank(Books(tmp_path, received_book()))


def _told(bank):
    return [
        (row["name"], row["ledger"], row["items"], row["difference"], row["made_of"])
        for row in banks_beside(bank.books.office())[0]
    ]


def _codes(outcome):
    return [item.code for item in outcome.warnings]


def test_the_bank_is_what_its_statement_closed_with(bank):
    bank.bring((3, 500, "A"), (4, -200, "B"))
    bank.bring((10, 700, "C"), opening_pence=300)
    assert _told(bank) == [("Bank, main, 2014-03-10", "10.00", "10.00", "0.00", "stated balance")]


def test_what_the_account_held_before_these_books_is_left_out_and_said(bank):
    bank.bring((3, 500, "A"), opening_pence=10_000)
    made_of = "stated balance 105.00 less 100.00 held before"
    assert _told(bank) == [("Bank, main, 2014-03-03", "5.00", "5.00", "0.00", made_of)]


def test_a_statement_that_is_missing_between_two_is_a_difference(bank, capsys):
    bank.bring((3, 500, "A"))
    bank.bring((10, 700, "C"), opening_pence=900)
    assert [row[1:4] for row in _told(bank)] == [("12.00", "16.00", "-4.00")]
    ledger = ["--ledger", str(bank.books.folder / "books.db")]
    assert run_with([*ledger, "reconcile", "ledger"]) == 5
    told = (
        "error: by 2014-03-10 the books have £12.00 in main, the bank says £16.00; "
        "import the statement that is missing\n"
    )
    assert told in capsys.readouterr().err
    bank.bring((5, 400, "B"), opening_pence=500)
    assert [row[3] for row in _told(bank)] == ["0.00"]
    assert run_with([*ledger, "reconcile", "ledger"]) == 0


def test_a_statement_of_lines_that_a_report_brought_states_its_balance_all_the_same(bank):
    lines = [(day(3), 500, "A", "", "R-1"), (day(4), -200, "B", "", "R-2")]
    later = [(day(10), 700, "C", "", "R-3")]

    def bring(name, text):
        path = bank.books.folder / name
        path.write_text(text)
        assert import_bank(bank.books.office(), path).problems == []

    bring("report", camt(lines, message="camt.052", balances=()))
    assert _told(bank) == []
    bring("statement", camt(lines, 1_000))
    made_of = "stated balance 13.00 less 10.00 held before"
    assert _told(bank) == [("Bank, main, 2014-03-31", "3.00", "3.00", "0.00", made_of)]
    bring("report of later", camt(later, message="camt.052", balances=()))
    bring("statement of later", camt(later, 1_750))
    assert [row[1:4] for row in _told(bank)] == [("10.00", "14.50", "-4.50")]


def test_a_month_does_not_close_while_a_statement_is_missing(bank):
    bank.bring((3, 500, "A"), (date(2014, 4, 2), 5, "E"))
    bank.bring((10, 700, "C"), opening_pence=900)
    with pytest.raises(RuleRefused) as refused:
        close_period(bank.books.office(), Month(2014, 3))
    assert "bank-differs" in [problem.code for problem in refused.value.problems]


def test_the_report_that_is_filed_has_the_banks_balance_too(bank):
    bank.bring((3, 500, "A"))
    bank.bring((10, 700, "C"), opening_pence=900)
    told = reconciliation_report(bank.books.office(), parse_period("2014-03"))
    (row,) = (item for item in told.controls if item.made_of == "stated balance")
    assert (row.name, row.ledger_pence, row.items_pence, row.differing) == (
        "Bank, main, 2014-03-10",
        1_200,
        1_600,
        1,
    )


def test_the_last_page_of_a_day_states_its_balance_wherever_it_stands_in_the_file(bank):
    pages = [([(day(3), 700, "B", "")], 1_500), ([(day(3), 500, "A", "")], 1_000)]
    first, second = (
        camt_statement(lines, opening, number=str(number))
        for number, (lines, opening) in enumerate(pages)
    )
    path = bank.books.folder / "pages"
    path.write_text(camt(*pages[0]).replace(camt_statement(*pages[0]), first + second))
    assert _codes(import_bank(bank.books.office(), path)) == ["held-before"]
    made_of = "stated balance 22.00 less 10.00 held before"
    assert _told(bank) == [("Bank, main, 2014-03-31", "12.00", "12.00", "0.00", made_of)]
    bank.bring((4, 25, "D"), opening_pence=2_200)
    assert [row[1:4] for row in _told(bank)] == [("12.25", "12.25", "0.00")]


def test_lines_of_one_day_may_come_in_two_files(bank):
    bank.bring((3, 500, "A"))
    bank.bring((3, 500, "A"), (3, 100, "B"), (3, 50, "C"))
    bank.bring((3, 25, "D"), opening_pence=650)
    assert [row[1:4] for row in _told(bank)] == [("6.75", "6.75", "0.00")]


def test_without_a_stated_balance_nothing_is_proved(bank):
    path = bank.books.folder / "plain.csv"
    path.write_text("Date,Description,Amount\n03/03/2014,A,5.00\n", encoding="utf-8")
    ledger = ["--ledger", str(bank.books.folder / "books.db")]
    assert run_with([*ledger, "bank", "import", str(path)]) == 0
    assert _told(bank) == []
    bank.bring((date(2014, 3, 4), 100, "B"), opening_pence=500)
    assert [row[3] for row in _told(bank)] == ["0.00"]


def test_what_an_ofx_file_states_may_be_of_another_day_and_counts_as_nothing(bank):
    bank.bring((3, 500, "A"))
    path = bank.books.folder / "march.ofx"
    path.write_text(ofx([(date(2014, 3, 4), 100, "B", "", "F-1")], 99_999), encoding="utf-8")
    ledger = ["--ledger", str(bank.books.folder / "books.db")]
    assert run_with([*ledger, "bank", "import", str(path), "--account", "main"]) == 0
    assert [row[1:4] for row in _told(bank)] == [("5.00", "5.00", "0.00")]


PAGES = (
    (0, ((2, 400, "A"), (2, 600, "B"))),
    (1_000, ((2, 2_000, "C"),)),
    (3_000, ((2, -500, "D"), (2, 100, "E"))),
    (2_600, ((3, -600, "F"),)),
)
"""Statements of two days, each with its opening balance and its lines."""


@pytest.mark.parametrize("order", list(permutations(range(len(PAGES)))))
def test_statements_of_a_day_come_in_any_order(bank, order):
    """The second had come first: it read as held before, and the month stayed open for good."""
    warned = [bank.bring(*PAGES[n][1], opening_pence=PAGES[n][0] + 5_000) for n in order]
    made_of = "stated balance 70.00 less 50.00 held before"
    assert _told(bank) == [("Bank, main, 2014-03-03", "20.00", "20.00", "0.00", made_of)]
    if order == tuple(range(len(PAGES))):
        assert [_codes(outcome) for outcome in warned] == [["held-before"], [], [], []]


PIECES = (
    (0, ((3, -300, "A"),)),
    (-300, ((3, 200, "B"), (3, 100, "C"))),
    (0, ((4, 100, "D"), (5, 50, "E"))),
    (150, ((5, -70, "F"),)),
    (80, ((5, 70, "G"), (6, 5, "H"))),
)
"""Statements cut in the middle of a day, the first of which comes to nothing."""


@pytest.mark.parametrize("order", list(permutations(range(len(PIECES))))[::7])
def test_statements_cut_in_the_middle_of_a_day_come_in_any_order(bank, order):
    """They read as money held before, and as a difference that no statement could mend."""
    for n in order:
        bank.bring(*PIECES[n][1], opening_pence=PIECES[n][0])
    assert _told(bank) == [("Bank, main, 2014-03-06", "1.55", "1.55", "0.00", "stated balance")]
    with bank.books.reading() as connection:
        (by_the_fifth,) = bank_balances(connection, date(2014, 3, 5))
    assert (by_the_fifth.on.day, by_the_fifth.books_pence) == (5, 150)
    assert by_the_fifth.missing_pence == by_the_fifth.before_pence == 0


@pytest.mark.parametrize("left_out", range(1, len(PIECES) - 1))
def test_a_statement_that_is_left_out_between_them_is_a_difference(bank, left_out):
    for n in (*range(left_out + 1, len(PIECES)), *range(left_out)):
        bank.bring(*PIECES[n][1], opening_pence=PIECES[n][0])
    assert [row[3] for row in _told(bank)] != ["0.00"]


def test_a_statement_that_goes_on_after_the_day_counts_all_its_lines_by_then(bank):
    """A line of it came before in a file without balances."""
    _bring_text(bank, "plain", "Date,Description,Amount\n30/03/2014,A,5.00\n")
    bank.bring((30, 500, "A"), (31, 70, "B"), (date(2014, 4, 2), 9, "C"), opening_pence=20)
    with bank.books.reading() as connection:
        (by_march,) = bank_balances(connection, date(2014, 3, 31))
    assert (by_march.on.day, by_march.bank_pence, by_march.before_pence) == (31, 590, 20)
    assert by_march.missing_pence == 0


@pytest.mark.parametrize("order", list(permutations(range(len(PIECES))))[::11])
def test_statements_that_came_before_imports_kept_their_days_chain_too(bank, order, monkeypatch):
    """Each has the days of its file's lines."""
    monkeypatch.setattr("levytool.desk.bank.import_bank.SPANS", "unknown")
    for n in order:
        bank.bring(*PIECES[n][1], opening_pence=PIECES[n][0])
    assert [row[3] for row in _told(bank)] == ["0.00"]


def test_several_statements_of_such_a_file_have_their_own_days(bank, monkeypatch):
    monkeypatch.setattr("levytool.desk.bank.import_bank.SPANS", "unknown")
    last, first = ([(day(5), 50, "C", "")], 300), ([(day(3), 200, "A", "")], 0)
    pages = "".join(camt_statement(*page, number=str(at)) for at, page in enumerate((last, first)))
    _bring_text(bank, "pages", camt(*last).replace(camt_statement(*last), pages))
    assert [row[1:4] for row in _told(bank)] == [("2.50", "3.50", "-1.00")]
    bank.bring((4, 100, "B"), opening_pence=200)
    assert [row[3:] for row in _told(bank)] == [("0.00", "stated balance")]


def test_two_statements_of_a_day_in_the_wrong_order_leave_nothing_between_them(bank):
    second = bank.bring(*PAGES[1][1], opening_pence=1_000)
    first = bank.bring(*PAGES[0][1], opening_pence=0)
    after = bank.bring((3, 100, "Z"), opening_pence=3_000)
    assert [_codes(outcome) for outcome in (second, first, after)] == [["held-before"], [], []]


def test_a_statement_of_the_whole_day_after_one_of_its_end(bank):
    bank.bring((2, 2_000, "C"), opening_pence=1_000)
    bank.bring((2, 1_000, "A"), (2, 2_000, "C"), opening_pence=0)
    assert _told(bank) == [("Bank, main, 2014-03-02", "30.00", "30.00", "0.00", "stated balance")]


def test_the_banks_own_figure_is_told_and_what_it_held_before_these_books(bank, capsys):
    bank.bring((3, 500, "A"), opening_pence=100_000)
    bank.bring((10, 700, "C"), opening_pence=100_900)
    ledger = ["--ledger", str(bank.books.folder / "books.db")]
    assert run_with([*ledger, "reconcile", "ledger"]) == 5
    told = (
        "error: by 2014-03-10 the books have £12.00 in main, the bank says £1,016.00, £1,000.00 of "
        "it from before the first line in these books: £4.00 apart; "
        "import the statement that is missing\n"
    )
    assert told in capsys.readouterr().err


def test_that_an_account_held_money_before_its_first_line_is_said_once(bank):
    first = bank.bring((3, 500, "A"), opening_pence=100_000)
    (told,) = first.warnings
    assert (told.code, told.message) == (
        "held-before",
        "main held £1,000.00 before its first line in these books, and 1200 is without it",
    )
    assert "levytool ledger open" in told.hint
    assert _codes(bank.bring((10, 700, "B"), opening_pence=100_500)) == []
    assert _codes(bank.bring((2, 100, "Z"), opening_pence=99_900)) == ["held-before"]
    assert _codes(bank.bring((1, 99_900, "Y"), opening_pence=0)) == []


def test_lines_that_came_twice_in_other_words_are_named_at_once_and_later(bank):
    bank.bring((3, 500, "A"), (4, 600, "B"), (6, -100, "C"), opening_pence=1_000)
    bank.bring((10, 700, "D"), opening_pence=2_000)
    outcome = bank.bring((3, 500, "PAYER A"), (4, 600, "B"), (6, -100, "FEE"), opening_pence=1_000)
    (told,) = outcome.warnings
    assert (outcome.new, told.code, told.message) == (
        2,
        "bank-differs",
        "by 2014-03-10 the books have £21.00 in main, the bank says £27.00, £10.00 of it from "
        "before the first line in these books: £4.00 apart",
    )
    assert told.hint.startswith(
        "just that is what comes of 2 lines of bank-3.csv (B-000005 to B-000006), on days that an "
        "earlier file had brought: look whether they came before in other words"
    )
    (again,) = banks_beside(bank.books.office())[1]
    assert (again.message, again.hint) == (told.message, told.hint)


def test_where_a_statement_may_be_missing_too_both_causes_are_named(bank):
    bank.bring((3, 500, "A"), (6, -100, "C"))
    bank.bring((3, 500, "PAYER A"))
    bank.bring((10, 700, "D"), opening_pence=300)
    (told,) = banks_beside(bank.books.office())[1]
    assert told.hint.startswith(
        "import the statement that is missing, or look whether lines came twice in other words: "
        "1 line of bank-2.csv (B-000003), on days"
    )


def test_where_the_books_have_less_no_receipt_is_said_to_have_come_twice(bank):
    bank.bring((3, 500, "A"), (6, -100, "C"))
    bank.bring((3, 500, "PAYER A"))
    outcome = bank.bring((10, 700, "D"), opening_pence=1_000)
    (told,) = banks_beside(bank.books.office())[1]
    assert (told.message, told.hint) == (
        "by 2014-03-10 the books have £16.00 in main, the bank says £17.00",
        "import the statement that is missing",
    )
    assert "twice" not in str(outcome.warnings)


def test_where_the_books_have_less_a_payment_may_have_come_twice(bank):
    bank.bring((3, 500, "A"), (6, -100, "C"))
    bank.bring((6, -100, "FEE"))
    bank.bring((10, 700, "D"), opening_pence=450)
    (told,) = banks_beside(bank.books.office())[1]
    assert "or look whether lines came twice in other words: 1 line of bank-2.csv" in told.hint


def test_a_gap_that_is_told_is_not_told_again_as_a_difference(bank):
    bank.bring((3, 500, "A"))
    assert _codes(bank.bring((10, 700, "C"), opening_pence=900)) == ["statement-gap"]


def test_an_entry_booked_back_on_the_second_of_two_pages_is_no_money_from_before(bank):
    pages = [([(day(5), 500, "A", "")], 0), ([(day(4), 100, "B", ""), (day(5), 500, "C", "")], 500)]
    first, second = (
        camt_statement(lines, opening, number=str(number))
        for number, (lines, opening) in enumerate(pages)
    )
    path = bank.books.folder / "pages"
    path.write_text(camt(*pages[0]).replace(camt_statement(*pages[0]), first + second))
    assert _codes(import_bank(bank.books.office(), path)) == []
    assert [row[1:] for row in _told(bank)] == [("11.00", "11.00", "0.00", "stated balance")]


def _bring_text(bank, name, text):
    path = bank.books.folder / name
    path.write_text(text)
    outcome = import_bank(bank.books.office(), path)
    assert outcome.problems == []
    return _codes(outcome)


PENDING = "Date,Description,Amount\n03/03/2014,A,5.00\n28/03/2014,B PENDING,7.00\n"
BOOKED = camt([(day(3), 500, "A", ""), (day(26), 700, "B", "")])


@pytest.mark.parametrize("pending_first", [True, False])
def test_a_statement_says_all_that_was_booked_up_to_the_day_of_its_closing(bank, pending_first):
    """What the books have after its last line, and the statement has not, is a difference."""
    codes = []
    for name in ("pending", "booked") if pending_first else ("booked", "pending"):
        codes = _bring_text(bank, name, PENDING if name == "pending" else BOOKED)
    assert "bank-differs" in codes
    (told,) = _told(bank)
    assert told[:4] == ("Bank, main, 2014-03-31", "19.00", "12.00", "7.00")
    (problem,) = banks_beside(bank.books.office())[1]
    assert "came before in other words" in problem.hint


def test_a_month_without_lines_is_stated_too(bank):
    bank.bring((3, 500, "A"))
    _bring_text(bank, "pending", PENDING)
    assert [row[3] for row in _told(bank)] == ["0.00"]
    codes = _bring_text(bank, "quiet", camt([], opening_pence=500))
    assert codes == ["bank-differs"]


@pytest.mark.parametrize("late_first", [True, False])
def test_a_statement_that_goes_on_where_another_ends_may_have_lines_of_days_before(
    bank, late_first
):
    """The first is dated the 31st; the bank books the 30th into the next one."""
    files = [
        ("march", camt([(day(3), 500, "A", "")])),
        ("next", camt([(day(30), 700, "B", "")], 500)),
    ]
    for name, text in reversed(files) if late_first else files:
        _bring_text(bank, name, text)
    (told,) = _told(bank)
    assert told[1:4] == ("12.00", "12.00", "0.00")


@pytest.mark.parametrize("written", [camt, mt940])
@pytest.mark.parametrize("order", [*permutations((3, 10, 20))])
def test_the_order_of_a_statements_entries_does_not_matter(bank, written, order):
    entries = [(day(n), n * 100, f"L{n}", "") for n in order]
    assert _bring_text(bank, "any", written(entries)) == []
    assert [row[1:4] for row in _told(bank)] == [("33.00", "33.00", "0.00")]
    assert _bring_text(bank, "next", written([(day(21), 100, "N", "")], 3_300)) == []
    assert [row[1:4] for row in _told(bank)] == [("34.00", "34.00", "0.00")]
