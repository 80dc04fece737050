"""Receipts to documents on sets with ground truth that nobody on this project wrote.

The small adapter: each invoice is a document of its customer, each payment a receipt whose payer
the books know, each remittance line is an advice of the document that it names, read as the cells
of an advice are.
"""

import json
from collections import defaultdict
from datetime import date

import pytest

from levytool.book.names import fold
from levytool.money import parse_pounds
from levytool.rules.document_numbers import document_meant
from levytool.rules.matching.receipts import OpenItem, OpenReceipt, match_receipts
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared


def pence(amount):
    """The pence of a JSON number."""
    return parse_pounds(f"{amount:.2f}")


@pytest.fixture(params=["n30", "n300"], scope="module")
def applied(request):
    """The matching of one set, and the true applications by payment."""
    path = SHARED / "data" / "reconcile" / f"cash_application_{request.param}_seed42.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    customers = {}
    for invoice in told["invoices"]:
        customers.setdefault(fold(invoice["customer_name"]), invoice["customer_id"])
    items = [
        OpenItem(
            invoice["invoice_id"],
            invoice["customer_id"],
            pence(invoice["amount"]),
            date.fromisoformat(invoice["invoice_date"]),
        )
        for invoice in told["invoices"]
    ]
    theirs = {f"INV-{int(item.number.removeprefix('INV-')):06d}": item.number for item in items}
    advices = defaultdict(list)
    for line in told["remittance_lines"]:
        meant = document_meant(line["invoice_ref"])
        number = theirs.get(meant, line["invoice_ref"])
        advices[line["payment_id"]].append((number, pence(line["amount"])))
    receipts = [
        OpenReceipt(
            payment["payment_id"],
            pence(payment["amount"]),
            date.fromisoformat(payment["payment_date"]),
            customers.get(fold(payment["payer_name"]), ""),
        )
        for payment in told["payments"]
    ]
    truth = defaultdict(dict)
    for item in told["ground_truth"]["applications"]:
        truth[item["payment_id"]][item["invoice_id"]] = pence(item["applied_amount"])
    found = match_receipts(receipts, items, advices)
    return found, truth, told


def test_whatever_is_matched_is_matched_rightly(applied):
    found, truth, _told = applied
    wrong = [
        (match.receipt, match.rule, dict(match.documents), truth[match.receipt])
        for match in found.matches
        if dict(match.documents) != truth[match.receipt]
    ]
    assert wrong == []


def test_most_of_what_the_payers_told_is_matched(applied):
    """Not matched: payers by initials that the books do not know, numbers that were mistyped, and
    advices of more than is open, which a person looks at."""
    found, truth, _told = applied
    matched = {match.receipt for match in found.matches}
    single = {payment for payment, placed in truth.items() if len(placed) == 1}
    several = truth.keys() - single
    assert len(matched & single) >= 0.75 * len(single)
    assert len(matched & several) >= 0.85 * len(several)


def test_the_same_money_is_never_placed_twice(applied):
    found, _truth, told = applied
    opened = {invoice["invoice_id"]: pence(invoice["amount"]) for invoice in told["invoices"]}
    for match in found.matches:
        for number, placed in match.documents:
            opened[number] -= placed
    amounts = {invoice["invoice_id"]: pence(invoice["amount"]) for invoice in told["invoices"]}
    assert all(
        min(0, amounts[number]) <= left <= max(0, amounts[number])
        for number, left in opened.items()
    )
