"""Real exports that nobody on this project wrote read as an independent count says."""

import json

import pytest

from levytool.bank.reading import read_statement_file
from levytool.money import format_pence
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared


@pytest.mark.parametrize("name", ["natwest.csv", "barclays.csv"])
def test_a_uk_banks_csv_reads_as_counted(name):
    expected = json.loads((SHARED / "data" / "expected.json").read_text())[f"bank/{name}"]
    file = read_statement_file(SHARED / "data" / "bank" / name)
    (statement,) = file.statements
    negative = sum(1 for line in statement.lines if line.amount_pence < 0)
    proved = {"newest-first ok": True, None: None}[expected["balance_chain"]]
    assert file.problems == ()
    assert (file.rows, format_pence(file.net_pence)) == (expected["rows"], expected["sum"])
    assert (negative, statement.proves) == (expected["negative"], proved)
    assert [line.row for line in statement.lines] == list(range(expected["rows"] + 1, 1, -1))


EXPECTED = ("camt053.v2.multi.statement.xml", "camt053.v2.wrong.xml", "camt053.v8.xml")


def counted(name):
    """What an independent count says of a file, and the file as it is read."""
    expected = json.loads((SHARED / "data" / "expected.json").read_text())[f"bank/{name}"]
    return expected, read_statement_file(SHARED / "data" / "bank" / name)


def codes(file):
    """The codes of what is wrong with a file, each once."""
    return sorted({problem.code for problem in file.problems})


@pytest.mark.parametrize("name", EXPECTED)
def test_a_camt_file_reads_as_counted(name):
    expected, file = counted(name)
    told = [
        (len(item.lines), format_pence(item.net_pence), item.proves) for item in file.statements
    ]
    assert told == [
        (item["entries"], item["net_booked_only"], item["OPBD_plus_net_equals_CLBD"])
        for item in expected["statements"]
    ]
    ends = [(item.opening_pence, item.closing_pence) for item in file.statements]
    assert [tuple(format_pence(pence) for pence in pair) for pair in ends] == [
        tuple(text for code, text in item["balances"] if code in ("OPBD", "CLBD"))
        for item in expected["statements"]
    ]
    assert file.format == "camt.053"


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("camt053.v2.multi.statement.xml", ["wrong-currency"]),
        ("camt053.v2.wrong.xml", ["no-statement"]),
        ("camt053.v8.xml", ["balance-differs", "wrong-currency"]),
        ("generic.sta", ["wrong-currency"]),
        ("mt940.sta", ["wrong-currency"]),
        ("stmtrs.ofx", ["wrong-currency"]),
    ],
)
def test_what_the_books_cannot_take_is_refused_with_its_reason(name, reasons):
    _expected, file = counted(name)
    assert codes(file) == reasons
    if "wrong-currency" in reasons:
        assert {item.currency for item in file.statements} <= {"EUR", "DEM", "PLN", "USD"}


@pytest.mark.parametrize("name", ["generic.sta", "mt940.sta"])
def test_an_mt940_file_reads_as_counted(name):
    expected, file = counted(name)
    assert (file.format, file.rows, len(file.statements)) == (
        "mt940",
        expected["transactions"],
        expected["statements"],
    )
    assert format_pence(file.net_pence) == expected["sum"]
    proving = sum(1 for item in file.statements if item.proves)
    assert f"{proving}/{len(file.statements)}" == expected["statements_whose_balance_proves"]
    ends = [
        format_pence(pence)
        for item in file.statements
        for pence in (item.opening_pence, item.closing_pence)
    ]
    # The count leaves out the balances of a statement that has spaces behind its tags.
    assert ends[: len(expected["balances"])] == [text for _t, text, _c, _d in expected["balances"]]


def test_an_ofx_file_reads_as_counted():
    expected, file = counted("stmtrs.ofx")
    (statement,) = file.statements
    assert (file.format, file.rows) == ("ofx", expected["transactions"])
    assert format_pence(file.net_pence) == expected["sum"]
    assert [statement.currency] == expected["currency"]
    assert [format_pence(statement.closing_pence)] == expected["ledger_balance"]
    assert [f"{line.booked:%Y%m%d}" for line in statement.lines] == expected["dates"]
    assert len({line.servicer_reference for line in statement.lines}) == expected["fitids"]
