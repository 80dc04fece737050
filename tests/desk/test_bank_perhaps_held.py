"""New lines that are like lines in the books, of files whose balances prove nothing: both are
taken, and the import says which may have come before."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.cli.main import run_with
from levytool.desk.bank.import_bank import import_bank
from levytool.desk.bank.perhaps_held import lines_like
from levytool.ledger.bank.bank_lines import KnownLine, LineContent, NewBankLine
from tests.bank.exports import day, export, table
from tests.bank.renderers import camt, ofx
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import TODAY, Books

JUNE = [(day(10), 10_000, "A B", "X1"), (day(29), 3_000, "C D", "Y2")]
LATER = (day(30), 700, "E F", "Z3")


@pytest.fixture
def bank(tmp_path):
    return Bank(Books(tmp_path, received_book()))


def bring(bank, name, text, **settings):
    path = bank.books.folder / name
    path.write_text(text, encoding="utf-8")
    outcome = import_bank(bank.books.office(today=TODAY, **settings), path)
    assert outcome.problems == []
    return outcome


def told(outcome):
    """What the import has to say of lines that were perhaps held."""
    return [item for item in outcome.warnings if item.code == "perhaps-held"]


def named(lines, letter):
    """The lines with references of one download."""
    return [(*line, f"{letter}{number}") for number, line in enumerate(lines)]


def download(lines, letter, closing_pence):
    last = max(line[0] for line in lines)
    return ofx(named(lines, letter), closing_pence, as_of=f"{last:%Y%m%d}")


def unstated(*lines):
    """A CSV without balances of (day, pence, text)."""
    rows = [(f"{on:%d/%m/%Y}", text, f"{pence / 100:.2f}") for on, pence, text in lines]
    return table([("Date", "Description", "Amount"), *rows])


def test_a_month_fetched_again_with_other_references_is_said(bank):
    bring(bank, "q1.ofx", download(JUNE, "P", 113_000))
    outcome = bring(bank, "q2.ofx", download([*JUNE, LATER], "Q", 113_700))
    assert (outcome.new, bank.of("1200")) == (3, {"main": -26_700})
    (said,) = told(outcome)
    assert said.message == (
        "2 new lines of main are like lines in the books that the file does not have: 2 in all but "
        "the bank's reference (B-000003 like B-000001, B-000004 like B-000002); the balance went "
        "from £1,130.00 in q1.ofx to £1,137.00 in this file by the £7.00 of the other new lines, "
        "without them: they came before"
    )
    assert said.hint.endswith("levytool bank withdraw B-000003 B-000004 --reason TEXT")
    assert outcome.as_json()["warnings"] == [said.as_json()]
    ledger = ["--ledger", str(bank.books.folder / "books.db")]
    command = said.hint[said.hint.index("bank withdraw") :].replace("TEXT", "twice").split()
    assert run_with([*ledger, *command]) == 0
    assert bank.of("1200") == {"main": -13_700}


def test_a_dry_run_says_it_before_anything_is_stored(bank):
    bring(bank, "q1.ofx", download(JUNE, "P", 113_000))
    outcome = bring(bank, "q2.ofx", download(JUNE, "Q", 113_000), dry_run=True)
    (said,) = told(outcome)
    assert "£1,130.00 in this file by nothing, without them" in said.message
    assert said.hint.endswith("bank withdraw --file q2.ofx --reason TEXT")
    assert len(bank.rows()) == 2


def test_balances_of_the_day_of_the_download_tell_nothing(bank):
    bring(bank, "q1.ofx", ofx(named(JUNE, "P"), 113_000))
    (said,) = told(bring(bank, "q2.ofx", ofx(named([*JUNE, LATER], "Q"), 113_700)))
    assert said.message.endswith("; no balance proves that they are others")


def test_equal_receipts_that_the_file_has_as_often_as_the_books_are_not_said(bank):
    bring(bank, "q1.ofx", download(JUNE, "P", 113_000))
    twice = [*named(JUNE, "P"), (*JUNE[1], "P9")]
    assert told(bring(bank, "q2.ofx", ofx(twice, 116_000))) == []


def test_other_words_under_another_reference_are_another_line(bank):
    bring(bank, "q1.ofx", download(JUNE, "P", 113_000))
    other = [(day(29), 3_000, "G H", "W7")]
    assert told(bring(bank, "q2.ofx", download(other, "Q", 116_000))) == []


def test_an_export_without_balances_in_other_words_is_said(bank):
    bring(bank, "m1.csv", export([(on, pence, f"{n} {t}") for on, pence, n, t in JUNE], 100_000))
    (said,) = told(bring(bank, "m2.csv", unstated((day(29), 3_000, "C D  Y2 BGC"))))
    assert said.message == (
        "1 new line of main is like a line in the books that the file does not have: 1 in day and "
        "amount, in other words (B-000003 like B-000002); no balance proves that it is another"
    )
    assert said.hint.endswith("bank withdraw --file m2.csv --reason TEXT")


def test_a_line_held_from_an_export_without_balances_is_said(bank):
    bring(bank, "m2.csv", unstated((day(29), 3_000, "C D  Y2 BGC")))
    june = [(on, pence, f"{n} {t}") for on, pence, n, t in JUNE]
    (said,) = told(bring(bank, "m1.csv", export(june, 100_000)))
    assert "(B-000003 like B-000001); no balance proves" in said.message
    assert said.hint.endswith("bank withdraw B-000003 --reason TEXT")


def test_what_balances_of_both_files_prove_is_not_asked(bank):
    bring(bank, "one.xml", camt(named(JUNE[:1], "P"), 0))
    assert told(bring(bank, "two.xml", camt(named(JUNE[:1], "Q"), 10_000))) == []
    report = camt(named(JUNE[:1], "R"), message="camt.052", balances=())
    (said,) = told(bring(bank, "three.xml", report))
    assert "B-000003 like B-000001" in said.message


def test_of_many_the_first_are_named(bank):
    many = [(day(3), 100 + n, "A", f"{n}") for n in range(60)]
    bring(bank, "q1.ofx", download(many, "P", 0))
    (said,) = told(bring(bank, "q2.ofx", download([*many, LATER], "Q", 0)))
    assert "(B-000061 like B-000001, B-000062 like B-000002, " in said.message
    assert "B-000065 like B-000005, …)" in said.message
    assert said.hint.endswith(" B-000110… --reason TEXT")


def test_a_line_in_the_books_is_like_one_new_line():
    held = [_known(1, "A", "R1"), _known(2, "B", "")]
    new = [_new(1, "C", "S1"), _new(2, "A", "S2"), _new(3, "A", "S3")]
    alike = [(like.line.row, like.held.line_id, like.same_words) for like in lines_like(new, held)]
    assert alike == [(1, 2, False), (2, 1, True)]


def test_a_line_without_a_reference_may_be_one_with_one_in_other_words():
    held = [_known(1, "A", "R1"), _known(2, "B", "")]
    new = [_new(1, "C", ""), _new(2, "D", ""), _new(3, "E", "")]
    alike = [(like.line.row, like.held.line_id) for like in lines_like(new, held)]
    assert alike == [(1, 2), (2, 1)]


@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["", "R1", "R2"])), max_size=6),
    st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["", "S1"])), max_size=6),
)
def test_a_line_is_named_once_on_either_side(books, file):
    held = [_known(number, *told) for number, told in enumerate(books, 1)]
    new = [_new(row, *told) for row, told in enumerate(file, 1)]
    alike = lines_like(new, held)
    assert len({like.held.line_id for like in alike}) == len(alike)
    assert [like.line.row for like in alike] == sorted({like.line.row for like in alike})
    by_words = Counter(words for words, _own in books) & Counter(words for words, _own in file)
    assert sum(like.same_words for like in alike) == by_words.total()
    for like in alike:
        named = like.line.servicer_reference and like.held.content.servicer_reference
        assert like.same_words or not named


def _known(line_id, words, reference):
    return KnownLine(LineContent(day(3), 500, words, "", reference), "csv", line_id)


def _new(row, words, reference):
    return NewBankLine(row, day(3), 500, words, "", reference, "main", None)
