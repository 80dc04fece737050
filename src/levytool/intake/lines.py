"""What reading a spend file gives: chunks of checked lines in columns, and what was found."""

from collections import Counter
from dataclasses import dataclass, field

from levytool.problems import Problem


@dataclass(slots=True)
class LineChunk:
    """Checked lines in columns, all of one length, in file order.

    Codes are those of the book; dates and periods are ISO text (`2014-03-31`, `2014-03`); a
    quarterly framework's period is its quarter's last month. Texts are '' where the file has no
    such column. `base_pence` has, for each kept column that a levy rule of the book takes as its
    base, that column's pence (None where the line's framework does not need it). `kept` is a
    compact JSON object with sorted keys, '' when nothing is kept.
    """

    rows: list[int]
    dates: list[str]
    periods: list[str]
    members: list[str]
    contractors: list[str]
    frameworks: list[str]
    net_pence: list[int]
    lots: list[str]
    call_offs: list[str]
    invoices: list[str]
    credits: list[str]
    descriptions: list[str]
    kept: list[str]
    base_pence: dict[str, list[int | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A total the file states, where it stands, and the sum of the rows it covers, in pence."""

    row: int
    stated_pence: int
    rows_pence: int


@dataclass(slots=True)
class Findings:
    """What a whole file turned out to hold, complete once its last chunk has been taken.

    `read` counts every row but the header's own; `skipped` those that are `blank` (below the
    header), `title` (above it, or repeating it) or `total`; `rejected_rows` the distinct rows
    with at least one problem. `rounded` lists rows whose amount had more than two decimals.
    `columns` maps targets to the headers they were read from; `not_read` are the other headers.
    """

    layout: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    not_read: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    read: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    rejected_rows: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    rounded: list[int] = field(default_factory=list)
    stated_totals: list[StatedTotal] = field(default_factory=list)
