"""What an advice says is used, or told line by line with commands that do it by hand."""

import re
import shlex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.cli.main import run_with
from levytool.desk.bank.reconcile_bank import Asked, reconcile_bank
from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.money import format_pence
from levytool.problems import InputRejected
from levytool.rules.matching.advices import OF_ADVICES
from tests.desk.banked import received_book
from tests.desk.consortium import TODAY, Books

OPEN = {
    "INV-000001": ("BROOKS", 12_000),
    "INV-000002": ("BROOKS", 6_000),
    "CN-000001": ("BROOKS", -1_200),
    "INV-000003": ("BEECH", 2_400),
    "INV-000004": ("BEECH", 4_800),
    "CN-000002": ("BEECH", -600),
}
"""Whose each document is, and what is open on it in pence."""

RECEIPT = "B-000001"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A ledger with the documents of OPEN."""
    books = Books(tmp_path_factory.mktemp("template"), received_book())
    for payer, gross in OPEN.values():
        books.spend(("2014-03-05", "SALIX", gross // 120 * 100, payer, "", "REGEN"))
    books.ledger.close()
    return books.folder / "books.db"


@pytest.fixture
def bank(fresh):
    """A bank of such books; what is done in them must still prove."""
    made = fresh()
    yield made
    made.prove()


def signed(bank):
    """What is open on each document."""
    return {number: pence for number, pence in bank.open().items() if number in OPEN}


def advise(bank, *lines, apply=False, receipt=RECEIPT):
    """Look with an advice of lines of document and pence."""
    path = bank.books.folder / "adv.csv"
    rows = [f"{number},{format_pence(pence)}" for number, pence in lines]
    path.write_text("\n".join(["Invoice,Amount paid", *rows, ""]), encoding="utf-8")
    asked = Asked(remittance=path, receipt=receipt)
    return reconcile_bank(bank.books.office(today=TODAY), asked, apply=apply)


def refusal(bank, *lines, **settings):
    """The problems for which an advice is refused."""
    before = bank.books.entries()
    with pytest.raises(InputRejected, match=r"nothing of adv\.csv was used") as refused:
        advise(bank, *lines, **settings)
    assert bank.books.entries() == before
    return refused.value.problems


def do_as_told(bank, problems):
    """Give the commands of the hints, in the order they stand there."""
    ledger = str(bank.books.folder / "books.db")
    for problem in problems:
        for command in re.findall(r"levytool (bank .*?)(?:, then |$)", problem.hint):
            assert run_with(["--ledger", ledger, *shlex.split(command)]) == 0, command


@pytest.fixture(autouse=True)
def officer(monkeypatch):
    """Who gives the commands, and when."""
    monkeypatch.setenv("LEVYTOOL_TODAY", TODAY)
    monkeypatch.setenv("LEVYTOOL_USER", "ann")


GROUP = (("INV-000001", 10_000), ("INV-000004", 4_800))


@pytest.mark.parametrize("words", ["BROOKS ROOFING", "A GROUP", "BROOKS BEECH"])
def test_a_payment_of_several_payers_is_told_with_commands_that_part_it(bank, words):
    bank.bring((20, 14_800, words))
    problems = refusal(bank, *GROUP, apply=True)
    assert [str(problem) for problem in problems] == [
        "adv.csv:3: it is BEECH's, and the advice names documents of BROOKS too ('INV-000004'); "
        "levytool bank identify B-000001 --as receipt --party BEECH --amount 48.00, then "
        "levytool bank allocate B-000001 INV-000004 --amount 48.00",
        "adv.csv:2: it is BROOKS's, and the advice names documents of BEECH too ('INV-000001'); "
        "levytool bank identify B-000001 --as receipt --party BROOKS --amount 100.00, then "
        "levytool bank allocate B-000001 INV-000001 --amount 100.00",
    ]
    assert {problem.code for problem in problems} == {"several-payers"}
    do_as_told(bank, problems)
    assert (bank.open()["INV-000001"], bank.open()["INV-000004"]) == (2_000, 0)
    assert bank.rows()[RECEIPT]["state"] == "explained"
    assert (bank.of("2900"), bank.of("2910")) == ({}, {})


def test_of_several_payers_that_may_be_one_who_mistyped_a_number_both_are_told(bank):
    bank.books.spend(("2014-03-09", "SALIX", 5_000, "BEECH", "", "REGEN"))
    bank.bring((20, 18_000, "BROOKS"))
    problems = refusal(bank, ("INV-000001", 12_000), ("INV-000005", 6_000))
    assert [problem.message for problem in problems] == [
        "it is BEECH's, and the advice names documents of BROOKS too; or BROOKS mistyped it, and "
        "means INV-000001 120.00, INV-000002 60.00",
        "it is BROOKS's, and the advice names documents of BEECH too",
    ]


def test_a_line_that_is_one_payers_is_parted_anew(bank):
    bank.bring((20, 14_800, "A GROUP"))
    bank.identify(RECEIPT, "receipt", "BROOKS")
    problems = refusal(bank, *GROUP)
    assert "--party BEECH --amount 48.00 --instead, then" in problems[0].hint
    do_as_told(bank, problems)
    assert (bank.open()["INV-000001"], bank.open()["INV-000004"]) == (2_000, 0)


def test_a_line_of_which_some_is_placed_is_freed_first(bank):
    bank.bring((20, 17_800, "A GROUP"))
    bank.identify(RECEIPT, "receipt", "BROOKS")
    bank.allocate(RECEIPT, "INV-000002", amount=3_000)
    problems = refusal(bank, *GROUP)
    assert problems[0].hint.startswith(
        f"first free all of the line, levytool bank unallocate {RECEIPT}"
    )
    do_as_told(bank, problems)
    assert (bank.open()["INV-000001"], bank.open()["INV-000004"]) == (2_000, 0)
    assert bank.rows()[RECEIPT]["unidentified"] == "30.00"


def test_what_is_parted_already_is_only_allocated(bank):
    bank.bring((20, 14_800, "A GROUP"))
    bank.identify(RECEIPT, "receipt", "BROOKS", amount=10_000)
    bank.identify(RECEIPT, "receipt", "BEECH")
    problems = refusal(bank, *GROUP)
    assert all(problem.hint.startswith("levytool bank allocate") for problem in problems)
    do_as_told(bank, problems)
    assert bank.rows()[RECEIPT]["state"] == "explained"


def test_one_payers_credit_does_not_pay_anothers_invoice(bank):
    bank.bring((20, 11_400, "A GROUP"))
    problems = refusal(bank, ("INV-000001", 12_000), ("CN-000002", -600))
    assert {problem.hint for problem in problems} == {
        "one payer's credit note cannot pay another's invoice: ask the payer for an advice of each"
    }


def test_an_advice_of_less_than_the_receipt_says_what_stays(bank):
    bank.bring((20, 16_000, "BROOKS"))
    for apply in (False, True):
        found = advise(bank, ("INV-000001", 10_000), apply=apply)
        assert found.remarks == (
            "adv.csv is for £100.00, but £160.00 of B-000001 is not allocated: £60.00 stays "
            "BROOKS's, on no document; ask the payer what it is for",
        )
    assert bank.rows()[RECEIPT]["unallocated"] == "60.00"


def test_an_advice_of_just_the_receipt_needs_no_word(bank):
    bank.bring((20, 10_000, "BROOKS"))
    assert advise(bank, ("INV-000001", 10_000)).remarks == ()


def test_what_is_read_otherwise_than_it_is_written_is_told(bank):
    bank.bring((20, 12_000, "BROOKS"))
    (remark,) = advise(bank, ("INV-000011", 12_000)).remarks
    assert remark == (
        "adv.csv:2: INV-000011 120.00 is not placed as it is written: there is no such document; "
        "by number-mistyped B-000001 goes to INV-000001 120.00"
    )
    bank.bring((21, 6_500, "BROOKS"), opening_pence=12_000)
    (remark,) = advise(bank, ("INV-000002", 6_500), receipt="B-000002").remarks
    assert "£60.00 is open on it, not £65.00; by remittance-overpaid B-000002 goes" in remark


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("BEECH", "it is BEECH's, as far as is known, and the documents are BROOKS's"),
        ("BROOKS", "a person has parted it or taken back what it was, or it went back, it seems"),
    ],
)
def test_an_advice_that_is_only_suggested_says_why_and_how_to_follow_it(bank, words, why):
    bank.bring((20, 5_000, words))
    if words == "BROOKS":
        bank.identify(RECEIPT, "receipt", "BROOKS")
        bank.unidentify(RECEIPT)
    found = advise(bank, ("INV-000001", 5_000))
    assert [row["rule"] for row in found.suggestions] == ["remittance"]
    assert found.remarks == (
        f"adv.csv is not followed by itself on B-000001: {why}; look, and if it is meant so: "
        "levytool bank allocate B-000001 INV-000001 --amount 50.00",
    )


def test_a_document_that_another_receipt_pays_for_certain_is_told(bank):
    bank.bring((20, 6_000, "A"), (21, 6_000, "INV-000002"), match=False)
    bank.identify(RECEIPT, "receipt", "BROOKS")
    refund_receipt(bank.books.office(), RECEIPT)
    bank.unallocate(RECEIPT)
    bank.unidentify(RECEIPT)
    (problem,) = refusal(bank, ("INV-000002", 6_000))
    assert problem.message == "B-000002 pays it, by document-number"
    do_as_told(bank, [problem])
    assert bank.rows()[RECEIPT]["documents"] == ["INV-000002"]


advised_lines = st.lists(st.sampled_from(sorted(OPEN)), min_size=1, unique=True).flatmap(
    lambda numbers: st.tuples(
        *(
            st.tuples(
                st.just(number),
                st.just(OPEN[number][1])
                if OPEN[number][1] < 0
                else st.integers(1, OPEN[number][1]) | st.just(OPEN[number][1]),
            )
            for number in numbers
        )
    )
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(advised_lines, st.integers(0, 700), st.sampled_from(["X", "BROOKS", "BEECH"]))
def test_no_line_of_an_advice_goes_without_a_word(fresh, lines, extra, words):
    bank = fresh()
    total = sum(pence for _number, pence in lines)
    bank.bring((20, max(1, total + extra), words))
    before = signed(bank)
    parts = {}
    for number, pence in lines:
        payer = OPEN[number][0]
        parts[payer] = parts.get(payer, 0) + pence
    try:
        found = advise(bank, *lines)
    except InputRejected as refused:
        assert {problem.row for problem in refused.problems} == set(range(2, len(lines) + 2))
        assert len(parts) > 1
        if min(parts.values()) > 0:
            do_as_told(bank, refused.problems)
            told = dict(lines)
            assert signed(bank) == {
                number: before[number] - told.get(number, 0) for number in before
            }
            assert bank.of("2900") == ({"main": extra} if extra else {})
    else:
        rows = [row for row in (*found.matched, *found.suggestions) if row["receipt"] == RECEIPT]
        assert [row["rule"] in OF_ADVICES for row in rows] == [True]
        assert bool(found.remarks) or rows[0]["unallocated"] == "0.00"
    bank.prove()
