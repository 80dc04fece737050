"""What the statements of an account begin and end with, in whatever order they came."""

from datetime import date, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from levytool.ledger.bank.statement_chain import Span, beginning, ending

LAST = date(2014, 3, 31)


def on(day):
    return date(2014, 3, day)


def span(opening, closing, first, last=None, lines=1, until=None):
    days = on(first), on(last or first)
    return Span(1, opening, closing, *days, lines, None if until is None else on(until))


def ends(*spans):
    """The day and the balance of either end, of one that is sure."""
    begin, end = beginning(spans), ending(spans, LAST)
    return (begin.day.day, *begin.sure), (end.day.day, *end.sure)


DAY = (span(0, 40, 3), span(40, 10, 3), span(10, 60, 3, 4), span(60, 50, 4), span(50, 70, 4))


@pytest.mark.parametrize("order", [*permutations(DAY)])
def test_pieces_of_a_day_make_one_chain_in_any_order(order):
    assert ends(*order) == ((3, 0), (4, 70))


def test_what_leads_round_may_begin_anywhere():
    assert beginning([span(10, 0, 3), span(0, 10, 3)]).sure == (10, 0)
    assert ending([span(10, 0, 3), span(0, 10, 3)], LAST).sure == (10, 0)
    assert beginning([span(0, 10, 3), span(10, 0, 3), span(0, 5, 3)]).sure == (0,)


def test_what_comes_to_nil_joins_where_its_balance_is_and_nowhere_else():
    assert ends(span(40, 40, 3), span(0, 40, 3), span(40, 70, 3)) == ((3, 0), (3, 70))
    # Between 20 and what follows something lies, so it goes first and last: no chain agrees.
    assert ends(span(50, 70, 3), span(20, 20, 3)) == ((3, 20), (3, 20))


def test_of_several_chains_of_a_day_the_first_that_came_begins_and_the_last_ends():
    assert ends(span(0, 10, 3), span(30, 40, 3)) == ((3, 0), (3, 40))
    assert ends(span(30, 40, 3), span(0, 10, 3)) == ((3, 30), (3, 10))


def test_a_whole_day_and_its_parts_are_each_possible_the_longer_first():
    spans = [span(30, 40, 3, lines=1), span(0, 40, 3, lines=4)]
    assert beginning(spans).possible == (0, 30)
    assert ending(spans, LAST).possible == (40,)


def test_an_entry_booked_back_on_a_second_page_begins_nothing():
    assert 0 in beginning([span(0, 500, 5), span(500, 1_100, 4, 5)]).sure


def test_a_closing_balance_is_of_its_own_day_unless_another_goes_on():
    first, later = span(0, 40, 3, until=31), span(40, 50, 30)
    assert ends(first) == ((3, 0), (31, 40))
    assert ending([first], LAST).whole_day
    assert ends(first, later) == ends(later, first) == ((3, 0), (30, 50))
    assert ending([first], on(30)) == ending([span(0, 40, 3)], LAST)


def test_a_statement_without_lines_says_what_there_is_at_the_end_of_its_day():
    quiet = span(40, 40, 3, lines=0)
    assert ends(quiet) == ((4, 40), (3, 40))
    assert ends(quiet, span(40, 50, 4)) == ((4, 40), (4, 50))


def test_a_statement_that_is_not_over_by_a_day_says_nothing_of_it():
    assert ending([span(0, 40, 3, 5)], on(4)) is None
    assert beginning([]) is None


@st.composite
def pieces(draw, least=1, most=9):
    """A truth cut anywhere: the balance it begins with, and its `least` to `most` pieces in their
    order."""
    some = st.sampled_from([100, 100, -100, 50, -300, 7])
    amounts = draw(st.lists(some, min_size=least, max_size=9))
    days = sorted(draw(st.lists(st.integers(3, 5), min_size=len(amounts), max_size=len(amounts))))
    opening = draw(st.sampled_from([0, 100, -50]))
    places = draw(st.permutations(range(1, len(amounts))))
    cuts = sorted(places[: draw(st.integers(least - 1, min(most, len(amounts)) - 1))])
    found = [
        span(
            opening + sum(amounts[:start]),
            opening + sum(amounts[:stop]),
            days[start],
            days[stop - 1],
            lines=stop - start,
        )
        for start, stop in pairwise([0, *cuts, len(amounts)])
    ]
    return opening, found


def agreeing(spans):
    """What an account held before, for each way that its statements and its lines agree."""
    total = sum(one.closing_pence - one.opening_pence for one in spans)
    begin, end = beginning(spans), ending(spans, LAST)
    return {before for before in begin.sure for closing in end.sure if closing - before == total}


def may_be_whole(spans, opening):
    """Whether some order of them, by their days, goes on from one to the next."""
    return any(
        order[0].opening_pence == opening
        and all(
            one.closing_pence == later.opening_pence and one.last <= later.first
            for one, later in pairwise(order)
        )
        for order in permutations(spans)
    )


@given(pieces(), st.data())
def test_all_that_is_in_agrees_with_what_the_account_held(found, data):
    opening, spans = found
    mixed = data.draw(st.permutations(spans))
    assert opening in agreeing(mixed)
    day = [one for one in spans if one.first == spans[0].first]
    if sum(one.closing_pence - one.opening_pence for one in day):
        assert beginning(mixed).sure[0] == opening


@given(pieces(least=3, most=7), st.data())
def test_a_piece_that_is_left_out_is_never_all_well(found, data):
    opening, spans = found
    left_out = data.draw(st.integers(1, len(spans) - 2))
    gap = spans[left_out]
    rest = [one for one in spans if one is not gap]
    assume(gap.opening_pence != gap.closing_pence and not may_be_whole(rest, opening))
    assert opening not in agreeing(data.draw(st.permutations(rest)))


@given(pieces(), st.integers(1, 9))
def test_days_move_with_their_statements(found, by):
    _opening, spans = found
    later = [
        one._replace(first=one.first + timedelta(by), last=one.last + timedelta(by))
        for one in spans
    ]
    begin, moved = beginning(spans), beginning(later)
    assert moved == begin._replace(day=begin.day + timedelta(by))
