"""Correcting returns, to the penny."""

import pytest
from sqlalchemy import text

from levytool.desk.bank.allocate_receipt import set_off
from levytool.desk.four_eyes import Status
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return
from levytool.problems import InputRejected, RuleRefused
from tests.desk.consortium import book_text
from tests.desk.correcting import Returns, received_text

LEVY = ("1100", "2000", "2100", "2500", "2910", "4100")
FIRST = (("A1", "2014-03-05", "SALIX", "10000.00"), ("A2", "2014-03-06", "ALDER", "2000.00"))
LESS = (("A1", "2014-03-05", "SALIX", "5000.00"), ("A2", "2014-03-06", "ALDER", "2000.00"))
MORE = (*FIRST, ("A3", "2014-03-07", "BIRCH", "3000.00"))


@pytest.fixture
def books(tmp_path):
    made = []

    def make(book=None):
        made.append(Returns(tmp_path, book or received_text()))
        return made[-1]

    yield make
    for one in made:
        one.prove()
        one.ledger.close()


def test_an_unpaid_return_is_reversed_in_full_and_billed_anew(books):
    kept = books()
    kept.declare(*FIRST)
    told = kept.correct("R-000001", *LESS)
    assert kept.states() == {"R-000001": "corrected", "R-000002": "accepted"}
    assert kept.numbers() == {
        "INV-000001": ("120.00", "144.00", "0.00"),
        "CN-000001": ("120.00", "144.00", "0.00"),
        "INV-000002": ("70.00", "84.00", "84.00"),
    }
    assert kept.of(*LEVY) == {
        ("1100", "BROOKS"): -8400,
        ("2000", "ALDER"): 2000,
        ("2000", "SALIX"): 5000,
        ("2500", ""): 1400,
    }
    [row] = told.rows
    assert (row["return"], row["state"], row["documents"]) == (
        "R-000002",
        "accepted",
        ["INV-000002"],
    )
    [difference] = told.differences
    assert (difference["change"], difference["invoice"]) == ("changed", "A1")
    assert (difference["net"], difference["levy"]) == ("-5000.00", "-50.0000")


def test_a_paid_return_leaves_the_rest_of_its_cash_with_the_payer(books):
    kept = books()
    kept.declare(*FIRST)
    kept.bank("144.00", "INV-000001")
    kept.correct("R-000001", *LESS)
    assert kept.numbers()["INV-000002"] == ("70.00", "84.00", "0.00")
    assert kept.of(*LEVY) == {
        ("2100", "ALDER"): 1800,
        ("2100", "SALIX"): 4500,
        ("2500", ""): 1400,
        ("2910", "BROOKS"): 6000,
        ("4100", "REGEN"): 700,
    }


def test_money_that_comes_free_is_told_with_what_to_do_with_it(books):
    kept = books()
    kept.declare(*FIRST)
    kept.bank("144.00", "INV-000001")
    free = (
        "£60.00 of B-000001 is allocated to nothing now; it waits for the next invoice of BROOKS, "
        "or is paid back: levytool bank refund B-000001"
    )
    assert kept.correct("R-000001", *LESS, dry_run=True).said[-1] == free
    assert kept.correct("R-000001", *LESS).said[-1] == free
    kept.declare(("B1", "2014-02-05", "SALIX", "9000.00"))
    nil = kept.correct("R-000002").said
    assert nil[-1] == (
        "£84.00 of B-000001 is allocated to nothing now, £144.00 with what was before; allocate "
        "it: levytool bank allocate B-000001 INV-000003, or pay it back: levytool bank refund "
        "B-000001"
    )


def test_each_payers_money_that_comes_free_is_told_apart(books):
    kept = books(received_text().replace('payer = "contractor"', 'payer = "member"'))
    kept.declare(*FIRST)
    kept.bank("24.00", "INV-000001")
    kept.bank("120.00", "INV-000002")
    free = [line for line in kept.correct("R-000001").said if "allocated to nothing" in line]
    assert [line[:19] for line in free] == ["£24.00 of B-000001 ", "£120.00 of B-000002"]


