"""How the books write their numbers, and read them back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.ledger.bank.bank_lines import line_id_of, line_number
from levytool.ledger.spend.member_ledgers import ledger_id_of, ledger_number
from levytool.ledger.spend.returns import return_id_of, return_number
from levytool.problems import UsageError

BOTH_WAYS = (
    (line_number, line_id_of),
    (return_number, return_id_of),
    (ledger_number, ledger_id_of),
)


@given(st.integers(0, 10**9), st.sampled_from(BOTH_WAYS))
def test_a_number_is_read_back_in_any_case_and_by_its_digits_alone(number, ways):
    written, read = ways
    letters, _, digits = written(number).partition("-")
    assert read(written(number)) == read(f"{letters.lower()}-{digits}") == read(digits) == number


@pytest.mark.parametrize(("written", "read"), BOTH_WAYS)
def test_digits_of_another_script_are_no_number(written, read):
    for other in ("٣", "³", "", "-1", "1.0", f"{written(1)}x", f"Q{written(1)}"):
        with pytest.raises(UsageError, match=f"write it as {written(1)} "):
            read(other)


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (line_id_of, "'7x' is not a bank line; write it as B-000001 (see: levytool bank list)"),
        (return_id_of, "'7x' is not a return; write it as R-000001 (see: levytool return list)"),
        (
            ledger_id_of,
            "'7x' is not a member's ledger; write it as M-000001 (see: levytool spend ledgers)",
        ),
    ],
)
def test_what_is_no_number_is_told_with_where_to_look(read, told):
    with pytest.raises(UsageError) as refused:
        read("7x")
    assert str(refused.value) == told
