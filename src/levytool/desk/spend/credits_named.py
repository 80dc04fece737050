"""Whether the invoices that a file's credit notes name are there, and large enough.

Warnings: `credits-unknown`, `credits-too-much`. A credit note is charged at the rate of the line it
names (domain §3.2), so a wrong number may charge it at another.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import Connection

from levytool.desk.spend.declared import KnownReturns
from levytool.desk.spend.file_lines import FileLines
from levytool.ledger.spend.lines import named_sums
from levytool.money import display_pence
from levytool.problems import Problem

Named = tuple[str, str, str]
"""Contractor, framework and the invoice that a credit note names."""


def doubtful_credits(
    connection: Connection, lines: FileLines, known: KnownReturns, refused: Collection[int]
) -> Iterator[Problem]:
    """Credit notes, by row, that name an invoice which neither the file nor the books have, or that
    with all other credits of it come to more than it."""
    credits_of = _credits(lines, refused)
    if not credits_of:
        return
    invoiced, credited = _sums(connection, lines, known, refused, credits_of)
    found = []
    for named, positions in credits_of.items():
        contractor, framework, invoice = named
        doubt: tuple[str, str, str] | None = None
        if named not in invoiced:
            doubt = (
                "credits-unknown",
                f"no line of {contractor} on {framework} has the invoice that this credits",
                "check its number: until it is found, the rate is that of the credit's own date",
            )
        elif invoiced[named] + credited[named] < 0 < invoiced[named]:
            doubt = (
                "credits-too-much",
                f"credits of this invoice come to {display_pence(-credited[named])}, more than "
                f"its {display_pence(invoiced[named])}",
                "make sure that nothing is credited twice",
            )
        if doubt is not None:
            code, message, hint = doubt
            found += [
                Problem(code, message, hint, row=lines.rows[position], value=invoice)
                for position in positions
            ]
    yield from sorted(found, key=lambda problem: problem.row or 0)


def _credits(lines: FileLines, refused: Collection[int]) -> dict[Named, list[int]]:
    """The positions of the credit notes that name each invoice."""
    found: dict[Named, list[int]] = {}
    if len(lines.credits) == 1:
        return found
    codes_of, names = list(lines.returns), list(lines.credits)
    for position, credit in enumerate(lines.credit_of):
        if credit and position not in refused:
            contractor, framework, _period = codes_of[lines.return_of[position]]
            found.setdefault((contractor, framework, names[credit]), []).append(position)
    return found


def _sums(
    connection: Connection,
    lines: FileLines,
    known: KnownReturns,
    refused: Collection[int],
    credits_of: dict[Named, list[int]],
) -> tuple[dict[Named, int], dict[Named, int]]:
    """What each named invoice comes to, where it is, and all credits of it, in pence: the file's
    and those of the books."""
    invoiced: dict[Named, int] = {}
    credited: dict[Named, int] = defaultdict(int)
    for named, positions in credits_of.items():
        credited[named] = sum(lines.net_pence[position] for position in positions)
    codes_of = list(lines.returns)
    for texts in lines.texts():
        for position, invoice in zip(texts.positions, texts.invoices, strict=True):
            contractor, framework, _period = codes_of[lines.return_of[position]]
            named = contractor, framework, invoice
            if named in credits_of and not lines.credit_of[position] and position not in refused:
                invoiced[named] = invoiced.get(named, 0) + lines.net_pence[position]
    for contractor, framework in {named[:2] for named in credits_of}:
        parties = known.contractors[contractor], known.frameworks[framework]
        for invoice, is_credit, net_pence in named_sums(connection, *parties):
            named = contractor, framework, invoice
            if named not in credits_of:
                continue
            if is_credit:
                credited[named] += net_pence
            else:
                invoiced[named] = invoiced.get(named, 0) + net_pence
    return invoiced, credited
