"""The period of a quarterly return: people read the quarter, scripts what `--period` takes back."""

import csv
import io

import pytest

from tests.cli.shell import Shell
from tests.desk.spending import book_of, framework

LINE = {"Date": "2014-01-15", "Net": "10000.00"}
SETTINGS = "returns = 'quarterly'\ncontractors = [{ code = 'BROOKS' }]"


@pytest.fixture
def quarterly(tmp_path, monkeypatch, capsys):
    """Commands in a folder whose book has quarterly returns for REGEN."""
    book = book_of(
        framework(settings=SETTINGS),
        settings="late_interest = [{ from = 2012-01-01, rate = '8%' }]",
    )
    book = book.replace("starts = 2012-04-01", "starts = 2014-01-01")
    made = Shell(tmp_path, monkeypatch, capsys, book)
    made.file("spend.csv", LINE)
    yield made
    made.books.prove()
    made.books.ledger.close()


COMMANDS = ("return list", "return due", "spend list", "levy documents", "levy interest")


def test_an_import_says_the_quarter_to_people_and_its_key_to_scripts(quarterly):
    words = ("spend", "import", "spend.csv", "--dry-run")
    [told] = quarterly.done(*words, "-O", "json").json["returns"]
    assert told["period"] == "2014-03"
    assert "2014-03" in quarterly.done(*words, "-O", "csv").out
    assert "2014-Q1" in quarterly.done(*words).out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_list_says_the_quarter_to_people_and_its_key_to_scripts(quarterly, command):
    quarterly.done("spend", "import", "spend.csv", "--accept", "--period", "2014-Q1")
    quarterly.set(LEVYTOOL_TODAY="2014-07-20")
    words = command.split()
    keys = {row["period"] for row in quarterly.done(*words, "-O", "json").json}
    assert keys
    assert keys <= {"2014-03", "2014-06"}
    as_csv = list(csv.DictReader(io.StringIO(quarterly.done(*words, "-O", "csv").out)))
    assert {row["period"] for row in as_csv} == keys
    for form in ("plain", "table", "markdown"):
        shown = quarterly.done(*words, "-O", form).out
        for key in keys:
            assert f"{key[:5]}Q{int(key[5:]) // 3}" in shown
            assert f" {key} " not in shown
    if "--period" in quarterly.done(*words, "--help").out:
        for key in keys:
            back = quarterly.done(*words, "--period", key, "-O", "json").json
            quarter = f"{key[:5]}Q{int(key[5:]) // 3}"
            assert quarterly.done(*words, "--period", quarter, "-O", "json").json == back
            assert [row["period"] for row in back] == [key] * len(back)
            assert back


def test_the_document_itself_has_the_key_for_scripts_and_the_months_for_its_payer(quarterly):
    quarterly.done("spend", "import", "spend.csv", "--accept")
    document = ("levy", "document", "INV-000001")
    assert quarterly.done(*document, "-O", "json").json["period"] == "2014-03"
    assert "January 2014 to March 2014" in " ".join(quarterly.done(*document).out.split())
