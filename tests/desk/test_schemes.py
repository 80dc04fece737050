"""A scheme from proposal to close: who pays, who agrees, what goes back where (domain §3.5)."""

import pytest
from sqlalchemy import text

from levytool.desk.brokerage.close_scheme import close_scheme
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.brokerage.list_pots import list_pots
from levytool.desk.brokerage.list_schemes import list_schemes, show_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.ledger.funds.schemes import find_schemes, funds_by_scheme
from levytool.periods import Month
from levytool.problems import RuleRefused, UsageError
from levytool.statements.schemes import scheme_lines
from tests.desk.consortium import book_text, tried

MONEY = ("budget", "committed", "match_funding", "drawn", "remaining")
KEYS = ["scheme", "members", "area", "state", *MONEY, "places", "filled", "match_funding_owed"]


def propose(books, code="WARDENS", user="ann", **given):
    settings = {
        "members": ["SALIX", "ALDER"],
        "title": "Estate wardens",
        "budget_pence": 2_400_000,
        "places": 3,
    }
    return propose_scheme(books.office(user), code, **(settings | given))


def commit(books, pounds, member="SALIX", user="ann", reference=""):
    return commit_to_scheme(books.office(user), "WARDENS", member, pounds * 100, reference)


def draw(books, pence, reference="D-1", **given):
    settings = {"net_pence": pence, "payee": "Firstcoach CIC", "reference": reference}
    return draw_scheme(books.office(), "WARDENS", **(settings | given))


def fund(books, pounds, funder="City Trust", reference=""):
    return fund_scheme(books.office(), "WARDENS", funder, pounds * 100, reference)


def close(books):
    return close_scheme(books.office(), "WARDENS")


def scheme(books, code="WARDENS"):
    return show_scheme(books.office(), code)[1][0]


def money(books):
    row = scheme(books)
    return [row[name] for name in ("committed", "match_funding", "drawn", "remaining")]


def pot(books, member="SALIX"):
    (row,) = [row for row in list_pots(books.office()) if row["member"] == member]
    return [row[name] for name in ("pot", "committed", "drawn")]


@pytest.fixture
def funded(books):
    """Pots of £4,000 from February and £8,000 from March (SALIX), £6,000 (ALDER); a scheme."""
    books = books(book_text(opportunities=None))
    books.spend(("2014-02-28", "SALIX", "400000.00"))
    release_surplus(books.office(), Month(2014, 2))
    books.spend(("2014-03-31", "SALIX", "800000.00"), ("2014-03-31", "ALDER", "600000.00"))
    release_surplus(books.office(), Month(2014, 3))
    propose(books)
    approve_scheme(books.office("bob"), "WARDENS")
    return books


def test_a_scheme_is_listed_as_it_was_proposed(books):
    books = books()
    row = propose(books, "wardens", members=["Salix Homes", "ALDER", "SALIX"], area="E08000006")
    assert row.pop("status") == "done"
    assert list(row) == KEYS
    assert row == {
        "scheme": "WARDENS",
        "members": ["SALIX", "ALDER"],
        "area": "E08000006",
        "state": "proposed",
        "budget": "24000.00",
        "committed": "0.00",
        "match_funding": "0.00",
        "drawn": "0.00",
        "remaining": "0.00",
        "places": 3,
        "filled": 0,
        "match_funding_owed": "0.00",
    }
    assert list_schemes(books.office()) == [row]
    assert show_scheme(books.office(), "wardens") == ("Estate wardens", [row])


def test_proposing_the_same_again_does_nothing_and_another_under_its_code_is_refused(books):
    books = books()
    propose(books)
    assert propose(books, user="bob")["status"] == "done-before"
    with pytest.raises(RuleRefused, match=r"WARDENS is another scheme \(Estate wardens\)"):
        propose(books, places=4)
    assert len(list_schemes(books.office())) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"members": ["SALX"]}, r"no member 'SALX'; did you mean SALIX\?"),
        ({"code": "A/B"}, "'A/B' is no code for a scheme"),
        ({"budget_pence": 0}, "--budget is £0.00"),
        ({"places": 0}, "--places is 0"),
        ({"title": " "}, "--title is empty"),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused(books, given, said):
    with pytest.raises(UsageError, match=said):
        propose(books(), **given)


