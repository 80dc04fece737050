"""Reading camt and OFX: signs, texts, references, balances, what is refused; of MT940 too where it
is the same."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.bank.reading import read_statement_file
from tests.bank.exports import day
from tests.bank.renderers import ACCOUNT, CAMT, camt, camt_statement, mt940, ofx, only


def codes(file):
    """The codes of a file's problems with their rows."""
    return [(problem.code, problem.row) for problem in file.problems]


LINES = [
    (day(3), 12_000, "Brooks Roofing Ltd", "INV-000001", "REF-1"),
    (day(3), 12_000, "Brooks Roofing Ltd", "INV-000001", "REF-2"),
    (day(4), -750, "The Bank", "charges", "REF-3"),
]


@pytest.mark.parametrize("version", range(2, 14))
@pytest.mark.parametrize("message", CAMT)
def test_camt_of_any_version_reads_the_same(read, message, version):
    file = read(camt(LINES, 50_000, message, version))
    statement = only(file)
    assert file.format == message
    assert (statement.account, statement.number) == (ACCOUNT, "1")
    assert (statement.opening_pence, statement.closing_pence) == (50_000, 73_250)
    assert statement.proves is True
    assert [(line.booked, line.amount_pence) for line in statement.lines] == [
        (on, pence) for on, pence, *_texts in LINES
    ]
    first = statement.lines[0]
    assert (first.description, first.servicer_reference) == (
        "Brooks Roofing Ltd, INV-000001",
        "REF-1",
    )


@pytest.mark.parametrize("message", ["camt.052", "camt.054"])
def test_reports_and_notifications_need_no_balance(read, message):
    statement = only(read(camt(LINES, message=message, balances=())))
    assert (statement.opening_pence, statement.closing_pence, statement.proves) == (None,) * 3


@pytest.mark.parametrize(
    ("codes_given", "proves"),
    [
        (("PRCD", "CLBD"), True),
        (("ITBD", "ITBD"), True),
        (("OPBD", "ITBD"), True),
        (("ITBD", "CLBD"), True),
        (("OPAV", "CLAV"), None),
        (("OPAV", "CLBD"), None),
    ],
)
def test_which_balances_prove_a_statement(read, codes_given, proves):
    statement = only(read(camt(LINES, 50_000, balances=codes_given)))
    assert statement.proves is proves


def test_several_statements_of_a_file_stay_apart(read):
    second = camt_statement([(day(9), 5, "X", "y")], 73_250, account="GB99", number="2")
    file = read(camt(LINES, 50_000, more=second))
    assert [(item.account, item.number, len(item.lines)) for item in file.statements] == [
        (ACCOUNT, "1", 3),
        ("GB99", "2", 1),
    ]
    assert [line.row for item in file.statements for line in item.lines] == [1, 2, 3, 4]


def test_a_statement_that_stands_there_twice_is_read_once(read):
    file = read(camt(LINES, 50_000, more=camt_statement(LINES, 50_000)))
    assert (file.problems, file.rows) == ((), 3)
    assert [item.code for item in file.warnings] == ["statement-repeated"]


def test_statements_of_one_number_are_two_where_the_bank_calls_their_entries_otherwise(read):
    first, second, unnamed = ([(day(3), 10_000, "X", "y", own)] for own in ("R1", "R2", ""))
    for other, told in ((second, []), (first, ["statement-repeated"])):
        more = camt_statement(other, message="camt.054", balances=None)
        file = read(camt(first, message="camt.054", balances=None, more=more))
        assert [item.code for item in file.warnings] == told
        assert file.rows == 2 - len(told)
    more = camt_statement(unnamed, message="camt.054", balances=None)
    file = read(camt(unnamed, message="camt.054", balances=None, more=more))
    assert [item.code for item in file.warnings] == ["statement-repeated"]


def test_a_reversal_moves_the_money_as_its_own_mark_says(read):
    bounced = {"day": day(5), "pence": -12_000, "name": "Bank", "text": "INV-000001"}
    (line,) = only(read(camt([bounced | {"reversal": True}]))).lines
    assert (line.amount_pence, line.description) == (-12_000, "reversal, Bank, INV-000001")


def test_entries_that_are_not_booked_are_left_out_and_told(read):
    waiting = {"day": day(5), "pence": 99, "name": "x", "text": "y", "status": "PDNG"}
    file = read(camt([*LINES, waiting], balances=()))
    assert (file.rows, [item.code for item in file.warnings]) == (3, ["not-booked"])


