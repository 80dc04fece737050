"""Decisions on differences: kept, seen in every later run, and taken back by a later one."""

from dataclasses import replace

import pytest

from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide, taking_back
from levytool.desk.reconcile.decisions import list_decisions
from levytool.desk.reconcile.reconcile_spend import match_books, matches_in, reconcile_spend
from levytool.desk.reconcile.unlike import decide_knowingly
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.periods import parse_period
from levytool.problems import UsageError
from tests.desk.reconciling import reconcile, record, told


def say(books, known_as, verb, *others, user="ann", note=""):
    """Decide one thing."""
    return decide(books.office(user), [Order(known_as, verb, others, note)])[0]


def row(books, reason):
    """The one difference of a reason."""
    rows = [found for found in reconcile(books)["differences"] if found["reason"] == reason]
    assert len(rows) == 1, rows
    return rows[0]


@pytest.fixture
def books(spending):
    """BROOKS declares A1 and A2, SALIX has A1 dearer and B9 that nobody declared."""
    made = spending()
    made.accepted({}, {"Invoice": "A2", "Net": "40.00"})
    record(made, {"Net": "103.00"}, {"Invoice": "B9", "Net": "44.00"})
    return made


def test_an_accepted_difference_says_who_and_why(books):
    known_as = row(books, "undeclared")["id"]
    assert say(books, known_as, "accept", user="tom", note="not ours")["status"] == "done"
    found = row(books, "undeclared")
    assert (found["id"], found["status"], found["note"]) == (known_as, "accepted", "not ours")
    assert (found["decided_by"], found["decided_at"]) == ("tom", "2014-04-10T00:00:00.000000Z")
    before = books.dump()
    assert say(books, known_as, "accept", note="not ours")["status"] == "done-before"
    assert books.dump() == before


def test_a_decision_is_taken_back_by_a_later_one(books):
    known_as = row(books, "over-declared")["id"]
    say(books, known_as, "reject")
    assert row(books, "over-declared")["status"] == "rejected"
    say(books, known_as, "accept")
    assert row(books, "over-declared")["status"] == "accepted"
    decide(books.office(), [Order(known_as, "undo", wholly=True)])
    assert row(books, "over-declared")["status"] == "open"
    stood = [(made["decision"], made["stands"]) for made in list_decisions(books.office())]
    assert [verb for verb, _ in stood] == ["reject", "accept", "undo"]
    assert say(books, known_as, "undo")["status"] == "done-before"
    with pytest.raises(UsageError, match="nothing is decided"):
        say(books, row(books, "undeclared")["id"], "undo")


def test_two_differences_are_joined_by_a_person_and_come_apart_again(books):
    undeclared, over_declared = row(books, "undeclared"), row(books, "over-declared")
    say(books, undeclared["id"], "match", over_declared["id"], note="their number")
    found = reconcile(books)
    joined = next(item for item in found["differences"] if item["status"] == "matched")
    assert (joined["id"], joined["reason"]) == (undeclared["id"], "amount")
    assert (joined["declared"], joined["recorded"]) == (["R-000001/2"], ["M-000001/2"])
    assert (joined["net_difference"], joined["rule"]) == ("4.00", "a person")
    assert (found["matched"]["count"], found["matched_by_person"]["count"]) == (1, 1)
    assert found["undeclared"]["count"] == 0
    say(books, undeclared["id"], "undo")
    assert sorted(item["status"] for item in reconcile(books)["differences"]) == ["open"] * 3


def test_a_join_said_again_with_another_note_is_told_as_unlike_once(books):
    undeclared, over_declared = row(books, "undeclared"), row(books, "over-declared")
    joining = Order(undeclared["id"], "match", (over_declared["id"],), "their number")
    rows, unlike = decide_knowingly(books.office(), [joining])
    assert (rows[0]["status"], len(unlike)) == ("done", 1)
    rows, unlike = decide_knowingly(books.office(), [replace(joining, note="as they say")])
    assert (rows[0]["status"], rows[0]["note"], unlike) == ("done", "as they say", [])