def test_a_correction_that_needs_all_that_was_paid_tells_of_nothing_free(books):
    kept = books()
    kept.declare(*FIRST)
    kept.bank("144.00", "INV-000001")
    assert "allocated to nothing" not in "".join(kept.correct("R-000001", *MORE).said)


def test_a_part_paid_return_keeps_what_was_paid(books):
    kept = books()
    kept.declare(*FIRST)
    kept.bank("100.00", "INV-000001")
    kept.correct("R-000001", *MORE)
    assert kept.numbers()["INV-000002"] == ("150.00", "180.00", "80.00")
    # Half-up(150 x 100 / 180) = 83.33 net, shared 100:20:30.
    assert kept.of(*LEVY) == {
        ("1100", "BROOKS"): -8000,
        ("2000", "ALDER"): 2000 - 1111,
        ("2000", "BIRCH"): 3000 - 1667,
        ("2000", "SALIX"): 10000 - 5555,
        ("2100", "ALDER"): 1111 - 111,
        ("2100", "BIRCH"): 1667 - 167,
        ("2100", "SALIX"): 5555 - 556,
        ("2500", ""): 3000,
        ("4100", "REGEN"): 111 + 167 + 556,
    }


def test_the_rest_of_an_overpayment_pays_for_a_higher_levy(books):
    kept = books()
    kept.declare(*FIRST)
    kept.bank("170.00", "INV-000001")
    kept.correct("R-000001", *MORE)
    assert kept.numbers()["INV-000002"] == ("150.00", "180.00", "10.00")
    assert ("2910", "BROOKS") not in kept.of("2910")


def test_cash_that_one_correction_sets_free_is_used_by_the_next(books):
    kept = books()
    kept.declare(*FIRST)
    for pounds in ("100.00", "44.00"):
        kept.bank(pounds, "INV-000001")
    kept.correct("R-000001", *LESS)
    assert kept.of("2910") == {("2910", "BROOKS"): 6000}
    kept.correct("R-000002", *FIRST)
    assert kept.numbers()["INV-000003"] == ("120.00", "144.00", "0.00")
    assert kept.of("2910", "2000", "1100") == {}


def test_billed_levy_is_taken_out_of_the_fund_and_the_share_with_it(books):
    kept = books(received_text(funded="billed"))
    kept.declare(*FIRST)
    kept.bank("144.00", "INV-000001")
    kept.correct("R-000001", *LESS)
    assert kept.of(*LEVY) == {
        ("2100", "ALDER"): 1800,
        ("2100", "SALIX"): 4500,
        ("2500", ""): 1400,
        ("2910", "BROOKS"): 6000,
        ("4100", "REGEN"): 700,
    }


def test_a_return_becomes_nil_and_comes_back(books):
    kept = books()
    kept.declare(*FIRST)
    kept.bank("144.00", "INV-000001")
    kept.correct("R-000001")
    assert kept.states() == {"R-000001": "corrected", "R-000002": "nil"}
    assert kept.of(*LEVY) == {("2910", "BROOKS"): 14400}
    assert kept.correct("R-000001").status is Status.DONE_BEFORE
    kept.correct("R-000002", *FIRST)
    assert kept.states()["R-000003"] == "accepted"
    assert kept.of("1100", "2910") == {}


def test_the_same_correction_twice_is_done_once(books):
    kept = books()
    kept.declare(*FIRST)
    kept.correct("R-000001", *LESS)
    posted = kept.entries()
    again = kept.correct("R-000001", *LESS)
    assert (again.status, again.rows[0]["return"]) == (Status.DONE_BEFORE, "R-000002")
    assert kept.entries() == posted


