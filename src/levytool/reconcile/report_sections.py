"""The reconciliation report told in sections, from which every form is written once."""

from collections import Counter
from collections.abc import Collection, Iterable

from levytool.money import display_pence
from levytool.reconcile.report import Item, ReconciliationReport, levy_pence
from levytool.reconcile.report_bank import AS_NOW, bank_section
from levytool.reconcile.report_months import months_section
from levytool.reconcile.report_sums import contractors, reasons
from levytool.reconcile.spend import Matched
from levytool.reconcile.spend_told import no_rate_words, unsaid_words
from levytool.rules.matching.decisions import ACCEPT, STATUS
from levytool.rules.matching.reasons import OVER_DECLARED, REASONS, UNDECLARED
from levytool.statements.sections import (
    Column,
    Figure,
    Grid,
    Named,
    Section,
    Statement,
    Table,
)
from levytool.statements.values import Recipient
from levytool.text import counted, sentence

ITEMS_SHOWN = 400
"""Differences that a page lists; the other forms have them all."""


def report_in_sections(told: ReconciliationReport) -> Statement:
    """The report as every form is written from it."""
    closed = all(month.state == "closed" for month in told.months)
    return Statement(
        kind="reconciliation",
        title="Reconciliation report",
        issuer=told.issuer,
        subject=Recipient("", told.issuer.name),
        period=told.period,
        as_at=told.period.last.last_day,
        known_on=None,
        status="closed" if closed else "open",
        basis="declarations beside members' ledgers, receipts beside documents, accounts beside "
        "their items",
        key_figures=(
            Figure("declared_net", "Declared by contractors", told.spend.declared_pence),
            Figure("recorded_net", "Recorded by members", told.spend.recorded_pence),
            *_over_declared(told),
            *_at_risk(told),
        ),
        held=_held(told),
        sections=(
            _spend(told),
            contractors(told),
            reasons(told),
            _items(told),
            _suggestions(told),
            _judgements(told),
            bank_section(told),
            _controls(told),
            months_section(told),
        ),
    )


def _over_declared(told: ReconciliationReport) -> tuple[Figure, ...]:
    """What no member recorded. Its credits stand apart too: a sum with them may be nothing."""
    net, credits = -_net(told.of(OVER_DECLARED)), told.over_declared_credits
    if not credits:
        return (Figure("over_declared_net", "Over-declared spend", net),)
    return (
        Figure("over_declared_credits", "Over-declared credits", -_net(credits)),
        Figure("over_declared_net", "Over-declared, credits taken off", net),
        Figure("over_declared_invoices", "Over-declared spend", -_net(told.over_declared_invoices)),
    )


def _at_risk(told: ReconciliationReport) -> tuple[Figure, ...]:
    """The headline. Where credits are undeclared too they stand apart: a sum with them would say
    that less is at risk than is, or nothing."""
    net, levy = told.undeclared_pence, levy_pence(told.of(UNDECLARED))
    credits, invoices = told.undeclared_credits, told.undeclared_invoices
    at_risk = Figure("levy_at_risk", "Levy at risk", told.at_risk_pence)
    if not credits:
        return Figure("undeclared_net", "Undeclared spend", net), at_risk
    return (
        Figure("undeclared_credits", "Undeclared credits", _net(credits)),
        Figure("undeclared_credits_levy", "Levy on these credits", levy_pence(credits)),
        Figure("undeclared_net", "Undeclared, credits taken off", net),
        Figure("undeclared_levy", "Levy on it, credits taken off", levy),
        Figure("undeclared_invoices_levy", "Levy on undeclared spend", levy_pence(invoices)),
        Figure("undeclared_invoices", "Undeclared spend", _net(invoices)),
        at_risk,
    )


def _missing(alone: Iterable[Item]) -> str:
    """Which month's ledger is not there to have lines."""
    months = {f"{item.day:%Y-%m}" for item in alone}
    return (
        f"no ledger of {min(months)} was" if len(months) == 1 else "no ledgers of their months were"
    )


def _net(items: Iterable[Item]) -> int:
    return sum(item.net_pence for item in items)


