"""Issuing a statement: one user prepares it, another approves it, and it is kept as it was.

Domain §3.9: a final statement is kept as issued; later changes appear as prior-period lines in the
next. An issued statement is never replaced.

Writing all forms of many statements takes minutes. Nobody waits for it: they are written from one
snapshot, and stored afterwards where the books are still in the state it showed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from levytool.acting import Acting, is_same_person
from levytool.book.table import nearest_hint
from levytool.desk.four_eyes import Asked, Status, agreed_proposal, record_done, refused_alone
from levytool.desk.month_end.statements import KINDS, statement_of_kind
from levytool.desk.office import Office
from levytool.ledger.database.state import state_of
from levytool.ledger.journal.acts import StoredAct, acts_of, canonical, open_proposal
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.balances import first_days
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.reports.issued_statements import (
    IssuedStatement,
    Proposed,
    issued_statements,
    kept_value,
    last_number,
    next_number,
    sha256_of,
    statement_number,
    store_issued,
)
from levytool.money import format_pence
from levytool.periods import Month, Period
from levytool.problems import Problem, RuleRefused, UsageError
from levytool.statements.differences import Difference, differences, figures_told
from levytool.statements.forms import form_hashes
from levytool.statements.kept import kept_text, statement_kept
from levytool.statements.said import said
from levytool.statements.sections import Statement
from levytool.statements.values import FINAL, PROPOSED, Issue
from levytool.text import counted

ISSUE = "statement issue"
ATTEMPTS = 3
"""How often statements are written out anew because the books changed meanwhile."""

Hashed = Callable[[Sequence[Statement]], Iterable[Mapping[str, str]]]
"""Writes statements in every form; gives the SHA-256 of each form, in their order."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A statement as it was proposed or issued. `open_months` of it may still be posted in;
    `changed_since` is who prepared it before, with figures that are told differently now.
    One that `waits` was prepared by this user before; it takes another one to issue it.
    `left_out` is the first month with entries of a statement proposed as the first ever, where
    that lies before its period: once it is issued, no month before it can be.
    """

    statement: Statement
    status: Status
    open_months: tuple[Month, ...] = ()
    changed_since: str = ""
    waits: bool = False
    left_out: Month | None = None


class _Standing(NamedTuple):
    """How a statement stands: issued before, or what is asked for and the statement it follows."""

    made: IssuedStatement | None
    follows: int | None
    asked: Asked


def issue_statement(office: Office, kind: str, code: str, period: Period) -> Issued:
    """Propose that a statement be issued, or issue the one that somebody else proposed.

    Both must have seen the same figures: where they changed in between, the call proposes anew.
    Raises UsageError for an unknown code; RuleRefused for a period that has not ended, one that was
    issued with other figures, one out of turn, and where the same user asks again.
    """

    def drafts(desk: Office) -> list[Statement]:
        return [statement_of_kind(desk, kind, code, period, None)]

    (issued,) = _written_and_stored(office, drafts, _one_by_one, _each_issued)
    return issued


def issue_statements(
    office: Office, kind: str, period: Period, hashed: Hashed | None = None
) -> list[Issued]:
    """The same for everyone of a kind, in one transaction: with each what this user can do.

    One that this user prepared before waits for another. Raises RuleRefused, and stores nothing,
    where any can be neither prepared nor issued, with every one of those; and where all that is
    not issued yet waits for another user.
    """

    def drafts(desk: Office) -> list[Statement]:
        return list(KINDS[kind].statements(desk, period, None))

    return _written_and_stored(office, drafts, hashed or _one_by_one, _all_issued)


def _one_by_one(statements: Sequence[Statement]) -> Iterable[Mapping[str, str]]:
    return map(form_hashes, statements)


_Forms = Mapping[str, Mapping[str, str]]
"""The SHA-256 of each form, by that of the statement's value."""


