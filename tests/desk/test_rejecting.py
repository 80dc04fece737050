"""What a person takes apart stays apart, and nothing more does."""

import pytest

from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import matches_in
from levytool.periods import parse_period
from tests.desk.reconciling import reconcile, record


def say(books, known_as, verb, *others, note=""):
    """Decide one thing."""
    return decide(books.office(), [Order(known_as, verb, others, note)])[0]


@pytest.mark.parametrize(
    ("recorded", "again"),
    [
        ([{}, {}], ["over-declared", "undeclared", "undeclared"]),
        ([{"Date": "2014-03-06"}, {"Date": "2014-03-09"}],
         ["over-declared", "undeclared", "undeclared"]),
        ([{"Net": "103.00"}, {"Net": "103.00", "Date": "2014-03-09"}], ["amount", "duplicate"]),
        ([{"Date": "2014-04-06"}, {"Date": "2014-04-09"}], ["duplicate", "timing"]),
        ([{"Net": "103.00"}, {"Net": "150.00"}], ["amount", "undeclared"]),
    ],
)  # fmt: skip
def test_no_rule_joins_a_duplicate_in_place_of_a_pair_that_was_rejected(spending, recorded, again):
    """Who says that two lines are not the same has not said that the next one like it is."""
    made = spending()
    made.accepted({}, {"Invoice": "A2", "Net": "1.00"})
    record(made, *recorded, {"Invoice": "A2", "Net": "1.00"})
    both = parse_period("2014-03..2014-04")
    (first,) = matches_in(made.office(), both)[0]
    say(made, first.id, "reject", note="another job")
    assert matches_in(made.office(), both)[0] == []
    found = reconcile(made, "2014-03..2014-04")["differences"]
    assert sorted(item["reason"] for item in found) == again
    say(made, first.id, "undo")
    assert matches_in(made.office(), both)[0] == [first]


def test_of_two_equal_pairs_the_one_that_was_not_rejected_stays(spending):
    made = spending()
    made.accepted({}, {})
    record(made, {}, {})
    pairs = matches_in(made.office(), parse_period("2014-03"))[0]
    assert len(pairs) == 2
    say(made, pairs[0].id, "reject")
    assert matches_in(made.office(), parse_period("2014-03"))[0] == pairs[1:]


@pytest.fixture
def summed(spending):
    """BROOKS declares three jobs; SALIX records a line that two of them make, perhaps by chance."""
    made = spending()
    made.accepted(
        {"Invoice": "D1", "Net": "7.00"},
        {"Invoice": "D2", "Net": "5.00", "Date": "2014-03-06"},
        {"Invoice": "D3", "Net": "3.10", "Date": "2014-03-07"},
    )
    record(made, {"Invoice": "PAY-9", "Net": "12.00", "Date": "2014-03-20"})
    (suggestion,) = reconcile(made)["suggestions"]
    assert suggestion["declared"] == ["R-000001/2", "R-000001/1"]
    return made, suggestion["id"]


def test_a_sum_that_was_rejected_is_not_suggested_again(summed):
    made, suggestion = summed
    say(made, suggestion, "reject")
    found = reconcile(made)
    assert (found["suggestions"], found["matched"]["count"]) == ([], 0)
    say(made, suggestion, "undo")
    assert [item["id"] for item in reconcile(made)["suggestions"]] == [suggestion]


def test_who_rejects_a_sum_says_nothing_of_each_part_with_the_whole(summed):
    """Another line that makes the whole with one of the parts is still found."""
    made, suggestion = summed
    say(made, suggestion, "reject")
    made.accepted({"Invoice": "D4", "Net": "5.00", "Date": "2014-03-08"}, supplement=True)
    (other,) = reconcile(made)["suggestions"]
    assert sorted(other["declared"]) == ["R-000001/1", "R-000002/1"]
