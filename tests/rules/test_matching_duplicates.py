"""Which lines without a counterpart are there twice: by a joined twin, or by another file."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.matching.lines import SpendLine, net_of
from levytool.rules.matching.reasons import duplicates_of, twin_of, twins_of
from tests.rules.test_matching import line

FIRST = line(1, 10_000, invoice="P/9")._replace(number=2)
AGAIN = line(1, 10_000, day=3, invoice="inv P-009")


@st.composite
def some_lines(draw: st.DrawFn) -> list[SpendLine]:
    return [
        line(
            line_no,
            draw(st.sampled_from([10_000, -9_000])),
            draw(st.sampled_from([0, 10, 50])),
            invoice=draw(st.sampled_from(["", "A1", "a-01", "B1"])),
            member=draw(st.sampled_from(["ELM", "OAK"])),
        )._replace(number=draw(st.integers(1, 3)))
        for line_no in range(draw(st.integers(0, 9)))
    ]


def test_what_another_file_has_too_is_a_duplicate_whichever_came_first():
    assert duplicates_of([AGAIN, FIRST], set()) == {AGAIN}
    swapped = [FIRST._replace(number=1), AGAIN._replace(number=2)]
    assert duplicates_of(swapped, set()) == {swapped[1]}


def test_equal_lines_of_one_file_are_all_real():
    assert duplicates_of([FIRST, FIRST._replace(line_no=2)], set()) == set()


def test_the_file_that_has_most_of_an_invoice_keeps_it():
    twice = [AGAIN, AGAIN._replace(line_no=2)]
    assert duplicates_of([FIRST, *twice], set()) == {FIRST}


def test_another_member_contractor_number_or_net_is_another_invoice():
    others = [
        AGAIN._replace(**other)
        for other in (
            {"member": "N"},
            {"contractor": "D"},
            {"invoice": "P/10"},
            {"invoice": ""},
            {"net_pence": 10_001},
        )
    ]
    assert duplicates_of([FIRST, *others], set()) == set()


def test_what_is_billed_each_month_by_one_number_is_one_invoice_each_time():
    monthly = [FIRST._replace(number=number, day=30 * number) for number in (2, 3, 4)]
    again = monthly[1]._replace(number=9, day=monthly[1].day + 14)
    assert duplicates_of(monthly, set()) == set()
    assert duplicates_of([*monthly, again], set()) == {again}
    later = again._replace(day=again.day + 1)
    assert duplicates_of([*monthly[:2], later], set()) == set()


def test_what_is_also_taken_back_counts_as_its_side_has_it():
    """Posted twice and reversed once, or billed anew: once is left, which no credit hides."""
    back = line(3, -10_000, day=9, invoice="P/9")._replace(number=3)
    assert duplicates_of([FIRST, AGAIN, back], set()) == set()
    named = back._replace(invoice="CN 4", credits="p 9")
    assert duplicates_of([FIRST, AGAIN, named], set()) == set()
    assert duplicates_of([FIRST, AGAIN, back._replace(net_pence=-9_000)], set()) == {AGAIN}
    assert duplicates_of([FIRST, AGAIN, back._replace(invoice="CN 4")], set()) == {AGAIN}


def test_of_what_is_joined_any_further_line_is_a_duplicate():
    both = [FIRST, FIRST._replace(line_no=2)]
    assert duplicates_of(both, twins_of([AGAIN])) == set(both)


@given(some_lines(), st.randoms(use_true_random=False))
def test_each_invoice_keeps_what_one_file_has_of_it_whatever_order_files_come_in(lines, random):
    again = duplicates_of(lines, set())
    assert again <= {item for item in lines if twin_of(item)}
    # Of the days 0, 10 and 50 the first two are of one time.
    later = FIRST.day + 20
    of_file = Counter((twin_of(item), item.day > later, item.number) for item in lines)
    kept = Counter((twin_of(item), item.day > later) for item in lines if item not in again)
    for *of, _number in of_file:
        most = max(count for (*other, _), count in of_file.items() if other == of)
        assert kept[*of] == most or of[0] is None
    numbers = random.sample((1, 2, 3), 3)
    renumbered = [item._replace(number=numbers[item.number - 1]) for item in lines]
    random.shuffle(renumbered)
    again_there = duplicates_of(renumbered, set())
    assert (len(again_there), net_of(again_there)) == (len(again), net_of(again))
    assert Counter(item[:-4] for item in again_there) == Counter(item[:-4] for item in again)
