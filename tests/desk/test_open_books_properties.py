"""Whatever balances is brought to the penny; what is out by a penny anywhere is not brought."""

import tempfile
from collections import Counter
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.desk.month_end.member_statement import member_statement
from levytool.money import format_pence, parse_pounds
from levytool.periods import Month, Period
from levytool.problems import InputRejected
from levytool.statements.figures import figures
from tests.desk.opening import Opening

MEMBERS = ("ALDER", "BIRCH", "SALIX")
APRIL = Period(Month(2014, 4), Month(2014, 4))

pence = st.integers(1, 10_000_000)
months = st.sampled_from(["2012-11", "2013-02", "2013-09", "2014-03"])
cohorts = st.dictionaries(months, pence, min_size=1, max_size=3)


@st.composite
def documents(draw):
    """Open documents, each with its shares, part paid or not."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        shares = draw(st.dictionaries(st.sampled_from(MEMBERS), pence, min_size=1))
        net = sum(shares.values())
        vat = draw(st.sampled_from([0, net // 5]))
        found.append(
            {
                "number": f"OLD-{number}",
                "kind": draw(st.sampled_from(["invoice", "credit-note"])),
                "payer": draw(st.sampled_from(["BROOKS", "BEECH", "SALIX"])),
                "framework": "REGEN",
                "period": "2014-02",
                "date": date(2014, 3, 5),
                "due": date(2014, 4, 2),
                "net": net,
                "vat": vat,
                "paid": draw(st.integers(0, net + vat - 1)),
                "members": shares,
            }
        )
    return found


@st.composite
def schemes(draw):
    """Schemes with commitments of their members and another funder's money."""
    found = []
    for number in range(draw(st.integers(0, 2))):
        commitments, left = [], 0
        for member in draw(st.lists(st.sampled_from(MEMBERS), unique=True, max_size=3)):
            parts = draw(cohorts)
            committed = sum(parts.values())
            drawn = draw(st.integers(0, committed))
            left += committed - drawn
            commitments.append(
                {"member": member, "committed": committed, "drawn": drawn, "cohorts": parts}
            )
        agreed = draw(pence)
        received = draw(st.integers(0, agreed))
        drawn = draw(st.integers(0, received))
        match = {"funder": "A trust", "agreed": agreed, "received": received, "drawn": drawn}
        found.append(
            {
                "code": f"S-{number}",
                "title": "A scheme",
                "members": list(MEMBERS),
                "budget": 10**9,
                "places": 1,
                "balance": left + agreed - drawn,
                "commitments": commitments,
                "match_funding": [match],
            }
        )
    return found


@st.composite
def openings(draw):
    """A file that balances, amounts in pence, its trial balance worked out apart from the tool."""
    pots = [
        {"member": member, "balance": sum(parts.values()), "cohorts": parts}
        for member, parts in draw(st.dictionaries(st.sampled_from(MEMBERS), cohorts)).items()
    ]
    receipts = [
        {"payer": payer, "amount": draw(pence)}
        for payer in draw(st.lists(st.sampled_from(["BROOKS", "SALIX"]), max_size=2))
    ]
    balances = [
        {"account": account, "of": of, draw(st.sampled_from(["debit", "credit"])): draw(pence)}
        for account, of in draw(
            st.lists(
                st.sampled_from([("2100", "ALDER"), ("2400", "Coach"), ("5100", "BIRCH")]),
                unique=True,
            )
        )
    ]
    file = {
        "documents": draw(documents()),
        "bank": [{"account": "main", "balance": draw(pence)}],
        "receipts": receipts,
        "pots": pots,
        "schemes": draw(schemes()),
        "balances": balances,
    }
    return file | {"trial_balance": trial_balance(file)}


def trial_balance(file):
    """Each account's total, debit positive, what is left over in 3000."""
    totals = Counter()
    for one in file["documents"]:
        sign = 1 if one["kind"] == "invoice" else -1
        gross = one["net"] + one["vat"]
        totals["1100"] += sign * (gross - one["paid"])
        # Half-up of what was paid of the net, as any part payment.
        totals["2000"] -= sign * (
            one["net"] - (2 * one["net"] * one["paid"] + gross) // (2 * gross)
        )
    totals["1200"] += sum(one["balance"] for one in file["bank"])
    totals["2910"] -= sum(one["amount"] for one in file["receipts"])
    totals["2200"] -= sum(one["balance"] for one in file["pots"])
    for one in file["schemes"]:
        totals["2300"] -= one["balance"]
        (match,) = one["match_funding"]
        totals["1300"] += match["agreed"] - match["received"]
    for one in file["balances"]:
        totals[one["account"]] += one.get("debit", 0) - one.get("credit", 0)
    totals["3000"] = -sum(totals.values())
    return {
        "debit": {code: pence for code, pence in totals.items() if pence > 0},
        "credit": {code: -pence for code, pence in totals.items() if pence < 0},
    }


def in_pounds(value):
    """The file with its pence as pounds; whole numbers that are no money stay."""
    if isinstance(value, dict):
        return {key: item if key == "places" else in_pounds(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_pounds(item) for item in value]
    return format_pence(value) if isinstance(value, int) else value


def amounts(value, path=()):
    """Where amounts stand in a file."""
    if isinstance(value, int) and path[-1] not in ("places", "budget"):
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from amounts(item, (*path, key))


def opened(file, check):
    """Open books from a file in a folder of their own and look at them."""
    with tempfile.TemporaryDirectory() as folder:
        books = Opening(Path(folder))
        try:
            return check(books, {"as_at": date(2014, 3, 31), **in_pounds(file)})
        finally:
            books.ledger.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(openings())
def test_a_file_that_balances_is_brought_to_the_penny(file):
    def check(books, text):
        rows = books.open(text).rows
        totals = Counter()
        for row in rows:
            totals[row["account"]] += parse_pounds(row["balance"])
        stated = Counter(file["trial_balance"]["debit"])
        stated.subtract(file["trial_balance"]["credit"])
        assert {a: p for a, p in totals.items() if p} == {a: p for a, p in stated.items() if p}
        books.prove()
        held = {one["member"]: one["balance"] for one in file["pots"]}
        for member in MEMBERS:
            told = figures(member_statement(books.office(), member, APRIL))
            committed = sum(
                one["committed"] - one["drawn"]
                for scheme in file["schemes"]
                for one in scheme["commitments"]
                if one["member"] == member
            )
            brought = format_pence(held.get(member, 0) + committed)
            assert (told["opening_balance"], told["closing_balance"]) == (brought, brought)

    opened(file, check)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(openings(), st.data())
def test_a_file_that_is_a_penny_out_anywhere_brings_nothing(file, data):
    *path, last = data.draw(st.sampled_from(sorted(amounts(file), key=str)))
    wrong = deepcopy(file)
    place = wrong
    for step in path:
        place = place[step]
    place[last] += data.draw(st.sampled_from([1, -1])) if place[last] else 1

    def check(books, text):
        before = books.dump()
        with pytest.raises(InputRejected):
            books.open(text)
        assert books.dump() == before

    opened(wrong, check)