def test_the_report_tells_the_same_joins_with_something_left_as_the_reconciliation(spending):
    made = spending()
    made.accepted({"Net": "40.00"})
    record(made, {"Net": "40.00", "Invoice": "B9", "Member": "ALDER"})
    undeclared, over_declared = row(made, "undeclared"), row(made, "over-declared")
    say(made, undeclared["id"], "match", over_declared["id"])
    month = parse_period("2014-03")
    of_spend = reconcile_spend(made.office(), month).left_in_joins
    of_report = reconciliation_report(made.office(), month).left_in_joins
    assert [item.id for item in of_spend] == [item.id for item in of_report] == [undeclared["id"]]


def test_what_a_person_joined_stays_joined_when_its_difference_is_accepted(books):
    undeclared, over_declared = row(books, "undeclared"), row(books, "over-declared")
    orders = [Order(undeclared["id"], "match", (over_declared["id"],), "their number")]
    decide(books.office(), [*orders, Order(undeclared["id"], "accept")])
    found = reconcile(books)
    joined = next(item for item in found["differences"] if item["id"] == undeclared["id"])
    assert (joined["declared"], joined["recorded"]) == (["R-000001/2"], ["M-000001/2"])
    assert (joined["status"], joined["note"]) == ("accepted", "their number")
    assert found["matched_by_person"]["count"] == 1
    assert found["undeclared"]["count"] == found["over_declared"]["count"] == 0
    assert say(books, undeclared["id"], "accept", note="their number")["status"] == "done-before"
    decide(books.office(), [Order(undeclared["id"], "undo", wholly=True)])
    assert sorted(item["status"] for item in reconcile(books)["differences"]) == ["open"] * 3


@pytest.mark.parametrize("verb", ["match", "accept"])
def test_what_a_person_joined_and_rejected_is_as_it_was_before(books, verb):
    """No line of it is hidden, and its id is that of the line it was joined from."""
    before = reconcile(books)
    undeclared, over_declared = row(books, "undeclared"), row(books, "over-declared")
    say(books, undeclared["id"], "match", over_declared["id"])
    if verb == "accept":
        say(books, undeclared["id"], "accept")
    say(books, undeclared["id"], "reject", note="another job")
    after = reconcile(books)
    assert told(after) == told(before)
    assert after["undeclared"] == before["undeclared"] and after["matched"] == before["matched"]
    assert row(books, "undeclared")["note"] == "another job"
    assert {item["status"] for item in after["differences"]} == {"open"}
    assert say(books, undeclared["id"], "reject", note="another job")["status"] == "done-before"
    say(books, undeclared["id"], "accept")
    assert (row(books, "undeclared")["status"], row(books, "over-declared")["status"]) == (
        "accepted",
        "open",
    )


def test_a_pair_that_was_joined_with_more_is_a_pair_again_when_that_is_rejected(books):
    """The join of a person goes; the one that the invoice number made stays."""
    before = reconcile(books)
    undeclared, amount = row(books, "undeclared"), row(books, "amount")
    say(books, undeclared["id"], "match", amount["id"])
    assert reconcile(books)["undeclared"]["count"] == 0
    say(books, undeclared["id"], "reject")
    assert told(reconcile(books)) == told(before)
    say(books, amount["id"], "match", undeclared["id"])
    say(books, amount["id"], "reject")
    assert told(reconcile(books)) == told(before)


def test_what_nothing_differs_in_comes_apart_when_it_is_rejected(spending):
    """A person can only have said that the two do not belong together."""
    made = spending()
    made.accepted({"Invoice": "A1/2014"})
    record(made, {"Invoice": "A1-2014"})
    (joined,), _settled = matches_in(made.office(), parse_period("2014-03"))
    say(made, joined.id, "reject")
    found = reconcile(made)
    assert [item["reason"] for item in found["differences"]] == ["undeclared", "over-declared"]
    assert (found["undeclared"]["net"], found["matched"]["count"]) == ("100.00", 0)
    assert say(made, joined.id, "undo")["status"] == "done"
    assert reconcile(made)["differences"] == []


