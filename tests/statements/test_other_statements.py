"""Statements of contractors, schemes and the consortium, told from real books."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from levytool.accounts import Account
from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.brokerage.list_schemes import show_scheme
from levytool.desk.brokerage.record_opportunity import Place, record_opportunity
from levytool.desk.month_end.consortium_statement import consortium_statement
from levytool.desk.month_end.contractor_statement import (
    contractor_statement,
    contractor_statements,
)
from levytool.desk.month_end.dashboard import dashboard
from levytool.desk.month_end.member_statement import member_statements
from levytool.desk.month_end.scheme_statement import scheme_statement, scheme_statements
from levytool.desk.month_end.statements import KINDS
from levytool.ledger.journal.balances import balances
from levytool.periods import Month, parse_period
from levytool.problems import UsageError
from levytool.statements.consortium import consortium_in_sections
from levytool.statements.contractor import contractor_in_sections
from levytool.statements.dashboard import panels
from levytool.statements.forms import Form
from levytool.statements.said import said
from levytool.statements.scheme import scheme_in_sections
from levytool.statements.sections import Section
from levytool.statements.values import OpportunityLine
from levytool.statements.values_payer import Owed
from tests.desk.banked import Bank
from tests.desk.consortium import Books, book_text
from tests.desk.recruiting import recruit
from tests.statements.read_back import said_by, squeezed
from tests.statements.test_member_statement import STORY_BOOK, story

YEAR = parse_period("2014-01..2014-12")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """The books of the story, with match funding that is agreed and has not come."""
    books = story(Books(tmp_path_factory.mktemp("books"), STORY_BOOK))
    fund_scheme(books.office(), "WORK", "Lottery", 50_000)
    yield books
    books.ledger.close()


def test_what_remains_of_a_scheme_is_what_may_be_drawn_wherever_it_is_told(told: Books) -> None:
    _title, (row,) = show_scheme(told.office(), "WORK")
    assert (row["remaining"], row["match_funding_owed"]) == ("200.00", "500.00")
    own = scheme_statement(told.office(), "WORK", YEAR)
    (line,) = consortium_statement(told.office(), YEAR).schemes
    assert own.scheme == line
    assert (line.remaining_pence, line.match_owed_pence) == (20_000, 50_000)
    assert sum(source.left_pence for source in own.sources) == line.remaining_pence
    assert own.closing_pence == line.remaining_pence + line.match_owed_pence
    page = " ".join(said_by(scheme_in_sections(own), "text").split())
    assert "£200.00 may still be drawn. Of match funding agreed, £500.00 has not come." in page
    glance = panels(dashboard(told.office(today="2014-04-30")))[-1].section
    (told_row,) = glance.parts[0].rows
    cells = dict(zip((c.key for c in glance.parts[0].columns), told_row, strict=True))
    assert cells["remaining"] == 20_000
    assert cells["remaining"] == (
        cells["committed"]
        + cells["match_funding"]
        - cells["match_funding_owed"]
        - cells["drawn"]
        - cells["given_back"]
    )


def test_a_contractors_account_is_what_it_owes_in_the_ledger(told: Books) -> None:
    march = contractor_statement(told.office(), "BROOKS", parse_period("2014-03"))
    april = contractor_statement(told.office(), "brooks roofing", parse_period("2014-04"))
    assert (march.account.opening, march.account.closing) == (Owed(), Owed(180_000))
    assert (april.account.opening, april.account.closing) == (Owed(180_000), Owed(90_000))
    assert [item.amount_pence for item in april.account.movements] == [-90_000]
    (document,) = march.account.documents
    assert (document.number, document.gross_pence, document.received_pence) == (
        *("INV-000001", 180_000, 0),
    )
    assert [(line.member, line.spend_pence, line.levy_pence) for line in march.spend] == [
        *(("SALIX", 10_000_000, 100_000), ("ALDER", 5_000_000, 50_000)),
    ]
    (payer,) = april.aged_payers
    assert (payer.payer, payer.aged.total_pence) == ("BROOKS", 90_000)


def test_every_contractor_is_told_alike_alone_and_together(told: Books) -> None:
    together = list(contractor_statements(told.office(), YEAR))
    codes = [item.told.recipient.code for item in together]
    assert together == [contractor_statement(told.office(), code, YEAR) for code in codes]
    with told.office().reading() as connection:
        debtors = sum(
            row.balance_pence
            for row in balances(connection)
            if row.account in (Account.LEVY_DEBTORS, Account.UNALLOCATED_RECEIPTS)
        )
    assert sum(item.account.closing.total_pence for item in together) == debtors == 90_000


def test_all_a_contractors_returns_are_listed(books) -> None:
    appointed = "contractors = [{ code = 'BROOKS' }]"
    due = books(book_text(framework=appointed))
    due.spend(("2014-03-03", "SALIX", "100.00"), today="2014-04-03")
    due.bank("1.00", "something", today="2014-06-01")
    office = due.office(today="2014-06-01")
    notes = contractor_statement(office, "BROOKS", parse_period("2014-03..2014-05")).returns
    assert [(note.reporting_period.month, note.state, note.days_late) for note in notes] == [
        *((3, "accepted", 0), (4, "missing", 23), (5, "expected", 0)),
    ]


def test_returns_of_a_period_that_is_over_are_looked_at_as_of_its_last_day(books) -> None:
    due = books(book_text(framework="contractors = [{ code = 'BROOKS' }]"))
    due.spend(("2014-03-03", "SALIX", "100.00"), today="2014-04-03")
    spring = parse_period("2014-03..2014-05")

    def told_on(day: str, known_on: date | None = None) -> list[tuple[int, str, int]]:
        office = due.office(today=day)
        notes = contractor_statement(office, "BROOKS", spring, known_on).returns
        whole = consortium_statement(office, spring, known_on).returns
        assert set(whole) == {note for note in notes if note.state != "accepted"}
        return [(n.reporting_period.month, n.state, n.days_late) for n in notes]

    over = [(3, "accepted", 0), (4, "missing", 23), (5, "expected", 0)]
    assert told_on("2014-05-30") == [(3, "accepted", 0), (4, "missing", 22)], "still running"
    assert told_on("2014-05-31") == over
    due.bank("1.00", "something", today="2014-07-01")
    assert told_on("2014-07-01") == told_on("2015-01-01") == over
    assert told_on("2015-01-01", date(2014, 5, 12)) == [(3, "accepted", 0), (4, "missing", 4)]
    assert told_on("2015-01-01", date(2014, 12, 31)) == over


def test_a_contractors_places_are_its_share_of_what_is_due(books) -> None:
    wide = books(book_text(opportunities="scope = 'framework'"))
    wide.spend(("2014-03-31", "SALIX", "900000.00"), ("2014-03-31", "ALDER", "700000.00"))
    wide.spend(("2014-03-31", "SALIX", "400000.00", "BEECH", "", "REGEN"))
    place = Place("REGEN", "SALIX", "apprenticeship", date(2014, 4, 1), 52, "BROOKS")
    record_opportunity(wide.office(), place)
    found = {
        code: contractor_statement(wide.office(), code, YEAR).opportunities
        for code in ("BROOKS", "BEECH")
    }
    (brooks,), (beech,) = found["BROOKS"], found["BEECH"]
    assert (brooks.due_exact, beech.due_exact) == (Fraction(16, 5), Fraction(4, 5))
    assert (brooks.due, beech.due) == (3, 1)
    assert (brooks.delivered, brooks.verified, brooks.outstanding) == (1, 0, 2)
    assert (brooks.carried, beech.carried) == (None, None), "the framework's, not a contractor's"
    told = KINDS["contractor"].statement(wide.office(), "BEECH", YEAR, None)
    page = " ".join(said_by(told, "text").split())
    assert "REGEN counts places of all members and contractors together: in all 4 due, 1" in page
    assert "3 outstanding, 0 carried" in page and "-0.2" not in page


def test_a_contractor_is_told_which_levy_members_pay(told: Books, books) -> None:
    by_members = books(book_text().replace('payer = "contractor"', 'payer = "member"'))
    by_members.spend(("2014-03-31", "SALIX", "9000.00"))
    page = KINDS["contractor"].statement(by_members.office(), "BROOKS", YEAR, None)
    words = " ".join(said_by(page, "text").split())
    assert "The levy of REGEN is invoiced to members: what is outstanding of it is theirs" in words
    assert "No levy document that this contractor pays is open." in words
    own = KINDS["contractor"].statement(told.office(), "BROOKS", YEAR, None)
    assert "invoiced to members" not in said_by(own, "text")


def test_a_scheme_tells_whose_money_bore_what(told: Books) -> None:
    scheme = scheme_statement(told.office(), "work", parse_period("2014-04"))
    assert (scheme.opening_pence, scheme.closing_pence) == (0, 70_000)
    assert sum(item.amount_pence for item in scheme.movements) == 70_000
    assert [(item.source, item.put_pence, item.received_pence) for item in scheme.sources] == [
        *(("ALDER", 10_000, 10_000), ("SALIX", 30_000, 30_000), ("Lottery", 50_000, 0)),
    ]
    assert [(item.payee, item.source, item.amount_pence) for item in scheme.draws] == [
        *(("Trainers", "ALDER", 5_000), ("Trainers", "SALIX", 15_000)),
    ]
    assert [(item.member, item.entered, item.pence) for item in scheme.cohorts] == [
        *(("ALDER", Month(2014, 4), 10_000), ("SALIX", Month(2014, 4), 30_000)),
    ]
    (only,) = scheme_statements(told.office(), parse_period("2014-04"))
    assert only == scheme


def test_a_schemes_page_calls_members_by_their_names(told: Books) -> None:
    scheme = KINDS["scheme"].statement(told.office(), "WORK", parse_period("2014-04"), None)
    page = said_by(scheme, "text")
    from_sources_on = page.partition("Each source’s money")[2]
    assert "SALIX" not in from_sources_on and "Salix Homes" in from_sources_on
    assert "Salix Homes, Alder Homes" in page.partition("Money in and out")[0]
    sources = said(scheme)["sources"]
    assert [(item["source"], item["source_name"]) for item in sources] == [
        *(("ALDER", "Alder Homes"), ("SALIX", "Salix Homes"), ("Lottery", "Lottery")),
    ]


def test_an_unknown_or_later_scheme_is_told_so(told: Books) -> None:
    with pytest.raises(UsageError, match="did you mean WORK"):
        scheme_statement(told.office(), "WORKS", YEAR)
    with pytest.raises(
        UsageError, match="WORK was not known yet on 2014-03-31; it was proposed on"
    ):
        scheme_statement(told.office(), "WORK", YEAR, date(2014, 3, 31))
    with pytest.raises(UsageError, match="did you mean BROOKS"):
        contractor_statement(told.office(), "BROOK", YEAR)


@pytest.mark.parametrize("words", ["2014-03", "2014-Q1", "2013-06..2014-03"])
def test_a_period_before_a_scheme_was_proposed_is_empty_and_says_so(told: Books, words) -> None:
    period = parse_period(words)
    scheme = scheme_statement(told.office(), "WORK", period)
    assert (scheme.opening_pence, scheme.closing_pence, scheme.movements) == (0, 0, ())
    assert (scheme.scheme.budget_pence, scheme.scheme.places, scheme.sources) == (0, 0, ())
    page = KINDS["scheme"].statement(told.office(), "WORK", period, None)
    said_so = (
        "The scheme was proposed on 10 April 2014, after this period: there is nothing to tell."
    )
    assert page.held == said_so
    assert " ".join(said_by(page, "text").split()).count(said_so) == 1
    figures = said(page)
    assert (figures["opening_balance"], figures["closing_balance"]) == ("0.00", "0.00")
    (plan,) = figures["places"]
    assert (plan["state"], plan["proposed_on"], plan["places"]) == (
        *("not proposed yet", "2014-04-10"),
        0,
    )
    assert (
        "proposed_on"
        not in said(KINDS["scheme"].statement(told.office(), "WORK", YEAR, None))["places"][0]
    )
    assert list(scheme_statements(told.office(), period)) == []


def test_a_period_before_a_scheme_was_proposed_tells_who_had_been_referred(tmp_path: Path) -> None:
    """A scheme is often entered late, and books begin in the middle of others."""
    books = story(Books(tmp_path, STORY_BOOK))
    recruit(books)
    fund_scheme(books.office(), "WORK", "Lottery", 50_000)
    line = books.bank("500.00", "GRANT 12", "2014-03-15")
    Bank(books).identify(line, "match-funding", "Lottery", scheme="WORK")
    page = KINDS["scheme"].statement(books.office(), "WORK", parse_period("2014-03"), None)
    assert page.held == (
        "The scheme was proposed on 10 April 2014, after this period: there is no money to tell, "
        "only what was recorded of its participants."
    )
    figures = said(page)
    assert (figures["outcomes"][0]["referred"], figures["outcomes"][0]["started"]) == (12, 5)
    assert (figures["places"][0]["places"], figures["places"][0]["filled"]) == (0, None)
    assert "in the bank" not in said_by(page, "text")
    april = said(KINDS["scheme"].statement(books.office(), "WORK", parse_period("2014-04"), None))
    assert (april["places"][0]["places"], april["places"][0]["filled"]) == (4, 4)
    books.ledger.close()


@pytest.mark.parametrize("words", ["2014-03", "2014-04", "2014-Q2", "2014-01..2014-12"])
def test_the_consortium_is_the_sum_of_its_members(told: Books, words: str) -> None:
    period = parse_period(words)
    whole = consortium_statement(told.office(), period)
    members = list(member_statements(told.office(), period))
    for of in ("opening", "closing"):
        split = getattr(whole, of)
        assert split.total_pence == sum(getattr(one, of).total_pence for one in members)
    flow = whole.levy.period
    assert flow.billed_pence == sum(one.levy.period.billed_pence for one in members)
    assert flow.released_pence == sum(one.released_pence for one in members)
    assert sum(line.spend_pence for line in whole.spend) == sum(
        line.spend_pence for one in members for line in one.spend
    )
    for line in whole.pots:
        moved = line.released_pence + line.drawn_pence + line.other_pence
        assert line.opening_pence + moved == line.closing.total_pence


def test_cash_cover_is_the_bank_less_what_is_held(told: Books) -> None:
    whole = consortium_statement(told.office(), YEAR)
    with told.office().reading() as connection:
        held = {}
        for row in balances(connection):
            held[row.account] = held.get(row.account, 0) + row.balance_pence
    accounts = (
        *("1200", "2100", "2110", "2200", "2300", "2400", "2500", "2900", "2910", "5100", "1300"),
    )
    assert [line.account for line in whole.cover] == list(accounts)
    assert sum(line.amount_pence for line in whole.cover) == sum(
        held.get(account, 0) for account in accounts
    )


def test_money_that_nobody_has_identified_is_no_cover(books) -> None:
    kept = books()
    kept.bank("26.29", "no reference", today="2014-06-01")
    whole = consortium_statement(kept.office(), YEAR)
    held = {line.account: line.amount_pence for line in whole.cover}
    assert (held["1200"], held["2900"], sum(held.values())) == (2_629, -2_629, 0)


def test_what_the_bank_held_before_these_books_is_in_the_banks_balance(books) -> None:
    """The bank's own balance covers: 1200 alone had said that it was short."""
    kept = books()
    Bank(kept).bring((date(2014, 6, 1), 2_629, "NO REFERENCE"), opening_pence=100_000)
    whole = consortium_statement(kept.office(), YEAR)
    held = [(line.account, line.amount_pence) for line in whole.cover if line.amount_pence]
    assert held == [("1200", 2_629), ("", 100_000), ("2900", -2_629)]
    told = said_by(consortium_in_sections(whole), "text")
    assert "the bank covers what is owed and held, with £1,000.00 over" in told
    assert "In the bank before these books" in told
    assert "£1,000.00 was in the bank before its first line in these books" in told
    assert "before its" not in said_by(
        consortium_in_sections(consortium_statement(kept.office(), YEAR, date(2014, 3, 1))), "text"
    )


