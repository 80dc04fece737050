"""A real framework's sales returns: every row taken, and every total that of a sum done elsewhere.

The file has bare carriage returns, cp1252, credits, and amounts with parts of a penny.
"""

import csv
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

import pytest

from levytool.desk.book.draft_from_files import draft_from_files
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.desk.spend.list_spend import list_spend
from levytool.money import parse_pounds
from tests.desk.spending import Spending
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

FILE = SHARED / "data" / "returns" / "gcloud_framework_sales_2014-07.csv"
PENNY = Decimal("0.01")


@pytest.fixture(scope="module")
def rows():
    with FILE.open(encoding="cp1252", newline=None) as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    book = draft_from_files([FILE], rate="0.5%")
    made = Spending(tmp_path_factory.mktemp("gcloud"), book)
    yield made
    made.prove()
    made.ledger.close()


@pytest.fixture(scope="module")
def outcome(books):
    return import_spend(books.office(), FILE, ImportOptions(accept=True))


def rounded(row):
    return Decimal(row["EvidencedSpend"]).quantize(PENNY, ROUND_HALF_UP)


def by(column, rows):
    sums = Counter()
    for row in rows:
        sums[row[column]] += rounded(row)
    return dict(sums)


def test_every_row_is_taken(outcome, rows):
    assert len(rows) == 13_492
    assert (outcome.status, outcome.problems) == ("accepted", [])
    assert (outcome.read, outcome.accepted, outcome.skipped) == (13_492, 13_492, 0)
    exact = [Decimal(row["EvidencedSpend"]) for row in rows]
    assert outcome.rounded == sum(amount != amount.quantize(PENNY) for amount in exact)
    assert Decimal(outcome.net_pence) / 100 == sum(map(rounded, rows))


def test_totals_by_lot_and_by_sector_are_those_of_the_file(books, outcome, rows):
    lines = list(list_spend(books.office()))
    lots = Counter()
    for line in lines:
        lots[line["lot"]] += Decimal(line["net"])
    assert dict(lots) == by("LotDescription", rows)
    sector_of = {row["ID"]: row["Sector"] for row in rows}
    in_order = [sector_of[row["ID"]] for row in rows]
    sectors = Counter()
    for line in lines:
        sectors[in_order[line["row"] - 2]] += Decimal(line["net"])
    assert dict(sectors) == by("Sector", rows)


def test_each_return_is_a_suppliers_month_and_each_document_its_rounded_levy(books, outcome, rows):
    found = books.rows(
        "SELECT r.id, r.net_pence, r.levy_pence, COALESCE(SUM(CASE d.kind WHEN 'invoice' "
        "THEN d.net_pence ELSE -d.net_pence END), 0) FROM levy_return r "
        "LEFT JOIN document d ON d.return_id = r.id GROUP BY r.id"
    )
    months = {row["ReturnMonth"][:7] for row in rows}
    assert {period for (period,) in books.rows("SELECT DISTINCT period FROM levy_return")} == months
    for _number, net_pence, levy_pence, billed_pence in found:
        exact = Decimal(net_pence) * Decimal("0.005")
        assert levy_pence == billed_pence == exact.quantize(Decimal(1), ROUND_HALF_UP)
    assert sum(net for _id, net, _levy, _billed in found) == outcome.net_pence
    shares = sum(parse_pounds(line["levy_share"]) for line in list_spend(books.office()))
    assert shares == outcome.levy_pence == sum(levy for _id, _net, levy, _billed in found)