def test_the_proposer_does_not_approve(books):
    books = books()
    propose(books)
    with pytest.raises(RuleRefused, match="ann proposed WARDENS; a second person must agree"):
        approve_scheme(books.office("ann"), "WARDENS")
    assert approve_scheme(books.office("bob"), "WARDENS")["state"] == "approved"
    assert approve_scheme(books.office("ann"), "WARDENS")["status"] == "done-before"
    with pytest.raises(UsageError, match=r"no scheme 'WARDEN'; did you mean WARDENS\?"):
        approve_scheme(books.office("bob"), "WARDEN")


def test_no_money_goes_in_or_out_before_approval_or_after_the_end(funded):
    def all_refused(said):
        entries = funded.entries()
        for act in (lambda: commit(funded, 1), lambda: fund(funded, 1), lambda: draw(funded, 1)):
            with pytest.raises(RuleRefused, match=said):
                act()
        assert funded.entries() == entries

    close(funded)
    all_refused("WARDENS is closed and takes no")
    with pytest.raises(RuleRefused, match="WARDENS is closed"):
        approve_scheme(funded.office("cat"), "WARDENS")


def test_an_unapproved_scheme_takes_no_money(books):
    books = books()
    propose(books)
    said = "WARDENS is not approved and takes no .* yet; another user than ann approves it"
    for act in (lambda: commit(books, 1), lambda: fund(books, 1), lambda: draw(books, 1)):
        with pytest.raises(RuleRefused, match=said):
            act()


def test_a_commitment_takes_the_oldest_cohort_first(funded):
    row = commit(funded, 4500)
    assert (row["status"], row["member"], row["amount"]) == ("done", "SALIX", "4500.00")
    assert funded.cohorts("SALIX") == [("2014-03", 750000)]
    assert pot(funded) == ["7500.00", "4500.00", "0.00"]
    assert money(funded) == ["4500.00", "0.00", "0.00", "4500.00"]


def test_a_commitment_never_exceeds_what_is_available(funded):
    with pytest.raises(RuleRefused, match=r"ALDER has £6,000.00 available in its pot, not £6,001"):
        commit(funded, 6001, "ALDER")
    commit(funded, 4000, "ALDER")
    with pytest.raises(RuleRefused, match=r"ALDER has £2,000.00 available"):
        commit(funded, 2001, "ALDER")
    assert commit(funded, 2000, "ALDER")["status"] == "done"


def test_a_pot_answers_for_a_deficit_before_it_commits(funded):
    funded.spend(("2014-04-02", "ALDER", "-250000.00"))
    with pytest.raises(RuleRefused, match=r"ALDER has £3,500.00 available"):
        commit(funded, 3501, "ALDER")
    assert commit(funded, 3500, "ALDER")["status"] == "done"


def test_levy_on_its_way_to_the_fund_covers_its_deficit(books):
    """Of £10,000 billed, £9,000 will reach the fund: what is waiting net of what is retained."""
    settings = {"opportunities": None, "funded": "received", "framework": "retained = '10%'"}
    books = books(book_text(**settings))
    books.spend(("2014-02-28", "SALIX", "400000.00"), today="2014-03-05")
    books.bank("4800.00", "INV-000001", "2014-03-20")
    release_surplus(books.office(), Month(2014, 3))
    propose(books)
    approve_scheme(books.office("bob"), "WARDENS")
    assert pot(books)[0] == "3600.00"
    books.spend(("2014-03-31", "SALIX", "-300000.00"))  # a credit note of £3,000 and VAT
    with pytest.raises(RuleRefused, match=r"SALIX has £900.00 available"):
        commit(books, 901)
    books.spend(("2014-04-02", "SALIX", "100000.00"))
    with pytest.raises(RuleRefused, match=r"SALIX has £1,800.00 available"):
        commit(books, 1801)
    books.bank("600.00", "INV-000002 part", "2014-04-10")
    with pytest.raises(RuleRefused, match=r"SALIX has £1,800.00 available"):
        commit(books, 1801)
    assert commit(books, 1800)["status"] == "done"


