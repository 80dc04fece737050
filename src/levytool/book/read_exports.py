"""Reading what the finance system calls things: `[consortium.accounts]`, `[consortium.exports]`."""

import re
from collections.abc import Callable, Sequence

from levytool.accounts import CHART
from levytool.book.records import ExportSettings
from levytool.book.schedules import OUTSIDE_THE_SCOPE_TEXT
from levytool.book.table import Table, nearest_hint
from levytool.money import parse_percent
from levytool.text import counted

DIMENSIONS = tuple(dict.fromkeys(info.dimension for info in CHART.values() if info.dimension))
"""What accounts are kept by, which a tracking category may stand for."""

CATEGORIES = 2
"""Tracking categories that a line of a Xero journal has room for (domain §3.10)."""

GL07_COLUMNS = (
    *("batch_id", "interface", "voucher_type", "trans_type", "client"),
    *("account", "dim_1", "dim_2", "tax_code", "currency", "dc_flag", "cur_amount", "amount"),
    *("description", "trans_date", "voucher_date", "voucher_no", "period", "sequence_no"),
    *("ext_ref", "ext_inv_ref"),
)
"""The columns that a file for Unit4's GL07 may have."""

GL07_CONSTANTS = ("interface", "voucher_type", "trans_type", "client", "tax_code")
"""Those of them whose value the book may say."""

_CODE = re.compile(r"[^\s=+\-@,;\"'][^,;\"\n\r\t]*")
_DEPARTMENT = re.compile(r"[0-9]{1,3}", re.ASCII)
_OCID_PREFIX = re.compile(r"ocds-[a-z0-9]{6}", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s]+\.[^\s]+")


def read_exports(consortium: Table) -> ExportSettings:
    """The two tables, best effort; both may be absent."""
    accounts = _accounts(consortium)
    table = consortium.table("exports")
    if table is None:
        return ExportSettings(accounts=accounts)
    settings = ExportSettings(
        accounts=accounts,
        tax=_tax(table),
        journal_tax=_code(table, "journal_tax"),
        tracking=_tracking(table),
        departments=_departments(table),
        references=_codes(table, "references"),
        gl07_columns=_columns(table),
        gl07_constants=_known_codes(table, "gl07_constants", GL07_CONSTANTS, "constant of GL07"),
        ocid_prefix=_matching(
            table,
            "ocid_prefix",
            _OCID_PREFIX,
            "a prefix that the Open Contracting Partnership gives, such as ocds-a1b2c3",
        ),
        open_data_license=_matching(
            table, "open_data_license", _ADDRESS, "the address of a licence, which begins https://"
        ),
    )
    table.close()
    return settings


def _accounts(consortium: Table) -> dict[str, str]:
    return _known_codes(consortium, "accounts", tuple(CHART), "account")


def _known_codes(table: Table, key: str, known: Sequence[str], noun: str) -> dict[str, str]:
    """A table of codes whose keys are all known; a problem with the nearest for any other."""
    names = [str(name) for name in known]
    return _codes(table, key, lambda codes, name: _is_known(codes, name, names, noun))


def _codes(
    table: Table, key: str, accepts: Callable[[Table, str], bool] | None = None
) -> dict[str, str]:
    """A table of codes as the finance system has them."""
    codes = table.table(key)
    if codes is None:
        return {}
    codes.mark("exports", key)
    wanted = [name for name in codes.raw if accepts is None or accepts(codes, name)]
    found = {name: _code(codes, name, required=True) for name in wanted}
    return {name: code for name, code in found.items() if code}


def _is_known(codes: Table, name: str, known: Sequence[str], noun: str) -> bool:
    if name in known:
        return True
    codes.add("unknown-key", f"{name!r} is no {noun}", nearest_hint(name, known, ""), name)
    return False


def _code(table: Table, key: str, *, required: bool = False) -> str:
    """A code of the finance system: a text that no file has to alter."""
    code = table.text(key)
    written = isinstance(table.raw.get(key), str)
    if written and (required or code) and not _CODE.fullmatch(code):
        message = f"{key} is no code that a file can hold"
        hint = "write it as the finance system has it, without = + - @ before it, commas or quotes"
        table.add("bad-code", message, hint, key, code)
        return ""
    return code


def _tax(table: Table) -> dict[int | None, str]:
    """Tax codes by rate: `"20%" = "T1"`, and one for what is outside the scope."""
    found: dict[int | None, str] = {}
    for name, code in _codes(table, "tax", _is_rate).items():
        rate_ppm = None if name == OUTSIDE_THE_SCOPE_TEXT else parse_percent(name)
        found.setdefault(rate_ppm, code)
    return found


def _is_rate(codes: Table, name: str) -> bool:
    if name == OUTSIDE_THE_SCOPE_TEXT:
        return True
    try:
        parse_percent(name)
    except ValueError:
        hint = f'write a rate, such as "20%", or "{OUTSIDE_THE_SCOPE_TEXT}"'
        codes.add("bad-rate", f"{name!r} is no rate of VAT", hint, name)
        return False
    return True


def _tracking(table: Table) -> dict[str, str]:
    found = _known_codes(table, "tracking", DIMENSIONS, "thing that accounts are kept by")
    if len(set(found.values())) > CATEGORIES:
        message = f"tracking names {counted(len(set(found.values())), 'category')}"
        hint = f"a line of a journal has room for {CATEGORIES}: let several share one"
        table.add("bad-choice", message, hint, "tracking")
    return found


def _departments(table: Table) -> dict[str, str]:
    found = _codes(table, "departments")
    for name, number in found.items():
        if not _DEPARTMENT.fullmatch(number):
            hint = 'write its number in quotes, 0 to 999: "12"'
            table.add("bad-code", f"{name} has no department", hint, "departments", number)
    return found


def _columns(table: Table) -> tuple[str, ...]:
    """The columns of a file for GL07, in their order."""
    columns = table.texts("gl07_columns")
    for name in columns:
        if name not in GL07_COLUMNS:
            hint = nearest_hint(name, GL07_COLUMNS, "")
            table.add("unknown-key", f"{name!r} is no column of GL07", hint, "gl07_columns", name)
    for name in ("account", "voucher_no", "trans_date"):
        if columns and name not in columns:
            hint = f"add {name!r} to gl07_columns"
            table.add("missing-column", f"a line cannot do without {name}", hint, "gl07_columns")
    if columns and not {"amount", "cur_amount"} & set(columns):
        hint = "add 'amount' to gl07_columns"
        table.add("missing-column", "a line cannot do without an amount", hint, "gl07_columns")
    return columns


def _matching(table: Table, key: str, form: re.Pattern[str], wanted: str) -> str:
    text = table.text(key)
    if text and not form.fullmatch(text):
        table.add("bad-choice", f"{key} is not {wanted}", f"write {wanted}", key, text)
        return ""
    return text
