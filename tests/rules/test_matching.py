"""The rules of matching by example: what a number says, what a sum proves, who decided last."""

from datetime import date

import pytest

from levytool.rules.matching.amounts import less_retention, with_vat
from levytool.rules.matching.decisions import (
    ACCEPT,
    NOTE,
    REJECT,
    UNDO,
    Decision,
    Print,
    identity,
    in_force,
    prints_of,
)
from levytool.rules.matching.invoices import invoice_key, other_invoice
from levytool.rules.matching.lines import SUM, Open, SpendLine, Terms, place
from levytool.rules.matching.passes import run_passes
from levytool.rules.matching.sums import join_sums

DAY = date(2025, 3, 5)


def line(number, net, day=0, **said):
    """A line of member M and contractor C."""
    told = {
        "invoice": "",
        "call_off": "",
        "framework": "F",
        "description": "",
        "credits": "",
        "lot": "",
        "kept": "",
        "period": "2025-03",
        "member": "M",
        "contractor": "C",
        "key_hash": number,
        "number": 1,
    } | said
    when = date.fromordinal(DAY.toordinal() + day)
    return SpendLine(
        net_pence=net, day=when.toordinal(), date=when.isoformat(), line_no=number, **told
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("INV-00012/3", "12-3"),
        ("inv 77", "Invoice No. 0077"),
        ("AB12", "ab-012"),
        ("BH2504-01", "BH2504/1"),
    ],
)
def test_a_number_is_known_however_it_is_written(one, other):
    assert invoice_key(one) == invoice_key(other) != ()


@pytest.mark.parametrize(("one", "other"), [("12/3", "123"), ("INV-5", "INX-5"), ("7", "7A")])
def test_numbers_that_differ_stay_apart(one, other):
    assert invoice_key(one) != invoice_key(other)


@pytest.mark.parametrize("text", ["", "N/A", "various", "-", "Invoice", "000"])
def test_some_words_say_no_number_at_all(text):
    assert invoice_key(text) == ()


@pytest.mark.parametrize(
    ("ours", "theirs", "different"),
    [
        ("A17", "A23", True),
        ("INV-99", "INV-100", True),
        ("A17", "a-17", False),
        ("A17", "PO-4711", False),
        ("1022", "991234", False),
        ("", "A17", False),
    ],
)
def test_two_numbers_of_one_series_are_two_invoices(ours, theirs, different):
    assert other_invoice(line(1, 1, invoice=ours), line(2, 1, invoice=theirs)) is different


@pytest.mark.parametrize(("lines", "joined"), [(2, True), (150, False)])
@pytest.mark.parametrize(
    ("recorded_pence", "rule"), [(12_000, "VAT included"), (9_500, "retention")]
)
def test_among_many_lines_one_has_vat_or_a_retention_by_chance(lines, joined, recorded_pence, rule):
    """Nothing but the ratio brings them together: among many it is a suggestion, unless both name
    the call-off."""
    others = [line(10 + n, 1_000_003 + 7_001 * n, invoice=f"P{n}") for n in range(lines - 1)]
    for call_off in ("", "CO-1"):
        pair = line(1, 10_000, call_off=call_off), line(2, recorded_pence, call_off=call_off)
        open_ = Open(pair[:1], [pair[1], *others])
        run_passes(open_, Terms())
        if joined or call_off:
            assert [match.rule for match in open_.matches] == [rule]
        else:
            assert open_.matches == []
            assert [item.why for item in open_.suggestions] == [f"{rule}, by chance perhaps"]


@pytest.mark.parametrize(
    ("recorded_pence", "rule"), [(120_000, "VAT included"), (95_000, "retention")]
)
@pytest.mark.parametrize(("lines", "joined"), [(8, True), (60, False)])
def test_among_many_lines_of_both_sides_some_pair_has_a_ratio_by_chance(
    lines, joined, recorded_pence, rule
):
    """Each line alone hardly has one beside sixty; sixty lines beside sixty have."""
    ours = [line(10 + n, 2_000_003 + 7_001 * n, invoice=f"D{n}") for n in range(lines - 1)]
    theirs = [line(500 + n, 8_000_003 + 9_001 * n, invoice=f"P{n}") for n in range(lines - 1)]
    pair = line(1, 100_000), line(2, recorded_pence)
    open_ = Open([pair[0], *ours], [pair[1], *theirs])
    run_passes(open_, Terms())
    assert [match.rule for match in open_.matches] == ([rule] if joined else [])
    told = [item for item in open_.suggestions if item.declared == pair[:1]]
    assert [item.why for item in told] == ([] if joined else [f"{rule}, by chance perhaps"])


