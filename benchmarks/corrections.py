"""A large return for the benchmark, and its correction: one line in a hundred differs."""

from pathlib import Path
from random import Random

FRAMEWORK, CONTRACTOR, PERIOD = "F01", "C001", "2025-09"
CORRECTED_ON = "2025-10-06"
MEMBERS, CALL_OFFS, CHANGED_IN = 300, 2_000, 100
HEADER = "date,member,call_off,invoice,net\n"


def write_corrections(folder: Path, lines: int) -> tuple[Path, Path, Path]:
    """Write the book, the return and its correction; deterministic for a number of lines."""
    book, first, second = (folder / name for name in ("large.toml", "first.csv", "second.csv"))
    members = "".join(
        f'[[members]]\ncode = "M{number:03d}"\nname = "Member {number:03d}"\n'
        for number in range(MEMBERS)
    )
    book.write_text(
        '[consortium]\nname = "Benchmark"\npots_funded_on = "billed"\nvat = "outside the scope"\n'
        # One person corrects a return of any size here.
        f'four_eyes_over = "1000000000.00"\n{members}'
        f'[[contractors]]\ncode = "{CONTRACTOR}"\nname = "Contractor"\n'
        f'[[frameworks]]\ncode = "{FRAMEWORK}"\ntitle = "Framework"\nstarts = 2024-04-01\n'
        '[[frameworks.levy]]\nfrom = 2024-04-01\npayer = "contractor"\nrate = "1%"\n',
        encoding="utf-8",
    )
    random = Random(lines)
    with first.open("w", encoding="ascii") as before, second.open("w", encoding="ascii") as after:
        before.write(HEADER)
        after.write(HEADER)
        for number in range(lines):
            day, call_off = f"{PERIOD}-{1 + number % 30:02d}", random.randrange(CALL_OFFS)
            said = f"{day},M{call_off % MEMBERS:03d},CO-{call_off:05d},IN{number:08d}"
            pence = 1 + int(random.lognormvariate(10.8, 1.4))
            before.write(f"{said},{_pounds(pence)}\n")
            after.write(f"{said},{_pounds(pence + (number % CHANGED_IN == 0))}\n")
    return book, first, second


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"
