"""Receipts to documents on sets with ground truth that nobody on this project wrote.

The small adapter: each invoice is a document of its customer, each payment a receipt with the text
that a bank would give it, each remittance line is an advice of the document that it names. Texts
and cells are read as the tool reads them.
"""

import json
from collections import Counter, defaultdict
from datetime import date
from types import SimpleNamespace

import pytest

from levytool.book.names import BankNames
from levytool.book.records import Contractor
from levytool.desk.bank.match_receipts import parties_named, parties_perhaps
from levytool.money import parse_pounds
from levytool.rules.document_numbers import document_meant
from levytool.rules.matching.open_items import OpenItem, OpenReceipt
from levytool.rules.matching.receipts import match_receipts
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
    names = BankNames(
        SimpleNamespace(
            members={},
            contractors={
                invoice["customer_id"]: Contractor(invoice["customer_id"], invoice["customer_name"])
                for invoice in told["invoices"]
            },
        )
    )
    items = [
        OpenItem(
            document_meant(invoice["invoice_id"]),
            invoice["customer_id"],
            pence(invoice["amount"]),
            date.fromisoformat(invoice["invoice_date"]),
        )
        for invoice in told["invoices"]
    ]
    advices = defaultdict(list)
    for line in told["remittance_lines"]:
        meant = document_meant(line["invoice_ref"]) or ""
        advices[line["payment_id"]].append((meant, pence(line["amount"])))
    receipts = []
    for payment in told["payments"]:
        text = f"{payment['payer_name']} | {payment['reference_info']}"
        receipts.append(
            OpenReceipt(
                payment["payment_id"],
                pence(payment["amount"]),
                date.fromisoformat(payment["payment_date"]),
                parties=parties_named(text, names),
                perhaps=parties_perhaps(text, names),
            )
        )
    truth = defaultdict(dict)
    for item in told["ground_truth"]["applications"]:
        truth[item["payment_id"]][document_meant(item["invoice_id"])] = pence(
            item["applied_amount"]
        )
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


# Recall by kind of case, as (matched, all). Three receipts of n300 no honest rule applies:
# - a refund of a credit: money out, so no receipt;
# - a short name beside an amount that documents of two payers have open;
# - initials beside a reference of the payer's own and an amount that no document has, of which only
#   a memo says what was taken off.
OF_ONE = {
    "n30": (18, 18),
    "n300": (166, 169),
}
OF_SEVERAL = {"n30": (4, 4), "n300": (44, 44)}
OF_ONE_IN_PART = {
    "no_remittance": (22, 23),
    "short_pay_deduction": (15, 16),
    "simple_1to1": (57, 58),
    "cross_reference": (12, 12),
    "discount_taken": (18, 18),
    "duplicate_payment": (7, 7),
    "overpayment": (7, 7),
    "partial_payment": (28, 28),
}


def of_kinds(found, told):
    """How many receipts are matched, and how many there are: by kind, of one document each, and of
    several."""
    kinds = defaultdict(list)
    for application in told["ground_truth"]["applications"]:
        kinds[application["payment_id"]].append(application["match_type"])
    matched = {match.receipt for match in found.matches}
    one, several = Counter(), Counter()
    for payment, of in kinds.items():
        (one if len(of) == 1 else several)[of[0], payment in matched] += 1
    return one, several


def sums(counted):
    """Matched, and all."""
    matched = sum(count for (_kind, is_matched), count in counted.items() if is_matched)
    return matched, counted.total()


def test_nearly_all_of_what_was_paid_is_matched(applied, request):
    found, _truth, told = applied
    name = request.node.callspec.params["applied"]
    one, several = of_kinds(found, told)
    assert (sums(one), sums(several)) == (OF_ONE[name], OF_SEVERAL[name])
    for (matched, all_), least_percent in ((sums(one), 95), (sums(several), 85)):
        assert matched * 100 >= least_percent * all_


def test_each_kind_of_case_is_matched_as_far_as_it_is_honest(applied, request):
    found, _truth, told = applied
    one, _several = of_kinds(found, told)
    if request.node.callspec.params["applied"] == "n300":
        reached = {
            kind: (one[kind, True], one[kind, True] + one[kind, False]) for kind, _matched in one
        }
        assert reached == OF_ONE_IN_PART
    else:
        assert not any(count for (_kind, is_matched), count in one.items() if not is_matched)


def test_every_rule_that_reads_amiss_is_needed(applied, request):
    found, _truth, _told = applied
    rules = {match.rule for match in found.matches}
    needed = {"remittance", "remittance-overpaid", "number-mistyped"}
    if request.node.callspec.params["applied"] == "n300":
        needed |= {"remittance-amount", "amount-short-name"}
    assert needed <= rules


def test_the_same_money_is_never_placed_twice(applied):
    found, _truth, told = applied
    opened = {
        document_meant(invoice["invoice_id"]): pence(invoice["amount"])
        for invoice in told["invoices"]
    }
    for match in found.matches:
        for number, placed in match.documents:
            opened[number] -= placed
    amounts = {
        document_meant(invoice["invoice_id"]): pence(invoice["amount"])
        for invoice in told["invoices"]
    }
    assert all(
        min(0, amounts[number]) <= left <= max(0, amounts[number])
        for number, left in opened.items()
    )
