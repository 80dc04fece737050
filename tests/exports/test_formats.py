"""Every format says just what the entries move, and no text in it is a formula."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from levytool.accounts import Account
from levytool.book.records import ExportSettings
from levytool.exports.account_names import plain_name
from levytool.exports.batch import Batch, Written, in_files, journal_lines
from levytool.exports.beancount import write_beancount
from levytool.exports.gl07 import write_gl07
from levytool.exports.gl07_record import record_of
from levytool.exports.hledger import write_hledger
from levytool.exports.sage import write_sage
from levytool.exports.xero_invoices import write_xero_invoices
from levytool.exports.xero_journal import MOST_LINES, balanced_parts, write_xero_journal
from levytool.journal import Leg, Transfer
from levytool.ledger.reports.finance_exports import EntryDocument, PostedEntry
from levytool.text import is_number
from tests.exports import batches
from tests.exports.batches import (
    PAYERS,
    batch_of,
    cells_of,
    entry_of,
    gl07_moves,
    gl07_records,
    moved,
    nonzero,
    plain_text_moves,
    rows_of,
    sage_moves,
    xero_invoice_moves,
    xero_journal_moves,
)

Entries = tuple[PostedEntry, ...]
FORMULA = ("=", "+", "-", "@")
SI_NAMES = ["SI", "SC", "SA", "SP", "JD", "JC"]


def code(exports: ExportSettings, account: Account) -> str:
    return exports.accounts.get(account.value, account.value)


@settings(max_examples=60)
@given(batches.entries(), batches.settings)
def test_xero_journals_add_up_and_each_balances(found: Entries, exports: ExportSettings) -> None:
    batch = batch_of(found, exports)
    written = write_xero_journal(batch)
    assert written.problems == ()
    assert xero_journal_moves(file.text for file in written.files) == moved(batch)
    journals: dict[tuple[str, str], list[dict[str, str]]] = {}
    for file in written.files:
        for row in rows_of(file.text):
            journals.setdefault((row["*Narration"], row["*Date"]), []).append(row)
    for rows in journals.values():
        assert sum(xero_journal_moves_of(rows).values()) == 0
    numbers = [narration.split()[0] for narration, _date in journals]
    assert len(numbers) == len(set(numbers))  # no two entries become one journal


def xero_journal_moves_of(rows: list[dict[str, str]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums["all"] += int(row["*Amount"].replace(".", ""))
    return nonzero(sums)


@settings(max_examples=60)
@given(batches.entries(only_documents=True), batches.settings)
def test_xero_invoices_add_up_with_their_vat(found: Entries, exports: ExportSettings) -> None:
    batch = batch_of(found, exports)
    written = write_xero_invoices(batch)
    assert written.problems == ()
    texts = [file.text for file in written.files]
    own = (code(exports, Account.LEVY_DEBTORS), code(exports, Account.VAT_CONTROL))
    assert xero_invoice_moves(texts, *own) == moved(batch)
    for posted in found:
        rows = [
            row
            for text in texts
            for row in rows_of(text)
            if row["*InvoiceNumber"] == posted.document.number
        ]
        sign = 1 if posted.document.kind == "invoice" else -1
        tax = sum(int(row["TaxAmount"].replace(".", "")) for row in rows)
        assert tax == sign * posted.document.vat_pence
        for row in rows:
            exact = int(row["*UnitAmount"].replace(".", "")) * (posted.document.vat_rate_ppm or 0)
            assert abs(int(row["TaxAmount"].replace(".", "")) * 1_000_000 - exact) < 1_000_000
        total = sign * (posted.document.net_pence + posted.document.vat_pence)
        assert {int(row["Total"].replace(".", "")) for row in rows} == {total}


@settings(max_examples=60)
@given(batches.entries(), batches.settings)
def test_sage_transactions_add_up_and_are_positive(found: Entries, exports: ExportSettings) -> None:
    batch = batch_of(found, exports)
    written = write_sage(batch)
    assert written.problems == ()
    own = (code(exports, Account.LEVY_DEBTORS), code(exports, Account.VAT_CONTROL))
    (file,) = written.files
    assert sage_moves(file.text, *own) == moved(batch)
    journals: Counter[str] = Counter()
    for row in rows_of(file.text):
        assert row["Type"] in SI_NAMES
        assert len(row["Account Reference"]) <= 8
        assert len(row["Details"].removeprefix("'")) <= 60
        assert row["Account Reference"] in ("", *PAYERS)
        if row["Type"] in ("JD", "JC"):
            sign = 1 if row["Type"] == "JD" else -1
            journals[row["Reference"]] += sign * int(row["Net Amount"].replace(".", ""))
    assert set(journals.values()) <= {0}


@settings(max_examples=60)
@given(batches.entries(), batches.settings)
def test_gl07_vouchers_add_up_and_each_balances(found: Entries, exports: ExportSettings) -> None:
    batch = batch_of(found, exports)
    (file,) = write_gl07(batch).files
    assert gl07_moves(file.text) == moved(batch)
    by_voucher: Counter[str] = Counter()
    for row in gl07_records(file.text):
        by_voucher[row["voucher_no"]] += int(row["amount"])
    assert set(by_voucher.values()) <= {0}


def test_a_gl07_record_has_each_field_where_sites_read_it() -> None:
    exports = ExportSettings(accounts={"1200": "60100"}, gl07_constants={"client": "NW"})
    moves = Transfer(Leg(Account.BANK, "main"), Leg(Account.SUSPENSE, "main"), 12_345)
    (file,) = write_gl07(batch_of([entry_of(moves, narrative="Éclat – £5")], exports)).files
    debit, credit = (line for line in file.text.split("\r\n") if line)
    assert file.name.endswith(".txt")
    assert {len(debit), len(credit)} == {2060}
    # From the first field on: batch, interface, voucher and transaction type, client, account,
    # seven dimensions, tax code and system, currency, flag, both amounts.
    assert [debit[at : at + 25].strip() for at in (0, 25, 50)] == ["X-000001", "BI", "GL"]
    assert (debit[75:77], debit[77:102].strip(), debit[102:127].strip()) == ("GL", "NW", "60100")
    assert (debit[127:152].strip(), debit[302:327].strip()) == ("main", "0")
    assert (debit[352:377].strip(), debit[377:379], credit[377:379]) == ("GBP", " 1", "-1")
    assert (debit[379:399], credit[399:419]) == ("12345".rjust(20), "-12345".rjust(20))
    # Then a number, three values, the description, two dates, the voucher and its period.
    assert debit[490:745].rstrip() == "Eclat - GBP 5: Bank"
    assert debit[745:782] == "2014033120140331" + "1".rjust(15) + "201403"


def test_a_name_longer_than_its_field_ends_there_and_a_number_never() -> None:
    payee = "Hollinshaw Kitchens & Bathrooms Ltd"
    moves = Transfer(Leg(Account.LEVY_FUND, "SALIX"), Leg(Account.CREDITORS, payee), 5)
    (file,) = write_gl07(batch_of([entry_of(moves)])).files
    assert [row["dim_1"] for row in gl07_records(file.text)] == ["SALIX", payee[:25].strip()]
    with pytest.raises(ValueError, match="amount has no room"):
        record_of({"amount": "1" * 21})


@settings(max_examples=60)
@given(batches.entries(), batches.settings)
def test_plain_text_books_add_up_and_balance(found: Entries, exports: ExportSettings) -> None:
    batch = batch_of(found, exports)
    sums: Counter[str] = Counter()
    for posted in found:
        for line in journal_lines(posted.entry.transfers):
            sums[plain_name(exports, line.leg)] += line.pence
    for write in (write_hledger, write_beancount):
        (file,) = write(batch).files
        assert plain_text_moves(file.text) == nonzero(sums)


@settings(max_examples=60)
@given(batches.entries())
def test_no_text_is_a_formula(found: Entries) -> None:
    columns = ExportSettings(gl07_columns=("account", "dim_1", "dim_2", "description", "amount"))
    for write in (write_xero_journal, write_sage, write_gl07):
        dangerous = [
            cell for cell in cells_of(write(batch_of(found, columns))) if cell.startswith(FORMULA)
        ]
        assert [cell for cell in dangerous if not is_number(cell)] == []


@settings(max_examples=60)
@given(batches.entries())
def test_files_are_the_same_whenever_they_are_written(found: Entries) -> None:
    for write in (write_xero_journal, write_sage, write_gl07, write_hledger, write_beancount):
        assert write(batch_of(found)) == write(batch_of(found))


def long_entry(lines: int) -> PostedEntry:
    """An entry of so many lines: one debit, and a credit for each member."""
    bank = Leg(Account.BANK, "main")
    return entry_of(
        *(Transfer(bank, Leg(Account.LEVY_FUND, f"M{n}"), 100 + n) for n in range(1, lines))
    )


def test_a_file_of_xeros_has_300_lines_at_most_and_ends_with_an_entry() -> None:
    many = [entry_of(*long_entry(8).entry.transfers, number=n) for n in range(1, 101)]
    written = write_xero_journal(batch_of(many))
    held = [{row["*Narration"].split()[0] for row in rows_of(file.text)} for file in written.files]
    assert [file.entries for file in written.files] == [37, 37, 26]
    assert all(file.text.count("\n") <= 300 for file in written.files)
    assert sum(map(len, held)) == len(set.union(*held)) == 100


def test_an_entry_longer_than_a_file_becomes_journals_that_balance() -> None:
    batch = batch_of(
        [long_entry(MOST_LINES + 1), entry_of(*long_entry(4).entry.transfers, number=2)]
    )
    written = write_xero_journal(batch)
    assert [file.lines for file in written.files] == [MOST_LINES, 6]
    narrations = [
        list(dict.fromkeys(row["*Narration"] for row in rows_of(file.text)))
        for file in written.files
    ]
    assert narrations == [
        ["E-000001 An entry (part 1 of 2)"],
        ["E-000001 An entry (part 2 of 2)", "E-000002 An entry"],
    ]
    assert [file.entries for file in written.files] == [1, 1]
    assert xero_journal_moves(file.text for file in written.files) == moved(batch)


def test_an_entry_that_just_fills_a_file_stays_whole() -> None:
    assert len(balanced_parts(long_entry(MOST_LINES).entry.transfers, MOST_LINES)) == 1


@pytest.mark.parametrize(
    ("sizes", "most", "files"),
    [
        ([], 3, []),
        ([3, 1, 2, 1], 3, [range(1), range(1, 3), range(3, 4)]),
        ([5, 1], 3, [range(1), range(1, 2)]),
    ],
)
def test_things_are_put_into_files_in_order(
    sizes: list[int], most: int, files: list[range]
) -> None:
    assert in_files(sizes, most) == files


def test_names_that_differ_never_share_an_account() -> None:
    payees = ("A & B", "A - B", "A-B", "a-b", "A/B", "Ä B", "", "A-B-0123abcd")
    names = {plain_name(ExportSettings(), Leg(Account.CREDITORS, payee)) for payee in payees}
    assert len(names) == len(payees)


DEBT = Leg(Account.LEVY_DEBTORS, "BROOKS")
VAT = Leg(Account.VAT_CONTROL)
INVOICE = EntryDocument(
    *("INV-000001", "invoice", "contractor", "BROOKS", "REGEN", batches.MARCH),
    *(date(2014, 3, 31), date(2014, 4, 28), 10_000, 200_000, 2_000),
)


def test_sage_cannot_move_a_debt_from_payer_to_payer() -> None:
    other = Leg(Account.LEVY_DEBTORS, "BEECH")
    written = write_sage(batch_of([entry_of(Transfer(DEBT, other, 5))]))
    (problem,) = written.problems
    assert (written.files, problem.code) == ((), "cannot-say")
    assert "E-000001: it moves a debt from BEECH to BROOKS" in problem.message


def test_sage_cannot_charge_vat_on_nothing() -> None:
    charged = replace(entry_of(Transfer(DEBT, VAT, 5)), document=INVOICE)
    (problem,) = write_sage(batch_of([charged])).problems
    assert "it charges VAT on nothing" in problem.message


def test_a_line_of_the_other_sign_has_vat_of_its_own() -> None:
    levy = [
        Transfer(DEBT, Leg(Account.LEVY_FUND, "ALDER"), 10_674),
        Transfer(Leg(Account.LEVY_FUND, "SALIX"), DEBT, 674),
    ]
    batch = batch_of([replace(entry_of(*levy, Transfer(DEBT, VAT, 2_000)), document=INVOICE)])
    (invoices,), (postings,) = write_xero_invoices(batch).files, write_sage(batch).files
    in_xero = [(row["*UnitAmount"], row["TaxAmount"]) for row in rows_of(invoices.text)]
    assert in_xero == [("106.74", "21.35"), ("-6.74", "-1.35")]
    in_sage = [
        (row["Type"], row["Net Amount"], row["Tax Amount"]) for row in rows_of(postings.text)
    ]
    assert in_sage == [("SI", "106.74", "21.35"), ("SC", "6.74", "1.35")]


def test_an_invoice_says_the_whole_of_its_entry_or_nothing() -> None:
    levy = Transfer(DEBT, Leg(Account.LEVY_FUND, "SALIX"), 10_000)
    whole = replace(entry_of(levy, Transfer(DEBT, VAT, 2_000)), document=INVOICE)
    assert write_xero_invoices(batch_of([whole])).problems == ()
    for transfers in ((levy,), (levy, Transfer(DEBT, VAT, 2_001))):
        less = replace(entry_of(*transfers), document=INVOICE)
        (problem,) = write_xero_invoices(batch_of([less])).problems
        assert "it posts other than what INV-000001 says" in problem.message
    (problem,) = write_xero_invoices(batch_of([entry_of(levy)])).problems
    assert "it posts no document" in problem.message


@pytest.mark.parametrize(
    ("write", "longest"), [(write_xero_journal, 10), (write_sage, 8), (write_gl07, 25)]
)
def test_an_account_that_the_system_has_no_room_for_is_named_once(
    write: Callable[[Batch], Written], longest: int
) -> None:
    moves = Transfer(Leg(Account.BANK, "main"), Leg(Account.LEVY_FUND, "SALIX"), 5)
    fits = ExportSettings(accounts={"1200": "9" * longest})
    assert write(batch_of([entry_of(moves)], fits)).problems == ()
    wide = ExportSettings(accounts={"1200": "9" * (longest + 1)})
    (problem,) = write(batch_of([entry_of(moves), entry_of(moves, number=2)], wide)).problems
    assert problem.hint.endswith("[consortium.accounts] 1200 = …")


def test_files_of_invoices_have_500_at_most() -> None:
    levy = Transfer(DEBT, Leg(Account.LEVY_FUND, "SALIX"), 10_000)
    entry = entry_of(levy, Transfer(DEBT, VAT, 2_000)).entry
    many = [PostedEntry(n, entry, INVOICE._replace(number=f"INV-{n:06d}")) for n in range(1, 502)]
    written = write_xero_invoices(batch_of(many, kind="xero-invoices"))
    assert [(file.name[-8:], file.entries) for file in written.files] == [
        ("-001.csv", 500),
        ("-002.csv", 1),
    ]


def test_categories_keep_their_places_in_xero() -> None:
    exports = ExportSettings(tracking={"member": "Member", "framework": "Framework"})
    moves = Transfer(Leg(Account.LEVY_FUND, "SALIX"), Leg(Account.LEVY_RETAINED, "REGEN"), 5)
    (file,) = write_xero_journal(batch_of([entry_of(moves)], exports)).files
    tracked = [tuple(row.values())[-4:] for row in rows_of(file.text)]
    assert tracked == [("Member", "SALIX", "", ""), ("", "", "Framework", "REGEN")]


def test_a_payee_with_a_slash_is_one_thing_in_gl07() -> None:
    moves = Transfer(Leg(Account.SCHEME_FUNDS, "NEXT/A/B"), Leg(Account.CREDITORS, "A/B Ltd"), 5)
    (file,) = write_gl07(batch_of([entry_of(moves)])).files
    parts = [(row["dim_1"], row["dim_2"]) for row in gl07_records(file.text)]
    assert parts == [("NEXT", "A/B"), ("A/B Ltd", "")]


def test_the_books_columns_and_constants_make_a_file_for_gl07() -> None:
    exports = ExportSettings(
        gl07_columns=("client", "voucher_no", "trans_date", "account", "amount"),
        gl07_constants={"client": "NW"},
        accounts={"1200": "60100"},
    )
    moves = Transfer(Leg(Account.BANK, "main"), Leg(Account.SUSPENSE, "main"), 12_345)
    (file,) = write_gl07(batch_of([entry_of(moves)], exports)).files
    assert file.text.splitlines() == [
        "client,voucher_no,trans_date,account,amount",
        "NW,1,20140331,60100,123.45",
        "NW,1,20140331,2900,-123.45",
    ]


def test_descriptions_in_sage_are_cut_and_in_ascii_and_amounts_are_not() -> None:
    moves = Transfer(Leg(Account.BANK, "main"), Leg(Account.SUSPENSE, "main"), 10**12)
    (file,) = write_sage(batch_of([entry_of(moves, narrative="Éclat " * 30)])).files
    for row in rows_of(file.text):
        assert (len(row["Details"]), row["Details"][:6]) == (60, "Eclat ")
        assert row["Details"].endswith("...") and row["Details"].isascii()
        assert row["Net Amount"] == "10000000000.00"


@pytest.mark.parametrize(
    ("debit", "credit", "rows"),
    [
        (DEBT, Leg(Account.LEVY_FUND, "SALIX"), [("SI", "BROOKS", "2100")]),
        (Leg(Account.LEVY_FUND, "SALIX"), DEBT, [("SC", "BROOKS", "2100")]),
        (Leg(Account.UNALLOCATED_RECEIPTS, "BROOKS"), DEBT, [("SA", "BROOKS", "2910")]),
        (DEBT, Leg(Account.UNALLOCATED_RECEIPTS, "BROOKS"), [("SP", "BROOKS", "2910")]),
        (Leg(Account.BAD_DEBTS), DEBT, [("SC", "BROOKS", "6200")]),
        (VAT, Leg(Account.SUSPENSE, "main"), [("JD", "", "2500"), ("JC", "", "2900")]),
    ],
)
def test_each_posting_has_its_type_in_sage(
    debit: Leg, credit: Leg, rows: list[tuple[str, ...]]
) -> None:
    (file,) = write_sage(batch_of([entry_of(Transfer(debit, credit, 5))])).files
    found = rows_of(file.text)
    columns = ("Type", "Account Reference", "Nominal A/C Ref")
    assert [tuple(row[name] for name in columns) for row in found] == rows
    assert {row["Tax Code"] for row in found} == {"T9"}


def test_what_hledger_would_take_for_a_comment_stays_in_the_description() -> None:
    moves = Transfer(Leg(Account.BANK, "main"), Leg(Account.SUSPENSE, "main"), 5)
    found = entry_of(moves, narrative="rates;  due | paid")
    (file,) = write_hledger(batch_of([found])).files
    assert "2014-03-31 (E-000001) rates, due / paid\n" in file.text