@pytest.mark.parametrize("lines", [2, 250])
@pytest.mark.parametrize(
    ("ours", "theirs", "is_doubtful"),
    [
        ({"invoice": "A17"}, {"invoice": "7000412"}, True),
        ({"invoice": "A17"}, {}, False),
        ({}, {"invoice": "7000412"}, False),
        ({"invoice": "A17", "call_off": "CO-1"}, {"invoice": "9", "call_off": "co-1"}, False),
        ({"invoice": "A17"}, {"invoice": "n/a"}, False),
    ],
)
def test_among_many_lines_one_has_the_amount_of_another_reference_by_chance(
    lines, ours, theirs, is_doubtful
):
    """Equal amounts under two references may be two invoices, each without its counterpart: among
    many lines a person says, for a pair that is wrong would hide both."""
    others = [line(10 + n, 1_000_003 + 7_001 * n, invoice=f"P{n}") for n in range(lines - 1)]
    open_ = Open([line(1, 10_000, **ours)], [line(2, 10_000, day=9, **theirs), *others])
    run_passes(open_, Terms())
    if is_doubtful and lines > 2:
        assert open_.matches == []
        assert [item.why for item in open_.suggestions] == ["amount and date, by chance perhaps"]
    else:
        assert [match.rule for match in open_.matches] == ["amount and date"]


def test_of_two_lines_with_the_amount_the_nearest_day_is_joined_and_a_tie_is_suggested():
    """Domain §3.6: amount within tolerance, then date; what lies equally near a person decides."""
    ours = line(1, 10_000)
    near, far = line(2, 10_000, day=3, invoice="X1"), line(3, 10_000, day=4, invoice="Y2")
    open_ = Open([ours], [far, near])
    run_passes(open_, Terms())
    assert [match.recorded for match in open_.matches] == [(near,)]
    tied = Open([ours], [far, near._replace(day=near.day - 7)])
    run_passes(tied, Terms())
    assert tied.matches == []
    assert [len(item.recorded) for item in tied.suggestions] == [2]
    for first, second in ((far, near), (near, far)):
        again = Open([ours], [first, second])
        run_passes(again, Terms())
        assert again.matches == open_.matches


def test_vat_and_retention_of_an_amount():
    assert with_vat(10_000, Terms()) == [12_000, 8_333]
    assert with_vat(-10_000, Terms(vat_rates_ppm=(50_000, 200_000)))[:2] == [-10_500, -12_000]
    assert less_retention(10_000) == [9_500, 9_700, 9_750, 9_850, 9_000]


def test_twelve_parts_make_a_sum_and_thirteen_do_not():
    for count, joined in ((12, 1), (13, 0)):
        parts = [line(n, 10_000 + 7 * n * n) for n in range(count)]
        whole = line(99, sum(part.net_pence for part in parts))
        open_ = Open(parts, [whole])
        join_sums(open_, Terms())
        assert [match.rule for match in open_.matches] == [SUM] * joined


def test_a_sum_that_chance_could_make_is_not_joined():
    parts = [line(n, 1_000 + 37 * n) for n in range(12)]
    whole = line(99, parts[1].net_pence + parts[4].net_pence + parts[9].net_pence)
    open_ = Open(parts, [whole])
    join_sums(open_, Terms())
    assert open_.matches == []


def test_a_hundred_open_lines_are_looked_at_in_bounded_time():
    parts = [line(n, 1_000_000_00 + n * 131) for n in range(140)]
    open_ = Open(parts, [line(900 + n, 777_777_777_77 + n) for n in range(60)])
    join_sums(open_, Terms())
    assert open_.matches == []


def test_a_part_that_two_wholes_could_take_is_neithers():
    parts = [line(1, 600_000), line(2, 400_000), line(3, 500_000)]
    open_ = Open(parts, [line(8, 1_000_000), line(9, 1_100_000)])
    join_sums(open_, Terms())
    assert open_.matches == [] and len(open_.suggestions) == 2


def test_the_nearer_date_wins_and_a_tie_waits_for_a_person():
    ours = [line(1, 5_000, 0), line(2, 5_000, 20)]
    open_ = Open(ours, [line(8, 5_000, 1), line(9, 5_000, 22)])
    run_passes(open_, Terms())
    assert [(m.declared[0].line_no, m.recorded[0].line_no) for m in open_.matches] == [
        (1, 8),
        (2, 9),
    ]
    tied = Open([line(1, 5_000, 5)], [line(8, 5_000, 3), line(9, 5_000, 7)])
    run_passes(tied, Terms())
    assert tied.matches == []
    assert [len(s.recorded) for s in tied.suggestions] == [2]


def test_names_that_look_alike_are_suggested_within_a_member():
    names = {"C": "Brooks Roofing Ltd", "C2": "Brooks Roofing (NW) Ltd", "C3": "Oak Plumbing"}
    open_ = Open([line(1, 5_000)], [line(8, 5_000, contractor="C2"), line(9, 5_000,
                 contractor="C3")])  # fmt: skip
    run_passes(open_, Terms(), lambda one, other: 90 if "brooks" in one and "brooks" in other
               else 20, names)  # fmt: skip
    assert [(s.why, s.recorded[0].contractor) for s in open_.suggestions] == [
        ("similar party name", "C2")
    ]


