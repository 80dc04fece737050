"""Reading MT940: signs, rows, texts and references, and what is refused."""

import logging
import re
import sys
from datetime import date

import pytest

from levytool.extras import MissingExtra
from tests.bank.exports import day
from tests.bank.renderers import mt940, only


@pytest.mark.parametrize("envelope", [False, True])
def test_mt940_reads_several_statements_with_and_without_an_envelope(read, envelope):
    first = mt940([(day(3), 100, "INV-000001", "A")], 500, number="7", envelope=envelope)
    second = mt940([(day(4), -30, "fee", "B")], 600, number="8", envelope=envelope)
    file = read(first + second)
    assert (file.format, file.problems) == ("mt940", ())
    assert [(item.number, item.proves, item.closing_pence) for item in file.statements] == [
        ("7/1", True, 600),
        ("8/1", True, 570),
    ]
    line = file.statements[0].lines[0]
    assert (line.description, line.servicer_reference) == ("INV-000001", "A")
    assert line.row == (6 if envelope else 5)


@pytest.mark.parametrize(("mark", "pence"), [("RC", -900), ("RD", 900), ("C", 900), ("D", -900)])
def test_reversals_in_mt940_have_the_right_sign(read, mark, pence):
    statement = only(read(mt940([(day(3), pence, "x", "A", mark)], 1_000)))
    assert (statement.lines[0].amount_pence, statement.proves) == (pence, True)
    assert statement.lines[0].description.startswith("reversal") is mark.startswith("R")


def test_a_structured_86_gives_name_and_purpose(read):
    text = "166?00CREDIT?20EREF+E2E-7?21SVWZ+INV-000001?32BROOKS ROO?33FING LTD"
    (line,) = only(read(mt940([(day(3), 5, text)]))).lines
    assert (line.description, line.reference) == ("BROOKS ROOFING LTD, INV-000001", "E2E-7")


def test_the_entry_date_goes_before_the_value_date(read):
    text = mt940([(day(3), 5, "x")]).replace(":61:1403030303", ":61:1312310102")
    assert only(read(text)).lines[0].booked == date(2014, 1, 2)


def test_a_remark_on_the_whole_statement_is_of_no_entry(read):
    text = mt940([(day(3), 5, "INV-000001")]).removesuffix("-\r\n") + ":86:INV-000009\r\n-\r\n"
    assert only(read(text)).lines[0].description == "INV-000001"


def test_an_mt940_entry_that_cannot_be_told_apart_refuses_the_file(read):
    text = mt940([(day(3), 5, "x"), (day(4), 6, "y")])
    assert {item.code for item in read(text.replace("C0,05NTRF", "?0,05NTRF")).problems} == {
        "unreadable-file"
    }


def test_an_mt940_file_that_is_cut_off_is_refused_in_one_line(read, monkeypatch, capsys):
    """The library tells its log how it read; no user should see that."""
    monkeypatch.setattr(logging.root, "handlers", [])
    text = mt940([(day(3), 5, "x"), (day(4), 6, "y")])
    (problem,) = read(text[: text.rindex(":61:") + 12]).problems
    assert problem.message == "the statement cannot be taken apart at '14030403'"
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (lambda text: text[: text.rindex(":61:")], "no closing balance"),
        (lambda text: text[: text.index(":62F:")], "no closing balance"),
        (lambda text: re.sub(":60F:.*\r\n", "", text), "no opening balance"),
        (lambda text: re.sub(":6[02]F:.*\r\n", "", text), "no balances"),
    ],
)
def test_an_mt940_statement_without_both_its_balances_is_not_whole(read, cut, said):
    (problem,) = read(cut(mt940([(day(3), 5, "x"), (day(4), 6, "y")]))).problems
    assert problem.code == "unreadable-file" and said in problem.message


@pytest.mark.parametrize("text", ["{1:", "{1:F01TESTGB2LXXXX}{2:I940TESTGB2LXXXXN}{4:\r\n"])
def test_an_mt940_envelope_without_a_statement_has_none(read, text):
    assert [item.code for item in read(text).problems] == ["no-statement"]


@pytest.mark.parametrize("text", [":20:", ":20:STMT\r\n:25:1\r\n:28C:1/1\r\n-\r\n"])
def test_an_mt940_statement_of_nothing_is_refused(read, text):
    assert [item.code for item in read(text).problems] == ["unreadable-file"]


@pytest.mark.parametrize(
    "written", ["1.234,50", "1234.50", "1 234,50", "1'234,50", "123456789012345,67", "1234,50.1"]
)
def test_an_mt940_amount_of_which_only_the_beginning_would_be_read_is_refused(read, written):
    """Two such entries that cancel out prove all the same."""
    text = mt940([(day(3), 123_450, "x"), (day(4), -123_450, "y")]).replace("1234,50", written)
    problems = read(text).problems
    assert [(item.code, item.row, item.column) for item in problems] == [
        ("not-a-number", row, ":61:") for row in (5, 7)
    ]
    assert written in problems[0].value


@pytest.mark.parametrize("written", ["1234,50", "1234,5", "1234,500", "000000001234,50"])
def test_an_mt940_amount_may_be_written_in_any_way_that_is_whole(read, written):
    text = mt940([(day(3), 123_450, "x")]).replace("1234,50NTRF", f"{written}NTRF")
    assert only(read(text)).lines[0].amount_pence == 123_450


def test_an_mt940_file_that_lost_its_beginning_is_refused(read):
    first = mt940([(day(3), 100, "x")], 500, number="7")
    second = mt940([(day(4), -30, "fee")], 600, number="8")
    problems = read(first[first.index(":25:") :] + second).problems
    assert [(item.code, item.row, item.column) for item in problems] == [
        ("unreadable-file", 4, ":61:")
    ]


def test_a_day_that_there_is_not_is_refused_in_mt940(read):
    text = mt940([(day(3), 5, "x"), (day(4), 6, "y")])
    for written in ("140230", "1402280230"):
        problems = read(text.replace("1403040304", written)).problems
        assert [(item.code, item.row) for item in problems] == [("not-a-date", 7)]
    # Some banks count thirty days to a month for the interest: the entry's own day counts.
    told = only(read(text.replace("1403040304", "1402300303"))).lines[1]
    assert told.booked == date(2014, 3, 3)


def test_without_the_extra_an_mt940_file_says_what_to_install(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "mt940", None)
    with pytest.raises(MissingExtra, match=re.escape("-m pip install 'levytool[bank]'")) as missing:
        read(mt940([(day(3), 5, "x")]))
    assert missing.value.exit_code == 2
    assert sys.executable in str(missing.value)
    assert "mend" not in str(missing.value)


def test_lines_above_the_first_statement_do_not_matter(read):
    text = "TESTGB2L\r\n940\r\nTESTGB2L\r\n" + mt940([(day(3), 5, "x")])
    assert only(read(text)).lines[0].row == 8


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_blank_lines_before_the_first_tag_or_a_header_cost_no_time(read, ends):
    """Where a run of line ends could be divided in any way, looking for `:20:` never ended."""
    statement = mt940([(day(3), 5, "x")], 500)
    assert read(ends * 1_000 + statement).format == "mt940"
    exported = f"Account export{ends * 1_000}Date,Description,Amount{ends}03/03/2014,x,0.05{ends}"
    file = read(exported)
    assert file.format in ("", "csv")
    assert [line.amount_pence for item in file.statements for line in item.lines] in ([5], [])
