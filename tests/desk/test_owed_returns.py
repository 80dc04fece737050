"""Who owes a return, who is excused, and what stands once something comes."""

import pytest

from levytool.desk.month_end.member_statement import member_statement
from levytool.desk.office import Office
from levytool.desk.quarters import with_quarters
from levytool.desk.returns.excuse_return import excuse_return
from levytool.desk.returns.list_returns import chase_list, list_returns
from levytool.desk.returns.settle_returns import accept_named, declare_nil, reject_return
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.ledger.database.opening import create_ledger
from levytool.periods import Month, parse_period
from levytool.problems import RuleRefused, UsageError
from tests.desk.consortium import acting, book_text, tried

APPOINTED = "contractors = [{ code = 'BROOKS' }, { code = 'BEECH', from = 2014-03-01 }]"
MARCH = Month(2014, 3)
Q1 = parse_period("2014-Q1")
WHY = "works stopped for the winter"
KEYS = [
    "return",
    "contractor",
    "framework",
    "period",
    "supplement",
    "state",
    "due",
    "lines",
    "net",
    "levy",
    "documents",
]


def appointing(framework=APPOINTED, **settings):
    """The book with a framework from January 2014 on that appoints BROOKS, and BEECH in March."""
    book = book_text(opportunities=None, framework=framework, **settings)
    return book.replace("starts = 2012-04-01", "starts = 2014-01-01")


@pytest.fixture
def consortium(books):
    """Books that expect three returns of BROOKS and one of BEECH for the first quarter."""
    return books(appointing())


def listed(books, period=Q1, today="2014-04-10"):
    """Contractor, month and state of every return there is or is owed."""
    rows = list_returns(books.office(today=today), period)
    return [(row["contractor"], row["period"], row["state"]) for row in rows]


def excuse(office, contractor="BEECH", framework="REGEN", period=MARCH, reason=WHY):
    """Excuse BEECH for March, or as told."""
    return excuse_return(office, contractor, framework, period, reason)


def test_what_is_expected_stands_beside_what_came(consortium) -> None:
    consortium.spend(("2014-03-05", "SALIX", "100.00"), today="2014-04-03")
    assert listed(consortium) == [
        ("BROOKS", "2014-01", "overdue"),
        ("BROOKS", "2014-02", "overdue"),
        ("BROOKS", "2014-03", "accepted"),
        ("BEECH", "2014-03", "overdue"),
    ]
    assert listed(consortium, today="2014-04-07")[-1] == ("BEECH", "2014-03", "expected")


def test_a_row_without_a_return_has_the_keys_of_one_with_it(consortium) -> None:
    consortium.spend(("2014-03-05", "SALIX", "100.00"))
    rows = list_returns(consortium.office(), Q1)
    assert [list(row) for row in rows] == [KEYS] * 4
    assert {row["period"]: row["due"] for row in rows} == {
        "2014-01": "2014-02-07",
        "2014-02": "2014-03-07",
        "2014-03": "2014-04-07",
    }
    assert rows[-1] | {"contractor": "", "due": ""} == {
        "return": None,
        "contractor": "",
        "framework": "REGEN",
        "period": "2014-03",
        "supplement": 0,
        "state": "overdue",
        "due": "",
        "lines": 0,
        "net": "0.00",
        "levy": "0.00",
        "documents": [],
    }


def test_without_a_period_every_period_that_ended_is_looked_at(consortium) -> None:
    assert listed(consortium, period=None, today="2014-02-28") == [
        ("BROOKS", "2014-01", "overdue"),
    ]
    assert len(listed(consortium, period=None)) == 4
    assert listed(consortium, period=None, today="2014-01-31") == []


def test_a_period_that_is_named_is_expected_from_its_first_day(consortium) -> None:
    april = parse_period("2014-04")
    assert listed(consortium, april, "2014-03-31") == []
    assert listed(consortium, april, "2014-04-01") == [
        ("BEECH", "2014-04", "expected"),
        ("BROOKS", "2014-04", "expected"),
    ]


def test_a_ledger_without_a_book_expects_nothing(tmp_path) -> None:
    ledger, _made = create_ledger(str(tmp_path / "empty.db"))
    assert list_returns(Office(ledger, acting())) == []
    ledger.close()


