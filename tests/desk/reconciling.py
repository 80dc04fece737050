"""Declarations and members' ledgers, and what laying them side by side finds."""

from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.desk.spend.import_ledger import import_ledger
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.periods import parse_period
from levytool.reconcile.spend_told import as_json


def record(books, *lines, path=None, **options):
    """Record lines of a member's ledger as a file of their own."""
    told = ImportOptions(role="member-ledger", **options)
    outcome = import_ledger(books.office(), path or books.file(*lines), told)
    assert outcome.status in ("accepted", "seen-before"), outcome.problems
    return outcome


def reconcile(books, period="2014-03", member=None):
    """The reconciliation of a period as scripts read it."""
    return as_json(reconcile_spend(books.office(), parse_period(period), member))


def told(found):
    """Each difference in short: reason, lines declared and recorded, net difference, levy."""
    return [
        (
            row["reason"],
            row["declared"],
            row["recorded"],
            row["net_difference"],
            row["levy_effect"],
        )
        for row in found["differences"]
    ]
