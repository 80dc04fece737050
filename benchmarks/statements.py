"""Spend for the statements' benchmark: one member with many lines, under the same book."""

from datetime import timedelta
from pathlib import Path
from random import Random

from benchmarks.spend import DAYS, FIRST_DAY, HEADER

MEMBER = "M001"
CONTRACTORS = 25
CALL_OFFS = (500, 20_000)
"""Call-offs that the lines are spread over: a statement has a row for each."""

READ = (
    "SELECT * FROM declaration_line WHERE member_id = "
    f"(SELECT id FROM party WHERE kind = 'member' AND code = '{MEMBER}');\n"
)
"""What reading the member's rows takes, by SQLite's own shell."""


def write_one_member(folder: Path, lines: int, call_offs: int) -> Path:
    """Write a year of one member's lines, unless it is there; deterministic."""
    path = folder / f"one-member-{lines}-{call_offs}.csv"
    if path.exists():
        return path
    random = Random(lines)
    with path.open("w", encoding="ascii", newline="") as file:
        file.write(HEADER)
        for number in range(lines):
            day = (FIRST_DAY + timedelta(days=number * DAYS // lines)).isoformat()
            call_off = random.randrange(call_offs)
            contractor = call_off % CONTRACTORS + 1
            pounds, rest = divmod(1 + int(random.lognormvariate(10.8, 1.4)), 100)
            file.write(
                f"{day},F{contractor % 2 + 1:02d},C{contractor:04d},{MEMBER},K-{call_off:06d},"
                f"IN{number:08d},{pounds}.{rest:02d}\n"
            )
    return path