def _held(told: ReconciliationReport) -> str:
    invoices, waiting = told.undeclared_invoices, len(told.waiting)
    said = (
        f"{counted(len(invoices), 'recorded line has', 'recorded lines have')} no declaration: "
        f"{display_pence(_net(invoices))} of spend, and {display_pence(levy_pence(invoices))} of "
        f"levy at the rates in force{_credits(told)}. {waiting:,} of "
        f"{counted(len(told.differences), 'difference')} to be explained."
        f"{_accepted(told.undeclared_accepted)}"
    )
    if unrated := told.unrated:
        net = sum(item.net_pence for item in unrated)
        said += f" {sentence(no_rate_words(len(unrated), net))}"
    if alone := told.not_compared:
        said += (
            f" Of the over-declared {display_pence(-sum(item.net_pence for item in alone))} in "
            f"{counted(len(alone), 'line')} is not compared: {_missing(alone)} imported"
        )
        accepted = [item for item in alone if item.status == STATUS[ACCEPT]]
        said += (
            f", though {display_pence(-_net(accepted))} of it in "
            f"{counted(len(accepted), 'line')} is accepted."
            if accepted
            else "."
        )
    if left := told.left_in_joins:
        said += (
            f" In {counted(len(left), 'match', 'matches')} that a person made "
            f"{display_pence(sum(item.net_pence for item in left))} is left, "
            f"levy {display_pence(levy_pence(left))}."
        )
        if unsaid := sum(item.waits for item in left):
            said = f"{said[:-1]}; {unsaid_words(unsaid)}."
    if changed := [str(month.month) for month in told.months if month.has_changed]:
        said += f" What was filed when {', '.join(changed)} was closed has changed: see Closing."
    return said


def _credits(told: ReconciliationReport) -> str:
    """The credits among the undeclared, what is left where they are taken off, and what is at risk,
    where each is taken off its own invoice."""
    credits = told.undeclared_credits
    if not credits:
        return ""
    have = "credit has" if len(credits) == 1 else "credits have"
    return (
        f"; {len(credits):,} {have} none either: {display_pence(_net(credits))}, levy "
        f"{display_pence(levy_pence(credits))}. With credits taken off it is "
        f"{display_pence(told.undeclared_pence)}, levy "
        f"{display_pence(levy_pence(told.of(UNDECLARED)))}; invoice by invoice, each with its own "
        f"credits taken off, {display_pence(told.at_risk_pence)} of levy is at risk"
    )


def _accepted(items: Collection[Item]) -> str:
    """How much of the undeclared somebody has explained, and as what where a reason was given."""
    if not items:
        return ""
    said = (
        f" Of the undeclared {counted(len(items), 'line is', 'lines are')} accepted: "
        f"{display_pence(sum(item.net_pence for item in items))}, "
        f"levy {display_pence(levy_pence(items))}"
    )
    nets: Counter[str] = Counter()
    for item in items:
        nets[item.decided_reason] += item.net_pence
    named = [
        f"{display_pence(nets[reason])} as {reason}"
        for reason in REASONS
        if reason in nets and reason != UNDECLARED
    ]
    return said + (f" ({', '.join(named)})." if named else ".")


def _spend(told: ReconciliationReport) -> Section:
    sums = told.spend
    sides = Grid(
        "spend",
        "The two sides of the period’s spend",
        "Spend",
        (Column("{}_lines", "Lines", "count"), Column("{}", "Net", "money")),
        (
            Named(
                "declared", "Declared by contractors", (sums.declared_lines, sums.declared_pence)
            ),
            Named("recorded", "Recorded by members", (sums.recorded_lines, sums.recorded_pence)),
            *_joined("matched", "matched", sums.matched),
            *_joined("matched_by_person", "joined by a person", sums.by_person),
            *_joined("rejected", "rejected, to be put right", sums.rejected),
            *_joined("duplicates", "there twice", sums.duplicates),
            Named(
                "over_declared",
                "Declared, and recorded by no member",
                (len(told.of(OVER_DECLARED)), -_net(told.of(OVER_DECLARED))),
            ),
            Named(
                "undeclared",
                "Recorded, and declared by nobody",
                (len(told.of(UNDECLARED)), told.undeclared_pence),
            ),
        ),
        "Spend",
    )
    rules = Table(
        "matched_by_rule",
        "What was joined, by the rule that joined it",
        (Column("rule", "Rule", place="name"), Column("count", "Matches", "count", sums=True)),
        sums.by_rule,
        "Rules",
        total="All matches",
    )
    return Section(
        "spend",
        "Declarations beside members’ ledgers",
        (sides, rules),
    )


