"""What holds of the bank whatever is paid, in whatever parts, and whatever is taken back."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.problems import LevytoolError
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import Books

GROSS = 1_201 + 240  # £1,201.11 + £0.10 of two members at 1%, with VAT
OTHER_GROSS = 360  # £300 at 1% with VAT: INV-000002, one slip of the pen from INV-000001
CREDIT_GROSS = 120  # CN-000001
SPEND = (("2014-03-05", "SALIX", "1000.11"), ("2014-03-06", "ALDER", "200.47"))

in_a_moment = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A ledger with INV-000001 of two members, INV-000002 and CN-000001, all BROOKS's."""
    books = Books(tmp_path_factory.mktemp("template"), received_book())
    books.spend(*SPEND)
    books.spend(("2014-03-07", "SALIX", 300))
    books.spend(("2014-03-08", "ALDER", -100))
    books.ledger.close()
    return books.folder / "books.db"


def funds(bank):
    """What the document's members have in 2000, 2100, and the consortium in 4100."""
    return bank.of("2000"), bank.of("2100"), bank.of("4100")


@in_a_moment
@given(st.lists(st.integers(1, GROSS), max_size=6), st.integers(0, 500), st.booleans())
def test_any_split_of_payments_moves_just_what_one_payment_moves(fresh, cuts, extra, at_once):
    whole, split = fresh(), fresh()
    whole.bring((20, GROSS, "INV-000001"))
    edges = [0, *sorted({cut for cut in cuts if cut < GROSS}), GROSS]
    parts = [after - before for before, after in pairwise(edges)]
    parts[-1] += extra
    # Just what is open on INV-000002 may be meant for it: a person is asked.
    assume(OTHER_GROSS not in parts)
    # So it is where CN-000001, which nobody names, makes a part exact.
    assume(GROSS - CREDIT_GROSS not in edges)
    lines = [(20, pence, "INV-000001") for pence in parts]
    if at_once:
        split.bring(*lines)
    else:
        paid = 0
        for number, line in enumerate(lines):
            split.bring((10 + number, *line[1:]), opening_pence=paid)
            paid += line[1]
    assert whole.open()["INV-000001"] == split.open()["INV-000001"] == 0
    assert funds(split) == funds(whole)
    assert split.of("2910") == ({"BROOKS": extra} if extra else {})
    split.prove()


DOCUMENTS = ("INV-000001", "INV-000002", "CN-000001")
lines = st.sampled_from(["B-000001", "B-000002", "B-000003"])
some_documents = st.lists(st.sampled_from(DOCUMENTS), min_size=1, max_size=3, unique=True)
amounts = st.none() | st.integers(1, 900)
acts = st.one_of(
    st.tuples(st.just("allocate"), lines, some_documents, amounts),
    st.tuples(st.just("unallocate"), lines, st.just([]) | some_documents),
    st.tuples(st.just("refund"), lines, amounts),
    st.tuples(st.just("unidentify"), lines),
    st.tuples(st.just("set off"), st.just("CN-000001"), some_documents),
    st.tuples(st.just("undo"), st.just("CN-000001"), st.just([]) | some_documents),
    st.tuples(
        st.just("identify"),
        lines,
        st.sampled_from(["receipt", "charge"]),
        st.sampled_from(["BROOKS", "BEECH"]),
        amounts,
        st.booleans(),
    ),
)


def do(bank, act):
    """Carry an act out; a refusal leaves the books alone."""
    verb, line, *rest = act
    posted = bank.books.entries()
    try:
        if verb == "identify":
            kind, party, amount, instead = rest
            bank.identify(line, kind, party, amount=amount, instead=instead)
        elif verb == "allocate":
            bank.allocate(line, *rest[0], amount=rest[1])
        elif verb == "refund":
            refund_receipt(bank.books.office(), line, *rest)
        elif verb == "unidentify":
            bank.unidentify(line)
        elif verb == "set off":
            bank.allocate(line, *rest[0])
        else:
            bank.unallocate(line, *rest[0])
    except LevytoolError as refusal:
        assert refusal.exit_code in (2, 4)
        assert bank.books.entries() == posted


@in_a_moment
@given(st.lists(acts, max_size=8), st.lists(st.integers(1, 1_500), min_size=3, max_size=3))
def test_whatever_officers_do_the_control_accounts_hold(fresh, given_acts, received):
    bank = fresh()
    before = {code: funds(bank)[0].get(code, 0) for code in ("ALDER", "SALIX")}
    open_before = bank.open()
    bank.bring(*((10 + number, pence, "LEVY") for number, pence in enumerate(received)))
    for act in given_acts:
        do(bank, act)
        bank.prove()
    billed, fund, retained = funds(bank)
    moved = sum(before.values()) - sum(billed.values())
    assert moved == sum(fund.values()) + sum(retained.values())
    # Everything taken back, the documents and their levy are as they were.
    for number in ("B-000001", "B-000002", "B-000003", "CN-000001"):
        do(bank, ("unallocate", number, []))
    assert bank.open() == open_before
    assert {code: bank.of("2000").get(code, 0) for code in before} == before
    assert bank.of("2100") == bank.of("4100") == {}
    bank.prove()


day_numbers = st.integers(1, 4)


@in_a_moment
@given(
    st.lists(st.tuples(day_numbers, st.sampled_from([100, 200])), max_size=6),
    st.lists(st.tuples(day_numbers, day_numbers, st.booleans()), max_size=3),
)
def test_overlapping_statements_bring_each_line_once(fresh, entries, parts):
    bank = fresh()
    lines = [(number, pence, "X") for number, pence in sorted(entries)]
    for one, other, newest_first in [*parts, (1, 4, False)]:
        first, last = sorted((one, other))
        opening = sum(pence for number, pence, _text in lines if number < first)
        part = [line for line in lines if first <= line[0] <= last]
        outcome = bank.bring(*part, opening_pence=opening, newest_first=newest_first)
        assert outcome.problems == []
    total = sum(pence for _number, pence, _text in lines)
    assert bank.of("1200") == ({"main": -total} if total else {})
    bank.prove()


def test_postgresql_keeps_the_same_books(postgres_ledger, tmp_path):
    books = Books(tmp_path, received_book(), postgres_ledger)
    books.spend(*SPEND)
    books.spend(("2014-03-08", "ALDER", -100))
    bank = Bank(books)
    bank.bring((20, 500, "INV-000001"), (21, 2_000, "LEVY"))
    assert bank.bring((21, 2_000, "LEVY"), opening_pence=500).seen == 1
    bank.allocate("B-000002", "INV-000001", "CN-000001")
    bank.unallocate("B-000001")
    bank.identify("B-000001", "interest", instead=True)
    bank.allocate("CN-000001", "INV-000001")
    assert list(bank.rows(account="main")) == ["B-000001", "B-000002"]
    bank.prove()
    bank.unallocate("B-000002")
    assert bank.of("2910") == {"BROOKS": 2_000}
    bank.prove()
    books.ledger.close()
