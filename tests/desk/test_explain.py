"""Any figure is traced to what made it: row, rule, document, receipt, cohort, scheme."""

import json
from datetime import date

import pytest

from levytool.desk.audit.explain import explain
from levytool.desk.bank.allocate_receipt import allocate_receipt, unallocate_receipt
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.record_opportunity import Place, record_opportunity, verify_opportunity
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.periods import Month
from levytool.problems import UsageError
from tests.desk.consortium import book_text
from tests.desk.spending import book_of, framework


def facts(trace):
    return {name.replace("_", " "): text for name, text in trace.facts}


def steps(trace, what):
    """Every step of an explanation that is of one kind, however deep."""
    found = [trace] if trace.what == what else []
    return found + [step for behind in trace.behind for step in steps(behind, what)]


@pytest.fixture
def rich(books):
    """A pot of £12,000 of two months, a scheme with £10,000 of it, a place, a receipt."""
    made = books(book_text(opportunities="unit_cost = [{ from = 2012-04-01, cost = '100' }]"))
    made.spend(("2014-02-28", "SALIX", "400000.00"))
    made.spend(("2014-03-31", "SALIX", "800000.00"), ("2014-03-31", "ALDER", "-100.00"))
    release_surplus(made.office(), Month(2014, 3))
    place = Place(framework="REGEN", member="SALIX", type="job", weeks=52, starts=date(2014, 5, 1))
    number = record_opportunity(made.office("ann"), place)["opportunity"]
    verify_opportunity(made.office("bob"), number)
    propose_scheme(
        made.office("ann"), "WARDENS", members=["SALIX"], title="Estate wardens",
        budget_pence=2_000_000, places=3,
    )  # fmt: skip
    approve_scheme(made.office("bob"), "WARDENS")
    for user in ("ann", "bob"):
        commit_to_scheme(made.office(user), "WARDENS", "SALIX", 1_000_000, "C-1")
    line = made.bank("4800.00", "INV-000001")
    assert line == "B-000001"
    return made


def references(books):
    """Everything in the books that has a reference of its own."""
    with books.reading() as connection:
        entries = connection.exec_driver_sql("SELECT id FROM journal_entry").scalars()
        found = [f"E-{number:06d}" for number in entries]
        found += connection.exec_driver_sql("SELECT number FROM document").scalars()
        lines = connection.exec_driver_sql("SELECT return_id, line_no FROM declaration_line")
        found += [f"R-{number:06d}/{line}" for number, line in lines]
        returns = connection.exec_driver_sql("SELECT id FROM levy_return").scalars()
        found += [f"R-{number:06d}" for number in returns]
        found += [
            f"B-{n:06d}" for n in connection.exec_driver_sql("SELECT id FROM bank_line").scalars()
        ]
        places = connection.exec_driver_sql("SELECT id FROM opportunity").scalars()
        found += [f"O-{number:06d}" for number in places]
        cohorts = connection.exec_driver_sql("SELECT DISTINCT member, cohort FROM pot_movement")
        found += [f"{member}/{cohort}" for member, cohort in cohorts]
        found += connection.exec_driver_sql("SELECT code FROM scheme").scalars()
    return found


def test_everything_that_has_a_reference_is_explained(rich):
    found = references(rich)
    assert {reference[:2] for reference in found} >= {"E-", "IN", "R-", "B-", "O-", "SA", "WA"}
    for reference in found:
        trace = explain(rich.office(), reference)
        assert trace.reference == reference
        assert trace.facts
        assert json.loads(json.dumps(trace.as_json()))["reference"] == reference
        assert explain(rich.office(), f" {reference.lower()} ") == trace


