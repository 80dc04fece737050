"""When and why an entry is posted, and the legs that events share."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from levytool.accounts import Account
from levytool.journal import Entry, Kind, Leg, Transfer, transfer
from levytool.periods import Month


class Occasion(NamedTuple):
    """When an event is posted and what it belongs to.

    `effective` comes from `rules.dates`. `narrative` and `reference` stand in place of the event's
    own where given; `facts_digest` covers sub-ledger facts, as in `journal.Entry`.
    """

    effective: date
    reference: str = ""
    reporting_period: Month | None = None
    narrative: str = ""
    facts_digest: str = ""


def entry(
    on: Occasion, kind: Kind, narrative: str, reference: str, *groups: Iterable[Transfer]
) -> Entry:
    """The entry of one event from its groups of transfers; without a transfer it says nothing."""
    return Entry(
        kind=kind.value,
        effective=on.effective,
        narrative=on.narrative or narrative,
        transfers=tuple(item for group in groups for item in group),
        reference=on.reference or reference,
        reporting_period=on.reporting_period,
        facts_digest=on.facts_digest,
    )


def per_code(debit: Account, credit: Leg, pence: Mapping[str, int]) -> tuple[Transfer, ...]:
    """Signed amounts from one leg of `debit` a code to one leg they share, in order of code."""
    return tuple(
        item for code in sorted(pence) for item in transfer(Leg(debit, code), credit, pence[code])
    )


def within_codes(debit: Account, credit: Account, pence: Mapping[str, int]) -> tuple[Transfer, ...]:
    """Signed amounts from one account to another, each within its own code, in order of code."""
    return tuple(
        item
        for code in sorted(pence)
        for item in transfer(Leg(debit, code), Leg(credit, code), pence[code])
    )


def between_codes(account: Account, pence: Mapping[str, int]) -> tuple[Transfer, ...]:
    """Amounts that sum to zero, credited to `account` code to code, in order of code.

    Raises ValueError where they do not sum to zero.
    """
    if sum(pence.values()):
        raise ValueError("only amounts that sum to zero move between codes alone")
    payers = [(code, -pence[code]) for code in sorted(pence) if pence[code] < 0]
    transfers = []
    for code in sorted(pence):
        wanted = max(0, pence[code])
        while wanted:
            payer, has = payers.pop(0)
            part = min(wanted, has)
            transfers.append(Transfer(Leg(account, payer), Leg(account, code), part))
            wanted -= part
            if has > part:
                payers.insert(0, (payer, has - part))
    return tuple(transfers)


def scheme_leg(scheme: str, source: str) -> Leg:
    """The scheme's funds from one source, a member or a funder: 2300 by `SCHEME/SOURCE`."""
    return Leg(Account.SCHEME_FUNDS, f"{scheme}/{source}")
