"""The section of a statement that tells what is open between declarations and members' ledgers."""

from collections.abc import Iterable, Iterator, Sequence

from levytool.periods import Month, Period
from levytool.rules.matching import reasons
from levytool.statements import words
from levytool.statements.sections import Column, Section, Table, Value
from levytool.statements.values import Compared, Queries
from levytool.statements.values_parties import MemberQueries
from levytool.text import counted

TITLE = "Open queries"
NAMED = 12
"""Members that a sentence names at most; the other forms have them all."""

MEANINGS = {
    reasons.UNDECLARED: "only the member has it",
    reasons.OVER_DECLARED: "only the contractor has it",
    reasons.AMOUNT: "the amounts differ",
    reasons.VAT: "one side has VAT in it",
    reasons.RETENTION: "one side leaves retention out",
    reasons.CREDIT_NOTE: "one side has a credit note",
    reasons.WRONG_MEMBER: "declared for another member than has it",
    reasons.WRONG_FRAMEWORK: "declared on another framework",
    reasons.DUPLICATE: "one side has it twice",
    reasons.TIMING: "dated in different months",
}
"""What a reason means, for who does not reconcile every day."""

NOTHING = "Nothing is open between contractors’ declarations and {}."
NOT_COMPARED = (
    "Contractors’ declarations were not compared with {}: none of it was imported for this period."
)
AS_KNOWN = (
    "Open queries are not told as known on a past day: declarations and members’ ledgers are "
    "matched as the books stand."
)
OF_THE_MOMENT = (
    "By the months that returns and ledgers are for, as the books stood when this was told: a "
    "query is answered without a posting."
)
OWN, ANY = "this member’s own purchase ledger", "any member’s own purchase ledger"

_COUNTS = (
    Column("differences", "Items", "count", sums=True),
    Column("net_difference", "Net difference", "money", sums=True),
    Column("levy_effect", "Levy effect", "levy", sums=True),
)


def member_queries(queries: Queries, member: str, period: Period) -> Section:
    """One member's open queries by reason."""
    table = Table(
        "open_queries",
        f"Declarations beside {OWN}: what it recorded less what was declared",
        (
            Column("reason", "Reason", place="name"),
            Column("meaning", "Meaning", place="small"),
            *_COUNTS,
        ),
        tuple(
            (
                *(line.reason, MEANINGS.get(line.reason, "")),
                *(line.count, line.net_pence, line.levy_micropence),
            )
            for line in queries.lines
        ),
        TITLE,
        total="All open queries",
    )
    absent = Table(
        "not_compared",
        "Months that were not compared",
        (Column("period", "Month", "month", "name"), Column("why", "Why")),
        tuple((month, _why(queries)) for month in _absent(queries, period)),
        "Not compared",
        on_page=False,
    )
    partly = _partly(queries.without_ledger)
    listed = f"They are listed by: levytool reconcile spend --period {period} --member {member}"
    return Section(
        "queries",
        TITLE,
        (table, absent),
        after=(OF_THE_MOMENT, *_unrated((queries,)), *partly, listed) if table.rows else (),
        nothing=" ".join((_nothing(queries.compared, OWN), *partly)),
    )


def all_queries(found: Sequence[MemberQueries], period: Period) -> Section:
    """Open queries by member, of those that have any."""
    table = Table(
        "open_queries",
        "What each member recorded less what was declared; items of two members are told of both",
        (
            Column("member_name", "Member", place="name"),
            Column("member", "Code", place="small"),
            *(Column(c.key, c.label, c.kind) for c in _COUNTS),
        ),
        tuple(_member_row(one) for one in found if one.queries.lines),
        TITLE,
    )
    without = [one for one in found if _absent(one.queries, period)]
    absent = Table(
        "not_compared",
        "Members and months that were not compared",
        (
            Column("member", "Code", place="small"),
            Column("member_name", "Member", place="name"),
            Column("periods", "Months", "texts"),
            Column("why", "Why"),
        ),
        tuple(
            (
                *(one.member, one.name, tuple(map(str, _absent(one.queries, period)))),
                _why(one.queries),
            )
            for one in without
        ),
        "Not compared",
        on_page=False,
    )
    states = {one.queries.compared for one in found}
    said = tuple(_left_out(found)) if "compared" in states else ()
    unrated = _unrated(one.queries for one in found)
    listed = f"They are listed by: levytool reconcile spend --period {period} --member CODE"
    state: Compared = "compared" if "compared" in states else next(iter(states), "no ledger")
    return Section(
        "queries",
        TITLE,
        (table, absent),
        after=(OF_THE_MOMENT, *unrated, *said, listed) if table.rows else (),
        nothing=" ".join((_nothing(state, ANY), *said)),
    )


def _member_row(one: MemberQueries) -> tuple[Value, ...]:
    lines = one.queries.lines
    return (
        one.name,
        one.member,
        sum(line.count for line in lines),
        sum(line.net_pence for line in lines),
        sum(line.levy_micropence for line in lines),
    )


def _absent(queries: Queries, period: Period) -> Sequence[Month]:
    """The months that were not compared: all of them, where none was."""
    return queries.without_ledger if queries.compared == "compared" else tuple(period.months())


def _why(queries: Queries) -> Compared:
    return "no ledger" if queries.compared == "compared" else queries.compared


def _nothing(compared: Compared, ledger: str) -> str:
    return {"compared": NOTHING.format(ledger), "no ledger": NOT_COMPARED.format(ledger)}.get(
        compared, AS_KNOWN
    )


def _unrated(found: Iterable[Queries]) -> tuple[str, ...]:
    """How many items the levy leaves out, since no rate is known for them."""
    count = sum(line.unrated for queries in found for line in queries.lines)
    without = counted(count, "item without a known rate is", "items without a known rate are")
    return (f"{without} not in the levy effect.",) if count else ()


def _partly(months: Iterable[Month]) -> tuple[str, ...]:
    named = ", ".join(map(words.month_words, months))
    return (f"Not compared, as no ledger of them was imported: {named}.",) if named else ()


def _left_out(found: Sequence[MemberQueries]) -> Iterator[str]:
    """Who was not compared, and who for some months only."""
    none = [one.member for one in found if one.queries.compared != "compared"]
    some = [
        one.member
        for one in found
        if one.queries.compared == "compared" and one.queries.without_ledger
    ]
    if none:
        yield f"Not compared, as none of their ledgers was imported: {_named(none)}."
    if some:
        yield f"Compared for some months only: {_named(some)}."


def _named(codes: Sequence[str]) -> str:
    more = len(codes) - NAMED
    return ", ".join(codes[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
