"""What a credit note says of its reason, and of the invoice that it credits."""

from dataclasses import replace

import pytest

from levytool.desk.levy.show_document import show_document
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return, correct_to_nil
from levytool.statements.levy_document import document_figures, document_page
from levytool.statements.render_document import render_document_text
from tests.desk.banked import received_book
from tests.statements.test_levy_document import CREDIT, FORMS, INVOICE, squeezed


def test_a_credit_note_gives_the_reason_of_its_correction_in_every_form():
    told = replace(CREDIT, reason="two valuations were declared twice, R&D <net> of *retention*")
    assert document_page(told).facts.count(("Reason", told.reason)) == 1
    for form in FORMS.values():
        assert squeezed(told.reason) in squeezed(form(told))
    figures = document_figures(told)
    assert (figures["credits"], figures["reason"]) == (["INV-000012"], told.reason)
    assert figures["credited_invoices"] == [{"number": "INV-000012", "date": "2014-04-10"}]
    assert (document_figures(INVOICE)["reason"], "Reason" in render_document_text(INVOICE)) == (
        "",
        False,
    )


def test_a_credit_note_that_takes_nothing_back_says_where_it_comes_from():
    declared = squeezed(render_document_text(replace(CREDIT, credits=())))
    assert (
        "Reason The levy on what Brooks & Sons *Roofing* #Ltd declared for March 2014 came to a "
        "credit"
    ) in declared
    assert "Credits" not in declared


@pytest.mark.parametrize("to_nil", [True, False], ids=["to nil", "by a file"])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (" the site closed\n early ", "the site closed early"),
        ("", "Correction of the declared spend for March 2014"),
    ],
    ids=["given", "none given"],
)
def test_a_correction_s_reason_is_on_its_credit_note_alone(books, to_nil, given, told):
    made = books(received_book())
    made.spend(("2014-03-05", "SALIX", "10000.00"))
    path = made.folder / "again.csv"
    path.write_text("Invoice,Date,Member,Net\nX,05/03/2014,SALIX,-40.00\n", encoding="utf-8")
    if to_nil:
        correct_to_nil(made.office(), "R-000001", given)
    else:
        correct_return(made.office(), "R-000001", path, CorrectionOptions(reason=given))
        new = dict(document_page(show_document(made.office(), "CN-000002")).facts)
        assert new["Reason"].endswith("came to a credit")
    facts = dict(document_page(show_document(made.office(), "CN-000001")).facts)
    assert facts["Reason"] == told
    assert "Reason" not in dict(document_page(show_document(made.office(), "INV-000001")).facts)
