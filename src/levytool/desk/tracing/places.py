"""Opportunities, and the provision that is set aside for those that are due."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from levytool.accounts import Account
from levytool.desk.brokerage.obligations import described
from levytool.desk.tracing.files import cell_ref
from levytool.desk.tracing.thing import (
    Form,
    OpenBooks,
    Part,
    Thing,
    parts_of,
    refs,
    rest,
    total,
)
from levytool.desk.tracing.trace import Facts, pounds, told
from levytool.ledger.funds.opportunities import (
    PAY,
    TAKE_BACK,
    VERIFY,
    StoredOpportunity,
    get_opportunity,
    opportunity_number,
)
from levytool.ledger.journal.acts import StoredAct, acts_of
from levytool.ledger.journal.entries import entries_by_id, entry_number
from levytool.ledger.journal.opened import SpendBrought, spend_brought
from levytool.ledger.proofs import traced, traced_money
from levytool.ledger.proofs.traced_money import ProvisionPart
from levytool.ledger.spend.returns import return_number
from levytool.money import display_pence
from levytool.problems import UsageError
from levytool.rules.opportunities import ScopeKey, due, due_exact, format_exact, scope_key
from levytool.text import counted


def obligation_ref(key: ScopeKey) -> str:
    """What an obligation's provision is called: `provision:REGEN/SALIX`."""
    return f"provision:{described(key)}"


def _find_place(books: OpenBooks, match: re.Match[str]) -> Thing:
    place = get_opportunity(books.connection, match[0].upper())
    paid = acts_of(books.connection, PAY, place.number)
    backs = acts_of(books.connection, TAKE_BACK, place.number)
    gone = {act.facts["entry"]: act for act in backs}
    facts = told(
        framework=place.framework,
        member=place.member,
        contractor=place.contractor,
        call_off=place.call_off,
        type=place.type,
        starts=place.starts,
        weeks=place.weeks,
        hours=place.hours,
        evidence=place.evidence,
        recorded=f"{place.recorded_on} by {place.recorded_by}",
    )
    for act in acts_of(books.connection, VERIFY, place.number):
        facts += told(verified=f"{act.at[:10]} by {act.user}")
    live = [act for act in paid if act.entry_id not in gone]
    for act in live:
        facts += _paid(books, act)
    taken_back = [_taken_back(act, gone[act.entry_id]) for act in paid if act.entry_id in gone]
    facts += told(taken_back="; ".join(taken_back))
    return Thing(
        "opportunity",
        place.number,
        f"{place.type} of {place.contractor or place.member} on {place.framework}, starts "
        f"{place.starts}, {counted(place.weeks, 'week')}",
        facts,
        because=lambda: refs("counts towards", _obligation_of(books, place)),
        became=lambda: (
            *refs("paid for by", *_entries(live)),
            *refs("paid for and taken back", *_entries(act for act in paid if act not in live)),
        ),
    )


def _entries(paid: Iterable[StoredAct]) -> list[str]:
    return [entry_number(act.entry_id) for act in paid if act.entry_id is not None]


def _taken_back(paid: StoredAct, back: StoredAct) -> str:
    """What was to be paid, and who took it back when and why."""
    gross = display_pence(paid.facts["net_pence"] + paid.facts["vat_pence"])
    to = f"{gross} to {paid.facts['payee']}"
    return f"{to} on {back.at[:10]} by {back.user}: {back.facts['reason']}"


def _obligation_of(books: OpenBooks, place: StoredOpportunity) -> str:
    rule = books.book.frameworks[place.framework].opportunities
    if rule is None:
        return ""
    codes = (place.framework, place.member, place.call_off, place.contractor)
    key = scope_key(rule.scope, *codes)
    known = traced_money.obligations_of(books.connection, place.framework)
    return obligation_ref(key) if tuple(key) in known else ""


def _paid(books: OpenBooks, act: StoredAct) -> Facts:
    """What a payment for a place came to, and what the provision and the levy funds bore of it."""
    moved: dict[tuple[Account, Account], int] = defaultdict(int)
    if act.entry_id is not None:
        for item in entries_by_id(books.connection, [act.entry_id])[act.entry_id].transfers:
            moved[item.debit.account, item.credit.account] += item.amount_pence
    borne = (
        ("from provision", Account.OPPORTUNITY_PROVISION, Account.CREDITORS),
        ("charged to levy fund", Account.LEVY_FUND, Account.CREDITORS),
        ("saved, back to levy fund", Account.OPPORTUNITY_PROVISION, Account.LEVY_FUND),
    )
    return (
        *told(
            paid=f"{act.at[:10]} by {act.user}",
            payee=act.facts["payee"],
            net=pounds(act.facts["net_pence"]),
            vat=pounds(act.facts["vat_pence"]),
        ),
        *((name, pounds(pence)) for name, debit, credit in borne
          if (pence := moved[debit, credit])),
    )  # fmt: skip