def test_a_file_that_says_the_same_changes_nothing(books):
    kept = books()
    kept.declare(*FIRST)
    posted = kept.entries()
    told = kept.correct("R-000001", *reversed(FIRST))
    assert (told.status, told.rows[0]["return"]) == (Status.DONE_BEFORE, "R-000001")
    assert (told.rows[0]["state"], told.rows[0]["documents"]) == ("accepted", ["INV-000001"])
    assert (kept.entries(), kept.states()) == (posted, {"R-000001": "accepted"})


def test_a_dry_run_shows_the_same_and_stores_nothing(books):
    kept = books()
    kept.declare(*FIRST)
    posted = kept.entries()
    tried = kept.correct("R-000001", *LESS, dry_run=True)
    assert kept.entries() == posted
    done = kept.correct("R-000001", *LESS)
    assert tried == done


def test_only_what_is_in_force_is_corrected(books):
    kept = books()
    kept.declare(*FIRST)
    kept.correct("R-000001", *LESS)
    with pytest.raises(RuleRefused, match="was corrected by R-000002"):
        kept.correct("R-000001", *MORE)


def test_a_bad_row_leaves_everything_as_it_was(books):
    kept = books()
    kept.declare(*FIRST)
    posted = kept.entries()
    with pytest.raises(InputRejected) as refused:
        kept.correct("R-000001", ("A1", "2014-03-05", "SALIX", "12.5x"))
    assert [problem.code for problem in refused.value.problems] == ["not-a-number"]
    assert (kept.entries(), kept.states()) == (posted, {"R-000001": "accepted"})


def test_a_credit_note_is_reversed_by_an_invoice(books):
    kept = books()
    kept.declare(("A1", "2014-03-05", "SALIX", "-1000.00"))
    kept.correct("R-000001", ("A1", "2014-03-05", "SALIX", "-400.00"))
    assert kept.numbers() == {
        "CN-000001": ("10.00", "12.00", "0.00"),
        "INV-000001": ("10.00", "12.00", "0.00"),
        "CN-000002": ("4.00", "4.80", "4.80"),
    }


def test_what_came_to_nothing_is_reversed_too(books):
    kept = books()
    kept.declare(
        ("A1", "2014-03-05", "SALIX", "1000.00"), ("A2", "2014-03-05", "ALDER", "-1000.00")
    )
    assert kept.of(*LEVY)
    kept.correct("R-000001")
    assert kept.of(*LEVY) == {}


def test_a_credit_note_that_helped_to_pay_gives_its_part_back(books):
    kept = books()
    kept.declare(("A1", "2014-03-05", "SALIX", "10000.00"))
    kept.declare(("A2", "2014-03-05", "SALIX", "-2000.00"), supplement=True)
    kept.bank("96.00", "INV-000001 CN-000001")
    assert kept.of("1100", "2910") == {}
    kept.correct("R-000002", ("A2", "2014-03-05", "SALIX", "-500.00"))
    # The invoice of £120 has £96 and the new note of £6.
    assert kept.numbers()["INV-000001"][2] == "18.00"
    assert kept.numbers()["CN-000002"][2] == "0.00"
    assert kept.of("1100", "2910") == {("1100", "BROOKS"): -1800}


def test_a_note_set_off_against_the_old_invoice_is_set_off_against_the_new(books):
    kept = books()
    kept.declare(("A1", "2014-03-05", "SALIX", "10000.00"))
    kept.declare(("A2", "2014-03-05", "SALIX", "-2000.00"), supplement=True)
    set_off(kept.office(), "CN-000001", ["INV-000001"])
    kept.correct("R-000001", ("A1", "2014-03-05", "SALIX", "9000.00"))
    assert kept.numbers()["INV-000002"] == ("90.00", "108.00", "84.00")
    assert kept.numbers()["CN-000001"][2] == "0.00"


