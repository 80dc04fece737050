"""Each thing wrong with a book is found on its line, and all of them at once."""

import pytest

from levytool.book.read import read_book
from tests.book.marked import (
    CONSORTIUM,
    FRAMEWORK,
    LEVY,
    assert_found_as_marked,
    book,
    only_error,
)

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


@pytest.mark.parametrize("code", ["s", "é", "_s_", "-"])
def test_a_code_is_never_mended_to_one_letter(code: str) -> None:
    error = only_error(book(CONSORTIUM, f'[[members]]\ncode = "{code}"\nname = "S"'))
    assert (error.code, error.hint) == ("bad-code", "write a code such as 'SALIX'")


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
