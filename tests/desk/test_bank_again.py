"""Lines that come again, in other files and other formats, come into the books once."""

from collections import Counter
from datetime import date
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.desk.bank.import_bank import import_bank
from levytool.desk.bank.list_bank import list_bank
from levytool.money import parse_pounds
from tests.bank.exports import day, export
from tests.bank.renderers import camt, camt_statement, mt940, ofx
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import TODAY, Books

in_a_moment = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The file of a ledger with a book."""
    books = Books(tmp_path_factory.mktemp("template"), received_book())
    books.ledger.close()
    return books.folder / "books.db"


def bring(bank, text, **settings):
    """Import a file of this text."""
    bank._files += 1
    path = bank.books.folder / f"statement-{bank._files}"
    path.write_text(text, encoding="utf-8")
    outcome = import_bank(bank.books.office(today=TODAY), path, **settings)
    assert outcome.problems == []
    return outcome


def counts(outcome):
    """New lines, lines seen before, and what there was to say."""
    return outcome.new, outcome.seen, [item.code for item in outcome.warnings]


TWICE = [
    (day(3), 12_000, "BROOKS", "LEVY", "R-1"),
    (day(3), 12_000, "BROOKS", "LEVY", "R-2"),
    (day(4), -750, "BANK", "charges", "R-3"),
]


@pytest.mark.parametrize(
    "render",
    [
        lambda lines: camt(lines, version=8),
        lambda lines: mt940([(d, p, t, own) for d, p, _n, t, own in lines]),
        lambda lines: ofx(lines, sum(line[1] for line in lines)),
    ],
)
def test_the_banks_reference_tells_equal_lines_apart(fresh, render):
    bank = fresh()
    assert counts(bring(bank, render(TWICE[:1]))) == (1, 0, [])
    assert counts(bring(bank, render(TWICE[1:2])))[:2] == (1, 0)
    assert counts(bring(bank, render(TWICE)))[:2] == (1, 2)
    assert bank.of("1200") == {"main": -(24_000 - 750)}


def test_a_line_that_the_bank_words_otherwise_is_known_by_its_reference(fresh):
    bank = fresh()
    bring(bank, camt(TWICE))
    again = [(*line[:2], "BROOKS ROOFING LTD", "other words", line[4]) for line in TWICE]
    assert counts(bring(bank, camt(again, version=8))) == (0, 3, [])


def test_a_report_within_the_day_then_the_statement(fresh):
    bank = fresh()
    bring(bank, camt(TWICE[:2], message="camt.052", balances=()))
    bring(bank, camt(TWICE[:1], message="camt.054", balances=()))
    assert counts(bring(bank, camt(TWICE))) == (1, 2, [])


def test_another_format_that_words_lines_otherwise_is_known_by_day_and_amount(fresh):
    lines = [(on, pence, f"{name} {text}") for on, pence, name, text, _own in TWICE]
    one, other = fresh(), fresh()
    bring(one, camt(TWICE))
    assert counts(bring(one, export(lines))) == (0, 3, ["known-by-amount"])
    bring(other, export(lines))
    assert counts(bring(other, camt(TWICE))) == (0, 3, ["known-by-amount"])
    assert one.of("1200") == other.of("1200") == {"main": -23_250}


def test_other_words_in_the_same_format_are_another_line(fresh):
    bank = fresh()
    bring(bank, export([(day(3), 500, "BROOKS")]))
    assert counts(bring(bank, export([(day(3), 500, "BEECH")])))[:2] == (1, 0)


def test_months_that_overlap_bring_each_line_once(fresh):
    days = [date(2014, 3, 1), date(2014, 3, 20), date(2014, 3, 31), date(2014, 4, 10)]
    lines = [(on, 100 + number, f"L{number}") for number, on in enumerate(days)]
    bank = fresh()
    bring(bank, export(lines[:3]))
    assert counts(bring(bank, export(lines[1:], 100))) == (1, 2, [])


def test_statements_of_one_account_in_one_file(fresh):
    bank = fresh()
    text = mt940([(day(3), 500, "A", "1")], number="1")
    text += mt940([(day(4), 700, "B", "2")], 500, number="2")
    told = bring(bank, text).as_json()
    assert [(item["opening"], item["closing"], item["proves"]) for item in told["statements"]] == [
        ("0.00", "5.00", True),
        ("5.00", "12.00", True),
    ]
    assert (told["format"], told["rows"], told["warnings"]) == ("mt940", 2, [])
    gap = mt940([(day(6), 1, "C", "3")], 1_200, number="3")
    gap += mt940([(day(8), 1, "D", "4")], 5_000, number="4")
    assert counts(bring(bank, gap)) == (2, 0, ["statement-gap"])


def one_file(parts, message="camt.053", balances=("OPBD", "CLBD")):
    """A camt file of several statements of one account: (lines, opening pence) each."""
    rendered = [
        camt_statement(lines, opening, message, number=str(number), balances=balances)
        for number, (lines, opening) in enumerate(parts, 1)
    ]
    first, opening = parts[0]
    return camt(first, opening, message, balances=balances, more="".join(rendered[1:]))


def test_statements_of_one_file_that_overlap_bring_each_line_once(fresh):
    bank = fresh()
    told = bring(bank, one_file([(TWICE[:2], 0), (TWICE[1:], 12_000)]))
    assert counts(told) == (3, 1, ["statement-overlap"])
    assert told.warnings[0].message == (
        "1 line of main stands in more than one statement of the file: taken once"
    )
    assert bank.of("1200") == {"main": -(24_000 - 750)}
    assert counts(bring(bank, camt(TWICE))) == (0, 3, [])


def test_reports_of_the_day_so_far_in_one_file_bring_each_line_once(fresh):
    bank = fresh()
    reports = [(TWICE[:length], 0) for length in (1, 2, 3)]
    told = bring(bank, one_file(reports, "camt.052", balances=()))
    assert counts(told) == (3, 3, ["statement-overlap"])
    assert told.warnings[0].message.startswith("3 lines of main stand in more than one")


def test_equal_lines_on_either_side_of_a_page_are_both_real(fresh):
    bank = fresh()
    equal = [(day(3), 500, "BROOKS", "LEVY")]
    assert counts(bring(bank, one_file([(equal, 0), (equal, 500), (equal, 1_000)]))) == (3, 0, [])
    other = fresh()
    assert counts(bring(other, one_file([(equal, 500), (equal, 0)])))[:2] == (2, 0)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_pages_of_a_day_in_any_order_have_no_gap_and_keep_equal_lines(fresh, order):
    bank = fresh()
    bring(bank, camt([(day(2), 300, "BEECH", "LEVY")]))
    equal = (day(3), 500, "BROOKS", "LEVY")
    pages = [
        ([equal], 300),
        ([equal, (day(3), 1, "A", "")], 800),
        ([equal], 1_301),
        ([equal, (day(4), 2, "B", "")], 1_801),
    ]
    told = bring(bank, one_file([pages[place] for place in order]))
    assert counts(told) == (6, 0, [])
    assert counts(bring(bank, camt([(day(5), 9, "C", "")], 2_303))) == (1, 0, [])


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_page_that_comes_to_nothing_keeps_its_place_among_those_of_the_day(fresh, order):
    bank = fresh()
    pages = [
        ([(day(3), 100, "A", "")], 0),
        ([(day(3), 7, "B", ""), (day(3), -7, "B", "")], 100),
        ([(day(3), 200, "C", "")], 100),
        ([(day(3), 50, "D", "")], 300),
    ]
    assert counts(bring(bank, one_file([pages[place] for place in order]))) == (5, 0, [])
    texts = [row["description"] for row in list_bank(bank.books.office())]
    assert texts == ["A", "B", "B", "C", "D"]


def test_a_page_that_begins_with_an_entry_booked_back_is_no_gap(fresh):
    bank = fresh()
    equal = (day(5), 500, "BROOKS", "LEVY")
    pages = [([equal], 0), ([(day(4), 100, "A", ""), equal], 500)]
    assert counts(bring(bank, one_file(pages))) == (3, 0, [])
    other = fresh()
    assert counts(bring(other, one_file(pages[::-1]))) == (3, 0, [])


def test_a_gap_before_pages_that_stand_newest_first_is_told_once(fresh):
    bank = fresh()
    bring(bank, camt([(day(2), 300, "BEECH", "LEVY")]))
    pages = [([(day(3), 7, "B", "")], 900), ([(day(3), 100, "A", "")], 800)]
    told = bring(bank, one_file(pages))
    assert counts(told) == (2, 0, ["statement-gap"])
    assert told.warnings[0].message.startswith("£5.00 lies between")
    pages = [([(day(5), 9, "D", "")], 907), ([(day(4), 1, "C", "")], 500)]
    told = bring(bank, one_file(pages))
    assert counts(told) == (2, 0, ["statement-gap", "statement-gap"])


def test_a_later_statement_that_ends_where_an_earlier_began_does_not_go_before_it(fresh):
    """£0 → £1 on the 3rd, £5 → £0 on the 10th: £4 came in between."""
    bank = fresh()
    told = bring(bank, one_file([([(day(10), -500, "B", "")], 500), ([(day(3), 100, "A", "")], 0)]))
    assert counts(told) == (2, 0, ["statement-gap"])
    assert told.warnings[0].message.startswith("£4.00 lies between")


def test_a_file_that_does_not_prove_stores_nothing(fresh):
    bank = fresh()
    path = bank.books.folder / "wrong"
    path.write_text(camt(TWICE).replace(">232.50<", ">232.51<"), encoding="utf-8")
    outcome = import_bank(bank.books.office(today=TODAY), path)
    assert (outcome.status, [item.code for item in outcome.problems]) == (
        "rejected",
        ["balance-differs"],
    )
    assert bank.rows() == {}


entries = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from([100, 200, -50])), min_size=1, max_size=7
)
RENDER = {
    "camt.053": lambda lines, opening: camt(lines, opening),
    "mt940": lambda lines, opening: mt940([(d, p, n, o) for d, p, n, _t, o in lines], opening),
    "ofx": lambda lines, opening: ofx(lines, opening + sum(line[1] for line in lines)),
    "csv": lambda lines, opening: export([(d, p, n) for d, p, n, _t, _o in lines], opening),
}


@in_a_moment
@given(
    entries,
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 4), st.sampled_from(sorted(RENDER))), max_size=4
    ),
    st.sampled_from(sorted(RENDER)),
)
def test_any_overlap_in_any_formats_and_order_gives_the_same_books(fresh, given_, parts, whole):
    lines = [
        (day(number), pence, f"N{number}", "", f"R{place}")
        for place, (number, pence) in enumerate(sorted(given_))
    ]
    bank = fresh()
    for one, other, kind in [*parts, (1, 4, whole)]:
        first, last = sorted((day(one), day(other)))
        part = [line for line in lines if first <= line[0] <= last]
        opening = sum(line[1] for line in lines if line[0] < first)
        if part:
            bring(bank, RENDER[kind](part, opening))
    expected = Counter((on.isoformat(), pence) for on, pence, *_texts in lines)
    stored = Counter((row["date"], parse_pounds(row["amount"])) for row in bank.rows().values())
    assert stored == expected
    bank.prove()


@in_a_moment
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from([100, 200]), st.booleans()),
        min_size=1,
        max_size=7,
    ),
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=4),
    st.randoms(use_true_random=False),
)
def test_any_overlap_within_one_file_gives_the_same_books(fresh, given_, parts, chance):
    lines = [
        (day(number), pence, f"N{number}", "", f"R{place}" if named else "")
        for place, (number, pence, named) in enumerate(sorted(given_))
    ]
    cut = []
    for one, other in [*parts, (1, 4)]:
        first, last = sorted((day(one), day(other)))
        part = [line for line in lines if first <= line[0] <= last]
        if part:
            cut.append((part, sum(line[1] for line in lines if line[0] < first)))
    chance.shuffle(cut)
    bank = fresh()
    bring(bank, one_file(cut))
    stored = Counter((row["date"], parse_pounds(row["amount"])) for row in bank.rows().values())
    assert stored == Counter((on.isoformat(), pence) for on, pence, *_texts in lines)
    bank.prove()


def test_postgresql_knows_lines_again(postgres_ledger, tmp_path):
    books = Books(tmp_path, received_book(), postgres_ledger)
    bank = Bank(books)
    bring(bank, camt(TWICE[:2]))
    assert counts(bring(bank, camt(TWICE, version=8))) == (1, 2, [])
    words = [(on, pence, f"{name} {text}") for on, pence, name, text, _own in TWICE]
    assert counts(bring(bank, export(words))) == (0, 3, ["known-by-amount"])
    bank.prove()
    books.ledger.close()
