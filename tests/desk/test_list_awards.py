"""`levy awards`: what call-offs were awarded at, beside what was spent and charged on them."""

import json

import pytest

from levytool.cli.main import run_with
from levytool.desk.levy.list_awards import list_awards
from levytool.problems import UsageError
from tests.desk.spending import book_of, framework

AWARDED = (
    "call_offs = [{ code = 'CO-1', member = 'SALIX', contractor = 'BROOKS', "
    "award = '100000.00', starts = 2014-02-01 }]"
)
TWO_RATES = (
    "payer = 'contractor'\nrate = '1%'",
    "from = 2014-03-01\npayer = 'contractor'\nrate = '2%'",
)


@pytest.fixture
def awarded(spending):
    """Books with a call-off awarded at £100,000 in February, and a levy that doubles in March."""
    return spending(book_of(framework(*TWO_RATES, settings=AWARDED), framework(code="HEAT")))


def test_an_award_stands_beside_its_spend_and_levy_beside_levy(awarded):
    awarded.accepted(
        {"Net": "20000.00", "Call-off": "CO-1", "Date": "2014-02-10"},
        {"Net": "10000.00", "Call-off": "co-1 ", "Invoice": "A2"},
    )
    (row,) = list_awards(awarded.office())
    assert row == {
        "call_off": "CO-1",
        "member": "SALIX",
        "contractor": "BROOKS",
        "framework": "REGEN",
        "award": "100000.00",
        "spend": "30000.00",
        "levy_on_award": "1000.00",
        "levy_on_spend": "400.00",
        "difference": "-600.00",
        "share_spent": "30%",
    }


def test_only_what_is_accepted_counts(awarded):
    awarded.bring({"Net": "20000.00", "Call-off": "CO-1"})
    (row,) = list_awards(awarded.office())
    assert (row["spend"], row["levy_on_spend"], row["share_spent"]) == ("0.00", "0.00", "0%")


def test_a_call_off_that_the_book_lacks_has_no_award(awarded):
    awarded.accepted(
        {"Call-off": "CO-1", "Member": "ALDER"},
        {"Call-off": "CO-1", "Contractor": "BEECH"},
        {"Call-off": "CO-1", "Framework": "HEAT"},
        {"Invoice": "A2"},
    )
    rows = list_awards(awarded.office())
    assert [(r["framework"], r["member"], r["contractor"], r["call_off"]) for r in rows] == [
        ("HEAT", "SALIX", "BROOKS", "CO-1"),
        ("REGEN", "ALDER", "BROOKS", "CO-1"),
        ("REGEN", "SALIX", "BEECH", "CO-1"),
        ("REGEN", "SALIX", "BROOKS", ""),
        ("REGEN", "SALIX", "BROOKS", "CO-1"),
    ]
    nothing = [None, None, None, None]
    told = [[r[k] for k in ("award", "levy_on_award", "difference", "share_spent")] for r in rows]
    assert told == [nothing, nothing, nothing, nothing, ["100000.00", "1000.00", "-1000.00", "0%"]]
    assert [row["spend"] for row in rows] == ["100.00"] * 4 + ["0.00"]


def test_the_list_is_narrowed_by_framework_and_member(awarded):
    awarded.accepted({"Call-off": "X", "Framework": "HEAT"}, {"Call-off": "X", "Member": "ALDER"})
    office = awarded.office()
    assert [row["framework"] for row in list_awards(office, framework="works of heat")] == ["HEAT"]
    assert [row["call_off"] for row in list_awards(office, member="ALDER")] == ["X"]
    assert list_awards(office, "HEAT", "ALDER") == []
    with pytest.raises(UsageError, match="no member 'ALDR'; did you mean ALDER"):
        list_awards(office, member="ALDR")


def test_the_list_comes_in_every_form(awarded, capsys):
    awarded.accepted({"Call-off": "X"})
    ledger = ["--ledger", str(awarded.path), "levy", "awards", "-O"]
    assert run_with([*ledger, "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["award"] for row in rows] == ["100000.00", None]
    assert run_with([*ledger, "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == ",".join(rows[0])
    for form in ("plain", "markdown", "table"):
        assert run_with([*ledger, form]) == 0
        assert "CO-1" in capsys.readouterr().out
