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


@pytest.mark.parametrize(
    "name",
    [
        "camt053.v2.multi.statement.xml",
        "camt053.v2.wrong.xml",
        "camt053.v8.xml",
        "generic.sta",
        "mt940.sta",
        "stmtrs.ofx",
    ],
)
def test_other_formats_are_told_by_their_content(name):
    file = read_statement_file(SHARED / "data" / "bank" / name)
    assert [problem.code for problem in file.problems] == ["unknown-format"]