@pytest.mark.parametrize("form", ["text", "html", "pdf"])
def test_the_consortiums_own_statement_names_it_once(told: Books, form: Form) -> None:
    whole = consortium_in_sections(consortium_statement(told.office(), YEAR))
    head = said_by(whole, form).partition("Levy billed")[0]
    head = head.replace(f"Consortium statement: {whole.issuer.name}", "")  # a window's title
    assert head.count(whole.issuer.name) == 1
    assert head.count("Consortium statement") == 1


def test_accounts_keep_the_capitals_of_their_names(told: Books) -> None:
    names = {line.account: line.name for line in consortium_statement(told.office(), YEAR).cover}
    assert (names["2500"], names["2400"]) == ("Less VAT control", "Less creditors")


def test_the_rounding_difference_is_told(books) -> None:
    three = books()
    three.spend(*(("2014-03-31", code, "700000.00") for code in ("ALDER", "BIRCH", "SALIX")))
    whole = consortium_statement(three.office(), YEAR)
    (line,) = whole.opportunities
    assert (line.due_exact, line.due, whole.rounding_difference) == (Fraction(21, 5), 3, 1)


def test_the_logo_of_the_book_stands_on_a_statement(books, tmp_path: Path) -> None:
    from levytool.desk.book.apply_book import apply_book

    kept = books()
    (tmp_path / "our.svg").write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"/>')
    place = tmp_path / "book.toml"
    place.write_text(
        book_text().replace("[consortium]", '[consortium]\nlogo = "our.svg"'), encoding="utf-8"
    )
    assert not apply_book(kept.office(), place).in_force
    assert apply_book(kept.office(), place).in_force
    (tmp_path / "our.svg").unlink()
    logo = consortium_statement(kept.office(), YEAR).told.issuer.logo
    assert logo is not None and logo.media_type == "image/svg+xml"
    assert logo.data.startswith(b"<svg")


