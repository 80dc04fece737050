"""What a person decides, as the command line or a filled-in list says it."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from levytool.desk.reconcile.decide import Order
from levytool.desk.reconcile.said_in_list import PASSED_OVER
from levytool.intake.container import DELIMITERS
from levytool.intake.encoding import NotText, find_encoding
from levytool.intake.neutral import restored
from levytool.problems import InputRejected, UsageError
from levytool.rules.matching.decisions import NOTE, REJECT, STATUS, UNDO
from levytool.text import counted

_IDS = re.compile(r"[^\s,;]+")

NEEDED = frozenset({"id", "decision"})
"""The columns without which a list says nothing."""


def orders_of(
    path: Path | None,
    known_as: str | None,
    chosen: Mapping[str, bool],
    others: Sequence[str],
    note: str,
    reason: str,
    *,
    wholly: bool = False,
) -> list[Order]:
    """What was said: by a list, or of one thing. Raises UsageError where it is neither or both, and
    InputRejected."""
    if wholly and not chosen["undo"]:
        raise UsageError("--all goes with --undo: it takes back all that was decided about an ID")
    if path is None:
        return [replace(_order(known_as, chosen, others, note, reason), wholly=wholly)]
    if known_as or any(chosen.values()) or note or reason:
        raise UsageError("the list says what is decided in each row: give --from FILE by itself")
    return _orders_from(path)


def stands_again(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What stands again of things whose last word was taken back, and how to take back that too."""
    for row in rows:
        if row["restored"] is None:
            continue
        of, verb, note = row["id"], row["restored"]["decision"], row["restored"]["note"]
        stands = "has its note" if verb == NOTE else f"is {STATUS[verb]}"
        said = f" ({note})" if note else ""
        how = f"again{said}, as before"
        if row["status"] != "done":
            how = f"as before{said}: the last word was taken back already"
        yield (
            f"{of} {stands} {how}; to take back all that was decided about it: "
            f"levytool reconcile decide {of} --undo --all"
        )


def closed_decided(rows: Sequence[Mapping[str, Any]]) -> str:
    """What it means that something was decided of months that are closed; '' where nothing was."""
    closed = sorted({month for row in rows for month in row["closed"]})
    if not closed:
        return ""
    of = ", ".join(closed)
    told = f"{of} {'is' if len(closed) == 1 else 'are'} closed and nothing is posted there"
    taken = [row for row in rows if row["closed"] and row["decision"] in (UNDO, REJECT)]
    waits = sorted({known_as for row in taken for known_as in row["waits"]})
    if not taken:
        return f"{told}: what was filed did not have this decision"
    if not waits:
        return f"{told}, and nothing of this waits for an explanation there now"
    wait = f"{waits[0]} waits"
    if len(waits) > 1:
        wait = counted(len(waits), "difference waits", "differences wait")
    return (
        f"{told}, but {wait} for an explanation there now: decide anew, or open the month: "
        f"levytool period reopen {closed[0]} --reason WHY"
    )


def never_compared_accepted(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Of whom lines were accepted that no ledger lies beside, and how many."""
    alone = Counter(
        (row["never_compared"]["member"], row["never_compared"]["period"])
        for row in rows
        if row["never_compared"]
    )
    for (member, period), count in sorted(alone.items()):
        was = "line of {} was" if count == 1 else "lines of {} were"
        yield (
            f"{count:,} accepted {was.format(member)} never compared: it sent no ledger of "
            f"{period}; import it: levytool spend import FILE --as member-ledger"
        )


def _order(
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


def _orders_from(path: Path) -> list[Order]:
    """The decisions that a list has: `reconcile spend -O csv` with its column `decision` filled in.

    Rows that say `skip` or nothing are passed over. Raises InputRejected for what is no such
    list; what is wrong in a row is told with all the rest, when it is decided.
    """
    try:
        with path.open(encoding=find_encoding(path), newline="") as file:
            delimiter = _delimiter(file.readline())
            file.seek(0)
            rows = list(csv.DictReader(file, delimiter=delimiter))
    except (NotText, csv.Error) as error:
        raise InputRejected(f"{path.name} is not a CSV file: {error}") from error
    if rows and not rows[0].keys() >= NEEDED:
        raise InputRejected(
            f"{path.name} has no columns id and decision; take the list from: "
            "levytool reconcile spend -O csv"
        )
    said = (_said_in(row, (path.name, number)) for number, row in enumerate(rows, 2))
    return [order for order in said if order is not None]


def _said_in(row: Mapping[str, str | None], stands_in: tuple[str, int]) -> Order | None:
    """What one row says; None for nothing. The list goes out with what is noted already, so that of
    a row without a decision only what is new is said; what `match` names is told as wrong there."""
    verb = (row["decision"] or "").strip().lower()
    others = tuple(_IDS.findall(row.get("match") or ""))
    note = str(restored(row.get("note") or ""))
    reason = (row.get("decided_reason") or "").strip()
    is_blank = not verb
    if is_blank and not others and (note.strip() or reason):
        verb = NOTE
    if verb == PASSED_OVER or not (verb or others):
        return None
    return Order(row["id"] or "", verb, others, note, reason, stands_in, if_new=is_blank)


def _delimiter(header: str) -> str:
    """What stands between the columns: a spreadsheet may write a list back otherwise."""
    parted = {mark: {*header.strip().replace('"', "").split(mark)} for mark in DELIMITERS}
    return next((mark for mark, names in parted.items() if names >= NEEDED), ",")