def test_an_id_is_of_what_the_lines_say_not_of_where_they_stand():
    here = prints_of([line(1, 5, key_hash=7), line(2, 5, key_hash=7)])
    there = prints_of([line(4, 5, key_hash=7), line(9, 5, key_hash=7)])
    assert sorted(here.values()) == sorted(there.values())
    one, other = sorted(here.values())
    assert identity("D", [one], []) != identity("D", [other], []) != identity("D", [], [other])
    assert identity("D", [one, other], []) == identity("D", [other, one], [])
    assert len(identity("S", [one], [])) == 14


def test_an_id_stays_what_it_is_for_decisions_are_kept_by_it():
    declared = [Print("M001", -5, 0), Print("M002", 7, 1)]
    assert identity("D", declared, [Print("M001", 12, 0)]) == "D-595NAXHPGSZV"


def test_the_last_word_on_a_subject_counts():
    def said(subject, verb, note=""):
        return Decision(subject, verb, (), (), note)

    found = in_force(
        [
            said("A", ACCEPT),
            said("B", REJECT),
            said("A", REJECT, "no"),
            said("B", UNDO),
            said("A", NOTE, "letter"),
            said("C", NOTE, "asked"),
        ]
    )
    assert [(d.subject, d.verb, d.note) for d in found.values()] == [
        ("A", REJECT, "letter"),
        ("C", NOTE, "asked"),
    ]


FAR = "invoice number, dates far apart"


@pytest.mark.parametrize(
    ("theirs", "day"),
    [
        ({"invoice": "A17"}, 36),
        ({"invoice": "inv a-017"}, -90),
        ({"invoice": "A17", "framework": ""}, 200),
    ],
)
def test_one_number_beyond_the_window_is_a_suggestion_and_never_a_match(theirs, day):
    """Domain §3.6: a person joins them; numbering may have begun anew."""
    ours, theirs = line(1, 10_000, invoice="A17"), line(2, 9_000, day=day, **theirs)
    open_ = Open([ours], [theirs])
    run_passes(open_, Terms())
    assert open_.matches == []
    assert open_.suggestions == [(FAR, (ours,), (theirs,))]


def test_within_the_window_or_taken_apart_no_number_is_suggested():
    ours, theirs = line(1, 10_000, invoice="A17"), line(2, 9_000, day=35, invoice="A17")
    near = Open([ours], [theirs])
    run_passes(near, Terms())
    assert (len(near.matches), near.suggestions) == (1, [])
    for window_days in (35, 3):
        apart = Open([ours], [theirs], {(place(ours), place(theirs)): True})
        run_passes(apart, Terms(window_days=window_days))
        assert (apart.matches, apart.suggestions) == ([], [])


def test_of_one_number_far_away_each_line_is_suggested_once_the_equal_net_first():
    ours = [line(1, 10_000, invoice="A17"), line(2, 7_000, day=1, invoice="A17")]
    theirs = [
        line(3, 7_000, day=90, invoice="A17"),
        line(4, 10_500, day=60, invoice="A17"),
        line(5, 300, day=61, invoice="A17"),
    ]
    open_ = Open(ours, theirs)
    run_passes(open_, Terms())
    assert open_.suggestions == [
        (FAR, (ours[1],), (theirs[0],)),
        (FAR, (ours[0],), (theirs[1],)),
    ]


def test_an_invoice_in_parts_far_away_is_suggested_whole():
    ours = line(1, 10_000, invoice="A17")
    theirs = line(2, 4_000, day=60, invoice="A17"), line(3, 6_000, day=61, invoice="A17")
    open_ = Open([ours], theirs)
    run_passes(open_, Terms())
    assert open_.suggestions == [(FAR, (ours,), tuple(sorted(theirs)))]


def test_a_number_that_a_dozen_lines_bear_is_suggested_for_none():
    ours = [line(n, 1_000 + 17 * n, invoice="A17") for n in range(13)]
    open_ = Open(ours, [line(50, 900, day=90, invoice="A17")])
    run_passes(open_, Terms())
    assert open_.suggestions == []


def test_one_number_comes_before_amounts_that_only_may_belong_together():
    """A line appears in few suggestions: the one with its own number must be among them."""
    ours = line(1, 10_000, invoice="A17")
    others = [line(10 + n, 10_000, day=5, invoice=f"A{30 + n}") for n in range(4)]
    theirs = line(2, 10_000, day=90, invoice="A17")
    open_ = Open([ours], [*others, theirs])
    run_passes(open_, Terms())
    assert open_.suggestions[0] == (FAR, (ours,), (theirs,))
