"""Whatever people decide, one thing after another, hides no line and no pound.

Decisions are drawn without knowing the books: a number picks among what stands there when it is
said. A refusal decides nothing.
"""

import tempfile
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.decisions import list_decisions
from levytool.desk.reconcile.reconcile_spend import matches_in
from levytool.desk.reconcile.sitting import begin_sitting, decide_in, standing_in, take_back_in
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return
from levytool.desk.spend.member_ledgers import list_ledgers, withdraw_ledger
from levytool.periods import parse_period
from levytool.problems import InputRejected, LevytoolError, UsageError
from levytool.reconcile.spend_told import joined_json
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import FLAT, Spending, book_of, framework

YEAR = "2014-01..2014-12"
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "Invoice": st.sampled_from(["A1", "A-1", "A2", "B7", "B9", ""]),
            "Net": st.sampled_from(["100.00", "103.00", "60.00", "40.00", "120.00", "-20.00"]),
            "Date": st.sampled_from(["2014-03-05", "2014-03-09", "2014-04-02"]),
            "Member": st.sampled_from(["SALIX", "SALIX", "ALDER"]),
            "Framework": st.sampled_from(["REGEN", "REGEN", "WARM"]),
            "Contractor": st.sampled_from(["BROOKS", "BROOKS", "BEECH"]),
        }
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda line: tuple(sorted(line.items())),
)
VERBS = ("accept", "reject", "match", "match", "note", "undo")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("say", "say", "say", "sit", "undo", "rejoin", "again", "change", "correct")
        ),
        st.sampled_from(VERBS),
        *[st.integers(0, 60)] * 3,
    ),
    min_size=1,
    max_size=8,
)


A1 = {
    "Invoice": "A1", "Date": "2014-03-05", "Member": "SALIX", "Framework": "REGEN",
    "Contractor": "BROOKS",
}  # fmt: skip


@settings(max_examples=20)
@example(
    # What a person joins with a pair and takes back leaves the pair together.
    [A1 | {"Net": "100.00"}, A1 | {"Net": "60.00"}],
    [
        A1 | {"Net": "100.00"},
        A1 | {"Net": "100.00", "Date": "2014-03-09"},
        A1 | {"Net": "103.00"},
    ],
    [("rejoin", "accept", 0, 1, 0)],
)
@given(LINES, LINES, STEPS)
def test_after_any_decisions_every_line_is_once_matched_or_listed(declared, recorded, steps):
    with tempfile.TemporaryDirectory() as folder:
        books = Spending(
            Path(folder), book_of(framework(), framework(FLAT.replace("1%", "2%"), code="WARM"))
        )
        books.accepted(*declared)
        record(books, *recorded)
        proved(books)
        for step in steps:
            taken(books, recorded, *step)
            found = proved(books)
            assert found == reconcile(books, YEAR)
        in_report = reconciliation_report(books.office(), parse_period(YEAR))
        assert Decimal(in_report.undeclared_pence) / 100 == Decimal(found["undeclared"]["net"])
        books.ledger.close()


def proved(books):
    """The reconciliation, in which no line and no pound is missing or there twice."""
    found = reconcile(books, YEAR)
    joined, settled = matches_in(books.office(), parse_period(YEAR))
    joined = [joined_json(item) for item in joined]
    differences = found["differences"]
    assert max(Counter(row["id"] for row in differences).values(), default=1) == 1
    in_joins = {row["id"]: (row["declared"], row["recorded"]) for row in joined}
    alone = []
    for row in differences:
        if row["rule"]:
            assert in_joins[row["id"]] == (row["declared"], row["recorded"])
        else:
            alone.append(row)
    for side, matched_net in (("declared", "net"), ("recorded", "recorded_net")):
        lines = Counter(line for row in (*joined, *alone) for line in row[side])
        assert max(lines.values(), default=1) == 1
        assert len(lines) + settled == found[side]["count"]
        open_net = sum(Decimal(row[f"{side}_net"]) for row in alone)
        nets = [Decimal(found[key][matched_net]) for key in ("matched", "matched_by_person")]
        assert sum(nets) + open_net == Decimal(found[side]["net"])
    assert_told_sums_add_up(found)
    made = Counter(row["rule"] == "a person" for row in joined if row["declared"])
    assert found["matched_by_person"]["count"] == made[True]
    assert found["matched"]["count"] == made[False] + settled
    assert found["matched"]["count"] == sum(found["matched"]["by_rule"].values())
    for row in alone:
        # Lines of both sides that are not joined are a difference somebody wants put right.
        assert not (row["declared"] and row["recorded"]) or row["status"] == "rejected"
    for reason, total, side in (
        ("undeclared", "undeclared", "recorded"),
        ("over-declared", "over_declared", "declared"),
    ):
        of_side = [row for row in alone if row[side] and not (row["declared"] and row["recorded"])]
        assert {row["reason"] for row in of_side} <= {reason, "duplicate"}
        net = sum(Decimal(row[f"{side}_net"]) for row in of_side if row["reason"] == reason)
        assert net == Decimal(found[total]["net"])
    return found


def assert_told_sums_add_up(found):
    """What the headline names comes to all of each side."""
    for side, net, alone in (
        ("declared", "net", "over_declared"),
        ("recorded", "recorded_net", "undeclared"),
    ):
        kinds = "matched", "matched_by_person", "rejected", "duplicates"
        told = sum(Decimal(found[key][net]) for key in kinds) + Decimal(found[alone]["net"])
        assert told == Decimal(found[side]["net"])


