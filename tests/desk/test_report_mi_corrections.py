"""The correction cases of Crown Commercial Service's Report MI, from file to document."""

import json

import pytest
from sqlalchemy import text

from levytool.desk.four_eyes import Status
from levytool.desk.returns.settle_returns import reject_return
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.money import parse_pounds
from levytool.problems import InputRejected, RuleRefused
from tests.desk.correcting import Returns, received_text
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

TRUNCATED = 'vat = "outside the scope"'


def _cases():
    path = SHARED / "vectors" / "report_mi.json"
    if not path.is_file():
        return {}
    cases = json.loads(path.read_text(encoding="utf-8"))
    return {case["id"]: case for case in cases if case["kind"] == "correction"}


CASES = _cases()


@pytest.fixture
def books(tmp_path):
    """A supplier's returns for December 2018, at 1% cut to the penny, or at another rate."""
    made = []

    def make(percent="1"):
        book = received_text().replace('rate = "1%"', f'rate = "{percent}%"\nrounding = "truncate"')
        made.append(
            Returns(
                tmp_path, book.replace('vat = [{ from = 2011-01-04, rate = "20%" }]', TRUNCATED)
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.prove()
        one.ledger.close()


def lines(*nets):
    return [(f"A{number}", "2018-12-05", "SALIX", net) for number, net in enumerate(nets)]


def test_every_case_is_told_here():
    assert {f"correction-{number:02d}" for number in (1, 3, 5, 7, 9, 11, 13)} == set(CASES)


def test_a_reversal_credits_it_all_quotes_the_original_and_names_the_user(books):
    case = CASES["correction-01"]
    original, reversal = case["input"]["original"], case["expect"]["reversal"]
    kept = books()
    kept.declare(*lines("10.00", "10.00"))
    assert kept.numbers()["INV-000001"][0] == original["levy"]
    told = kept.correct("R-000001", *lines("10.00"), user="carol")
    assert (told.status is Status.DONE) == reversal["auto_submitted"]
    assert kept.numbers()["CN-000001"][0] == reversal["amount"]
    with kept.reading() as connection:
        rows = connection.execute(
            text("SELECT narrative, posted_by FROM journal_entry WHERE reference = 'CN-000001'")
        ).all()
    assert rows == [("CN-000001 takes INV-000001 back (R-000001)", "carol")]


def test_nothing_to_reverse_raises_no_document(books):
    expect = CASES["correction-03"]["expect"]
    kept = books()
    kept.declare(*lines("0.00"))
    kept.correct("R-000001", *lines("0.00", "10.00"))
    assert kept.states()["R-000001"] == {"replaced": "corrected"}[expect["original_state"]]
    assert kept.numbers("credit-note") == {}
    assert expect["reversal"] is None


def test_a_second_return_that_is_no_correction_is_a_conflict(books):
    expect = CASES["correction-05"]["expect"]
    kept = books()
    kept.declare(*lines("10.00"))
    options = ImportOptions(accept=True, contractor="BROOKS", framework="REGEN")
    outcome = import_spend(kept.office(), kept.write(lines("20.00")), options)
    assert [problem.code for problem in outcome.problems] == ["return-exists"]
    assert (expect["error"], len(kept.states())) == ("conflict", 1 + expect["returns_added"])


def test_one_act_replaces_the_return_and_accepts_the_new_one_or_does_nothing(books):
    expect = CASES["correction-07"]["expect"]
    kept = books()
    kept.declare(*lines("10.00"))
    before = kept.states(), kept.entries()
    with pytest.raises(InputRejected):
        kept.correct("R-000001", *lines("20.00"), ("A9", "2018-12-05", "NOBODY", "1.00"))
    assert (kept.states(), kept.entries()) == before
    kept.correct("R-000001", *lines("20.00"))
    told = {"replaced": "corrected", "completed": "accepted"}
    assert list(kept.states().values()) == [told[expect["existing"]], told[expect["correction"]]]


def test_asking_twice_bills_once(books):
    expect = CASES["correction-09"]["expect"]
    kept = books()
    kept.declare(*lines("10.00"))
    for _ in range(CASES["correction-09"]["input"]["invoice_requests"]):
        kept.correct("R-000001", *lines("20.00"))
    assert len(kept.numbers("invoice")) == 1 + expect["invoices"]


def test_a_correction_that_is_done_is_not_cancelled(books):
    kept = books()
    kept.declare(*lines("10.00"))
    kept.correct("R-000001", *lines("20.00"))
    before = kept.states()
    with pytest.raises(RuleRefused, match="corrected, not rejected"):
        reject_return(kept.office(), "R-000002")
    assert CASES["correction-11"]["expect"]["error"] == "invalid transition"
    assert kept.states() == before


def test_reversal_and_new_document_truncate_each_for_itself(books):
    case = CASES["correction-13"]
    given, expect = case["input"], case["expect"]
    kept = books(given["rate"])
    kept.declare(*lines(*given["original_rows"]))
    told = kept.correct("R-000001", *lines(*given["corrected_rows"]))
    assert [row[0] for row in kept.numbers().values()] == [
        expect["original_invoice"],
        expect["reversal_credit"],
        expect["new_invoice"],
    ]
    assert kept.of("2000")["2000", "SALIX"] == parse_pounds("20.39") + parse_pounds(expect["net"])
    assert [row["net"] for row in told.differences] == ["-123.45"]
