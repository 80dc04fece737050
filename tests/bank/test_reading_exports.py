"""Reading banks' CSV exports: which column is which, which way they run, what must prove."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.bank.reading import read_statement_file
from levytool.money import format_pence
from tests.bank.exports import STYLES, day, export, table


@pytest.fixture
def read(tmp_path):
    """Reads text as a bank's file."""

    def reading(text, encoding="utf-8"):
        path = tmp_path / "statement.csv"
        path.write_bytes(text.encode(encoding))
        return read_statement_file(path)

    return reading


def amounts(file):
    """The pence of a file's only statement, in order of booking."""
    (statement,) = file.statements
    return [line.amount_pence for line in statement.lines]


def codes(file):
    """The codes of a file's problems with their rows."""
    return [(problem.code, problem.row) for problem in file.problems]


LINES = [
    (day(3), 12_000, "BROOKS ROOFING , INV-000001"),
    (day(3), 12_000, "BROOKS ROOFING , INV-000001"),
    (day(4), -750, "ACCOUNT CHARGES"),
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("newest_first", [False, True])
def test_every_style_reads_the_same_either_way_round(read, style, newest_first):
    file = read(export(LINES, 50_000, style, newest_first))
    (statement,) = file.statements
    assert file.problems == ()
    assert [(line.booked, line.amount_pence, line.description) for line in statement.lines] == LINES
    assert (statement.opening_pence, statement.closing_pence) == (50_000, 73_250)
    assert statement.proves is True
    assert (file.format, file.rows, file.net_pence) == ("csv", 3, 23_250)


def test_the_account_is_read_from_its_columns(read):
    assert (
        read(export(LINES, style="debit and credit")).statements[0].account == "30-00-00 12345678"
    )


def test_days_newest_first_with_each_day_oldest_first(read):
    rows = export(LINES, 0, "signed").splitlines()
    header, first, second, last = rows
    file = read("\r\n".join([header, last, first, second]))
    assert amounts(file) == [12_000, 12_000, -750]
    assert file.statements[0].proves is True


def test_without_balances_nothing_is_proved_and_dates_give_the_order(read):
    file = read("Date,Memo,Amount\n05/03/2014,later,-1.00\n01/03/2014,earlier,2.00\n")
    (statement,) = file.statements
    assert amounts(file) == [200, -100]
    assert (statement.opening_pence, statement.closing_pence, statement.proves) == (None,) * 3


def test_a_balance_given_once_a_day_is_enough(read):
    file = read(
        "Date,Details,Paid in,Paid out,Balance\n"
        "01/03/2014,one,10.00,,\n01/03/2014,two,,3.00,107.00\n02/03/2014,three,1.00,,108.00\n"
    )
    (statement,) = file.statements
    assert file.problems == ()
    assert (statement.opening_pence, statement.closing_pence) == (10_000, 10_800)


def test_a_line_that_is_missing_breaks_the_balance(read):
    header, *rows = export(LINES, 50_000).splitlines()
    file = read("\n".join([header, rows[0], rows[2]]))
    (problem,) = file.problems
    assert (problem.code, problem.row, problem.column) == ("balance-differs", 3, "Balance")
    assert "£612.50" in problem.message
    assert file.statements[0].proves is False


@pytest.mark.parametrize("newest_first", [False, True])
def test_dates_say_which_way_the_rows_run_whatever_the_balances_say(read, newest_first):
    lines = [(day(3), 1_000, "a receipt"), (day(4), -500, "a charge")]
    header, *rows = export(lines, 50_000, "signed", newest_first).splitlines()
    # Read the other way the receipt's £510.00 would follow: £500.00 and £10.00 more.
    wrong = [row.replace("505.00", "500.00") for row in rows]
    file = read("\n".join([header, *wrong]))
    assert [problem.code for problem in file.problems] == ["balance-differs"]
    assert file.statements[0].proves is False
    assert amounts(file) == [1_000, -500]


def test_two_rows_of_one_day_may_run_either_way(read):
    header, first, second = export([(day(3), 1_000, "a"), (day(3), -500, "b")], 0).splitlines()
    for rows in ([first, second], [second, first]):
        file = read("\n".join([header, *rows]))
        assert (amounts(file), file.problems) == ([1_000, -500], ())


def test_every_break_is_told_in_one_pass(read):
    lines = [(day(number), 1_000, "x") for number in range(1, 8)]
    rows = [row.split(",") for row in export(lines).splitlines()]
    rows[2][-1] = "1.00"
    rows[5][-1] = "2.00"
    assert codes(read(table(rows))) == [("balance-differs", row) for row in (3, 4, 6, 7)]


def test_rows_that_only_state_a_balance_are_no_entries(read):
    file = read(
        "Date,Description,Money In,Money Out,Balance\n"
        ",Opening balance,,,100.00\n"
        "01/03/2014,BROOKS,20.00,,120.00\n"
        "02/03/2014,Balance carried forward,,,120.00\n"
    )
    (statement,) = file.statements
    assert (file.problems, file.rows) == ((), 1)
    assert (statement.opening_pence, statement.closing_pence) == (10_000, 12_000)


def test_an_opening_balance_that_does_not_lead_to_the_closing_one_is_refused(read):
    file = read(
        "Date,Description,Amount\n,Opening balance,100.00\n"
        "01/03/2014,BROOKS,20.00\n,Closing balance,130.00\n"
    )
    assert codes(file) == [("balance-differs", 4)]


def test_a_payer_may_write_balance(read):
    file = read("Date,Description,Amount,Balance\n01/03/2014,BALANCE,20.00,120.00\n")
    assert amounts(file) == [2_000]


@pytest.mark.parametrize("words", ["Total", "TOTALS:", "Sub-total", "Total paid in and out"])
def test_totals_below_the_lines_are_no_entries(read, words):
    file = read(f"Date,Description,Debit,Credit\n01/03/2014,BROOKS,,20.00\n,{words},0.00,20.00\n")
    assert (file.problems, amounts(file)) == ((), [2_000])


def test_a_payee_that_is_called_total_is_no_total(read):
    file = read("Date,Memo,Amount\n01/03/2014,BROOKS,20.00\n,Total Gas & Power Ltd,-50.00\n")
    assert codes(file) == [("missing", 3)]


@pytest.mark.parametrize(
    ("cell", "pence"),
    [
        ("£1,234.50", 123_450),
        ("1234.50 CR", 123_450),
        ("1234.50DR", -123_450),
        ("-12", -1_200),
        ("(12.00)", -1_200),
        ("12.00 OD", -1_200),
    ],
)
def test_a_banks_cr_is_money_in(read, cell, pence):
    assert amounts(read(table([["Date", "Memo", "Amount"], ["01/03/2014", "x", cell]]))) == [pence]


def test_a_type_of_debit_or_credit_gives_the_sign(read):
    file = read("Date,Type,Memo,Amount\n01/03/2014,DEBIT,x,5.00\n01/03/2014,CREDIT,y,7.00\n")
    assert amounts(file) == [-500, 700]


def test_a_mark_column_gives_the_sign(read):
    file = read("Date,CR/DR,Memo,Amount\n01/03/2014,DR,x,5.00\n01/03/2014,CR,y,7.00\n")
    assert amounts(file) == [-500, 700]


def test_money_out_with_its_sign_is_money_out(read):
    file = read("Date,Memo,Money Out,Money In\n01/03/2014,x,-5.00,\n")
    assert amounts(file) == [-500]


def test_account_details_may_stand_above_the_header(read):
    file = read(
        "Account Name:,FlexAccount\nAccount Balance:,£20.00\n\n"
        '"Date","Transaction type","Description","Paid out","Paid in","Balance"\n'
        '"01 Mar 2014","Bank credit","BROOKS","","£20.00","£20.00"\n',
        "cp1252",
    )
    assert (file.problems, amounts(file)) == ((), [2_000])
    assert file.statements[0].lines[0].row == 5


def test_a_time_beside_the_date_is_left_out(read):
    file = read("Completed Date,Details,Amount\n2014-03-01 14:33:09,x,1.00\n")
    assert file.statements[0].lines[0].booked == date(2014, 3, 1)


def test_the_texts_of_several_columns_are_one(read):
    file = read(
        "Date,Narrative #1,Narrative #2,Payment reference,Amount (GBP)\n"
        "01/03/2014,BROOKS,  ROOFING ,INV-000001,1.00\n"
    )
    line = file.statements[0].lines[0]
    assert (line.description, line.reference) == ("BROOKS ROOFING", "INV-000001")


def test_each_account_of_a_file_is_a_statement_of_its_own(read):
    file = read(
        "Date,Account Number,Memo,Amount,Balance\n01/03/2014,11111111,x,1.00,1.00\n"
        "01/03/2014,22222222,y,2.00,52.00\n02/03/2014,11111111,z,1.00,2.00\n"
    )
    told = [(item.account, item.opening_pence, item.closing_pence) for item in file.statements]
    assert told == [("11111111", 0, 200), ("22222222", 5_000, 5_200)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Date,Memo,Amount,Currency\n01/03/2014,x,1.00,EUR\n", "EUR"),
        ("Date,Memo,Amount (USD)\n01/03/2014,x,1.00\n", "USD"),
        ("Date,Memo,Amount\n01/03/2014,x,€1.00\n", "EUR"),
    ],
)
def test_another_currency_is_named_and_refused(read, text, named):
    problems = [item for item in read(text).problems if item.code == "wrong-currency"]
    assert [named in item.message for item in problems] == [True]