def taken(books, recorded, act, verb, *picks):
    """Do one thing. What it must lead to is looked at where it is done."""
    if act == "again":
        came_again(books, recorded)
    elif act == "correct":
        corrected(books, *picks)
    elif act == "change":
        left = [line for place, line in enumerate(recorded) if place != picks[0] % len(recorded)]
        came_again(books, [*left, {"Invoice": "NEW", "Net": f"{picks[1]}.07"}])
    elif act == "sit":
        sat(books, verb, *picks)
    elif act == "rejoin":
        joined_and_rejected(books, *picks)
    else:
        said(books, verb, *picks, taken_back=act == "undo")


def came_again(books, lines):
    """The member sends its ledger anew."""
    live = [row["ledger"] for row in list_ledgers(books.office()) if row["state"] == "live"]
    for number in live:
        withdraw_ledger(books.office(), number, "came again")
    record(books, *lines)


def corrected(books, one, other, third):
    """A contractor's return is put right: one of its lines goes, or has another net."""
    returns = [row["return"] for row in books.returns() if row["state"] == "accepted"]
    number = returns[one % len(returns)]
    lines = [
        {
            "Invoice": row["invoice"],
            "Date": row["date"],
            "Member": row["member"],
            "Net": row["net"],
            "Contractor": row["contractor"],
            "Framework": row["framework"],
        }
        for row in books.lines(return_number=number)
    ]
    changed = lines[other % len(lines)]
    if third % 3 == 0 and len(lines) > 1:
        lines.remove(changed)
    else:
        changed["Net"] = ("100.00", "40.00", "-20.00", "9.99")[third % 4]
    with suppress(InputRejected):
        correct_return(books.office(), number, books.file(*lines), CorrectionOptions())


def names(books):
    """Every id and line that a person may name, and what stands under the ids."""
    found = reconcile(books, YEAR)
    rows = [*found["differences"], *found["suggestions"]]
    rows += [joined_json(item) for item in matches_in(books.office(), parse_period(YEAR))[0]]
    named = {row["id"]: None for row in rows}
    named |= {line: None for row in rows for side in ("declared", "recorded") for line in row[side]}
    decided = list_decisions(books.office())
    named |= {row["id"]: None for row in decided}
    return found, list(named), {row["id"]: row["decision"] for row in decided if row["stands"]}


def said(books, verb, one, other, third, *, taken_back):
    """One decision as the command line says it, and taken back where that is asked for."""
    before, named, standing = names(books)
    if not named:
        return
    known_as = named[one % len(named)]
    others = (named[other % len(named)],) if verb == "match" else ()
    if third % 5 == 0:
        others += (named[third % len(named)],) if others else ()
    try:
        row = decide(books.office(), [Order(known_as, verb, others, "why")])[0]
    except UsageError:
        assert reconcile(books, YEAR) == before
        return
    after = reconcile(books, YEAR)
    again = decide(books.office(), [Order(known_as, verb, others, "why")])[0]
    assert (again["status"], reconcile(books, YEAR)) == ("done-before", after)
    listed = {item["id"]: item for item in after["differences"]}
    if row["status"] == "done" and verb == "match":
        assert listed[row["id"]]["status"] == "matched"
    if row["status"] == "done" and verb == "accept":
        was = {item["id"] for item in before["differences"]}
        assert row["id"] not in was or listed[row["id"]]["status"] == "accepted"
    if taken_back and row["status"] == "done" and row["id"] not in standing and verb != "undo":
        decide(books.office(), [Order(row["id"], "undo")])
        assert reconcile(books, YEAR) == before


def joined_and_rejected(books, one, other, _third):
    """A person joins what was apart and rejects that: all is as it was."""
    before, _named, standing = names(books)
    rows = [row for row in before["differences"] if row["id"] not in standing]
    if len(rows) < 2:
        return
    known_as, partner = (rows[pick % len(rows)]["id"] for pick in (one, other))
    with suppress(UsageError):
        decide(books.office(), [Order(known_as, "match", (partner,))])
        proved(books)
        decide(books.office(), [Order(known_as, "reject")])
        after = reconcile(books, YEAR)
        if known_as != partner:
            assert [shown(row) for row in after["differences"]] == [
                shown(row) for row in before["differences"]
            ]
            for key in ("matched", "matched_by_person", "undeclared", "over_declared"):
                assert after[key] == before[key]


def shown(row):
    """A difference without what was said of it."""
    return {key: value for key, value in row.items() if key not in SAID}


SAID = ("note", "decided_reason", "decided_by", "decided_at")


def sat(books, verb, one, other, _third):
    """One decision in a sitting, taken back there: what stood before it stands again."""
    before, named, _standing = names(books)
    sitting = begin_sitting(books.office(), parse_period(YEAR))
    if not sitting.pending:
        return
    pending = sitting.pending[one % len(sitting.pending)]
    others = (named[other % len(named)],) if verb == "match" else ()
    stood = standing_in(sitting, pending.id)
    try:
        sitting = decide_in(books.office(), sitting, Order(pending.id, verb, others, "sat"))
    except LevytoolError:
        return
    proved(books)
    assert sitting.pending == begin_sitting(books.office(), parse_period(YEAR)).pending
    if verb != "undo":
        sitting = take_back_in(books.office(), sitting, pending.id, stood)
        assert [shown(row) for row in reconcile(books, YEAR)["differences"]] == [
            shown(row) for row in before["differences"]
        ]