def _written_and_stored(
    office: Office,
    drafts_of: Callable[[Office], list[Statement]],
    hashed: Hashed,
    store: Callable[[Connection, Acting, list[Statement], _Forms], list[Issued]],
) -> list[Issued]:
    """Write what is to be issued while others may work, then store it if nobody did.

    Otherwise it is told anew, and only what is told differently is written again.
    """
    forms: dict[str, Mapping[str, str]] = {}
    for _attempt in range(ATTEMPTS):
        with office.reading() as connection:
            state = state_of(connection)
            drafts = drafts_of(replace(office, trial=connection))
            finals = _about_to_be_issued(connection, office.acting, drafts)
        values = {sha256_of(kept_text(final)): final for final in finals}
        unwritten = {value: final for value, final in values.items() if value not in forms}
        forms |= zip(unwritten, hashed(list(unwritten.values())), strict=True)
        with office.writing() as connection:
            if state_of(connection) == state:
                return _with_left_out(connection, store(connection, office.acting, drafts, forms))
    raise RuleRefused(
        f"the books changed {ATTEMPTS} times while the statements were being written, and nothing "
        "was stored; give the command again when nobody else is at work in them"
    )


def _with_left_out(connection: Connection, found: list[Issued]) -> list[Issued]:
    """The same, each first one proposed with the month from which on it leaves something out."""
    if all(one.status is not Status.PROPOSED for one in found):
        return found
    begun = {(made.proposed.kind, made.proposed.code) for made in issued_statements(connection)}
    days: dict[str, date] = {}
    for dimension, day in first_days(connection).items():
        for code in {"", dimension.partition("/")[0]}:
            days[code] = min(day, days.get(code, day))

    def left_out(one: Issued) -> Month | None:
        own, code = one.statement, one.statement.subject.code
        first = days.get(code)
        if one.status is not Status.PROPOSED or (own.kind, code) in begun or first is None:
            return None
        return Month.of(first) if Month.of(first) < own.period.first else None

    return [replace(one, left_out=left_out(one)) for one in found]


def _about_to_be_issued(
    connection: Connection, acting: Acting, drafts: Iterable[Statement]
) -> list[Statement]:
    """The statements that this call issues, as they will be numbered; none where one is refused,
    which is told when it comes to storing them."""
    found: list[Statement] = []
    number = last_number(connection)
    for draft in drafts:
        try:
            made, _follows, asked = _standing(connection, acting, draft)
        except RuleRefused:
            return []
        if made is not None:
            continue
        proposal = open_proposal(connection, asked.act, asked.subject, asked.facts)
        if proposal is not None and not is_same_person(proposal.user, acting.user):
            number += 1
            found.append(_final(draft, acting, proposal, number))
    return found


def _each_issued(
    connection: Connection, acting: Acting, drafts: list[Statement], forms: _Forms
) -> list[Issued]:
    return [_issued(connection, acting, draft, forms) for draft in drafts]


def _all_issued(
    connection: Connection, acting: Acting, drafts: list[Statement], forms: _Forms
) -> list[Issued]:
    found: list[Issued] = []
    refused: list[Problem] = []
    told = (connection, acting)
    for draft in drafts:
        try:
            found.append(_waiting(*told, draft) or _issued(*told, draft, forms))
        except RuleRefused as error:
            refused.append(Problem("not-issued", f"{draft.subject.code}: {error}"))
    if refused:
        count = counted(len(refused), "statement is", "statements are")
        raise RuleRefused(f"nothing was stored: {count} refused", tuple(refused))
    _require_something_to_do(acting, found)
    return found


def _require_something_to_do(acting: Acting, found: Sequence[Issued]) -> None:
    """Raises RuleRefused where all that is not issued yet waits for another user."""
    waiting = sum(one.waits for one in found)
    if waiting and all(one.waits or one.status is Status.DONE_BEFORE for one in found):
        raise refused_alone(acting.user, f"prepared {counted(waiting, 'statement')}")


