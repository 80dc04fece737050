"""Files that were imported, and their cells.

A file goes by its name, with the first of its SHA-256 where others have that name too. What a cell
held is kept as it was read (amounts in pence, dates in ISO form, parties by code), not as it was
written; columns that a layout keeps stand as they were written.
"""

import json
import re
from collections.abc import Iterable

from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, once, parts_of, refs
from levytool.desk.tracing.trace import Facts, pounds, told
from levytool.ledger.bank import bank_lines
from levytool.ledger.bank.bank_lines import line_number
from levytool.ledger.database.series import numbered
from levytool.ledger.proofs import traced
from levytool.ledger.proofs.explained import ExplainedFile, file_of
from levytool.ledger.spend.returns import get_return, return_id_of, return_number
from levytool.problems import UsageError

NAME = re.compile(r"[^:/@]*\.[^:/@]*")
"""A file's name that no other form of reference can be taken for."""

SHA_SHOWN = 12
CHECKED = "read and checked, not kept"
"""What is said of a column that no line has, such as the currency."""

NOT_CHECKED = "not kept; looked at only where a levy's base names it"
NOT_KEPT = {"vat": NOT_CHECKED, "gross": NOT_CHECKED}
"""Columns whose values nothing else is reckoned from, so that nothing checks them."""


def _file(books: OpenBooks, file_id: int) -> ExplainedFile:
    return once(books, f"file {file_id}", lambda: file_of(books.connection, file_id))


def file_ref(books: OpenBooks, file_id: int) -> str:
    """What a file is called in explanations."""
    return once(books, f"file's name {file_id}", lambda: _called(books, file_id))


def _called(books: OpenBooks, file_id: int) -> str:
    file = _file(books, file_id)
    if NAME.fullmatch(file.name) and traced.files_named(books.connection, file.name) == [file_id]:
        return file.name
    short = file.sha256[:SHA_SHOWN]
    if NAME.fullmatch(file.name) and traced.files_named(books.connection, short) == [file_id]:
        return f"{file.name}@{short}"
    return numbered("F", file_id)


def cell_ref(books: OpenBooks, file_id: int, row: int, line: tuple[int, int] | None = None) -> str:
    """What a row of a file is called. `line` is the return and number of the line that it became,
    where that is known: it need not be looked for then."""
    if line is not None:
        books.told[f"line of {file_id}:{row}"] = line
    return f"{file_ref(books, file_id)}:{row}"


def opening_ref(books: OpenBooks) -> str:
    """The opening file of these books; '' where they began with nothing."""
    file_id = traced.opening_file_id(books.connection)
    return "" if file_id is None else file_ref(books, file_id)


def opened_ref(books: OpenBooks, name: str) -> str:
    """The row of the opening file that brought something, such as `pot SALIX/2014-03`; '' where
    nothing did."""
    file_id = traced.opening_file_id(books.connection)
    row = None if file_id is None else _file(books, file_id).outcome.get(name)
    return "" if file_id is None or row is None else cell_ref(books, file_id, row)


def _named(books: OpenBooks, words: str) -> int | None:
    if re.fullmatch(r"F-\d+", words, re.IGNORECASE):
        number = int(words[2:])
        return number if number <= traced.last_number(books.connection, "import_file") else None
    name, at, short = words.rpartition("@")
    found = traced.files_named(books.connection, short if at and name else words)
    return found[0] if found else None


