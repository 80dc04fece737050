"""The members' own ledgers of the benchmark's spend, and how many lines differ in which way."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from benchmarks.spend import DAYS, FIRST_DAY

LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
DEAREST_PENCE = 10_000
LATEST_DAYS = 5


@dataclass(slots=True)
class Truth:
    """What the ledgers say of the declared lines: equal, at another amount, on a later day, or
    not at all (over-declared); and what nobody declared, with its sum in pence."""

    equal: int = 0
    amount: int = 0
    later: int = 0
    over_declared: int = 0
    undeclared: int = 0
    undeclared_pence: int = 0

    @property
    def matched(self) -> int:
        """Declared lines that a ledger has, with a difference or without."""
        return self.equal + self.amount + self.later


def write_member_ledger(folder: Path, spend: Path) -> tuple[Path, Truth]:
    """Write the ledgers of a file of spend; the same for the same spend.

    Of a thousand lines ten are missing, ten dearer by up to £100, ten dated up to five days later;
    five more were never declared.
    """
    random, truth = Random(spend.name), Truth()
    path = folder / spend.name.replace("spend", "ledger")
    with spend.open(encoding="ascii") as declared, path.open("w", encoding="ascii") as recorded:
        recorded.write(next(declared))
        for number, line in enumerate(declared):
            day, *words, net = line.rstrip("\n").split(",")
            fate = random.random()
            if fate < 0.01:
                truth.over_declared += 1
            elif fate < 0.02:
                truth.amount += 1
                dearer = _pence(net) + random.randint(1, DEAREST_PENCE)
                recorded.write(",".join((day, *words, _pounds(dearer))) + "\n")
            elif fate < 0.03:
                truth.later += 1
                later = date.fromisoformat(day) + timedelta(days=random.randint(1, LATEST_DAYS))
                recorded.write(",".join((min(later, LAST_DAY).isoformat(), *words, net)) + "\n")
            else:
                truth.equal += 1
                recorded.write(line)
            if random.random() < 0.005:
                extra = 5_000_000 + 7 * number
                truth.undeclared += 1
                truth.undeclared_pence += extra
                words[-1] = f"X{number:08d}"
                recorded.write(",".join((day, *words, _pounds(extra))) + "\n")
    return path, truth


def _pence(pounds: str) -> int:
    return int(pounds.replace(".", ""))


def _pounds(pence: int) -> str:
    pounds, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}{pounds}.{rest:02d}"


# The hash finds a pair, the key's own columns prove it.
JOIN = """
PRAGMA cache_size = -32768;
SELECT COUNT(*), SUM(m.net_pence)
FROM member_line m
JOIN declaration_line d ON d.member_id = m.member_id AND d.key_hash = m.key_hash
    AND d.invoice = m.invoice AND d.call_off = m.call_off AND d.date = m.date
    AND d.net_pence = m.net_pence
JOIN levy_return r ON r.id = d.return_id AND r.contractor_id = m.contractor_id
    AND r.framework_id = m.framework_id;
"""
"""A plain join of the two tables on their exact key: member, contractor, framework, call-off,
invoice, date and net."""
