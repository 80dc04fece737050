"""The forms that a statement of any kind is written in."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from levytool.problems import UsageError
from levytool.statements.sections import Statement

Form = Literal["text", "html", "pdf", "xlsx", "csv", "json"]

ENDINGS: dict[Form, str] = {"text": "txt"}
"""How a file's name ends where that is not the form's own."""


@dataclass(frozen=True, slots=True)
class Written:
    """A statement in one form: text, or the bytes of a file; `remark` says what it lacks."""

    data: str | bytes
    remark: str = ""

    @property
    def raw(self) -> bytes:
        return self.data.encode() if isinstance(self.data, str) else self.data


def written(statement: Statement, form: Form) -> Written:
    """The statement in that form. Raises UsageError where it needs an extra that is missing."""
    if form == "pdf":
        from levytool.statements.render_pdf import render_statement_pdf

        pdf = render_statement_pdf(statement)
        lacks = (
            f"no font has {pdf.lacking!r}: a box stands for it, and the PDF, though tagged for "
            "screen readers, is not PDF/UA-1; HTML and XLSX show it"
        )
        return Written(pdf.data, "" if pdf.conforms else lacks)
    if form == "xlsx":
        from levytool.statements.render_xlsx import render_xlsx

        return Written(render_xlsx(statement))
    if form == "html":
        from levytool.statements.render_html import render_html

        return Written(render_html(statement))
    from levytool.statements.render_csv import render_csv
    from levytool.statements.render_json import render_json
    from levytool.statements.render_text import render_text

    return Written({"text": render_text, "csv": render_csv, "json": render_json}[form](statement))


def every_form(statement: Statement) -> Iterator[tuple[Form, bytes]]:
    """The statement in every form; PDF is left out where its extra is not installed."""
    for form in get_args(Form):
        try:
            yield form, written(statement, form).raw
        except UsageError:
            continue


def form_hashes(statement: Statement) -> Mapping[str, str]:
    """The SHA-256 (hex) of the statement in every form that can be written here."""
    return {form: hashlib.sha256(data).hexdigest() for form, data in every_form(statement)}
