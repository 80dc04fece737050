"""Figures of members' statements: `statement:SALIX:2014-03:levy.billed`.

A figure is named by its path in the statement's JSON, with `.` between keys and positions. What it
is made of is told by the part of the statement it stands in.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from levytool.desk.given import begun, code_of
from levytool.desk.month_end.member_statement import statement_of
from levytool.desk.tracing import statement_figures as made
from levytool.desk.tracing.statement_figures import Said, Told
from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, once, parts_of, refs
from levytool.desk.tracing.trace import Facts, Pounds, told
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.proofs import traced_money
from levytool.periods import Period, parse_period
from levytool.problems import UsageError
from levytool.statements.figures import figures

SECTIONS: dict[str, Callable[[OpenBooks, Said, tuple[str, ...]], Told]] = {
    "opening_balance": made.opening_balance,
    "closing_balance": made.closing_balance,
    "prior_periods": made.prior_periods,
    "split": made.split,
    "movements": made.movement,
    "commitments": made.movement,
    "cohorts": made.cohort,
    "levy": made.levy,
    "opportunities": made.opportunity,
    "schemes": made.scheme,
    "outcomes": made.scheme,
    "sustainment": made.scheme,
    "next_roles": made.scheme,
    "ageing": made.ageing,
    "open_documents": made.open_document,
    "spend_by_framework": made.spend,
    "earlier_periods": made.earlier,
}
"""What tells a figure, by the first word of its path. Any other is a plain fact."""


def _find(books: OpenBooks, match: re.Match[str]) -> Thing:
    member = _member(books, match[1])
    period = _period(books, match[2])
    said = _said(books, member, period)
    ref = said.ref
    leaves = dict(leaves_of(said.figures))
    if not match[3]:
        return _whole(said, ref, leaves)
    path = _path(match[3], leaves)
    value = leaves[path]
    section = SECTIONS.get(path.partition(".")[0])
    keys = tuple(path.split("."))
    shown = Pounds(value).shown() if _is_amount(value) else str(value)
    facts: Facts = (*told(member=member, period=period, figure=path), ("value", value))
    if path == "hash":
        facts += told(over="SHA-256 of the statement's JSON without hash, keys sorted, no spaces")
    if keys[0] == "open_queries":
        listed = f"levytool reconcile spend --period {period} --member {member}"
        facts += told(listed_by=listed)

    def because() -> Iterable[Parts]:
        yield from (section(books, said, keys) if section else ())
        yield from refs("stands in", ref)

    title = f"{path.replace('_', ' ')} of {member} for {period}: {shown}"
    return Thing("statement figure", f"{ref}:{path}", title, facts, because=because)


def _member(books: OpenBooks, words: str) -> str:
    """The member that is named. Raises UsageError, also for those whose statements are not told
    figure by figure."""
    code = words.upper()
    others = {"CONSORTIUM", *books.book.contractors, *traced_money.scheme_codes(books.connection)}
    if code in others and code not in books.book.members:
        raise UsageError(
            f"{code} is no member, and only members' statements are explained figure by figure; "
            "ask for what the statement names: a document, an entry, a scheme, a balance"
        )
    return code_of(books.book, "member", words)


def _said(books: OpenBooks, member: str, period: Period) -> Said:
    def work_out() -> Said:
        asked = AsKnown(period.last.last_day)
        statement = statement_of(books.connection, books.book, member, period, asked, books.today)
        return Said(member, period, statement, figures(statement))

    return once(books, f"statement:{member}:{period}", work_out)


def _period(books: OpenBooks, words: str) -> Period:
    try:
        period = parse_period(words, books.book.consortium.financial_year_starts)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return begun(period, books.today)


def leaves_of(value: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """Every figure of a statement by its path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves_of(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves_of(inner, f"{path}.{place}")
    elif value is not None:
        yield path, str(value)


def _is_amount(value: str) -> bool:
    return re.fullmatch(r"-?\d+\.\d\d", value) is not None


def _path(words: str, leaves: Mapping[str, str]) -> str:
    """The path that is meant: dots, slashes and underscores are not told apart."""
    wanted = re.sub(r"[./_]+", "_", words.casefold())
    for path in leaves:
        if re.sub(r"[./_]+", "_", path.casefold()) == wanted:
            return path
    made_of = [path for path in leaves if path.partition(".")[0] in SECTIONS]
    near = get_close_matches(words, made_of, n=3, cutoff=0.6)
    chief = [path for path in _chief(leaves) if path in made_of]
    said = f"nearest: {', '.join(near)}" if near else f"it has {', '.join(chief)}"
    raise UsageError(
        f"the statement has no figure {words!r}; {said} "
        "(all of them: levytool statement member M --period P -O json)"
    )


def _chief(leaves: Mapping[str, str]) -> list[str]:
    """The amounts that stand by themselves, not in the row of a table, nor since the beginning."""
    return [
        path for path in leaves
        if _is_amount(leaves[path]) and not re.search(r"\.\d+\.|\.to_date\.", path)
    ]  # fmt: skip


def _whole(said: Said, ref: str, leaves: Mapping[str, str]) -> Thing:
    chief = _chief(leaves)
    facts: Facts = tuple(
        (path, Pounds(leaves[path]) if path in chief else leaves[path])
        for path in ("as_at", "basis", "opening_balance", "closing_balance", "hash")
    )
    title = (
        f"of {said.member} for {said.period}, closing {Pounds(leaves['closing_balance']).shown()}"
    )
    see = f"levytool statement member {said.member} --period {said.period} -O json"
    return Thing(
        "statement", ref, title, facts,
        because=lambda: parts_of("figures", (Part(f"{ref}:{path}") for path in chief
                                             if leaves[path] != "0.00"), see=see),
    )  # fmt: skip


FORMS = (
    Form("statement:SALIX:2014-03:levy.billed", "a figure of a member's statement by its path in "
         "the JSON; without one, the statement", r"statement:([^:]+):([^:]+?)(?::(.+))?", _find),
)  # fmt: skip
