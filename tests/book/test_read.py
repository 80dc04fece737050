"""Reading the book: its whole grammar, and each thing wrong with it on its line, all at once."""

from datetime import date

import pytest

from levytool.book.read import read_book
from levytool.book.records import (
    Appointment,
    Band,
    BankAccount,
    Book,
    Example,
    LevyBlock,
    LevyRate,
    OpportunityRule,
)
from levytool.periods import Dated
from tests.book.marked import (
    CONSORTIUM,
    FRAMEWORK,
    LEVY,
    PARTIES,
    assert_found_as_marked,
    book,
    framework,
    only_error,
    whole,
)


def read(text: str) -> Book:
    found, problems = read_book(text)
    assert found is not None, problems
    assert problems == ()
    return found


def test_what_is_left_out_has_the_contracts_defaults() -> None:
    found = read(whole())
    consortium = found.consortium
    assert consortium.name == "North West Homes Consortium"
    assert consortium.financial_year_starts == 4
    assert consortium.pots_funded_on == (Dated(date.min, "received"),)
    assert consortium.vat == (Dated(date.min, None),)
    assert (consortium.terms_days, consortium.window_days) == (28, 35)
    assert (consortium.tolerance_pence, consortium.match_tolerance_pence) == (0, 2)
    assert consortium.four_eyes_over_pence == 500_000
    assert consortium.pot_life_months == (Dated(date.min, 0),)
    assert consortium.accent == "#123a5a"
    regen = found.frameworks["REGEN"]
    assert (regen.returns, regen.ends, regen.reserve_pence) == ("monthly", None, 0)
    assert regen.retained == (Dated(date.min, 0),)
    assert (regen.appointments, regen.opportunities, regen.default_charge) == (None, None, False)
    assert regen.levy == (LevyBlock(date(2012, 4, 1), "contractor", rate_ppm=10_000),)


def test_every_key_of_the_consortium_is_read() -> None:
    found = read(
        book(
            """
            [consortium]
            name = "N"
            financial_year_starts = 1
            pots_funded_on = [{ from = 2014-04-01, on = "billed" }]
            vat = [{ from = 2011-01-04, rate = "20%" }, { from = 2010-01-01, rate = "17.5%" }]
            vat_number = "GB123456789"
            address = ["1 High Street", "M1 1AA"]
            email = "levy@example.org"
            bank_accounts = [
                { name = "main", sort_code = "00-00-00", number = "1" },
                { name = "b" },
            ]
            terms_days = 30
            tolerance = "0.05"
            window_days = 40
            match_tolerance = "1"
            four_eyes_over = 250
            pot_life_months = [{ from = 2015-04-01, months = 24 }]
            logo = "logo.svg"
            accent = "#ABCDEF"
            """
        )
    ).consortium
    assert found.pots_funded_on == (
        Dated(date.min, "received"),
        Dated(date(2014, 4, 1), "billed"),
    )
    assert found.vat == (
        Dated(date.min, None),
        Dated(date(2010, 1, 1), 175_000),
        Dated(date(2011, 1, 4), 200_000),
    )
    assert found.bank_accounts == (BankAccount("main", "00-00-00", "1"), BankAccount("b"))
    assert (found.tolerance_pence, found.match_tolerance_pence) == (5, 100)
    assert found.four_eyes_over_pence == 25_000
    assert found.pot_life_months == (Dated(date.min, 0), Dated(date(2015, 4, 1), 24))
    assert (found.financial_year_starts, found.terms_days, found.window_days) == (1, 30, 40)
    assert (found.logo, found.accent, found.vat_number) == ("logo.svg", "#ABCDEF", "GB123456789")
    assert (found.address, found.email) == (("1 High Street", "M1 1AA"), "levy@example.org")


@pytest.mark.parametrize(
    ("written", "schedule"),
    [
        ('"outside the scope"', (Dated(date.min, None),)),
        ('"0%"', (Dated(date.min, 0),)),
        ('"20%"', (Dated(date.min, 200_000),)),
        ("[]", (Dated(date.min, None),)),
        (
            '[{ from = 2011-01-04, rate = "20%" }, '
            '{ from = 2013-01-01, rate = "outside the scope" }]',
            (
                Dated(date.min, None),
                Dated(date(2011, 1, 4), 200_000),
                Dated(date(2013, 1, 1), None),
            ),
        ),
    ],
)
def test_no_vat_and_vat_of_nothing_are_different(
    written: str, schedule: tuple[Dated[int | None], ...]
) -> None:
    assert read(book(CONSORTIUM, f"vat = {written}")).consortium.vat == schedule