def test_everything_wrong_is_told_in_one_pass(read):
    file = read(
        "Date,Memo,Paid in,Paid out,Balance\n"
        "13/13/2014,x,1.00,,1.00\n"
        "02/03/2014,x,12x,,2.00\n"
        "03/03/2014,x,,,2.00\n"
        "04/03/2014,x,1.00,2.00,1.00\n"
        "05/03/2014,x,1.005,,1.00\n"
        ",x,1.00,,1.00\n"
        "07/03/2014,x,20000000000.00,,1.00\n"
        "08/03/2014,x,1.00,,1.00,left over\n"
        "09/03/2014,x,1.00,,2.00\n"
    )
    assert codes(file) == [
        ("not-a-date", 2),
        ("not-a-number", 3),
        ("missing", 4),
        ("not-a-number", 5),
        ("not-a-number", 6),
        ("missing", 7),
        ("too-large", 8),
        ("ragged-row", 9),
    ]
    assert all(problem.hint and problem.file == "statement.csv" for problem in file.problems)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<?xml version='1.0'?><Document xmlns='urn:camt.053.001.02'>", "unreadable-file"),
        (b"<?xml version='1.0'?><Document/>", "unknown-format"),
        (b"<html><body>Please log on</body></html>", "unknown-format"),
        (b"PK\x03\x04rest", "unknown-format"),
        (b"one,two\n1,2\n", "no-header"),
        (b"", "no-header"),
        (b"\x00\x01\x02", "unreadable-file"),
        (b'Date,Memo,Amount\n01/03/2014,"open,1.00\n', "unreadable-file"),
    ],
)
def test_what_is_no_csv_statement_is_refused_with_what_to_do(tmp_path, content, code):
    path = tmp_path / "statement"
    path.write_bytes(content)
    file = read_statement_file(path)
    (problem,) = file.problems
    assert (problem.code, file.format, file.statements) == (code, "", ())
    assert problem.hint