def _find_file(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    file_id = _named(books, match[0])
    if file_id is None:
        return None
    file = _file(books, file_id)
    facts = told(
        name=file.name,
        sha256=file.sha256,
        imported=f"{file.imported_at[:10]} by {file.imported_by}",
        read=file.outcome.get("layout") or file.outcome.get("format"),
        net=file.outcome.get("net"),
    ) + tuple((f"column {header!r}", f"read as {target}") for target, header in _columns(file))
    title = f"{file.name}, sha256 {file.sha256[:SHA_SHOWN]}…, imported {file.imported_at[:10]}"
    return Thing(
        "file", file_ref(books, file_id), title, facts,
        became=lambda: _file_became(books, file_id, file),
    )  # fmt: skip


def _columns(file: ExplainedFile) -> Iterable[tuple[str, str]]:
    return ((target, str(header)) for target, header in file.columns.items())


def _returns(file: ExplainedFile) -> list[int]:
    return [return_id_of(item["return"]) for item in file.outcome.get("returns", ())]


def _file_became(books: OpenBooks, file_id: int, file: ExplainedFile) -> Iterable[Parts]:
    made = _returns(file)
    yield from parts_of(
        "returns", (Part(return_number(number)) for number in made), see="levytool return list"
    )
    yield from refs("brought", *_brought(file))
    lines = traced.bank_lines_of_file(books.connection, file_id)
    brought = [Part(line_number(number), pence) for number, pence in lines]
    yield from parts_of(
        "bank lines", brought, sum(part.pence or 0 for part in brought), "levytool bank list"
    )


def _brought(file: ExplainedFile, row: int | None = None) -> list[str]:
    """What an opening file brought, all or in one row: its outcome is rows by names."""
    found = []
    for name, place in file.outcome.items():
        kind, _space, ref = name.partition(" ")
        if kind in ("document", "pot", "scheme") and row in (None, place):
            found.append(ref)
    return found


def _brought_spend(file: ExplainedFile, row: int) -> bool:
    """Whether a row of an opening file brought cumulative spend, which no reference names."""
    return any(name.startswith("spend ") and row == at for name, at in file.outcome.items())


def _find_cell(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    file_id = _named(books, match[1])
    if file_id is None:
        return None
    row, column = int(match[2]), match[3]
    file, name = _file(books, file_id), file_ref(books, file_id)
    line = once(
        books,
        f"line of {file_id}:{row}",
        lambda: traced.line_of_row(books.connection, file_id, row, _returns(file)),
    )
    bank_line = traced.bank_line_of_row(books.connection, file_id, row)
    brought = _brought(file, row)
    if line is None and bank_line is None and not brought and not _brought_spend(file, row):
        raise UsageError(
            f"no line came of row {row} of {name}; see what did with: levytool explain {name}"
        )
    cells: Facts = ()
    if line is not None:
        cells, brought = _spend_cells(books, file, *line), [f"{return_number(line[0])}/{line[1]}"]
    elif bank_line is not None:
        cells, brought = _bank_cells(books, bank_line), [line_number(bank_line)]
    if column is not None:
        cells = tuple(fact for fact in cells if column.casefold() in fact[0].casefold())
    title = f"row {row} of {file.name}, sha256 {file.sha256[:SHA_SHOWN]}…"
    return Thing(
        "cell" if column is not None else "row",
        f"{name}:{row}" + (f":{column}" if column is not None else ""),
        title,
        cells,
        because=lambda: refs("row of", name),
        became=lambda: refs("taken as", *brought),
    )


def _spend_cells(books: OpenBooks, file: ExplainedFile, return_id: int, line_no: int) -> Facts:
    line = traced.line_at(books.connection, return_id, line_no)
    assert line is not None
    stored = get_return(books.connection, return_number(return_id))
    read: dict[str, object] = {
        **{name: line[name] for name in ("date", "invoice", "credits", "lot", "call_off")},
        "description": line["description"],
        "month": line["date"],
        "net": pounds(line["net_pence"]),
        "member": books.members[line["member_id"]],
        "contractor": stored.contractor,
        "framework": stored.framework,
    }
    cells = [
        (f"{header} (column of {target})", _read(read.get(target, NOT_KEPT.get(target, CHECKED))))
        for target, header in _columns(file)
    ]
    kept = json.loads(line["kept"]) if line["kept"] else {}
    cells += [(f"{header} (kept)", f"{value!r} as written") for header, value in kept.items()]
    return tuple(cells)


def _read(value: object) -> str:
    return value if isinstance(value, str) and value else str(value or "blank")


def _bank_cells(books: OpenBooks, bank_line: int) -> Facts:
    line = bank_lines.get_line(books.connection, line_number(bank_line))
    return told(
        booked=line.booked,
        amount=pounds(line.amount_pence),
        description=line.description,
        reference=line.reference,
        balance="" if line.balance_pence is None else pounds(line.balance_pence),
    )


FORMS = (
    Form("brooks-2014-03.csv:17", "a row of a file (:17:Net £ for one cell)",
         r"(.+?):(\d+)(?::(.+))?", _find_cell),
    Form("brooks-2014-03.csv", "a file, by name, by SHA-256 (8 characters or more) or both (@)",
         r".*\..*|F-\d+|[0-9a-f]{8,64}", _find_file),
)  # fmt: skip
