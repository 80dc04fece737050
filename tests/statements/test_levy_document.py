"""A levy invoice or credit note in its four forms: what HMRC asks for, and the same in each."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import BankAccount
from levytool.desk.levy.show_document import show_document
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return, correct_to_nil
from levytool.money import format_pence
from levytool.periods import Month, Period
from levytool.problems import UsageError
from levytool.statements.levy_document import (
    CreditedInvoice,
    CreditUse,
    DocumentLine,
    LevyDocument,
    SetAgainst,
    document_figures,
    document_page,
)
from levytool.statements.render_document import (
    render_document_html,
    render_document_json,
    render_document_text,
)
from levytool.statements.render_pdf import pdf_words, render_document_pdf
from levytool.statements.values import Issuer, Logo, Recipient
from tests.desk.banked import Bank, received_book

MARCH = Month(2014, 3)
LINES = (
    DocumentLine("ALDER", "Alder Homes", "1", "Roofs & gutters", 1_234_567, 15_000, 18_519),
    DocumentLine("SALIX", "Salix Homes", "2", "", 250_000, None, 3_000),
)
INVOICE = LevyDocument(
    issuer=Issuer(
        "North West <Homes> Consortium",
        ("1 High Street", "Salford", "M1 1AA"),
        "levy@example.org",
        "GB123456789",
    ),
    payer=Recipient("BROOKS", "Brooks & Sons *Roofing* #Ltd", ("2 Weir Lane", "Salford")),
    number="INV-000012",
    is_credit=False,
    day=date(2014, 4, 10),
    due=date(2014, 5, 8),
    return_number="R-000003",
    contractor_name="Brooks & Sons *Roofing* #Ltd",
    framework="REGEN",
    framework_title="Regeneration works",
    period=Period(MARCH, MARCH),
    lines=LINES,
    net_pence=21_519,
    vat_rate_ppm=200_000,
    vat_pence=4_304,
    bank_account=BankAccount("main", "01-02-03", "01234567"),
)
CREDIT = replace(
    INVOICE,
    number="CN-000004",
    is_credit=True,
    credits=(CreditedInvoice("INV-000012", date(2014, 4, 10)),),
)
USED_UP = replace(
    CREDIT,
    credit_uses=(
        CreditUse(20_000, invoice="INV-000012"),
        CreditUse(5_823, paid_on=date(2014, 5, 1)),
    ),
)
PART_PAID = replace(
    INVOICE,
    replaces=("INV-000011",),
    set_against=(SetAgainst(20_000, "CN-000003"), SetAgainst(823, paid_on=date(2014, 4, 1))),
)
SETTLED = replace(
    INVOICE, takes_back=("CN-000004",), set_against=(SetAgainst(25_823, "CN-000004"),)
)
CREDITED = replace(PART_PAID, credited_by="CN-000005", replaced_by="INV-000013")
OUTSIDE = replace(INVOICE, vat_rate_ppm=None, vat_pence=0)
DEFAULT_CHARGE = replace(INVOICE, lines=())


def html_words(document):
    """What the page says, tags and styles aside."""
    page = re.sub(r"<style>.*?</style>", "", render_document_html(document), flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def squeezed(text):
    """Text with its spaces single, so that a wrapped line reads as it was."""
    return " ".join(text.split())


def pdf_text(document):
    """What a reader finds in the PDF."""
    tool = shutil.which("pdftotext")
    if tool is None:
        reason = "pdftotext (poppler-utils) is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(f"in CI nothing may be missing: {reason}")
        pytest.skip(reason)
    done = subprocess.run(
        [tool, "-", "-"], input=render_document_pdf(document), capture_output=True, check=True
    )
    return done.stdout.decode()


def said(page):
    """Every word that the printed forms must say."""
    yield from (page.number, page.issuer, page.payer, page.description, *page.notes)
    yield from (*page.issuer_lines, *page.payer_lines)
    for label, value in (*page.facts, *page.totals, *page.payment):
        yield from (label, value)
    for row in page.rows:
        yield from filter(None, row)


FORMS = {
    "text": render_document_text,
    "html": html_words,
    "pdf words": lambda document: json.dumps(json.loads(pdf_words(document)), ensure_ascii=False),
    "pdf": pdf_text,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "document",
    [INVOICE, PART_PAID, SETTLED, CREDITED, CREDIT, USED_UP, OUTSIDE, DEFAULT_CHARGE],
    ids=[
        *(
            "invoice",
            "invoice in part settled",
            "invoice settled",
            "invoice credited",
            "credit note",
        ),
        *("credit note used up", "outside the scope", "default charge"),
    ],
)
def test_every_form_says_every_word(document, form):
    text = squeezed(FORMS[form](document))
    for words in said(document_page(document)):
        assert squeezed(words) in text, words


def test_an_invoice_has_what_hmrc_asks_for():
    text = squeezed(render_document_text(INVOICE))
    for wanted in (
        "VAT invoice INV-000012",
        "North West <Homes> Consortium 1 High Street, Salford, M1 1AA",
        "VAT registration number GB123456789",
        "Brooks & Sons *Roofing* #Ltd 2 Weir Lane, Salford",
        "Date and tax point 10 April 2014",
        "Levy on spend with Brooks & Sons *Roofing* #Ltd under Regeneration works, March 2014",
        "Alder Homes, Lot 1, Roofs & gutters £12,345.67 1.5% £185.19",
        "Net £215.19 VAT at 20% £43.04 Total to pay £258.23",
        "Terms 28 days from the date",
        "Sort code 01-02-03 Account number 01234567 Payment reference INV-000012",
    ):
        assert wanted in text


def test_an_invoice_asks_for_its_total_less_what_was_set_against_it_as_it_was_raised():
    text = squeezed(render_document_text(PART_PAID))
    assert (
        "Total £258.23 Less CN-000003 -£200.00 Less from your payment of 1 April 2014 -£8.23 "
        "To pay £50.00"
    ) in text
    assert "Replaces INV-000011" in text
    large = (("Due by", "8 May 2014"), ("Total", "£258.23"), ("To pay", "£50.00"))
    assert document_page(PART_PAID).key == large
    assert "Please pay £50.00 by 8 May 2014 and quote INV-000012 alone" in text
    told = document_figures(PART_PAID)
    assert (told["gross"], told["to_pay"], told["replaces"]) == ("258.23", "50.00", ["INV-000011"])
    assert told["set_against"] == [
        {"amount": "200.00", "credit_note": "CN-000003", "paid_on": None},
        {"amount": "8.23", "credit_note": "", "paid_on": "2014-04-01"},
    ]


def test_an_invoice_that_was_settled_as_it_was_raised_asks_for_nothing():
    text = squeezed(render_document_text(SETTLED))
    assert "Takes back CN-000004" in text
    assert "To pay £0.00 Nothing to pay" in text
    for wrong in ("Due", "Terms", "Sort code", "Please pay"):
        assert wrong not in text
    assert document_figures(INVOICE)["to_pay"] == "258.23"
    assert replace(SETTLED, bank_account=None).missing == ()


def test_an_invoice_that_was_credited_in_full_since_asks_for_nothing():
    text = squeezed(render_document_text(CREDITED))
    assert "Total £258.23 Less CN-000005 -£258.23 To pay £0.00 Nothing to pay" in text
    assert "Credited by CN-000005" in text and "Replaced by INV-000013" in text
    assert (
        "Nothing is to be paid: this invoice was credited in full by CN-000005, and INV-000013 "
        "stands in its place, with what was paid on it."
    ) in text
    for wrong in ("Due", "Terms", "Sort code", "Please pay", "your payment of"):
        assert wrong not in text
    told = document_figures(CREDITED)
    assert (told["credited_by"], told["replaced_by"]) == ("CN-000005", "INV-000013")
    assert (told["gross"], told["to_pay"], len(told["set_against"])) == ("258.23", "0.00", 2)
    gone = squeezed(render_document_text(replace(CREDITED, replaced_by="")))
    assert "in full by CN-000005. What was paid on it is yours to use" in gone


def test_a_credit_note_names_what_it_credits_and_asks_for_no_money():
    text = squeezed(render_document_text(CREDIT))
    assert "VAT credit note CN-000004" in text
    assert "Credits INV-000012 of 10 April 2014" in text
    assert "Reason Correction of the declared spend for March 2014" in text
    assert "Total credited £258.23" in text
    assert "Sort code" not in text
    assert "Due" not in text


TAKE_OFF = (
    "off your next payment and quote both numbers, or ask for it to be set against an invoice."
)


def test_an_open_credit_is_to_be_taken_off():
    page = document_page(CREDIT)
    assert (page.payment_title, page.notes[0]) == (
        "What to do with it",
        f"Take this credit {TAKE_OFF}",
    )


def test_a_credit_that_is_used_up_says_what_became_of_it():
    page = document_page(USED_UP)
    assert (page.payment_title, page.notes[0]) == (
        "What became of it",
        "Nothing is left of this credit: £200.00 was set against INV-000012 and £58.23 was taken "
        "off your payment of 1 May 2014.",
    )


def test_of_a_credit_partly_used_the_rest_is_to_be_taken_off():
    page = document_page(replace(USED_UP, credit_uses=USED_UP.credit_uses[:1]))
    assert (page.payment_title, page.notes[0]) == (
        "What to do with it",
        "Of this credit £200.00 was set against INV-000012. "
        f"Take the £58.23 that is left {TAKE_OFF}",
    )


def test_outside_the_scope_is_said_and_is_not_a_rate_of_nothing():
    outside = squeezed(render_document_text(OUTSIDE))
    assert "Outside the scope of VAT £0.00" in outside
    assert "VAT invoice" not in outside
    zero = squeezed(render_document_text(replace(OUTSIDE, vat_rate_ppm=0)))
    assert "VAT at 0% £0.00" in zero
    assert "VAT invoice" in zero
    assert document_figures(OUTSIDE)["vat_rate"] == "outside the scope"


def test_a_default_charge_says_what_it_is_for():
    assert "Default charge to Brooks" in render_document_text(DEFAULT_CHARGE)
    assert document_page(DEFAULT_CHARGE).rows == ()


def test_the_figures_of_json_are_those_of_the_page():
    told = json.loads(render_document_json(INVOICE))
    assert (told["net"], told["vat"], told["gross"]) == ("215.19", "43.04", "258.23")
    assert [line["levy"] for line in told["lines"]] == ["185.19", "30.00"]
    assert [line["rate"] for line in told["lines"]] == ["1.5%", None]
    assert told["payment"]["reference"] == told["number"]


def test_the_logo_stands_on_a_document_as_on_a_statement():
    logo = Logo("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    marked = replace(INVOICE, issuer=replace(INVOICE.issuer, logo=logo))
    assert '<img class="logo" alt="" src="data:image/svg+xml;base64,' in render_document_html(
        marked
    )
    assert "<img" not in render_document_html(INVOICE)
    assert json.loads(pdf_words(marked))["logo"] == logo.data.decode()
    pdf = render_document_pdf(marked)
    assert b"pdfuaid" in pdf and pdf != render_document_pdf(INVOICE)


def test_the_pdf_is_tagged_and_the_same_each_time():
    data = render_document_pdf(INVOICE)
    assert data.startswith(b"%PDF")
    assert data == render_document_pdf(INVOICE)
    assert b"/MarkInfo" in data
    assert b"/Lang" in data
    assert data != render_document_pdf(CREDIT)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError, match=re.escape("pip install 'levytool[pdf]'")):
        render_document_pdf(INVOICE)


def test_the_page_needs_nothing_else():
    page = render_document_html(INVOICE)
    assert not re.search(r"(src|href)=|<script|url\(|@import", page)


def test_what_the_book_lacks_is_named():
    assert INVOICE.missing == ()
    bare = replace(INVOICE, issuer=Issuer("A"), payer=Recipient("B", "B"), bank_account=None)
    assert bare.missing == (
        "the consortium's address",
        "the consortium's vat_number",
        "the address of B",
        "a bank account with sort code and number",
    )
    assert "vat_number" not in " ".join(replace(bare, vat_rate_ppm=None).missing)


@given(
    name=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60),
    pence=st.integers(0, 10**12),
)
def test_any_name_and_amount_comes_through(name, pence):
    document = replace(INVOICE, payer=Recipient("X", name), net_pence=pence)
    assert json.loads(pdf_words(document))["payer"] == name
    assert squeezed(name) in squeezed(html_words(document))
    assert document_figures(document)["gross"] == format_pence(pence + document.vat_pence)
    for line in render_document_text(document).splitlines():
        assert len(line) <= 80


def test_awkward_names_make_a_pdf():
    awkward = replace(INVOICE, payer=Recipient("X", '#panic("x") $ \\ @a <b> “Tŷ” ' + "n" * 200))
    assert render_document_pdf(awkward).startswith(b"%PDF")


LOTS = "lots = { '1' = 'Roofs', '2' = 'Kitchens' }"


def test_a_document_is_gathered_by_member_lot_and_rate(books):
    made = books(received_book(framework=LOTS))
    made.spend(("2014-03-05", "SALIX", "10000.00"), ("2014-03-06", "ALDER", "33.33"))
    found = show_document(made.office(), "inv-000001")
    assert [(line.member, line.spend_pence, line.levy_pence) for line in found.lines] == [
        ("ALDER", 3_333, 33),
        ("SALIX", 1_000_000, 10_000),
    ]
    assert sum(line.levy_pence for line in found.lines) == found.net_pence
    assert (found.title, found.gross_pence) == ("VAT invoice", 12_040)
    assert len(found.number) <= 18  # a BACS line's reference holds no more (domain §3.10)
    assert found.credits == ()


def test_a_credit_for_credits_is_positive_and_names_no_invoice(books):
    made = books(received_book())
    made.spend(("2014-03-05", "SALIX", "-100.00"))
    found = show_document(made.office(), "CN-000001")
    assert (found.is_credit, found.net_pence, found.credits) == (True, 100, ())
    assert [(line.spend_pence, line.levy_pence) for line in found.lines] == [(10_000, 100)]


def test_a_credit_that_a_payment_took_off_says_so_until_that_is_taken_back(books):
    made = books(received_book())
    bank = Bank(made)
    made.spend(("2014-03-05", "SALIX", "10000.00"))
    made.spend(("2014-03-05", "SALIX", "-1000.00"))
    assert show_document(made.office(), "CN-000001").credit_uses == ()
    bank.bring((28, 10_800, "BROOKS INV-000001 less CN-000001"))
    note = show_document(made.office(), "CN-000001")
    assert note.credit_uses == (CreditUse(1_200, paid_on=date(2014, 3, 28)),)
    assert note.unused_pence == 0
    assert show_document(made.office(), "INV-000001").credit_uses == ()
    bank.unallocate("B-000001")
    assert show_document(made.office(), "CN-000001").credit_uses == ()
    bank.allocate("CN-000001", "INV-000001")
    note = show_document(made.office(), "CN-000001")
    assert note.credit_uses == (CreditUse(1_200, invoice="INV-000001"),)


def test_a_member_that_pays_sees_its_own_lines(books):
    made = books(
        received_book(
            more="""