def test_a_time_of_day_is_no_mt940_tag(read):
    file = read("Date,Memo,Amount\n01/03/2014,FP 10:20:30,1.00\n")
    assert (file.problems, amounts(file)) == ((), [100])


def test_a_statement_without_entries_is_one_of_nothing(read):
    file = read("Date,Description,Amount,Balance\n")
    assert (file.problems, file.rows, file.net_pence) == ((), 0, 0)


entries = st.lists(
    st.tuples(st.integers(1, 28), st.integers(-99_999_999, 99_999_999)), min_size=1, max_size=12
)


@given(entries, st.integers(-(10**9), 10**9), st.sampled_from(sorted(STYLES)), st.booleans())
def test_any_statement_reads_back_as_it_was(tmp_path_factory, given_, opening, style, turned):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    lines = [(day(number), pence, "text") for number, pence in sorted(given_, key=lambda e: e[0])]
    path.write_text(export(lines, opening, style, turned), encoding="utf-8")
    file = read_statement_file(path)
    (statement,) = file.statements
    assert file.problems == ()
    assert statement.opening_pence == opening
    assert statement.closing_pence == opening + sum(pence for _day, pence, _text in lines)
    assert sorted(line.amount_pence for line in statement.lines) == sorted(p for _d, p, _t in lines)
    assert [line.booked for line in statement.lines] == [booked for booked, _p, _t in lines]


@given(entries, st.data())
def test_no_wrong_balance_goes_unseen(tmp_path_factory, given_, data):
    path = tmp_path_factory.getbasetemp() / "wrong.csv"
    # Amounts of one sign, in order of day: no other order of the rows can prove.
    lines = [(day(number), abs(pence) + 1, "x") for number, pence in sorted(given_)]
    lines += [(day(29), 5, "x"), (day(30), 7, "x")]
    rows = [row.split(",") for row in export(lines).splitlines()]
    row = data.draw(st.integers(1, len(rows) - 1))
    rows[row][-1] = str(data.draw(st.integers(10**7, 10**8)))
    path.write_text(table(rows), encoding="utf-8")
    assert {item.code for item in read_statement_file(path).problems} == {"balance-differs"}


PENCE = st.integers(-(10**6), 10**6)


@given(PENCE, PENCE, PENCE, st.none() | PENCE, st.sampled_from(sorted(STYLES)), st.booleans())
def test_a_wrong_balance_of_two_days_never_proves(
    tmp_path_factory, opening, first, second, wrong, style, turned
):
    path = tmp_path_factory.getbasetemp() / "two.csv"
    # The balance before both rows is what would prove if they ran the other way.
    stated = opening if wrong is None else wrong
    right = opening + first + second
    rows = export([(day(3), first, "x"), (day(4), second, "x")], opening, style, turned)
    cells = [row.split(",") for row in rows.splitlines()]
    cells[1 if turned else 2][-1] = format_pence(stated)
    path.write_text(table(cells), encoding="utf-8")
    file = read_statement_file(path)
    assert [item.code for item in file.problems] == ["balance-differs"] * (stated != right)
    assert file.statements[0].proves is (stated == right)
    assert amounts(file) == [first, second]
