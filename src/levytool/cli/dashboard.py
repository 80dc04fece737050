"""`levytool dashboard`: the consortium at a glance, as a file or live in the browser."""

from enum import StrEnum
from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.context import office, place_of
from levytool.cli.form_of_file import meant_by
from levytool.cli.options import Output
from levytool.problems import UsageError

DEFAULT_PORT = 8042


class OutputForm(StrEnum):
    """The form that it comes in."""

    HTML = "html"


def dashboard(
    ctx: typer.Context,
    serve: Annotated[
        bool, typer.Option("--serve", help="show it in the browser with live figures, read-only")
    ] = False,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65_535, help="with --serve; 0: any that is free")
    ] = DEFAULT_PORT,
    to: Output = None,
) -> None:
    """Write one HTML page of the consortium at a glance, each figure with its command.

    With --serve it is shown at 127.0.0.1 instead, always with the figures of now, until Ctrl-C.
    """
    meant_by(to, (OutputForm.HTML,))
    if serve:
        if to is not None:
            raise UsageError("-o writes a file and --serve shows the page; give one of the two")
        from levytool.cli.serving import serve_dashboard

        serve_dashboard(place_of(ctx), port)
        return
    from levytool.desk.month_end.dashboard import dashboard as at_a_glance
    from levytool.statements.render_dashboard import render_dashboard

    output.require_file(OutputForm.HTML, to)
    with office(ctx) as desk:
        told = at_a_glance(desk)
    output.show_text(render_dashboard(told), to)
    if to is not None:
        output.say(f"{to} is written")
