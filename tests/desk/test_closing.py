"""A month closes when everyone has declared and every penny is explained; else all is told."""

import json
from collections import Counter
from datetime import date

import pytest

from levytool.cli.main import run_with
from levytool.cli.month_told import bank_words
from levytool.desk.month_end.close_period import close_period, list_periods, reopen_period
from levytool.desk.month_end.first_obstacles import first_of_each
from levytool.desk.month_end.obstacles import Obstacle
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.desk.returns.excuse_return import excuse_return
from levytool.desk.returns.settle_returns import declare_nil, reject_return
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.periods import Month, parse_period
from levytool.problems import RuleRefused
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import Books
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import Spending, book_of, framework

NOTHING = {"count": 0, "net": "0.00", "accepted": {"count": 0, "net": "0.00"}}
MARCH = Month(2014, 3)
APPOINTED = "contractors = [{ code = 'BROOKS', from = 2014-03-01 }]"


TWO = (framework(), framework("payer = 'contractor'\nrate = '2%'", code="PAINT"))


@pytest.fixture
def books(tmp_path):
    return Books(tmp_path, received_book(framework=APPOINTED))


def _state(books):
    return {row["period"]: row["state"] for row in list_periods(books.office())}


def _in_the_way(books, month=MARCH, **settings):
    """The codes and messages of what keeps a month open."""
    with pytest.raises(RuleRefused) as refused:
        close_period(books.office(**settings), month)
    return [(problem.code, problem.message) for problem in refused.value.problems]


def test_a_missing_return_keeps_the_month_open_until_it_is_nil(books):
    assert _in_the_way(books) == [
        ("return-missing", "BROOKS has sent no return for REGEN, 2014-03")
    ]
    declare_nil(books.office(), "BROOKS", "REGEN", MARCH)
    assert close_period(books.office(), MARCH)["state"] == "closed"
    assert _state(books)["2014-03"] == "closed"


def test_a_return_that_is_excused_is_not_missing(books):
    excuse_return(books.office(), "BROOKS", "REGEN", MARCH, "fire in the office")
    assert close_period(books.office(), MARCH)["state"] == "closed"


def test_a_staged_return_keeps_the_month_open(books):
    path = books.folder / "staged.csv"
    path.write_text("Invoice,Date,Member,Net,Contractor\nA,2014-03-03,SALIX,10,BROOKS\n")
    import_spend(books.office(), path, ImportOptions(framework="REGEN"))
    assert _in_the_way(books) == [("staged-return", "R-000001 of BROOKS for REGEN is only staged")]


def test_money_nobody_has_explained_keeps_the_month_open(books):
    bank = Bank(books)
    bank.bring((31, 700, "who is it"), (date(2014, 4, 1), 800, "a later month's"))
    declare_nil(books.office(), "BROOKS", "REGEN", MARCH)
    told = "nobody has said what £7.00 of B-000001 is (2014-03-31, who is it)"
    assert _in_the_way(books) == [("not-identified", told)]
    bank.identify("B-000001", "interest")
    assert close_period(books.office(), MARCH)["state"] == "closed"


@pytest.mark.parametrize(("pence", "closes"), [(500, True), (501, False)])
def test_what_is_within_the_tolerance_does_not(tmp_path, pence, closes):
    text = received_book().replace("[consortium]", "[consortium]\ntolerance = '5.00'")
    books = Books(tmp_path, text)
    declare_nil(books.office(), "BROOKS", "REGEN", MARCH)
    Bank(books).bring((3, -pence, "a small charge"))
    (row,) = list_periods(books.office())
    assert row["unexplained"] == (0 if closes else 1), "the list waits for what keeps it open"
    if closes:
        assert close_period(books.office(), MARCH)["state"] == "closed"
    else:
        assert [code for code, _ in _in_the_way(books)] == ["not-identified"]


