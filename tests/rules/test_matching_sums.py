"""Sums that chance may make are suggested, never joined, and never left without a word."""

from datetime import date, timedelta
from itertools import combinations
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.matching import sum_parts, sums
from levytool.rules.matching.lines import SUM, VAT, Open, SpendLine, Terms, net_of, place, says
from levytool.rules.matching.passes import MOST_FOR_ONE_LINE, run_passes
from levytool.rules.matching.sum_search import EXHAUSTED, Pool, Steps
from levytool.rules.matching.sums import BY_CHANCE, MANY_LINES, MANY_SETS, MORE_FIT

FIRST = date(2025, 3, 1)


def line(number, net, day=0, **said):
    """A line of one member and contractor that names no call-off."""
    when = FIRST + timedelta(day)
    told = {"invoice": "", "call_off": "", "framework": "F", "number": 1, "line_no": number}
    return SpendLine(
        net_pence=net,
        day=when.toordinal(),
        date=when.isoformat(),
        period=when.isoformat()[:7],
        description="",
        credits="",
        lot="",
        kept="",
        member="M",
        contractor="C",
        key_hash=number,
        **(told | said),
    )


def matched(declared, recorded, apart=MappingProxyType({}), apart_sets=frozenset()):
    """What every pass makes of two sides."""
    open_ = Open(declared, recorded, apart, apart_sets)
    run_passes(open_, Terms())
    return open_


PENCE = (80445, 308426, 454299, 430617, 410437, 43086, 143729, 71823, 269750, 408963, 245662,
         257592, 351622, 209034, 423519)  # fmt: skip
"""Fifteen amounts of which just one set of 2 to 12 makes the sum of five."""
FIVE = (0, 3, 6, 9, 12)


def test_the_one_set_that_makes_a_line_among_many_is_suggested():
    declared = [line(n, pence, day=n, invoice=f"D{n}") for n, pence in enumerate(PENCE)]
    whole = line(99, sum(PENCE[n] for n in FIVE), day=19, invoice="PAY1")
    fitting = [
        chosen
        for size in range(2, 13)
        for chosen in combinations(declared, size)
        if abs(net_of(chosen) - whole.net_pence) <= 2
    ]
    assert len(fitting) == 1
    open_ = matched(declared, [whole])
    assert open_.matches == [] and open_.sums_left == {}
    assert open_.suggestions == [(BY_CHANCE, tuple(sorted(fitting[0])), (whole,))]
    turned = matched([whole], [replace_side(one) for one in declared])
    assert [(item.why, len(item.recorded)) for item in turned.suggestions] == [(BY_CHANCE, 5)]
    few = [part for n, part in enumerate(declared) if n in FIVE or n in (1, 5)]
    assert [match.rule for match in matched(few, [whole]).matches] == [SUM]


def replace_side(one):
    """A declared line as a ledger without frameworks records it."""
    return one._replace(framework="")


RIVALS = (247846, 369549, 92437, 29984, 134413, 287968, 413101, 219686, 192086, 197423, 94953,
          327105, 103133, 62501, 396323)  # fmt: skip
"""Fifteen amounts of which four make 984,015 and so do the last five, a penny away."""


def test_a_set_is_not_joined_where_a_larger_one_makes_the_line_too():
    """Domain §3.6: an ambiguous sum is a suggestion, never a match."""
    parts = [line(n, pence, day=n, invoice=f"D{n}") for n, pence in enumerate(RIVALS)]
    whole = line(99, 984_015, day=19, invoice="PAY1")
    open_ = matched(parts, [whole])
    assert open_.matches == []
    assert [(item.why, len(item.declared)) for item in open_.suggestions] == [
        (MORE_FIT, 4),
        (MORE_FIT, 5),
    ]
    assert [match.rule for match in matched(parts[:-1], [whole]).matches] == [SUM]


def test_a_line_that_many_sets_make_is_named_instead_of_a_guess():
    parts = [line(n, 100_000 + n % 7, day=n) for n in range(20)]
    open_ = matched(parts, [line(99, 600_015, day=3)])
    assert open_.matches == [] and open_.suggestions == []
    assert list(open_.sums_left.values()) == [MANY_SETS]


def test_a_line_beside_too_many_to_search_is_named():
    parts = [line(n, 10_000 + 137 * n, day=n % 28) for n in range(400)]
    open_ = matched(parts, [line(999, 500_000, day=3)])
    assert open_.suggestions == [] and list(open_.sums_left.values()) == [MANY_LINES]


