"""Reconciling files whose true matches somebody else wrote down.

The bank's lines stand for a member's ledger, the general ledger's for what was declared. A company
that both sides spell alike is the call-off, a cheque's number the invoice; where the bank's words
name nobody (a deposit, a cheque, a card), only amounts and dates are left.
"""

import csv
import json
import re
from datetime import date
from functools import cache

from levytool.rules.matching.lines import Open, SpendLine, Terms
from levytool.rules.matching.passes import run_passes
from tests.shared_data import SHARED, needs_shared

FOLDER = SHARED / "reconcile" if (SHARED / "reconcile").is_dir() else SHARED / "data" / "reconcile"
PAYMENT_WORDS = re.compile(
    r"^(ACH (CREDIT|DEBIT)|E-PAYMENT|AUTO-PAY|POS DEBIT|WIRE TRF (IN|OUT) \d+|"
    r"CHECK #?\d+|DEPOSIT|BATCH DEPOSIT|NSF RETURN|RETURNED ITEM)\s*",
)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _line(row: dict[str, str], party: str, invoice: str, number: int) -> SpendLine:
    day = date.fromisoformat(row["date"])
    return SpendLine(
        net_pence=int(row["amount"].replace(".", "")),
        day=day.toordinal(),
        invoice=invoice,
        call_off=party,
        framework="",
        description=row["description"],
        credits="",
        lot="",
        kept="",
        date=row["date"],
        period=row["date"][:7],
        member="M",
        contractor="C",
        key_hash=number,
        number=1,
        line_no=number,
    )


def _parties(bank: list[dict[str, str]], ledger: list[dict[str, str]]) -> list[list[str]]:
    """The company of each line of either side, '' where the other side does not spell it so.

    The bank cuts names off: what it wrote must begin just one company's name.
    """
    ours = [row["description"].split(" - ")[0].upper() for row in ledger]
    names = sorted(set(ours))
    theirs = []
    for row in bank:
        words = PAYMENT_WORDS.sub("", row["description"])
        fitting = [name for name in names if words and name.startswith(words)]
        theirs.append(fitting[0] if len(fitting) == 1 else "")
    both = set(theirs)
    return [[name if name in both else "" for name in ours], theirs]


def _cheque(text: str) -> str:
    found = re.match(r"(?:CHECK #|CHK-)(\d+)", text)
    return found[1] if found else ""


@cache
def _found() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]], Open]:
    """What was joined: the ledger's lines by the bank's, apart for one to one and many."""
    bank, ledger = _rows("n300_medium_bank.csv"), _rows("n300_medium_ledger.csv")
    our_parties, their_parties = _parties(bank, ledger)
    ours = [_line(r, our_parties[n], _cheque(r["ref"]), n) for n, r in enumerate(ledger)]
    theirs = [_line(r, their_parties[n], _cheque(r["description"]), n) for n, r in enumerate(bank)]
    open_ = Open(ours, theirs)
    run_passes(open_, Terms())
    single, many = {}, {}
    for match in open_.matches:
        lines = frozenset(ledger[line.line_no]["id"] for line in match.declared)
        one_to_one = len(match.declared) == 1 == len(match.recorded)
        for line in match.recorded:
            (single if one_to_one else many)[bank[line.line_no]["id"]] = lines
    return single, many, open_


def _truth() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    truth = json.loads((FOLDER / "n300_medium_ground_truth.json").read_text(encoding="utf-8"))
    single = {m["bank_id"]: frozenset({m["gl_id"]}) for m in truth["matches_1to1"]}
    single |= {m["bank_id"]: frozenset({m["gl_id"]}) for m in truth["matches_amount_mismatch"]}
    many = {m["bank_id"]: frozenset(m["gl_ids"]) for m in truth["matches_many_to_one"]}
    return single, many


@needs_shared
def test_nothing_is_joined_that_does_not_belong_together() -> None:
    single, many, _open = _found()
    true_single, true_many = _truth()
    true = true_single | true_many
    assert {bank: lines for bank, lines in (single | many).items() if true.get(bank) != lines} == {}


@needs_shared
def test_nearly_everything_that_belongs_together_is_joined() -> None:
    single, many, _open = _found()
    true_single, true_many = _truth()
    equal = json.loads((FOLDER / "n300_medium_ground_truth.json").read_text())["matches_1to1"]
    assert sum(m["bank_id"] in single for m in equal) >= 0.95 * len(equal)
    assert sum(bank in many for bank in true_many) >= 0.85 * len(true_many)
    assert len(single) <= len(true_single)
