"""The levy cases of Crown Commercial Service's Report MI, in its rounding and in ours.

Rows of type `order` are left out: only what was invoiced is levied. Where a case shows a defect
(`correct`, `want_in_new_tool`, a note that begins HAZARD, DEFECT or GAP), the target is tested.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from levytool.book.records import NET, Framework, LevyBlock, LevyRate, Rounding, fold
from levytool.rules.documents import Document, raise_documents
from levytool.rules.levy import LevyFinder, document_pence, line_levy, line_sum
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

ON = date(2020, 1, 1)
MICROPENCE_PER_POUND = 100 * 1_000_000
NET_NAMES = ("total", "ex-VAT total")

EXCEPTIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("column-05", "exact_total"): (
        "0.4242",
        "a net of 42.424242 is read half-up to the penny, 42.42, before any levy",
    ),
}
"""What we give instead, by case and field, and why. An entry that is not needed fails."""


def _cases(*kinds: str) -> list[Any]:
    path = SHARED / "vectors" / "report_mi.json"
    if not path.is_file():
        return []
    cases = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return [pytest.param(case, id=case["id"]) for case in cases if case["kind"] in kinds]


RATED = _cases("flat", "column", "sector")
DOCUMENTS = _cases("document")


@dataclass(frozen=True)
class Levied:
    """What our rules made of a case's rows: exact micropence, None for a row that is rejected."""

    rows: list[int | None]

    @property
    def exact(self) -> list[int]:
        return [row for row in self.rows if row is not None]


def _pence(amount: object) -> int:
    quantized = Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return int(quantized.scaleb(2))


def _micropence(pounds: str) -> Decimal:
    return Decimal(pounds) * MICROPENCE_PER_POUND


def _rate_ppm(percent: str) -> int:
    ppm = Decimal(percent) * 10_000
    assert ppm == int(ppm)
    return int(ppm)


def _base(names: str | list[str]) -> tuple[str, ...]:
    listed = [names] if isinstance(names, str) else names
    return tuple("net" if name in NET_NAMES else name for name in listed)


def _rate(when: tuple[str, ...], entry: str | dict[str, Any]) -> LevyRate:
    if isinstance(entry, str):
        return LevyRate(when, _rate_ppm(entry))
    return LevyRate(when, _rate_ppm(entry["percent"]), _base(entry["base"]))


def _sector_block(rule: dict[str, Any]) -> LevyBlock:
    """A rate or a table for each sector, as one table that varies by the sector first."""
    sectors = {name: part for name, part in rule.items() if name not in ("type", "rounding")}
    columns = max((part.get("varies_by", []) for part in sectors.values()), key=len)
    rates = []
    for sector, part in sectors.items():
        own = part.get("varies_by", [])
        assert own == columns[: len(own)], "a shorter table must vary by the first columns"
        table = part.get("table", [[[], part]])
        stars = ["*"] * (len(columns) - len(own))
        rates += [_rate((sector, *values, *stars), entry) for values, entry in table]
    return LevyBlock(ON, "contractor", by=("sector", *columns), rates=tuple(rates))


def _block(rule: dict[str, Any]) -> LevyBlock:
    if rule["type"] == "flat":
        rate_ppm = _rate_ppm(rule["percent"])
        return LevyBlock(ON, "contractor", rate_ppm=rate_ppm, base=_base(rule["base"]))
    if rule["type"] == "column":
        rates = tuple(_rate(tuple(values), entry) for values, entry in rule["table"])
        return LevyBlock(ON, "contractor", by=tuple(rule["varies_by"]), rates=rates)
    return _sector_block(rule)


def _levied(case: dict[str, Any]) -> Levied:
    finder = LevyFinder(Framework("RM", "Report MI", ON, levy=(_block(case["rule"]),)))
    rows: list[int | None] = []
    for row in case["input"]["rows"]:
        if row.get("type", "invoice") != "invoice":
            continue
        cells = {fold(name): str(cell) for name, cell in row.get("cells", {}).items()}
        charge = finder.charge(ON, {**cells, "sector": row.get("sector", "")})
        amounts = {name: _amount(cells.get(name, "")) for name in finder.base_columns}
        amounts[NET] = _pence(row["total"])
        base = [amounts[name] for name in charge.base] if charge is not None else [None]
        parts = [pence for pence in base if pence is not None]
        levy = None
        if charge is not None and charge.rate_ppm is not None and parts == base:
            levy = line_levy(sum(parts), charge.rate_ppm)
        rows += [levy] * row.get("repeat", 1)
    return Levied(rows)


def _amount(cell: str) -> int | None:
    """A base cell that is a plain amount; what other texts mean is for the reading of files."""
    return _pence(cell) if cell.replace(".", "").isdigit() else None


def _expected(case: dict[str, Any], field: str, of_case: str) -> str:
    """The figure to meet: the case's own, or our exception to it, which must then differ."""
    if (case["id"], field) not in EXCEPTIONS:
        return of_case
    assert Decimal(EXCEPTIONS[case["id"], field][0]) != Decimal(of_case), "a needless exception"
    return EXCEPTIONS[case["id"], field][0]


def _truncated(levies: list[int]) -> list[int]:
    return [line_sum([levy], "truncate") for levy in levies]


