"""Money in and out again that is nobody's in the book: two lines set against each other."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.desk.audit.check_books import check_books
from levytool.desk.audit.reconcile_ledger import reconcile_ledger
from levytool.desk.bank.reconcile_bank import Asked, reconcile_bank
from levytool.journal import Kind, Leg
from levytool.ledger.journal.entries import entries_by_id, last_entry
from levytool.problems import LevytoolError, RuleRefused, UsageError
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import Books

TWO_ACCOUNTS = 'bank_accounts = [{ name = "main" }, { name = "saver" }]'
CAME, WENT = "B-000001", "B-000002"


@pytest.fixture
def bank(books):
    """J SMITH's £99.99 (B-000001), sent back by the bank (B-000002), and £99.99 of BROOKS's."""
    bank = Bank(books(received_book()))
    bank.bring((20, 9_999, "J SMITH"), (24, -9_999, "RETURNED J SMITH"), (25, 9_999, "BROOKS"))
    yield bank
    bank.prove()
    assert all(check.ok for check in check_books(bank.books.office()))
    assert {row["difference"] for row in reconcile_ledger(bank.books.office())} == {"0.00"}


def contra(bank, line=WENT, against=CAME, **more):
    """Set a line against another."""
    return bank.identify(line, "contra", against=against, **more)


@pytest.mark.parametrize(("line", "against"), [(CAME, WENT), (WENT, CAME)])
def test_both_lines_leave_suspense_and_nothing_else_moves(bank, line, against):
    bank.identify("B-000003", "receipt", "BROOKS")
    before = bank.everything()
    told = contra(bank, line, against)
    assert {row["line"]: (row["state"], row["as"], row["party"]) for row in told.rows} == {
        line: ("explained", "contra", against),
        against: ("explained", "contra", line),
    }
    assert bank.everything() == before
    assert bank.of("2900") == {}


def test_one_entry_stands_for_both_and_names_them(bank):
    contra(bank)
    with bank.books.reading() as connection:
        entry = entries_by_id(connection, [last_entry(connection)]).popitem()[1]
    assert (entry.kind, entry.narrative) == (
        Kind.CONTRA,
        "B-000001 and B-000002 set against each other",
    )
    assert [(item.debit, item.credit) for item in entry.transfers] == [
        (Leg("2900", "main"), Leg("2900", "main"))
    ]


def test_setting_them_against_each_other_twice_does_it_once_from_either_side(bank):
    contra(bank)
    posted = bank.books.entries()
    assert "already; nothing to do" in contra(bank).said[0]
    assert "already; nothing to do" in contra(bank, CAME, WENT).said[0]
    assert bank.books.entries() == posted


@pytest.mark.parametrize("line", [CAME, WENT])
def test_taken_back_on_one_line_it_is_taken_back_on_both(bank, line):
    before = bank.everything()
    contra(bank)
    (said,) = bank.unidentify(line).said
    assert said.endswith(f"and with it what was set against it: {CAME if line == WENT else WENT}")
    assert {bank.rows()[one]["state"] for one in (CAME, WENT)} == {"unidentified"}
    assert bank.everything() == before


def test_said_to_be_something_else_instead_the_other_line_is_told(bank):
    contra(bank)
    told = bank.identify(CAME, "receipt", "BROOKS", instead=True)
    assert told.said == ("B-000002 is nobody's again",)
    assert bank.rows()[WENT]["state"] == "unidentified"
    bank.unidentify(CAME)
    contra(bank)
    assert contra(bank, against="B-000003", instead=True).said == ("B-000001 is nobody's again",)


def test_lines_of_two_bank_accounts_are_money_moved_between_them(books):
    bank = Bank(books(received_book(TWO_ACCOUNTS)))
    bank.bring((20, 9_000, "A"), (21, -5_000, "TO SAVER"), account="main")
    bank.bring((22, 5_000, "FROM MAIN"), account="saver")
    bank.identify("B-000001", "receipt", "BROOKS")
    contra(bank, "B-000002", "B-000003")
    bank.prove()
    assert (bank.of("2900"), bank.of("1200")) == ({}, {"main": -4_000, "saver": -5_000})


def test_a_part_is_set_against_a_part_and_the_rest_waits(bank):
    bank.bring((26, -5_000, "BACK"), opening_pence=9_999)
    with pytest.raises(RuleRefused, match=r"£50.00 of B-000004 .*--amount 50\.00"):
        contra(bank, CAME, "B-000004")
    contra(bank, CAME, "B-000004", amount=5_000)
    assert bank.rows()[CAME]["unidentified"] == "49.99"
    with pytest.raises(RuleRefused, match=r"£49.99 of B-000001 is unidentified, not £99.99"):
        contra(bank, WENT, CAME)


def test_only_money_in_and_money_out_that_are_nobodys_are_set_against_each_other(bank):
    with pytest.raises(RuleRefused, match="are both money in"):
        contra(bank, CAME, "B-000003")
    bank.identify("B-000003", "receipt", "BROOKS")
    with pytest.raises(RuleRefused, match="bank identify B-000003 --as unknown"):
        contra(bank, WENT, "B-000003")
    with pytest.raises(RuleRefused, match="identified as receipt of BROOKS"):
        contra(bank, "B-000003", WENT)


@pytest.mark.parametrize(
    ("kind", "more"),
    [("contra", {}), ("charge", {"against": CAME}), ("contra", {"against": CAME, "party": "X"})],
)
def test_a_contra_names_the_other_line_and_nothing_else_does(bank, kind, more):
    with pytest.raises(UsageError, match="--as contra"):
        bank.identify(WENT, kind, **more)


def test_a_stranger_is_told_what_becomes_of_his_money(bank):
    with pytest.raises(UsageError, match="--as contra --against OTHER-LINE"):
        bank.identify(CAME, "receipt", "J SMITH")


def test_the_line_out_names_the_one_receipt_of_nobody_that_it_gives_back(bank):
    (row,) = reconcile_bank(bank.books.office(), Asked()).open_payments
    assert "--as contra" not in row["command"]
    bank.identify("B-000003", "interest")
    (row,) = reconcile_bank(bank.books.office(), Asked()).open_payments
    assert row["command"] == (
        "levytool bank identify B-000002 --as contra --against B-000001 if it went back"
    )
    assert row["because"] == "it is just what B-000001 brought, which is nobody's"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A ledger with a book and nothing in it."""
    books = Books(tmp_path_factory.mktemp("template"), received_book())
    books.ledger.close()
    return books.folder / "books.db"