def test_a_rejection_that_is_taken_back_to_is_of_the_line_alone(books):
    """What stood before a join is kept again as it was, not said of the joined lines."""
    undeclared, over_declared = row(books, "undeclared"), row(books, "over-declared")
    say(books, undeclared["id"], "reject", note="Brooks to declare it")
    before = reconcile(books)
    with books.office().reading() as connection:
        stood = match_books(connection).decisions[undeclared["id"]]
    say(books, undeclared["id"], "match", over_declared["id"])
    decide(books.office(), taking_back(undeclared["id"], stood))
    assert reconcile(books) == before


@pytest.mark.parametrize("verb", ["accept", "reject", "note", "undo"])
def test_a_line_is_decided_by_the_id_it_is_listed_under(books, verb):
    for line, reason in (("M-000001/2", "undeclared"), ("R-000001/1", "amount")):
        with pytest.raises(UsageError, match=f"decide {row(books, reason)['id']} --{verb}"):
            say(books, line, verb, note="why")
    say(books, row(books, "amount")["id"], "reject")
    with pytest.raises(UsageError, match=row(books, "amount")["id"]):
        say(books, "R-000001/1", verb)
    assert [made["id"] for made in list_decisions(books.office())] == [row(books, "amount")["id"]]


def test_no_rule_adds_to_what_a_person_joined(spending):
    made = spending()
    made.accepted({})
    record(made, {"Invoice": "B9", "Net": "120.00"}, {"Invoice": "C1", "Net": "-20.00"})
    say(made, "R-000001/1", "match", "M-000001/1")
    joined = next(x for x in reconcile(made)["differences"] if x["id"] == "R-000001/1")
    assert (joined["recorded"], joined["net_difference"]) == (["M-000001/1"], "20.00")
    assert reconcile(made)["undeclared"]["net"] == "-20.00"


def test_a_credit_that_a_person_took_apart_explains_nothing(spending):
    made = spending()
    made.accepted({})
    record(made, {"Net": "120.00"}, {"Invoice": "C1", "Net": "-20.00"})
    assert row(made, "credit note")["recorded"] == ["M-000001/1", "M-000001/2"]
    say(made, "R-000001/1", "match", "M-000001/2")
    say(made, "R-000001/1", "reject")
    assert row(made, "VAT included")["recorded"] == ["M-000001/1"]
    assert row(made, "undeclared")["recorded"] == ["M-000001/2"]


def test_of_one_list_each_row_is_about_what_those_before_it_left(books):
    undeclared, over_declared = row(books, "undeclared"), row(books, "over-declared")
    say(books, undeclared["id"], "match", over_declared["id"])
    decide(books.office(), [Order(undeclared["id"], "reject"), Order(undeclared["id"], "accept")])
    assert row(books, "undeclared")["status"] == "accepted"
    assert row(books, "over-declared")["status"] == "open"


@pytest.fixture
def parted(books):
    """B9 was joined with A2 and accepted; then the ledger came again, without a line to join."""
    undeclared, over_declared = row(books, "undeclared"), row(books, "over-declared")
    say(books, over_declared["id"], "match", undeclared["id"], note="their number")
    say(books, over_declared["id"], "accept")
    assert [item["status"] for item in reconcile(books)["differences"]] == ["open", "accepted"]
    withdraw_ledger(books.office(), "M-000001", "came again")
    record(books, {"Net": "103.00"}, {"Invoice": "B9", "Net": "44.50"})
    return books, over_declared["id"]


def test_a_line_whose_join_is_gone_waits_again_with_what_was_noted(parted):
    """What a person said was of both lines: of one alone nobody has said anything."""
    books, known_as = parted
    found = {item["reason"]: item for item in reconcile(books)["differences"]}
    assert {item["status"] for item in found.values()} == {"open"}
    alone = found["over-declared"]
    assert (alone["id"], alone["note"], alone["decided_by"]) == (known_as, "their number", "ann")


