"""Checks of a framework's levy: blocks that overlap or leave gaps, rates that cannot be met."""

from datetime import date

from levytool.book.lines import Path
from levytool.book.read_layouts import TARGETS
from levytool.book.records import NET, WILDCARD, Band, Book, Framework, LevyBlock, fold
from levytool.book.remarks import Remarks
from levytool.book.table import nearest_hint
from levytool.money import PPM_PER_UNIT, format_percent
from levytool.text import counted

AMOUNT_TARGETS = (NET, "vat", "gross")
"""The targets of a layout that a levy can be charged on."""

SECTOR = "sector"
PROCUREMENT_ACT_IN_FORCE = date(2025, 2, 24)
"""Frameworks that start from this day are under the Procurement Act 2023 (domain §3.2)."""


def check_framework(book: Book, framework: Framework, remarks: Remarks) -> None:
    """Everything about one framework's dates, levy and opportunities, but for its examples."""
    place = ("frameworks", framework.code)
    if framework.ends and framework.ends < framework.starts:
        message, hint = "the framework ends before it starts", "correct one of the two dates"
        remarks.error("ends-before-starts", message, hint, place, "ends", str(framework.ends))
    for entry in framework.retained:
        check_rate(entry.value, (*place, "retained", entry.since), remarks)
    _check_dates(framework, remarks)
    for position, block in enumerate(framework.levy):
        block_place: Path = (*place, "levy", position)
        _check_block_rates(block, block_place, remarks)
        _check_columns(book, block, block_place, remarks)
        _check_table(book, framework, block, block_place, remarks)
        _check_bands(block.bands, block_place, remarks)
        _check_limits(framework, block, block_place, remarks)
    _check_opportunities(framework, remarks)


def kept_columns(book: Book) -> dict[str, str]:
    """The columns that some layout keeps, by folded name."""
    return {fold(name): name for layout in book.layouts.values() for name in layout.keep}


def columns_of(block: LevyBlock) -> tuple[str, ...]:
    """The columns that the block's base, or a base of its own rates, takes."""
    own = [name for row in block.rates if row.base is not None for name in row.base]
    return (*block.base, *own)


def check_rate(rate_ppm: int, place: Path, remarks: Remarks, key: str = "") -> None:
    """No rate, of levy, of VAT or retained, may be over 100%."""
    if rate_ppm > PPM_PER_UNIT:
        message, hint = "the rate is over 100%", "write 100% or less"
        remarks.error("rate-over-100", message, hint, place, key, format_percent(rate_ppm))


def _check_block_rates(block: LevyBlock, place: Path, remarks: Remarks) -> None:
    check_rate(block.rate_ppm or 0, place, remarks, "rate")
    for position, row in enumerate(block.rates):
        check_rate(row.rate_ppm, (*place, "rates", position), remarks, "rate")
    for position, band in enumerate(block.bands):
        check_rate(band.rate_ppm, (*place, "bands", position), remarks, "rate")


def _check_dates(framework: Framework, remarks: Remarks) -> None:
    """Blocks that begin on one day, days without a block, and blocks that no day falls under."""
    blocks = framework.levy
    place = ("frameworks", framework.code)
    if blocks and blocks[0].since > framework.starts:
        message = f"from {framework.starts} to {blocks[0].since} no levy block is in force"
        hint = "lines of those days are rejected; give an earlier block, or leave it so"
        remarks.warn("gap", message, hint, (*place, "levy", 0), "from", str(blocks[0].since))
    for position, block in enumerate(blocks):
        block_place: Path = (*place, "levy", position)
        after = blocks[position + 1] if position + 1 < len(blocks) else None
        if position and block.since == blocks[position - 1].since:
            message = "two levy blocks of the framework begin on this day"
            hint = "leave one out, or let it begin on another day"
            remarks.error("overlap", message, hint, block_place, "from", str(block.since))
        elif framework.ends and block.since > framework.ends:
            message, hint = "the block begins after the framework's end", "leave it out"
            remarks.warn("unreachable-rate", message, hint, block_place, "from", str(block.since))
        elif after and block.since < after.since <= framework.starts:
            message, hint = "the block is over before the framework starts", "leave it out"
            remarks.warn("unreachable-rate", message, hint, block_place, "from", str(block.since))


def _check_columns(book: Book, block: LevyBlock, place: Path, remarks: Remarks) -> None:
    """Columns must be read by somebody: kept by a layout, or a target that any file may have."""
    _check_read(book, block.by, (*TARGETS, SECTOR), place, "by", remarks)
    _check_read(book, block.base, AMOUNT_TARGETS, place, "base", remarks)
    for position, row in enumerate(block.rates):
        row_place = (*place, "rates", position)
        _check_read(book, row.base or (), AMOUNT_TARGETS, row_place, "base", remarks)


def _check_read(
    book: Book,
    names: tuple[str, ...],
    targets: tuple[str, ...],
    place: Path,
    key: str,
    remarks: Remarks,
) -> None:
    """An error where the book has layouts and none keeps the column; else only a warning."""
    kept = kept_columns(book)
    for name in names:
        if fold(name) in targets or fold(name) in kept:
            continue
        message = f"no layout keeps the column {name!r}"
        if book.layouts:
            hint = nearest_hint(name, (*targets, *kept.values()), "")
            hint += " Else add it to the keep of a layout"
            remarks.error("unknown-column", message, hint, place, key, name)
        else:
            hint = f'add a layout with keep = ["{name}"]'
            remarks.warn("unknown-column", message, hint, place, key, name)


