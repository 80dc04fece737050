"""A link of the chain is a hash over JSON, however it is written."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from levytool.ledger.journal.posting import chain_hash

values = st.none() | st.integers(-(2**63), 2**63) | st.text()


@given(st.text(), st.lists(values), st.lists(st.lists(values)))
def test_a_link_is_the_hash_of_its_json(previous, fields, transfers):
    body = json.dumps([previous, fields, transfers], separators=(",", ":"))
    assert chain_hash(previous, fields, transfers) == hashlib.sha256(body.encode()).hexdigest()
