"""Who acts, on what day, and the moment that what they do is posted."""

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

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
    give the same books. Raises UsageError for a day that is none.
    """
    user = environment.get("LEVYTOOL_USER") or getpass.getuser()
    fixed = environment.get("LEVYTOOL_TODAY")
    if not fixed:
        now = datetime.now(UTC)
        return Acting(user, now.astimezone().date(), f"{now:%Y-%m-%dT%H:%M:%S.%fZ}")
    try:
        today = date.fromisoformat(fixed)
    except ValueError as error:
        raise UsageError(
            f"LEVYTOOL_TODAY is {fixed!r}, not a day; write it as 2026-04-08"
        ) from error
    return Acting(user, today, f"{today.isoformat()}T00:00:00.000000Z")