def _joined(key: str, how: str, found: Matched) -> tuple[Named, ...]:
    """What was joined of either side, or else set apart; no row where that is nothing, but for
    what is matched."""
    if found == Matched() and key != "matched":
        return ()
    return (
        Named(key, f"Declared and {how}", (found.declared_lines, found.declared_pence)),
        Named(
            f"{key}_recorded", f"Recorded and {how}", (found.recorded_lines, found.recorded_pence)
        ),
    )


def _items(told: ReconciliationReport) -> Section:
    table = Table(
        "differences",
        "Every difference: recorded less declared, and the levy on it",
        (
            Column("id", "Item", place="name"),
            Column("reason", "Reason", "reason", place="group"),
            Column("contractor", "Contractor", place="small"),
            Column("member", "Member", place="small"),
            Column("invoice", "Invoice"),
            Column("date", "Date", "day", place="small"),
            Column("net_difference", "Difference", "money", sums=True),
            Column("levy_effect", "Levy effect", "levy", sums=True),
            Column("status", "Status"),
            Column("decided_reason", "Reason given", place="data"),
            Column("framework", "Framework", place="data"),
            Column("rule", "Rule", place="data"),
            Column("declared", "Declared lines", "texts", place="data"),
            Column("recorded", "Recorded lines", "texts", place="data"),
        ),
        tuple(
            (
                *(item.id, item.reason, item.contractor, item.member, item.invoice, item.day),
                *(item.net_pence, item.levy_micropence, item.standing, item.decided_reason),
                *(item.framework, item.rule, item.declared, item.recorded),
            )
            for item in told.differences
        ),
        "Differences",
        total="All differences",
        shown=ITEMS_SHOWN,
    )
    return Section("differences", "Every item", (table,), nothing="Nothing differs.")


def _suggestions(told: ReconciliationReport) -> Section:
    table = Table(
        "suggestions",
        "Lines that may belong together: a person accepts or rejects each",
        (
            Column("id", "Suggestion", place="name"),
            Column("contractor", "Contractor", place="small"),
            Column("member", "Member", place="small"),
            Column("why", "Why"),
            Column("declared", "Declared", "texts"),
            Column("recorded", "Recorded", "texts"),
            Column("net_difference", "Difference", "money"),
        ),
        tuple(
            (
                *(item.id, item.contractor, item.member, item.reason),
                *(item.declared, item.recorded, item.net_pence),
            )
            for item in told.suggestions
        ),
        "Suggestions",
        shown=ITEMS_SHOWN,
    )
    return Section("suggestions", "Suggestions", (table,))


def _judgements(told: ReconciliationReport) -> Section:
    table = Table(
        "decisions",
        "Who decided what, and when (UTC), what was taken back too; and what came of it",
        (
            Column("id", "Item", place="name"),
            Column("decided_at", "At"),
            Column("decided_by", "By"),
            Column("decision", "Decision"),
            Column("reason", "Reason", place="small"),
            Column("note", "Note"),
            Column("stands", "Stands"),
            Column("became", "Now", place="small"),
        ),
        tuple(
            (
                *(made.id, made.at, made.user, made.verb, made.reason, made.note),
                "yes" if made.stands else "no",
                made.became,
            )
            for made in told.judgements
        ),
        "Decisions",
    )
    return Section("decisions", "Decisions", (table,), nothing="Nobody has decided anything yet.")


def _controls(told: ReconciliationReport) -> Section:
    table = Table(
        "control_accounts",
        "Each account’s balance in the journal, what its items come to, how many of them are "
        "open, and entries that they deny",
        (
            Column("name", "Account", place="name"),
            Column("account", "Code", place="small"),
            Column("made_of", "Made of", place="data"),
            Column("ledger", "Journal", "money"),
            Column("items", "Items", "money"),
            Column("difference", "Difference", "money", of="ledger - items"),
            Column("open", "Open", "count"),
            Column("differing", "Wrong", "count"),
        ),
        tuple(
            (
                *(item.name, item.account, item.made_of, item.ledger_pence, item.items_pence),
                *(item.ledger_pence - item.items_pence, item.open_items, item.differing),
            )
            for item in told.controls
        ),
        "Control accounts",
    )
    return Section(
        "ledger",
        "Control accounts beside their items",
        (table,),
        notes=(AS_NOW,),
    )
