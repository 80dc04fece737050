"""A levy document as a tagged PDF (PDF/UA-1) by typst, the same bytes each time.

Only the fonts that typst brings are used and its clock is the document's own date, so that neither
the machine nor the day changes a byte.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files

from levytool.problems import UsageError
from levytool.statements.colour import light_palette
from levytool.statements.levy_document import LevyDocument, document_page


def render_document_pdf(document: LevyDocument) -> bytes:
    """The PDF. Raises UsageError where the `pdf` extra is not installed."""
    try:
        import typst
    except ModuleNotFoundError as error:
        raise UsageError(
            "PDF needs the pdf extra; install it: python -m pip install 'levytool[pdf]'"
        ) from error
    moment = datetime(document.day.year, document.day.month, document.day.day, tzinfo=UTC)
    return typst.compile(
        template(),
        format="pdf",
        sys_inputs={"page": pdf_words(document)},
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        timestamp=int(moment.timestamp()),
    )


def template() -> bytes:
    """The page's layout, in typst's language."""
    return files("levytool").joinpath("statements/templates/document.typ").read_bytes()


def pdf_words(document: LevyDocument) -> str:
    """All that the page says and the colours it says it in, as the JSON that the template reads."""
    palette = light_palette(document.issuer.accent)
    page = asdict(document_page(document))
    charged = "What is credited" if document.is_credit else "What is charged"
    colours = {"accent": palette.accent, "tint": palette.tint}
    return json.dumps(page | colours | {"charged": charged}, ensure_ascii=False)
