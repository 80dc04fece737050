"""The book as TOML text. What has its default is left out; reading it back gives the same book."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from levytool.book import toml
from levytool.book.read import FOR_EVER, ON_RECEIPT, OUTSIDE, read_book
from levytool.book.read_frameworks import NO_SHARE
from levytool.book.records import (
    Appointment,
    Band,
    Book,
    CallOff,
    Consortium,
    Contractor,
    Example,
    Framework,
    Layout,
    LevyBlock,
    LevyRate,
    Member,
    OpportunityRule,
)
from levytool.book.schedules import OUTSIDE_THE_SCOPE_TEXT
from levytool.book.write_exports import export_blocks
from levytool.money import format_line_levy
from levytool.periods import Dated

T = TypeVar("T")
Keys = dict[str, str]
"""The keys of a table and their values, as TOML has them after the equals sign."""


def write_book(book: Book) -> str:
    """The whole book as TOML; its own `text`, which may hold comments, is not looked at."""
    blocks = [toml.block("[consortium]", consortium_keys(book.consortium))]
    blocks += export_blocks(book.consortium.exports)
    blocks += [toml.block("[[members]]", member_keys(m)) for m in book.members.values()]
    blocks += [toml.block("[[contractors]]", party_keys(c)) for c in book.contractors.values()]
    blocks += [text for f in book.frameworks.values() for text in _framework_blocks(f)]
    blocks += [toml.block("[[layouts]]", layout_keys(lay)) for lay in book.layouts.values()]
    return "\n".join(blocks)


def with_parties(text: str, members: Mapping[str, str], contractors: Mapping[str, str]) -> str:
    """The book's text with new parties, code → name, at its end; the author's own words stay.

    Raises ValueError where `text` is not a book.
    """
    return append(
        text,
        [Member(code, name) for code, name in members.items()],
        [Contractor(code, name) for code, name in contractors.items()],
    )


def append(
    text: str,
    members: Iterable[Member] = (),
    contractors: Iterable[Contractor] = (),
    frameworks: Iterable[Framework] = (),
) -> str:
    """The book's text with whole parties and frameworks at its end.

    Where the text has them as lists (`members = [...]`), which nothing can be appended to, the
    book is written anew. Raises ValueError where `text` is not a book.
    """
    new_members, new_contractors = list(members), list(contractors)
    new_frameworks = list(frameworks)
    blocks = [toml.block("[[members]]", member_keys(member)) for member in new_members]
    blocks += [toml.block("[[contractors]]", party_keys(party)) for party in new_contractors]
    blocks += [block for new in new_frameworks for block in _framework_blocks(new)]
    if not blocks:
        return text
    longer = "\n".join([text.rstrip("\n") + "\n", *blocks])
    try:
        tomllib.loads(longer)
    except tomllib.TOMLDecodeError:
        book, problems = read_book(text)
        if book is None:
            raise ValueError(f"not a book: {problems[0]}") from None
        return write_book(
            replace(
                book,
                members={**book.members, **{m.code: m for m in new_members}},
                contractors={**book.contractors, **{c.code: c for c in new_contractors}},
                frameworks={**book.frameworks, **{f.code: f for f in new_frameworks}},
            )
        )
    return longer


def consortium_keys(consortium: Consortium) -> Keys:
    """`[consortium]`."""
    plain = Consortium(consortium.name)
    funded_on = _schedule(consortium.pots_funded_on, "on", toml.quoted, ON_RECEIPT)
    accounts = [
        toml.inline(
            {
                "name": toml.quoted(account.name),
                **_given(sort_code=_text(account.sort_code), number=_text(account.number)),
            }
        )
        for account in consortium.bank_accounts
    ]
    return {
        "name": toml.quoted(consortium.name),
        **_given(
            financial_year_starts=_unless(
                plain.financial_year_starts, consortium.financial_year_starts, str
            ),
            pots_funded_on=funded_on,
            vat=_schedule(consortium.vat, "rate", _vat, OUTSIDE),
            vat_number=_text(consortium.vat_number),
            address=_texts(consortium.address),
            email=_text(consortium.email),
            bank_accounts=toml.listed(accounts) if accounts else None,
            terms_days=_unless(plain.terms_days, consortium.terms_days, str),
            tolerance=_unless(plain.tolerance_pence, consortium.tolerance_pence, toml.amount),
            window_days=_unless(plain.window_days, consortium.window_days, str),
            match_tolerance=_unless(
                plain.match_tolerance_pence, consortium.match_tolerance_pence, toml.amount
            ),
            four_eyes_over=_unless(
                plain.four_eyes_over_pence, consortium.four_eyes_over_pence, toml.amount
            ),
            pot_life_months=_schedule(consortium.pot_life_months, "months", str, FOR_EVER),
            late_interest=_schedule(consortium.late_interest, "rate", toml.percentage, ()),
            logo=_text(consortium.logo),
            accent=_unless(plain.accent, consortium.accent, toml.quoted),
        ),
    }


def member_keys(member: Member) -> Keys:
    """`[[members]]`."""
    return party_keys(member) | _given(sector=_text(member.sector), area=_text(member.area))


def party_keys(party: Member | Contractor) -> Keys:
    """What members and contractors have in common."""
    return {
        "code": toml.quoted(party.code),
        "name": toml.quoted(party.name),
        **_given(
            aliases=_texts(party.aliases),
            address=_texts(party.address),
            email=_text(party.email),
        ),
    }


def framework_keys(framework: Framework) -> Keys:
    """`[[frameworks]]`, without the tables below it."""
    appointed = framework.appointments
    contractors = None
    if appointed is not None:
        contractors = toml.listed(toml.inline(appointment_keys(entry)) for entry in appointed)
    return {
        "code": toml.quoted(framework.code),
        "title": toml.quoted(framework.title),
        "starts": toml.day(framework.starts),
        **_given(
            ends=_day(framework.ends),
            returns=_unless("monthly", framework.returns, toml.quoted),
            retained=_schedule(framework.retained, "rate", toml.percentage, NO_SHARE),
            reserve=_unless(0, framework.reserve_pence, toml.amount),
            default_charge="true" if framework.default_charge else None,
            lots=toml.text_table(framework.lots) if framework.lots else None,
            contractors=contractors,
            call_offs=_rows(framework.call_offs, call_off_keys),
        ),
    }


def appointment_keys(entry: Appointment) -> Keys:
    """One contractor's appointment to a framework."""
    given = _given(lots=_texts(entry.lots), until=_day(entry.until))
    since = {} if entry.since is None else {"from": toml.day(entry.since)}
    return {"code": toml.quoted(entry.contractor), **since, **given}