def test_all_that_is_in_the_way_is_told_at_once(books):
    Bank(books).bring((3, 700, "one"), (4, -800, "two"))
    assert [code for code, _ in _in_the_way(books)] == [
        "return-missing",
        "not-identified",
        "not-identified",
    ]
    assert _state(books).get("2014-03", "open") == "open"


@pytest.mark.parametrize(("lines", "rest"), [(6, 0), (7, 2), (9, 4)])
def test_of_much_in_the_way_people_read_the_first_of_each_kind(
    books, monkeypatch, capsys, lines, rest
):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-05-02")
    monkeypatch.setenv("LEVYTOOL_LEDGER", str(books.folder / "books.db"))
    monkeypatch.setenv("LEVYTOOL_USER", "ann")
    Bank(books).bring(*((3 + day, 700 if day else -5000, f"{day}") for day in range(lines)))
    assert run_with(["period", "close", "2014-03"]) == 4
    said = capsys.readouterr().err.splitlines()
    of_bank = [line for line in said if "B-0000" in line or "bank lines" in line]
    assert len(of_bank) == 6
    assert sum("has sent no return" in line for line in said) == 1
    if rest:
        assert of_bank[-1] == (
            f"error: and {rest} more bank lines not identified, £{7 * rest}.00 net; all: levytool "
            "bank list --open"
        )
        assert said[-1].endswith(
            "all that stands in the way: levytool period close 2014-03 -O json"
        )
    assert run_with(["period", "close", "2014-03", "-O", "json"]) == 4
    printed = capsys.readouterr()
    assert printed.err.splitlines() == said
    problems = json.loads(printed.out)[0]["problems"]
    assert sum(item["code"] == "not-identified" for item in problems) == lines


def test_a_difference_of_another_reason_is_not_hidden_behind_many():
    def differ(reason, count):
        return [Obstacle("difference-open", reason, pence=-100, reason=reason)] * count

    found = first_of_each([*differ("over-declared", 2000), *differ("undeclared", 1)], MARCH)
    assert [item.message for item in found] == [
        *["over-declared"] * 5,
        "and 1,995 more differences not explained (over-declared), -£1,995.00 net",
        "undeclared",
    ]
    assert found[5].hint == "all: levytool reconcile spend --period 2014-03"


def test_a_month_is_closed_once_it_is_over(books):
    declare_nil(books.office(today="2014-03-31"), "BROOKS", "REGEN", MARCH)
    with pytest.raises(
        RuleRefused, match="2014-03 has not ended; it can be closed from 2014-04-01"
    ):
        close_period(books.office(today="2014-03-31"), MARCH)
    assert close_period(books.office(today="2014-04-01"), MARCH)["state"] == "closed"


def test_closing_says_which_months_before_are_open_still(books):
    april = MARCH.plus(1)
    for month in (MARCH, april):
        declare_nil(books.office(today="2014-05-01"), "BROOKS", "REGEN", month)
    office = books.office(today="2014-05-01")
    assert close_period(office, april)["earlier_open"] == ["2014-03"]
    assert close_period(office, MARCH)["earlier_open"] == []
    assert close_period(office, april)["earlier_open"] == []


def test_the_list_of_months_says_what_each_waits_for(books):
    Bank(books).bring((3, 700, "one"), (date(2014, 4, 2), -800, "two"))
    assert list_periods(books.office()) == [
        {
            "period": "2014-03",
            "state": "open",
            "returns": 0,
            "staged": 0,
            "missing": 1,
            "unexplained": 1,
            "unexplained_earlier": 0,
            "differences": 0,
            "not_compared": [],
            "missing_ledgers": [],
            "never_compared": NOTHING,
            "left_in_joins": [],
            "bank_differs": [],
            "acts": [],
        },
        {
            "period": "2014-04",
            "state": "open",
            "returns": 0,
            "staged": 0,
            "missing": 0,
            "unexplained": 1,
            "unexplained_earlier": 1,
            "differences": 0,
            "not_compared": [],
            "missing_ledgers": [],
            "never_compared": NOTHING,
            "left_in_joins": [],
            "bank_differs": [],
            "acts": [],
        },
    ]


