"""Working the levy out again, from the stored lines and the rules, as if for the first time."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import repeat
from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book, fold
from levytool.desk.levy.accept_return import blocks_of, stored_lines
from levytool.desk.levy.banding import accumulator_levies
from levytool.desk.levy.line_hashes import declared_hashes
from levytool.desk.levy.return_lines import ReturnLines
from levytool.intake.amounts import parse_amount
from levytool.ledger.documents.documents import posted_facts
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.lines import lines_of
from levytool.ledger.spend.returns import StoredReturn
from levytool.money import format_line_levy, format_percent
from levytool.rules.documents import raise_documents
from levytool.rules.levy import Charge, LevyFinder

_COLUMNS = (
    "line_no",
    "date",
    "member_id",
    "net_pence",
    "base_pence",
    "rate_ppm",
    "member_pays",
    "levy_micropence",
    "levy_share_pence",
    "lot",
    "call_off",
    "invoice",
    "credits",
    "description",
    "kept",
)
_TARGETS = ("lot", "call_off", "invoice", "description")


def recompute_levy(connection: Connection, book: Book) -> list[str]:
    """What does not come out as it is stored, in words: rates, lines, shares and digests."""
    accepted = returns.find_returns(connection, states=(returns.ACCEPTED,))
    by_id = {stored.id: stored for stored in accepted}
    members = registers.register(connection, registers.MEMBER).codes
    rules = _Rules(book)
    wrong: list[str] = []
    for return_id, lines in lines_of(connection, list(by_id), _COLUMNS):
        stored = by_id[return_id]
        for line in lines:
            values = dict(zip(_COLUMNS, line, strict=True))
            values["member"] = members[values["member_id"]]
            wrong += rules.differences(stored, values)
    # What was corrected no longer counts, but it is still what was accepted then.
    corrected = returns.find_returns(connection, states=(returns.CORRECTED,))
    by_id |= {stored.id: stored for stored in corrected}
    wrong += _unlike_what_was_accepted(connection, book, by_id, members)
    wrong += [
        f"{code}, accumulator {'/'.join(filter(None, key))}: charged {format_line_levy(charged)}, "
        f"the bands give {format_line_levy(levy)}"
        for code, key, charged, levy in accumulator_levies(connection, book)
        if charged != levy
    ]
    return wrong


class _Rules:
    """The book's levy rules, answers remembered."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._finders = {code: LevyFinder(item) for code, item in book.frameworks.items()}

    def differences(self, stored: StoredReturn, line: dict[str, Any]) -> Iterator[str]:
        where = f"{stored.number}/{line['line_no']}"
        finder = self._finders[stored.framework]
        charge = finder.charge(date.fromisoformat(line["date"]), self._values(finder, line, stored))
        if line["rate_ppm"] is not None:
            if line["levy_micropence"] != line["base_pence"] * line["rate_ppm"]:
                levy = format_line_levy(line["levy_micropence"])
                yield f"{where}: levy {levy} is not base x rate"
            # A credit note that names its invoice has that line's rate, not its own date's.
            named = bool(line["credits"])
            if not named and (charge is None or charge.rate_ppm != line["rate_ppm"]):
                told = "no rate" if charge is None else format_percent(charge.rate_ppm or 0)
                rate = format_percent(line["rate_ppm"])
                yield f"{where}: charged at {rate}, the rule gives {told}"
        if charge is not None and _base(charge, line) != line["base_pence"]:
            yield f"{where}: its base is not what its columns give"

    def _values(
        self, finder: LevyFinder, line: dict[str, Any], stored: StoredReturn
    ) -> dict[str, str]:
        if not finder.needs:
            return {}
        values = {name: line[name] for name in _TARGETS}
        values |= {"member": line["member"], "contractor": stored.contractor}
        values["sector"] = self._book.members[line["member"]].sector
        if line["kept"]:
            values |= {fold(name): cell for name, cell in json.loads(line["kept"]).items()}
        return values


def _base(charge: Charge, line: dict[str, Any]) -> int:
    if charge.base == ("net",):
        return int(line["net_pence"])
    kept = {fold(name): cell for name, cell in json.loads(line["kept"] or "{}").items()}
    total = 0
    for name in charge.base:
        if name == "net":
            total += line["net_pence"]
            continue
        amount = parse_amount(kept.get(name, ""))
        total += amount.pence if amount is not None else 0
    return total


def _unlike_what_was_accepted(
    connection: Connection,
    book: Book,
    by_id: dict[int, StoredReturn],
    members: dict[int, str],
) -> Iterator[str]:
    """Returns whose documents' pence, shared out again, come out otherwise, or whose lines are not
    those that the journal's entries stand for."""
    posted = posted_facts(connection)
    columns = ("levy_share_pence", "invoice", "description")
    others = lines_of(connection, list(by_id), columns)
    for (return_id, lines), (_, rows) in zip(
        stored_lines(connection, list(by_id)), others, strict=True
    ):
        stored = by_id[return_id]
        shares, invoices, descriptions = zip(*rows, strict=True)
        codes = [members.get(member_id, "") for member_id in lines.member_ids]
        keys = declared_hashes(
            repeat(stored.contractor),
            repeat(stored.framework),
            lines.call_offs,
            codes,
            invoices,
            lines.dates(),
            lines.net_pence,
            descriptions,
        )
        if list(keys) != list(lines.key_hash):
            yield f"{stored.number}: what its lines declare is not what was declared"
        accepted = (stored.lines_digest, str(stored.effective))
        if {(lines.digest(), accepted[1])} != posted.get(return_id, set()) | {accepted}:
            yield f"{stored.number}: its lines are not those that were accepted and posted"
        if list(shares) != _shared_out(book, stored, lines, codes):
            yield f"{stored.number}: its shares are not its document's by largest remainder"


def _shared_out(
    book: Book, stored: StoredReturn, lines: ReturnLines, members: list[str]
) -> list[int]:
    blocks, block_of = blocks_of(book.frameworks[stored.framework], lines)
    raised = raise_documents(
        stored.contractor, members, lines.member_pays, lines.levy_micropence, blocks, block_of
    )
    return list(raised.share_pence)
