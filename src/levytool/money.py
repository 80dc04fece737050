"""Money as integer pence, levy as integer micropence, rates as integer parts per million.

No float touches an amount. One pound is 100 pence; one penny is 1,000,000 micropence, so that
pence x ppm is a whole number of micropence: the exact levy on a line, before it is rounded once.
"""

import re

PENCE_PER_POUND = 100
MICROPENCE_PER_PENNY = 1_000_000
PPM_PER_UNIT = 1_000_000
PPM_PER_PERCENT = 10_000

_POUNDS = re.compile(r"£?([+-]?)£?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,9})(?:\.(\d{1,4}))?\s*%", re.ASCII)


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest whole number, ties away from zero.

    `denominator` is positive.
    """
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def toward_zero(numerator: int, denominator: int) -> int:
    """`numerator / denominator` with its fraction cut off. `denominator` is positive."""
    magnitude = abs(numerator) // denominator
    return magnitude if numerator >= 0 else -magnitude


def format_pence(pence: int) -> str:
    """Pence as pounds with two places, for machines: `-1234.50`."""
    sign = "-" if pence < 0 else ""
    pounds, rest = divmod(abs(pence), PENCE_PER_POUND)
    return f"{sign}{pounds}.{rest:02d}"


def display_pence(pence: int) -> str:
    """Pence as a person reads them: `£1,234.50`, `-£3.00`."""
    sign = "-" if pence < 0 else ""
    pounds, rest = divmod(abs(pence), PENCE_PER_POUND)
    return f"{sign}£{pounds:,}.{rest:02d}"


def format_line_levy(micropence: int) -> str:
    """A line's exact levy in pounds with four places, half-up (domain §3.2)."""
    hundredths_of_a_penny = half_up(micropence, MICROPENCE_PER_PENNY // 100)
    sign = "-" if hundredths_of_a_penny < 0 else ""
    pounds, rest = divmod(abs(hundredths_of_a_penny), 10_000)
    return f"{sign}{pounds}.{rest:04d}"


def display_line_levy(micropence: int) -> str:
    """A line's exact levy as a person reads it: `£1,021.2323`."""
    pounds, _, rest = format_line_levy(abs(micropence)).partition(".")
    sign = "-" if format_line_levy(micropence).startswith("-") else ""
    return f"{sign}£{int(pounds):,}.{rest}"


def parse_pounds(text: str) -> int:
    """Pence of an amount typed by an officer or written in the book: `1234.5`, `£1,234.50`, `-3`.

    The grammar of spend files is wider and lives in `intake.amounts`. Raises ValueError, whose
    message says what is wrong, for anything else and for more than two decimals.
    """
    match = _POUNDS.fullmatch(text.strip())
    if match is None or text.count("£") > 1:
        raise ValueError(f"{text!r} is not an amount in pounds and pence, such as 1234.50")
    sign, pounds, decimals = match.groups()
    pence = int(pounds.replace(",", "")) * PENCE_PER_POUND + int((decimals or "").ljust(2, "0"))
    return -pence if sign == "-" else pence


def parse_percent(text: str) -> int:
    """Parts per million of a percentage with at most four decimals: `1.5%` is 15,000.

    Raises ValueError for anything else. Whether a rate over 100% makes sense is the caller's.
    """
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a percentage with at most four decimals, such as 1.5%")
    whole, decimals = match.groups()
    return int(whole) * PPM_PER_PERCENT + int((decimals or "").ljust(4, "0"))


def format_percent(ppm: int) -> str:
    """Parts per million as a percentage without needless zeros: 15,000 is `1.5%`."""
    whole, rest = divmod(ppm, PPM_PER_PERCENT)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{whole}.{decimals}%" if decimals else f"{whole}%"
