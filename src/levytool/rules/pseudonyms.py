"""Whether what is written of a participant tells who they are (domain §3.7).

References are pseudonymous, and no names, birth dates or National Insurance numbers are kept.
"""

import re
from datetime import date

EXAMPLE = "P-0001"
"""What a reference may look like."""
SHAPE = "up to 3 letters, a hyphen or none, and up to 8 digits"
"""What a reference is made of: too little for most names, and for other registers' numbers."""

LONGEST_TITLE = 60

_REFERENCE = re.compile(r"(?:[A-Za-z]{1,3}-?)?[0-9]{1,8}")
_MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_NI_NUMBER = re.compile(
    r"(?<![A-Z])[A-Z]{2}(?:\d{6}|[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D])(?![A-Z0-9])"
)
"""With the letter at its end, however it is spaced; without it, written in one."""
_PARTED_DATE = re.compile(
    rf"(?<!\d)(\d{{4}}|\d{{1,2}})[-/. ](\d{{1,2}}|(?:{_MONTHS})[A-Z]*)[-/. ](\d{{4}}|\d{{2}})(?!\d)"
)
_DIGITS = re.compile(r"\d{6,}")
_TELEPHONE = re.compile(r"\d(?:[ ().–‑-]{0,2}\d){9,}")
"""Ten digits or more, however they are spaced."""
_YEARS = range(1900, 2100)


def reference_fault(reference: str) -> str:
    """What is wrong with a reference, its letters large or small; '' where nothing is.

    It has to have the plain shape of one: any other may be a name, or hold one.
    """
    fault = _identity_in(reference.upper())
    if not fault and not _REFERENCE.fullmatch(reference):
        return f"is no reference: one has {SHAPE}"
    return fault


def title_fault(title: str) -> str:
    """What is wrong with the title of a milestone or qualification; '' where nothing is."""
    if len(title) > LONGEST_TITLE:
        return f"is {len(title)} long; {LONGEST_TITLE} characters are the most"
    if "@" in title:
        return "holds an address"
    if _TELEPHONE.search(title):
        return "holds digits as of a telephone number"
    return _identity_in(title.upper())


def _identity_in(text: str) -> str:
    if _NI_NUMBER.search(text):
        return "looks like a National Insurance number"
    if any(map(_is_parted_date, _PARTED_DATE.findall(text))):
        return "looks like a date of birth"
    for digits in _DIGITS.findall(text):
        if len(digits) > 8:
            return "looks like another register’s number of a person"
        if len(digits) == 8 and _is_long_date(digits):
            return "looks like a date of birth"
        if digits == text and len(digits) == 6 and _is_day(digits[4:], digits[2:4], digits[:2]):
            return "looks like a date of birth"
    return ""


def _is_parted_date(parts: tuple[str, str, str]) -> bool:
    first, second, third = parts
    if not second.isdigit():
        return True
    return _is_day(third, second, first) or _is_day(first, second, third)


def _is_long_date(digits: str) -> bool:
    return any(
        int(year) in _YEARS and _is_day(year, month, day)
        for year, month, day in (
            (digits[4:], digits[2:4], digits[:2]),
            (digits[:4], digits[4:6], digits[6:]),
        )
    )


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(2000 + int(year) if len(year) < 3 else int(year), int(month), int(day))
    except ValueError:
        return False
    return True