def test_a_framework_is_read_with_its_blocks_in_order_of_date() -> None:
    found = read(
        book(
            CONSORTIUM,
            PARTIES,
            """
            [[frameworks]]
            code = "REGEN"
            title = "Regeneration works"
            starts = 2012-04-01
            ends = 2016-03-31
            returns = "quarterly"
            retained = [{ from = 2013-04-01, rate = "10%" }]
            reserve = "100.00"
            default_charge = true
            lots = { "1" = "Roofing" }
            contractors = [{ code = "BROOKS", lots = ["1"], from = 2012-04-01, until = 2013-04-01 }]
            [[frameworks.levy]]
            from = 2014-04-01
            payer = "member"
            by = ["lot", "work type"]
            base = ["Labour", "Materials"]
            rates = [{ when = ["1", "*"], rate = "1.5%", base = "Labour" }]
            rounding = "truncate"
            minimum = "1.00"
            maximum = "500"
            [[frameworks.levy]]
            from = 2012-04-01
            payer = "contractor"
            per = "framework-year"
            mode = "whole"
            bands = [{ up_to = "1000000.00", rate = "2%" }, { rate = "0.0125%" }]
            [frameworks.opportunities]
            per_million = 3
            scope = "call-off"
            unit_cost = "2500.00"
            provide = "exact"
            qualifying_weeks = 26
            [[frameworks.examples]]
            net = "-100.00"
            date = 2014-05-01
            levy = "-1.5"
            lot = "1"
            Labour = "-100.00"
            """,
        )
    ).frameworks["REGEN"]
    assert found.levy == (
        LevyBlock(
            date(2012, 4, 1),
            "contractor",
            per="framework-year",
            mode="whole",
            bands=(Band(100_000_000, 20_000), Band(None, 125)),
        ),
        LevyBlock(
            date(2014, 4, 1),
            "member",
            by=("lot", "work type"),
            rates=(LevyRate(("1", "*"), 15_000, ("Labour",)),),
            base=("Labour", "Materials"),
            rounding="truncate",
            minimum_pence=100,
            maximum_pence=50_000,
        ),
    )
    assert found.appointments == (
        Appointment("BROOKS", ("1",), date(2012, 4, 1), date(2013, 4, 1)),
    )
    assert found.retained == (Dated(date.min, 0), Dated(date(2013, 4, 1), 100_000))
    assert (found.ends, found.returns, found.reserve_pence) == (
        date(2016, 3, 31),
        "quarterly",
        10_000,
    )
    unit_cost = (Dated(date.min, 250_000),)
    assert found.opportunities == OpportunityRule(3, "call-off", unit_cost, "exact", 26)
    assert found.examples == (
        Example(-10_000, date(2014, 5, 1), -1_500_000 * 100, {"lot": "1", "Labour": "-100.00"}),
    )
    assert found.default_charge


def test_no_appointments_and_no_list_of_them_are_different() -> None:
    nobody = read(book(CONSORTIUM, FRAMEWORK, "contractors = []", LEVY))
    assert nobody.frameworks["REGEN"].appointments == ()
    assert read(whole()).frameworks["REGEN"].appointments is None


def test_a_band_may_leave_out_what_it_adds_up_by() -> None:
    bands = """
        [[frameworks.levy]]
        from = 2012-04-01
        payer = "contractor"
        bands = [{ rate = "1%" }]
    """
    (block,) = read(framework(bands)).frameworks["REGEN"].levy
    assert (block.per, block.mode) == ("call-off", "marginal")


def test_a_layout_is_read() -> None:
    found = read(
        whole(
            """
            [[layouts]]
            name = "brooks-monthly"
            sheet = "Invoices"
            encoding = "cp1252"
            delimiter = "\\t"
            header = 3
            date_format = "%m/%d/%Y"
            columns = { date = "Invoice Date", net = "Net £", call_off = "Order" }
            constants = { contractor = "BROOKS" }
            keep = ["Labour"]
            """
        )
    ).layouts["brooks-monthly"]
    assert (found.sheet, found.encoding, found.delimiter) == ("Invoices", "cp1252", "\t")
    assert (found.header, found.date_format) == (3, "%m/%d/%Y")
    assert dict(found.columns) == {"date": "Invoice Date", "net": "Net £", "call_off": "Order"}
    assert (dict(found.constants), found.keep) == ({"contractor": "BROOKS"}, ("Labour",))


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    windows = "\ufeff" + whole().replace("\n", "\r\n")
    assert read(windows).members == read(whole()).members


def test_the_same_text_has_the_same_fingerprint() -> None:
    assert read(whole()).sha256 == read(whole()).sha256 != read(whole(" ")).sha256
    assert len(read(whole()).sha256) == 64