def _waiting(connection: Connection, acting: Acting, draft: Statement) -> Issued | None:
    """A statement that this user prepared with just these figures; None for any other."""
    made, _follows, asked = _standing(connection, acting, draft)
    found = open_proposal(connection, asked.act, asked.subject, asked.facts)
    if made is not None or found is None or not is_same_person(found.user, acting.user):
        return None
    issue = Issue(found.user, date.fromisoformat(found.at[:10]))
    proposed = replace(draft, status=PROPOSED, issue=issue)
    return Issued(proposed, Status.PROPOSED, waits=True)


def _standing(connection: Connection, acting: Acting, draft: Statement) -> _Standing:
    """Raises RuleRefused where it can be neither proposed nor issued."""
    kind, code, period = draft.kind, draft.subject.code, draft.period
    figures = sha256_of(canonical(figures_told(draft)))
    asked = Asked(ISSUE, f"{kind} {code}".rstrip(), {"period": str(period), "figures": figures})
    earlier = issued_statements(connection, kind, code)
    for made in earlier:
        if made.period == period:
            return _Standing(made, None, asked)
    follows = _follows(earlier, period)
    _require_ended(period, acting.today)
    return _Standing(None, follows, asked)


def _issued(connection: Connection, acting: Acting, draft: Statement, forms: _Forms) -> Issued:
    made, follows, asked = _standing(connection, acting, draft)
    if made is not None:
        return Issued(_as_issued(connection, made, draft), Status.DONE_BEFORE)
    closed = closed_months(connection)
    still_open = tuple(month for month in draft.period.months() if month not in closed)
    proposal = agreed_proposal(connection, acting, asked)
    if proposal is None:
        proposed = replace(draft, status=PROPOSED, issue=Issue(acting.user, acting.today))
        changed = _prepared_otherwise(connection, acting, asked)
        return Issued(proposed, Status.PROPOSED, still_open, changed)
    kept, final = _kept(connection, acting, draft, follows, proposal, forms)
    record_done(connection, acting, asked, entry_id=kept.entry_id, proposal=proposal)
    return Issued(final, Status.DONE, still_open)


def _prepared_otherwise(connection: Connection, acting: Acting, asked: Asked) -> str:
    """Who else last prepared this with other figures; '' where nobody did."""
    others = [
        act.user
        for act in acts_of(connection, asked.act, asked.subject)
        if act.facts["period"] == asked.facts["period"]
        and act.facts["figures"] != asked.facts["figures"]
        and not is_same_person(act.user, acting.user)
    ]
    return others[-1] if others else ""


def _final(draft: Statement, acting: Acting, proposal: StoredAct, number: int) -> Statement:
    """What was proposed under its number, with who prepared and who approved it."""
    prepared_on = date.fromisoformat(proposal.at[:10])
    issue = Issue(proposal.user, prepared_on, statement_number(number), acting.user, acting.today)
    return replace(draft, status=FINAL, issue=issue)


def _kept(
    connection: Connection,
    acting: Acting,
    draft: Statement,
    follows: int | None,
    proposal: StoredAct,
    forms: _Forms,
) -> tuple[IssuedStatement, Statement]:
    """Number what was proposed, and keep it with the SHA-256 of its forms as they were written."""
    number = next_number(connection)
    final = _final(draft, acting, proposal, number)
    balances = {figure.key: figure.pence for figure in final.key_figures}
    prepared = Proposed(
        *(final.kind, final.subject.code, final.period, follows),
        *(balances["opening_balance"], balances["closing_balance"], said(final)["hash"]),
        *(proposal.user, proposal.at),
    )
    value = kept_text(final)
    written = forms[sha256_of(value)]
    return store_issued(connection, acting, number, prepared, value, written), final


