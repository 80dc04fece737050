"""Declarations beside the members' own ledgers: every reason, and the parts a period shows."""

import tempfile
from array import array
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.desk.levy import line_hashes
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.ledger.spend import spend_sides
from levytool.periods import Month
from tests.desk.reconciling import reconcile, record, told
from tests.desk.spending import FLAT, Spending, book_of, framework

TWO = (framework(), framework("payer = 'contractor'\nrate = '2%'", code="PAINT"))
CHANGING = framework(FLAT, "from = 2014-04-01\npayer = 'contractor'\nrate = '3%'")
QUARTERLY = framework(settings="returns = 'quarterly'")


def sides(books, declared, recorded, **options):
    """Accept what is declared, record the ledger, and reconcile March 2014."""
    if declared:
        books.accepted(*declared)
    if recorded:
        record(books, *recorded)
    return reconcile(books, **options)


def test_lines_that_agree_are_matched_and_nothing_differs(spending):
    found = sides(spending(), [{}, {"Invoice": "A2"}], [{"Invoice": "A2"}, {}])
    assert found["matched"] == {
        "count": 2,
        "net": "200.00",
        "recorded_net": "200.00",
        "by_rule": {"exact key": 2},
    }
    assert found["differences"] == found["suggestions"] == []
    assert (
        found["undeclared"]
        == found["over_declared"]
        == {
            "count": 0,
            "net": "0.00",
            "levy": "0.00",
        }
    )


def test_a_ledger_without_framework_or_description_agrees_with_an_invoice(spending):
    declared = [{"Description": "Roof", "Call-off": "C1"}]
    found = sides(spending(), declared, [{"Framework": None, "Net": "100.00"}])
    assert found["matched"]["by_rule"] == {"exact key": 1}
    assert found["differences"] == []


def test_what_only_the_ledger_has_is_undeclared_at_the_rate_in_force(spending):
    found = sides(spending(), [], [{"Net": "1234.50"}])
    assert told(found) == [("undeclared", [], ["M-000001/1"], "1234.50", "12.3450")]
    assert found["undeclared"] == {"count": 1, "net": "1234.50", "levy": "12.35"}
    row = found["differences"][0]
    assert row["id"].startswith("D-")
    assert (row["member"], row["contractor"], row["status"]) == ("SALIX", "BROOKS", "open")


def test_what_only_a_return_has_is_over_declared(spending):
    found = sides(spending(), [{"Net": "50.00"}], [])
    assert told(found) == [("over-declared", ["R-000001/1"], [], "-50.00", "-0.5000")]
    assert found["over_declared"] == {"count": 1, "net": "50.00", "levy": "0.50"}


def test_a_credit_without_counterpart_is_one_of_the_two(spending):
    found = sides(
        spending(), [{"Net": "-50.00", "Invoice": "C1"}], [{"Net": "-7.00", "Invoice": "K9"}]
    )
    assert told(found) == [
        ("undeclared", [], ["M-000001/1"], "-7.00", "-0.0700"),
        ("over-declared", ["R-000001/1"], [], "50.00", "0.5000"),
    ]


def test_one_invoice_at_two_nets_is_a_matched_amount(spending):
    found = sides(spending(), [{}], [{"Net": "107.01"}])
    assert told(found) == [("amount", ["R-000001/1"], ["M-000001/1"], "7.01", "0.0701")]
    assert found["matched"]["count"] == 1
    assert found["differences"][0]["rule"] == "invoice number"


def test_a_penny_is_never_hidden(spending):
    found = sides(spending(), [{}], [{"Net": "100.01", "Invoice": ""}])
    assert told(found) == [("amount", ["R-000001/1"], ["M-000001/1"], "0.01", "0.0001")]
    assert found["differences"][0]["rule"] == "amount and date"


def test_the_invoice_is_known_however_it_is_written(spending):
    lines = [{"Invoice": "INV-00012/3", "Date": "2014-03-05"}]
    found = sides(spending(), lines, [{"Invoice": "12-3", "Date": "2014-03-09"}])
    assert found["matched"]["by_rule"] == {"invoice number": 1}
    assert found["differences"] == []


@pytest.mark.parametrize(
    ("declared", "recorded", "reason", "difference"),
    [
        ("100.00", "120.00", "VAT included", "20.00"),
        ("120.00", "100.00", "VAT included", "-20.00"),
        ("100.00", "95.00", "retention", "-5.00"),
        ("200.00", "194.00", "retention", "-6.00"),
        ("100.00", "96.50", "amount", "-3.50"),
    ],
)
def test_an_amount_that_vat_or_retention_explains_says_so(
    spending, declared, recorded, reason, difference
):
    found = sides(spending(), [{"Net": declared}], [{"Net": recorded}])
    assert [row[0:4:3] for row in told(found)] == [(reason, difference)]


