"""A statement as plain text of at most 80 columns."""

from levytool.money import display_pence
from levytool.statements import words
from levytool.statements.layout import Laid, Row, laid_out, shows_anything
from levytool.statements.said import said
from levytool.statements.sections import Grid, Section, Statement, Table
from levytool.statements.text_layout import heading, pairs, table, wrapped

Lines = list[str]


def render_text(statement: Statement) -> str:
    """Key figures first, then section by section; sections with nothing to say are left out."""
    lines = _head(statement)
    lines += pairs([(f.label, display_pence(f.pence)) for f in statement.key_figures])
    lines += wrapped(statement.held)
    for section in statement.sections:
        lines += _section(section)
    lines += ["", *wrapped(f"SHA-256 of the figures: {said(statement)['hash']}")]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(statement: Statement) -> Lines:
    subject = statement.subject
    return [
        *wrapped(statement.issuer.name),
        *wrapped(f"{statement.title}, {words.period_words(statement.period)}"),
        *([] if statement.is_own else wrapped(f"{subject.name} ({subject.code})")),
        "",
        *wrapped(f"{words.status_words(statement)}. {words.basis_of_dates(statement)}"),
        "",
    ]


def _section(section: Section) -> Lines:
    if not shows_anything(section):
        nothing = section.nothing
        return [*heading(section.title), *wrapped(nothing)] if nothing else []
    lines = heading(section.title)
    for note in section.notes:
        lines += wrapped(note)
    for part in section.parts:
        laid = laid_out(part, spread=True) if isinstance(part, Table | Grid) else None
        if laid is not None:
            lines += [*([] if lines[-1][:2] == "--" else [""]), *_table(laid)]
    for note in section.after:
        lines += ["", *wrapped(note)]
    return lines


def _table(laid: Laid) -> Lines:
    lines = wrapped(f"{laid.caption}:")
    rows = [_cells(row, len(laid.right)) for row in laid.rows]
    lines += table(laid.headings, rows)
    return [*lines, *wrapped(laid.note)]


def _cells(row: Row, width: int) -> tuple[str, ...]:
    """A row's name with its small print, then its cells."""
    name = row.name.text + (f" ({row.name.small})" if row.name.small else "")
    cells = [cell.text for cell in row.cells] or [""] * width
    return ("  " + name if row.role == "subgroup" else name, *cells)
