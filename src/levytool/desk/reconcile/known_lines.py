"""The lines that a person names when they decide: by an id of the list, or by a reference."""

import re
from collections.abc import Collection, Mapping
from itertools import chain

from sqlalchemy import Connection

from levytool.desk.reconcile.decisions import DECIDE
from levytool.desk.reconcile.reconcile_spend import match_books
from levytool.ledger.journal import acts
from levytool.ledger.spend.covered import members_covered
from levytool.periods import Month
from levytool.problems import UsageError
from levytool.reconcile.spend import Findings, listed_as
from levytool.reconcile.spend_matches import lines_by_id
from levytool.rules.matching.decisions import DIFFERENCE, SUGGESTION, Decision, Print
from levytool.rules.matching.lines import Lines, SpendLine, place

LINE = re.compile(r"([RM])-(\d+)/(\d+)")


class Known:
    """The lines that ids and references name, looked up once for all orders."""

    def __init__(self, connection: Connection | None, matched: Findings | None) -> None:
        self._connection, self._matched = connection, matched
        self._by_id: dict[str, tuple[Lines, Lines]] | None = None
        self._places: tuple[dict[tuple[int, int], SpendLine], ...] = ()
        self._met: set[str] = set()
        self._by_print: Mapping[Print, SpendLine] | None = None
        self._covered: dict[str, frozenset[str]] = {}
        self._joins: dict[SpendLine, list[tuple[frozenset[SpendLine], Decision]]] | None = None

    def meet(self, subject: str, *, looks_up: bool) -> None:
        """Look at something. What was decided before in the same list may be another thing since:
        then the books are matched again before its lines are looked up."""
        if looks_up and subject in self._met:
            self._matched = self._by_id = None
            self._met.clear()
        self._met.add(subject)

    @property
    def matched(self) -> Findings:
        if self._matched is None:
            self._matched = match_books(self.connection)
        return self._matched

    @property
    def connection(self) -> Connection:
        assert self._connection is not None  # who decides has a ledger open
        return self._connection

    def was_decided(self, subject: str) -> bool:
        """Whether anything was ever decided under an id."""
        return bool(acts.acts_of(self.connection, DECIDE, subject))

    def without_ledger(self, decision: Decision) -> dict[str, str] | None:
        """The month of the date and the member of a declared line that is alone and that no ledger
        reaches."""
        if decision.recorded or len(decision.declared) != 1:
            return None
        (told,) = decision.declared
        if self._by_print is None:
            self._by_print = {said: line for line, said in self.matched.prints[0].items()}
        line = self._by_print.get(told)
        if line is None:
            return None
        month = line.ledger_month
        if month not in self._covered:
            self._covered[month] = members_covered(self.connection, Month.parse(month))
        if line.member in self._covered[month]:
            return None
        return {"period": month, "member": line.member}

    def joined_with_others(self, named: Collection[SpendLine]) -> list[Decision]:
        """What people joined and of which only some of these lines are."""
        if self._joins is None:
            self._joins = {}
            for sides, decision in self.matched.decided.items():
                own = frozenset(chain(*sides))
                for line in own:
                    self._joins.setdefault(line, []).append((own, decision))
        found = {
            decision.subject: decision
            for line in sorted(named)
            for own, decision in self._joins.get(line, ())
            if not own.issubset(named)
        }
        return list(found.values())

    def listed_as(self, reference: str) -> str:
        """The id that a line is listed under. Raises UsageError."""
        declared, recorded = self.lines(reference)
        return listed_as(self.matched, *declared, *recorded, is_declared=bool(declared))

    def lines(self, reference: str) -> tuple[Lines, Lines]:
        """The lines of both sides. Raises UsageError."""
        if self._by_id is None:
            self._by_id = lines_by_id(self.matched)
            self._places = tuple(
                {place(line): line for line in side} for side in self.matched.prints
            )
        line = LINE.fullmatch(reference)
        if line is None and reference in self._by_id:
            return self._by_id[reference]
        if line is None:
            kind = "suggestion" if reference.startswith(SUGGESTION) else "difference"
            raise UsageError(
                f"there is no {kind} {reference!r}; {DIFFERENCE}-… and {SUGGESTION}-… stand in: "
                "levytool reconcile spend"
            )
        is_declared = line[1] == "R"
        found = self._places[0 if is_declared else 1].get((int(line[2]), int(line[3])))
        if found is None:
            raise UsageError(
                f"{reference} is not among the lines that differ or stand alone; "
                "see: levytool reconcile spend"
            )
        return ((found,), ()) if is_declared else ((), (found,))