def test_a_cohort_leads_to_the_levy_that_fed_it(rich):
    trace = explain(rich.office(), "SALIX/2014-03")
    (release,) = [step for step in steps(trace, "pot movement") if facts(step)["kind"] == "release"]
    assert facts(release)["amount"].replace(",", "").lstrip("£") == "11800.00"
    (billed,) = steps(trace, "levy billed")
    assert {"INV-000001", "INV-000002"} <= {name for name, _text in billed.facts}
    assert steps(trace, "set aside for opportunities")


def test_an_entry_shows_its_transfers_and_what_it_stands_for(rich):
    trace = explain(rich.office(), "E-000001")
    assert facts(trace)["reference"] == "INV-000001"
    assert steps(trace, "invoice")
    debits = [facts(step)["debit"] for step in steps(trace, "transfer")]
    assert "1100 Levy debtors BROOKS" in debits


def test_a_scheme_leads_to_the_cohorts_its_money_came_from(rich):
    trace = explain(rich.office(), "WARDENS")
    assert facts(trace)["title"] == "Estate wardens"
    references = {step.reference for step in steps(trace, "pot movement")}
    assert references == {"SALIX/2014-03"}


def test_a_bank_line_leads_to_the_document_it_paid_and_back(rich):
    paid = explain(rich.office(), "B-000001")
    assert [step.reference for step in steps(paid, "allocated")] == ["INV-000001"]
    invoice = explain(rich.office(), "INV-000001")
    assert [step.reference for step in steps(invoice, "receipt")] == ["B-000001"]


def test_a_place_says_who_recorded_and_who_verified_it(rich):
    trace = explain(rich.office(), "O-000001")
    assert facts(trace)["recorded"].endswith("by ann")
    assert "bob" in str([step.facts for step in trace.behind])


def test_a_line_says_rule_levy_and_share(spending):
    raised = framework("payer = 'contractor'\nrate = '1%'\nbase = ['Labour', 'Parts']")
    books = spending(book_of(raised))
    books.accepted(
        {"Labour": "100.05", "Parts": "0.50", "Net": "500"},
        {"Labour": "-10", "Parts": "0", "Net": "-10", "Credits": "A1", "Invoice": "CN"},
    )
    trace = explain(books.office(), "R-000001/1")
    (rule,), (levy,) = steps(trace, "rule"), steps(trace, "levy")
    assert facts(rule)["base"] == "Labour + Parts"
    assert "1.0055" in facts(levy)["exact"]
    assert "100.55" in facts(levy)["worked out"]
    credit = explain(books.office(), "R-000001/2")
    assert "A1" in str(steps(credit, "rule")[0].facts)


def test_a_banded_line_says_its_true_up(spending):
    bands = (
        "payer = 'contractor'\nper = 'contractor-year'\nmode = 'whole'\n"
        "bands = [{ up_to = '1000.00', rate = '2%' }, { rate = '1%' }]"
    )
    books = spending(book_of(framework(bands)))
    books.accepted({"Date": "2014-04-01", "Net": "900"})
    books.accepted({"Date": "2014-05-01", "Net": "400"})
    (levy,) = steps(explain(books.office(), "R-000002/1"), "levy")
    assert "-9.00" in facts(levy)["true up"]
    assert "-5.00" in facts(levy)["exact"]


@pytest.mark.parametrize("wrong", ["", "X", "R-1/2/3", "SALIX/2020-01", "WARDEN"])
def test_what_names_nothing_says_what_can_be_named(rich, wrong):
    with pytest.raises(UsageError) as refused:
        explain(rich.office(), wrong)
    assert len(str(refused.value)) > 30
    if wrong == "WARDEN":
        assert "did you mean WARDENS?" in str(refused.value)


def test_what_was_taken_back_is_not_said_to_have_settled(rich):
    unallocate_receipt(rich.office(), "B-000001", ["INV-000001"])
    assert steps(explain(rich.office(), "INV-000001"), "receipt") == []
    allocate_receipt(rich.office(), "B-000001", ["INV-000001"])
    assert steps(explain(rich.office(), "INV-000001"), "receipt")
