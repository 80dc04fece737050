"""Paying for a verified place from the oldest layer of its provision (domain §3.5)."""

from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book, OpportunityRule
from levytool.desk import four_eyes
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.list_opportunities import acted_row
from levytool.desk.brokerage.obligations import (
    bearers_by_obligation,
    opportunity_rules,
    spend_by_key,
)
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import positive_pence, vat_of, words
from levytool.desk.office import Office
from levytool.ledger.funds import opportunities
from levytool.ledger.funds.opportunities import StoredOpportunity, get_opportunity
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import format_pence
from levytool.problems import RuleRefused
from levytool.rules.dates import act_date
from levytool.rules.opportunities import ScopeKey, qualifies, scope_key
from levytool.rules.postings import Occasion, opportunity_paid
from levytool.rules.provision import pay_place
from levytool.text import counted


def pay_opportunity(
    office: Office,
    number: str,
    *,
    net_pence: int,
    payee: str,
    vat_pence: int = 0,
    reference: str = "",
) -> dict[str, Any]:
    """Owe a payee for a verified place: `net_pence`, and recoverable VAT beside it.

    The money moves when the bank line that pays it is identified. Raises RuleRefused for a place
    that is not verified, does not count, or is paid for already.
    """
    payee = words(payee, "--payee")
    facts = {
        "net_pence": positive_pence(net_pence, "--amount"),
        "vat_pence": vat_of(vat_pence),
        "payee": payee,
    }
    with office.writing() as connection:
        book = book_in_force(connection)
        stored = get_opportunity(connection, number)
        asked = Asked(opportunities.PAY, stored.number, facts, reference)
        if four_eyes.done_already(connection, asked):
            return _row(book, stored, asked, Status.DONE_BEFORE)
        rule = _payable_under(book, stored)
        key = scope_key(
            rule.scope, stored.framework, stored.member, stored.call_off, stored.contractor
        )
        layers = opportunities.provision_layers(connection, [stored.framework]).get(key, ())
        bearers = _bearers(connection, rule, key, stored.member)
        payment = pay_place(layers, net_pence, bearers)
        occasion = Occasion(
            act_date(office.acting.today, closed_months(connection)), reference=stored.number
        )
        entry = opportunity_paid(occasion, payee, payment, vat_pence)
        entry_id = post(connection, office.acting, [entry]).first_id
        if payment.change is not None:
            used = opportunities.provision_row(
                key, payment.change, opportunities.PAID, entry_id, stored.id
            )
            opportunities.add_provision(connection, [used])
        four_eyes.record_done(connection, office.acting, asked, entry_id=entry_id)
        return _row(book, get_opportunity(connection, number), asked, Status.DONE)


def _row(book: Book, stored: StoredOpportunity, asked: Asked, status: Status) -> dict[str, Any]:
    amount, vat = format_pence(asked.facts["net_pence"]), format_pence(asked.facts["vat_pence"])
    row = acted_row(book, stored, status)
    return {"payee": asked.facts["payee"], "amount": amount, "vat": vat, **row}


def _payable_under(book: Book, stored: StoredOpportunity) -> OpportunityRule:
    if not stored.verified:
        raise RuleRefused(
            f"{stored.number} is not verified; another user than {stored.recorded_by} verifies it: "
            f"levytool opportunity verify {stored.number}"
        )
    if stored.paid:
        raise RuleRefused(
            f"{stored.number} is paid for already; one place is paid for once. If that was wrong "
            "and the bank has not paid it, take it back: "
            f"levytool opportunity pay {stored.number} --reverse --reason …"
        )
    rule = opportunity_rules(book).get(stored.framework)
    if rule is None or not qualifies(stored.weeks, rule.qualifying_weeks):
        raise RuleRefused(
            f"{stored.number} is planned for {counted(stored.weeks, 'week')} and does not "
            f"count towards what "
            f"{stored.framework} owes, so no levy is set aside for it; pay it from a scheme"
        )
    return rule


def _bearers(
    connection: Connection, rule: OpportunityRule, key: ScopeKey, member: str
) -> dict[str, int]:
    """Who bears a cost that no provision meets: members by their spend, else the place's own."""
    spend = spend_by_key(connection, [key.framework])
    members = bearers_by_obligation({key.framework: rule}, spend).get(key, {})
    spenders = {code: pence for code, pence in members.items() if pence > 0}
    return spenders or {member: 1}
