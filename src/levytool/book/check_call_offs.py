"""Checks of a framework's call-offs: who they are between, once each, within its dates."""

from levytool.book.lines import Path
from levytool.book.records import Book, CallOff, Framework
from levytool.book.remarks import Remarks
from levytool.book.table import nearest_hint


def check_call_offs(book: Book, framework: Framework, remarks: Remarks) -> None:
    """Every call-off of a framework; what is named twice is told of at the second place."""
    met: dict[tuple[str, ...], int] = {}
    for position, call_off in enumerate(framework.call_offs):
        place = ("frameworks", framework.code, "call_offs", position)
        _check_parties(book, framework, call_off, place, remarks)
        _check_dates(framework, call_off, place, remarks)
        first = met.setdefault(call_off.key, position)
        if first != position:
            row = remarks.places.row("frameworks", framework.code, "call_offs", first)
            message = f"this member and contractor have a call-off of this code in line {row}"
            hint = "keep one of the two, with the whole award"
            remarks.error("duplicate-code", message, hint, place, "code", call_off.code)


def _check_parties(
    book: Book, framework: Framework, call_off: CallOff, place: Path, remarks: Remarks
) -> None:
    parties = (
        ("member", call_off.member, tuple(book.members)),
        ("contractor", call_off.contractor, tuple(book.contractors)),
    )
    for kind, code, known in parties:
        if code and code not in known:
            hint = nearest_hint(code, known, f"add it to [[{kind}s]]")
            remarks.error("unknown-code", f"no {kind} has this code", hint, place, kind, code)
    lot = call_off.lot
    if lot and lot not in framework.lots:
        hint = nearest_hint(lot, tuple(framework.lots), "add lots to the framework")
        remarks.error("unknown-lot", "the framework has no such lot", hint, place, "lot", lot)
    appointed = framework.appointments
    if appointed is None or call_off.contractor not in book.contractors:
        return
    if call_off.contractor not in {entry.contractor for entry in appointed}:
        message = "the contractor is not appointed to the framework, so its lines are rejected"
        hint = "add it to the framework's contractors, or leave the call-off out"
        remarks.warn("not-appointed", message, hint, place, "contractor", call_off.contractor)


def _check_dates(framework: Framework, call_off: CallOff, place: Path, remarks: Remarks) -> None:
    """A call-off is made while the framework lasts; its work may well go on afterwards."""
    starts, ends = call_off.starts, call_off.ends
    if starts and not framework.starts <= starts <= (framework.ends or starts):
        lasts = f"{framework.starts} to {framework.ends or '…'}"
        message = f"the call-off starts outside the framework's dates, {lasts}"
        hint = "correct the day, or the framework's dates"
        remarks.error("date-outside-framework", message, hint, place, "starts", str(starts))
    if ends and ends < (starts or framework.starts):
        message, hint = "the call-off ends before it starts", "correct one of the two dates"
        remarks.error("ends-before-starts", message, hint, place, "ends", str(ends))
    elif ends and framework.ends and ends > framework.ends:
        message = f"the call-off goes on after the framework's end, {framework.ends}"
        hint = "lines of later days are rejected; let the framework end later, or leave it so"
        remarks.warn("date-outside-framework", message, hint, place, "ends", str(ends))