def test_a_correction_of_a_supplement_leaves_the_return_beside_it(books):
    kept = books()
    kept.declare(*FIRST)
    kept.declare(("S1", "2014-03-09", "BIRCH", "500.00"), supplement=True)
    kept.correct("R-000002", ("S1", "2014-03-09", "BIRCH", "600.00"))
    kept.correct("R-000001", *LESS)
    assert kept.states() == {
        "R-000001": "corrected",
        "R-000002": "corrected",
        "R-000003": "accepted",
        "R-000004": "accepted",
    }
    kept.declare(("S2", "2014-03-10", "BIRCH", "100.00"), supplement=True)


def test_a_warning_names_the_file_and_the_row(books):
    kept = books()
    kept.declare(("OLD", "2014-02-05", "SALIX", "100.00"))
    kept.declare(*FIRST)
    told = kept.correct("R-000002", ("OLD", "2014-03-05", "SALIX", "100.00"))
    [warning] = told.warnings
    assert str(warning).startswith("return-3.csv:2: this invoice was declared before")


def test_a_closed_month_is_left_alone(books):
    kept = books()
    kept.declare(*FIRST)
    kept.close("2014-03")
    [foretold] = kept.correct("R-000001", *LESS, dry_run=True).warnings
    assert "will post in 2014-04" in foretold.message
    assert "must be open before acceptance" in foretold.hint
    [warning] = kept.correct("R-000001", *LESS).warnings
    assert (warning.code, warning.file) == ("period-closed", "return-3.csv")
    assert "are posted in 2014-04" in warning.message
    assert "before acceptance" not in warning.hint
    with kept.reading() as connection:
        rows = connection.execute(
            text("SELECT DISTINCT effective, reporting_period FROM journal_entry WHERE id > 1")
        ).all()
    assert rows == [("2014-04-10", "2014-03")]


def test_a_correction_keeps_the_vat_rate_of_the_original(books):
    dated = 'vat = [{ from = 2011-01-04, rate = "20%" }, { from = 2014-04-15, rate = "25%" }]'
    kept = books(received_text().replace('vat = [{ from = 2011-01-04, rate = "20%" }]', dated))
    kept.declare(*FIRST)
    kept.correct("R-000001", today="2014-04-20")
    kept.correct("R-000002", *LESS, today="2014-04-21")
    assert kept.numbers()["CN-000001"] == ("120.00", "144.00", "0.00")
    assert kept.numbers()["INV-000002"] == ("70.00", "84.00", "84.00")


def test_a_credit_over_the_limit_takes_two_people(books):
    kept = books(received_text().replace("[consortium]", "[consortium]\nfour_eyes_over = '100.00'"))
    kept.declare(*FIRST)
    posted = kept.entries()
    told = kept.correct("R-000001", *LESS)
    assert (told.status, told.rows[0]["return"]) == (Status.PROPOSED, "R-000001")
    assert len(told.differences) == 1
    assert kept.entries() == posted
    with pytest.raises(RuleRefused, match="a second person must agree"):
        kept.correct("R-000001", *LESS)
    assert kept.correct("R-000001", *LESS, user="bob").status is Status.DONE
    # £70 is not over the limit.
    assert kept.correct("R-000002", *FIRST).status is Status.DONE


def test_each_member_that_pays_has_its_cash_set_against_its_own_document(books):
    kept = books(received_text().replace('payer = "contractor"', 'payer = "member"'))
    kept.declare(*FIRST)
    kept.bank("24.00", "INV-000001")
    kept.bank("120.00", "INV-000002")
    kept.correct("R-000001", ("A1", "2014-03-05", "SALIX", "11000.00"))
    assert kept.of("1100", "2910", "2000") == {
        ("1100", "SALIX"): -1200,
        ("2000", "SALIX"): 1000,
        ("2910", "ALDER"): 2400,
    }