@pytest.mark.parametrize(
    ("verb", "status"), [("accept", "accepted"), ("reject", "rejected"), ("match", "matched")]
)
def test_a_line_whose_join_is_gone_is_decided_anew(parted, verb, status):
    books, known_as = parted
    others = (row(books, "undeclared")["id"],) if verb == "match" else ()
    assert say(books, known_as, verb, *others)["status"] == "done"
    found = next(item for item in reconcile(books)["differences"] if item["id"] == known_as)
    assert (found["status"], found["note"]) == (status, "their number")
    assert say(books, known_as, verb, *others)["status"] == "done-before"
    say(books, known_as, "undo")
    assert row(books, "over-declared")["status"] == "open"


def test_a_line_that_a_later_match_took_leaves_the_other_open(books):
    """A1's ledger line is joined with A2 after B9 was: B9 stands alone and is not explained."""
    record(books, {"Invoice": "C3", "Net": "41.00"})
    found = {item["invoice"]: item["id"] for item in reconcile(books)["differences"]}
    say(books, found["B9"], "match", found["A2"])
    say(books, found["C3"], "match", "R-000001/2")
    now = {item["id"]: item["status"] for item in reconcile(books)["differences"]}
    assert (now[found["C3"]], now[found["B9"]]) == ("matched", "open")
    say(books, found["B9"], "accept")
    now = {item["id"]: item["status"] for item in reconcile(books)["differences"]}
    assert (now[found["C3"]], now[found["B9"]]) == ("matched", "accepted")


def test_lines_are_joined_by_their_references_too(books):
    say(books, "R-000001/2", "match", "M-000001/2")
    assert reconcile(books)["matched_by_person"]["count"] == 1


@pytest.mark.parametrize("verb", ["match", "accept"])
def test_what_was_joined_by_references_is_known_by_the_first(books, verb):
    say(books, "R-000001/2", "match", "M-000001/2", note="one job")
    others = ("M-000001/2",) if verb == "match" else ()
    done = say(books, "R-000001/2", verb, *others)["status"]
    assert done == {"match": "done-before", "accept": "done"}[verb]
    joined = next(x for x in reconcile(books)["differences"] if x["id"] == "R-000001/2")
    assert (joined["recorded"], joined["note"]) == (["M-000001/2"], "one job")


def test_a_rejected_match_comes_apart_and_is_still_seen(books):
    amount = row(books, "amount")
    say(books, amount["id"], "reject", note="another job")
    found = reconcile(books)
    apart = next(item for item in found["differences"] if item["id"] == amount["id"])
    assert (apart["status"], apart["reason"], apart["rule"]) == ("rejected", "amount", None)
    assert found["matched"]["count"] == 0
    say(books, amount["id"], "undo")
    assert row(books, "amount")["status"] == "open"


@pytest.mark.parametrize("twice", ["declared", "recorded"])
def test_a_rejected_wrong_member_is_not_found_anew_with_its_duplicate(spending, twice):
    """The next line that says the same is still one more of it, not its counterpart."""
    made = spending()
    made.accepted(*[{}] * (2 if twice == "declared" else 1))
    record(made, *[{"Member": "ALDER"}] * (2 if twice == "recorded" else 1))
    found = [
        (item["id"], item["reason"], item["status"]) for item in reconcile(made)["differences"]
    ]
    (wrong, duplicate) = found
    assert [reason for _, reason, _ in found] == ["wrong member", "duplicate"]
    say(made, wrong[0], "reject", note="ALDER books it out")
    again = reconcile(made)
    assert [(item["id"], item["reason"], item["status"]) for item in again["differences"]] == [
        (wrong[0], "wrong member", "rejected"),
        duplicate,
    ]
    assert again["matched"]["count"] == again["undeclared"]["count"] == 0


