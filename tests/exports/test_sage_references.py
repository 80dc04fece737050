"""References that Sage has room for: one for each long code, no two alike."""

from hypothesis import given
from hypothesis import strategies as st

from levytool.exports.sage import LONGEST_REFERENCE, short_references

codes = st.from_regex(r"[A-C0-1][A-C0-1-]{0,11}", fullmatch=True)


def test_the_beginning_of_a_code_is_taken_where_nobody_has_it() -> None:
    known_as = {code: code for code in ("BRACKENWICK", "CAUSEWELL", "ST-ALBANS-HOMES", "OAK")}
    assert short_references(known_as) == {
        "BRACKENWICK": "BRACKENW",
        "CAUSEWELL": "CAUSEWEL",
        "ST-ALBANS-HOMES": "STALBANS",
    }


def test_two_codes_that_begin_alike_get_a_number() -> None:
    known_as = {code: code for code in ("FELLGATE-EAST", "FELLGATE-WEST", "FELLGATE")}
    known_as["NORTH-HOMES"] = "FELLGAT2"
    assert short_references(known_as) == {"FELLGATE-EAST": "FELLGAT3", "FELLGATE-WEST": "FELLGAT4"}


@given(st.dictionaries(codes, st.none() | codes, max_size=30))
def test_no_two_parties_share_one(given_codes: dict[str, str | None]) -> None:
    known_as = {code: reference or code for code, reference in given_codes.items()}
    found = short_references(known_as)
    kept = {code for code in known_as.values() if len(code) <= LONGEST_REFERENCE}
    assert found.keys() == {p for p, code in known_as.items() if len(code) > LONGEST_REFERENCE}
    assert all(0 < len(short) <= LONGEST_REFERENCE for short in found.values())
    assert len(set(found.values())) == len(found) and not kept & set(found.values())