BATCH = (
    "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>"
    "<TxDtls><Refs><EndToEndId>E2E-1</EndToEndId><AcctSvcrRef>T-1</AcctSvcrRef></Refs>"
    "<RltdPties><Dbtr><Nm>Brooks Roofing Ltd</Nm></Dbtr><Cdtr><Nm>Us</Nm></Cdtr></RltdPties>"
    "<RmtInf><Ustrd>INV-000001</Ustrd><Ustrd>and INV-000002</Ustrd></RmtInf></TxDtls>"
    "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId><AcctSvcrRef>T-2</AcctSvcrRef></Refs>"
    "<RltdPties><Dbtr><Nm>Beech Roofing Ltd</Nm></Dbtr></RltdPties><RmtInf><Strd><RfrdDocInf>"
    "<Nb>INV-000003</Nb></RfrdDocInf><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf>"
    "</TxDtls></NtryDtls>"
)


def test_a_batch_is_one_line_that_says_what_all_of_it_says(read):
    (line,) = only(read(camt([{"day": day(5), "pence": 9, "details": BATCH}]))).lines
    assert line.description == "Brooks Roofing Ltd, Beech Roofing Ltd, INV-000001 and INV-000002"
    assert line.reference == "E2E-1 INV-000003 RF18"
    assert line.servicer_reference == ""


def test_the_reference_of_the_only_transaction_is_the_entrys(read):
    single = BATCH[: BATCH.index("</TxDtls>")] + "</TxDtls></NtryDtls>"
    (line,) = only(read(camt([{"day": day(5), "pence": 9, "details": single}]))).lines
    assert line.servicer_reference == "T-1"


BOMB = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("declared", [BOMB, OUTSIDE, '<!DOCTYPE d SYSTEM "elsewhere.dtd">'])
def test_xml_that_declares_entities_or_a_type_is_refused(read, declared):
    for text in (camt(LINES), ofx(LINES, version=2)):
        head, newline, rest = text.partition("\n")
        file = read(f"{head}{newline}{declared}{rest.replace('INV-000001', '&b;&x;')}")
        assert [item.code for item in file.problems] == ["unsafe-xml"]
        assert file.statements == ()


@pytest.mark.parametrize("encoding", ["UTF-7", "Shift_JIS", "UTF-32", "klingon"])
def test_xml_in_an_encoding_that_is_not_known_is_refused(read, encoding):
    file = read(camt(LINES).replace('"UTF-8"', f'"{encoding}"'))
    assert [item.code for item in file.problems] == ["unreadable-file"]
    assert "its encoding cannot be read" in file.problems[0].message


def test_an_entity_that_nobody_declared_is_refused(read):
    assert codes(read(camt(LINES).replace("INV-000001", "&x;"))) == [("unreadable-file", None)]


@pytest.mark.parametrize(
    "text",
    [
        camt(LINES, currency="EUR"),
        mt940([line[:2] for line in LINES], currency="EUR"),
        ofx(LINES, currency="EUR"),
    ],
)
def test_another_currency_is_refused_and_named(read, text):
    (problem,) = read(text).problems
    assert (problem.code, problem.value) == ("wrong-currency", "EUR")


@pytest.mark.parametrize("text", [camt(LINES, 50_000), mt940([x[:2] for x in LINES], 50_000)])
def test_a_statement_that_does_not_prove_names_the_difference(read, text):
    (problem,) = read(text.replace("732.50", "742.50").replace("732,50", "742,50")).problems
    assert problem.code == "balance-differs"
    assert "£10.00 apart" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (">7.50<", ">7.505<", ("not-a-number", 3)),
        (">7.50<", ">-7.50<", ("not-a-number", 3)),
        (">7.50<", ">1e3<", ("not-a-number", 3)),
        (">2014-03-04<", ">2014-02-30<", ("not-a-date", 3)),
        ("<CdtDbtInd>DBIT</CdtDbtInd>", "", ("missing", 3)),
    ],
)
def test_what_is_wrong_with_an_entry_is_told_with_its_place(read, old, new, expected):
    assert codes(read(camt(LINES).replace(old, new))) == [expected]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("before", ["<STMTTRN>", "<LEDGERBAL>", "</STMTRS>"])
def test_an_ofx_file_that_is_cut_off_is_refused(read, version, before):
    text = ofx([(day(3), 5, "x", "", "1"), (day(4), 6, "y", "", "2")], 11, version=version)
    (problem,) = read(text[: text.rindex(before)]).problems
    assert (problem.code, problem.message) == (
        "unreadable-file",
        "the file is cut off: its last statement does not end",
    )