def call_off_keys(call_off: CallOff) -> Keys:
    """One contract under a framework."""
    return {
        "code": toml.quoted(call_off.code),
        "member": toml.quoted(call_off.member),
        "contractor": toml.quoted(call_off.contractor),
        **_given(lot=_text(call_off.lot)),
        "award": toml.amount(call_off.award_pence),
        **_given(starts=_day(call_off.starts), ends=_day(call_off.ends)),
    }


def block_keys(block: LevyBlock) -> Keys:
    """`[[frameworks.levy]]`."""
    return {
        "from": toml.day(block.since),
        "payer": toml.quoted(block.payer),
        **_given(
            rate=None if block.rate_ppm is None else toml.percentage(block.rate_ppm),
            by=_texts(block.by),
            rates=_rows(block.rates, _rate_keys),
            per=None if block.per is None else toml.quoted(block.per),
            mode=None if block.mode is None else toml.quoted(block.mode),
            bands=_rows(block.bands, _band_keys),
            base=None if block.base == ("net",) else _base(block.base),
            rounding=_unless("half-up", block.rounding, toml.quoted),
            minimum=None if block.minimum_pence is None else toml.amount(block.minimum_pence),
            maximum=None if block.maximum_pence is None else toml.amount(block.maximum_pence),
        ),
    }