[[frameworks]]
code = "WORKS"
title = "Works"
returns = "quarterly"
starts = 2012-04-01
[[frameworks.levy]]
from = 2012-04-01
payer = "member"
rate = "1%"
"""
        )
    )
    made.spend(
        ("2014-03-05", "SALIX", "100.00", "BROOKS", "", "WORKS"),
        ("2014-03-05", "ALDER", "200.00", "BROOKS", "", "WORKS"),
    )
    found = [show_document(made.office(), f"INV-00000{number}") for number in (1, 2)]
    assert [(one.payer.code, [line.member for line in one.lines]) for one in found] == [
        ("ALDER", ["ALDER"]),
        ("SALIX", ["SALIX"]),
    ]
    assert str(found[0].period) == "2014-01..2014-03"


def test_a_correction_names_what_it_takes_back(books):
    made = books(received_book())
    made.spend(("2014-03-05", "SALIX", "10000.00"))
    path = made.folder / "again.csv"
    path.write_text("Invoice,Date,Member,Net\nX,05/03/2014,SALIX,4000.00\n", encoding="utf-8")
    correct_return(made.office(), "R-000001", path, CorrectionOptions())
    note = show_document(made.office(), "CN-000001")
    assert (note.credits, note.net_pence) == (
        (CreditedInvoice("INV-000001", date(2014, 4, 10)),),
        10_000,
    )
    assert [(line.spend_pence, line.levy_pence) for line in note.lines] == [(1_000_000, 10_000)]
    assert "Credits INV-000001 of 10 April 2014" in squeezed(render_document_text(note))
    assert note.credit_uses == (CreditUse(12_000, invoice="INV-000001"),)
    again = show_document(made.office(), "INV-000002")
    assert (again.credits, again.net_pence) == ((), 4_000)


@pytest.mark.parametrize("known_until", [True, False], ids=["now", "before acts named entries"])
def test_what_a_correction_sets_against_its_invoice_is_said_and_never_changes(books, known_until):
    made = books(received_book())
    bank = Bank(made)
    made.spend(("2014-03-05", "SALIX", "10000.00"))
    bank.bring((28, 5_000, "BROOKS INV-000001"))
    path = made.folder / "again.csv"
    path.write_text("Invoice,Date,Member,Net\nX,05/03/2014,SALIX,9000.00\n", encoding="utf-8")
    correct_return(made.office(), "R-000001", path, CorrectionOptions())
    sent = show_document(made.office(), "INV-000002")
    assert (sent.gross_pence, sent.to_pay_pence, sent.replaces) == (10_800, 5_800, ("INV-000001",))
    assert sent.set_against == (SetAgainst(5_000, paid_on=date(2014, 3, 28)),)
    if not known_until:
        with made.office().writing() as connection:
            connection.exec_driver_sql("DROP TRIGGER act_refuses_update")
            connection.exec_driver_sql("UPDATE act SET facts = json_remove(facts, '$.until')")
        assert show_document(made.office(), "INV-000002") == sent
        return
    bank.bring((29, 1_000, "BROOKS INV-000002"))
    bank.unallocate("B-000001")
    assert show_document(made.office(), "INV-000002") == sent
    path.write_text("Invoice,Date,Member,Net\nX,05/03/2014,SALIX,10.00\n", encoding="utf-8")
    correct_return(made.office(), "R-000002", path, CorrectionOptions())
    credited = replace(sent, credited_by="CN-000002", replaced_by="INV-000003")
    assert show_document(made.office(), "INV-000002") == credited
    first = show_document(made.office(), "INV-000001")
    assert (first.credited_by, first.replaced_by) == ("CN-000001", "INV-000002")
    again = show_document(made.office(), "INV-000003")
    assert (again.replaces, again.to_pay_pence) == (("INV-000002",), 0)


def test_an_invoice_that_was_paid_and_then_corrected_to_nil_asks_for_nothing(books):
    made = books(received_book())
    made.spend(("2014-03-05", "SALIX", "10000.00"))
    Bank(made).bring((28, 12_000, "BROOKS INV-000001"))
    assert show_document(made.office(), "INV-000001").credited_by == ""
    correct_to_nil(made.office(), "R-000001", "")
    credited = show_document(made.office(), "INV-000001")
    assert (credited.credited_by, credited.replaced_by) == ("CN-000001", "")
    assert credited.to_pay_pence == 0


def test_an_invoice_that_takes_a_credit_note_back_asks_for_nothing(books):
    made = books(received_book())
    made.spend(("2014-03-05", "SALIX", "-100.00"))
    path = made.folder / "again.csv"
    path.write_text("Invoice,Date,Member,Net\nX,05/03/2014,SALIX,-90.00\n", encoding="utf-8")
    correct_return(made.office(), "R-000001", path, CorrectionOptions())
    back = show_document(made.office(), "INV-000001")
    assert (back.takes_back, back.replaces) == (("CN-000001",), ())
    assert back.set_against == (SetAgainst(120, "CN-000001"),)
    assert back.to_pay_pence == 0
    note = show_document(made.office(), "CN-000002")
    assert (note.replaces, note.takes_back, note.credits) == (("CN-000001",), (), ())
    assert show_document(made.office(), "CN-000001").credited_by == ""


def test_there_is_no_such_document(books):
    with pytest.raises(UsageError, match="levy documents"):
        show_document(books().office(), "INV-000009")
