"""Who acts, on what day, and the moment that what they do is posted."""

import getpass
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from levytool.periods import parse_day
from levytool.problems import UsageError


@dataclass(frozen=True, slots=True)
class Acting:
    """The user, today's date, and the moment of posting (ISO 8601, UTC, microseconds)."""

    user: str
    today: date
    posted: str


def acting_from(environment: Mapping[str, str] = os.environ) -> Acting:
    """Who acts and when: `LEVYTOOL_USER` and `LEVYTOOL_TODAY`, else the system's.

    With `LEVYTOOL_TODAY` the moment of posting is that day's midnight, so that the same acts
    give the same books. Raises UsageError for a day that is none, and for no user at all.
    """
    user = environment.get("LEVYTOOL_USER", "").strip() or _system_user()
    fixed = environment.get("LEVYTOOL_TODAY")
    if not fixed:
        now = datetime.now(UTC)
        return Acting(user, now.astimezone().date(), f"{now:%Y-%m-%dT%H:%M:%S.%fZ}")
    try:
        today = parse_day(fixed)
    except ValueError as error:
        raise UsageError(f"LEVYTOOL_TODAY: {error}") from error
    return Acting(user, today, f"{today.isoformat()}T00:00:00.000000Z")


def is_same_person(one: str, other: str) -> bool:
    """Whether two names of users are one person's: letter case, spaces and the ways Unicode has of
    writing the same letters make no second person of anybody."""
    return _as_compared(one) == _as_compared(other)


def _as_compared(user: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", user).casefold())
    seen = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    return " ".join(seen.split())


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise UsageError("nobody knows who you are; set LEVYTOOL_USER to your name") from error
