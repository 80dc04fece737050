"""The CSV exports of UK banks as each writes them, and layouts that a person names."""

from datetime import date

import pytest

from levytool.bank.csv_columns import parse_column_names
from levytool.bank.csv_reader import read_csv
from levytool.bank.reading import read_statement_file
from levytool.problems import UsageError

NBSP = "\u00a0"
EXPORTS = {
    "Barclays": (
        "Number,Date,Account,Amount,Subcategory,Memo\n"
        "\t ,05/03/2014,30-00-00 12345678,-7.50,DIRECTDEBIT,THE BANK   CHARGES   DDR\n"
        "\t ,03/03/2014,30-00-00 12345678,120.00,DIRECTDEP,BROOKS   INV-000001   BGC\n"
    ),
    "HSBC": ('05/03/2014,"THE BANK CHARGES","-7.50"\n03/03/2014,"BROOKS INV-000001","120.00"\n'),
    "Lloyds": (
        "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,"
        "Debit Amount,Credit Amount,Balance\n"
        "05/03/2014,DD,'30-00-00,12345678,THE BANK CHARGES,7.50,,1112.50\n"
        "03/03/2014,FPI,'30-00-00,12345678,BROOKS INV-000001,,120.00,1120.00\n"
    ),
    "NatWest": (
        "\nDate, Type, Description, Value, Balance, Account Name, Account Number\n\n"
        '05/03/2014,D/D,"\'THE BANK CHARGES",-7.50,1112.50,"\'US","\'300000-12345678",\n'
        '03/03/2014,BAC,"\'BROOKS , INV-000001",120.00,1120.00,"\'US","\'300000-12345678",\n'
    ),
    "Nationwide": (
        '"Account Name:","FlexAccount ****45678"\n"Account Balance:","£1,112.50"\n'
        '"Available Balance: ","£1,112.50"\n\n'
        '"Date","Transaction type","Description","Paid out","Paid in","Balance"\n'
        '"03 Mar 2014","Bank credit","BROOKS INV-000001","","£120.00","£1,120.00"\n'
        '"05 Mar 2014","Direct debit","THE BANK CHARGES","£7.50","","£1,112.50"\n'
    ),
    "Santander, text": (
        f"From:{NBSP}01/03/2014{NBSP}to{NBSP}31/03/2014\n{NBSP}\n"
        f"Account:{NBSP}XXXX XXXX XXXX 5678\n{NBSP}\n"
        f"Date:{NBSP}05/03/2014\nDescription:{NBSP}THE BANK, CHARGES\n"
        f"Amount:{NBSP}-7.50{NBSP}\nBalance:{NBSP}1112.50{NBSP}\n{NBSP}\n"
        f"Date:{NBSP}03/03/2014\nDescription:{NBSP}BROOKS INV-000001\n"
        f"Amount:{NBSP}120.00{NBSP}\nBalance:{NBSP}1120.00{NBSP}\n"
    ),
    "Santander, table": (
        "Date,Merchant/Description,Debit/Credit,Balance\n"
        '05/03/2014,THE BANK CHARGES,-£7.50,"£1,112.50"\n'
        '03/03/2014,BROOKS INV-000001,+£120.00,"£1,120.00"\n'
    ),
    "Starling": (
        "Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category,Notes\n"
        "03/03/2014,BROOKS,INV-000001,FASTER PAYMENT,120.00,1120.00,INCOME,\n"
        "05/03/2014,THE BANK,CHARGES,DIRECT DEBIT,-7.50,1112.50,BILLS,\n"
    ),
    "Monzo": (
        "Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,"
        "Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,"
        "Money In\n"
        "tx_1,03/03/2014,09:01:02,Faster payment,BROOKS,,Income,120.00,GBP,120.00,GBP,,,,"
        "INV-000001,,,120.00\n"
        "tx_2,05/03/2014,09:01:02,Direct debit,THE BANK,,Bills,-7.50,GBP,-7.50,GBP,,,,"
        "CHARGES,,-7.50,\n"
    ),
}
WITHOUT_BALANCE = {"Barclays", "HSBC", "Monzo"}


def reads(tmp_path, text, columns=""):
    """A file of this text, read."""
    path = tmp_path / "statement"
    path.write_bytes(text.encode("cp1252"))
    return read_statement_file(path, parse_column_names(columns) if columns else None)


@pytest.mark.parametrize("bank", EXPORTS)
def test_each_banks_export_reads_the_same(tmp_path, bank):
    file = reads(tmp_path, EXPORTS[bank])
    assert file.problems == ()
    (statement,) = file.statements
    assert [(line.booked, line.amount_pence) for line in statement.lines] == [
        (date(2014, 3, 3), 12_000),
        (date(2014, 3, 5), -750),
    ]
    texts = [f"{line.description} {line.reference}" for line in statement.lines]
    assert "BROOKS" in texts[0] and "INV-000001" in texts[0] and "CHARGES" in texts[1]
    if bank in WITHOUT_BALANCE:
        assert statement.proves is None
    else:
        ends = (statement.opening_pence, statement.closing_pence, statement.proves)
        assert ends == (100_000, 111_250, True)


@pytest.mark.parametrize(
    ("bank", "account"), [("Lloyds", "30-00-00 12345678"), ("NatWest", "300000-12345678")]
)
def test_a_mark_for_spreadsheets_is_no_part_of_the_account(tmp_path, bank, account):
    (statement,) = reads(tmp_path, EXPORTS[bank]).statements
    assert statement.account == account


