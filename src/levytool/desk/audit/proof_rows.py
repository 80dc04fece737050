"""A proof in two columns, as `reconcile ledger` lists it: what the ledger has, and its items."""

from collections.abc import Callable, Sequence
from typing import Any

from levytool.money import format_pence

Row = dict[str, Any]


def proof_row(
    name: str,
    ledger: int,
    items: int,
    made_of: str,
    *,
    account: str = "",
    open_items: int = 0,
    differences: Sequence[Row] = (),
    told: Callable[[int], str | int] = format_pence,
) -> Row:
    """One proof of amounts in pence, or of counts with `told=int`; `made_of` are the items in
    words, `differences` name where they lie."""
    return {
        "account": account,
        "name": name,
        "ledger": told(ledger),
        "items": told(items),
        "difference": told(ledger - items),
        "made_of": made_of,
        "open": open_items,
        "differences": list(differences),
    }


def difference_row(entry: str, ledger: str, items: str, dimension: str = "") -> Row:
    """Where a proof fails: the entry or return, and what each side has there."""
    return {"entry": entry, "dimension": dimension, "ledger": ledger, "items": items}
