"""Which document numbers a payer's text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.document_numbers import (
    document_meant,
    document_numbers,
    may_name_documents,
    one_slip,
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("BROOKS ROOFING LT , INV-000001", ["INV-000001"]),
        ("inv000001", ["INV-000001"]),
        ("Inv 000001 & CN/000002", ["INV-000001", "CN-000002"]),
        ("INV-000001 INV-000002 INV-000001", ["INV-000001", "INV-000002"]),
        ("INV-000001, 000002 + 3", ["INV-000001", "INV-000002"]),
        ("INV 000 001", ["INV-000001"]),
        ("INV-000020REV735916042881466", ["INV-000020"]),
        ("INV-000001 , FP 26/08/26 0811", ["INV-000001"]),
        ("INV-1234567", ["INV-1234567"]),
        ("INV-000001 | 000020", ["INV-000001"]),
        ("payment | INV-000007", ["INV-000007"]),
        ("INV-1", []),
        ("INV-0000012", []),
        ("ACN000001", []),
        ("INVOICE 000123", []),
        ("000001", []),
        ("", []),
    ],
)
def test_numbers_are_found_however_they_are_spelt(text, numbers):
    assert list(document_numbers(text)) == numbers


@given(
    st.lists(
        st.tuples(st.sampled_from(["INV", "CN"]), st.integers(1, 9_999_999)),
        min_size=1,
        max_size=5,
        unique=True,
    ),
    st.sampled_from(["-", "", " ", "/", "_", ". "]),
    st.sampled_from([" ", ", ", " & ", "; "]),
    st.booleans(),
)
def test_every_number_that_is_written_is_found(documents, within, between, lower):
    text = between.join(f"{prefix}{within}{number:06d}" for prefix, number in documents)
    found = document_numbers(f"BROOKS , {text.lower() if lower else text}")
    assert list(found) == [f"{prefix}-{number:06d}" for prefix, number in documents]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("INV-000150", "INV-000150"),
        ("Invoice #150", "INV-000150"),
        ("inv no 150", "INV-000150"),
        (" 150 ", "INV-000150"),
        ("000150", "INV-000150"),
        ("Credit note 7", "CN-000007"),
        ("cn7", "CN-000007"),
        ("INV-000001 INV-000002", None),
        ("PO-78251", None),
        ("150 and 151", None),
        ("1234567", None),
        ("0", None),
        ("levy for May", None),
        ("", None),
    ],
)
def test_a_cell_that_stands_for_one_document_is_read_as_payers_write_it(cell, number):
    assert document_meant(cell) == number


@given(st.sampled_from(["INV", "CN"]), st.integers(1, 999_999))
def test_every_document_is_meant_by_its_number_and_by_its_digits(prefix, number):
    assert document_meant(f"{prefix}-{number:06d}") == f"{prefix}-{number:06d}"
    assert document_meant(f"{prefix} {number}") == f"{prefix}-{number:06d}"


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("INV-000123", "INV-000124", True),
        ("INV-000123", "INV-900123", True),
        ("INV-000123", "INV-000132", True),
        ("INV-000123", "INV-000012", True),
        ("INV-000123", "INV-001234", True),
        ("INV-000123", "INV-000123", False),
        ("INV-000123", "INV-000321", False),
        ("INV-000123", "INV-000144", False),
        ("INV-000123", "CN-000124", False),
        ("INV-000123", "", False),
    ],
)
def test_one_slip_of_the_pen(one, other, slip):
    assert one_slip(one, other) is slip
    assert one_slip(other, one) is slip


@given(st.text(alphabet="iıİINVnvcCN-_ 0123x|", max_size=12))
def test_what_names_documents_is_never_passed_over(text):
    assert may_name_documents(text) or not document_numbers(text)


def test_most_texts_need_no_second_look():
    assert not may_name_documents("BROOKS ROOFING LTD LEVY 2025-04")