def _check_table(
    book: Book, framework: Framework, block: LevyBlock, place: Path, remarks: Remarks
) -> None:
    """The rates table: as many values as columns, known lots, no row that can never be met."""
    columns = [fold(name) for name in block.by]
    lot_is_a_code = "lot" not in kept_columns(book) and framework.lots
    lots = {fold(lot) for lot in framework.lots}
    met: set[tuple[str, ...]] = set()
    for position, row in enumerate(block.rates):
        row_place = (*place, "rates", position)
        when = tuple(fold(value) for value in row.when)
        if len(when) != len(columns):
            message = (
                f"when has {counted(len(when), 'value')} for the "
                f"{counted(len(columns), 'column')} of by"
            )
            hint = 'give one value for each column, "*" for any'
            remarks.error("wrong-arity", message, hint, row_place, "when", ", ".join(row.when))
            continue
        for column, value, written in zip(columns, when, row.when, strict=True):
            if column == "lot" and lot_is_a_code and value not in (*lots, WILDCARD):
                hint = nearest_hint(written, tuple(framework.lots), "")
                message = f"{framework.code} has no such lot"
                remarks.error("unknown-lot", message, hint, row_place, "when", written)
        _check_row_is_met(when, met, row_place, remarks)
        met.add(when)
    if block.rates and (WILDCARD,) * len(columns) not in met:
        _warn_of_missing_rates(book, framework, columns, met, place, remarks)


def _check_row_is_met(
    when: tuple[str, ...], met: set[tuple[str, ...]], place: Path, remarks: Remarks
) -> None:
    exact = [value != WILDCARD for value in when]
    if when in met:
        message, hint = "an earlier row has the same values, so this one is never used", "leave it"
        remarks.warn("unreachable-rate", message, f"{hint} out", place, "when", ", ".join(when))
    elif exact != sorted(exact, reverse=True):
        message = '"*" stands for columns from the right, so this row is never used'
        hint = "put the columns in another order in by"
        remarks.warn("unreachable-rate", message, hint, place, "when", ", ".join(when))


def _warn_of_missing_rates(
    book: Book,
    framework: Framework,
    columns: list[str],
    met: set[tuple[str, ...]],
    place: Path,
    remarks: Remarks,
) -> None:
    """Say which values no row covers, where the book knows all values there can be."""
    hint = 'lines with other values are rejected as no-rate; add a row of "*", or leave it so'
    message = 'no row is for any other value ("*")'
    if len(columns) == 1 and columns[0] not in kept_columns(book):
        possible: dict[str, tuple[str, ...]] = {
            "lot": tuple(framework.lots),
            SECTOR: tuple(dict.fromkeys(member.sector for member in book.members.values())),
        }
        values = possible.get(columns[0], ())
        uncovered = [repr(value) for value in values if (fold(value),) not in met]
        if values and not uncovered:
            return
        if uncovered:
            message = f"no row is for {columns[0]} {', '.join(uncovered)}"
    remarks.warn("missing-rate", message, hint, place, "rates")


def _check_bands(bands: tuple[Band, ...], place: Path, remarks: Remarks) -> None:
    """Bands ascend, and the last one only has no end."""
    reached = 0
    for position, band in enumerate(bands):
        band_place = (*place, "bands", position)
        last = position == len(bands) - 1
        if band.up_to_pence is None:
            if not last:
                message = "a band without up_to comes before another"
                hint = "give it an up_to, or put it last"
                remarks.error("bands-not-ascending", message, hint, band_place)
            continue
        if last:
            message = "the last band has an end, and spend beyond it no rate"
            hint = 'add a band without up_to: { rate = "…" }'
            remarks.error("bands-not-ascending", message, hint, band_place, "up_to")
        if band.up_to_pence <= reached:
            message = "the band ends no higher than the one before"
            hint = "put the bands in order of up_to"
            remarks.error("bands-not-ascending", message, hint, band_place, "up_to")
        reached = max(reached, band.up_to_pence)


def _check_limits(framework: Framework, block: LevyBlock, place: Path, remarks: Remarks) -> None:
    """Minimum and maximum, who pays a default charge, and what the law allows."""
    minimum, maximum = block.minimum_pence, block.maximum_pence
    if minimum is not None and maximum is not None and minimum > maximum:
        message, hint = "the minimum is over the maximum", "correct one of the two"
        remarks.error("minimum-over-maximum", message, hint, place, "minimum")
    if framework.default_charge and block.payer == "member":
        message = "default_charge is for levy that the contractor pays"
        hint = "returns under this block raise no default charge"
        remarks.warn("default-charge", message, hint, place, "payer", "member")
    if framework.starts < PROCUREMENT_ACT_IN_FORCE:
        return
    for key, given in (("bands", block.bands), ("minimum", minimum)):
        if given:
            message = f"{key}: the framework may charge only a fixed percentage"
            hint = "Procurement Act 2023, section 45(7); take advice before you apply it"
            remarks.warn("procurement-act", message, hint, place, key)


def _check_opportunities(framework: Framework, remarks: Remarks) -> None:
    rule = framework.opportunities
    if rule is None or not rule.per_million:
        return
    place = ("frameworks", framework.code, "opportunities")
    if not rule.unit_cost:
        message = "opportunities are due but have no unit_cost, so nothing is set aside for them"
        hint = 'add unit_cost = [{ from = …, cost = "2500.00" }]'
        remarks.warn("missing-unit-cost", message, hint, place)
    elif rule.unit_cost[0].since > framework.starts:
        message = f"no unit_cost is in force before {rule.unit_cost[0].since}"
        hint = f"let the first one begin on {framework.starts}"
        remarks.warn("gap", message, hint, place, "unit_cost")