def test_the_list_counts_what_closing_counts_lines_of_earlier_months_too(
    books, capsys, monkeypatch
):
    lines = (3, 700, "one"), (4, -800, "two"), (date(2014, 4, 2), 900, "three")
    Bank(books).bring(*lines, (date(2014, 5, 2), 900, "four"))
    for month in (MARCH, MARCH.plus(1)):
        row = {row["period"]: row for row in list_periods(books.office())}[str(month)]
        with pytest.raises(RuleRefused) as refused:
            close_period(books.office(today="2014-06-01"), month)
        counted = Counter(problem.code for problem in refused.value.problems)
        assert row["unexplained"] + row["unexplained_earlier"] == counted["not-identified"] > 0
    ledger = ["--ledger", str(books.folder / "books.db")]
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-06-01")
    assert run_with([*ledger, "period", "status"]) == 0
    told = "bank lines of earlier months, unexplained, keep a month open too: 2014-04 2, 2014-05 3"
    assert f"{told}; all: levytool bank list --open" in capsys.readouterr().err
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-12-01")
    assert run_with([*ledger, "period", "status"]) == 0
    told += ", 2014-06 4, 2014-07 4, 2014-08 4, 2014-09 4, and 2 later months;"
    assert told in capsys.readouterr().err
    assert run_with([*ledger, "period", "status", "-O", "csv"]) == 0
    heads = capsys.readouterr().out.splitlines()[0].split(",")
    assert heads[-3:] == ["unexplained_earlier", "bank_differs", "acts"]


def test_earlier_lines_are_not_told_of_a_closed_month(books):
    declare_nil(books.office(), "BROOKS", "REGEN", MARCH)
    assert close_period(books.office(), MARCH)["state"] == "closed"
    Bank(books).bring((date(2014, 2, 2), 900, "late"))
    rows = {row["period"]: row["unexplained_earlier"] for row in list_periods(books.office())}
    assert rows == {"2014-02": 0, "2014-03": 0}


@pytest.fixture
def compared(tmp_path):
    """SALIX and ALDER have spend declared for March; SALIX's ledger knows one invoice more."""
    books = Spending(tmp_path)
    books.accepted({}, {"Invoice": "A2", "Member": "ALDER"})
    record(books, {}, {"Invoice": "B9", "Net": "44.00"})
    yield books
    books.prove()


def test_a_spend_difference_keeps_the_month_open_until_somebody_decides(compared):
    known_as = next(
        row["id"] for row in reconcile(compared)["differences"] if row["reason"] == "undeclared"
    )
    told = f"nobody has decided about {known_as}: undeclared, £44.00, BROOKS for SALIX"
    ((code, message),) = _in_the_way(compared)
    assert (code, message) == ("difference-open", f"{told}, 2014-03-05, invoice B9")
    decide(compared.office(), [Order(known_as, "note", (), "asked BROOKS")])
    assert [code for code, _ in _in_the_way(compared)] == ["difference-open"]
    decide(compared.office(), [Order(known_as, "accept", (), "another's framework")])
    assert close_period(compared.office(), MARCH)["state"] == "closed"


def test_a_rejected_difference_is_not_explained_until_it_is_put_right(compared):
    (row,) = [row for row in reconcile(compared)["differences"] if row["reason"] == "undeclared"]
    decide(compared.office("eve"), [Order(row["id"], "reject", (), "BROOKS to declare it")])
    told = f"{row['id']} was rejected by eve (BROOKS to declare it) and is not put right: "
    ((code, message),) = _in_the_way(compared)
    assert (code, message.startswith(told)) == ("difference-open", True)
    assert _counted(compared) == {"2014-03": 1}
    compared.accepted({"Invoice": "B9", "Net": "44.00"}, supplement=True)
    assert _counted(compared) == {"2014-03": 0}
    assert close_period(compared.office(), MARCH)["state"] == "closed"


