"""`levytool check`: the proofs of the books."""

import typer

from levytool.cli import output
from levytool.cli.context import office
from levytool.cli.options import Format, Output
from levytool.problems import DifferencesFound, Problem


def check(ctx: typer.Context, output_format: Format = None, to: Output = None) -> None:
    """Prove the books: balances, documents, lines, levy, opportunities, pots, hash chain."""
    from levytool.desk.audit.check_books import check_books

    with office(ctx) as desk:
        found = check_books(desk)
    rows = [item.as_json() for item in found]
    if output.is_json(output_format):
        output.show_object({"ok": all(item.ok for item in found), "checks": rows}, to)
    else:
        output.show_rows(rows, output_format, to, title="Check")
    failed = tuple(Problem("check-failed", f"{c.name}: {c.detail}") for c in found if not c.ok)
    if failed:
        raise DifferencesFound("the books do not prove; nothing was changed", failed)
    output.say("the books prove")