@pytest.mark.parametrize(
    ("recorded", "rule", "reason"),
    [("120.00", "VAT included", "VAT included"), ("95.00", "retention", "retention")],
)
def test_vat_and_retention_join_without_an_invoice_too(spending, recorded, rule, reason):
    found = sides(spending(), [{}], [{"Net": recorded, "Invoice": "", "Date": "2014-03-20"}])
    assert found["matched"]["by_rule"] == {rule: 1}
    assert [row[0] for row in told(found)] == [reason]


def test_another_month_is_timing_and_the_rate_then_is_its_effect(spending):
    books = spending(book_of(CHANGING))
    found = sides(books, [{"Date": "2014-03-31"}], [{"Date": "2014-04-02"}])
    in_april = reconcile(books, "2014-04")
    assert told(found) == [("timing", ["R-000001/1"], ["M-000001/1"], "0.00", "2.0000")]
    assert found["matched"]["count"] == 1
    assert told(in_april) == told(found)
    assert in_april["matched"]["count"] == 0
    assert in_april["undeclared"]["count"] == 0


@pytest.mark.parametrize("invoice", ["A1", "INV-A 1"])
def test_what_is_declared_late_and_dated_alike_is_no_difference(spending, invoice):
    """It owes the same levy, and is told where it was declared, whoever joined it."""
    books = spending()
    books.accepted({}, period=Month(2014, 4))
    record(books, {"Invoice": invoice})
    months = [reconcile(books, month) for month in ("2014-03", "2014-04")]
    assert [month["differences"] for month in months] == [[], []]
    assert [month["matched"]["net"] for month in months] == ["0.00", "100.00"]
    assert [month["recorded"]["net"] for month in months] == ["100.00", "0.00"]


def test_days_within_a_quarter_are_no_timing_where_returns_are_quarterly(spending):
    books = spending(book_of(QUARTERLY))
    books.accepted({"Date": "2014-01-31"})
    record(books, {"Date": "2014-02-02", "Framework": None})
    found = reconcile(books, "2014-Q1")
    assert found["differences"] == []
    assert found["matched"]["count"] == 1


def test_a_credit_that_one_side_has_apart_explains_the_other(spending):
    declared = [{"Net": "1000.00"}, {"Net": "-200.00", "Invoice": "CN7"}]
    found = sides(spending(), declared, [{"Net": "800.00"}])
    assert told(found) == [
        ("credit note", ["R-000001/1", "R-000001/2"], ["M-000001/1"], "0.00", "0.0000")
    ]


def test_an_invoice_in_another_members_ledger_is_the_wrong_member(spending):
    books = spending()
    found = sides(books, [{"Member": "ALDER"}], [{"Member": "SALIX"}])
    assert told(found) == [("wrong member", ["R-000001/1"], ["M-000001/1"], "0.00", "0.0000")]
    assert told(reconcile(books, member="SALIX")) == told(reconcile(books, member="ALDER"))
    assert told(reconcile(books, member="BIRCH")) == []


@pytest.mark.parametrize(
    ("declared", "recorded", "again"),
    [
        (["ALDER"], ["SALIX", "SALIX"], ([], ["M-000001/2"], "100.00", "1.0000")),
        (["SALIX", "SALIX"], ["ALDER"], (["R-000001/2"], [], "-100.00", "-1.0000")),
    ],
)
def test_what_a_wrong_member_has_twice_is_a_duplicate(spending, declared, recorded, again):
    """As where the right member has it twice: one is its counterpart, the other one more of it."""
    found = sides(
        spending(), [{"Member": code} for code in declared], [{"Member": code} for code in recorded]
    )
    assert told(found) == [
        ("wrong member", ["R-000001/1"], ["M-000001/1"], "0.00", "0.0000"),
        ("duplicate", *again),
    ]
    assert found["undeclared"]["count"] == found["over_declared"]["count"] == 0


def test_each_line_of_an_invoice_in_a_wrong_members_ledger_is_found(spending):
    declared = [{"Net": net} for net in ("100.00", "60.00", "60.00")]
    recorded = [{"Member": "ALDER", "Net": net} for net in ("60.00", "100.00", "60.00")]
    found = sides(spending(), declared, recorded)
    assert found["matched"]["by_rule"] == {"invoice of another member": 3}
    assert {row["reason"] for row in found["differences"]} == {"wrong member"}


