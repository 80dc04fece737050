"""The one set of date and month forms of spend files (contract, *Cells*): day first, no guessing.

`04/13/2014` is no date, nor is a bare serial, a bare year or a time alone. A layout's
`date_format` (strptime's) takes the place of the day-first forms; ISO dates are always read,
since that is what a spreadsheet's own date cells become.
"""

import re
from datetime import date, datetime

EARLIEST_YEAR = 1900

_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}

_MIDNIGHT = r"(?:(?:T|\s+)(?:0?0:00(?::00(?:\.0+)?)?Z?|12:00(?::00)?\s*am))?"
_ISO = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}}){_MIDNIGHT}", re.IGNORECASE)
_DAY_FIRST = re.compile(
    rf"([0-9]{{1,2}})(?:([/.-])|\s+)([0-9]{{1,2}}|[a-z]{{3,9}})(?(2)\2|\s+)([0-9]{{4}}|[0-9]{{2}})"
    rf"{_MIDNIGHT}",
    re.IGNORECASE,
)
_YEAR_MONTH = re.compile(r"([0-9]{4})-?(0[1-9]|1[0-2])")
_NAMED_MONTH = re.compile(r"([a-z]{3,9})[\s/.-]+([0-9]{4}|[0-9]{2})", re.IGNORECASE)
_NUMBERED_MONTH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{4})")


def parse_date(text: str, date_format: str | None = None) -> date | None:
    """The date a cell states, or None. `date_format` is a layout's own form."""
    text = text.strip()
    if match := _ISO.fullmatch(text):
        return _date(match[1], match[2], match[3])
    if date_format is not None:
        return _date_in_format(text, date_format)
    if match := _DAY_FIRST.fullmatch(text):
        return _date(match[4], match[3], match[1])
    return None


def month_first_format(text: str) -> str | None:
    """The `date_format` that reads a numeric date with its month first; None for what is none."""
    match = _DAY_FIRST.fullmatch(text.strip())
    if match is None or not match[3].isdigit() or _date(match[4], match[1], match[3]) is None:
        return None
    return (match[2] or " ").join(("%m", "%d", "%Y" if len(match[4]) == 4 else "%y"))


def is_numeric_date(text: str) -> bool:
    """Whether the text is three numbers of a date whose first two may be day and month."""
    match = _DAY_FIRST.fullmatch(text.strip())
    return match is not None and match[3].isdigit()


def parse_month(text: str, date_format: str | None = None) -> date | None:
    """The first day of the month a cell states, as a month or as any date in it; or None."""
    text = text.strip()
    if match := _YEAR_MONTH.fullmatch(text):
        return _date(match[1], match[2], "1")
    if date_format is None:
        if match := _NAMED_MONTH.fullmatch(text):
            return _date(match[2], match[1], "1")
        if match := _NUMBERED_MONTH.fullmatch(text):
            return _date(match[2], match[1], "1")
    day = parse_date(text, date_format)
    return None if day is None else day.replace(day=1)


def _date(year: str, month: str, day: str) -> date | None:
    """A date of its written parts; a year of two digits is 20yy."""
    month_number = int(month) if month.isdigit() else MONTHS.get(month.casefold(), 0)
    year_number = int(year) + (2000 if len(year) == 2 else 0)
    if year_number < EARLIEST_YEAR:
        return None
    try:
        return date(year_number, month_number, int(day))
    except ValueError:
        return None


def _date_in_format(text: str, date_format: str) -> date | None:
    try:
        moment = datetime.strptime(text, date_format)  # noqa: DTZ007  (a date, in no time zone)
    except ValueError:
        return None
    at_midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.date() if at_midnight and moment.year >= EARLIEST_YEAR else None