def test_what_is_nil_is_not_told_in_a_sentence(books) -> None:
    quiet = books()
    quiet.spend(("2014-03-31", "SALIX", "1000.00"))
    own = contractor_statement(quiet.office(), "BROOKS", YEAR)
    assert contractor_in_sections(own).held == ""
    paid = contractor_in_sections(
        replace(own, account=replace(own.account, closing=Owed(0, 500)))
    ).held
    assert "£5.00 of what was paid is not yet set against a document" in paid


def test_places_of_several_frameworks_are_added_up_to_part_of_a_place(told: Books) -> None:
    one = OpportunityLine(
        *("REGEN", "Works", "framework", "", "", 100_000, Fraction(7, 2), 3),
        *(Fraction(3, 2), Fraction(1), Fraction(3, 2), Fraction(0), Fraction(1, 2), 0),
    )
    other = replace(one, framework="WORKS", delivered=Fraction(2), verified=Fraction(1, 3))
    own = replace(consortium_statement(told.office(), YEAR), opportunities=(one, other))
    (table,) = (part for part in consortium_in_sections(own).data if part.key == "opportunities")
    sums = dict(zip((column.key for column in table.columns), table.totals, strict=True))
    assert (sums["due"], sums["delivered"], sums["verified"], sums["outstanding"]) == (
        *(6, Fraction(7, 2), Fraction(4, 3), 3),
    )
    glance = panels(replace(dashboard(told.office()), own=own))
    (places,) = (one.section.parts[-1] for one in glance if one.section.key == "opportunities")
    assert (places.total, places.totals[4:]) == (
        *("All frameworks", (6, Fraction(7, 2), Fraction(4, 3), 3)),
    )
    for form in ("text", "html", "pdf"):
        row = said_by(consortium_in_sections(own), form)
        assert "1.3333…" in row, form


def test_what_is_said_after_a_table_stays_on_its_page(told: Books) -> None:
    """However long the page is before them: a note at the head of a page belongs to nothing."""
    note = "Rounding difference across scopes: 0."
    found = consortium_in_sections(consortium_statement(told.office(), YEAR))
    (places,) = (one for one in found.sections if one.key == "opportunities")
    for rows in range(8, 24):
        before = Section("fill", "Fill", (), after=("line",) * rows, nothing="nil")
        page = said_by(replace(found, sections=(before, places)), "pdf").split("\f")
        for words in (note, "SHA-256 of the figures"):
            (found_on,) = (one for one in page if squeezed(words) in squeezed(one))
            assert "By framework, to date" in found_on, (rows, words)


def test_short_names_stand_beside_their_figures_in_text(books) -> None:
    owing = books(book_text(framework="contractors = [{ code = 'BROOKS' }]"))
    owing.spend(("2014-03-31", "SALIX", "1000.00"))
    told = contractor_in_sections(contractor_statement(owing.office(), "BROOKS", YEAR))
    lines = said_by(told, "text").splitlines()
    assert any(line.startswith("REGEN ") and "Mar 2014" in line for line in lines)
