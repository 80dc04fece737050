"""What follows from what a book leaves out: no VAT is charged, no opportunity falls due.

Both are sound (contract, *The book*: an absent key has its default), so they are notes, and no
warnings. A book that says so itself is believed.
"""

from levytool.book.lines import Path
from levytool.book.read import OUTSIDE
from levytool.book.records import Book
from levytool.book.remarks import Remarks


def note_what_is_left_out(book: Book, remarks: Remarks) -> None:
    """A note where nothing was said of VAT, and on each framework with levy but no opportunities
    rule."""
    vat: Path = ("consortium", "vat")
    if book.consortium.vat == OUTSIDE and vat not in remarks.places.lines:
        message = "nothing is said of VAT, so none is charged on the levy"
        hint = 'add vat = [{ from = 2011-01-04, rate = "20%" }], or vat = "outside the scope"'
        remarks.note("no-vat", message, hint, ("consortium",))
    for code, framework in book.frameworks.items():
        if framework.levy and framework.opportunities is None:
            message = f"{code} has no opportunities rule, so no opportunity ever falls due on it"
            hint = "add [frameworks.opportunities], with per_million = 0 where that is meant"
            remarks.note("no-opportunities", message, hint, ("frameworks", code))
