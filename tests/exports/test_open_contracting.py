"""Open data: a release package by the rules of OCDS 1.1, and the same figures in CSV."""

import json
import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.book.records import ExportSettings
from levytool.exports.exact_json import Amount, exact_json
from levytool.exports.open_contracting import release_package, spend_csv
from levytool.ledger.spend.open_spend import PublishedSpend
from levytool.money import parse_pounds
from levytool.periods import Month, Period
from tests.books import make_book
from tests.exports.batches import rows_of

QUARTER = Period(Month(2014, 1), Month(2014, 3))
BOOK = make_book(
    members=("ALDER", "SALIX"), contractors=("BEECH", "BROOKS"), frameworks=("REGEN", "WARM")
)
SETTINGS = ExportSettings(
    ocid_prefix="ocds-a1b2c3", open_data_license="https://www.example.org/licence"
)
BOOK = replace(BOOK, consortium=replace(BOOK.consortium, exports=SETTINGS))

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ROLES = {"buyer", "payer", "supplier", "payee"}
TAGS = {"planning", "tender", "award", "contract", "implementation"}


@st.composite
def spends(draw: Any) -> list[PublishedSpend]:
    """Sums of accepted spend as the ledger gives them: in order, each key once."""
    keys = st.tuples(
        st.sampled_from(QUARTER.months()),
        st.sampled_from(("REGEN", "WARM")),
        st.sampled_from(("BEECH", "BROOKS")),
        st.sampled_from(("ALDER", "SALIX", "GONE")),
    )
    return [
        PublishedSpend(
            *key,
            draw(st.integers(-(10**14), 10**14)),
            draw(st.integers(1, 9)),
            f"2014-04-{draw(st.integers(1, 30)):02d}T{draw(st.integers(0, 23)):02d}:30:00.000000Z",
        )
        for key in sorted(draw(st.sets(keys, min_size=1)))
    ]


def read_exactly(text: str) -> Any:
    """JSON with its numbers as they are written."""
    return json.loads(text, parse_float=Decimal)


def check_package(package: dict[str, Any]) -> None:
    """The rules of the release package schema 1.1 that our packages can break."""
    assert package.keys() >= {"uri", "publisher", "publishedDate", "releases", "version"}
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", package["uri"])
    assert re.fullmatch(r"(\d+\.)(\d+)", package["version"])
    assert package["publisher"]["name"]
    assert MOMENT.fullmatch(package["publishedDate"])
    releases = package["releases"]
    assert releases
    assert len({release["id"] for release in releases}) == len(releases)
    for release in releases:
        check_release(release)
        assert release["date"] <= package["publishedDate"]


def check_release(release: dict[str, Any]) -> None:
    """The rules of the release schema 1.1 that our releases can break."""
    assert release.keys() >= {"ocid", "id", "date", "tag", "initiationType"}
    assert release["ocid"].startswith("ocds-a1b2c3-")
    assert "#" not in release["id"]
    assert MOMENT.fullmatch(release["date"])
    assert release["tag"]
    assert set(release["tag"]) <= TAGS
    assert release["initiationType"] == "tender"
    parties = {party["id"]: party for party in release["parties"]}
    assert len(parties) == len(release["parties"])
    assert all(party["name"] and set(party["roles"]) <= ROLES for party in parties.values())
    awards = [award["id"] for award in release["awards"]]
    assert len(set(awards)) == len(awards)
    contracts = [contract["id"] for contract in release["contracts"]]
    assert len(set(contracts)) == len(contracts)
    referred = [party for award in release["awards"] for party in award["suppliers"]]
    transactions = []
    for contract in release["contracts"]:
        assert contract["awardID"] in awards
        transactions += contract["implementation"]["transactions"]
    assert len({item["id"] for item in transactions}) == len(transactions)
    for item in transactions:
        assert MOMENT.fullmatch(item["date"])
        assert isinstance(item["value"]["amount"], Decimal)
        assert item["value"]["currency"] == "GBP"
        assert "payer" in parties[item["payer"]["id"]]["roles"]
        assert "payee" in parties[item["payee"]["id"]]["roles"]
        referred += [item["payer"], item["payee"]]
    assert all(parties[party["id"]]["name"] == party["name"] for party in referred)


@settings(max_examples=50)
@given(spends())
def test_a_package_keeps_the_rules_and_says_every_sum(spend: list[PublishedSpend]) -> None:
    package = read_exactly(release_package(BOOK, QUARTER, spend))
    check_package(package)
    told: Counter[tuple[str, ...]] = Counter()
    for release in package["releases"]:
        framework = release["tender"]["id"]
        for contract in release["contracts"]:
            for item in contract["implementation"]["transactions"]:
                amount = item["value"]["amount"]
                assert amount.as_tuple().exponent == -2
                key = (item["date"][:7], framework, item["payee"]["id"], item["payer"]["id"])
                told[key] = int(amount * 100)
    assert told == {
        (str(row.period), row.framework, row.contractor, row.member): row.net_pence for row in spend
    }


@settings(max_examples=50)
@given(spends())
def test_the_csv_says_the_same(spend: list[PublishedSpend]) -> None:
    rows = rows_of(spend_csv(BOOK, spend))
    assert [(row["period"], row["contractor"], parse_pounds(row["net"])) for row in rows] == [
        (str(row.period), row.contractor, row.net_pence) for row in spend
    ]


@settings(max_examples=50)
@given(spends())
def test_the_same_spend_gives_the_same_bytes(spend: list[PublishedSpend]) -> None:
    assert release_package(BOOK, QUARTER, spend) == release_package(BOOK, QUARTER, spend)


def test_a_release_that_says_something_else_has_another_id() -> None:
    row = PublishedSpend(
        *(QUARTER.first, "REGEN", "BROOKS", "SALIX", 100, 1, "2014-04-10T09:30:00.000000Z")
    )
    ids = {
        json.loads(release_package(BOOK, QUARTER, [spent]))["releases"][0]["id"]
        for spent in (row, row._replace(net_pence=200), row)
    }
    assert len(ids) == 2


def test_a_void_package_is_never_made() -> None:
    with pytest.raises(ValueError, match="at least one release"):
        release_package(BOOK, QUARTER, [])


TEXTS = st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_written_reads_back(value: Any) -> None:
    assert json.loads(exact_json(value)) == value


@given(st.integers(-(10**15), 10**15))
def test_an_amount_is_a_number_of_two_decimals(pence: int) -> None:
    found = read_exactly(exact_json([Amount(pence)]))[0]
    assert (found * 100, found.as_tuple().exponent) == (pence, -2)
