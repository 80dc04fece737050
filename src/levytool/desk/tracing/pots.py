"""Cohorts of members' pots: the money that entered in one month."""

import re
from collections.abc import Iterable, Sequence

from levytool.desk.tracing.files import opened_ref
from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, parts_of, refs, rest
from levytool.desk.tracing.trace import pounds, told
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs import traced_money
from levytool.ledger.proofs.traced_money import PotPart
from levytool.money import display_pence
from levytool.problems import UsageError


def _find(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    member, cohort = match[1].upper(), match[2]
    if member not in books.book.members:
        return None
    moved = traced_money.pot_parts(books.connection, member, cohort=cohort)
    if not moved:
        raise UsageError(f"{member} has no cohort {cohort}; see: levytool pot list")
    came = sum(one.pence for one in moved if one.pence > 0)
    left = sum(one.pence for one in moved)
    return Thing(
        "cohort",
        f"{member}/{cohort}",
        f"pot of {member}, entered {cohort}: {display_pence(came)}, {display_pence(left)} left",
        told(member=member, cohort=cohort, entered=pounds(came), left=pounds(left)),
        because=lambda: (
            *_entered(moved, came),
            *refs("brought by", opened_ref(books, f"pot {member}/{cohort}")),
        ),
        became=lambda: _went(moved, came, left),
    )


def _entered(moved: Sequence[PotPart], came: int) -> Iterable[Parts]:
    parts = [Part(entry_number(one.entry_id), one.pence) for one in moved if one.pence > 0]
    return parts_of("entered by", parts, came, "levytool ledger journal")


def _went(moved: Sequence[PotPart], came: int, left: int) -> Iterable[Parts]:
    parts = [Part(entry_number(one.entry_id), -one.pence) for one in moved if one.pence < 0]
    whole = [*parts, *rest(left, "still in the pot")]
    return parts_of("went to", whole, came, "levytool ledger journal")


FORMS = (
    Form("SALIX/2014-03", "a cohort of a member's pot",
         r"([A-Z0-9-]+)/(\d{4}-\d{2}(?:\+\d{4}-\d{2})?)", _find),
)  # fmt: skip
