"""A month as a list tells it, and by itself: what it waits for, and who closed and opened it."""

from collections.abc import Iterator, Sequence

from levytool.cli.cells import Row, cell, heading
from levytool.cli.options import OutputFormat
from levytool.money import display_pence, half_up, parse_pounds
from levytool.text import counted

DONE = {"close": "closed", "reopen": "opened again"}


def as_read(
    rows: Sequence[Row], output_format: OutputFormat | None, *, in_full: bool
) -> tuple[list[Row], tuple[str, ...]]:
    """Rows of months as a form has them, and the keys that no terminal is too narrow for.

    JSON has them as they are and a CSV file every act in words. A person reads counts and who acted
    last, if anybody has; `in_full` all that is known, a line each.
    """
    if output_format is OutputFormat.JSON:
        return list(rows), ()
    if output_format is OutputFormat.CSV:
        return [
            {**_in_words(row), "acts": "; ".join(map(" ".join, _acts(row)))} for row in rows
        ], ()
    return (list(_in_full(rows)), ()) if in_full else _counts(rows)


def _counts(rows: Sequence[Row]) -> tuple[list[Row], tuple[str, ...]]:
    left_out = (
        *("missing_ledgers", "never_compared", "left_in_joins", "unexplained_earlier"),
        *("bank_differs", "acts"),
    )
    counts = [
        {key: value for key, value in row.items() if key not in left_out}
        | {"not_compared": len(row["not_compared"])}
        for row in rows
    ]
    essential = tuple(counts[0]) if counts else ()
    last = [_last_act(row) for row in rows]
    if any(last):
        counts = [row | {"last_act": told} for row, told in zip(counts, last, strict=True)]
    return list(counts), essential


def _in_full(rows: Sequence[Row]) -> Iterator[Row]:
    """The state and the counts, and then every act."""
    for row in rows:
        for key, value in _in_words(row).items():
            if key != "acts":
                yield {"what": heading(key), "told": cell(value)}
        for what, told in _acts(row):
            yield {"what": what, "told": told}


def left_words(row: Row) -> str:
    """What matches leave that people made and explained; '' where there is nothing to tell."""
    left = row["left_in_joins"]
    if not left:
        return ""
    net = sum(parse_pounds(item["net_difference"]) for item in left)
    levy = half_up(sum(_hundredths(item["levy_effect"]) for item in left), 100)
    unrated = sum(item["levy_effect"] is None for item in left)
    without = f" (no rate is known for {unrated:,})" if unrated else ""
    made = counted(
        len(left),
        "match that a person made and explained leaves",
        "matches that people made and explained leave",
    )
    return (
        f"{made} {display_pence(net)}, levy {display_pence(levy)}{without} in {row['period']}; "
        f"which: levytool reconcile spend --period {row['period']}"
    )


def uncompared_words(rows: Sequence[Row]) -> str:
    """How much of the over-declared of months no ledger lies beside, and of it was accepted."""
    from levytool.reconcile.never_compared import NeverCompared, never_compared_words, sums_told

    sums = (sums_told(row["never_compared"]) for row in rows)
    return never_compared_words(NeverCompared(*map(sum, zip(*sums, strict=True))))


def bank_words(rows: Sequence[Row]) -> Iterator[str]:
    """Bank accounts that hold other than the books have: of each the first month that it keeps
    open."""
    told = set()
    for row in rows:
        for one in row["bank_differs"]:
            if one["account"] not in told:
                told.add(one["account"])
                books, bank = (display_pence(parse_pounds(one[key])) for key in ("books", "bank"))
                yield (
                    f"by {one['on']} the books have {books} in {one['account']}, the bank says "
                    f"{bank}: it keeps {row['period']} open; why that may be: levytool period "
                    f"close {row['period']} --dry-run"
                )


def _in_words(row: Row) -> Row:
    """A month whose lists are told in words."""
    apart = "; ".join(f"{one['account']} {one['missing']}" for one in row["bank_differs"])
    alone = uncompared_words([row]) if row["not_compared"] else ""
    missing = "; ".join(f"{one['member']} {one['period']}" for one in row["missing_ledgers"])
    return {
        **row,
        "missing_ledgers": missing,
        "never_compared": alone,
        "left_in_joins": _left(row),
        "bank_differs": apart,
    }


def _left(row: Row) -> str:
    return "; ".join(f"{item['id']} {item['net_difference']}" for item in row["left_in_joins"])


def _hundredths(levy: str | None) -> int:
    """Hundredths of a penny of a levy to four places; of one that is not known none."""
    return int((levy or "0.0000").replace(".", ""))


def _last_act(row: Row) -> str:
    done = [act for act in row["acts"] if act["status"] == "done"]
    return f"{DONE[done[-1]['act']]} {done[-1]['at'][:10]} by {done[-1]['user']}" if done else ""


def _acts(row: Row) -> Iterator[tuple[str, str]]:
    """What was done of the month, and by whom, when and why."""
    for act in row["acts"]:
        what = DONE[act["act"]] if act["status"] == "done" else "to open again"
        asked = act["proposed_by"] and f", proposed by {act['proposed_by']} "
        asked += _when(act["proposed_at"]) if asked else ""
        by = "by" if act["status"] == "done" else "proposed by"
        why = f": {act['reason']}" if act["reason"] else ""
        yield what, f"{_when(act['at'])} {by} {act['user']}{asked}{why}"


def _when(moment: str) -> str:
    return f"{moment[:10]} {moment[11:19]} UTC"
