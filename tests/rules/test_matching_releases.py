"""A retention that is recorded once it is released belongs to the invoice it was held back from."""

from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.matching.amounts import RETENTIONS_PPM
from levytool.rules.matching.lines import INVOICE, RETENTION, Open, Terms, place
from levytool.rules.matching.passes import run_passes
from levytool.rules.matching.reasons import RETENTION as HELD_BACK
from levytool.rules.matching.reasons import TIMING, reason_of
from tests.rules.test_matching import line

DECLARED = line(1, 100_000, invoice="P-2")
PAID = line(1, 95_000, day=1, invoice="p/02")
RELEASED = line(2, 5_000, day=70, invoice="P2", period="2025-05")


def joined(declared, recorded, apart=None):
    open_ = Open(declared, recorded, apart or {})
    run_passes(open_, Terms())
    return open_


def parts(open_):
    return [(match.rule, match.declared, match.recorded) for match in open_.matches]


def test_the_release_is_taken_in_whatever_its_day_and_only_timing_is_left():
    open_ = joined([DECLARED], [RELEASED, PAID])
    assert parts(open_) == [(INVOICE, (DECLARED,), (RELEASED, PAID))]
    assert not open_.recorded and not open_.suggestions
    (match,) = open_.matches
    assert reason_of(match, Terms(), (), None) == TIMING


def test_a_pair_that_retention_alone_joined_takes_it_in_too():
    paid = PAID._replace(invoice="")
    open_ = joined([DECLARED._replace(net_pence=10_000_000)], [
        paid._replace(net_pence=9_500_000), RELEASED._replace(net_pence=500_000)])  # fmt: skip
    (match,) = open_.matches
    assert (match.rule, len(match.recorded), match.net_difference_pence) == (RETENTION, 2, 0)


def test_a_few_pence_within_the_tolerance_may_be_off():
    (match,) = joined([DECLARED], [PAID, RELEASED._replace(net_pence=5_002)]).matches
    assert (len(match.recorded), match.net_difference_pence) == (2, 2)
    (match,) = joined([DECLARED], [PAID, RELEASED._replace(net_pence=5_003)]).matches
    assert match.recorded == (PAID,)


def test_what_is_no_retention_or_of_another_invoice_stays_open():
    for paid, released in (
        (PAID._replace(net_pence=96_000), RELEASED._replace(net_pence=4_000)),
        (PAID, RELEASED._replace(invoice="P-3")),
        (PAID, RELEASED._replace(invoice="")),
        (PAID, RELEASED._replace(contractor="D")),
        (PAID, RELEASED._replace(member="N")),
        (PAID, RELEASED._replace(net_pence=-5_000)),
    ):
        open_ = joined([DECLARED], [paid, released])
        assert (parts(open_), [*open_.recorded]) == ([(INVOICE, (DECLARED,), (paid,))], [released])


def test_nothing_is_released_before_it_was_held_back():
    """A number may be a standing one: what it had a year before is another charge."""
    earlier = RELEASED._replace(day=PAID.day - 365)
    open_ = joined([DECLARED], [PAID, earlier])
    assert parts(open_) == [(INVOICE, (DECLARED,), (PAID,))] and list(open_.recorded) == [earlier]
    assert joined([DECLARED], [PAID, earlier, RELEASED]).matches[0].recorded == (RELEASED, PAID)


def test_of_two_releases_none_is_taken_in():
    twice = [RELEASED, RELEASED._replace(line_no=3, day=RELEASED.day + 1)]
    assert parts(joined([DECLARED], [PAID, *twice])) == [(INVOICE, (DECLARED,), (PAID,))]


def test_what_a_person_took_apart_or_joined_is_left_as_it_was_said():
    apart = {(place(DECLARED), place(RELEASED)): True}
    (match,) = joined([DECLARED], [PAID, RELEASED], apart).matches
    assert match.recorded == (PAID,)
    open_ = Open([DECLARED], [PAID, RELEASED])
    open_.join("a person", [DECLARED], [PAID])
    run_passes(open_, Terms())
    assert parts(open_) == [("a person", (DECLARED,), (PAID,))]


@given(
    st.sampled_from(RETENTIONS_PPM),
    st.integers(1_000, 10**9),
    st.integers(36, 2_000),
    st.booleans(),
)
def test_any_retention_comes_home_and_no_pence_are_left(ppm, net, day, is_credit):
    sign = -1 if is_credit else 1
    held = (net * ppm + 500_000) // 1_000_000
    declared = DECLARED._replace(net_pence=sign * net)
    paid = PAID._replace(net_pence=sign * (net - held))
    released = line(2, sign * held, day=day, invoice="P2")
    before = joined([declared], [paid])
    assert reason_of(before.matches[0], Terms(), (), None) == HELD_BACK
    for recorded in ([paid, released], [released, paid]):
        (match,) = joined([declared], recorded).matches
        assert match.net_difference_pence == 0 and set(match.recorded) == {paid, released}
