"""Any batch of entries, as hypothesis makes them, and what files say read back."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate, pairwise
from typing import Any

from hypothesis import strategies as st

from levytool.accounts import CHART, Account
from levytool.book.records import ExportSettings
from levytool.exports.batch import Batch, Written, account_code
from levytool.exports.gl07_record import RECORD
from levytool.journal import Entry, Leg, Transfer
from levytool.ledger.reports.finance_exports import EntryDocument, PostedEntry
from levytool.money import parse_pounds
from levytool.periods import Month, Period
from levytool.rules.postings import Occasion
from levytool.rules.postings.levy import document_accepted
from tests.books import make_book

MARCH = Month(2014, 3)
PERIOD = Period(MARCH, MARCH)
MEMBERS = ("ALDER", "BIRCH", "SALIX")
PAYERS = ("BEECH", "BROOKS", "SALIX")
WORDS = (
    "",
    "=cmd()",
    "+44",
    "-5",
    "@x",
    'a "quoted", text;\nof | lines',
    "Éclat – £ fund",
    "a" * 300,
)

accounts = st.sampled_from(list(Account))
RECEIPTS = (Account.UNALLOCATED_RECEIPTS, Account.VAT_CONTROL, Account.BAD_DEBTS)
words = st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8"), max_size=12)
days = st.dates(date(2014, 3, 1), date(2014, 3, 31))
pence = st.integers(0, 10**12)


@st.composite
def legs(draw: Any, of: Sequence[Account] = tuple(Account)) -> Leg:
    """An account with something that it is kept by."""
    account = draw(st.sampled_from(list(of)))
    dimension = CHART[account].dimension
    if dimension == "":
        return Leg(account)
    if dimension == "payer":
        return Leg(account, draw(st.sampled_from(PAYERS)))
    if dimension == "scheme/source":
        return Leg(account, f"NEXT/{draw(st.sampled_from((*MEMBERS, 'Éclat Fund', 'a/b')))}")
    if dimension in ("member", "framework"):
        return Leg(account, draw(st.sampled_from(MEMBERS)))
    return Leg(account, draw(words.filter(bool)))


NOT_DEBTORS = tuple(account for account in Account if account is not Account.LEVY_DEBTORS)


@st.composite
def transfers(draw: Any) -> Transfer:
    """Any transfer but one from payer to payer, which no event posts."""
    of_debtors = st.tuples(legs((Account.LEVY_DEBTORS,)), legs(RECEIPTS))
    one, other = draw(st.tuples(legs(), legs(NOT_DEBTORS)) | of_debtors)
    if draw(st.booleans()):
        one, other = other, one
    return Transfer(one, other, draw(pence))


@st.composite
def plain_entries(draw: Any) -> Entry:
    """An entry of any transfers."""
    return Entry(
        kind="any",
        effective=draw(days),
        narrative=draw(words),
        transfers=tuple(draw(st.lists(transfers(), max_size=8))),
        reference=draw(words),
    )


@st.composite
def documents(draw: Any) -> tuple[Entry, EntryDocument | None]:
    """What an accepted return posts, and its document; one that comes to nothing has none."""
    shares = st.dictionaries(
        st.sampled_from(MEMBERS), st.integers(-(10**9), 10**9).filter(bool), min_size=1
    )
    net = draw(shares)
    total = sum(net.values())
    rate_ppm = draw(st.sampled_from((None, 0, 50_000, 200_000)))
    vat = total * (rate_ppm or 0) // 1_000_000
    day, payer = draw(days), draw(st.sampled_from(PAYERS))
    entry = document_accepted(
        Occasion(day),
        payer,
        "REGEN",
        net,
        vat,
        draw(st.sampled_from(("received", "billed"))),
        draw(st.sampled_from((0, 100_000))),
    )
    if not total:
        return entry, None
    kind = "invoice" if total > 0 else "credit-note"
    document = EntryDocument(
        *("", kind, "member" if payer == "SALIX" else "contractor", payer, "REGEN", MARCH),
        *(day, day, abs(total), rate_ppm, abs(vat)),
    )
    return entry, document


@st.composite
def entries(draw: Any, only_documents: bool = False) -> tuple[PostedEntry, ...]:
    """Entries in a row, documents among them."""
    plain = st.tuples(plain_entries(), st.none())
    drawn = draw(
        st.lists(
            documents().filter(lambda found: found[1] is not None)
            if only_documents
            else plain | documents(),
            max_size=6,
        )
    )
    found = []
    for number, (entry, document) in enumerate(drawn, 1):
        numbered = document and document._replace(number=f"D-{number:06d}")
        found.append(PostedEntry(number, entry, numbered))
    return tuple(found)


CODES = st.from_regex(r"[0-9A-Z]{1,8}", fullmatch=True)
settings = st.builds(
    ExportSettings,
    accounts=st.dictionaries(accounts.map(str), CODES, max_size=6),
    tracking=st.sampled_from(
        [{}, {"member": "Member"}, {"member": "Member", "framework": "Framework"}]
    ),
    departments=st.sampled_from([{}, {"ALDER": "7"}]),
)


def batch_of(
    found: Iterable[PostedEntry],
    exports: ExportSettings = ExportSettings(),
    kind: str = "a-kind",
    declared: frozenset[str] = frozenset(),
) -> Batch:
    """These entries as an export."""
    book = make_book(members=MEMBERS, contractors=("BEECH", "BROOKS"))
    book = replace(book, consortium=replace(book.consortium, exports=exports))
    return Batch("X-000001", kind, PERIOD, tuple(found), book, declared)


def entry_of(*moves: Transfer, narrative: str = "An entry", number: int = 1) -> PostedEntry:
    """One entry of these transfers."""
    return PostedEntry(number, Entry("any", date(2014, 3, 31), narrative, moves))


def moved(batch: Batch) -> Counter[str]:
    """What the batch's entries move on each of the finance system's accounts, debit positive."""
    sums: Counter[str] = Counter()
    for posted in batch.entries:
        for item in posted.entry.transfers:
            sums[account_code(batch.settings, item.debit.account)] += item.amount_pence
            sums[account_code(batch.settings, item.credit.account)] -= item.amount_pence
    return nonzero(sums)


def nonzero(sums: Counter[str]) -> Counter[str]:
    """The sums that are not zero."""
    return Counter({code: pence for code, pence in sums.items() if pence})


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file by heading."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cells_of(written: Written) -> list[str]:
    """Every cell of every CSV file, headings left out."""
    return [cell for file in written.files for row in rows_of(file.text) for cell in row.values()]


def xero_journal_moves(texts: Iterable[str]) -> Counter[str]:
    """Movements by account code, debit positive."""
    sums: Counter[str] = Counter()
    for text in texts:
        for row in rows_of(text):
            sums[row["*AccountCode"]] += parse_pounds(row["*Amount"])
    return nonzero(sums)


def xero_invoice_moves(texts: Iterable[str], debtors: str, vat: str) -> Counter[str]:
    """What Xero posts for its sales invoices: each line, its tax, and the debtor for both."""
    sums: Counter[str] = Counter()
    for text in texts:
        for row in rows_of(text):
            net, tax = parse_pounds(row["*UnitAmount"]), parse_pounds(row["TaxAmount"])
            sums[row["*AccountCode"]] -= net
            sums[vat] -= tax
            sums[debtors] += net + tax
    return nonzero(sums)


def sage_moves(text: str, debtors: str, vat: str) -> Counter[str]:
    """What Sage posts for audit-trail transactions, by the type of each."""
    sums: Counter[str] = Counter()
    signs = {"JD": 1, "JC": -1, "SI": -1, "SP": -1, "SC": 1, "SA": 1}
    for row in rows_of(text):
        sign, kind = signs[row["Type"]], row["Type"]
        net, tax = parse_pounds(row["Net Amount"]), parse_pounds(row["Tax Amount"])
        assert net >= 0
        assert tax >= 0
        sums[row["Nominal A/C Ref"]] += sign * net
        if kind in ("JD", "JC"):
            assert (row["Account Reference"], tax) == ("", 0)
        else:
            assert row["Account Reference"]
            sums[vat] += sign * tax
            sums[debtors] -= sign * (net + tax)
    return nonzero(sums)


def gl07_records(text: str) -> list[dict[str, str]]:
    """The records of a GL07 file by field, read by the widths that sites write down."""
    found = []
    for line in text.split("\r\n")[:-1]:
        ends = list(accumulate(field.width for field in RECORD))
        assert (len(line), line.isascii()) == (ends[-1], True)
        parts = [line[start:end] for start, end in pairwise((0, *ends))]
        found.append({field.name: part.strip() for field, part in zip(RECORD, parts, strict=True)})
    return found


def gl07_moves(text: str) -> Counter[str]:
    """Movements by account in pence, debit positive; the flag says the same."""
    sums: Counter[str] = Counter()
    for row in gl07_records(text):
        assert row["amount"] == row["cur_amount"]
        sums[row["account"]] += int(row["amount"])
        assert row["dc_flag"] == ("1" if int(row["amount"]) > 0 else "-1")
    return nonzero(sums)


def plain_text_moves(text: str) -> Counter[str]:
    """Movements by full account name of an hledger or beancount file, read line by line."""
    sums: Counter[str] = Counter()
    for line in text.splitlines():
        if line.startswith("  ") and line.endswith(" GBP"):
            name, amount, _currency = line.split()
            sums[name] += parse_pounds(amount)
    return nonzero(sums)