def issued_of(
    office: Office, kind: str, code: str | None, number: str
) -> tuple[Statement, Mapping[str, str]]:
    """A statement as it was issued, with the SHA-256 of each form as it was written then.

    Raises UsageError where the kind, or the one named, has none of that number, with the nearest.
    """
    with office.reading() as connection:
        wanted = number.strip().upper()
        every = issued_statements(connection)
        for made in every:
            if made.number == wanted:
                own = made.proposed
                if own.kind != kind or (code is not None and code.upper() != own.code):
                    named = f"{own.kind} {own.code}".rstrip()
                    raise UsageError(
                        f"{wanted} is of the {named}: levytool statement {named} --issued {wanted}"
                    )
                return statement_kept(kept_value(connection, made.id)), made.forms
        hint = nearest_hint(wanted, [made.number for made in every], "see: levytool statement list")
    raise UsageError(f"there is no issued statement {number!r}; {hint}")


def list_statements(office: Office, known_on: date | None = None) -> list[dict[str, Any]]:
    """Every statement that was issued, in order of number."""
    with office.reading() as connection:
        return [
            _row(made) for made in issued_statements(connection, asked=AsKnown(known_on=known_on))
        ]


def _row(made: IssuedStatement) -> dict[str, Any]:
    own = made.proposed
    return {
        "statement": made.number,
        "kind": own.kind,
        "code": own.code,
        "period": str(own.period),
        "opening_balance": format_pence(own.opening_pence),
        "closing_balance": format_pence(own.closing_pence),
        "prepared_by": own.prepared_by,
        "approved_by": made.issued_by,
        "issued": made.issued_at[:10],
        "follows": statement_number(own.follows) if own.follows else None,
        "hash": own.figures_hash,
    }


def _as_issued(connection: Connection, made: IssuedStatement, now: Statement) -> Statement:
    """What was issued before, where the books still tell it so. Raises RuleRefused otherwise."""
    kept = statement_kept(kept_value(connection, made.id))
    changed = differences(kept, now)
    if changed:
        raise changed_since(made, changed)
    return kept


def changed_since(made: IssuedStatement, changed: tuple[Difference, ...]) -> RuleRefused:
    """The refusal to issue again what the books now tell differently."""
    own = made.proposed
    named = f"{own.kind} {own.code}".rstrip()
    return RuleRefused(
        f"{made.number} was issued for {own.period} on {made.issued_at[:10]} and is never replaced;"
        f" what the books now tell differently ({counted(len(changed), 'figure')}, first "
        f"{changed[0]}) stands "
        f"in the next statement as prior-period lines; see: levytool statement {named} "
        f"--issued {made.number}"
    )


def _require_ended(period: Period, today: date) -> None:
    if today <= period.last.last_day:
        first = period.last.plus(1).first_day
        raise RuleRefused(f"{period} has not ended; its statement can be issued from {first} on")


def _follows(earlier: list[IssuedStatement], period: Period) -> int | None:
    """The issued statement that this one follows: it ends where this one begins.

    Statements of one subject follow each other without gaps, so that each opens with what the one
    before closed with. One over several periods may be issued beside those of its parts.
    """
    later = [made for made in earlier if made.period.first > period.last]
    covered = {month for made in earlier for month in made.period.months()}
    if later and not covered.issuperset(period.months()):
        raise RuleRefused(
            f"{later[0].number} for {later[0].period} is issued already, and opens with what "
            f"{period} closed with as the books then told it; issue the periods after it"
        )
    before = [made for made in earlier if made.period.first < period.first]
    if not before:
        return None
    eve = period.first.plus(-1)
    ends = [made for made in before if made.period.last == eve]
    if not ends:
        last = max(before, key=lambda made: (made.period.last, made.id))
        begins = last.period.last.plus(1)
        raise RuleRefused(
            f"{last.number} was the last one issued, for {last.period}; the next begins with "
            f"{begins}: name a --period from {begins} on"
        )
    return ends[-1].id
