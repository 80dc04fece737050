"""What an officer says about a file beside what stands in it."""

from dataclasses import dataclass
from typing import Literal

from levytool.book.records import Layout
from levytool.periods import Month

Role = Literal["declaration", "member-ledger"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a spend file (contract, *Importing spend*).

    `framework`, `contractor` and `member` are codes, names or aliases that hold for every line
    and win over the layout and over a column. `period` is every line's reporting period; without
    it the invoice date's month counts. With `whole_quarter` it stands for its quarter, which is
    for lines of quarterly frameworks only. A `member-ledger` is a member's own purchase ledger: its
    lines may name no framework, and lots, appointments and framework dates are not checked.
    With `add_parties` an unknown member or contractor is a new one, not a problem. `corrects` is
    the return that the file corrects, whose framework, contractor and period are the constants.
    """

    layout: Layout | None = None
    framework: str | None = None
    contractor: str | None = None
    member: str | None = None
    period: Month | None = None
    whole_quarter: bool = False
    role: Role = "declaration"
    add_parties: bool = False
    corrects: str = ""
    chunk_rows: int = 4_000
