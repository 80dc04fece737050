"""From a return's accepted lines to its documents."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import LevyBlock
from levytool.rules.documents import RaisedReturn, raise_documents
from levytool.rules.levy import document_pence

M = 1_000_000
RULE = LevyBlock(date(2012, 4, 1), "contractor", rate_ppm=10_000)
CUT = replace(RULE, since=date(2013, 4, 1), rounding="truncate")
CAPPED = replace(RULE, since=date(2014, 4, 1), minimum_pence=500, maximum_pence=900)


def contractor_pays(
    lines: list[tuple[str, int]], *blocks: LevyBlock, block_of: list[int] | None = None
) -> RaisedReturn:
    members = [member for member, _ in lines]
    exact = [levy for _, levy in lines]
    return raise_documents("BROOKS", members, [0] * len(lines), exact, blocks or (RULE,), block_of)


def test_the_contractor_gets_one_document_split_by_member() -> None:
    raised = contractor_pays([("SALIX", 700_000), ("CITY", 700_000), ("SALIX", 10 * M)])
    [document] = raised.documents
    assert (document.payer_kind, document.payer, document.kind) == (
        "contractor",
        "BROOKS",
        "invoice",
    )
    assert document.net_pence == 11  # 11.4p
    assert raised.share_pence == [1, 0, 10]
    assert list(document.member_pence.items()) == [("CITY", 0), ("SALIX", 11)]


def test_each_member_that_pays_gets_its_own_document() -> None:
    raised = raise_documents(
        "BROOKS", ["SALIX", "CITY", "SALIX"], [1, 1, 1], [400_000, 3 * M, 400_000], (RULE,)
    )
    assert [(each.payer, each.net_pence) for each in raised.documents] == [
        ("CITY", 3),
        ("SALIX", 1),
    ]
    assert raised.share_pence == [1, 3, 0]
    assert [each.payer_kind for each in raised.documents] == ["member", "member"]
    assert [list(each.lines) for each in raised.documents] == [[1], [0, 2]]


def test_a_return_may_have_lines_that_the_contractor_and_lines_that_members_pay() -> None:
    raised = raise_documents(
        "BROOKS", ["SALIX", "CITY", "SALIX"], [1, 0, 0], [5 * M, 3 * M, 2 * M], (RULE,)
    )
    assert [(each.payer, each.net_pence) for each in raised.documents] == [
        ("BROOKS", 5),
        ("SALIX", 5),
    ]


def test_a_net_negative_document_is_a_credit_note() -> None:
    [document] = contractor_pays([("SALIX", -5 * M), ("CITY", 2 * M)]).documents
    assert (document.kind, document.net_pence) == ("credit-note", -3)


def test_a_zero_document_has_no_kind_but_its_members_shares_remain() -> None:
    [document] = contractor_pays([("SALIX", -5 * M), ("CITY", 5 * M)]).documents
    assert (document.kind, document.net_pence) == (None, 0)
    assert document.member_pence == {"CITY": 5, "SALIX": -5}


def test_a_nil_return_has_no_documents() -> None:
    assert contractor_pays([]).documents == ()


def test_a_minimum_is_shared_in_proportion() -> None:
    raised = contractor_pays([("SALIX", 30 * M), ("CITY", 10 * M)], CAPPED)
    assert raised.documents[0].levy.limited == "minimum"
    assert raised.share_pence == [375, 125]


def test_a_maximum_is_shared_in_proportion() -> None:
    raised = contractor_pays([("SALIX", -3000 * M), ("CITY", -1000 * M)], CAPPED)
    assert raised.documents[0].levy.limited == "maximum"
    assert raised.share_pence == [-675, -225]


def test_lines_of_several_rules_are_rounded_and_limited_by_the_latest_of_them() -> None:
    # 0.009p under `truncate` is nothing; 300p under the capped rule becomes its minimum of £5.
    lines = [("SALIX", 9_000), ("SALIX", 300 * M)]
    [document] = contractor_pays(lines, CUT, CAPPED, block_of=[0, 1]).documents
    assert (document.levy.rounded_pence, document.net_pence) == (300, 500)
    [document] = contractor_pays(lines, CAPPED, CUT, block_of=[1, 1]).documents
    assert document.net_pence == 300


def test_each_line_is_summed_as_its_own_rule_says() -> None:
    # 0.495p and 0.009p: cut to 0.49p + 0 under `truncate`, where 0.504p would round up.
    lines = [("SALIX", 495_000), ("SALIX", 9_000)]
    late = replace(RULE, since=date(2015, 4, 1))
    assert contractor_pays(lines, late).documents[0].net_pence == 1
    [document] = contractor_pays(lines, CUT, late, block_of=[0, 1]).documents
    assert document.net_pence == 0  # 0.499p
    assert document.levy.exact_micropence == 504_000


def test_each_payers_lines_keep_their_own_rules() -> None:
    # SALIX: 0.505p exact under the later rule, and -0.009p that `truncate` cuts to nothing.
    late = replace(RULE, since=date(2015, 4, 1))
    raised = raise_documents(
        "BROOKS",
        ["CITY", "SALIX", "SALIX"],
        [1, 1, 1],
        [0, 505_000, -9_000],
        (CUT, late),
        [0, 1, 0],
    )
    assert [(each.payer, each.net_pence) for each in raised.documents] == [
        ("CITY", 0),
        ("SALIX", 1),
    ]


LINES = st.lists(
    st.tuples(
        st.sampled_from(["SALIX", "CITY", "TRAFFORD"]),
        st.integers(0, 1),
        st.one_of(st.integers(-(10**9), 10**9), st.integers(-30_000, 30_000)),
        st.integers(0, 2),
    ),
    max_size=40,
)


@given(LINES)
def test_every_breakdown_sums_to_its_document(lines: list[tuple[str, int, int, int]]) -> None:
    members, pays, exact, block_of = (
        [list(column) for column in zip(*lines, strict=True)] if lines else ([], [], [], [])
    )
    raised = raise_documents("BROOKS", members, pays, exact, (RULE, CUT, CAPPED), block_of)
    positions = sorted(line for document in raised.documents for line in document.lines)
    assert positions == list(range(len(lines)))
    for document in raised.documents:
        shares = [raised.share_pence[line] for line in document.lines]
        assert sum(shares) == document.net_pence == sum(document.member_pence.values())
        assert document.levy.exact_micropence == sum(exact[line] for line in document.lines)
        assert {members[line] for line in document.lines} == set(document.member_pence)
        if document.payer_kind == "member":
            assert set(document.member_pence) == {document.payer}
        signs = {1: "invoice", 0: None, -1: "credit-note"}
        assert document.kind == signs[(document.net_pence > 0) - (document.net_pence < 0)]
        if document.levy.limited is None:
            for line, share in zip(document.lines, shares, strict=True):
                assert abs(share * M - exact[line]) < M


@given(LINES)
def test_a_document_holds_the_lines_of_one_payer(lines: list[tuple[str, int, int, int]]) -> None:
    members = [line[0] for line in lines]
    pays = [line[1] for line in lines]
    raised = raise_documents("BROOKS", members, pays, [line[2] for line in lines], (RULE,))
    for document in raised.documents:
        for line in document.lines:
            assert document.payer == (members[line] if pays[line] else "BROOKS")
    payers = [(each.payer_kind, each.payer) for each in raised.documents]
    assert payers == sorted(set(payers))


@pytest.mark.parametrize("rule", [RULE, CUT, CAPPED])
@given(exact=st.lists(st.integers(-(10**10), 10**10), min_size=1, max_size=40))
def test_a_document_of_one_rule_is_that_rules(rule: LevyBlock, exact: list[int]) -> None:
    [document] = contractor_pays([("SALIX", line) for line in exact], rule).documents
    assert document.levy == document_pence(
        exact, rule.rounding, rule.minimum_pence, rule.maximum_pence
    )