def _find_obligation(books: OpenBooks, match: re.Match[str]) -> Thing:
    framework = match[1].partition("/")[0].upper()
    known = [ScopeKey(*codes) for codes in traced_money.obligations_of(books.connection, framework)]
    for key in known:
        if described(key).casefold() == match[1].casefold():
            moved = traced_money.provision_parts(books.connection, *key)
            return _layer(key, moved, int(match[2])) if match[2] else _obligation(books, key, moved)
    there = ", ".join(described(key) for key in known[:3]) or "none"
    raise UsageError(f"nothing was ever set aside for {match[1]}; obligations of {framework}: "
                     f"{there} (see: levytool opportunity due)")  # fmt: skip


def _obligation(books: OpenBooks, key: ScopeKey, moved: Sequence[ProvisionPart]) -> Thing:
    held = sum(one.pence for one in moved)
    spend = traced_money.spend_by_return(books.connection, *key)
    brought = [one for one in spend_brought(books.connection, [key.framework])
               if _counts(key, one)]  # fmt: skip
    in_all = sum(pence for _number, pence in spend) + sum(one.base_pence for one in brought)
    rule = books.book.frameworks[key.framework].opportunities
    facts = told(levyable_spend=pounds(in_all), provision=pounds(held))
    if rule is not None:
        exact = due_exact(in_all, rule.per_million)
        facts += told(due_exact=format_exact(exact), due=due(exact), scope=rule.scope)
    layers = dict.fromkeys(one.layer for one in moved)
    parts = [
        Part(f"{obligation_ref(key)}#{number}", sum(m.pence for m in moved if m.layer == number))
        for number in layers
    ]
    opened = traced.opening_file_id(books.connection) or 0
    before = [Part(cell_ref(books, opened, one.row_no), one.base_pence) for one in brought]
    by_return = before + [Part(return_number(number), pence) for number, pence in spend]
    return Thing(
        "obligation",
        obligation_ref(key),
        f"places owed on {display_pence(in_all)} of spend; {display_pence(held)} is set aside",
        facts,
        because=lambda: parts_of("levyable spend of", by_return, in_all, "levytool return list"),
        became=lambda: parts_of("set aside in layers", parts, held, "levytool opportunity due"),
    )


def _counts(key: ScopeKey, one: SpendBrought) -> bool:
    """Whether spend counts towards an obligation: by the codes that its scope uses."""
    own = (one.framework, one.member, one.call_off, one.contractor)
    return all(code in ("", has) for code, has in zip(key, own, strict=True))


def _layer(key: ScopeKey, moved: Sequence[ProvisionPart], number: int) -> Thing:
    own = [one for one in moved if one.layer == number]
    if not own:
        numbers = ", ".join(str(n) for n in dict.fromkeys(one.layer for one in moved))
        raise UsageError(f"{described(key)} has no layer {number}; it has: {numbers}")
    # What was paid for a place and taken back came from no rise of what is due.
    set_aside_by = [one for one in own if one.pence > 0 and one.opportunity_id is None]
    came = sum(one.pence for one in set_aside_by)
    left = sum(one.pence for one in own)
    cost = own[0].unit_cost_pence
    set_aside = [Part(entry_number(one.entry_id), one.pence) for one in set_aside_by]
    gone = [
        Part(
            opportunity_number(one.opportunity_id)
            if one.opportunity_id is not None
            else entry_number(one.entry_id),
            -one.pence,
        )
        for one in own
        if one not in set_aside_by
    ]
    whole = [*gone, *rest(left, "still set aside")]
    return Thing(
        "provision layer",
        f"{obligation_ref(key)}#{number}",
        f"layer {number} of {described(key)}: {display_pence(came)} set aside at "
        f"{display_pence(cost)} a place, {display_pence(left)} of it left",
        told(set_aside=pounds(came), unit_cost=pounds(cost), left=pounds(left),
             places_left=sum(one.places for one in own)),
        because=lambda: (*parts_of("set aside by", set_aside, total(set_aside)),
                         *refs("for", obligation_ref(key))),
        became=lambda: parts_of("paid for places or given back", whole, came),
    )  # fmt: skip


FORMS = (
    Form("O-000001", "an opportunity", r"O-\d+", _find_place),
    Form("provision:REGEN/SALIX", "what is set aside for places (#1: its first layer)",
         r"provision:([^#]+)(?:#(\d+))?", _find_obligation),
)  # fmt: skip