def opportunity_keys(rule: OpportunityRule) -> Keys:
    """`[frameworks.opportunities]`, its defaults included, since the table itself says a lot."""
    costs = _schedule(rule.unit_cost, "cost", toml.amount, ())
    return {
        "per_million": str(rule.per_million),
        "scope": toml.quoted(rule.scope),
        **_given(unit_cost=costs),
        "provide": toml.quoted(rule.provide),
        "qualifying_weeks": str(rule.qualifying_weeks),
    }


def example_keys(example: Example) -> Keys:
    """`[[frameworks.examples]]`."""
    return {
        "net": toml.amount(example.net_pence),
        "date": toml.day(example.on),
        **{name: toml.quoted(text) for name, text in example.cells.items()},
        "levy": toml.quoted(format_line_levy(example.levy_micropence)),
    }


def layout_keys(layout: Layout) -> Keys:
    """`[[layouts]]`."""
    return {
        "name": toml.quoted(layout.name),
        **_given(
            sheet=_text(layout.sheet or ""),
            encoding=_text(layout.encoding or ""),
            delimiter=_text(layout.delimiter or ""),
            header=None if layout.header is None else str(layout.header),
            date_format=_text(layout.date_format or ""),
            columns=toml.text_table(layout.columns) if layout.columns else None,
            constants=toml.text_table(layout.constants) if layout.constants else None,
            keep=_texts(layout.keep),
        ),
    }


def _framework_blocks(framework: Framework) -> list[str]:
    blocks = [toml.block("[[frameworks]]", framework_keys(framework))]
    blocks += [toml.block("[[frameworks.levy]]", block_keys(block)) for block in framework.levy]
    if framework.opportunities is not None:
        keys = opportunity_keys(framework.opportunities)
        blocks.append(toml.block("[frameworks.opportunities]", keys))
    blocks += [
        toml.block("[[frameworks.examples]]", example_keys(example))
        for example in framework.examples
    ]
    return blocks


def _rate_keys(row: LevyRate) -> Keys:
    base = {} if row.base is None else {"base": _base(row.base)}
    return {"when": toml.texts(row.when), "rate": toml.percentage(row.rate_ppm), **base}


def _band_keys(band: Band) -> Keys:
    up_to = {} if band.up_to_pence is None else {"up_to": toml.amount(band.up_to_pence)}
    return {**up_to, "rate": toml.percentage(band.rate_ppm)}


def _rows(rows: tuple[T, ...], keys: Callable[[T], Keys]) -> str | None:
    return toml.listed(toml.inline(keys(row)) for row in rows) if rows else None


def _base(names: tuple[str, ...]) -> str:
    return toml.quoted(names[0]) if len(names) == 1 else toml.texts(names)


def _vat(rate_ppm: int | None) -> str:
    return toml.quoted(OUTSIDE_THE_SCOPE_TEXT) if rate_ppm is None else toml.percentage(rate_ppm)


def _schedule(
    schedule: tuple[Dated[T], ...],
    name: str,
    write: Callable[[T], str],
    initial: tuple[Dated[T], ...],
) -> str | None:
    """A schedule as the reader takes it: one value, or what comes after the default."""
    if schedule == initial:
        return None
    if len(schedule) == 1 and schedule[0].since == date.min:
        return write(schedule[0].value)
    entries = schedule[1:] if initial and schedule[0] == initial[0] else schedule
    return toml.listed(
        toml.inline({"from": toml.day(entry.since), name: write(entry.value)}) for entry in entries
    )


def _given(**keys: str | None) -> Keys:
    """The keys that have something to say."""
    return {key: value for key, value in keys.items() if value is not None}


def _unless(default: T, value: T, write: Callable[[T], str]) -> str | None:
    return None if value == default else write(value)


def _text(text: str) -> str | None:
    return toml.quoted(text) if text else None


def _texts(items: tuple[str, ...]) -> str | None:
    return toml.texts(items) if items else None


def _day(value: date | None) -> str | None:
    return None if value is None else toml.day(value)
