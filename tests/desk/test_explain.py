"""Any figure is traced both ways: row, rule, levy, document, receipt, cohort, drawdown."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from levytool.desk.bank.allocate_receipt import allocate_receipt
from levytool.desk.bank.identify_line import LineKind, Said, identify_line
from levytool.desk.bank.pay_creditors import make_run
from levytool.desk.bank.unallocate_receipt import unallocate_receipt
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.close_scheme import close_scheme
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.brokerage.pay_opportunity import pay_opportunity
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.record_opportunity import Place, record_opportunity, verify_opportunity
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.brokerage.transfer_pot import transfer_pot
from levytool.desk.levy.write_off import write_off
from levytool.desk.month_end.export_entries import export_entries
from levytool.desk.tracing.explain import FORMS, explain
from levytool.desk.tracing.trace import Trace
from levytool.money import format_pence
from levytool.periods import Month, Period
from levytool.problems import UsageError
from tests.desk import opening
from tests.desk.consortium import book_text
from tests.desk.correcting import Returns, received_text
from tests.desk.spending import Spending, book_of, framework
from tests.desk.tracing import assert_whole, refs, steps, under


@pytest.fixture
def rich(books):
    """A pot of two months, a scheme with a drawdown, a place paid for, match funding, receipts."""
    made = books(book_text(opportunities="unit_cost = [{ from = 2012-04-01, cost = '100' }]"))
    made.spend(("2014-02-28", "SALIX", "400000.00"))
    made.spend(("2014-03-31", "SALIX", "800000.00"), ("2014-03-31", "ALDER", "-100.00"))
    release_surplus(made.office(), Month(2014, 3))
    place = Place(
        framework="REGEN", member="SALIX", contractor="BROOKS", type="job", weeks=52,
        starts=date(2014, 5, 1),
    )  # fmt: skip
    number = record_opportunity(made.office("ann"), place)["opportunity"]
    verify_opportunity(made.office("bob"), number)
    pay_opportunity(made.office(), number, net_pence=9_000, payee="Beech Roofing", reference="P-1")
    propose_scheme(
        made.office("ann"), "WARDENS", members=["SALIX"], title="Estate wardens",
        budget_pence=2_000_000, places=3,
    )  # fmt: skip
    approve_scheme(made.office("bob"), "WARDENS")
    for user in ("ann", "bob"):
        commit_to_scheme(made.office(user), "WARDENS", "SALIX", 1_000_000, "C-1")
    fund_scheme(made.office(), "WARDENS", funder="City Trust", pence=50_000, reference="F-1")
    made.match_funding("WARDENS", "City Trust", "500.00")
    draw_scheme(
        made.office(), "WARDENS", net_pence=21_000, vat_pence=4_200, payee="Fellgate College",
        reference="D-1",
    )  # fmt: skip
    make_run(made.office())
    assert made.bank("4800.00", "INV-000001") == "B-000002"
    assert made.bank("-252.00", "PAY-000001-2") == "B-000003"
    identify_line(made.office(), "B-000003", Said(LineKind.PAYMENT, ""))
    return made


def test_everything_leads_somewhere_and_every_amount_is_the_sum_of_its_parts(rich):
    seen = assert_whole(rich)
    for start in (
        "R-000001/1", "E-", "INV-", "B-", "O-", "SALIX/2014-03", "WARDENS/City Trust",
        "provision:REGEN/SALIX#1", "rule:REGEN/", "book:", "2100/SALIX", "2400/", "spend-1.csv:2",
        "bank-", "member:", "contractor:", "framework:", "statement:SALIX:2014-03:levy.",
    ):  # fmt: skip
        assert any(ref.startswith(start) for ref in seen), start


def test_what_was_typed_carelessly_is_the_same_reference(rich):
    for ref in ("r-000001/1", " INV-000001 ", "salix/2014-03", "wardens", "wardens/d-1"):
        assert explain(rich.office(), ref) == explain(rich.office(), ref.strip().upper())


def test_a_drawdown_leads_up_to_the_rows_that_paid_for_it(rich):
    trace = explain(rich.office(), "WARDENS/D-1")
    assert trace.kind == "drawdown"
    assert under(trace, "borne by") == [
        ("WARDENS/City Trust", "10.00"), ("WARDENS/SALIX", "200.00"),
    ]  # fmt: skip
    assert under(trace, "SALIX's share, from the oldest money committed") == [
        ("SALIX/2014-03", "200.00")
    ]
    made_it = refs(trace.because)
    assert {"SALIX/2014-03", "INV-000001", "R-000001", "R-000001/1", "spend-1.csv:2"} <= made_it
    assert any(ref.startswith("rule:REGEN/2012-04-01@1") for ref in made_it)


def test_a_line_leads_down_to_the_drawdown_and_its_payment(rich):
    trace = explain(rich.office(), "R-000001/1")
    became = refs(trace.became)
    assert {"INV-000001", "B-000002", "SALIX/2014-03", "WARDENS/SALIX", "B-000003"} <= became
    ((row,), (rule,)) = (steps(trace, kind) for kind in ("row", "rule"))
    assert dict(row.facts)["Net (column of net)"] == "400000.00"
    facts = dict(rule.facts)
    assert (facts["kind"], facts["block"]) == ("flat 1%", "from 2012-04-01")
    with rich.reading() as connection:
        book = book_in_force(connection)
    assert facts["sha256"] == book.sha256
    assert book.text.splitlines()[int(facts["line in the book"]) - 1] == "[[frameworks.levy]]"


def test_a_row_leads_to_its_line_and_a_cell_is_one_column_of_it(rich):
    row = explain(rich.office(), "spend-2.csv:3")
    assert under(row, "taken as") == [("R-000002/2", None)]
    cell = explain(rich.office(), "spend-2.csv:3:net")
    assert cell.facts == (("Net (column of net)", "-100.00"),)
    assert under(explain(rich.office(), "R-000002/2"), "read from") == [("spend-2.csv:3", None)]
    with pytest.raises(UsageError, match="no line came of row 9"):
        explain(rich.office(), "spend-2.csv:9")


def test_what_no_line_has_is_not_said_to_be_checked_unless_it_was(tmp_path):
    books = Spending(tmp_path)
    outcome = books.bring({"VAT": "1.00", "Gross": "no sum at all", "Currency": "GBP", "Lot": ""})
    row = dict(explain(books.office(), f"{outcome.file}:2").facts)
    said = "not kept; looked at only where a levy's base names it"
    assert (row["VAT (column of vat)"], row["Gross (column of gross)"]) == (said, said)
    assert row["Currency (column of currency)"] == "read and checked, not kept"
    assert row["Lot (column of lot)"] == "blank"
    books.ledger.close()


def test_a_file_goes_by_its_name_or_its_hash(rich):
    by_name = explain(rich.office(), "spend-1.csv")
    assert explain(rich.office(), dict(by_name.facts)["sha256"][:12]) == by_name
    assert under(by_name, "returns") == [("R-000001", None)]


def test_a_release_is_the_whole_surplus_of_the_fund(rich):
    trace = explain(rich.office(), "SALIX/2014-03")
    (release,) = steps(trace, "release")
    (fund,) = release.because
    assert "the whole surplus of it" in fund.kind
    assert sum(part.pence for part in fund.because) == fund.pence == 1_180_000
    assert {part.ref for part in fund.because} >= {"E-000001", "E-000003"}


def test_an_entry_shows_its_transfers(rich):
    facts = dict(explain(rich.office(), "E-000001").facts)
    assert facts["reference"] == "INV-000001"
    assert facts["from 1100 Levy debtors BROOKS to 2100 Levy fund (regular activity) SALIX"] == (
        "4000.00"
    )


def test_a_posting_leads_on_to_what_became_of_it(books):
    made = books(received_text())
    made.spend(("2014-03-05", "SALIX", "1000.00"))
    made.bank("12.00", "INV-000001")
    trace = explain(made.office(), "E-000001")
    assert under(Trace("", became=trace.became), "posts") == [("INV-000001", None)]
    assert {"INV-000001", "B-000001", "2100/SALIX"} <= refs(trace.became)
    of_line = explain(made.office(), "E-000002")
    assert dict(of_line.facts)["kind"] == "bank-line"
    assert {"B-000001", "INV-000001"} <= refs(of_line.became)


def test_a_place_says_who_recorded_verified_and_paid_for_it(rich):
    trace = explain(rich.office(), "O-000001")
    facts = dict(trace.facts)
    assert (facts["recorded"][-3:], facts["verified"][-3:], facts["net"]) == (
        "ann", "bob", "90.00",
    )  # fmt: skip
    assert under(trace, "counts towards") == [("provision:REGEN/SALIX", None)]
    ((paid, _none),) = under(trace, "paid for by")
    assert under(explain(rich.office(), paid), "paid for") == [("O-000001", None)]


def test_a_layer_is_paid_out_and_the_rest_is_still_set_aside(rich):
    trace = explain(rich.office(), "provision:REGEN/SALIX#1")
    assert sum(part.pence for part in trace.became[0].became) == trace.became[0].pence
    assert "O-000001" in refs(trace.became) or "still set aside" in str(trace.became)


def test_a_balance_is_its_entries_as_at_a_day_too(rich):
    now = explain(rich.office(), "2200/SALIX")
    assert dict(now.facts)["balance"] == "1800.00"
    before = explain(rich.office(), "2200/SALIX@2014-02-28")
    assert dict(before.facts)["balance"] == "0.00"


def test_a_payment_run_leads_to_what_is_owed_and_a_bank_line_to_what_it_paid(rich):
    run = explain(rich.office(), "PAY-000001")
    assert under(run, "payments") == [
        ("PAY-000001-1", "90.00"), ("PAY-000001-2", "252.00"),
    ]  # fmt: skip
    paid = explain(rich.office(), "B-000003")
    assert under(paid, "owed to Fellgate College") == [
        (explain(rich.office(), "WARDENS/D-1").ref, "252.00")
    ]
    drawn = explain(rich.office(), "WARDENS/D-1")
    assert under(drawn, "paid by") == [("B-000003", "252.00")]


@pytest.mark.parametrize(
    ("figure", "parts"),
    [
        ("2014-03:levy.billed", 1),
        ("2014-03:levy_billed", 1),
        ("2014-03:levy.released", 1),
        ("2014-03:levy.to_date.billed", 2),
        ("2014-03:closing_balance", 2),
        ("2014-04:closing_balance", 2),
        ("2014-04:opening_balance", 1),
        ("2014-04:split/closing/committed", 1),
        ("2014-03:ageing.total", 2),
        ("2014-03:spend_by_framework.0.spend", 1),
    ],
)
def test_a_figure_of_a_statement_is_the_sum_of_what_it_is_made_of(rich, figure, parts):
    trace = explain(rich.office(), f"statement:SALIX:{figure}")
    made_of = trace.because[0]
    assert format_pence(made_of.pence) == dict(trace.facts)["value"]
    assert sum(part.pence for part in made_of.because) == made_of.pence
    assert len(made_of.because) == parts


def test_a_figure_that_a_statement_lacks_names_the_nearest(rich):
    with pytest.raises(UsageError, match=r"nearest: .*levy\.billed"):
        explain(rich.office(), "statement:SALIX:2014-03:levy.biled")


@pytest.mark.parametrize("wrong", ["nope", "perio", "basi", "x"])
def test_only_figures_that_are_made_of_something_are_suggested(rich, wrong):
    with pytest.raises(UsageError) as refused:
        explain(rich.office(), f"statement:SALIX:2014-03:{wrong}")
    said = str(refused.value)
    assert "it has opening_balance, closing_balance" in said
    named = said.partition("it has ")[2].partition(" (all of")[0].split(", ")
    assert not {"period", "basis", "as_at", "hash", "member"} & set(named)
    for figure in named:
        assert explain(rich.office(), f"statement:SALIX:2014-03:{figure}").ref.endswith(figure)


def test_a_line_says_base_rate_levy_and_share(spending):
    raised = framework("payer = 'contractor'\nrate = '1%'\nbase = ['Labour', 'Parts']")
    books = spending(book_of(raised))
    books.accepted(
        {"Labour": "100.05", "Parts": "0.50", "Net": "500"},
        {"Labour": "-10", "Parts": "0", "Net": "-10", "Credits": "A1", "Invoice": "CN"},
    )
    trace = explain(books.office(), "R-000001/1")
    (rule,) = steps(trace, "rule")
    assert dict(rule.facts)["base"] == "Labour + Parts"
    facts = dict(trace.facts)
    assert (facts["exact levy"], facts["levy to four places"]) == ("1.0055", "1.0055")
    assert (facts["worked out"], facts["share of the document"]) == ("£100.55 x 1%", "1.01")
    assert "A1" in dict(explain(books.office(), "R-000001/2").facts)["rate of"]
    (row,) = steps(trace, "row")
    assert dict(row.facts)["labour (kept)"] == "'100.05' as written"
    assert_whole(books)


def test_a_banded_line_says_its_true_up(spending):
    bands = (
        "payer = 'contractor'\nper = 'contractor-year'\nmode = 'whole'\n"
        "bands = [{ up_to = '1000.00', rate = '2%' }, { rate = '1%' }]"
    )
    books = spending(book_of(framework(bands)))
    books.accepted({"Date": "2014-04-01", "Net": "900"})
    books.accepted({"Date": "2014-05-01", "Net": "400"})
    facts = dict(explain(books.office(), "R-000002/1").facts)
    assert (facts["true up"], facts["exact levy"]) == ("-9.00", "-5.00")
    assert_whole(books)


def test_a_staged_line_has_a_rule_and_no_document(spending):
    books = spending()
    books.bring({"Net": "10.05"})
    trace = explain(books.office(), "R-000001/1")
    assert dict(trace.facts)["share of the document"] == "not accepted yet"
    assert steps(trace, "invoice") == []
    assert under(trace, "waits in") == [("R-000001", None)]
    assert_whole(books)


def test_a_long_return_is_a_page_and_its_sums_hold(spending):
    books = spending()
    books.accepted(*({"Net": f"{n}.37", "Invoice": f"L{n}"} for n in range(1, 700)))
    trace = explain(books.office(), "INV-000001")
    (lines,) = [group for group in trace.because if group.kind == "shares of 699 lines"]
    assert (len(lines.because), lines.more) == (20, 679)
    assert sum(part.pence for part in lines.because) + lines.more_pence == lines.pence
    assert lines.see == "levytool spend list --return R-000001"
    said = json.dumps(trace.as_json())
    assert '"more": {"count": 679' in said
    assert len(said) < 100_000


@pytest.mark.parametrize(
    "wrong",
    ["", "X", "R-1/2/3", "SALIX/2020-01", "WARDEN", "2200/NOBODY", "9999/X", "nofile.csv",
     "rule:REGEN/2013-01-01", "rule:X/2012-04-01", "book:9", "provision:REGEN/X", "PAY-000009",
     "statement:SALIX:2014-13", "statement:NOBODY:2014-03", "O-000009", "WARDENS/D-9"],
)  # fmt: skip
def test_what_names_nothing_says_what_can_be_named(rich, wrong):
    with pytest.raises(UsageError) as refused:
        explain(rich.office(), wrong)
    assert len(str(refused.value)) > 30
    if wrong == "WARDEN":
        assert "did you mean WARDENS?" in str(refused.value)
    if wrong == "X":
        assert all(form.written in str(refused.value) for form in FORMS)


def test_what_was_taken_back_is_not_said_to_have_settled(rich):
    assert under(explain(rich.office(), "INV-000001"), "settled by") == [("B-000002", "4800.00")]
    unallocate_receipt(rich.office(), "B-000002", ["INV-000001"])
    assert under(explain(rich.office(), "INV-000001"), "settled by") == [("outstanding", "4800.00")]
    assert_whole(rich)
    allocate_receipt(rich.office(), "B-000002", ["INV-000001"])
    assert under(explain(rich.office(), "INV-000001"), "settled by") == [("B-000002", "4800.00")]
    assert_whole(rich)


def test_a_corrected_line_names_what_replaced_it_and_the_new_one_what_it_replaced(tmp_path):
    books = Returns(tmp_path, received_text())
    old = books.declare(
        ("F1", "2014-03-05", "SALIX", "1000.00"), ("F2", "2014-03-06", "ALDER", "500.00")
    )
    books.bank("1800.00", "INV-000001")
    books.correct(
        old, ("F1", "2014-03-05", "SALIX", "900.00"), ("F2", "2014-03-06", "ALDER", "500.00")
    )
    was, same = (explain(books.office(), f"{old}/{number}") for number in (1, 2))
    assert under(was, "replaced by") == [("R-000002/1", None)]
    assert under(same, "replaced by") == [("R-000002/2", None)]
    assert under(was, "billed by") == [("INV-000001", "10.00"), ("CN-000001", "-10.00")]
    assert under(explain(books.office(), "R-000002/1"), "replaces") == [(f"{old}/1", None)]
    assert under(explain(books.office(), old), "replaced by") == [("R-000002", None)]
    assert under(explain(books.office(), "CN-000001"), "takes back") == [("INV-000001", "-15.00")]
    assert under(explain(books.office(), "INV-000001"), "taken back by") == [("CN-000001", None)]
    assert under(explain(books.office(), "INV-000001"), "settled by")[0][0] == "CN-000001"
    assert under(explain(books.office(), "CN-000001"), "settled by") == [("INV-000001", "18.00")]
    assert_whole(books)
    books.ledger.close()


def test_a_scheme_closed_a_pot_moved_and_a_debt_given_up_lead_somewhere(rich):
    for user in ("ann", "bob"):
        transfer_pot(rich.office(user), "SALIX", "ALDER", 5_000, "T-1")
        write_off(rich.office(user), "INV-000002", 10_000, "gone bust")
    close_scheme(rich.office(), "WARDENS")
    seen = assert_whole(rich)
    assert "ALDER/2014-03" in seen
    moved = explain(rich.office(), "ALDER/2014-03")
    assert {"SALIX/2014-03", "INV-000001", "R-000001/1"} <= refs(moved.because)
    closed = explain(rich.office(), "WARDENS")
    assert sum(part.pence for part in closed.became[0].became) == closed.became[0].pence


AMOUNT = st.integers(-30_000_00, 90_000_00).filter(bool)


@settings(
    max_examples=6,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    first=st.lists(st.tuples(st.sampled_from(["SALIX", "ALDER"]), AMOUNT), min_size=1, max_size=4),
    later=st.lists(st.tuples(st.sampled_from(["SALIX", "ALDER"]), AMOUNT), max_size=3),
    paid=st.integers(1, 1_000_00),
    funded=st.sampled_from(["received", "billed"]),
)
def test_whatever_happened_every_amount_is_the_sum_of_its_parts(
    first, later, paid, funded, tmp_path_factory
):
    owed = "unit_cost = [{ from = 2012-04-01, cost = '10' }]"
    books = Returns(
        tmp_path_factory.mktemp("random"), received_text(funded=funded, opportunities=owed)
    )
    number = books.declare(*_lines("F", first))
    if "INV-000001" in books.numbers():
        books.bank(format_pence(paid), "BROOKS INV-000001")
    release_surplus(books.office(), Month(2014, 3))
    books.correct(number, *_lines("F" if len(later) == 1 else "G", later))
    books.spend(("2014-03-31", "SALIX", "2000.00", "BEECH"))
    release_surplus(books.office(), Month(2014, 4))
    assert_whole(books)
    books.ledger.close()


def _lines(prefix, lines):
    return [
        (f"{prefix}{place}", "2014-03-05", member, format_pence(pence))
        for place, (member, pence) in enumerate(lines)
    ]


def test_what_an_opening_file_brought_leads_to_its_row(tmp_path):
    books = opening.Opening(tmp_path)
    books.open()
    seen = assert_whole(books)
    assert {"LV-101", "LV-C7"} <= seen
    brought = explain(books.office(), "LV-101")
    ((row, _none),) = under(brought, "brought by")
    assert row.startswith("opening.toml:")
    assert ("LV-101", None) in under(explain(books.office(), row), "taken as")
    assert ("paid before these books were opened", "100.00") in under(brought, "settled by")
    books.ledger.close()


LARGE = ("declaration_line", "document", "pot_movement")


def test_no_step_reads_a_large_table_from_end_to_end(rich):
    seen = []

    def note(connection, cursor, statement, parameters, _context, _many):
        plan = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        seen.extend((row[-1], statement) for row in plan if statement.startswith("SELECT"))

    event.listen(rich.ledger.engine, "before_cursor_execute", note)
    for ref in (
        "R-000001/1",
        "R-000001",
        "INV-000001",
        "SALIX/2014-03",
        "E-000001",
        "spend-1.csv:2",
    ):
        explain(rich.office(), ref)
    event.remove(rich.ledger.engine, "before_cursor_execute", note)
    assert seen
    names = {step.split()[1] for step, _query in seen if step.startswith("SCAN")}
    assert not names & set(LARGE)
    lines = [step for step, query in seen if "FROM declaration_line" in query]
    assert lines and all("USING" in step for step in lines if step.startswith(("SCAN", "SEARCH")))


def test_an_account_by_itself_is_the_sum_of_what_it_is_kept_by(rich):
    trace = explain(rich.office(), "2200")
    assert dict(trace.facts)["side"] == "credit"
    (group,) = trace.because
    assert {step.ref for step in group.because} >= {"2200/SALIX"}
    assert sum(step.pence for step in group.because) == group.pence
    held = explain(rich.office(), "2200/SALIX@2014-03-31")
    (as_at,) = explain(rich.office(), "2200@2014-03-31").because
    salix = next(step for step in as_at.because if step.ref == held.ref)
    assert salix.pence == held.because[0].pence


def test_an_export_says_its_files_who_made_it_and_its_entries(rich):
    month = Period(Month(2014, 3), Month(2014, 3))
    made = export_entries(rich.office("tom"), "xero-journal", month)
    trace = explain(rich.office(), made.number.lower())
    facts = dict(trace.facts)
    assert (trace.kind, facts["kind"], facts["by"]) == ("export", "xero-journal", "tom")
    assert {row["file"] for row in made.rows} <= facts.keys()
    assert ("E-000002", None) in under(trace, "holds")
    with pytest.raises(UsageError, match="there is no export"):
        explain(rich.office(), "X-000099")


@pytest.mark.parametrize("whose", ["BROOKS", "consortium"])
def test_only_members_statements_are_told_figure_by_figure(rich, whose):
    with pytest.raises(UsageError, match="only members' statements"):
        explain(rich.office(), f"statement:{whose}:2014-03")