@pytest.mark.parametrize(
    ("declared", "recorded"),
    [
        (["SALIX"], ["ALDER", "BIRCH"]),
        (["SALIX"], ["ALDER", "ALDER", "BIRCH"]),
        (["ALDER", "BIRCH"], ["SALIX"]),
        (["ALDER", "BIRCH"], ["SALIX", "SALIX"]),
    ],
)
def test_what_two_other_members_have_is_not_joined_with_either(spending, declared, recorded):
    found = sides(
        spending(), [{"Member": code} for code in declared], [{"Member": code} for code in recorded]
    )
    assert found["matched"]["count"] == 0
    assert {row["reason"] for row in found["differences"]} == {"undeclared", "over-declared"}


@pytest.mark.parametrize(
    ("recorded", "reason"),
    [
        ({"Member": "ALDER", "Framework": "WARM", "Net": "120.00"}, "wrong member"),
        ({"Member": "ALDER", "Contractor": "BEECH", "Framework": "WARM"}, "wrong member"),
        ({"Contractor": "BEECH", "Framework": "WARM", "Net": "120.00"}, "wrong framework"),
        ({"Contractor": "BEECH", "Net": "120.00", "Date": "2014-04-02"}, "VAT included"),
        ({"Contractor": "BEECH", "Net": "90.00", "Date": "2014-04-02"}, "retention"),
        ({"Contractor": "BEECH", "Net": "91.00", "Date": "2014-04-02"}, "amount"),
        ({"Contractor": "BEECH", "Date": "2014-04-02"}, "timing"),
    ],
)
def test_of_several_reasons_the_heaviest_is_told(spending, recorded, reason):
    """The member whose pot it funds first, then the framework whose rate it bears, then the net."""
    books = spending(book_of(framework(), framework(FLAT, code="WARM")))
    books.accepted({})
    record(books, {"Invoice": "B9"} | recorded)
    decide(books.office(), [Order("R-000001/1", "match", ("M-000001/1",))])
    (found,) = reconcile(books, "2014-03..2014-04")["differences"]
    assert (found["reason"], found["rule"]) == (reason, "a person")


def test_an_invoice_on_another_framework_has_that_rate(spending):
    found = sides(spending(book_of(*TWO)), [{}], [{"Framework": "PAINT"}])
    assert told(found) == [("wrong framework", ["R-000001/1"], ["M-000001/1"], "0.00", "1.0000")]


def test_what_one_side_has_twice_is_a_duplicate(spending):
    found = sides(spending(), [{}, {}], [{}])
    assert told(found) == [("duplicate", ["R-000001/2"], [], "-100.00", "-1.0000")]
    assert found["over_declared"]["count"] == 0


@pytest.mark.parametrize("net", ["100.00", "-100.00", "0.01", "-1310.72", "9999999999.99"])
def test_an_invoice_recorded_again_later_is_a_duplicate_too(spending, net):
    """Of any net, below nothing or however large: the pair is settled by the database, and its
    lines are looked for among all that are."""
    line = {"Net": net}
    found = sides(spending(), [line], [line, line | {"Date": "2014-03-19", "Invoice": "a 1"}])
    assert [row[:4] for row in told(found)] == [("duplicate", [], ["M-000001/2"], net)]
    assert found["undeclared"]["count"] == 0


def test_lines_that_share_a_hash_and_say_different_things_are_not_joined(spending, monkeypatch):
    """The database joins by a 64-bit hash. Where it lies, the two sides' sums do not agree, and the
    columns are compared."""
    alike = {"A1": 7, "B9": 7, "A3": 9, "C3": 11}

    def colliding(rows):
        return array("q", [alike[row[4]] for row in rows])

    monkeypatch.setattr(line_hashes, "_hashes", colliding)
    found = sides(
        spending(),
        [{}, {"Invoice": "A3", "Net": "5.00"}],
        [{"Invoice": "B9", "Net": "44.00"}, {"Invoice": "A3", "Net": "5.00"}],
    )
    assert told(found) == [
        ("undeclared", [], ["M-000001/1"], "44.00", "0.4400"),
        ("over-declared", ["R-000001/1"], [], "-100.00", "-1.0000"),
    ]
    assert found["matched"]["by_rule"] == {"exact key": 1}


