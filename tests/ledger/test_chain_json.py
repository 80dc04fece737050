"""A link of the chain is a hash over JSON, however it is written."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from levytool.ledger.journal.posting import chain_hash

numbers, texts = st.integers(-(2**63), 2**63), st.text()
fields_ = st.tuples(numbers, *[texts] * 3, st.none() | texts, *[texts] * 5, st.none() | numbers)
transfers_ = st.tuples(numbers, *[texts] * 4, numbers)


def json_hash(*parts):
    body = json.dumps(parts, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


@given(texts, fields_, st.lists(transfers_))
def test_a_link_is_the_hash_of_its_json(previous, fields, transfers):
    assert chain_hash(previous, fields, transfers) == json_hash(previous, fields, transfers)


@given(texts, fields_, st.lists(transfers_), numbers)
def test_a_text_in_place_of_a_number_is_another_link(previous, fields, transfers, number):
    numbered = (number, *fields[1:10], number)
    link = chain_hash(previous, numbered, transfers)
    for place in (0, 10):
        told = (*numbered[:place], str(number), *numbered[place + 1 :])
        assert chain_hash(previous, told, transfers) != link
