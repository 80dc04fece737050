"""Whatever stands on the two sides: a line is used once, nothing is lost, order does not matter."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.matching.lines import EXACT, INVOICE, Open, SpendLine, Terms, net_of
from levytool.rules.matching.passes import join_accepted, run_passes

FIRST = date(2025, 3, 1)
NETS = st.sampled_from([10_000, 12_000, 9_500, 10_001, 4_000, 6_000, -2_000, 8_000, 0, 500])


@st.composite
def lines(draw, framework: st.SearchStrategy[str]) -> list[SpendLine]:
    """A side: few parties, amounts and numbers, so that much of it goes together."""
    found = []
    for number in range(draw(st.integers(0, 9))):
        day = FIRST + timedelta(draw(st.sampled_from([0, 0, 3, 20, 50])))
        found.append(
            SpendLine(
                net_pence=draw(NETS),
                day=day.toordinal(),
                invoice=draw(st.sampled_from(["", "A1", "A2", "inv-1", "0002", "CN 7"])),
                call_off=draw(st.sampled_from(["", "C1", "C2"])),
                framework=draw(framework),
                description="",
                credits=draw(st.sampled_from(["", "", "A1"])),
                lot="",
                kept="",
                date=day.isoformat(),
                period=day.isoformat()[:7],
                member=draw(st.sampled_from(["M1", "M2"])),
                contractor="C",
                key_hash=0,
                number=1,
                line_no=number,
            )
        )
    return found


SIDES = st.tuples(lines(st.sampled_from(["F1", "F2"])), lines(st.sampled_from(["", "F1", "F2"])))


def matched(declared: list[SpendLine], recorded: list[SpendLine]) -> Open:
    """Everything joined that can be."""
    open_ = Open(declared, recorded)
    run_passes(open_, Terms(), lambda one, other: 100 if one == other else 90)
    return open_


def content(line: SpendLine) -> tuple[object, ...]:
    """What a line says, without where it stands."""
    return line._replace(number=0, line_no=0)


@given(SIDES)
def test_no_line_is_used_twice_and_none_is_lost(sides):
    declared, recorded = sides
    open_ = matched(declared, recorded)
    ours = [line for match in open_.matches for line in match.declared]
    theirs = [line for match in open_.matches for line in match.recorded]
    assert Counter([*ours, *open_.declared]) == Counter(declared)
    assert Counter([*theirs, *open_.recorded]) == Counter(recorded)
    assert net_of(ours) + net_of(open_.declared) == net_of(declared)
    assert net_of(theirs) + net_of(open_.recorded) == net_of(recorded)


@given(SIDES, st.randoms(use_true_random=False))
def test_the_order_of_files_and_lines_does_not_matter(sides, random):
    found = matched(*sides)
    shuffled = []
    for side in sides:
        other = [line._replace(number=random.randrange(9), line_no=n) for n, line in enumerate(
            random.sample(side, len(side)))]  # fmt: skip
        shuffled.append(other)
    again = matched(*shuffled)

    def told(open_: Open) -> tuple[object, ...]:
        return (
            Counter(
                (match.rule, tuple(sorted(map(content, match.declared))),
                 tuple(sorted(map(content, match.recorded))))
                for match in open_.matches
            ),
            Counter(map(content, open_.declared)),
            Counter(map(content, open_.recorded)),
        )  # fmt: skip

    assert told(found) == told(again)


@given(SIDES)
def test_what_is_joined_lies_within_window_member_and_contractor(sides):
    for match in matched(*sides).matches:
        days = [line.day for line in (*match.declared, *match.recorded)]
        assert len(match.declared) <= 13 and len(match.recorded) <= 13
        assert max(days) - min(days) <= 2 * Terms().window_days
        if match.rule in (EXACT, INVOICE):
            assert len({line.block for line in (*match.declared, *match.recorded)}) == 1


@given(SIDES)
def test_suggestions_are_of_open_lines_only(sides):
    open_ = matched(*sides)
    for suggestion in open_.suggestions:
        assert all(line in open_.declared for line in suggestion.declared)
        assert all(line in open_.recorded for line in suggestion.recorded)
        assert suggestion.declared and suggestion.recorded


@given(lines(st.just("F1")))
def test_a_side_beside_itself_agrees_entirely(side):
    side = [line for line in side if line.invoice]
    open_ = matched(side, side)
    assert not open_.declared and not open_.recorded
    assert {match.net_difference_pence for match in open_.matches} <= {0}


@given(SIDES, SIDES)
def test_what_is_accepted_stays_joined_whatever_comes_later(sides, later):
    """Each match alone, and nothing is used twice or lost besides."""
    more = [[line._replace(number=2) for line in side] for side in later]
    for match in matched(*sides).matches:
        open_ = Open([*sides[0], *more[0]], [*sides[1], *more[1]])
        join_accepted(open_, [(match.declared[::-1], match.recorded)], Terms())
        (kept,) = open_.matches
        assert (kept.rule, {*kept.declared}, {*kept.recorded}) == (
            match.rule,
            {*match.declared},
            {*match.recorded},
        )
        run_passes(open_, Terms())
        # A credit or a release that comes later may join it.
        first = open_.matches[0]
        assert {*match.declared} <= {*first.declared} and {*match.recorded} <= {*first.recorded}
        ours = [line for one in open_.matches for line in one.declared]
        assert Counter([*ours, *open_.declared]) == Counter([*sides[0], *more[0]])