def test_a_large_commitment_needs_a_second_person(funded):
    assert commit(funded, 5000)["status"] == "done"
    assert commit(funded, 5001)["status"] == "proposed"
    assert pot(funded) == ["7000.00", "5000.00", "0.00"]
    with pytest.raises(RuleRefused, match="ann proposed this; a second person must agree"):
        commit(funded, 5001)
    assert commit(funded, 5002, user="bob")["status"] == "proposed"
    assert commit(funded, 5001, user="bob")["status"] == "done"
    assert pot(funded) == ["1999.00", "10001.00", "0.00"]
    with pytest.raises(RuleRefused, match=r"SALIX has £1,999.00 available"):
        commit(funded, 5002, user="cat")


def test_an_act_has_the_same_keys_whatever_became_of_it(funded):
    told = [commit(funded, 1000, reference="c-1") for _ in range(2)]
    assert list(told[0]) == list(told[1]) == list(commit(funded, 5001))
    told = [fund(funded, 500, reference="f-1") for _ in range(2)]
    assert list(told[0]) == list(told[1])


def test_acts_sent_twice_under_one_reference_are_done_once(funded):
    for status in ("done", "done-before"):
        assert commit(funded, 1000, reference="c-1")["status"] == status
        assert fund(funded, 500, reference="f-1")["status"] == status
        assert draw(funded, 40000, reference="d-1")["status"] == status
    assert money(funded) == ["1000.00", "500.00", "400.00", "600.00"]
    for act in (
        lambda: commit(funded, 1001, reference="c-1"),
        lambda: fund(funded, 501, reference="f-1"),
        lambda: draw(funded, 40001, reference="d-1"),
    ):
        with pytest.raises(RuleRefused, match="-1 belongs to another scheme"):
            act()
    commit(funded, 1000)
    commit(funded, 1000)
    assert money(funded)[0] == "3000.00"


def test_only_the_schemes_own_members_commit_and_within_its_budget(funded):
    with pytest.raises(RuleRefused, match=r"BIRCH is not in scheme WARDENS \(SALIX, ALDER\)"):
        commit(funded, 1, "BIRCH")
    propose(funded, "SMALL", budget_pence=100_000)
    approve_scheme(funded.office("bob"), "SMALL")
    commit_to_scheme(funded.office(), "SMALL", "SALIX", 70_000)
    with pytest.raises(RuleRefused, match=r"£700.00 committed to it; commit no more than £300.00"):
        commit_to_scheme(funded.office(), "SMALL", "ALDER", 30_001)
    assert commit_to_scheme(funded.office(), "SMALL", "ALDER", 30_000)["committed"] == "1000.00"


@pytest.mark.parametrize("act", [commit, fund])
def test_no_money_is_no_act(funded, act):
    with pytest.raises(UsageError, match=r"--amount is £0.00"):
        act(funded, 0)


def test_trying_stores_nothing(funded):
    entries = funded.entries()
    office = tried(funded.office())
    assert commit_to_scheme(office, "WARDENS", "SALIX", 100)["remaining"] == "1.00"
    assert fund_scheme(office, "WARDENS", "City Trust", 100)["match_funding_owed"] == "1.00"
    assert close_scheme(office, "WARDENS")["state"] == "closed"
    assert funded.entries() == entries
    assert money(funded) == ["0.00"] * 4
    assert scheme(funded)["state"] == "approved"


def test_a_drawdown_is_borne_in_proportion_to_what_remains(funded):
    for member, pounds in (("SALIX", 200), ("ALDER", 100)):
        commit(funded, pounds, member)
    row = draw(funded, 10_000, vat_pence=2_000)
    assert (row["payee"], row["amount"], row["vat"]) == ("Firstcoach CIC", "100.00", "20.00")
    assert funded.balance("2300", "WARDENS/SALIX") == 20_000 - 6_667
    assert funded.balance("2300", "WARDENS/ALDER") == 10_000 - 3_333
    assert funded.balance("2400", "Firstcoach CIC") == 12_000
    assert pot(funded)[1:] == ["133.33", "66.67"]
    assert money(funded) == ["300.00", "0.00", "100.00", "200.00"]