@pytest.mark.parametrize("case", RATED)
def test_a_row_without_a_rate_or_a_base_is_rejected_and_every_other_is_levied(
    case: dict[str, Any],
) -> None:
    expect = case["expect"]
    rejected = "alert" in expect or "want_in_new_tool" in expect
    assert [row is None for row in _levied(case).rows] == [rejected] * len(_levied(case).rows)


@pytest.mark.parametrize("case", RATED)
def test_rows_under_truncate_are_report_mis(case: dict[str, Any]) -> None:
    expect, levied = case["expect"], _levied(case)
    if None in levied.rows:
        assert not levied.exact
        return
    if "row_levies" in expect:
        rows = [row for row in expect["row_levies"] if row is not None]
        if "correct" in expect:
            rows = [expect["correct"]]
        rows = [_expected(case, "row_levies", row) for row in rows]
        assert _truncated(levied.exact) == [_micropence(row) for row in rows]
    if "levy_total" in expect:
        assert line_sum(levied.exact, "truncate") == _micropence(expect["levy_total"])


@pytest.mark.parametrize("case", RATED)
def test_the_exact_levy_is_exact(case: dict[str, Any]) -> None:
    expect, levied = case["expect"], _levied(case)
    if None in levied.rows:
        assert not levied.exact
        return
    exact = _expected(case, "exact_total", expect["exact_total"])
    assert sum(levied.exact) == _micropence(exact)


@pytest.mark.parametrize("case", RATED)
def test_the_document_is_right_in_both_roundings(case: dict[str, Any]) -> None:
    expect, levied = case["expect"], _levied(case)
    if None in levied.rows:
        assert not levied.exact
        return
    half_up_pounds = _expected(case, "half_up_2dp_on_total", expect["half_up_2dp_on_total"])
    assert document_pence(levied.exact, "half-up").document_pence == _pence(half_up_pounds)
    cut = _to_pence(sum(_truncated(levied.exact)), "truncate")
    assert document_pence(levied.exact, "truncate").document_pence == cut


@pytest.mark.parametrize(("case_id", "field"), EXCEPTIONS)
def test_every_exception_is_of_a_figure_that_is_compared(case_id: str, field: str) -> None:
    [case] = [param.values[0] for param in RATED if param.values[0]["id"] == case_id]
    assert field in case["expect"]
    assert None not in _levied(case).rows


def _raise(levies: list[int], rounding: Rounding) -> Document | None:
    rule = LevyBlock(ON, "contractor", rate_ppm=0, rounding=rounding)
    count = len(levies)
    raised = raise_documents("SUPPLIER", ["BUYER"] * count, [0] * count, levies, (rule,))
    return raised.documents[0] if raised.documents else None


def _levies(part: dict[str, Any] | list[Any], percent: str | None = None) -> list[int]:
    """The exact levies a document case states, or the rate on the nets that it lists."""
    if isinstance(part, list):
        if percent is None:
            return [int(_micropence(row["levy"])) for row in part]
        return [line_levy(_pence(net), _rate_ppm(percent)) for net in part]
    if "rows" in part:
        rows = [row for row in part["rows"] if row.get("type", "invoice") == "invoice"]
        return [int(_micropence(row["levy"])) for row in rows]
    return [int(_micropence(part["levy_total"]))] if "levy_total" in part else []


ROUNDED = {"truncate": ROUND_DOWN, "half-up": ROUND_HALF_UP}
OF_ONE_SUM = [case for case in DOCUMENTS if "central_government" not in case.values[0]["input"]]
BY_SECTOR = [case for case in DOCUMENTS if case not in OF_ONE_SUM]


def _to_pence(micropence: int, rounding: Rounding) -> int:
    return int(Decimal(micropence).scaleb(-6).quantize(Decimal(1), ROUNDED[rounding]))


@pytest.mark.parametrize("rounding", ["half-up", "truncate"])
@pytest.mark.parametrize("case", OF_ONE_SUM)
def test_a_document_is_raised_for_what_it_comes_to(
    case: dict[str, Any], rounding: Rounding
) -> None:
    expect, levies = case["expect"], _levies(case["input"])
    document = _raise(levies, rounding)
    if case["input"].get("return") == "nil":
        assert document is None
        return
    assert document is not None
    assert document.net_pence == _to_pence(sum(levies), rounding)
    kinds = {1: "invoice", 0: None, -1: "credit-note"}
    assert document.kind == kinds[(document.net_pence > 0) - (document.net_pence < 0)]
    if rounding == "truncate":
        _check_amount(expect, document)
    if "document" in expect and not case.get("note", "").startswith("DEFECT"):
        named = {"credit_adjustment": "credit-note"}
        assert document.kind == named.get(expect["document"], expect["document"])


def _check_amount(expect: dict[str, Any], document: Document) -> None:
    """Report MI's own amount is truncated; its screen's rounding of the same figure is a defect."""
    for name in ("amount", "amount_on_invoice", "exported_levy", "levy_total"):
        if name in expect:
            assert abs(document.net_pence) == _pence(expect[name])


@pytest.mark.parametrize("case", BY_SECTOR)
def test_the_two_sectors_documents_are_summed_then_cut(case: dict[str, Any]) -> None:
    for sector, figures in case["expect"].items():
        levies = _levies(case["input"][sector], case["rule"].get("percent"))
        document = _raise(levies, "truncate")
        assert document is not None
        assert document.net_pence == _pence(figures["levy"])
        half_up_document = _raise(levies, "half-up")
        assert half_up_document is not None
        assert half_up_document.net_pence == _to_pence(sum(levies), "half-up")