def test_what_no_set_can_make_is_not_named():
    parts = [line(n, 10_000 + 137 * n, day=n % 28) for n in range(400)]
    for net in (15_000, -400_000, 0, 999_999_999_999):
        assert matched(parts, [line(999, net, day=3)]).sums_left == {}


def test_other_invoices_of_one_series_are_no_parts():
    """A ledger that has the contractor's own numbers has another invoice, not a sum."""
    parts = [line(n, pence, day=n, invoice=f"A{n + 10}") for n, pence in enumerate(PENCE)]
    whole = line(99, sum(PENCE[n] for n in FIVE), day=19, invoice="A77")
    other = matched(parts, [whole])
    assert other.suggestions == [] and other.sums_left == {}
    assert len(matched(parts, [whole._replace(invoice="7")]).suggestions) == 1


def test_what_a_person_took_apart_is_no_part():
    parts = [line(n, pence, day=n) for n, pence in enumerate(PENCE)]
    whole = line(99, sum(PENCE[n] for n in FIVE), day=19)
    apart = {(place(parts[3]), place(whole)): True}
    assert matched(parts, [whole], apart).suggestions == []


def rejected(whole, *parts):
    """That a person has said of the sum of some parts that it is not the whole."""
    return frozenset({(says(parts), says((whole,)))})


def test_a_rejected_set_leaves_each_part_free_to_be_the_whole_alone():
    """The set was chance; one of its lines has the whole's amount with VAT on top."""
    parts = [line(1, 1_000_000, call_off="C1"), line(2, 200_000, call_off="C1", day=9)]
    whole = line(9, 1_200_000, call_off="C1", day=3)
    assert [match.rule for match in matched(parts, [whole]).matches] == [SUM]
    (match,) = matched(parts, [whole], apart_sets=rejected(whole, *parts)).matches
    assert (match.rule, match.declared) == (VAT, (parts[0],))


def test_what_makes_a_line_beside_a_set_that_was_rejected_is_only_suggested():
    """A set that a person rejected made it too: that the other does proves less."""
    parts = [line(n, pence, day=n) for n, pence in enumerate((7_000_000, 5_000_000, 5_000_001))]
    whole = line(9, 12_000_000, day=12)
    assert [item.declared for item in matched(parts, [whole]).suggestions] == [
        (parts[1], parts[0]),
        (parts[2], parts[0]),
    ]
    open_ = matched(parts, [whole], apart_sets=rejected(whole, parts[1], parts[0]))
    assert [(item.why, item.declared) for item in open_.suggestions] == [
        (MORE_FIT, (parts[2], parts[0]))
    ]
    assert open_.matches == []


@st.composite
def planted(draw):
    """Lines of one block, some of which make another line."""
    count = draw(st.integers(3, 16))
    nets = draw(st.lists(st.integers(1_000, 90_000_000), min_size=count, max_size=count))
    chosen = draw(st.sets(st.integers(0, count - 1), min_size=2, max_size=min(12, count)))
    parts = [line(n, net, day=n, invoice=f"D{n}") for n, net in enumerate(nets)]
    return parts, line(99, sum(nets[n] for n in chosen), day=20, invoice="PAY1")


@given(planted())
def test_whatever_one_set_alone_makes_is_matched_or_suggested(block):
    parts, whole = block
    fitting = [
        tuple(sorted(chosen))
        for size in range(2, min(len(parts), 12) + 1)
        for chosen in combinations(parts, size)
        if abs(net_of(chosen) - whole.net_pence) <= 2
    ]
    open_ = matched(parts, [whole])
    if whole not in open_.recorded and open_.matches[0].rule != SUM:
        return  # another pass joined it before
    told = [
        item.declared for item in (*open_.matches, *open_.suggestions) if len(item.declared) > 1
    ]
    assert set(told) <= set(fitting)
    if len(fitting) == 1:
        assert told == fitting
    else:
        assert told or whole in open_.sums_left


@st.composite
def block(draw):
    """Both sides of a block with few amounts and days, so that much sums to much."""
    nets = st.sampled_from([100, 250, 325, 333, 1_000, -100, 2_000, 5_000])

    def side(first, most):
        return [
            line(first + n, draw(nets) * draw(st.integers(1, 9)),
                 day=draw(st.sampled_from([0, 3, 40])),
                 invoice=draw(st.sampled_from(["", "A1", "X 2"])))
            for n in range(draw(st.integers(0, most)))
        ]  # fmt: skip

    return side(0, 14), side(100, 6)


