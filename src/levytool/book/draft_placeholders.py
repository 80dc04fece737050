"""Settings that no data file tells, as comments in a drafted book: each an example to fill in."""

from datetime import date

from levytool.book import toml

_CONSORTIUM = """\
# VAT on the levy, from the day each rate began; left out, no VAT is charged on any document:
# vat = [{ from = 2011-01-04, rate = "20%" }]
# What invoices and statements show of you:
# vat_number = "GB123456789"
# address = ["1 High Street", "Salford", "M1 1AA"]
# email = "levy@example.org"
# The accounts whose statements are imported; left out, any statement is taken:
# bank_accounts = [{ name = "main", sort_code = "00-00-00", number = "00000000" }]
# Days from a document's date to the day it is due; left out, 28:
# terms_days = 28
# The month the financial year starts in; left out, April:
# financial_year_starts = 4
# When levy goes into members' funds: once it is "received" (so, left out) or once it is "billed":
# pots_funded_on = "received"
# Commitments, write-offs and credits above it need a second person; left out, 5000.00:
# four_eyes_over = "5000.00"
"""

_FRAMEWORK = """\
# Its last day; left out, it goes on:
# ends = {ends}
# How often returns are due, "monthly" (so, left out) or "quarterly":
# returns = "monthly"
# The share of the levy kept for running costs; left out, none:
# retained = "10%"
# Who is appointed, to which lots and when: only these owe returns; left out, anybody may declare:
# contractors = [{{ code = {contractor}, from = {starts} }}]
"""

_OPPORTUNITIES = """
# Training and employment places due for each million pounds spent, and what is set aside for one.
# Left out, none ever falls due, nothing is set aside, and all levy is surplus:
# [frameworks.opportunities]
# per_million = 2
# scope = "framework-member"
# unit_cost = [{{ from = {starts}, cost = "2500.00" }}]
# qualifying_weeks = 52
"""


def with_placeholders(text: str, starts: date, contractor: str) -> str:
    """The text of a drafted book with what it leaves out as comments, below the tables they are
    for. Examples of dates begin on `starts`; `contractor` is the code that one names."""
    values = {
        "starts": toml.day(starts),
        "ends": toml.day(date(starts.year + 4, 12, 31)),
        "contractor": toml.quoted(contractor),
    }
    comments = {
        "[consortium]": _CONSORTIUM,
        "[[frameworks]]": _FRAMEWORK.format(**values),
        "[[frameworks.levy]]": _OPPORTUNITIES.format(**values),
    }
    blocks = [
        block.rstrip("\n") + "\n" + comments.get(block.partition("\n")[0], "")
        for block in text.split("\n\n")
    ]
    return "\n".join(blocks)