def test_only_match_funding_that_was_received_is_drawn_on(funded):
    commit(funded, 300)
    fund(funded, 300)
    assert money(funded) == ["300.00", "300.00", "0.00", "300.00"]
    assert scheme(funded)["match_funding_owed"] == "300.00"
    said = r"£300.00 remains in scheme WARDENS, not £300.01 \(£300.00 of match funding is not"
    with pytest.raises(RuleRefused, match=said):
        draw(funded, 30_001)
    funded.match_funding("WARDENS", "City Trust", "100.00")
    draw(funded, 20_000)
    assert funded.balance("2300", "WARDENS/SALIX") == 15_000
    assert funded.balance("2300", "WARDENS/City Trust") == 25_000
    with pytest.raises(RuleRefused, match=r"£200.00 remains"):
        draw(funded, 20_001, "D-2")
    assert money(funded) == ["300.00", "300.00", "200.00", "200.00"]
    assert scheme(funded)["match_funding_owed"] == "200.00"
    assert draw(funded, 20_000, "D-2")["remaining"] == "0.00"


def test_a_drawdown_says_what_it_is_for(funded):
    commit(funded, 300)
    for given, said in (
        ({"reference": " "}, "--reference is empty"),
        ({"payee": ""}, "--payee is empty"),
        ({"net_pence": 0}, "--amount is £0.00"),
        ({"vat_pence": -1}, r"--vat is -£0.01"),
    ):
        with pytest.raises(UsageError, match=said):
            draw(funded, 1, **given)


def test_a_funder_is_no_member_and_keeps_the_name_it_was_first_given(funded):
    fund(funded, 100, "City  Trust")
    fund(funded, 50, "CITY TRUST")
    assert funded.balance("2300", "WARDENS/City Trust") == 15_000
    for name in ("salix", "ALDER"):
        with pytest.raises(UsageError, match="its money comes from its pot"):
            fund(funded, 100, name)


def test_a_closed_schemes_rest_goes_back_where_it_came_from(funded):
    """£4,000 of SALIX's £4,400 came from February: the £2,200 drawn were February's."""
    commit(funded, 4400)
    fund(funded, 500)
    funded.match_funding("WARDENS", "City Trust", "200.00")
    draw(funded, 230_000)
    assert funded.balance("2300", "WARDENS/SALIX") == 220_000
    row = close(funded)
    assert (row["state"], row["remaining"], row["status"]) == ("closed", "0.00", "done")
    assert funded.cohorts("SALIX") == [("2014-02", 180_000), ("2014-03", 800_000)]
    assert funded.balance("1300", "City Trust") == 0
    assert funded.balance("2400", "City Trust") == 10_000
    assert pot(funded) == ["9800.00", "0.00", "2200.00"]
    assert money(funded) == ["4400.00", "500.00", "2300.00", "0.00"]
    entries = funded.entries()
    assert close(funded)["status"] == "done-before"
    assert funded.entries() == entries


def test_a_scheme_without_money_closes_without_an_entry(funded):
    entries = funded.entries()
    assert close(funded)["state"] == "closed"
    assert funded.entries() == entries


def test_acts_in_a_closed_month_post_in_the_next_open_one(funded):
    funded.close("2014-04")
    commit(funded, 100)
    with funded.reading() as connection:
        effective = connection.scalar(
            text("SELECT effective FROM journal_entry WHERE kind = 'commitment'")
        )
    assert str(effective) == "2014-05-01"


def test_a_close_names_what_went_back_to_whom(funded):
    commit(funded, 4400)
    fund(funded, 500)
    funded.match_funding("WARDENS", "City Trust", "200.00")
    draw(funded, 230_000)
    row = close(funded)
    assert row["to_pots"] == {"SALIX": "2200.00"}
    assert row["to_funders"] == {"City Trust": "100.00"}
    assert row["not_received"] == {"City Trust": "300.00"}
    assert close(funded)["to_pots"] == {}


def test_a_closed_scheme_still_says_what_match_funding_it_received(funded):
    """Of £200 that came, £100 was drawn: a statement said £100 received once £100 went back."""
    commit(funded, 4400)
    fund(funded, 500)
    funded.match_funding("WARDENS", "City Trust", "200.00")
    draw(funded, 230_000)
    close(funded)
    with funded.reading() as connection:
        funds = funds_by_scheme(connection)
        (line,) = scheme_lines("SALIX", find_schemes(connection), funds, {})
    assert line.match_agreed_pence == 50_000
    assert line.match_received_pence == 20_000
    assert line.match_returned_pence == 10_000
    assert scheme(funded)["match_funding"] == "500.00"