def test_a_rejected_return_is_owed_again(consortium) -> None:
    declare_nil(consortium.office(), "BEECH", "REGEN", MARCH)
    assert ("BEECH", "2014-03", "nil") in listed(consortium)
    path = consortium.folder / "staged.csv"
    path.write_text(
        "Invoice,Date,Member,Net,Contractor,Framework\n1,2014-01-05,SALIX,5.00,BROOKS,REGEN\n"
    )
    import_spend(consortium.office(), path, ImportOptions())
    assert listed(consortium)[0] == ("BROOKS", "2014-01", "staged")
    reject_return(consortium.office(), "R-000002")
    assert listed(consortium)[:2] == [
        ("BROOKS", "2014-01", "rejected"),
        ("BROOKS", "2014-01", "overdue"),
    ]


def test_a_quarterly_return_is_owed_under_its_last_month(books) -> None:
    quarterly = books(appointing(f"returns = 'quarterly'\n{APPOINTED}"))
    assert listed(quarterly, None) == [
        ("BEECH", "2014-03", "overdue"),
        ("BROOKS", "2014-03", "overdue"),
    ]
    assert excuse(quarterly.office(), period=Month(2014, 1)).row["period"] == "2014-03"


def test_a_quarter_names_a_quarterly_return_and_people_read_it_so(books) -> None:
    quarterly = books(appointing(f"returns = 'quarterly'\n{APPOINTED}"))
    office = quarterly.office()
    (row,) = declare_nil(office, "BROOKS", "REGEN", Q1).rows
    assert (row["period"], row["state"]) == ("2014-03", "nil")
    assert [one["period"] for one in with_quarters(office, [row])] == ["2014-Q1"]
    assert [one["period"] for one in chase_list(office)] == ["2014-03"]
    assert [one["period"] for one in with_quarters(office, chase_list(office))] == ["2014-Q1"]
    with pytest.raises(RuleRefused, match="BROOKS for REGEN, 2014-Q1"):
        excuse(office, "BROOKS", period=Q1)


def test_a_monthly_framework_takes_no_quarter(consortium) -> None:
    for act in (declare_nil, lambda *named: excuse(named[0], *named[1:])):
        with pytest.raises(UsageError, match="REGEN are monthly; name one month, such as 2014-03"):
            act(consortium.office(), "BROOKS", "REGEN", Q1)
    listed = list_returns(consortium.office())
    assert list(with_quarters(consortium.office(), listed)) == listed


def test_the_chase_list_names_whom_to_write_to(books) -> None:
    book = appointing().replace(
        "name = 'Brooks", "email = 'accounts@brooks.example'\nname = 'Brooks"
    )
    owed = chase_list(books(book).office(), Q1)
    assert [(row["contractor"], row["period"]) for row in owed] == [
        ("BEECH", "2014-03"),
        ("BROOKS", "2014-01"),
        ("BROOKS", "2014-02"),
        ("BROOKS", "2014-03"),
    ]
    assert owed[2] == {
        "contractor": "BROOKS",
        "name": "Brooks Roofing Ltd",
        "email": "accounts@brooks.example",
        "framework": "REGEN",
        "title": "Regeneration works",
        "period": "2014-02",
        "due": "2014-03-07",
        "state": "overdue",
        "days_overdue": 34,
        "two_in_three_months": True,
        "two_consecutive": True,
    }


def test_flags_know_of_failures_before_the_period_asked_for(consortium) -> None:
    (beech, brooks) = chase_list(consortium.office(), parse_period("2014-03"))
    assert (beech["two_consecutive"], brooks["two_consecutive"]) == (False, True)
    declare_nil(consortium.office(), "BROOKS", "REGEN", Month(2014, 2))
    (_, brooks) = chase_list(consortium.office(), parse_period("2014-03"))
    assert (brooks["two_in_three_months"], brooks["two_consecutive"]) == (True, False)


def test_an_excused_return_is_shown_and_owed_no_more(consortium) -> None:
    excused = excuse(consortium.office())
    assert (excused.row["return"], excused.row["state"]) == ("R-000001", "excused")
    assert ("BEECH", "2014-03", "excused") in listed(consortium)
    assert all(row["contractor"] == "BROOKS" for row in chase_list(consortium.office(), Q1))


