"""Reading the book: its whole grammar, with the defaults of what is left out."""

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
    book,
    framework,
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


WHOLE_FRAMEWORK = """
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
"""


def test_a_framework_is_read_with_its_blocks_in_order_of_date() -> None:
    found = read(book(CONSORTIUM, PARTIES, WHOLE_FRAMEWORK)).frameworks["REGEN"]
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
