"""What an issued statement closed with, read off the value that was kept of it."""

from levytool.statements.levy import MemberSums
from levytool.statements.parts_levy import FLOWS
from levytool.statements.sections import Grid, Statement, Table
from levytool.statements.values import LevyFlow, Split
from levytool.statements.values_payer import Owed


def closing_pence(kept: Statement) -> int:
    """Its closing balance."""
    return next(figure.pence for figure in kept.key_figures if figure.key == "closing_balance")


def grid_pence(kept: Statement) -> dict[str, int]:
    """Its single amounts, by their path in JSON."""
    return {
        ".".join(filter(None, (part.key, path))): value
        for part in kept.data
        if isinstance(part, Grid)
        for path, column, value in part.figures()
        if column.kind == "money" and isinstance(value, int)
    }


def closing_sums(kept: Statement) -> MemberSums:
    """What a member's, or the consortium's, levy and balance had come to.

    The consortium's balance is not split by its own statement: all of it stands as uncommitted.
    """
    told = grid_pence(kept)
    flow = {of: told[f"levy.to_date.{key}"] for key, _label, of, _seldom in FLOWS}
    return MemberSums(
        LevyFlow(**flow),
        Split(
            told.get("split.closing.uncommitted", closing_pence(kept)),
            told.get("split.closing.committed", 0),
        ),
        *(told[f"levy.{name}_closing"] for name in ("unpaid", "fund", "provision")),
    )


def closing_owed(kept: Statement) -> Owed | None:
    """What a payer was told to owe, in its parts; None where it was not told.

    A contractor's that was issued before statements told the parts has all of it as documents.
    """
    told = grid_pence(kept)
    if kept.kind == "member" and "owed.closing.documents" not in told:
        return None
    return Owed(
        told.get("owed.closing.documents", closing_pence(kept)),
        -told.get("owed.closing.unallocated", 0),
        -told.get("owed.closing.owed_back", 0),
    )


def closing_pots(kept: Statement) -> dict[str, int]:
    """The members' closing balances that the consortium's statement told."""
    return {
        str(row[part.place_of("member")]): pence
        for part in kept.data
        if isinstance(part, Table) and part.key == "pots"
        for row in part.rows
        if isinstance(pence := row[part.place_of("closing")], int)
    }