@pytest.mark.parametrize("version", [1, 2])
def test_ofx_reads_the_same_as_sgml_and_as_xml(read, version):
    lines = [(day(3), 12_000, "Brooks & Sons", "INV-000001", "F-1"), LINES[2]]
    file = read(ofx(lines, 61_250, version=version))
    statement = only(file)
    assert (file.format, statement.account) == ("ofx", "300000 12345678")
    assert (statement.closing_pence, statement.proves) == (61_250, None)
    line = statement.lines[0]
    assert (line.booked, line.amount_pence) == (day(3), 12_000)
    assert (line.description, line.servicer_reference) == ("Brooks & Sons, INV-000001", "F-1")


GHOST = [(day(3), 10_000, "BROOKS", "INV-000001", "a"), (day(3), 99_900, "GHOST", "", "b")]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("opens", "ends"), [("<!-- ", " -->"), ("<?left ", "?>")])
def test_what_stands_in_a_comment_of_an_ofx_file_is_not_there(read, version, opens, ends):
    text = ofx(GHOST, 10_000, version=version)
    start, end = text.rindex("<STMTTRN>"), text.rindex("</STMTTRN>") + len("</STMTTRN>")
    ghost = text[start:end] if opens.startswith("<!") else "a target"
    file = read(text[:start] + opens + ghost + ends + text[end:])
    assert [line.amount_pence for line in only(file).lines] == [10_000]
    row = file.statements[0].lines[0].row
    assert text.splitlines()[row - 1] == "<STMTTRN>"


def test_a_comment_that_does_not_end_leaves_an_ofx_file_cut_off(read):
    text = ofx(GHOST, 10_000, version=2)
    (problem,) = read(text.replace("<STMTTRN>", "<!-- <STMTTRN>", 1)).problems
    assert (problem.code, "is cut off" in problem.message) == ("unreadable-file", True)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("<![CDATA[INV-000001]]>", "INV-000001"),
        ("INV-<!-- - -->000001", "INV-000001"),
        (
            "paid <![CDATA[A & B <INV-000001> &lt;]]> in full",
            "paid A & B <INV-000001> &lt; in full",
        ),
        ("3 < 4 &amp; 5", "3 < 4 & 5"),
    ],
)
def test_the_text_of_an_ofx_element_is_whole_however_it_is_written(read, written, read_as):
    text = ofx(GHOST[:1], 10_000, version=2)
    (line,) = only(read(text.replace("INV-000001", written))).lines
    assert line.description == f"BROOKS, {read_as}"


@pytest.mark.parametrize(
    ("range_ends", "as_of", "until"),
    [
        ("", "20140304", None),
        ("", "20140305", date(2014, 3, 5)),
        ("20140331", "20140331235959", None),
        ("20140331", "20140401000000[0:GMT]", date(2014, 4, 1)),
        ("20140331", "soon", None),
    ],
)
def test_an_ofx_balance_of_the_day_of_the_download_is_told_from_a_closing_one(
    read, range_ends, as_of, until
):
    text = ofx([(day(3), 5, "x", "", "1"), (day(4), 6, "y", "", "2")], 11, as_of=as_of)
    text = text.replace("<BANKTRANLIST>", f"<BANKTRANLIST>\n<DTEND>{range_ends}")
    assert only(read(text)).until == until


def test_an_ofx_correction_is_left_to_a_person(read):
    text = ofx(LINES).replace("<FITID>REF-3", "<FITID>REF-3\n<CORRECTFITID>REF-1")
    assert [item.code for item in read(text).problems] == ["correction"]


@pytest.mark.parametrize(("pence", "told"), [(100, "in all: 1;"), (200, "in all: 0;")])
def test_entries_of_one_fitid_are_both_taken_and_told(read, pence, told):
    text = ofx(
        [(day(3), 100, "A", "", "1"), (day(3), pence, "A", "", "1"), (day(4), 5, "B", "", "")]
    )
    file = read(text)
    assert (file.problems, [line.amount_pence for line in file.statements[0].lines]) == (
        (),
        [100, pence, 5],
    )
    (warning,) = file.warnings
    assert (warning.code, warning.value, told in warning.message) == (
        "reference-repeated",
        "1",
        True,
    )
    assert text.splitlines()[warning.row - 1] == "<STMTTRN>"


def test_entries_without_a_fitid_repeat_none(read):
    assert read(ofx([(day(3), 100, "A", "", "")] * 2)).warnings == ()


def test_an_ofx_entry_that_is_wrong_is_told_with_its_row(read):
    text = ofx(LINES).replace("<TRNAMT>-7.50", "<TRNAMT>seven")
    ((code, row),) = codes(read(text))
    assert (code, "<STMTTRN>" in text.splitlines()[row - 1]) == ("not-a-number", True)