def test_monzos_transaction_id_tells_lines_apart(tmp_path):
    (statement,) = reads(tmp_path, EXPORTS["Monzo"]).statements
    assert [line.servicer_reference for line in statement.lines] == ["tx_1", "tx_2"]


def test_a_labelled_statement_tells_the_row_of_what_is_wrong(tmp_path):
    text = EXPORTS["Santander, text"].replace("\u00a0120.00", "\u00a012O.00")
    row = next(
        i for i, line in enumerate(text.splitlines(), 1) if "03/03/2014" in line and "Date" in line
    )
    assert [(item.code, item.row) for item in reads(tmp_path, text).problems] == [
        ("not-a-number", row)
    ]


STRANGE = (
    "When,What,In,Out,Left\n05/03/2014,CHARGES,,7.50,1112.50\n03/03/2014,BROOKS,120.00,,1120.00\n"
)


def test_a_person_names_the_columns_of_any_other_export(tmp_path):
    named = "date=When,description=What,paid-in=In,paid-out=Out,balance=Left"
    for columns in (named, "date=1,description=2,paid_in=3,paid_out=4,balance=5"):
        file = reads(tmp_path, STRANGE, columns)
        (statement,) = file.statements
        assert (file.problems, statement.proves, statement.opening_pence) == ((), True, 100_000)
        assert [line.description for line in statement.lines] == ["BROOKS", "CHARGES"]


def test_headers_that_are_not_there_are_told(tmp_path):
    (problem,) = reads(tmp_path, STRANGE, "date=When,amount=Sum").problems
    assert problem.code == "no-header"


@pytest.mark.parametrize(
    "columns",
    ["date", "date=1", "amount=2", "date=1,amount=2,amount=3", "when=1,amount=2", "date=,"],
)
def test_columns_that_cannot_be_meant_are_wrong_usage(columns):
    with pytest.raises(UsageError, match="--columns"):
        parse_column_names(columns)


def test_numbers_without_dates_are_no_statement(tmp_path):
    (problem,) = reads(tmp_path, "1,2,3\n4,5,6\n").problems
    assert problem.code == "no-header"


def test_a_file_cut_off_inside_its_last_row_is_refused_though_an_amount_stands_there():
    header = "Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Category,Notes"
    whole = "02/05/2025,BROOKS,INV-1,FASTER PAYMENT,10.00,10.00,INCOME,"
    rows = [line.split(",") for line in (header, whole, "03/05/2025,TWO,x,FASTER PAYMENT,-2.0")]
    _statements, problems = read_csv(rows, "cut.csv")
    assert [(p.code, p.row, p.value) for p in problems] == [("ragged-row", 3, "-2.0")]


def test_rows_that_all_leave_their_last_blank_cells_off_are_read():
    rows = [["Date", "Description", "Amount", "Notes"], ["02/05/2025", "A", "10.00"]]
    (statement,), problems = read_csv(rows, "short.csv")
    assert (statement.net_pence, problems) == (1_000, ())


@pytest.mark.parametrize("above", [[], ["04/03/2014,ABC,2.00,12.00"]])
def test_a_row_that_ends_before_its_balance_is_cut_off(above):
    """Alone there, or in an export that leaves its blank last cells off every row."""
    lines = ["Date,Description,Amount,Balance,Notes", *above, "03/03/2014,Brooks,1"]
    _statements, problems = read_csv([line.split(",") for line in lines], "cut.csv")
    assert [(p.code, p.row, p.value) for p in problems] == [("ragged-row", len(lines), "1")]


def test_a_row_that_ends_before_its_text_is_cut_off():
    rows = [["Number", "Date", "Amount", "Memo"], [" ", "03/03/2014", "12"]]
    _statements, problems = read_csv(rows, "cut.csv")
    assert [(p.code, p.row, p.value) for p in problems] == [("ragged-row", 2, "12")]


@pytest.mark.parametrize("entries", [1, 2])
def test_a_labelled_statement_cut_off_in_its_last_amount_is_refused(tmp_path, entries):
    text = (
        "Date: 05/03/2014\nDescription: GHI\nAmount: 1000.00\nBalance: 2123.45\n\n"
        "Date: 03/03/2014\nDescription: BROOKS INV-000001\nAmount: 123.45\nBalance: 1123.45\n"
    )
    text = "From: 01/03/2014\n" + (text if entries == 2 else text[text.rindex("Date:") :])
    assert reads(tmp_path, text).problems == ()
    for end in ("23.45\nBal", ":", "\nBal"):
        cut = text[: text.rindex(end)]
        row = cut[: cut.rindex("Date:")].count("\n") + 1
        found = reads(tmp_path, cut).problems
        assert [(item.code, item.row) for item in found] == [("ragged-row", row)]


def test_a_number_of_a_column_that_is_not_there_is_told(tmp_path):
    (problem,) = reads(tmp_path, "05/03/2014,CHARGES,1.00\n", "date=1,amount=9").problems
    assert (problem.code, problem.row, problem.column) == ("missing", 1, "column 9")


def test_money_in_and_out_of_one_row_is_told_as_it_is_written():
    rows = [["Date", "Description", "Paid in", "Paid out"], ["02/05/2025", "A", "10.00", "3.00"]]
    _statements, (problem,) = read_csv(rows, "both.csv")
    assert problem.value == "10.00 in, 3.00 out"
