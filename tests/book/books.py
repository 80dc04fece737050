"""Any sound book, as hypothesis makes them: what the reader can give, over its whole grammar."""

from datetime import date

from hypothesis import strategies as st

from levytool.accounts import Account
from levytool.book.read_exports import DIMENSIONS, GL07_COLUMNS, GL07_CONSTANTS
from levytool.book.read_layouts import TARGETS
from levytool.book.records import (
    Appointment,
    Band,
    BankAccount,
    Book,
    CallOff,
    Consortium,
    Contractor,
    Example,
    ExportSettings,
    Framework,
    Layout,
    LevyBlock,
    LevyRate,
    Member,
    OpportunityRule,
)
from levytool.periods import Dated

codes = st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,19}", fullmatch=True)
words = st.text(st.characters(codec="utf-8"), max_size=12)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.strip)
some_words = st.lists(words, max_size=3).map(tuple)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
open_days = st.none() | days
pence = st.integers(0, 10**12)
ppm = st.integers(0, 1_000_000)


def schedules(values, initial=()):
    """Schedules as they are read: in order, with what holds before the first."""

    def complete(entries):
        in_order = tuple(Dated(since, entries[since]) for since in sorted(entries))
        return initial + in_order if date.min not in entries else in_order

    return st.dictionaries(st.just(date.min) | days, values, max_size=3).map(complete)


bank_accounts = st.lists(
    st.builds(BankAccount, name=names, sort_code=words, number=words),
    max_size=2,
    unique_by=lambda account: account.name,
).map(tuple)

known_codes = st.from_regex(r"[A-Z0-9][A-Z0-9 %()-]{0,9}", fullmatch=True)


def coded(names_of):
    """Codes of a finance system by what they stand for."""
    return st.dictionaries(names_of, known_codes, max_size=2)


gl07_columns = st.just(()) | st.permutations(GL07_COLUMNS).map(tuple)
exports = st.builds(
    ExportSettings,
    accounts=coded(st.sampled_from([account.value for account in Account])),
    tax=coded(st.none() | ppm),
    journal_tax=st.just("") | known_codes,
    tracking=coded(st.sampled_from(DIMENSIONS)),
    departments=st.dictionaries(names, st.integers(0, 999).map(str), max_size=2),
    references=coded(names),
    gl07_columns=gl07_columns,
    gl07_constants=coded(st.sampled_from(GL07_CONSTANTS)),
    ocid_prefix=st.sampled_from(["", "ocds-a1b2c3"]),
    open_data_license=st.sampled_from(["", "https://www.example.org/licence"]),
)

consortiums = st.builds(
    Consortium,
    name=names,
    financial_year_starts=st.integers(1, 12),
    pots_funded_on=schedules(
        st.sampled_from(["received", "billed"]), (Dated(date.min, "received"),)
    ),
    vat=schedules(st.none() | ppm, (Dated(date.min, None),)),
    vat_number=words,
    address=some_words,
    email=words,
    bank_accounts=bank_accounts,
    terms_days=st.integers(0, 3_650),
    tolerance_pence=pence,
    window_days=st.integers(0, 3_650),
    match_tolerance_pence=pence,
    four_eyes_over_pence=pence,
    pot_life_months=schedules(st.integers(0, 1_200), (Dated(date.min, 0),)),
    late_interest=schedules(ppm),
    logo=words,
    accent=st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True),
    exports=exports,
)


def parties(kind):
    """Members or contractors by code."""
    further = {"sector": words, "area": words} if kind is Member else {}
    party = st.builds(
        kind,
        code=codes,
        name=names,
        aliases=some_words,
        address=some_words,
        email=words,
        **further,
    )
    return st.lists(party, max_size=3).map(lambda found: {p.code: p for p in found})


bases = st.lists(names, min_size=1, max_size=3).map(tuple)
limits = st.none() | pence
common = {
    "payer": st.sampled_from(["contractor", "member"]),
    "base": bases | st.just(("net",)),
    "rounding": st.sampled_from(["half-up", "truncate"]),
    "minimum_pence": limits,
    "maximum_pence": limits,
    "since": days,
}
rate_rows = st.builds(
    LevyRate, when=st.lists(words, max_size=2).map(tuple), rate_ppm=ppm, base=st.none() | bases
)
blocks = st.one_of(
    st.builds(LevyBlock, rate_ppm=ppm, **common),
    st.builds(
        LevyBlock,
        by=st.lists(names, min_size=1, max_size=2).map(tuple),
        rates=st.lists(rate_rows, min_size=1, max_size=3).map(tuple),
        **common,
    ),
    st.builds(
        LevyBlock,
        per=st.sampled_from(["call-off", "contractor-year", "framework-year"]),
        mode=st.sampled_from(["marginal", "whole"]),
        bands=st.lists(
            st.builds(Band, up_to_pence=limits, rate_ppm=ppm), min_size=1, max_size=3
        ).map(tuple),
        **common,
    ),
)
opportunities = st.builds(
    OpportunityRule,
    per_million=st.integers(0, 1_000_000),
    scope=st.sampled_from(["framework", "framework-member", "call-off", "contractor"]),
    unit_cost=schedules(pence),
    provide=st.sampled_from(["whole", "exact"]),
    qualifying_weeks=st.integers(1, 520),
)
examples = st.builds(
    Example,
    net_pence=st.integers(-(10**12), 10**12),
    on=days,
    levy_micropence=st.integers(-(10**14), 10**14).map(lambda fourth: fourth * 10_000),
    cells=st.dictionaries(
        names.filter(lambda name: name not in ("net", "date", "levy")), words, max_size=2
    ),
)
appointments = st.builds(
    Appointment, contractor=names, lots=some_words, since=open_days, until=open_days
)
call_offs = st.builds(
    CallOff,
    code=names,
    member=names,
    contractor=names,
    award_pence=pence,
    lot=words,
    starts=open_days,
    ends=open_days,
)
frameworks = st.builds(
    Framework,
    code=codes,
    title=names,
    starts=days,
    ends=open_days,
    returns=st.sampled_from(["monthly", "quarterly"]),
    retained=schedules(ppm, (Dated(date.min, 0),)),
    reserve_pence=pence,
    default_charge=st.booleans(),
    lots=st.dictionaries(words, words, max_size=2),
    appointments=st.none() | st.lists(appointments, max_size=2).map(tuple),
    levy=st.lists(blocks, min_size=1, max_size=3).map(
        lambda found: tuple(sorted(found, key=lambda block: block.since))
    ),
    opportunities=st.none() | opportunities,
    examples=st.lists(examples, max_size=2).map(tuple),
    call_offs=st.lists(call_offs, max_size=2).map(tuple),
)
optional_words = words.map(lambda text: text or None)
targets = st.dictionaries(st.sampled_from(TARGETS), words, max_size=3)
layouts = st.builds(
    Layout,
    name=names,
    columns=targets,
    constants=targets,
    keep=some_words,
    sheet=optional_words,
    encoding=st.sampled_from([None, "utf-8", "cp1252"]),
    delimiter=st.none() | st.characters(codec="utf-8"),
    header=st.none() | st.integers(1, 1_048_576),
    date_format=st.sampled_from([None, "%d/%m/%Y", "%m/%d/%y"]),
)
books = st.builds(
    Book,
    consortium=consortiums,
    members=parties(Member),
    contractors=parties(Contractor),
    frameworks=st.lists(frameworks, max_size=2).map(lambda found: {f.code: f for f in found}),
    layouts=st.lists(layouts, max_size=2).map(lambda found: {lay.name: lay for lay in found}),
)
