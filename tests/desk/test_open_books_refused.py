"""An opening file that is wrong anywhere is refused whole, with everything that is wrong in it."""

from datetime import date

import pytest

from levytool.problems import InputRejected
from tests.desk.banked import received_book
from tests.desk.opening import BOOK, FILE, LATER, Opening, altered, as_toml

PENNY_OUT = {
    "a debit": ("trial_balance", "debit", "1200", "31950.01"),
    "a credit": ("trial_balance", "credit", "4100", "12442.99"),
    "3000": ("trial_balance", "credit", "3000", "3000.01"),
    "a document's net": ("documents", 0, "net", "1500.01"),
    "its VAT": ("documents", 0, "vat", "299.99"),
    "what was paid": ("documents", 0, "paid", "100.01"),
    "a member's share": ("documents", 0, "members", "SALIX", "999.99"),
    "a credit note": ("documents", 1, "vat", "10.01"),
    "the bank": ("bank", 0, "balance", "31949.99"),
    "a receipt": ("receipts", 0, "amount", "50.01"),
    "suspense": ("receipts", 1, "amount", "6.99"),
    "a pot": ("pots", 0, "balance", "4000.01"),
    "a cohort": ("pots", 0, "cohorts", "2013-06", "2999.99"),
    "a provision": ("provisions", 0, "balance", "2500.01"),
    "a layer": ("provisions", 0, "layers", 0, "unit_cost", "2499.99"),
    "a scheme": ("schemes", 0, "balance", "8700.01"),
    "a commitment": ("schemes", 0, "commitments", 0, "committed", "8999.99"),
    "a drawdown": ("schemes", 0, "commitments", 0, "drawn", "1300.01"),
    "a commitment's cohort": ("schemes", 0, "commitments", 0, "cohorts", "2012-12", "3000.01"),
    "match funding": ("schemes", 0, "match_funding", 0, "agreed", "1000.01"),
    "what of it came": ("schemes", 0, "match_funding", 0, "received", "499.99"),
    "a balance": ("balances", 0, "credit", "1000.01"),
}

WRONG = {
    "as_at within a month": (("as_at", date(2014, 3, 30)), "not-sensible", "2014-03-31"),
    "as_at missing": (("as_at", None), "missing-key", "closing papers"),
    "no trial balance": (("trial_balance", None), "missing-key", "trial_balance"),
    "an account that is none": (
        ("trial_balance", "debit", "1999", "0.00"),
        "unknown-account",
        "1100",
    ),
    "a key that is none": (("documents", 0, "paidd", "1.00"), "unknown-key", "paid"),
    "a float": (("documents", 0, "net", 1500), "total-differs", None),
    "an unknown payer": (("documents", 0, "payer", "BROKS"), "unknown-payer", "BROOKS"),
    "an unknown member": (
        ("documents", 0, "members", {"SALIXX": "1500.00"}),
        "unknown-member",
        "SALIX",
    ),
    "an unknown framework": (("documents", 0, "framework", "REGN"), "unknown-framework", "REGEN"),
    "a number like ours": (("documents", 0, "number", "INV-000007"), "not-sensible", "OLD-INV"),
    "a number like a return's": (("documents", 0, "number", "R-000007"), "not-sensible", "OLD-R"),
    "a number nobody can quote": (("documents", 0, "number", "A B"), "not-sensible", "quote"),
    "two of a number": (("documents", 1, "number", "LV-101"), "duplicate", "together"),
    "nothing open": (("documents", 0, "paid", "1800.00"), "not-sensible", "leave it out"),
    "a document after the cut-off": (
        ("documents", 0, "date", date(2014, 4, 1)),
        "not-sensible",
        "leave it out",
    ),
    "due before its date": (("documents", 0, "due", date(2014, 3, 1)), "not-sensible", "wrong"),
    "not a month": (("documents", 0, "period", "March"), "bad-date", "2025-03"),
    "an unknown bank account": (("bank", 0, "account", "second"), "unknown-account", "main"),
    "a cohort of a later month": (
        ("pots", 0, "cohorts", {"2013-01": "1000.00", "2014-04": "3000.00"}),
        "not-sensible",
        "wrong",
    ),
    "more drawn than committed": (
        ("schemes", 0, "commitments", 0, "drawn", "9000.01"),
        "not-sensible",
        "wrong",
    ),
    "more received than agreed": (
        ("schemes", 0, "match_funding", 0, "received", "1000.01"),
        "not-sensible",
        "wrong",
    ),
    "over its budget": (("schemes", 0, "budget", "8999.99"), "not-sensible", "wrong"),
    "a committer not in it": (("schemes", 0, "members", ["ALDER"]), "not-sensible", "members"),
    "a member as funder": (
        ("schemes", 0, "match_funding", 0, "funder", "SALIX"),
        "not-sensible",
        "commitments",
    ),
    "a scheme code that is none": (("schemes", 0, "code", "a place"), "bad-code", "A-PLACE"),
    "debit and credit": (("balances", 0, "debit", "1.00"), "missing-key", "or credit"),
    "a balance of 1100": (("balances", 0, "account", "1100"), "not-sensible", "documents"),
    "default charges": (("balances", 0, "account", "2050"), "not-sensible", "3000"),
    "more verified than delivered": (("spend", 0, "verified", 3), "not-sensible", "wrong"),
    "places not provided for": (("spend", 0, "verified", 0), "provision-differs", "layers"),
    "spend of another obligation": (("spend", 0, "member", "ALDER"), "provision-differs", "layers"),
    "a control of 2000 that differs": (
        ("balances", 4, {"account": "2000", "of": "SALIX", "credit": "944.46"}),
        "total-differs",
        "wrong",
    ),
}