def test_a_line_rejected_without_a_ledger_to_lie_beside_keeps_its_month_open(compared):
    (row,) = [row for row in reconcile(compared)["differences"] if row["member"] == "ALDER"]
    withdraw_ledger(compared.office(), "M-000001", "the wrong year")
    assert close_period(compared.office(dry_run=True), MARCH)["state"] == "closed"
    decide(compared.office(), [Order(row["id"], "reject", (), "never built")])
    assert [code for code, _ in _in_the_way(compared)] == ["difference-open"]
    assert _counted(compared) == {"2014-03": 1}


def test_a_line_of_another_months_ledger_that_nobody_declared_keeps_its_month_open(tmp_path):
    """A ledger that only runs over into a month is not that month's; its line waits all the
    same, in the reconciliation and at the closing."""
    books = Spending(tmp_path)
    books.accepted({})
    april = [{"Date": "2014-04-20", "Invoice": f"Y{n}", "Net": "6.66"} for n in range(10)]
    record(books, *april, {"Date": "2014-03-30", "Invoice": "Z", "Net": "7.77"})
    found = reconcile_spend(books.office(), parse_period("2014-03"))
    assert [item.reason for item in found.keeping_open] == ["undeclared"]
    assert [code for code, _ in _in_the_way(books)] == ["difference-open"]
    assert _counted(books)["2014-03"] == 1


def _counted(books):
    return {row["period"]: row["differences"] for row in list_periods(books.office())}


def test_what_waits_within_the_tolerance_is_told_apart(tmp_path, capsys):
    """The reconciliation and the closing count alike; the words say where they differ."""
    books = Spending(tmp_path, book_of(settings="tolerance = '5.00'"))
    books.accepted({}, {"Invoice": "A2"})
    record(books, {"Net": "105.00"}, {"Invoice": "A2", "Net": "106.00"})
    command = ["--ledger", str(books.path), "reconcile", "spend", "--period", "2014-03"]
    assert run_with(command) == 5
    told = "error: 2 differences wait for an explanation; 1 of them keeps the month open, above the"
    assert f"{told} tolerance of £5.00\n" in capsys.readouterr().err
    assert _counted(books) == {"2014-03": 1}


def test_what_comes_up_in_a_closed_month_is_not_said_to_keep_it_open(tmp_path, capsys):
    books = Spending(tmp_path, book_of(settings="tolerance = '5.00'"))
    books.accepted({}, {"Invoice": "A2"}, {"Invoice": "A3", "Date": "2014-04-02"})
    record(books, {}, {"Invoice": "A2"})
    assert close_period(books.office(), MARCH)["state"] == "closed"
    record(books, {"Invoice": "Z9"}, {"Invoice": "A3", "Date": "2014-04-02", "Net": "107.00"})
    assert _counted(books) == {"2014-03": 1, "2014-04": 1}
    for period, told in (
        (
            "2014-03",
            "error: 1 difference waits for an explanation; it is above the tolerance of £5.00 in "
            "2014-03, which is closed all the same: what puts it right posts in an open month\n",
        ),
        (
            "2014-03..2014-04",
            "error: 2 differences wait for an explanation; 1 of them keeps the month open, above "
            "the tolerance of £5.00; 1 of them is above it in 2014-03, which is closed all the "
            "same: what puts it right posts in an open month\n",
        ),
    ):
        capsys.readouterr()
        assert (
            run_with(["--ledger", str(books.path), "reconcile", "spend", "--period", period]) == 5
        )
        assert told in capsys.readouterr().err


