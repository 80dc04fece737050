"""A small consortium in a ledger of its own, for tests of the officer's acts."""

from datetime import date

from levytool.acting import Acting


def acting(user="ann", today="2014-04-10"):
    """Who acts, on a fixed day."""
    return Acting(user, date.fromisoformat(today), f"{today}T00:00:00.000000Z")