@pytest.fixture
def books(tmp_path):
    made = Opening(tmp_path)
    yield made
    made.ledger.close()


def _refused(books, file):
    """The problems of a file that must be refused, with nothing stored."""
    before = books.dump()
    with pytest.raises(InputRejected) as refused:
        books.open(file)
    assert books.dump() == before
    assert refused.value.exit_code == 3
    problems = refused.value.problems
    assert all(one.file.endswith("opening.toml") and one.row and one.hint for one in problems)
    return problems


@pytest.mark.parametrize("change", PENNY_OUT.values(), ids=PENNY_OUT)
def test_a_penny_anywhere_is_refused_with_the_difference(books, change):
    problems = _refused(books, altered(change))
    assert any("£0.01" in one.message for one in problems), problems


@pytest.mark.parametrize(("change", "code", "hint"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused_with_what_to_do(books, change, code, hint):
    if change[-1] == 1500:
        text = as_toml(FILE).replace('net = "1500.00"', "net = 1500.5")
        (problem,) = _refused(books, text)
        assert (problem.code, problem.value) == ("bad-amount", "1500.5")
        return
    problems = _refused(books, altered(change))
    assert any(one.code == code and hint in one.hint for one in problems), problems


def test_everything_wrong_is_told_in_one_pass_by_its_line(books):
    file = altered(
        ("documents", 0, "payer", "NOBODY"),
        ("pots", 0, "member", "NOWHERE"),
        ("spend", 0, "places", 1),
    )
    problems = _refused(books, file)
    lines = as_toml(file).splitlines()
    told = [(one.code, lines[one.row - 1].partition(" ")[0]) for one in problems]
    assert told == [("unknown-payer", "payer"), ("unknown-member", "member"),
                    ("unknown-key", "places")]  # fmt: skip


def test_a_bad_key_hides_nothing_that_is_out_elsewhere(books):
    """A day, a sum, a balance: each is told beside what cannot be read."""
    file = altered(
        ("documents", 0, "payer", "NOBODY"),
        ("documents", 1, "due", date(2014, 1, 1)),
        ("pots", 0, "cohorts", "2013-06", "2999.99"),
        ("trial_balance", "credit", "4100", "12442.99"),
    )
    told = [(one.code, one.message) for one in _refused(books, file)]
    assert [code for code, _ in told] == [
        "out-of-balance",
        "total-differs",
        "total-differs",
        "unknown-payer",
        "not-sensible",
        "total-differs",
    ], told
    assert not any("1100" in message or "2000" in message for _, message in told)


@pytest.mark.parametrize(
    "change",
    [
        ("balances", 0, "account", "9999"),
        ("provisions", 0, "framework", "NOWHERE"),
        ("bank", 0, "account", "second"),
        ("as_at", "soon"),
        ("documents", 0, "net", "1,5"),
        ("trial_balance", "debit", {"1100": "1640.00", "1201": "31950.00", "1300": "500.00"}),
        ("trial_balance", "credit", "2200", "x"),
        ("schemes", 0, "commitments", 0, "member", "NOBODY"),
        ("spend", 0, "spend", "much"),
        ("receipts", 0, "payer", "NOBODY"),
    ],
    ids=str,
)
def test_one_thing_wrong_is_told_once_and_nothing_follows_from_it(books, change):
    (problem,) = _refused(books, altered(change))
    assert problem.code in {"unknown-account", "unknown-framework", "unknown-member", "bad-date",
                            "unknown-payer", "bad-amount"}  # fmt: skip


def test_what_only_the_ledger_tells_is_told_in_the_same_pass(books):
    with pytest.raises(InputRejected) as refused:
        books.open(altered(("documents", 0, "payer", "NOBODY")), today="2014-03-31")
    assert {one.code for one in refused.value.problems} == {"unknown-payer", "not-sensible"}


def test_a_text_that_is_no_toml_is_refused_with_its_line(books):
    (problem,) = _refused(books, "as_at = 2014-03-31\nbank = [\n")
    assert (problem.code, problem.row) == ("bad-toml", 2)


def test_a_control_that_agrees_is_taken(books):
    control = {"account": "2000", "of": "SALIX", "credit": "944.45"}
    rest = [
        {"account": "2000", "of": "ALDER", "credit": "472.22"},
        {"account": "2000", "of": "BIRCH", "debit": "50.00"},
    ]
    file = altered(("balances", [*FILE["balances"], control, *rest]))
    assert books.open(file).status == "opened"


def test_a_day_that_is_not_over_is_refused(books):
    with pytest.raises(InputRejected) as refused:
        books.open(today="2014-03-31")
    (problem,) = refused.value.problems
    assert "not over" in problem.message


def test_a_scheme_that_was_proposed_already_is_refused(books):
    from levytool.desk.brokerage.propose_scheme import propose_scheme

    propose_scheme(
        books.office(), "PLACE", members=["SALIX"], title="P", budget_pence=100, places=1
    )
    with pytest.raises(InputRejected) as refused:
        books.open()
    assert [one.code for one in refused.value.problems] == ["duplicate"]


BANDS = "mode = 'marginal'\nbands = [{ up_to = '1000000.00', rate = '2%' }, { rate = '1%' }]"


@pytest.mark.parametrize(
    ("per", "as_at", "is_refused"),
    [
        ("call-off", date(2014, 3, 31), True),
        ("contractor-year", date(2014, 3, 31), False),
        ("contractor-year", date(2014, 2, 28), True),
        ("framework-year", date(2014, 2, 28), True),
    ],
)
def test_an_accumulator_under_way_is_refused(tmp_path, per, as_at, is_refused):
    book = received_book(opportunities=None).replace('rate = "1%"', f"per = '{per}'\n{BANDS}")
    books = Opening(tmp_path, book)
    file = {
        "as_at": as_at,
        "trial_balance": {"debit": {}},
        "spend": [
            {"framework": "REGEN", "member": "SALIX", "contractor": "BROOKS", "spend": "10.00"}
        ],
    }
    if is_refused:
        (problem,) = _refused(books, file)
        assert problem.code == "bands-under-way"
        assert "[[frameworks.levy]]" in problem.hint
    else:
        assert books.open(file).status == "opened"
    books.ledger.close()


def test_a_book_is_not_changed_under_what_was_brought(tmp_path):
    from levytool.desk.book.apply_book import plan_book

    books = Opening(tmp_path)
    books.open()
    path = tmp_path / "book.toml"
    path.write_text(BOOK.replace("'2500.00'", "'2600.00'"), encoding="utf-8")
    refusals = plan_book(books.office(today=LATER), path).refusals
    assert [one.code for one in refusals] == ["levy-already-charged"]
    later = "'2500.00' }, { from = 2014-04-01, cost = '2600.00'"
    path.write_text(BOOK.replace("'2500.00'", later), encoding="utf-8")
    assert plan_book(books.office(today=LATER), path).refusals == ()
    books.ledger.close()