WRONG_CONSORTIUM = """\
[consortium]
name = 7 # ! wrong-type
financial_year_starts = 13 # ! out-of-range
pots_funded_on = "paid" # ! bad-choice
vat = [
    { from = 2011-01-04, rate = "20" }, # ! bad-rate
    { from = 2011-01-04, rate = "17.5%" }, # ! duplicate-date
    { from = "2011-01-05", rate = 20 }, # ! bad-date, bad-rate
    { rate = "20%" }, # ! missing-key
    { from = 2012-01-01 }, # ! missing-key
    { from = 2013-01-01, rat = "20%" }, # ! missing-key, unknown-key
    "20%", # ! wrong-type
]
vat_number = 12 # ! wrong-type
address = "1 High Street" # ! wrong-type
email = ["a"] # ! wrong-type
bank_accounts = [
    { name = "main" },
    { name = "main" }, # ! duplicate-name
    { nam = "x" }, # ! missing-key, unknown-key
]
terms_days = "28" # ! wrong-type
tolerance = 0.01 # ! bad-amount
window_days = 3.5 # ! wrong-type
match_tolerance = "-0.02" # ! bad-amount
four_eyes_over = "5,00.00" # ! bad-amount
pot_life_months = true # ! wrong-type
accent = "blue" # ! bad-choice
acent = "blue" # ! unknown-key
"""

WRONG_PARTIES = """\
[consortium]
name = " " # ! missing-key
[[members]]
code = "salix" # ! bad-code
name = "Salix"
[[members]] # ! missing-key, missing-key
aliases = ["a", 1] # ! wrong-type
[[members]]
code = "TWENTY-ONE-CHARACTERS" # ! bad-code
name = "T"
aliases = [
    "ok",
    2014-01-01, # ! wrong-type
]
[[members]]
code = "SAME"
name = "One"
[[members]]
code = "SAME" # ! duplicate-code
name = "Two"
[[contractors]]
code = 12 # ! wrong-type
name = "C"
[[contractors]]
code = "-X" # ! bad-code
name = "X"
sector = "housing" # ! unknown-key
[[membres]] # ! unknown-key
[member.x] # ! unknown-key
"""

WRONG_FRAMEWORKS = """\
[consortium]
name = "N"

[[frameworks]] # ! missing-key, missing-key, missing-key, missing-key
[[frameworks]] # ! missing-key
code = "A"
starts = 2012-04-01T00:00:00 # ! bad-date
ends = 31 # ! bad-date
title = "A"
returns = "weekly" # ! bad-choice
retained = "10" # ! bad-rate
reserve = "lots" # ! bad-amount
default_charge = "yes" # ! wrong-type
lots = ["1"] # ! wrong-type
contractors = { code = "X" } # ! wrong-type
start = 2012-04-01 # ! unknown-key
[[frameworks]]
code = "B"
title = "B"
starts = 2012-04-01
lots = { "1" = 1 } # ! wrong-type
contractors = [{ from = 2012-04-01 }] # ! missing-key
[[frameworks.levy]] # ! missing-key, missing-key, missing-key
[[frameworks.levy]]
from = 2013-04-01
payer = "both" # ! bad-choice
rate = "1.%" # ! bad-rate
rounding = "bankers" # ! bad-choice
minimum = 1.5 # ! bad-amount
base = 3 # ! wrong-type
[[frameworks.levy]]
from = 2014-04-01
payer = "member"
rate = 1 # ! bad-rate
by = ["lot"] # ! conflicting-keys
mode = "whole" # ! conflicting-keys
per = "call-off" # ! conflicting-keys
base = [] # ! missing-key
[[frameworks.levy]] # ! missing-key
from = 2015-04-01
payer = "member"
rate = "0.00001%" # ! bad-rate
rates = [{ when = ["1"], rate = "1%" }] # ! conflicting-keys
[[frameworks.levy]]
from = 2016-04-01
payer = "member"
by = "lot" # ! wrong-type
rates = [
    { when = ["1"], rate = "1%", bass = "net" }, # ! unknown-key
    { rate = "1%" }, # ! missing-key
    { when = ["2"] }, # ! missing-key
    { when = [2], rate = true }, # ! wrong-type, wrong-type
]
[[frameworks.levy]]
from = 2017-04-01
payer = "member"
per = "year" # ! bad-choice
mode = "all" # ! bad-choice
bands = [{ upto = "1", rate = "2%" }, { rate = "x" }] # ! unknown-key, bad-rate
[[frameworks.levy]]
from = 2018-04-01
payer = "member"
by = ["lot"]
rates = [] # ! missing-key
[frameworks.opportunities]
per_million = "2" # ! wrong-type
scope = "member" # ! bad-choice
unit_cost = 2500.50 # ! bad-amount
provide = "some" # ! bad-choice
qualifying_weeks = 0 # ! out-of-range
weeks = 1 # ! unknown-key
[[frameworks.examples]] # ! missing-key, missing-key, missing-key
[[frameworks.examples]]
net = 12.5 # ! bad-amount
date = "2014-04-01" # ! bad-date
levy = "1.23456" # ! bad-amount
lot = 1 # ! wrong-type
"""

