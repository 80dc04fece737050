"""Declaration lines and the returns they stand in."""

import re
from collections.abc import Iterable
from typing import Any

from levytool.desk.spend.doubts import Doubt, ImportDoubts, summed
from levytool.desk.tracing.files import cell_ref, file_ref
from levytool.desk.tracing.levy_rules import rule_of_line
from levytool.desk.tracing.thing import (
    Form,
    OpenBooks,
    Part,
    Parts,
    Thing,
    once,
    parts_of,
    refs,
    rest,
)
from levytool.desk.tracing.trace import Facts, exact_pounds, pounds, told
from levytool.desk.tracing.walk import LISTED
from levytool.ledger.documents.documents import get_document
from levytool.ledger.journal import acts
from levytool.ledger.proofs import traced
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import StoredReturn, return_number
from levytool.money import display_line_levy, display_pence, format_line_levy, format_percent
from levytool.problems import UsageError
from levytool.text import counted

Line = dict[str, Any]

WARNED_EACH = 5
"""Warnings that a return tells one by one; of more, the first few and how many there are."""

SHOWN_OF_MANY = 3


def line_ref(return_id: int, line_no: int) -> str:
    """How a line is called: `R-000001/17`."""
    return f"{return_number(return_id)}/{line_no}"


def _find_line(books: OpenBooks, match: re.Match[str]) -> Thing:
    stored = returns.get_return(books.connection, f"R-{match[1]}")
    line = traced.line_at(books.connection, stored.id, int(match[2]))
    if line is None:
        raise UsageError(
            f"{stored.number} has no line {int(match[2])}; it has {stored.lines} "
            f"(see: levytool spend list --return {stored.number})"
        )
    member = books.members[line["member_id"]]
    levy = display_line_levy(line["levy_micropence"])
    what = " ".join(part for part in (member, line["date"], line["invoice"]) if part)
    return Thing(
        "line",
        line_ref(stored.id, line["line_no"]),
        f"{what}, net {display_pence(line['net_pence'])}, levy {levy}",
        (*_declared(stored, line, member), *_charged(line), *_warned_of_line(books, stored, line)),
        because=lambda: _line_because(books, stored, line),
        became=lambda: _line_became(books, stored, line, member),
    )


def _declared(stored: StoredReturn, line: Line, member: str) -> tuple[tuple[str, str], ...]:
    return told(
        member=member,
        contractor=stored.contractor,
        framework=stored.framework,
        period=stored.period,
        lot=line["lot"],
        call_off=line["call_off"],
        date=line["date"],
        invoice=line["invoice"],
        credits=line["credits"],
        description=line["description"],
        kept=line["kept"],
        net=pounds(line["net_pence"]),
        base="" if line["base_pence"] == line["net_pence"] else pounds(line["base_pence"]),
    )


def _charged(line: Line) -> tuple[tuple[str, str], ...]:
    rate_ppm, true_up = line["rate_ppm"], line["true_up_micropence"]
    worked_out = "by bands, at what its accumulator held when it was accepted"
    if rate_ppm is not None:
        worked_out = f"{pounds(line['base_pence']).shown()} x {format_percent(rate_ppm)}"
    share = line["levy_share_pence"]
    return told(
        worked_out=worked_out,
        rate_of=f"the line of invoice {line['credits']}" if line["credits"] else "",
        exact_levy=exact_pounds(line["levy_micropence"]),
        true_up=exact_pounds(true_up) if true_up else "",
        levy_to_four_places=format_line_levy(line["levy_micropence"]),
        share_of_the_document="not accepted yet" if share is None else pounds(share),
    )


def _line_because(books: OpenBooks, stored: StoredReturn, line: Line) -> Iterable[Parts]:
    place = (stored.id, line["line_no"])
    yield from refs("read from", cell_ref(books, line["file_id"], line["row_no"], place))
    yield from refs("charged by", rule_of_line(books, stored, line))
    if stored.corrects is not None:
        same = traced.same_line(books.connection, stored.corrects, line)
        yield from refs("replaces", line_ref(stored.corrects, same) if same else "")


def _line_became(
    books: OpenBooks, stored: StoredReturn, line: Line, member: str
) -> Iterable[Parts]:
    share = line["levy_share_pence"]
    if share is not None:
        payer = member if line["member_pays"] else stored.contractor
        documents = [
            document
            for number in traced.documents_of(books.connection, stored.id)
            if (document := get_document(books.connection, number)).payer == payer
        ]
        # The credit note that takes a document back takes its lines' shares back with it.
        of_line = (
            Part(one.number, -share if place else share) for place, one in enumerate(documents)
        )
        yield from parts_of("billed by", of_line)
    newer = traced.correction_of(books.connection, stored.id)
    if newer is not None:
        same = traced.same_line(books.connection, newer, line)
        yield from refs("replaced by", line_ref(newer, same) if same else return_number(newer))
    elif share is None:
        yield from refs("waits in", stored.number)


