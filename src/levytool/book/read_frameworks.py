"""Reading `[[frameworks]]`: appointments, levy blocks, opportunities and examples."""

import re
from datetime import date

from levytool.book.records import (
    Appointment,
    Band,
    BandMode,
    BandPer,
    CallOff,
    Example,
    Framework,
    LevyBlock,
    LevyRate,
    OpportunityRule,
)
from levytool.book.schedules import read_schedule
from levytool.book.table import Table
from levytool.money import MICROPENCE_PER_PENNY
from levytool.periods import Dated

MICROPENCE_PER_FOURTH_PLACE = MICROPENCE_PER_PENNY // 100
"""£0.0001, to which a line's levy is shown (domain §3.2)."""

NO_SHARE: tuple[Dated[int], ...] = (Dated(date.min, 0),)

_LINE_LEVY = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,4}))?", re.ASCII)
_EXAMPLE_KEYS = ("net", "date", "levy")
_WAYS = {"rate": "a rate", "rates": "a table of rates", "bands": "bands"}


def read_framework(table: Table) -> Framework:
    """One framework, best effort; its findings say whether it can be used."""
    code = table.code('give it a code: code = "REGEN"')
    mark = ("frameworks", code)
    table.mark(*mark)
    framework = Framework(
        code=code,
        title=table.required_text("title", 'give it a title: title = "Regeneration works"'),
        starts=table.required_day("starts", "say when it starts: starts = 2014-04-01"),
        ends=table.day("ends"),
        returns=table.choice("returns", ("monthly", "quarterly"), "monthly"),
        retained=read_schedule(table, "retained", ("rate", "value"), _share_ppm, NO_SHARE, *mark),
        reserve_pence=table.pence("reserve") or 0,
        default_charge=table.flag("default_charge"),
        lots=table.text_map("lots"),
        appointments=_appointments(table, code),
        levy=_levy(table, code),
        opportunities=_opportunities(table, code),
        examples=_examples(table, code),
        call_offs=_call_offs(table, code),
    )
    table.close()
    return framework


def _share_ppm(table: Table, key: str) -> int:
    return table.rate_ppm(key) or 0


def _appointments(table: Table, framework: str) -> tuple[Appointment, ...] | None:
    """Who is appointed; None, for any contractor, where the key is absent."""
    if table.get("contractors") is None:
        return None
    appointments = []
    for position, entry in enumerate(table.tables("contractors")):
        entry.mark("frameworks", framework, "contractors", position)
        until_key = "to" if "to" in entry.raw else "until"
        appointments.append(
            Appointment(
                contractor=entry.required_text("code", 'say who: code = "BROOKS"'),
                lots=entry.texts("lots"),
                since=entry.day("from"),
                until=entry.day(until_key),
            )
        )
        entry.close()
    return tuple(appointments)


def _call_offs(table: Table, framework: str) -> tuple[CallOff, ...]:
    """The contracts under the framework, with what they were awarded at."""
    call_offs = []
    for position, entry in enumerate(table.tables("call_offs")):
        entry.mark("frameworks", framework, "call_offs", position)
        if entry.get("award") is None:
            entry.missing("award", 'say what it was awarded at: award = "250000.00"')
        call_offs.append(
            CallOff(
                code=entry.required_text("code", 'give its reference: code = "CO-1001"'),
                member=entry.required_text("member", 'say whose it is: member = "SALIX"'),
                contractor=entry.required_text(
                    "contractor", 'say who carries it out: contractor = "BROOKS"'
                ),
                award_pence=entry.pence("award") or 0,
                lot=entry.text("lot"),
                starts=entry.day("starts"),
                ends=entry.day("ends"),
            )
        )
        entry.close()
    return tuple(call_offs)


def _levy(table: Table, framework: str) -> tuple[LevyBlock, ...]:
    """The levy blocks in order of date."""
    read = [(_block(block), block) for block in table.tables("levy")]
    if not read and not isinstance(table.get("levy"), dict):
        table.missing("levy", "add a [[frameworks.levy]] block with from, payer and rate")
    read.sort(key=lambda pair: pair[0].since)
    for position, (_, block) in enumerate(read):
        block.mark("frameworks", framework, "levy", position)
    return tuple(block for block, _ in read)


def _block(table: Table) -> LevyBlock:
    since = table.required_day("from", "say from which day: from = 2014-04-01")
    if table.get("payer") is None:
        table.missing("payer", 'say who pays: payer = "contractor" or payer = "member"')
    _note_ways(table)
    per: BandPer = table.choice(
        "per", ("call-off", "contractor-year", "framework-year"), "call-off"
    )
    mode: BandMode = table.choice("mode", ("marginal", "whole"), "marginal")
    bands = tuple(_band(row) for row in table.tables("bands"))
    block = LevyBlock(
        since=since,
        payer=table.choice("payer", ("contractor", "member"), "contractor"),
        rate_ppm=table.rate_ppm("rate"),
        by=table.texts("by"),
        rates=tuple(_rate(row) for row in table.tables("rates")),
        per=per if bands else None,
        mode=mode if bands else None,
        bands=bands,
        base=_base(table) or ("net",),
        rounding=table.choice("rounding", ("half-up", "truncate"), "half-up"),
        minimum_pence=table.pence("minimum"),
        maximum_pence=table.pence("maximum"),
    )
    table.close()
    return block