def test_an_accepted_suggestion_is_a_match_and_a_rejected_one_is_gone(spending):
    made = spending()
    made.accepted({"Invoice": "A17"})
    record(made, {"Invoice": "A23"})
    suggestion = reconcile(made)["suggestions"][0]["id"]
    say(made, suggestion, "accept")
    found = reconcile(made)
    assert (found["suggestions"], found["matched"]["count"]) == ([], 0)
    assert found["matched_by_person"]["count"] == 1
    assert [item["status"] for item in found["differences"]] == ["matched"]
    say(made, suggestion, "undo")
    assert [item["id"] for item in reconcile(made)["suggestions"]] == [suggestion]
    say(made, suggestion, "reject")
    found = reconcile(made)
    assert found["suggestions"] == [] and len(found["differences"]) == 2
    assert say(made, suggestion, "reject")["status"] == "done-before"


def test_decisions_survive_a_ledger_that_comes_again(books):
    say(books, row(books, "undeclared")["id"], "accept")
    say(books, row(books, "amount")["id"], "accept")
    withdraw_ledger(books.office(), "M-000001", "came again")
    record(books, {"Invoice": "NEW", "Net": "1.00"}, {"Invoice": "B9", "Net": "44.00"},
           {"Net": "103.00"})  # fmt: skip
    found = {item["invoice"]: item["status"] for item in reconcile(books)["differences"]}
    assert found == {"NEW": "open", "B9": "accepted", "A1": "accepted", "A2": "open"}


def test_a_decision_lapses_with_its_difference(books):
    undeclared = row(books, "undeclared")["id"]
    say(books, undeclared, "accept")
    books.accepted({"Invoice": "B9", "Net": "44.00"}, supplement=True)
    assert ("undeclared", "accepted") not in [
        (item["reason"], item["status"]) for item in reconcile(books)["differences"]
    ]
    assert reconcile(books)["undeclared"]["count"] == 0


def test_a_note_leaves_the_decision_as_it_is(books):
    undeclared = row(books, "undeclared")["id"]
    say(books, undeclared, "note", note="asked on Monday")
    assert [row(books, "undeclared")[key] for key in ("status", "note")] == [
        "open",
        "asked on Monday",
    ]
    say(books, undeclared, "accept", note="explained")
    say(books, undeclared, "note", note="letter on file")
    assert [row(books, "undeclared")[key] for key in ("status", "note")] == [
        "accepted",
        "letter on file",
    ]


@pytest.mark.parametrize(
    ("known_as", "verb", "others", "said"),
    [
        ("D-NOTHING", "accept", (), "there is no difference"),
        ("S-NOTHING", "accept", (), "there is no suggestion"),
        ("R-000001/9", "match", ("M-000001/2",), "is not among the lines"),
        ("R-000001/2", "match", (), "lines of one side only"),
    ],
)
def test_what_is_not_there_is_refused(books, known_as, verb, others, said):
    before = books.dump()
    with pytest.raises(UsageError, match=said):
        say(books, known_as, verb, *others)
    assert books.dump() == before


def test_lines_of_one_side_that_explain_each_other_are_to_be_accepted(spending):
    made = spending()
    made.accepted({})
    record(made, {"Invoice": "B9", "Net": "440.00"}, {"Invoice": "B9R", "Net": "-440.00"})
    ids = {found["invoice"]: found["id"] for found in reconcile(made)["differences"]}
    ways = [f"levytool reconcile decide {ids[one]} --accept --note WHY" for one in ("B9", "B9R")]
    for partner in (ids["B9R"], "M-000001/2"):
        with pytest.raises(UsageError, match="have lines of one side only") as refusal:
            say(made, ids["B9"], "match", partner)
        assert str(refusal.value).endswith(f"accept each and say why: {' and '.join(ways)}")


def test_several_orders_are_kept_together_or_not_at_all(books):
    undeclared = row(books, "undeclared")["id"]
    before = books.dump()
    with pytest.raises(UsageError):
        decide(books.office(), [Order(undeclared, "accept"), Order("D-NOTHING", "accept")])
    assert books.dump() == before


def test_a_dry_run_decides_nothing(books):
    before = books.dump()
    order = Order(row(books, "undeclared")["id"], "accept")
    assert decide(books.office(dry_run=True), [order])[0]["status"] == "done"
    assert books.dump() == before and told(reconcile(books))