entries = st.lists(
    st.tuples(
        st.dates(date(2013, 1, 1), date(2015, 12, 31)),
        st.integers(-99_999_999, 99_999_999),
        st.text("ABCdef -09£é", max_size=12).map(lambda text: " ".join(text.split())),
    ),
    max_size=8,
)
RENDERED = {
    "camt.052": lambda lines, opening: camt(lines, opening, "camt.052", 8),
    "camt.053": lambda lines, opening: camt(lines, opening, "camt.053", 2),
    "camt.054": lambda lines, opening: camt(lines, opening, "camt.054", 13),
    "mt940": lambda lines, opening: mt940([(d, p, n, o) for d, p, n, _t, o in lines], opening),
    "ofx": lambda lines, opening: ofx(lines, opening + sum(line[1] for line in lines)),
}


@pytest.mark.parametrize("kind", RENDERED)
@given(given_=entries, opening=st.integers(-(10**9), 10**9))
def test_any_statement_reads_back_as_it_was(tmp_path_factory, kind, given_, opening):
    lines = [
        (on, pence, f"x{name}x", "", f"F{number}")
        for number, (on, pence, name) in enumerate(given_)
    ]
    path = tmp_path_factory.getbasetemp() / f"any-{kind}"
    path.write_text(RENDERED[kind](lines, opening), encoding="utf-8")
    file = read_statement_file(path)
    statement = only(file)
    assert file.format == kind
    assert [
        (line.booked, line.amount_pence, line.description, line.servicer_reference)
        for line in statement.lines
    ] == [(on, pence, name, own) for on, pence, name, _text, own in lines]
    closing = opening + sum(line[1] for line in lines)
    assert (statement.opening_pence, statement.closing_pence) == (opening, closing)


@pytest.mark.parametrize("kind", ["camt.053", "mt940"])
@given(given_=entries.filter(bool), off=st.integers(1, 10**6), data=st.data())
def test_no_wrong_entry_goes_unseen(tmp_path_factory, kind, given_, off, data):
    lines = [(on, pence, "x", "", f"F{number}") for number, (on, pence, _n) in enumerate(given_)]
    wrong = data.draw(st.integers(0, len(lines) - 1))
    opening = 500 + off
    right = RENDERED[kind](lines, opening)
    lines[wrong] = (lines[wrong][0], lines[wrong][1] + off, *lines[wrong][2:])
    # The entries of one statement under the closing balance of the other.
    text = RENDERED[kind](lines, opening - off)
    text = text.replace(_opening_of(text, kind), _opening_of(right, kind), 1)
    path = tmp_path_factory.getbasetemp() / f"wrong-{kind}"
    path.write_text(text, encoding="utf-8")
    assert [item.code for item in read_statement_file(path).problems] == ["balance-differs"]


def _opening_of(text, kind):
    """The opening balance as it is written."""
    if kind == "mt940":
        return next(row for row in text.splitlines() if row.startswith(":60F:"))
    start = text.index("<Bal>")
    return text[start : text.index("</Bal>", start)]


def test_a_message_in_an_envelope_or_under_a_prefix_reads_the_same(read):
    plain = camt(LINES, 50_000, version=8)
    head, _newline, body = plain.partition("\n")
    wrapped = f"{head}<BizMsgEnvlp xmlns='urn:x'><AppHdr/>{body}</BizMsgEnvlp>"
    prefixed = re.sub(r"<(/?)(?=[A-Z])", r"<\1c:", plain).replace("xmlns=", "xmlns:c=")
    assert only(read(wrapped)) == only(read(prefixed)) == only(read(plain))


def test_a_long_statement_is_read_across_the_parts_of_the_file(read):
    lines = [(day(1 + n % 28), n - 500, "A name", "some words", f"R-{n}") for n in range(3_000)]
    statement = only(read(camt(lines, 10**9)))
    assert [line.servicer_reference for line in statement.lines] == [line[4] for line in lines]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\n"])
def test_an_empty_file_is_called_empty(tmp_path, content):
    path = tmp_path / "empty"
    path.write_bytes(content)
    (problem,) = read_statement_file(path).problems
    assert (problem.code, problem.message) == ("no-header", "the file is empty")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_xml_in_utf_16_needs_no_byte_order_mark(tmp_path, encoding):
    text = camt([(date(2014, 3, 3), 500, "BROOKS", "LEVY \N{POUND SIGN}5", "R-1")])
    path = tmp_path / "statement"
    path.write_bytes(text.replace("UTF-8", encoding[:6]).encode(encoding))
    file = read_statement_file(path)
    assert (file.problems, file.format, file.net_pence) == ((), "camt.053", 500)
    assert "\N{POUND SIGN}5" in file.statements[0].lines[0].description
