"""Opportunities due by scope, exactly and whole, and places recorded and verified (domain §3.4)."""

from datetime import date

import pytest

from levytool.desk.brokerage.list_opportunities import list_opportunities
from levytool.desk.brokerage.opportunity_due import opportunity_due
from levytool.desk.brokerage.record_opportunity import Place, record_opportunity, verify_opportunity
from levytool.ledger.journal.as_known import AsKnown
from levytool.problems import RuleRefused, UsageError
from tests.desk.consortium import book_text, tried

KEYS = [
    "scope",
    "framework",
    "member",
    "call_off",
    "contractor",
    "spend",
    "due_exact",
    "due",
    "delivered",
    "verified",
    "outstanding",
    "carried",
]
DAY = date(2014, 5, 1)


def due(books, as_at=None):
    found, _remarks = opportunity_due(books.office(), AsKnown(as_at))
    return found


def row(books, **codes):
    rows = due(books)["rows"]
    found = [r for r in rows if all(r[name] == code for name, code in codes.items())]
    assert len(found) == 1
    return found[0]


def record(books, user="ann", reference="", **given):
    settings = {
        "framework": "REGEN",
        "member": "SALIX",
        "type": "job",
        "starts": DAY,
        "weeks": 52,
    }
    return record_opportunity(books.office(user), Place(**(settings | given)), reference)


def test_the_part_million_is_carried_over_the_quarters(books):
    books = books()
    for day in ("2013-03-31", "2013-06-30", "2013-09-30", "2013-12-31"):
        books.spend((day, "SALIX", "400000.00"))
    found = due(books)
    assert list(found["rows"][0]) == KEYS
    assert found["rows"] == [
        {
            "scope": "framework-member",
            "framework": "REGEN",
            "member": "SALIX",
            "call_off": None,
            "contractor": None,
            "spend": "1600000.00",
            "due_exact": "3.2",
            "due": 3,
            "delivered": 0,
            "verified": 0,
            "outstanding": 3,
            "carried": "0.2",
        }
    ]


def test_a_credit_note_may_leave_more_delivered_than_due(books):
    one_person = "[consortium]\nfour_eyes_over = '6000.00'"
    books = books(book_text().replace("[consortium]", one_person))
    books.spend(("2014-02-01", "SALIX", "1490000.00"))
    assert row(books)["due"] == 2
    books.spend(("2014-02-02", "SALIX", "10000.00"))
    assert row(books)["due"] == 3
    for _ in range(3):
        record(books)
    books.spend(("2014-02-03", "SALIX", "-600000.00"))
    found, remarks = opportunity_due(books.office())
    assert (
        found["rows"][0] | {"due_exact": "1.8", "due": 1, "delivered": 3, "outstanding": 0}
        == (found["rows"][0])
    )
    assert remarks == ["REGEN/SALIX: 2 over-delivered"]


def test_floors_across_members_leave_a_rounding_difference(books):
    books = books()
    books.spend(*[("2014-02-01", member, "700000.00") for member in ("ALDER", "BIRCH", "SALIX")])
    found = due(books)
    assert [(r["member"], r["due"], r["carried"]) for r in found["rows"]] == [
        ("ALDER", 1, "0.4"),
        ("BIRCH", 1, "0.4"),
        ("SALIX", 1, "0.4"),
    ]
    assert found["rounding_difference"] == 1


def test_what_is_due_at_a_past_day_leaves_out_later_acts(books):
    books = books()
    books.spend(("2014-01-15", "SALIX", "500000.00"), today="2014-01-20")
    books.spend(("2014-02-15", "SALIX", "500000.00"), today="2014-02-20")
    number = record(books)["opportunity"]
    verify_opportunity(books.office("bob", "2014-04-12"), number)
    figures = {
        day: (found["spend"], found["delivered"], found["verified"])
        for day in ("2014-01-31", "2014-04-09", "2014-04-11", "2014-04-12")
        for found in due(books, date.fromisoformat(day))["rows"]
    }
    assert figures == {
        "2014-01-31": ("500000.00", 0, 0),
        "2014-04-09": ("1000000.00", 0, 0),
        "2014-04-11": ("1000000.00", 1, 0),
        "2014-04-12": ("1000000.00", 1, 1),
    }


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        ("framework", (None, None, None)),
        ("contractor", (None, None, "BEECH")),
        ("call-off", ("ALDER", "C-1", "BEECH")),
    ],
)
def test_scopes_name_the_codes_they_count_by(books, scope, codes):
    books = books(book_text(opportunities=f"scope = '{scope}'"))
    books.spend(("2014-02-01", "ALDER", "1000000.00", "BEECH", "C-1"))
    found = row(books)
    assert (found["member"], found["call_off"], found["contractor"]) == codes
    assert found["due"] == 2


