"""Any small file: every breakdown of its levy agrees, and agrees with a sum done elsewhere."""

import tempfile
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.accounts import Account
from levytool.money import format_pence, parse_pounds
from tests.desk.spending import Spending, book_of, framework

RATES = {"REGEN": Fraction(1, 100), "PLANT": Fraction(3, 200), "HALVES": Fraction(1, 80)}
BOOK = book_of(
    framework("payer = 'contractor'\nrate = '1%'"),
    framework("payer = 'member'\nrate = '1.5%'", code="PLANT"),
    framework("payer = 'contractor'\nrate = '1.25%'", code="HALVES"),
    settings="pots_funded_on = 'billed'\nfour_eyes_over = '100000000.00'",
)


class Line(NamedTuple):
    """One line of a file."""

    contractor: str
    framework: str
    member: str
    day: date
    net_pence: int

    @property
    def levy_pence(self) -> Fraction:
        return self.net_pence * RATES[self.framework]

    def payer(self) -> str:
        return self.member if self.framework == "PLANT" else self.contractor


LINES = st.builds(
    Line,
    st.sampled_from(["BROOKS", "BEECH"]),
    st.sampled_from(sorted(RATES)),
    st.sampled_from(["SALIX", "ALDER", "BIRCH"]),
    st.integers(0, 58).map(lambda days: date(2014, 2, 1) + timedelta(days=days)),
    st.integers(-3_000, 3_000) | st.integers(-(10**9), 10**9),
)
FILES = st.lists(LINES, min_size=1, max_size=25)
SOME = settings(max_examples=25)


@contextmanager
def some_books():
    with tempfile.TemporaryDirectory() as folder:
        books = Spending(Path(folder), BOOK)
        yield books
        books.prove()
        books.ledger.close()


def cells(number: int, line: Line) -> dict[str, str]:
    return {
        "Invoice": f"I{number}",
        "Contractor": line.contractor,
        "Framework": line.framework,
        "Member": line.member,
        "Date": line.day.isoformat(),
        "Net": format_pence(line.net_pence),
    }


def half_up(amount: Fraction) -> int:
    """To the nearest penny, ties away from zero, worked out on exact fractions."""
    whole, rest = divmod(abs(amount), 1)
    rounded = int(whole) + (1 if rest >= Fraction(1, 2) else 0)
    return rounded if amount >= 0 else -rounded


def expected_documents(lines: list[Line]) -> Counter[tuple[str, str, str]]:
    """The pence of each document, by payer, framework and month."""
    sums: dict[tuple[str, str, str, str], Fraction] = {}
    for line in lines:
        key = (line.payer(), line.framework, f"{line.day:%Y-%m}", line.contractor)
        sums[key] = sums.get(key, Fraction(0)) + line.levy_pence
    found: Counter[tuple[str, str, str]] = Counter()
    for key, exact in sums.items():
        found[key[:3]] += half_up(exact)
    return found


def documents_of(books: Spending) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for payer, code, period, kind, net in books.rows(
        "SELECT payer, framework, period, kind, net_pence FROM document"
    ):
        found[payer, code, period] += net if kind == "invoice" else -net
    return found


def without_nothing(counted: Counter) -> dict:
    return {key: pence for key, pence in counted.items() if pence}


@SOME
@given(FILES)
def test_lines_documents_and_postings_agree_by_member(lines):
    with some_books() as books:
        outcome = books.accepted(*(cells(n, line) for n, line in enumerate(lines)))
        assert without_nothing(documents_of(books)) == without_nothing(expected_documents(lines))
        by_member: Counter[str] = Counter()
        for line in books.lines():
            by_member[line["member"]] += parse_pounds(line["levy_share"])
        for member in ("SALIX", "ALDER", "BIRCH"):
            assert books.balance(Account.LEVY_FUND, member) == by_member[member]
        assert outcome.levy_pence == sum(by_member.values())
        assert outcome.net_pence == sum(line.net_pence for line in lines)


@SOME
@given(FILES)
def test_every_share_is_within_a_penny_of_its_exact_levy(lines):
    with some_books() as books:
        books.accepted(*(cells(n, line) for n, line in enumerate(lines)))
        by_invoice = {f"I{n}": line for n, line in enumerate(lines)}
        for line in books.lines():
            exact = by_invoice[line["invoice"]].levy_pence
            assert abs(parse_pounds(line["levy_share"]) - exact) < 1
            assert abs(Fraction(line["levy"]) * 100 - exact) <= Fraction(1, 200)


@SOME
@given(st.lists(FILES, min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(files, random):
    numbered = [
        [cells(100 * place + n, line) for n, line in enumerate(file)]
        for place, file in enumerate(files)
    ]
    shuffled = random.sample(numbered, len(numbered))
    found = []
    for order in (numbered, shuffled):
        with some_books() as books:
            for file in order:
                books.bring(*file)
            books.accept(*(row["return"] for row in books.returns()))
            found.append(documents_of(books))
    assert found[0] == found[1]
    assert without_nothing(found[0]) == without_nothing(
        expected_documents([line for file in files for line in file])
    )


@SOME
@given(FILES, st.sets(st.integers(0, 24)))
def test_what_a_part_leaves_out_is_counted_and_nothing_else(lines, bad):
    with some_books() as books:
        rows = [cells(n, line) for n, line in enumerate(lines)]
        for place in bad:
            if place < len(rows):
                rows[place]["Net"] = "?"
        outcome = books.bring(*rows, partial=True)
        good = [line for n, line in enumerate(lines) if n not in bad]
        assert outcome.read == outcome.accepted + outcome.rejected + outcome.skipped
        assert outcome.accepted == len(good) == len(books.lines())
        assert outcome.status == ("staged" if good else "rejected")
        assert [p.row for p in outcome.problems] == sorted(n + 2 for n in bad if n < len(lines))
        assert sum(parse_pounds(row["net"]) for row in books.returns()) == sum(
            line.net_pence for line in good
        )
