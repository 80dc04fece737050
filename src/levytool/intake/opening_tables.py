"""A table of an opening file: amounts that must be there, parties by name, money by month."""

from dataclasses import dataclass
from datetime import date

from levytool.book.names import Kind, Names
from levytool.book.table import Table, nearest_hint
from levytool.periods import Month
from levytool.rules.brokerage import Cohort

NO_MONTH = Month.of(date.min)
"""Stands where a month is wrong; the problem is noted."""


@dataclass(frozen=True, slots=True)
class OpeningTable:
    """One table, read with the names of the book's parties. A getter notes what is wrong."""

    table: Table
    names: Names

    @property
    def row(self) -> int:
        """The line of the file that the table begins on."""
        return self.table.findings.places.row_of_path(self.table.path) or 1

    def inner(self, key: str) -> list["OpeningTable"]:
        """The tables of an array within it."""
        return [OpeningTable(table, self.names) for table in self.table.tables(key)]

    def amount(self, key: str, default: int | None = None, *, signed: bool = False) -> int:
        """An amount in pence; one without a default must be there."""
        pence = self.table.pence(key, signed)
        if pence is None and key not in self.table.raw and default is None:
            self.table.missing(key, f'write pounds and pence: {key} = "2500.00"')
        return pence if pence is not None else default or 0

    def party(self, kind: Kind, key: str = "") -> str:
        """The code of a party named by code, name or alias; '' where it is unknown."""
        key = key or kind
        said = self.table.required_text(key, f"name the {kind}")
        return self._recognised(self.table, kind, key, said) if said.strip() else ""

    def payer(self) -> tuple[str, str]:
        """The code of a payer and its kind, a member or a contractor."""
        said = self.table.required_text("payer", "name the member or contractor that pays")
        for kind in ("member", "contractor"):
            code = self.names.of(kind).recognise(said)
            if code is not None:
                return code, kind
        if said.strip():
            known = [*self.names.members, *self.names.contractors]
            hint = nearest_hint(said, known, "add it to the book")
            self.table.add("unknown-payer", "the book has no such payer", hint, "payer", said)
        return "", "contractor"

    def month(self, key: str) -> Month:
        """A month in quotes: `"2025-03"`."""
        said = self.table.required_text(key, f'write the month: {key} = "2025-03"')
        return self._month(self.table, key, said) if said.strip() else NO_MONTH

    def by_member(self, key: str) -> dict[str, int]:
        """Pence by member; a member named twice counts twice."""
        inside = self.table.table(key)
        if inside is None:
            if key not in self.table.raw:
                self.table.missing(key, f'write each part: {key} = {{ SALIX = "2500.00" }}')
            return {}
        found: dict[str, int] = {}
        for name in inside.raw:
            code = self._recognised(inside, "member", name, name)
            found[code] = found.get(code, 0) + (inside.pence(name) or 0)
        return found

    def cohorts(self, key: str) -> tuple[Cohort, ...]:
        """Money by the month it entered a pot in, oldest first."""
        inside = self.table.table(key)
        if inside is None:
            return ()
        found = [
            Cohort(self._month(inside, name, name), inside.pence(name) or 0) for name in inside.raw
        ]
        return tuple(sorted(found, key=lambda cohort: cohort.month))

    def dimension(self, kept_by: str) -> str:
        """What a balance is kept by, under `of`; '' for an account without a dimension."""
        if kept_by in ("member", "framework"):
            return self.party("member" if kept_by == "member" else "framework", "of")
        if kept_by == "payer":
            return self._payer_of()
        if kept_by:
            return " ".join(self.table.required_text("of", f"name the {kept_by}").split())
        return ""

    def _payer_of(self) -> str:
        said = self.table.required_text("of", "name the payer")
        for kind in ("member", "contractor"):
            if code := self.names.of(kind).recognise(said):
                return code
        self._recognised(self.table, "contractor", "of", said)
        return ""

    def _recognised(self, table: Table, kind: Kind, key: str, said: str) -> str:
        code = self.names.of(kind).recognise(said)
        if code is not None:
            return code
        hint = nearest_hint(said, list(self.names.of(kind)), "add it to the book")
        table.add(f"unknown-{kind}", f"the book has no such {kind}", hint, key, said)
        return ""

    def _month(self, table: Table, key: str, said: str) -> Month:
        try:
            return Month.parse(said.strip())
        except ValueError:
            table.add("bad-date", "not a month", 'write it as "2025-03"', key, said)
            return NO_MONTH