def test_an_opportunity_is_verified_by_someone_else(books):
    books = books()
    books.spend(("2014-02-01", "SALIX", "1000000.00"))
    number = record(books)["opportunity"]
    assert number == "O-000001"
    with pytest.raises(RuleRefused, match="ann recorded O-000001; a second person must agree"):
        verify_opportunity(books.office("ann"), number)
    assert row(books)["verified"] == 0
    assert verify_opportunity(books.office("bob"), "o-000001")["status"] == "done"
    assert verify_opportunity(books.office("cat"), number)["status"] == "done-before"
    found = row(books)
    assert (found["delivered"], found["verified"], found["outstanding"]) == (1, 1, 1)


def test_recording_under_one_reference_twice_records_once(books):
    books = books()
    first = record(books, reference="p-1")
    again = record(books, reference="p-1")
    assert (first["status"], again["status"]) == ("done", "done-before")
    assert again["opportunity"] == first["opportunity"]
    assert record(books)["opportunity"] == "O-000002"
    with pytest.raises(RuleRefused, match="the reference p-1 belongs to another"):
        record(books, reference="p-1", weeks=60)


def test_a_place_too_short_is_kept_and_does_not_count(books):
    books = books()
    books.spend(("2014-02-01", "SALIX", "1000000.00"))
    assert record(books, weeks=51)["counts"] is False
    assert row(books)["delivered"] == 0
    assert record(books, weeks=52)["counts"] is True
    assert row(books)["delivered"] == 1


def test_trying_records_nothing(books):
    books = books()
    given = Place("REGEN", "SALIX", "job", DAY, 52)
    tried_row = record_opportunity(tried(books.office()), given)
    assert tried_row["opportunity"] == "O-000001"
    assert list_opportunities(books.office()) == []
    assert record_opportunity(books.office(), given) == tried_row


def test_opportunities_are_listed_with_how_far_they_have_come(books):
    books = books()
    record(books, type="work-placement", contractor="Brooks Roofing", call_off="C-1", hours=30)
    record(books, member="Alder Homes", evidence="contract  seen")
    verify_opportunity(books.office("bob"), "O-000001")
    rows = list_opportunities(books.office())
    assert [(r["opportunity"], r["member"], r["type"], r["state"]) for r in rows] == [
        ("O-000001", "SALIX", "work placement", "verified"),
        ("O-000002", "ALDER", "job", "recorded"),
    ]
    assert (rows[0]["contractor"], rows[0]["call_off"], rows[0]["hours"]) == ("BROOKS", "C-1", 30)
    assert rows[1]["evidence"] == "contract seen"
    assert list_opportunities(books.office(), member="ALDER") == rows[1:]
    assert list_opportunities(books.office(), framework="REGEN") == rows


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"member": "SALX"}, r"no member 'SALX'; did you mean SALIX\?"),
        (
            {"framework": "ROOFS"},
            "no framework 'ROOFS'; there is only REGEN; see: levytool book show",
        ),
        ({"contractor": "BROKS"}, r"no contractor 'BROKS'; did you mean BROOKS\?"),
        ({"type": "gardening"}, "--type is 'gardening'; write one of apprenticeship, job"),
        ({"weeks": 0}, "--weeks is 0"),
        ({"hours": -1}, "--hours is -1"),
    ],
)
def test_what_is_given_wrongly_is_refused(books, given, said):
    with pytest.raises(UsageError, match=said):
        record(books(), **given)


def test_the_contractor_of_a_call_off_is_known_from_its_spend(books):
    books = books(book_text(opportunities="scope = 'call-off'"))
    books.spend(("2014-02-01", "SALIX", "1000000.00", "BEECH", "C-1"))
    books.spend(
        ("2014-02-01", "SALIX", "10.00", "BEECH", "C-2"),
        ("2014-02-01", "SALIX", "10.00", "BROOKS", "C-2"),
    )
    assert record(books, call_off="C-1")["contractor"] == "BEECH"
    assert row(books, call_off="C-1")["delivered"] == 1
    with pytest.raises(UsageError, match="REGEN counts by call-off; give --call-off"):
        record(books)
    with pytest.raises(UsageError, match="REGEN counts by call-off; give --contractor"):
        record(books, call_off="C-2")


def test_a_framework_that_owes_none_takes_none(books):
    with pytest.raises(RuleRefused, match="REGEN owes no opportunities"):
        record(books(book_text(opportunities=None)))
