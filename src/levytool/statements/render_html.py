"""A statement as one HTML page that needs nothing else: no script, no request, prints on A4."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from levytool.statements import words
from levytool.statements.chart import draw
from levytool.statements.colour import dark_palette, light_palette
from levytool.statements.layout import laid_out
from levytool.statements.pages import environment, logo_address
from levytool.statements.said import said
from levytool.statements.sections import Grid, Section, Statement, Table
from levytool.statements.svg import PHONE_WIDTH


def render_html(statement: Statement) -> str:
    """The page. Every text is escaped; colours come from the book's accent, made readable."""
    accent = statement.issuer.accent
    return (
        environment()
        .get_template("statement.html.j2")
        .render(
            s=statement,
            foot=" · ".join(filter(None, _foot(statement))),
            light=light_palette(accent),
            dark=dark_palette(accent),
            logo=logo_address(statement.issuer.logo),
            sections=[
                {
                    "key": section.key,
                    "title": section.title,
                    "notes": section.notes,
                    "parts": parts,
                    "after": section.after,
                    "nothing": section.nothing,
                }
                for section in statement.sections
                if (parts := list(parts_of(section))) or section.nothing
            ],
            hash=said(statement)["hash"],
        )
    )


def _foot(statement: Statement) -> tuple[str, str, str]:
    return statement.subject.code, str(statement.period), words.status_words(statement)


def parts_of(section: Section) -> Iterator[dict[str, Any]]:
    """What of a section the page shows; charts alone are nothing."""
    for number, part in enumerate(section.parts, 1):
        key = f"{section.key}-{number}"
        if not isinstance(part, Table | Grid):
            phone = draw(part, f"{key}-phone", PHONE_WIDTH)
            yield {"title": part.title, "svg": Markup(draw(part, key)), "phone": Markup(phone)}
        elif laid := laid_out(part):
            yield {"key": key, "laid": laid}