def test_returns_that_were_rejected_or_corrected_are_not_counted(books):
    path = books.folder / "one.csv"
    path.write_text("Invoice,Date,Member,Net,Contractor\nA,2014-03-03,SALIX,10,BROOKS\n")
    import_spend(books.office(), path, ImportOptions(framework="REGEN"))
    reject_return(books.office(), "R-000001")
    (row,) = list_periods(books.office())
    assert (row["returns"], row["missing"]) == (0, 1)
    import_spend(books.office(), path, ImportOptions(framework="REGEN", accept=True))
    (row,) = list_periods(books.office())
    assert (row["returns"], row["missing"]) == (1, 0)


def test_a_member_without_a_ledger_of_the_month_is_not_compared(compared, capsys):
    """ALDER's spend has nothing to lie beside: that is said, and keeps nothing open."""
    withdraw_ledger(compared.office(), "M-000001", "the wrong year")
    record(compared, {"Date": "2014-02-27", "Invoice": "Z1", "Net": "6.66"})
    closed = close_period(compared.office(dry_run=True), MARCH)
    assert (closed["state"], closed["not_compared"]) == ("closed", ("ALDER", "SALIX"))
    record(compared, {})
    assert close_period(compared.office(dry_run=True), MARCH)["not_compared"] == ("ALDER",)
    assert run_with(["--ledger", str(compared.path), "period", "close", "2014-03"]) == 0
    shown = capsys.readouterr()
    assert "not compared, as no ledger of 2014-03 was imported: ALDER; 1 of the" in shown.err
    assert "ALDER" not in shown.out


@pytest.mark.parametrize(
    ("days", "many", "is_of_march"),
    [
        (("2014-02-10", "2014-03-14"), 10, False),
        (("2014-02-10", "2014-03-14"), 9, True),
        (("2014-02-10", "2014-03-15"), 10, True),
        (("2014-04-20", "2014-03-18"), 10, False),
        (("2014-04-20", "2014-03-18"), 9, True),
        (("2014-04-20", "2014-03-17"), 10, True),
        (("2014-03-02", "2014-03-03"), 1, True),
    ],
)
def test_a_ledger_that_only_runs_over_into_a_month_is_not_of_it(tmp_path, days, many, is_of_march):
    books = Spending(tmp_path)
    books.accepted({})
    lines = [{"Date": days[0], "Invoice": f"Y{number}", "Net": "6.66"} for number in range(many)]
    record(books, *lines, {"Date": days[1], "Invoice": "Z", "Net": "7.77"})
    found = reconcile(books)
    assert found["not_compared"] == ([] if is_of_march else ["SALIX"])


@pytest.mark.parametrize(("recorded", "closes"), [("105.00", True), ("105.01", False)])
def test_a_difference_within_the_tolerance_does_not(tmp_path, recorded, closes):
    books = Spending(tmp_path, book_of(settings="tolerance = '5.00'"))
    books.accepted({})
    record(books, {"Net": recorded})
    if closes:
        assert close_period(books.office(), MARCH)["state"] == "closed"
    else:
        assert [code for code, _ in _in_the_way(books)] == ["difference-open"]


@pytest.mark.parametrize(
    ("declared", "recorded", "told"),
    [
        (
            {"Member": "ALDER"},
            {},
            "wrong member, £0.00 net and £100.00 at stake, BROOKS for ALDER, 2014-03-05, "
            "invoice A1",
        ),
        (
            {},
            {"Framework": "PAINT"},
            "wrong framework, £0.00 net and £1.00 at stake, BROOKS for SALIX, 2014-03-05, "
            "invoice A1",
        ),
        ({}, {"Date": "2014-04-05"}, None),
    ],
    ids=["another member's", "another framework's", "another month's at the same rate"],
)
def test_a_difference_without_net_keeps_the_month_open_by_what_is_at_stake(
    tmp_path, declared, recorded, told
):
    """Spend in the wrong member's pot, and levy at the wrong rate, net to nothing."""
    books = Spending(tmp_path, book_of(*TWO))
    agreed = {"Invoice": "B2"}
    books.accepted(declared, agreed)
    record(books, recorded, agreed)
    if told is None:
        assert close_period(books.office(), MARCH)["state"] == "closed"
    else:
        ((code, message),) = _in_the_way(books)
        assert (code, message.partition(": ")[2]) == ("difference-open", told)