def test_where_more_than_one_line_fits_the_one_that_is_meant_must_be_named(spending):
    made = spending()
    made.accepted({"Invoice": "A17"})
    record(made, {"Invoice": "B1"}, {"Invoice": "B2"})
    found = reconcile(made)["suggestions"]
    choice = next(item for item in found if len(item["recorded"]) == 2)
    with pytest.raises(UsageError, match="more than one line fits") as refused:
        say(made, choice["id"], "accept")
    alone = next(word for word in str(refused.value).split() if word.startswith("D-"))
    assert say(made, alone, "match", choice["recorded"][1])["status"] == "done"
    now = reconcile(made)
    assert now["matched_by_person"]["count"] == 1
    assert [item["reason"] for item in now["differences"] if item["status"] == "open"] == [
        "undeclared"
    ]


def test_of_decisions_of_one_moment_only_the_last_stands(books):
    known_as = row(books, "over-declared")["id"]
    say(books, known_as, "reject")
    say(books, known_as, "accept")
    assert [made["stands"] for made in list_decisions(books.office())] == [False, True]


@pytest.mark.parametrize("verb", ["note", "reject"])
def test_what_was_noted_before_a_decision_stays_with_it(books, verb):
    known_as = row(books, "over-declared")["id"]
    say(books, known_as, verb, note="asked the site")
    say(books, known_as, "accept")
    found = row(books, "over-declared")
    assert (found["status"], found["note"]) == ("accepted", "asked the site")


@pytest.fixture
def overlapping(spending):
    """Two suggestions that name one recorded line."""
    books = spending()
    books.accepted({"Invoice": "JOB-1", "Net": "7.00"}, {"Invoice": "JOB-2", "Net": "7.00"})
    record(books, {"Invoice": "JOB-3", "Net": "7.00"})
    first, second = reconcile(books)["suggestions"]
    assert first["recorded"] == second["recorded"] == ["M-000001/1"]
    return books, first["id"], second["id"]


def test_no_line_is_joined_by_two_decisions_kept_together(overlapping):
    books, first, second = overlapping
    with pytest.raises(UsageError, match=f"M-000001/1 is joined by {first} already"):
        decide(books.office(), [Order(first, "accept"), Order(second, "accept")])
    assert list_decisions(books.office()) == []


def test_no_line_is_joined_twice_by_what_was_matched_before(overlapping):
    """A review decides one thing after another over the books as they were matched at its start."""
    books, first, second = overlapping
    with books.office().reading() as connection:
        matched = match_books(connection)
    decide(books.office(), [Order(first, "accept")], matched)
    with pytest.raises(UsageError, match="take that back first"):
        decide(books.office(), [Order(second, "accept")], matched)
    decide(books.office(), [Order(first, "undo")], matched)
    decide(books.office(), [Order(second, "accept")], matched)
    assert reconcile(books)["matched_by_person"]["count"] == 1


def test_what_takes_a_join_back_takes_its_acceptance_too(overlapping):
    books, _first, second = overlapping
    with books.office().reading() as connection:
        matched = match_books(connection)
    joining = Order("R-000001/1", "match", ("M-000001/1",), "one job")
    decide(books.office(), [joining, Order("R-000001/1", "accept")], matched)
    with pytest.raises(UsageError, match="decide R-000001/1 --undo --all"):
        decide(books.office(), [Order(second, "accept")], matched)


def test_a_later_word_about_lines_that_were_joined_still_counts(overlapping):
    """Read anew, the pair is one difference, and may be joined otherwise."""
    books, first, _second = overlapping
    decide(books.office(), [Order(first, "accept")])
    alone = reconcile(books)["differences"][-1]["id"]
    decide(books.office(), [Order(alone, "match", ("M-000001/1",))])
    joined = [row for row in reconcile(books)["differences"] if row["status"] == "matched"]
    assert [row["id"] for row in joined] == [alone]