def _find_return(books: OpenBooks, match: re.Match[str]) -> Thing:
    stored = returns.get_return(books.connection, f"R-{match[1]}")
    facts = told(
        contractor=stored.contractor,
        framework=stored.framework,
        period=stored.period,
        supplement=stored.supplement or "",
        state=stored.state,
        reason=stored.reason,
        **_rejected(books, stored),
        lines=stored.lines,
        net=pounds(stored.net_pence),
        exact_levy=exact_pounds(stored.levy_micropence),
        levy=pounds(stored.levy_pence),
        effective=stored.effective,
        lines_digest=stored.lines_digest,
    )
    facts += _warned_of(_doubts(books, stored))
    title = (
        f"{stored.contractor} on {stored.framework}, {stored.period}, {stored.state}: "
        f"{counted(stored.lines, 'line')}, net {display_pence(stored.net_pence)}, "
        f"levy {display_pence(stored.levy_pence)}"
    )
    return Thing(
        "return",
        stored.number,
        title,
        facts,
        because=lambda: _return_because(books, stored),
        became=lambda: _return_became(books, stored),
    )


def _doubts(books: OpenBooks, stored: StoredReturn) -> list[Doubt]:
    return once(books, f"doubts of {stored.id}", lambda: ImportDoubts(books.connection).of(stored))


def _warned_of_line(books: OpenBooks, stored: StoredReturn, line: Line) -> Facts:
    """What its import warned of in one line."""
    place = line["file_id"], line["row_no"]
    return _warned_of(
        [one for one in _doubts(books, stored) if (one.file_id, one.problem.row) == place]
    )


def _warned_of(doubts: list[Doubt]) -> Facts:
    """Warnings as facts, the first few of many."""
    shown = doubts if len(doubts) <= WARNED_EACH else doubts[:SHOWN_OF_MANY]
    facts = tuple((f"warning {n}", str(one.problem)) for n, one in enumerate(shown, 1))
    return facts + (() if shown is doubts else (("warnings in all", summed(doubts)),))


def _rejected(books: OpenBooks, stored: StoredReturn) -> dict[str, str]:
    """Who rejected a return when, and why."""
    if stored.state != returns.REJECTED:
        return {}
    done = acts.acts_of(books.connection, returns.REJECT, stored.number)
    if not done:
        return {}
    why = {"rejected_because": done[-1].facts["reason"]} if "reason" in done[-1].facts else {}
    return {"rejected_by": f"{done[-1].user} on {done[-1].at[:10]}"} | why


def _return_because(books: OpenBooks, stored: StoredReturn) -> Iterable[Parts]:
    files = returns.files_of(books.connection, stored.id)
    yield from refs("read from", *(file_ref(books, number) for number in files))
    first, sums = traced.lines_under(books.connection, stored.id, LISTED[0])
    if first:
        shown = tuple(Part(line_ref(stored.id, one.line_no), one.net_pence) for one in first)
        yield Parts(
            f"net of {counted(sums.lines, 'line')}",
            shown,
            stored.net_pence,
            sums.lines - len(first),
            sums.net_pence - sum(one.net_pence for one in first),
            f"levytool spend list --return {stored.number}",
        )
    yield from refs("replaces", return_number(stored.corrects) if stored.corrects else "")


def _return_became(books: OpenBooks, stored: StoredReturn) -> Iterable[Parts]:
    documents = [
        get_document(books.connection, number)
        for number in traced.documents_of(books.connection, stored.id)
    ]
    billed = [Part(one.number, one.sign * one.net_pence) for one in documents]
    yield from parts_of("billed by", billed, sum(part.pence or 0 for part in billed))
    newer = traced.correction_of(books.connection, stored.id)
    yield from refs("replaced by", return_number(newer) if newer else "")
    if not documents and stored.state == returns.ACCEPTED:
        yield from parts_of(
            "billed by", rest(0, "") or (Part("", 0, "no document: it is nothing"),)
        )


FORMS = (
    Form("R-000001/17", "a line of a return", r"R-(\d+)/(\d+)", _find_line),
    Form("R-000001", "a return", r"R-(\d+)", _find_return),
)