WRONG_LAYOUTS = """\
[consortium]
name = "N"
[[layouts]] # ! missing-key
[[layouts]]
name = "a"
encoding = "latin-99" # ! bad-choice
delimiter = ";;" # ! bad-choice
header = 0 # ! out-of-range
date_format = "%d/%m" # ! bad-date
columns = { nett = "Net", net = "Net £" } # ! unknown-key
constants = { suplier = "X" } # ! unknown-key
keep = "Labour" # ! wrong-type
sheets = "x" # ! unknown-key
[[layouts]]
name = "a" # ! duplicate-name
"""


@pytest.mark.parametrize("text", [WRONG_CONSORTIUM, WRONG_PARTIES, WRONG_FRAMEWORKS, WRONG_LAYOUTS])
def test_everything_wrong_is_found_in_one_pass_on_its_line(text: str) -> None:
    errors = assert_found_as_marked(text)
    assert all(error.file == "book.toml" and error.message and error.hint for error in errors)
    assert read_book(text) == (None, errors)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('titel = "x"', "did you mean 'title'?"),
        ('Contractors = "x"', "did you mean 'contractors'?"),
        ('default-charge = "x"', "did you mean 'default_charge'?"),
    ],
)
def test_an_unknown_key_comes_with_the_nearest_known_one(line: str, hint: str) -> None:
    text = book(CONSORTIUM, FRAMEWORK, line, LEVY)
    error = only_error(text)
    assert (error.code, error.hint) == ("unknown-key", hint)
    assert error.row == text.splitlines().index(line) + 1
    assert error.column == line.partition(" ")[0]


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        ("tolerance = 0.10", "bad-amount", 'quote it: tolerance = "0.10"'),
        ("tolerance = 1e3", "bad-amount", 'quote it: tolerance = "1e3"'),
        ('tolerance = "1e3"', "bad-amount", 'write pounds and pence: tolerance = "2500.00"'),
        ('tolerance = "0.001"', "bad-amount", 'write pounds and pence: tolerance = "2500.00"'),
        ("tolerance = -1", "bad-amount", "write it without a minus sign"),
        (
            "tolerance = 10000000001",
            "bad-amount",
            "the largest amount is 10000000000.00",
        ),
        ("tolerance = true", "wrong-type", 'write pounds and pence: tolerance = "2500.00"'),
        ("vat = 17.5", "bad-rate", 'quote it, with its percent sign: vat = "17.5%"'),
        ("vat = 20", "bad-rate", 'quote it, with its percent sign: vat = "20%"'),
        ('vat = "1e1%"', "bad-rate", 'write a percentage of at most four decimals: vat = "1.5%"'),
    ],
)
def test_no_float_is_ever_taken_for_money_or_a_rate(line: str, code: str, hint: str) -> None:
    error = only_error(book(CONSORTIUM, line))
    assert (error.code, error.hint, error.row) == (code, hint, 4)


def test_a_code_in_small_letters_comes_with_the_better_one() -> None:
    error = only_error(book(CONSORTIUM, '[[members]]\ncode = "salix homes"\nname = "S"'))
    assert (error.code, error.hint) == ("bad-code", "write 'SALIX-HOMES'")


def test_a_duplicate_code_says_where_the_first_one_stands() -> None:
    twice = '[[members]]\ncode = "A"\nname = "{0}"\n'
    error = only_error(book(CONSORTIUM, twice.format("x"), twice.format("y")))
    assert error.message == "members has this one in line 4"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('[consortium]\nname = "N\n', 2),
        ('[consortium]\nname = "N"\nname = "M"\n', 3),
        ("[consortium]\nstarts = 2014-13-01\n", 2),
        ('[consortium]\nname = "N"\nlots = {', 3),
        ("[consortium\n", 1),
    ],
)
def test_what_is_not_toml_is_one_problem_with_its_line(text: str, row: int) -> None:
    found, (problem,) = read_book(text, "my.toml")
    assert found is None
    assert (problem.code, problem.file, problem.row) == ("bad-toml", "my.toml", row)
    assert problem.hint


def test_lists_within_lists_without_end_are_refused() -> None:
    found, (problem,) = read_book("a = " + "[" * 100_000)
    assert found is None
    assert problem.code == "bad-toml"


def test_an_empty_book_says_what_to_begin_with() -> None:
    _, (problem,) = read_book("")
    assert (problem.code, problem.column) == ("missing-key", "consortium")
