"""What the statements of contractors, schemes and the consortium have alike."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from sqlalchemy import Connection

from levytool.desk.month_end.carried import Before
from levytool.desk.month_end.snapshot import Snapshot
from levytool.ledger.documents.documents import StoredDocument
from levytool.ledger.reports.statement_facts import MemberDocument, SpendGroup, documents_by_member
from levytool.money import MICROPENCE_PER_PENNY, half_up
from levytool.rules.opportunities import OpportunityRow
from levytool.rules.shares import share_document
from levytool.statements.spend import open_documents, spend_lines
from levytool.statements.values import OpenDocument, OpportunityLine, Recipient, SpendLine
from levytool.statements.values_parties import Told


def told_to(facts: Snapshot, recipient: Recipient, before: Before | None = None) -> Told:
    """What every statement begins with; `before` is the issued one that it follows."""
    return Told(
        *(facts.issuer, recipient, facts.period, facts.as_at, facts.asked.known_on, facts.basis),
        follows=before.number if before else "",
    )


def spend_by_member(
    connection: Connection, facts: Snapshot, groups: Iterable[SpendGroup]
) -> tuple[SpendLine, ...]:
    """Spend of several members by framework, lot, call-off, contractor and member.

    The levy of all lines is rounded once and shared out among them (domain §3.2).
    """
    of_member: dict[str, list[SpendGroup]] = {}
    exact = Counter[tuple[str, ...]]()
    for group in groups:
        of_member.setdefault(group.member, []).append(group)
        place = (group.framework, group.lot, group.call_off, group.contractor, group.member)
        exact[place] += group.sign * group.levy_micropence
    lines = []
    documents = documents_by_member(connection, sorted(of_member), facts.asked)
    for code, own in sorted(of_member.items()):
        member = facts.book.members.get(code)
        name = member.name if member else code
        lines += [
            replace(line, member=code, member_name=name)
            for line in spend_lines(own, documents[code], facts.book)
        ]
    lines.sort(key=_in_order)
    micropence = [exact[_in_order(line)] for line in lines]
    levy = share_document(micropence, half_up(sum(micropence), MICROPENCE_PER_PENNY))
    return tuple(replace(line, levy_pence=pence) for line, pence in zip(lines, levy, strict=True))


def _in_order(line: SpendLine) -> tuple[str, ...]:
    return (line.framework, line.lot, line.call_off, line.contractor, line.member)


def open_gross(documents: Iterable[StoredDocument], facts: Snapshot) -> tuple[OpenDocument, ...]:
    """Documents that are not settled, with their VAT, longest overdue first."""
    found = [
        MemberDocument(
            *(item.number, item.payer_kind, item.payer, item.return_id, item.framework),
            *(item.period, item.day, item.due),
            *(item.sign * item.gross_pence, item.sign * item.settled_pence),
        )
        for item in sorted(documents, key=lambda item: (item.due, item.id))
    ]
    return open_documents(found, facts.as_at)


def party_names(facts: Snapshot) -> Mapping[str, str]:
    """The name of every party by code."""
    contractors = {party.code: party.name for party in facts.book.contractors.values()}
    return contractors | {party.code: party.name for party in facts.book.members.values()}


def by_framework(facts: Snapshot, rows: Iterable[OpportunityRow]) -> tuple[OpportunityLine, ...]:
    """Obligations summed by framework: what is due is the sum of what each scope owes."""
    found: dict[str, list[OpportunityRow]] = {}
    for row in rows:
        found.setdefault(row.key.framework, []).append(row)
    return tuple(
        OpportunityLine(
            *(code, facts.book.frameworks[code].title, own[0].scope, "", ""),
            spend_pence=sum(row.spend_pence for row in own),
            due_exact=sum((row.due_exact for row in own), start=Fraction(0)),
            due=sum(row.due for row in own),
            delivered=sum((row.delivered for row in own), start=Fraction(0)),
            verified=sum((row.verified for row in own), start=Fraction(0)),
            outstanding=sum((row.outstanding for row in own), start=Fraction(0)),
            over_delivered=sum((row.over_delivered for row in own), start=Fraction(0)),
            carried=sum((row.carried for row in own), start=Fraction(0)),
            part_million_pence=0,
        )
        for code, own in sorted(found.items())
    )