def test_excusing_twice_keeps_the_first_reason_and_says_so(consortium) -> None:
    first = excuse(consortium.office())
    again = excuse(consortium.office("bob"), "Beech Roofing Limited", reason="another")
    assert (first.before, again.before) == ("", WHY)
    assert again.row == first.row
    assert listed(consortium).count(("BEECH", "2014-03", "excused")) == 1


def test_trying_an_excuse_stores_nothing(consortium) -> None:
    assert excuse(tried(consortium.office())).row["state"] == "excused"
    assert ("BEECH", "2014-03", "overdue") in listed(consortium)


def test_a_file_that_comes_all_the_same_stands_beside_the_excuse(consortium) -> None:
    excuse(consortium.office(), "BROOKS")
    consortium.spend(("2014-03-05", "SALIX", "100.00"))
    assert listed(consortium, parse_period("2014-03"))[:2] == [
        ("BROOKS", "2014-03", "excused"),
        ("BROOKS", "2014-03", "accepted"),
    ]
    with pytest.raises(RuleRefused, match="R-000002 of BROOKS for REGEN, 2014-03 is accepted"):
        excuse(consortium.office(), "BROOKS")


def test_a_nil_return_that_comes_all_the_same_is_taken(consortium) -> None:
    excuse(consortium.office())
    assert declare_nil(consortium.office(), "BEECH", "REGEN", MARCH).rows[0]["state"] == "nil"


def test_an_excuse_is_taken_back_by_rejecting_it(consortium) -> None:
    excuse(consortium.office())
    reject_return(consortium.office(), "R-000001")
    assert ("BEECH", "2014-03", "overdue") in listed(consortium)
    assert excuse(consortium.office()).row["return"] == "R-000002"


def test_an_excused_return_cannot_be_accepted(consortium) -> None:
    excuse(consortium.office())
    with pytest.raises(RuleRefused, match="R-000001 is excused"):
        accept_named(consortium.office(), ["R-000001"], None, None)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"period": Month(2014, 2)}, "no return of BEECH for REGEN, 2014-02 is expected"),
        ({"period": Month(2014, 5)}, "2014-05 has not begun"),
    ],
)
def test_what_is_not_expected_is_neither_excused_nor_declared_nil(consortium, asked, said) -> None:
    for act in (excuse, declare_nil):
        with pytest.raises(RuleRefused, match=said):
            act(consortium.office(), "BEECH", "REGEN", **asked)
    assert {row["state"] for row in list_returns(consortium.office())} == {"overdue"}


def test_an_excuse_needs_a_reason_and_parties_of_the_book(consortium) -> None:
    with pytest.raises(UsageError, match="--reason"):
        excuse(consortium.office(), reason="  ")
    with pytest.raises(UsageError, match="no contractor 'OAK'"):
        excuse(consortium.office(), "OAK")


def test_where_any_contractor_may_work_none_is_owed_but_one_may_be_excused(books) -> None:
    anyone = books(appointing(""))
    assert listed(anyone) == []
    assert chase_list(anyone.office()) == []
    assert excuse(anyone.office()).row["state"] == "excused"


def test_a_statement_misses_what_is_owed_and_not_what_is_excused(consortium) -> None:
    consortium.spend(("2014-01-05", "SALIX", "100.00"))
    excuse(consortium.office(), "BROOKS", period=Month(2014, 2))
    told = member_statement(consortium.office(), "SALIX", Q1).returns
    assert [(str(note.reporting_period), note.state) for note in told] == [
        *(("2014-01", "late"), ("2014-03", "expected")),
    ]
    path = consortium.folder / "late.csv"
    path.write_text(
        "Invoice,Date,Member,Net,Contractor,Framework\n1,2014-02-05,SALIX,5.00,BROOKS,REGEN\n"
    )
    import_spend(consortium.office(), path, ImportOptions())
    told = member_statement(consortium.office(), "SALIX", Q1).returns
    assert [note.state for note in told] == ["late", "staged", "expected"]