def test_provision_moves_once_by_the_change_in_what_is_due(books):
    kept = books(book_text())
    kept.declare(("A1", "2014-03-05", "SALIX", "1600000.00"), ("A2", "2014-03-05", "ALDER", "1"))
    assert kept.of("2110") == {("2110", "SALIX"): 750000}
    office = kept.office()
    path = kept.write(
        [("A1", "2014-03-05", "SALIX", "600000.00"), ("A2", "2014-03-05", "ALDER", "500000")]
    )
    assert correct_return(office, "R-000001", path, CorrectionOptions()).status is Status.PROPOSED
    before = kept.entries()
    correct_return(kept.office("bob"), "R-000001", path, CorrectionOptions())
    assert kept.of("2110") == {("2110", "ALDER"): 250000, ("2110", "SALIX"): 250000}
    # The credit note, the new invoice, one movement of provision and one set-off.
    assert kept.entries() - before == 4


BANDS = """per = "contractor-year"
mode = "{}"
bands = [{{ up_to = "10000.00", rate = "2%" }}, {{ rate = "1%" }}]"""


@pytest.mark.parametrize(("mode", "second"), [("marginal", "100.00"), ("whole", "0.00")])
def test_bands_come_out_the_same(books, mode, second):
    kept = books(received_text().replace('rate = "1%"', BANDS.format(mode)))
    kept.declare(("A1", "2014-02-05", "SALIX", "8000.00"))
    kept.declare(("A2", "2014-03-05", "SALIX", "8000.00"))
    before = [row[0] for row in kept.numbers().values()]
    assert before == ["160.00", "100.00"] if mode == "marginal" else ["160.00"]
    assert kept.of("2000") == {("2000", "SALIX"): 26000 if mode == "marginal" else 16000}
    kept.correct("R-000001", ("A1", "2014-02-05", "SALIX", "1000.00"))
    # 9,000 in all at 2%, whatever was charged in March.
    assert kept.of("2000") == {("2000", "SALIX"): 18000}


def test_what_bands_still_owe_after_a_nil_correction_waits_for_the_next_return(books):
    kept = books(received_text().replace('rate = "1%"', BANDS.format("marginal")))
    kept.declare(("A1", "2014-02-05", "SALIX", "8000.00"))
    kept.declare(("A2", "2014-03-05", "SALIX", "8000.00"))
    kept.correct("R-000001")
    assert kept.of("2000") == {("2000", "SALIX"): 10000}
    kept.prove()
    kept.correct("R-000003", ("A3", "2014-02-06", "SALIX", "100.00"))
    assert kept.of("2000") == {("2000", "SALIX"): 16200}


def test_truncated_documents_differ_from_a_netted_change_by_a_penny(books):
    kept = books(received_text().replace('rate = "1%"', 'rate = "1.5%"\nrounding = "truncate"'))
    kept.declare(("A1", "2014-03-05", "SALIX", "1235.99"), ("A2", "2014-03-05", "SALIX", "123.45"))
    kept.correct("R-000001", ("A1", "2014-03-05", "SALIX", "1235.99"))
    assert [row[0] for row in kept.numbers().values()] == ["20.39", "20.39", "18.53"]


def test_a_minimum_is_asked_for_once(books):
    kept = books(received_text().replace('rate = "1%"', 'rate = "1%"\nminimum = "50.00"'))
    kept.declare(("A1", "2014-03-05", "SALIX", "1000.00"))
    kept.correct("R-000001", ("A1", "2014-03-05", "SALIX", "2000.00"))
    assert kept.of("2000") == {("2000", "SALIX"): 5000}


def test_on_postgresql_it_comes_to_the_same(books, tmp_path, postgres_ledger):
    (tmp_path / "other").mkdir()
    there = Returns(tmp_path / "other", received_text(), postgres_ledger)
    told = []
    for kept in (books(), there):
        kept.declare(*FIRST)
        kept.bank("100.00", "INV-000001")
        differences = [
            kept.correct(number, *lines).differences
            for number, lines in (("R-000001", MORE), ("R-000002", ()), ("R-000003", LESS))
        ]
        kept.prove()
        told.append((kept.states(), kept.numbers(), kept.of(*LEVY), differences))
    there.ledger.close()
    assert told[0] == told[1]
