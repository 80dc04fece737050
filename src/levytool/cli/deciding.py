"""What a person decides, as the command line or a filled-in list says it."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from levytool.desk.reconcile.decide import VERBS, Order
from levytool.intake.encoding import NotText, find_encoding
from levytool.intake.neutral import restored
from levytool.problems import InputRejected, Problem, UsageError

SKIP = "skip"
"""Nothing is decided: the same as leaving the row blank."""


def order_of(
    known_as: str | None,
    chosen: Mapping[str, bool],
    others: Sequence[str],
    note: str,
    reason: str,
) -> Order:
    """The one thing that was said. Raises UsageError where it is none, or more than one."""
    if not known_as:
        raise UsageError("name a difference (see: levytool reconcile spend), or give --from FILE")
    verbs = [verb for verb, wanted in chosen.items() if wanted]
    if len(verbs) > 1:
        raise UsageError("say one of --" + " and --".join(verbs))
    if not verbs and not note.strip() and not reason:
        raise UsageError("say --accept, --reject, --match ID, --undo, --reason or --note TEXT")
    verb = verbs[0] if verbs else "note"
    if others and verb != "match":
        raise UsageError(f"only --match takes further ids, such as {others[0]}")
    return Order(known_as, verb, tuple(others), note, reason)


def orders_from(path: Path) -> list[Order]:
    """The decisions that a list has: `reconcile spend -O csv` with its column `decision` filled in.

    Rows whose decision is blank or `skip` are passed over. Raises InputRejected with everything
    wrong.
    """
    try:
        with path.open(encoding=find_encoding(path), newline="") as file:
            rows = list(csv.DictReader(file))
    except (NotText, csv.Error) as error:
        raise InputRejected(f"{path.name} is not a CSV file: {error}") from error
    if rows and not {"id", "decision"} <= rows[0].keys():
        raise InputRejected(
            f"{path.name} has no columns id and decision; take the list from: "
            "levytool reconcile spend -O csv"
        )
    orders, problems = [], []
    for number, row in enumerate(rows, 2):
        verb = (row["decision"] or "").strip().lower()
        if verb in ("", SKIP):
            continue
        others = tuple((row.get("match") or "").replace(",", " ").split())
        if verb not in VERBS:
            problems.append(
                Problem(
                    "unknown-decision",
                    "this is no decision",
                    f"write one of {', '.join((*VERBS, SKIP))}, or leave it blank",
                    path.name,
                    number,
                    "decision",
                    verb,
                )
            )
        else:
            note = str(restored(row.get("note") or ""))
            reason = (row.get("decided_reason") or "").strip()
            orders.append(Order(row["id"] or "", verb, others, note, reason))
    if problems:
        raise InputRejected("nothing was decided", tuple(problems))
    return orders
