"""What was warned of a return when its lines were imported, told again where it counts."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from levytool.desk.spend.import_outcome import SAME_FILE, problem_of
from levytool.desk.spend.same_file import stands
from levytool.desk.spend.worth_a_look import SUDDEN_CHANGE, is_sudden_of
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import StoredReturn
from levytool.problems import Problem
from levytool.text import counted

OF_A_FILE = frozenset({"month-first", "total-differs", "gross-differs"})
"""Warnings of a whole file, whichever of its returns is looked at."""

NO_DOUBT = frozenset({"rounded"})
"""Warnings that say what was done and leave nothing to find out."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A warning of a return, and the file that it was given with."""

    file_id: int
    problem: Problem


class ImportDoubts:
    """What was warned of returns when they were imported; each file's outcome is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told: dict[int, list[dict[str, Any]]] = {}

    def of(self, stored: StoredReturn) -> list[Doubt]:
        """What was warned of a return: of its lines, of itself, of the files that brought them."""
        found = []
        for file_id, name in returns.files_of(self._connection, stored.id).items():
            if told := self._warnings(file_id):
                rows = returns.rows_in(self._connection, stored.id, file_id)
                found += [
                    Doubt(file_id, problem_of(one, name))
                    for one in told
                    if _is_of(self._connection, one, stored, rows)
                ]
        return found

    def _warnings(self, file_id: int) -> list[dict[str, Any]]:
        if file_id not in self._told:
            outcome = json.loads(returns.outcome_of_file(self._connection, file_id))
            self._told[file_id] = [w for w in outcome["warnings"] if w["code"] not in NO_DOUBT]
        return self._told[file_id]


def _is_of(
    connection: Connection, told: dict[str, Any], stored: StoredReturn, rows: frozenset[int]
) -> bool:
    code = told["code"]
    if code == SUDDEN_CHANGE:
        return is_sudden_of(told["message"], stored)
    if code == SAME_FILE:
        return stands(connection, told["value"])
    return code in OF_A_FILE or told["row"] in rows


def summed(doubts: list[Doubt]) -> str:
    """Doubts in short, in the order they are met: `outside-period in 3 lines, sudden-change`."""
    return ", ".join(_counted(doubts))


def _counted(doubts: list[Doubt]) -> Iterator[str]:
    lines = Counter(
        doubt.problem.code
        for doubt in doubts
        if doubt.problem.row is not None and doubt.problem.code not in OF_A_FILE
    )
    for code in dict.fromkeys(doubt.problem.code for doubt in doubts):
        yield f"{code} in {counted(lines[code], 'line')}" if code in lines else code
