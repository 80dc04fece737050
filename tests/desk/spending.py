"""Spend files, the books they come into, and everything those books hold."""

import csv
import io
import sqlite3
from pathlib import Path
from typing import Any

from levytool.desk.audit.check_books import check_books
from levytool.desk.levy.list_documents import list_documents
from levytool.desk.returns.list_returns import list_returns
from levytool.desk.returns.settle_returns import accept_named, reject_return
from levytool.desk.spend.import_outcome import ImportOptions, ImportOutcome
from levytool.desk.spend.import_spend import import_spend
from levytool.desk.spend.list_spend import list_spend
from tests.desk.consortium import TODAY, Books
from tests.desk.consortium import empty_ledger as empty_ledger

DEFAULTS = {
    "Invoice": "A1",
    "Date": "2014-03-05",
    "Member": "SALIX",
    "Net": "100.00",
    "Contractor": "BROOKS",
    "Framework": "REGEN",
}
FLAT = "payer = 'contractor'\nrate = '1%'"


def framework(*levy: str, code: str = "REGEN", settings: str = "") -> str:
    """A framework of these levy blocks; one that names no `from` begins with the framework."""
    blocks = "".join(
        "[[frameworks.levy]]\n"
        + ("" if "from =" in block else "from = 2012-04-01\n")
        + block
        + "\n"
        for block in levy or (FLAT,)
    )
    return (
        f"[[frameworks]]\ncode = '{code}'\ntitle = 'Works of {code.lower()}'\n"
        f"starts = 2012-04-01\n{settings}\n{blocks}"
    )


def book_of(*frameworks: str, settings: str = "", sectors: str = "housing housing council") -> str:
    """A book of ALDER, BIRCH and SALIX, BEECH and BROOKS, and these frameworks."""
    named = zip(("ALDER", "BIRCH", "SALIX"), sectors.split(), strict=True)
    members = "".join(
        f"[[members]]\ncode = '{code}'\nname = '{code.title()} Homes'\nsector = '{sector}'\n"
        for code, sector in named
    )
    contractors = "".join(
        f"[[contractors]]\ncode = '{code}'\nname = '{code.title()} Roofing Ltd'\n"
        for code in ("BEECH", "BROOKS")
    )
    return f"[consortium]\nname = 'A consortium'\n{settings}\n{members}{contractors}" + "".join(
        frameworks or (framework(),)
    )


def rows_text(*lines: dict[str, Any], columns: tuple[str, ...] = ()) -> str:
    """A CSV text of lines, each what it says beside the usual."""
    filled = [DEFAULTS | line for line in lines] or [DEFAULTS]
    names = list(dict.fromkeys([*DEFAULTS, *(name for line in filled for name in line), *columns]))
    names = [name for name in names if any(line.get(name) is not None for line in filled)]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(filled)
    return stream.getvalue()


class Spending(Books):
    """Books that spend files come into."""

    def __init__(self, folder: Path, book: str | None = None, place: str = ""):
        self.path = folder / "books.db"
        super().__init__(folder, book if self.path.exists() else book or book_of(), place)

    def file(self, *lines: dict[str, Any], name: str = "", text: str | None = None) -> Path:
        """A spend file of these lines, or of this text."""
        self._files += 1
        path = self.folder / (name or f"file-{self._files}.csv")
        path.write_text(rows_text(*lines) if text is None else text, encoding="utf-8")
        return path

    def bring(
        self,
        *lines: dict[str, Any],
        path: Path | None = None,
        today: str = TODAY,
        dry_run: bool = False,
        **options: Any,
    ) -> ImportOutcome:
        """Import a file, or lines as a file of their own."""
        office = self.office(today=today, dry_run=dry_run)
        return import_spend(office, path or self.file(*lines), ImportOptions(**options))

    def accepted(self, *lines: dict[str, Any], **options: Any) -> ImportOutcome:
        """Import and accept lines, which must be sound."""
        outcome = self.bring(*lines, accept=True, **options)
        assert outcome.status == "accepted", outcome.problems
        return outcome

    def accept(self, *numbers: str, today: str = TODAY) -> list[dict[str, Any]]:
        """Accept returns by name."""
        return accept_named(self.office(today=today), numbers, None, None).rows

    def reject(self, number: str) -> list[dict[str, Any]]:
        """Reject a staged return."""
        return reject_return(self.office(), number).rows

    def documents(self) -> list[tuple[str, str, str]]:
        """Number, payer and signed net of every document."""
        return [
            (
                row["number"],
                row["payer"],
                ("-" if row["kind"] == "credit-note" else "") + row["net"],
            )
            for row in list_documents(self.office())
        ]

    def lines(self, **chosen: Any) -> list[dict[str, Any]]:
        """Lines as `spend list` gives them."""
        return list(list_spend(self.office(), **chosen))

    def returns(self) -> list[dict[str, Any]]:
        """Returns that there are, as `return list` gives them."""
        return [row for row in list_returns(self.office()) if row["return"] is not None]

    def dump(self) -> list[str]:
        """Everything that is stored, series included, as SQL."""
        connection = sqlite3.connect(self.path)
        try:
            return list(connection.iterdump())
        finally:
            connection.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the file."""
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def failed_checks(self) -> dict[str, str]:
        """The proofs that do not hold, by name."""
        return {c.name: c.detail for c in check_books(self.office()) if not c.ok}

    def prove(self) -> None:
        super().prove()
        assert self.failed_checks() == {}


def codes(outcome: ImportOutcome) -> list[tuple[str, int | None]]:
    """The problems of an import: code and row."""
    return [(problem.code, problem.row) for problem in outcome.problems]


def warned(outcome: ImportOutcome) -> list[tuple[str, int | None]]:
    """The warnings of an import: code and row."""
    return [(problem.code, problem.row) for problem in outcome.warnings]
