"""Framework spend for the benchmark: a year of lines, and the book that charges them.

Deterministic for a given number of lines. Amounts are spread as invoices are (many small, few
large), two in a hundred are credit notes, and one member has a tenth of all lines.
"""

from datetime import date, timedelta
from pathlib import Path
from random import Random

FIRST_DAY = date(2025, 4, 1)
DAYS = 365
MEMBERS, CONTRACTORS, FRAMEWORKS, CALL_OFFS = 300, 600, 40, 20_000
HEADER = "date,framework,contractor,member,call_off,invoice,net\n"
RATE_CHANGES = "2025-10-01"


def write_spend(folder: Path, lines: int) -> Path:
    """Write `spend-<lines>.csv` into the folder, unless it is there."""
    path = folder / f"spend-{lines}.csv"
    if path.exists():
        return path
    random = Random(lines)
    call_offs = _call_offs(random)
    with path.open("w", encoding="ascii", newline="") as file:
        file.write(HEADER)
        for number in range(lines):
            day = (FIRST_DAY + timedelta(days=number * DAYS // lines)).isoformat()
            code, framework, contractor, member = call_offs[random.randrange(CALL_OFFS)]
            pence = 1 + int(random.lognormvariate(10.8, 1.4))
            sign = "-" if random.random() < 0.02 else ""
            pounds, rest = divmod(pence, 100)
            file.write(
                f"{day},{framework},{contractor},{member},{code},IN{number:08d},"
                f"{sign}{pounds}.{rest:02d}\n"
            )
    return path


def write_book(folder: Path) -> Path:
    """Write `book.toml` into the folder: 0.5% at first, 1% from October on."""
    path = folder / "book.toml"
    tables = [
        '[consortium]\nname = "Benchmark"\npots_funded_on = "billed"\nvat = "outside the scope"\n'
    ]
    tables += [f'[[members]]\ncode = "{code}"\nname = "Member {code}"\n' for code in _members()]
    tables += [
        f'[[contractors]]\ncode = "{code}"\nname = "Contractor {code}"\n' for code in _contractors()
    ]
    for code in _frameworks():
        tables.append(
            f'[[frameworks]]\ncode = "{code}"\ntitle = "Framework {code}"\nstarts = 2024-04-01\n'
            'ends = 2028-03-31\n\n[[frameworks.levy]]\nfrom = 2024-04-01\npayer = "contractor"\n'
            f'rate = "0.5%"\n\n[[frameworks.levy]]\nfrom = {RATE_CHANGES}\npayer = "contractor"\n'
            'rate = "1%"\n\n[frameworks.opportunities]\n'
            'unit_cost = [{ from = 2024-04-01, cost = "2500.00" }]\n'
        )
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


def _members() -> list[str]:
    return [f"M{number:03d}" for number in range(1, MEMBERS + 1)]


def _contractors() -> list[str]:
    return [f"C{number:04d}" for number in range(1, CONTRACTORS + 1)]


def _frameworks() -> list[str]:
    return [f"F{number:02d}" for number in range(1, FRAMEWORKS + 1)]


def _call_offs(random: Random) -> list[tuple[str, str, str, str]]:
    """Call-offs as code, framework, contractor, member; a contractor is on two frameworks."""
    largest, *others = _members()
    contractors = _contractors()
    appointed = {code: random.sample(_frameworks(), 2) for code in contractors}
    found = []
    for number in range(CALL_OFFS):
        contractor = random.choice(contractors)
        member = largest if random.random() < 0.1 else random.choice(others)
        found.append((f"K-{number:06d}", random.choice(appointed[contractor]), contractor, member))
    return found
