"""Which lines that stand alone have an invoice that is matched for another member."""

from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.matching.elsewhere import matched_for_another
from levytool.rules.matching.lines import INVOICE, Match, SpendLine, Terms
from tests.rules.test_matching import line

TERMS = Terms()
ALONE = line(1, 10_000, invoice="Q-1", member="OAK")
SETTLED = line(2, 10_000, invoice="INV Q1", member="ELM", day=35)


@st.composite
def some_lines(draw: st.DrawFn) -> list[SpendLine]:
    return [
        line(
            number,
            draw(st.sampled_from([10_000, 9_000])),
            draw(st.sampled_from([0, 20, 50])),
            invoice=draw(st.sampled_from(["", "A1", "inv-1", "1"])),
            member=draw(st.sampled_from(["ELM", "OAK", "YEW"])),
            contractor=draw(st.sampled_from(["C", "D"])),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


def test_the_other_member_is_named_whoever_joined_its_line():
    assert matched_for_another([ALONE], [], [SETTLED], TERMS) == {ALONE: "ELM"}
    declared = line(3, 10_000, invoice="Q-1", member="ELM")
    joined = Match(INVOICE, (declared,), (line(4, 12_000, invoice="Q-1", member="ELM"),))
    assert matched_for_another([ALONE], [joined], [], TERMS) == {ALONE: "ELM"}


def test_what_a_third_members_ledger_has_is_matched_for_whom_it_was_declared():
    declared = line(3, 10_000, invoice="Q-1", member="ELM")
    joined = Match(INVOICE, (declared,), (line(4, 10_000, invoice="Q-1", member="YEW"),))
    assert matched_for_another([ALONE], [joined], [], TERMS) == {ALONE: "ELM"}


def test_a_number_of_several_members_or_of_its_own_says_nothing():
    of_yew, own = (SETTLED._replace(member=member) for member in ("YEW", "OAK"))
    for settled in ([SETTLED, of_yew], [SETTLED, own], [own]):
        assert matched_for_another([ALONE], [], settled, TERMS) == {}


def test_beyond_the_window_it_is_another_invoice():
    later = SETTLED._replace(day=SETTLED.day + 1)
    assert matched_for_another([ALONE], [], [later], TERMS) == {}


@given(some_lines(), some_lines(), st.randoms())
def test_whatever_is_found_says_the_same_and_order_does_not_matter(alone, settled, random):
    found = matched_for_another(alone, [], settled, TERMS)
    for one, member in found.items():
        assert one.invoice and one in alone and member != one.member
        assert any(
            (other.member, other.contractor, other.net_pence)
            == (member, one.contractor, one.net_pence)
            for other in settled
        )
    random.shuffle(alone)
    random.shuffle(settled)
    assert matched_for_another(alone, [], settled, TERMS) == found
    assert matched_for_another(alone, [], [], TERMS) == {}
