"""Statements as banks export them, made from the lines they should read as."""

import csv
import io
from datetime import date

from levytool.money import format_pence

STYLES = {
    "signed": ["Date", "Type", "Description", "Value", "Balance"],
    "in and out": ["Date", "Transaction type", "Description", "Paid out", "Paid in", "Balance"],
    "debit and credit": [
        "Transaction Date",
        "Transaction Type",
        "Sort Code",
        "Account Number",
        "Transaction Description",
        "Debit Amount",
        "Credit Amount",
        "Balance",
    ],
}
ACCOUNT = ("30-00-00", "12345678")


def export(lines, opening_pence=0, style="signed", newest_first=False):
    """A CSV of lines of (day, pence, text), oldest first, with the balance after each."""
    balance = opening_pence
    rows = []
    for day, pence, text in lines:
        balance += pence
        shown = f"{day:%d/%m/%Y}"
        out = format_pence(-pence) if pence < 0 else ""
        into = format_pence(pence) if pence >= 0 else ""
        stated = format_pence(balance)
        rows.append(
            {
                "signed": [shown, "BAC", text, format_pence(pence), stated],
                "in and out": [shown, "Bank credit", text, out, into, stated],
                "debit and credit": [shown, "FPI", *ACCOUNT, text, out, into, stated],
            }[style]
        )
    return table([STYLES[style], *(reversed(rows) if newest_first else rows)])


def table(rows):
    """Rows as CSV text."""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def day(number):
    """A day of March 2014."""
    return date(2014, 3, number)