def test_the_list_of_months_counts_the_differences_that_closing_tells(compared):
    """Those of members that sent a ledger, above the tolerance, undecided; a month that only a
    ledger's line lies in stands in the list too."""
    record(compared, {"Date": "2014-01-15", "Invoice": "C1", "Net": "9.00"})
    counted = {row["period"]: row["differences"] for row in list_periods(compared.office())}
    assert counted == {"2014-01": 1, "2014-03": 1}
    for period, count in counted.items():
        told = _in_the_way(compared, Month.parse(period))
        assert [code for code, _ in told].count("difference-open") == count
    waiting = reconcile(compared)["differences"]
    orders = [Order(row["id"], "accept") for row in waiting]
    decide(compared.office(), orders)
    counted = {row["period"]: row["differences"] for row in list_periods(compared.office())}
    assert counted == {"2014-01": 1, "2014-03": 0}


def test_a_pair_that_was_rejected_keeps_the_month_open_however_little_differs(tmp_path):
    """Who says that two lines must be put right may mean that neither has a counterpart."""
    books = Spending(tmp_path, book_of(settings="tolerance = '5.00'"))
    books.accepted({})
    record(books, {"Date": "2014-04-05"})
    assert close_period(books.office(dry_run=True), MARCH)["state"] == "closed"
    (timing,) = reconcile(books)["differences"]
    decide(books.office(), [Order(timing["id"], "reject", note="another job")])
    ((code, message),) = _in_the_way(books)
    assert code == "difference-open" and "timing, £0.00 net and £100.00 at stake" in message


def test_another_months_difference_does_not_keep_this_one_open(compared):
    record(compared, {"Date": "2014-04-05", "Invoice": "C1", "Net": "9.00"})
    assert len(_in_the_way(compared)) == 1


def test_a_month_that_never_was_closed_is_not_opened_again(books, capsys):
    never = "2014-03 is open and was never closed: there is nothing to open again"
    with pytest.raises(RuleRefused, match=never):
        reopen_period(books.office(), MARCH, "a slip")
    ledger = ["--ledger", str(books.folder / "books.db")]
    again = [*ledger, "period", "reopen", str(MARCH), "--reason", "a slip", "--yes"]
    assert run_with(again) == 4
    assert never in capsys.readouterr().err
    declare_nil(books.office(), "BROOKS", "REGEN", MARCH)
    close_period(books.office(), MARCH)
    assert reopen_period(books.office("tom"), MARCH, "late")["status"] == "proposed"
    assert reopen_period(books.office("ada"), MARCH, "late")["status"] == "done"
    # The same again is a repeat.
    assert reopen_period(books.office("ada"), MARCH, "late")["status"] == "done-before"


def test_a_month_that_the_banks_balance_keeps_open_says_so(books):
    """Closing refuses over it, so the list of what each month waits for has it too."""
    bank = Bank(books)
    bank.bring((20, 12_000, "A"), (21, 100, "B"))
    bank.bring((27, 5_000, "C"), opening_pence=99_999)
    (row,) = list_periods(books.office())
    (apart,) = row["bank_differs"]
    assert (apart["account"], apart["on"]) == ("main", "2014-03-27")
    assert (apart["books"], apart["bank"], apart["missing"]) == ("171.00", "1049.99", "878.99")
    assert list(bank_words([row])) == [
        "by 2014-03-27 the books have £171.00 in main, the bank says £1,049.99: it keeps 2014-03 "
        "open; why that may be: levytool period close 2014-03 --dry-run"
    ]
