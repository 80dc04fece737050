"""The record of a GL07 file: 66 fields of fixed width, without a header.

Unit4 publishes no layout. This is the one that three programs in public write for GL07, each for a
site of its own (an English college, a company that bills for the public sector, a Norwegian city):
they agree on every field up to the voucher's period, and two of them on the others, save one
character of `allocation_key`.
Text stands at the left, numbers at the right; an amount is in pence, without a point.
"""

from collections.abc import Mapping
from typing import NamedTuple

from levytool.exports.batch import in_ascii


class Field(NamedTuple):
    """A field by its name in the batch table, and its width; numbers are 0 where nothing is."""

    name: str
    width: int
    is_number: bool = False


_DIMENSIONS = tuple(Field(f"dim_{number}", 25) for number in range(1, 8))

RECORD = (
    *(Field("batch_id", 25), Field("interface", 25), Field("voucher_type", 25)),
    *(Field("trans_type", 2), Field("client", 25), Field("account", 25), *_DIMENSIONS),
    *(Field("tax_code", 25), Field("tax_system", 25), Field("currency", 25)),
    *(Field("dc_flag", 2, True), Field("cur_amount", 20, True), Field("amount", 20, True)),
    *(Field("number_1", 11, True), Field("value_1", 20, True), Field("value_2", 20, True)),
    *(Field("value_3", 20, True), Field("description", 255), Field("trans_date", 8)),
    *(Field("voucher_date", 8), Field("voucher_no", 15, True), Field("period", 6, True)),
    *(Field("tax_id", 1), Field("ext_inv_ref", 100), Field("ext_ref", 255)),
    *(Field("due_date", 8), Field("disc_date", 8), Field("discount", 20, True)),
    *(Field("commitment", 25), Field("order_id", 15, True), Field("kid", 27)),
    *(Field("pay_transfer", 2), Field("status", 1), Field("apar_type", 1), Field("apar_id", 25)),
    *(Field("pay_flag", 1, True), Field("voucher_ref", 15, True), Field("sequence_ref", 9, True)),
    *(Field("intrule_id", 25), Field("factor_short", 25), Field("responsible", 25)),
    *(Field("apar_name", 255), Field("address", 160), Field("province", 40), Field("place", 40)),
    *(Field("bank_account", 35), Field("pay_method", 2), Field("vat_reg_no", 25)),
    *(Field("zip_code", 15), Field("curr_licence", 3), Field("account2", 25)),
    *(Field("base_amount", 20, True), Field("base_curr", 20, True), Field("pay_temp_id", 4)),
    *(Field("allocation_key", 3, True), Field("period_no", 2, True), Field("clearing_code", 13)),
    *(Field("swift", 11), Field("arrive_id", 15, True), Field("bank_acc_type", 2)),
)


def record_of(values: Mapping[str, str]) -> str:
    """A record with its end of line. Fields without a value are blank, numbers 0.

    Raises ValueError for a number that its field has no room for; words end where theirs does.
    """
    return "".join(_field(field, values.get(field.name, "")) for field in RECORD) + "\r\n"


def _field(field: Field, value: str) -> str:
    if not field.is_number:
        return in_ascii(value)[: field.width].ljust(field.width)
    if len(value) > field.width:
        raise ValueError(f"{field.name} has no room for {value}")
    return (value or "0").rjust(field.width)
