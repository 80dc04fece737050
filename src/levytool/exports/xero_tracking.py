"""The four tracking columns of Xero's files: two categories, one option of each (domain §3.10)."""

from levytool.accounts import CHART
from levytool.book.records import ExportSettings
from levytool.exports.csv_text import Cell, words
from levytool.journal import Leg

COLUMNS = ("TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2")


def tracking(settings: ExportSettings, leg: Leg) -> tuple[Cell, Cell, Cell, Cell]:
    """A category keeps its place on every line; what the account is kept by is the option."""
    categories = list(dict.fromkeys(settings.tracking.values()))
    category = settings.tracking.get(CHART[leg.account].dimension, "")
    blank = Cell("")
    if not category or not leg.dimension:
        return blank, blank, blank, blank
    named = words(category), words(leg.dimension)
    if category == categories[0]:
        return *named, blank, blank
    return blank, blank, *named
