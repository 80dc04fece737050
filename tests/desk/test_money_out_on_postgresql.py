"""The same acts make the same books on SQLite and on PostgreSQL."""

from datetime import date

from levytool.desk.audit.read_ledger import list_balances, list_journal
from levytool.desk.bank.pay_creditors import list_payable
from levytool.desk.brokerage.close_scheme import close_scheme
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.brokerage.list_opportunities import list_opportunities
from levytool.desk.brokerage.list_pots import list_pots
from levytool.desk.brokerage.list_schemes import list_schemes
from levytool.desk.brokerage.opportunity_due import opportunity_due
from levytool.desk.brokerage.pay_opportunity import pay_opportunity
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.record_opportunity import Place, record_opportunity, verify_opportunity
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.brokerage.transfer_pot import transfer_pot
from levytool.desk.brokerage.waive_obligation import waive_obligation
from levytool.desk.levy.list_documents import list_documents
from levytool.desk.levy.vat_summary import vat_summary
from levytool.desk.month_end.member_statement import member_statement
from levytool.desk.returns.list_returns import list_returns
from levytool.ledger.journal.as_known import AsKnown
from levytool.periods import Month, parse_period
from tests.desk.consortium import Books, book_text

SETTINGS = {
    "funded": "received",
    "framework": "retained = '10%'\nreserve = '100.00'\nends = 2014-03-31",
}


ASKED = (
    (None, date(2014, 4, 9)),
    (date(2014, 3, 31), date(2014, 4, 10)),
    (date(2014, 4, 30), None),
)


def run_through(books):
    """A little of everything; gives what the officer reads of it."""
    ann, bob = books.office("ann"), books.office("bob")
    books.spend(("2014-03-31", "SALIX", "1490000.00"), ("2014-03-31", "ALDER", "700000.00"))
    books.bank("26280.00", "INV-000001")
    release_surplus(ann, Month(2014, 4))
    propose_scheme(ann, "S", members=["SALIX", "ALDER"], title="S", budget_pence=10**7, places=1)
    approve_scheme(bob, "S")
    for officer in (ann, bob):
        commit_to_scheme(officer, "S", "SALIX", 600_000)
        transfer_pot(officer, "SALIX", "ALDER", 50_000, "t-1")
        waive_obligation(officer, "REGEN", member="ALDER")
    fund_scheme(ann, "S", "City Trust", 100_000, "f-1")
    books.match_funding("S", "City Trust", "400.00")
    draw_scheme(ann, "S", net_pence=123_457, payee="Coach", reference="d-1", vat_pence=100)
    place = Place("REGEN", "SALIX", "job", date(2014, 5, 1), 52)
    number = record_opportunity(ann, place, "r-1")["opportunity"]
    verify_opportunity(bob, number)
    pay_opportunity(ann, number, net_pence=240_000, payee="Coach", reference="p-1")
    close_scheme(ann, "S")
    books.spend(("2014-03-31", "ALDER", "-100000.00"))
    return {
        "due": opportunity_due(ann, AsKnown(date(2014, 12, 31))),
        "opportunities": list_opportunities(ann),
        "pots": list_pots(ann, AsKnown(date(2014, 4, 30), date(2014, 4, 10))),
        "schemes": list_schemes(ann),
        "balances": list_balances(ann),
        "known": [as_asked(ann, AsKnown(*days)) for days in ASKED],
    }


def as_asked(office, asked):
    """Every report of a day as at, as known."""
    year = parse_period("2014-01..2014-12")
    return {
        "balances": list_balances(office, asked),
        "documents": list_documents(office, None, asked),
        "due": opportunity_due(office, asked),
        "journal": [row | {"hash": ""} for row in list_journal(office, None, asked)],
        "payable": list_payable(office, asked),
        "pots": list_pots(office, asked),
        "returns": list_returns(office, None, asked),
        "schemes": list_schemes(office, asked),
        "statement": member_statement(office, "SALIX", year, asked.known_on),
        "vat": vat_summary(office, year, asked.known_on),
    }


def test_postgresql_keeps_the_same_books(postgres_ledger, tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    here = Books(tmp_path / "here", book_text(**SETTINGS))
    there = Books(tmp_path / "there", book_text(**SETTINGS), postgres_ledger)
    try:
        assert run_through(here) == run_through(there)
        here.prove()
        there.prove()
    finally:
        here.ledger.close()
        there.ledger.close()
