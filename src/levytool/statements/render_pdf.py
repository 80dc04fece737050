"""Levy documents and statements as tagged PDF (PDF/UA-1) by typst, the same bytes each time.

Only the fonts that typst brings are used and its clock is the document's own date, so that neither
the machine nor the day changes a byte. PDF/UA refuses a page with a character that no font has;
such a page is made all the same, without that mark.
"""

import json
import re
from base64 import b64encode
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

from levytool.extras import MissingExtra
from levytool.money import display_pence
from levytool.statements import words
from levytool.statements.chart import chart_told, draw
from levytool.statements.colour import light_palette
from levytool.statements.layout import Laid, Row, laid_out
from levytool.statements.levy_document import LevyDocument, document_page
from levytool.statements.pages import environment
from levytool.statements.said import said
from levytool.statements.sections import Grid, Section, Statement, Table
from levytool.statements.values import Logo

DOCUMENT = "document.typ"
STATEMENT = "statement.typ"
LONGEST_WORD = 24
"""A longer word may be broken anywhere, so that it keeps to its column."""

LONGEST_ON_A_LINE = 70
"""The same on a line of its own: an address of mail stays one word to whoever copies it."""

_BREAK = "\u200b"

LINES_KEPT_TOGETHER = 36
"""A table of no more lines is not parted by the end of a page, which holds 45 at the least."""

NARROWEST = 16
"""Characters that the narrowest column has room for."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """A tagged PDF: PDF/UA-1 where `conforms`, else `lacking` is the first text no font has."""

    data: bytes
    conforms: bool
    lacking: str = ""


def render_document_pdf(document: LevyDocument) -> bytes:
    """The PDF of a levy document. Raises MissingExtra where the `pdf` extra is not installed."""
    return compiled(DOCUMENT, pdf_words(document), document.day).data


def render_statement_pdf(statement: Statement) -> Pdf:
    """The PDF of a statement. Raises MissingExtra where the `pdf` extra is not installed."""
    return compiled(STATEMENT, statement_words(statement), statement.as_at)


def compiled(name: str, page: str, day: date) -> Pdf:
    """What a template makes of the JSON that it reads."""
    try:
        import typst
    except ModuleNotFoundError as error:
        raise MissingExtra("PDF", "pdf") from error
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    asked: dict[str, Any] = {
        "format": "pdf",
        "sys_inputs": {"page": page},
        "ignore_system_fonts": True,
        "timestamp": int(moment.timestamp()),
    }
    try:
        return Pdf(typst.compile(template(name), pdf_standards="ua-1", **asked), True)
    except typst.TypstError as error:
        lacking = _lacking(str(error))
        if not lacking:
            raise
    return Pdf(typst.compile(template(name), **asked), False, lacking)


def _lacking(message: str) -> str:
    """The text that the message says no font has; `''` where it says something else."""
    found = re.search(r'the text `"(.+?)"` could not be displayed', message)
    return found[1] if found else ""


def template(name: str) -> bytes:
    """A page's layout, in typst's language."""
    return files("levytool").joinpath(f"statements/templates/{name}").read_bytes()


def pdf_words(document: LevyDocument) -> str:
    """All that the page says and the colours it says it in, as the JSON that the template reads."""
    palette = light_palette(document.issuer.accent)
    page = asdict(document_page(document))
    charged = "What is credited" if document.is_credit else "What is charged"
    logo = document.issuer.logo
    looks = {"accent": palette.accent, "tint": palette.tint, "logo": _as_svg(logo) if logo else ""}
    return json.dumps(page | looks | {"charged": charged}, ensure_ascii=False)


def statement_words(statement: Statement) -> str:
    """All that a statement's pages say, and their charts, as the JSON that the template reads."""
    palette = light_palette(statement.issuer.accent)
    issuer, subject = statement.issuer, statement.subject
    contact = [issuer.email, f"VAT {issuer.vat_number}" if issuer.vat_number else ""]
    sections = [_section(section, palette.accent, palette.tint) for section in statement.sections]
    page = {
        "accent": palette.accent,
        "tint": palette.tint,
        "title": statement.title,
        "kicker": "" if statement.is_own else statement.title,
        "heading": statement.title if statement.is_own else _breakable(subject.name),
        "issuer": _breakable(issuer.name),
        "issuer_lines": [
            _breakable(line, LONGEST_ON_A_LINE)
            for line in (", ".join(issuer.address), " · ".join(filter(None, contact)))
            if line
        ],
        "logo": _as_svg(issuer.logo) if issuer.logo else "",
        "subject": subject.name,
        "code": subject.code,
        "subject_lines": [_breakable(", ".join(subject.address))] if subject.address else [],
        "period": words.period_words(statement.period),
        "status": words.status_words(statement),
        "is_member": statement.kind == "member",
        "number": statement.issue.number if statement.issue else "",
        "key": [[figure.label, display_pence(figure.pence)] for figure in statement.key_figures],
        "held": statement.held,
        "sections": [section for section in sections if section["parts"] or section["nothing"]],
        "dates": words.basis_of_dates(statement),
        "hash": said(statement)["hash"],
    }
    return json.dumps(page, ensure_ascii=False)


def _section(section: Section, accent: str, tint: str) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    for number, part in enumerate(section.parts, 1):
        if not isinstance(part, Table | Grid):
            svg = _with_colours(draw(part, f"{section.key}-{number}"), accent, tint)
            parts.append({"chart": svg, "title": part.title, "alt": chart_told(part)})
        elif laid := laid_out(part):
            parts.append(_table(laid))
    return {
        "title": section.title,
        "notes": section.notes,
        "parts": parts,
        "after": section.after,
        "nothing": section.nothing,
    }


def _table(laid: Laid) -> dict[str, Any]:
    return {
        "caption": _breakable(laid.caption),
        "headings": laid.headings,
        "right": laid.right,
        "rows": [_row(row) for row in laid.rows],
        "note": laid.note,
        "short": sum(map(_lines, laid.rows)) <= LINES_KEPT_TOGETHER,
    }


def _lines(row: Row) -> int:
    """How many lines a row takes at the most, in columns as narrow as they come."""
    cells = ((cell.text, cell.small) for cell in (row.name, *row.cells))
    return max(sum(-(-len(text) // NARROWEST) for text in cell) for cell in cells)


def _row(row: Row) -> dict[str, Any]:
    cells = [[_breakable(cell.text), _breakable(cell.small)] for cell in (row.name, *row.cells)]
    return {"role": row.role, "cells": cells}


def _breakable(text: str, longest: int = LONGEST_WORD) -> str:
    """The text, where a longer word than that may be broken after any of its characters."""
    return re.sub(rf"\S{{{longest},}}", lambda match: _BREAK.join(match[0]), text)


def _as_svg(logo: Logo) -> str:
    """The logo as SVG text, which JSON can carry: PNG stands in it as the image that it is."""
    if logo.media_type == "image/svg+xml":
        return logo.data.decode("utf-8-sig", "replace")
    wide, high = (int.from_bytes(logo.data[at : at + 4], "big") for at in (16, 20))
    size = f'width="{wide}" height="{high}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} '
        f'href="data:{logo.media_type};base64,{b64encode(logo.data).decode()}"/></svg>'
    )


def _with_colours(svg: str, accent: str, tint: str) -> str:
    """The chart with its colours and lettering in it, since no page says them."""
    style = environment().get_template("chart.svg.css.j2").render(accent=accent, tint=tint)
    return svg.replace("<title", f"<style>{style}</style>\n<title", 1)
