"""A levy document written out in the form that was asked for."""

from pathlib import Path

from levytool.cli import output
from levytool.cli.options import DocumentFormat
from levytool.statements.levy_document import LevyDocument
from levytool.statements.render_document import (
    render_document_html,
    render_document_json,
    render_document_text,
)


def write_document(document: LevyDocument, form: DocumentFormat, to: Path | None) -> None:
    """One document, on standard output or into a file; what the book lacks for it is said."""
    output.require_file(form, to)
    for what in document.missing:
        output.warn(f"{document.number} lacks {what}; add it to the book: levytool book apply")
    if form.value == "pdf":
        from levytool.statements.render_pdf import render_document_pdf

        output.show_bytes(render_document_pdf(document), to)
        return
    renderers = {
        "text": render_document_text,
        "html": render_document_html,
        "json": render_document_json,
    }
    output.show_text(renderers[form.value](document), to)