def _note_ways(table: Table) -> None:
    """A block has just one of rate, rates and bands, and only the keys that go with it."""
    ways = [way for way in _WAYS if way in table.raw]
    for way in ways[1:]:
        hint = f"keep either {ways[0]} or {way}"
        table.add("conflicting-keys", f"{_WAYS[ways[0]]} and {_WAYS[way]} in one block", hint, way)
    if not ways:
        table.missing("rate", 'give a rate: rate = "1%", or rates, or bands')
    for way in ("rates", "bands"):
        if table.raw.get(way) == []:
            table.missing(way, f"{way} is empty: write at least one entry with a rate")
    if "rates" in ways and "by" not in table.raw:
        table.missing("by", 'name the columns that the rates vary by: by = ["lot"]')
    for key, way in (("by", "rates"), ("per", "bands"), ("mode", "bands")):
        if key in table.raw and way not in ways:
            hint = f"leave {key} out, or give {way}"
            table.add("conflicting-keys", f"{key} has no effect without {way}", hint, key)


def _rate(row: Table) -> LevyRate:
    if row.get("when") is None:
        row.missing("when", 'say for which values: when = ["1"], with "*" for any')
    rate = LevyRate(when=row.texts("when"), rate_ppm=_required_rate(row), base=_base(row))
    row.close()
    return rate


def _band(row: Table) -> Band:
    band = Band(up_to_pence=row.pence("up_to"), rate_ppm=_required_rate(row))
    row.close()
    return band


def _required_rate(row: Table) -> int:
    if row.get("rate") is None:
        row.missing("rate", 'give the rate: rate = "1%"')
    return row.rate_ppm("rate") or 0


def _base(table: Table) -> tuple[str, ...] | None:
    """The columns that a levy is charged on; None where the key is absent or wrong."""
    value = table.get("base")
    if isinstance(value, list):
        names = table.texts("base")
    else:
        name = table.text("base")
        names = (name,) if name else ()
    if value in ("", []):
        table.missing("base", 'name a column, or leave base out for "net"')
    return names or None


def _opportunities(table: Table, framework: str) -> OpportunityRule | None:
    rule = table.table("opportunities")
    if rule is None:
        return None
    rule.mark("frameworks", framework, "opportunities")
    read = OpportunityRule(
        per_million=rule.integer("per_million", 2, 0, 1_000_000),
        scope=rule.choice(
            "scope",
            ("framework", "framework-member", "call-off", "contractor"),
            "framework-member",
        ),
        unit_cost=read_schedule(rule, "unit_cost", ("cost", "value"), _cost_pence, ()),
        provide=rule.choice("provide", ("whole", "exact"), "whole"),
        qualifying_weeks=rule.integer("qualifying_weeks", 52, 1, 520),
    )
    rule.close()
    return read


def _cost_pence(table: Table, key: str) -> int:
    return table.pence(key) or 0


def _examples(table: Table, framework: str) -> tuple[Example, ...]:
    examples = []
    for position, example in enumerate(table.tables("examples")):
        example.mark("frameworks", framework, "examples", position)
        for key, hint in (("net", 'net = "102123.23"'), ("levy", 'levy = "1021.2323"')):
            if example.get(key) is None:
                example.missing(key, f"write it in quotes: {hint}")
        on = example.required_day("date", "give the line's date: date = 2014-04-01")
        cells = {key: example.text(key) for key in example.raw if key not in _EXAMPLE_KEYS}
        examples.append(
            Example(
                net_pence=example.pence("net", signed=True) or 0,
                on=on,
                levy_micropence=_levy_micropence(example),
                cells=cells,
                line=example.findings.places.row_of_path(example.path) or 0,
            )
        )
    return tuple(examples)


def _levy_micropence(example: Table) -> int:
    """The levy an example states, in pounds with up to four places."""
    value = example.get("levy")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    match = _LINE_LEVY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        if value is not None:
            hint = 'quote it, in pounds with up to four places: levy = "1021.2323"'
            example.add("bad-amount", "levy is not an amount", hint, "levy", value)
        return 0
    sign, pounds, places = match.groups()
    micropence = int(pounds + (places or "").ljust(4, "0")) * MICROPENCE_PER_FOURTH_PLACE
    return -micropence if sign else micropence