def test_columns_are_not_compared_again_where_the_sums_agree(spending, monkeypatch):
    compared = []
    monkeypatch.setattr(spend_sides, "note_unlike_keys", compared.append)
    books = spending()
    books.accepted({}, {"Invoice": "A2", "Net": "7.00"}, {"Invoice": "A4", "Net": "-3.00"})
    books.accepted({"Contractor": "BEECH", "Invoice": "Z1"})
    record(books, {}, {"Invoice": "A2", "Net": "8.00"}, {"Invoice": "A4", "Net": "-3.00"})
    record(books, {"Invoice": "A9", "Net": "1.00"})
    withdraw_ledger(books.office(), "M-000002", "the wrong year")
    assert reconcile(books)["matched"]["count"] == 3
    assert compared == []


def test_two_equal_lines_without_a_counterpart_are_both_undeclared(spending):
    """Two equal valuations can both be real, and neither was declared: both are levy at risk."""
    found = sides(spending(), [], [{}, {}])
    assert told(found) == [
        ("undeclared", [], ["M-000001/1"], "100.00", "1.0000"),
        ("undeclared", [], ["M-000001/2"], "100.00", "1.0000"),
    ]
    assert found["undeclared"] == {"count": 2, "net": "200.00", "levy": "2.00"}


def test_two_equal_lines_that_no_ledger_has_are_both_over_declared(spending):
    found = sides(spending(), [{}, {}], [])
    assert [row["reason"] for row in found["differences"]] == ["over-declared"] * 2


def test_one_line_may_be_the_sum_of_several(spending):
    declared = [{"Invoice": f"B{n}", "Net": f"{n}01.00"} for n in range(1, 5)]
    found = sides(spending(), declared, [{"Invoice": "PAYMENT", "Net": "1004.00"}])
    assert found["matched"]["by_rule"] == {"sum": 1}
    assert found["differences"] == []


def test_one_declaration_may_stand_for_several_recorded_lines(spending):
    recorded = [
        {"Invoice": "", "Net": net, "Date": day, "Call-off": call_off}
        for net, day, call_off in (
            ("60.00", "2014-03-02", "C1"),
            ("40.00", "2014-03-20", "C1"),
            ("77.00", "2014-03-21", "C2"),
        )
    ]
    found = sides(spending(), [{"Call-off": "C1"}], recorded)
    assert found["matched"]["by_rule"] == {"sum": 1}
    assert [row[0] for row in told(found)] == ["undeclared"]


def test_an_ambiguous_sum_is_a_suggestion_and_stays_open(spending):
    declared = [{"Invoice": f"B{n}", "Net": net} for n, net in enumerate(("60.00", "40.00",
                "70.00", "30.00", "11.11"))]  # fmt: skip
    found = sides(spending(), declared, [{"Invoice": "PAYMENT"}])
    assert found["matched"]["count"] == 0
    assert {row["reason"] for row in found["suggestions"]} == {"sum, more than one fits"}
    assert sorted(len(row["declared"]) for row in found["suggestions"]) == [2, 2]
    assert [row[0] for row in told(found)] == ["undeclared", *["over-declared"] * 5]


def test_equal_amounts_under_other_numbers_of_one_series_are_suggested(spending):
    found = sides(spending(), [{"Invoice": "A17"}], [{"Invoice": "A23"}])
    assert [row[0] for row in told(found)] == ["undeclared", "over-declared"]
    suggestion = found["suggestions"][0]
    assert suggestion["id"].startswith("S-")
    assert (suggestion["declared"], suggestion["recorded"]) == (["R-000001/1"], ["M-000001/1"])


def test_a_number_that_looks_alike_is_suggested(spending):
    pytest.importorskip("rapidfuzz", reason="the extra match is not installed")
    found = sides(
        spending(), [{"Invoice": "BR-2014-0771"}], [{"Invoice": "BR-2014-0717", "Net": "90.00"}]
    )
    assert [row["reason"] for row in found["suggestions"]] == ["similar reference"]
    assert found["matched"]["count"] == 0


def test_beyond_the_window_nothing_pairs(spending):
    books = spending(book_of(settings="window_days = 10"))
    books.accepted({"Date": "2014-03-05"})
    record(books, {"Date": "2014-03-16"})
    assert [row[0] for row in told(reconcile(books))] == ["undeclared", "over-declared"]
    record(books, {"Date": "2014-03-15"})
    assert reconcile(books)["matched"]["count"] == 1