lines = st.sampled_from([f"B-00000{number}" for number in range(1, 5)])
acts = st.one_of(
    st.tuples(st.just("contra"), lines, lines, st.none() | st.integers(1, 300), st.booleans()),
    st.tuples(st.just("charge"), lines, st.none() | st.integers(1, 300), st.booleans()),
    st.tuples(st.just("unknown"), lines),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([-300, -200, 200, 300]), min_size=4, max_size=4),
    st.lists(acts, max_size=8),
)
def test_whatever_is_set_against_what_suspense_is_what_nobody_explained(fresh, amounts, given_acts):
    bank = fresh()
    bank.bring(*((number, pence, "X") for number, pence in enumerate(amounts, 1)))
    before = bank.everything()
    for verb, line, *rest in given_acts:
        posted = bank.books.entries()
        try:
            if verb == "contra":
                contra(bank, line, rest[0], amount=rest[1], instead=rest[2])
            elif verb == "charge":
                bank.identify(line, "charge", amount=rest[0], instead=rest[1])
            else:
                bank.unidentify(line)
        except LevytoolError as refusal:
            assert refusal.exit_code in (2, 4)
            assert bank.books.entries() == posted
        bank.prove()
    for number in range(1, 5):
        bank.unidentify(f"B-00000{number}")
    assert bank.everything() == before