@given(block())
def test_a_set_that_was_rejected_is_neither_joined_nor_suggested_again(sides):
    """Nor is one of lines that say the same."""
    before = matched(*sides).suggestions
    apart = {(says(i[1]), says(i[2])) for i in before if len(i.declared) + len(i.recorded) > 2}
    again = matched(*sides, apart_sets=frozenset(apart))
    assert apart.isdisjoint((says(i[1]), says(i[2])) for i in (*again.matches, *again.suggestions))


@given(block(), st.randoms(use_true_random=False))
def test_suggested_sums_are_of_open_lines_few_for_each_whatever_the_order(sides, random):
    open_ = matched(*sides)
    for item in open_.suggestions:
        assert open_.are_open(item.declared, item.recorded)
        if item.why in (BY_CHANCE, MORE_FIT):
            assert abs(net_of(item.declared) - net_of(item.recorded)) <= 2
            assert 1 in (len(item.declared), len(item.recorded))
    for one in (*open_.declared, *open_.recorded):
        named = [i for i in open_.suggestions if one in i.declared or one in i.recorded]
        assert len(named) <= MOST_FOR_ONE_LINE
    shuffled = [
        [each._replace(number=random.randrange(9), line_no=n) for n, each in enumerate(
            random.sample(side, len(side)))]
        for side in sides
    ]  # fmt: skip

    def told(found):
        return sorted(
            (item.why, *([each[:-4] for each in side] for side in item[1:]))
            for item in found.suggestions
        ), sorted((each[:-4], why) for each, why in found.sums_left.items())

    assert told(matched(*shuffled)) == told(open_)


@given(
    st.lists(st.integers(1, 60), min_size=2, max_size=10), st.integers(1, 200), st.integers(0, 3)
)
def test_the_search_finds_each_set_of_a_size_once(amounts, goal, tolerance):
    amounts = sorted(amounts)
    pool = Pool(amounts)
    for size in range(2, len(amounts) + 1):
        wanted = [
            places
            for places in combinations(range(len(amounts)), size)
            if abs(sum(amounts[at] for at in places) - goal) <= tolerance
        ]
        assert sorted(pool.sets(size, goal - tolerance, goal + tolerance)) == wanted
        assert pool.can_reach(size, goal - tolerance, goal + tolerance) or not wanted


@pytest.mark.parametrize("count", [12, EXHAUSTED])
def test_every_size_of_what_is_exhausted_may_be_looked_at(count):
    assert all(Pool([1] * count).may_be_looked_at(size) for size in range(2, 13))


@pytest.mark.parametrize("days", [30, 1_000])
@pytest.mark.parametrize("call_offs", [1, 700])
def test_a_large_block_costs_a_bounded_number_of_steps_and_the_rest_is_named(
    monkeypatch, days, call_offs
):
    taken = []

    class Counted(Steps):
        def __init__(self, most):
            super().__init__(most)
            taken.append(self)

    def lines(count, first, letter):
        return [
            line(first + n, 3_000 + 7_919 * (n + first) % 900_001, day=(n * 17) % days,
                 invoice=f"{letter}{n}",
                 call_off=f"c{n % call_offs}" if call_offs > 1 and n % 2 else "")
            for n in range(count)
        ]  # fmt: skip

    monkeypatch.setattr(sums, "BLOCK_STEPS", 4_000)
    monkeypatch.setattr(sum_parts, "PLACES", 50_000)
    monkeypatch.setattr(sums, "Steps", Counted)
    monkeypatch.setattr(sum_parts, "Steps", Counted)
    open_ = Open(lines(1_500, 0, "D"), lines(700, 10_000, "L"))
    sums.join_sums(open_, Terms())
    sums.suggest_sums(open_, Terms())
    # What one line needs at most may lie beyond the bound: it is not begun when that is reached.
    assert max(steps.taken / steps.most for steps in taken) < 10
    assert len(taken) <= 5
    named = {line for item in open_.suggestions for line in (*item.declared, *item.recorded)}
    assert open_.sums_left and not named.intersection(open_.sums_left).difference(
        open_.declared, open_.recorded
    )