def test_an_invoice_recorded_beyond_the_window_is_suggested_until_a_person_joins_it(spending):
    books = spending(book_of(settings="window_days = 10"))
    books.accepted({"Date": "2014-03-05", "Invoice": "A17"})
    record(books, {"Date": "2014-05-16", "Invoice": "a-017"})
    for period in ("2014-03", "2014-05"):
        [row] = reconcile(books, period)["suggestions"]
        assert row["reason"] == "invoice number, dates far apart"
        assert (row["declared"], row["recorded"]) == (["R-000001/1"], ["M-000001/1"])
    found = reconcile(books, "2014-03..2014-05")
    assert [item[0] for item in told(found)] == ["undeclared", "over-declared"]
    assert (found["undeclared"]["count"], found["over_declared"]["count"]) == (1, 1)
    decide(books.office(), [Order(row["id"], "accept")])
    found = reconcile(books, "2014-03..2014-05")
    assert [item[0] for item in told(found)] == ["timing"]
    assert (found["matched_by_person"]["count"], found["suggestions"]) == (1, [])
    decide(books.office(), [Order(row["id"], "undo")])
    decide(books.office(), [Order(row["id"], "reject")])
    found = reconcile(books, "2014-03..2014-05")
    assert (len(found["differences"]), found["suggestions"]) == (2, [])


def test_staged_returns_and_supplements_count_and_corrected_ones_do_not(spending):
    books = spending()
    books.accepted({})
    books.accepted({"Invoice": "A2"}, supplement=True)
    books.bring({"Invoice": "A3", "Contractor": "BEECH"})
    record(books, {}, {"Invoice": "A2"}, {"Invoice": "A3", "Contractor": "BEECH"})
    assert reconcile(books)["matched"]["count"] == 3
    books.reject("R-000003")
    assert [row[0] for row in told(reconcile(books))] == ["undeclared"]


def test_a_withdrawn_ledger_counts_no_longer(spending):
    books = spending()
    found = sides(books, [{}], [{}])
    assert found["matched"]["count"] == 1
    withdraw_ledger(books.office(), "M-000001", "")
    assert [row[0] for row in told(reconcile(books))] == ["over-declared"]


def test_a_line_without_framework_has_the_rate_of_where_its_contractor_declares(spending):
    books = spending(book_of(*TWO))
    record(books, {"Framework": None, "Invoice": "Z1"})
    assert told(reconcile(books))[0][4] == "2.0000"  # the highest there is
    books.accepted({"Invoice": "A9", "Net": "3.00"})
    undeclared = [row for row in told(reconcile(books)) if row[0] == "undeclared"]
    assert undeclared[0][4] == "1.0000"  # where BROOKS declares


def test_both_sides_add_up(spending):
    found = sides(
        spending(),
        [{}, {"Invoice": "A2", "Net": "17.00"}, {"Invoice": "A3"}],
        [{"Net": "104.00"}, {"Invoice": "A3"}, {"Invoice": "Q", "Net": "9.99"}],
    )
    assert (found["declared"], found["recorded"]) == (
        {"count": 3, "net": "217.00"},
        {"count": 3, "net": "213.99"},
    )
    assert found["matched"]["net"] == "200.00" and found["matched"]["recorded_net"] == "204.00"
    assert (found["over_declared"]["net"], found["undeclared"]["net"]) == ("17.00", "9.99")


LINES = st.lists(
    st.fixed_dictionaries(
        {
            "Invoice": st.sampled_from(["A1", "A2", "inv-3", "0003", ""]),
            "Net": st.sampled_from(["100.00", "60.00", "40.00", "120.00", "-20.00", "95.00"]),
            "Date": st.sampled_from(["2014-03-05", "2014-03-09", "2014-04-02"]),
            "Member": st.sampled_from(["SALIX", "ALDER"]),
            "Call-off": st.sampled_from(["", "C1"]),
        }
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda line: tuple(sorted(line.items())),
)


@settings(max_examples=25)
@given(LINES, LINES)
def test_files_in_any_order_differ_alike_and_both_sides_add_up(declared, recorded):
    found = []
    for turn in (1, -1):
        with tempfile.TemporaryDirectory() as folder:
            books = Spending(Path(folder))
            for line in declared[::turn]:
                books.accepted(line, supplement=True)
            for line in recorded[::turn]:
                record(books, line)
            found.append([reconcile(books, period) for period in ("2014-03", "2014-04", "FY2013")])
            assert reconcile(books) == found[-1][0]
            books.ledger.close()
    here, there = found
    for one, other in zip(here, there, strict=True):
        assert one["matched"] == other["matched"]
        assert [row["id"] for row in one["differences"]] == [
            row["id"] for row in other["differences"]
        ]
        for side, key, sign in (("declared", "net", -1), ("recorded", "recorded_net", 1)):
            alone = [
                row
                for row in one["differences"]
                if row[side] and not row["rule"] and row["status"] == "open"
            ]
            total = Decimal(one["matched"][key]) + sign * sum(
                (Decimal(row["net_difference"]) for row in alone), Decimal(0)
            )
            assert total == Decimal(one[side]["net"])
