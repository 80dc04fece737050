"""Recorded lines without a counterpart whose invoice is matched for another member (domain §3.6).

The invoice is declared, and is not owed twice: such a line is one more of it, as a second one
in the ledger of the member that it is matched for would be.
"""

from collections.abc import Iterable

from levytool.rules.matching.invoices import invoice_key
from levytool.rules.matching.lines import Match, SpendLine, Terms, within


def matched_for_another(
    alone: Iterable[SpendLine],
    matches: Iterable[Match],
    settled: Iterable[SpendLine],
    terms: Terms,
) -> dict[SpendLine, str]:
    """Of recorded lines that stand alone those whose invoice is matched for one other member, with
    that member: the same contractor, number and net, on days that lie within the window.

    `matches` are what was joined, `settled` the recorded lines of what the database settled. Where
    the number is matched for several members, or for the line's own, its contractor gives it to
    more than one invoice, and it says nothing.
    """
    asked = {line for line in alone if invoice_key(line.invoice)}
    worth_a_look = {(line.contractor, line.net_pence) for line in asked}
    joined: dict[tuple[object, ...], list[tuple[str, SpendLine]]] = {}

    def note(member: str, line: SpendLine) -> None:
        if (line.contractor, line.net_pence) in worth_a_look:
            joined.setdefault(_bill(line), []).append((member, line))

    if asked:
        for line in settled:
            note(line.member, line)
        for match in matches:
            for line in (*match.declared, *match.recorded):
                note(match.declared[0].member, line)
    found = {}
    for line in asked:
        members = {m for m, other in joined.get(_bill(line), ()) if within(terms, line, other)}
        if len(members) == 1 and line.member not in members:
            found[line] = members.pop()
    return found


def _bill(line: SpendLine) -> tuple[object, ...]:
    return line.contractor, line.net_pence, invoice_key(line.invoice)
