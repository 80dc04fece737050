"""Equal lines of one day in files of a part of the day each: the balances tell them apart."""

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.desk.bank.import_bank import import_bank
from levytool.desk.bank.withdraw_lines import withdraw_lines
from levytool.money import parse_pounds
from tests.bank.exports import day, export
from tests.bank.renderers import camt, mt940, ofx
from tests.desk.banked import received_book
from tests.desk.consortium import TODAY, Books

in_a_moment = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
A = (day(3), 10_000, "BROOKS")
B = (day(3), 5_000, "BEECH")
RENDER = {
    "camt.053": camt,
    "mt940": mt940,
    "csv": export,
}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The file of a ledger with a book."""
    books = Books(tmp_path_factory.mktemp("template"), received_book())
    books.ledger.close()
    return books.folder / "books.db"


def bring(bank, text):
    """Import a file of this text: new lines, lines seen before, and what there was to say."""
    bank._files += 1
    path = bank.books.folder / f"statement-{bank._files}"
    path.write_text(text, encoding="utf-8")
    outcome = import_bank(bank.books.office(today=TODAY), path)
    assert outcome.problems == []
    bank.prove()
    return outcome.new, outcome.seen, [item.code for item in outcome.warnings]


@pytest.mark.parametrize("render", RENDER.values(), ids=RENDER)
def test_a_line_where_the_days_lines_in_the_books_end_is_another(fresh, render):
    bank = fresh()
    bring(bank, render([A], 0))
    assert bring(bank, render([A], 10_000)) == (1, 0, [])
    assert bring(bank, render([A, A], 20_000)) == (2, 0, [])
    assert bring(bank, render([(day(4), 1, "X")], 40_000)) == (1, 0, [])


@pytest.mark.parametrize("render", RENDER.values(), ids=RENDER)
def test_a_line_that_ends_where_the_days_lines_in_the_books_begin_is_another(fresh, render):
    bank = fresh()
    bring(bank, render([A], 10_000))
    assert bring(bank, render([A], 0))[:2] == (1, 0)
    assert bring(bank, render([A, A], 0)) == (0, 2, [])


def test_formats_may_be_mixed(fresh):
    bank = fresh()
    bring(bank, export([A], 0))
    assert bring(bank, camt([A], 10_000)) == (1, 0, [])
    assert bring(bank, mt940([A], 20_000)) == (1, 0, [])
    assert bring(bank, ofx([(*A, "", "")] * 3, 30_000))[:2] == (0, 3)


def test_a_line_is_first_looked_for_among_those_of_its_own_format(fresh):
    """The CSV says BROOKS of a receipt that MT940 calls otherwise, and of another alike."""
    bank = fresh()
    bring(bank, export([A], 0))
    assert bring(bank, mt940([A], 10_000))[:2] == (1, 0)
    whole = mt940([A, (day(3), 10_000, "BROOKS LTD")], 0)
    assert bring(bank, whole) == (0, 2, ["known-by-amount"])


def test_a_file_that_repeats_the_days_end_and_goes_on_brings_what_goes_on(fresh):
    bank = fresh()
    bring(bank, export([A, B], 0))
    assert bring(bank, export([B, A], 10_000)) == (1, 1, [])
    assert bring(bank, export([A, B, A], 0)) == (0, 3, [])


def test_the_same_day_again_is_known_by_its_balances_and_without(fresh):
    bank = fresh()
    bring(bank, export([A, B, A]))
    assert bring(bank, camt([A, B, A], number="2")) == (0, 3, [])
    assert bring(bank, export([B, A], 10_000)) == (0, 2, [])
    assert bring(bank, camt([A], balances=())) == (0, 1, [])
    # The order of a day may change; its first and its last balance do not.
    assert bring(bank, export([B, A, A])) == (0, 3, [])
    assert bring(bank, export([A], 5_000)) == (0, 1, [])


def test_a_day_that_the_bank_puts_in_another_order_later_comes_in_once(fresh):
    """£50 and £50 again, then £100; later the £100 stands first."""
    bank = fresh()
    bring(bank, camt([B, B], 1_000))
    assert bring(bank, camt([A, B, B], 1_000, number="2"))[:2] == (1, 2)
    other = fresh()
    bring(other, camt([B, B], 11_000))
    assert bring(other, camt([B, B, A], 1_000, number="2"))[:2] == (1, 2)


def test_where_lines_may_have_gone_out_again_a_like_one_is_taken_for_known(fresh):
    """£100 in, £50 in, £150 out: a report from 0 to £100 may be of the beginning or what comes."""
    bank = fresh()
    bring(bank, camt([A, B, (day(3), -15_000, "OUT")]))
    assert bring(bank, camt([A], number="2")) == (0, 1, [])


def test_balances_that_join_nothing_are_told(fresh):
    bank = fresh()
    bring(bank, export([A]))
    assert bring(bank, export([A], 30_000)) == (0, 1, ["like-known"])
    # The whole day says how often each of its lines stands there.
    assert bring(bank, export([A, (day(3), 20_000, "C"), A])) == (2, 1, [])


def test_pages_of_a_day_with_days_between_prove_nothing(fresh):
    bank = fresh()
    bring(bank, mt940([(day(3), -50, "X")], 200))
    text = mt940([A, (day(4), 200, "C")], 150, number="1")
    bring(bank, text + mt940([(day(3), 200, "D")], 0, number="2"))
    whole = [(day(3), 200, "D"), (day(3), -50, "X"), A, (day(4), 200, "C")]
    assert bring(bank, camt(whole))[:2] == (0, 4)


def test_a_day_of_which_a_line_was_withdrawn_proves_nothing(fresh):
    bank = fresh()
    bring(bank, camt([A, B, A]))
    withdraw_lines(bank.books.office(today=TODAY), ["B-000002"], "wrong")
    new, seen, said = bring(bank, export([A]))
    assert (new, seen, "like-known" in said) == (0, 1, False)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_pages_of_several_files_in_any_order_that_joins(fresh, order):
    bank = fresh()
    found = [bring(bank, camt([A, B], place * 15_000, number=str(place))) for place in order]
    if abs(order[0] - order[1]) == 1:
        assert [item[:2] for item in found] == [(2, 0)] * 3
    else:
        assert [item[:2] for item in found] == [(2, 0), (0, 2), (2, 0)]
        assert found[1][2] == ["like-known"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("render", [camt, mt940])
def test_halves_of_a_day_in_statements_that_go_on_to_other_days_in_any_order(fresh, render, order):
    """£100 on each side of the cut, in statements that state balances before and after alone."""
    before, after = (day(2), 700, "X"), (day(4), 500, "Y")
    files = [([before], 0), ([(day(2), 60, "Z"), A], 700), ([A, after], 10_760)]
    bank = fresh()
    # The two halves lie beside each other in the end, whichever comes first.
    found = [bring(bank, render(*files[place], number=str(place))) for place in order]
    assert [item[:2] for item in found] == [(len(files[place][0]), 0) for place in order]
    assert bring(bank, render([before, (day(2), 60, "Z"), A, A, after], number="9")) == (0, 5, [])


@pytest.mark.parametrize("render", [camt, mt940])
def test_the_first_half_of_a_day_comes_after_a_statement_of_its_rest_and_other_days(fresh, render):
    bank = fresh()
    bring(bank, render([A, (day(4), 500, "Y"), (day(5), 1, "Z")], 10_000, number="2"))
    assert bring(bank, render([A], number="1"))[:2] == (1, 0)
    # The same half again, in a statement of its day alone, is none that the books lack.
    assert bring(bank, render([A], 10_000, number="3"))[:2] == (0, 1)


@st.composite
def parts_of_days(draw):
    """Lines of three days, and files that each tell a stretch of them by the balances."""
    amounts = draw(st.sampled_from([[100], [100, 200], [100, -100, 50]]))
    drawn = st.tuples(st.integers(3, 5), st.sampled_from(amounts))
    lines = sorted(draw(st.lists(drawn, min_size=1, max_size=8)), key=lambda line: line[0])
    cuts = st.tuples(st.integers(0, len(lines)), st.integers(0, len(lines)))
    kinds = st.sampled_from(sorted(RENDER))
    files = draw(st.lists(st.tuples(cuts, kinds), min_size=1, max_size=5))
    return [(day(on), pence, f"N{pence}") for on, pence in lines], files


@in_a_moment
@given(parts_of_days())
def test_no_line_comes_in_twice_whatever_stretches_files_tell(fresh, drawn):
    lines, files = drawn
    bank = fresh()
    for (one, other), kind in files:
        first, last = sorted((one, other))
        if first < last:
            bring(bank, RENDER[kind](lines[first:last], sum(line[1] for line in lines[:first])))
    stored = Counter((row["date"], parse_pounds(row["amount"])) for row in bank.rows().values())
    assert stored <= Counter((on.isoformat(), pence) for on, pence, _text in lines)


@in_a_moment
@given(
    st.lists(st.sampled_from([100, 200]), min_size=2, max_size=7),
    st.lists(st.tuples(st.booleans(), st.integers(1, 3)), max_size=6),
    st.integers(0, 6),
    st.sampled_from(sorted(RENDER)),
)
def test_files_that_join_bring_every_receipt_of_a_day(fresh, amounts, steps, start, kind):
    lines = [(day(3), pence, "N") for pence in amounts]
    first = last = min(start, len(lines))
    bank = fresh()
    for later, length in [*steps, (True, len(lines)), (False, len(lines))]:
        part = (last, min(last + length, len(lines)))
        if not later:
            part = (max(first - length, 0), first)
        if part[0] < part[1]:
            told = bring(bank, RENDER[kind](lines[slice(*part)], sum(amounts[: part[0]])))
            assert told[:2] == (part[1] - part[0], 0)
        first, last = min(first, part[0]), max(last, part[1])
    assert len(bank.rows()) == len(lines)
