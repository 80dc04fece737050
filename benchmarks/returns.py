"""Returns for the benchmark: two years of 1,200 appointments, nineteen in twenty of them sent."""

from pathlib import Path

MONTHS, FRAMEWORKS, CONTRACTORS = 24, 12, 100
FIRST_YEAR, FIRST_MONTH = 2024, 4
LISTED_ON = "2026-04-20"
"""The day of the list: the 24 months are over."""
ONE_MISSING_IN = 20


def write_appointments(folder: Path) -> tuple[Path, Path]:
    """Write the book, and the spend of every return that was sent; deterministic."""
    frameworks = [f"F{number:02d}" for number in range(1, FRAMEWORKS + 1)]
    contractors = [f"C{number:03d}" for number in range(1, CONTRACTORS + 1)]
    appointed = ", ".join(f'{{ code = "{code}" }}' for code in contractors)
    tables = [
        '[consortium]\nname = "Benchmark"\npots_funded_on = "billed"\nvat = "outside the scope"\n'
        '[[members]]\ncode = "M1"\nname = "Member"\n'
    ]
    tables += [f'[[contractors]]\ncode = "{c}"\nname = "Contractor {c}"\n' for c in contractors]
    tables += [
        f'[[frameworks]]\ncode = "{code}"\ntitle = "Framework {code}"\nstarts = 2024-04-01\n'
        f"contractors = [{appointed}]\n"
        '[[frameworks.levy]]\nfrom = 2024-04-01\npayer = "contractor"\nrate = "1%"\n'
        for code in frameworks
    ]
    book, spend = folder / "appointments.toml", folder / "returns.csv"
    book.write_text("".join(tables), encoding="utf-8")
    owed = (
        (month, framework, contractor)
        for month in _months()
        for framework in frameworks
        for contractor in contractors
    )
    lines = [
        f"{month}-10,{framework},{contractor},M1,I{number},{100 + number % 9_000}.37\n"
        for number, (month, framework, contractor) in enumerate(owed)
        if number % ONE_MISSING_IN
    ]
    header = "date,framework,contractor,member,invoice,net\n"
    spend.write_text(header + "".join(lines), encoding="ascii")
    return book, spend


def _months() -> list[str]:
    first = FIRST_YEAR * 12 + FIRST_MONTH - 1
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(first, first + MONTHS)]
