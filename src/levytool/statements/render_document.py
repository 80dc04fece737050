"""A levy document as plain text, as JSON, and as one HTML page that prints on A4."""

import json

from levytool.statements.colour import dark_palette, light_palette
from levytool.statements.levy_document import LevyDocument, document_figures, document_page
from levytool.statements.pages import environment, logo_address
from levytool.statements.text_layout import heading, pairs, table, wrapped


def render_document_text(document: LevyDocument) -> str:
    """Plain text of at most 80 columns."""
    page = document_page(document)
    lines = wrapped(page.issuer)
    for part in page.issuer_lines:
        lines += wrapped(part)
    lines += heading(f"{page.title} {page.number}")
    lines += [*wrapped(page.payer)]
    for part in page.payer_lines:
        lines += wrapped(part)
    lines += ["", *pairs(page.facts), "", *wrapped(page.description)]
    if page.rows:
        rows = [(f"{row[0]}, {row[1]}" if row[1] else row[0], *row[2:]) for row in page.rows]
        lines += ["", *table(page.headings, rows)]
    lines += ["", *pairs(page.totals), *heading(page.payment_title), *pairs(page.payment), ""]
    for note in page.notes:
        lines += wrapped(note)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def render_document_json(document: LevyDocument) -> str:
    """One JSON object."""
    return json.dumps(document_figures(document), ensure_ascii=False, indent=1) + "\n"


def render_document_html(document: LevyDocument) -> str:
    """The page, in the look of the statements."""
    page, accent = document_page(document), document.issuer.accent
    return (
        environment()
        .get_template("document.html.j2")
        .render(
            page=page,
            credit=document.is_credit,
            light=light_palette(accent),
            dark=dark_palette(accent),
            foot=f"{page.title} {page.number}",
            logo=logo_address(document.issuer.logo),
        )
    )
