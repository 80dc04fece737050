"""Statements made by hand: a full year of an invented member, and one where nothing happened."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from levytool.periods import Month, Period
from levytool.rules.outcomes import Outcomes
from levytool.statements.values import (
    Aged,
    AgedPayer,
    CohortLine,
    EarlierSpend,
    Issuer,
    LevyFigures,
    LevyFlow,
    MemberStatement,
    MonthEnd,
    Movement,
    OpenDocument,
    OpportunityLine,
    PayerAccount,
    Queries,
    QueryLine,
    Recipient,
    ReturnNote,
    SchemeLine,
    SpendLine,
    Split,
)
from levytool.statements.values_parties import ContractorStatement, Told
from levytool.statements.values_payer import DocumentLine, Owed

ISSUER = Issuer(
    name="Larkmere and Fells Homes Consortium",
    address=("Unit 4, Ropewalk Yard", "Fellgate", "FG1 0AA"),
    email="levy@larkmere-fells.example",
    vat_number="GB000000000",
    accent="#1d5c63",
)
RECIPIENT = Recipient("ALDERMOSS", "Aldermoss Homes", ("2 Weir Lane", "Aldermoss", "FG4 0AB"))
YEAR = Period(Month(2025, 4), Month(2026, 3))

SPEND = (
    SpendLine(
        *("PLANNED", "Planned works", "1", "Roofing", "CO-1041", "ASHGILL", "Ashgill Roofing Ltd"),
        spend_pence=61_240_018,
        rates_ppm=(10_000, 12_500),
        levy_pence=688_950,
        billed_pence=688_951,
        received_pence=512_075,
    ),
    SpendLine(
        *("PLANNED", "Planned works", "1", "Roofing", "CO-1058", "KERRIDALE"),
        "Kerridale Slate and Tile Ltd",
        spend_pence=8_750_000,
        rates_ppm=(10_000,),
        levy_pence=87_500,
        billed_pence=87_500,
        received_pence=0,
        written_off_pence=4_000,
    ),
    SpendLine(
        *("PLANNED", "Planned works", "2", "Kitchens and bathrooms", "", "HOLLINSHAW"),
        "Hollinshaw Kitchens & Bathrooms Ltd",
        spend_pence=42_118_940,
        rates_ppm=(10_000,),
        levy_pence=421_189,
        billed_pence=421_189,
        received_pence=421_189,
    ),
    SpendLine(
        *("RETROFIT", "Retrofit and decarbonisation", "", "", "RF-7", "CRAGFORD"),
        "Cragford Retrofit Ltd",
        spend_pence=58_300_000,
        rates_ppm=(),
        levy_pence=524_700,
        billed_pence=524_700,
        received_pence=524_700,
    ),
    SpendLine(
        *("RETROFIT", "Retrofit and decarbonisation", "", "", "RF-9", "INGLESTONE"),
        "Inglestone Insulation Ltd",
        spend_pence=-120_000,
        rates_ppm=(10_000,),
        levy_pence=-1_200,
        billed_pence=-1_200,
        received_pence=0,
    ),
)

FULL = MemberStatement(
    issuer=ISSUER,
    recipient=RECIPIENT,
    period=YEAR,
    as_at=date(2026, 3, 31),
    known_on=None,
    basis="received",
    opening=Split(1_250_000, 430_000),
    closing=Split(1_213_764, 1_200_000),
    movements=(
        Movement(
            date(2025, 7, 31), "release", "", "Surplus of ALDERMOSS released to its pot", 412_018
        ),
        Movement(
            date(2025, 10, 14),
            *("drawdown", "NEXTSTEP", "Drawdown of scheme NEXTSTEP to Fellside Training CIC"),
            -230_000,
        ),
        Movement(
            date(2026, 1, 31), "release", "", "Surplus of ALDERMOSS released to its pot", 651_746
        ),
        Movement(
            date(2026, 2, 9),
            *("transfer", "MERGER-1", "Pot of CAUSEWELL transferred to ALDERMOSS"),
            60_000,
        ),
        Movement(
            date(2026, 3, 31), "expiry", "", "Uncommitted money of ALDERMOSS lapsed", -160_000
        ),
    ),
    month_ends=tuple(
        MonthEnd(YEAR.first.plus(number), Split(*parts))
        for number, parts in enumerate(
            [(1_250_000, 430_000)] * 3
            + [(1_662_018, 430_000)] * 2
            + [(662_018, 1_430_000), (662_018, 1_200_000), (662_018, 1_200_000)]
            + [(662_018, 1_200_000), (1_313_764, 1_200_000)]
            + [(1_373_764, 1_200_000), (1_213_764, 1_200_000)]
        )
    ),
    commitments=(
        Movement(
            date(2025, 9, 2),
            *("commitment", "NEXTSTEP", "ALDERMOSS committed to scheme NEXTSTEP"),
            1_000_000,
        ),
    ),
    cohorts=(
        CohortLine(Month(2024, 11), 16, 150_000, 1_200_000, Month(2026, 11)),
        CohortLine(Month(2025, 7), 8, 412_018, 0, Month(2027, 7)),
        CohortLine(Month(2026, 1), 2, 651_746, 0, None),
    ),
    levy=LevyFigures(
        period=LevyFlow(
            billed_pence=1_721_140,
            received_pence=1_682_003,
            written_off_pence=4_000,
            funded_pence=1_682_003,
            retained_pence=168_200,
            provided_pence=500_000,
            overruns_pence=12_050,
            released_pence=1_063_764,
        ),
        to_date=LevyFlow(
            billed_pence=4_480_900,
            received_pence=4_216_763,
            written_off_pence=4_000,
            funded_pence=4_216_763,
            retained_pence=421_676,
            provided_pence=750_000,
            overruns_pence=12_050,
            released_pence=2_913_764,
        ),
        unpaid_opening_pence=229_000,
        unpaid_closing_pence=264_137,
        fund_opening_pence=181_284,
        fund_closing_pence=119_273,
        provision_opening_pence=250_000,
        provision_closing_pence=500_000,
        reserve_pence=100_000,
    ),
    spend=SPEND,
    earlier=(EarlierSpend(Month(2025, 2), "PLANNED", 1_450_000, 14_500),),
    aged_payers=(
        AgedPayer("ASHGILL", "Ashgill Roofing Ltd", Aged(96_377, 80_500, 0, 0, 0)),
        AgedPayer("INGLESTONE", "Inglestone Insulation Ltd", Aged(-1_200, 0, 0, 0, 0)),
        AgedPayer("KERRIDALE", "Kerridale Slate and Tile Ltd", Aged(0, 0, 43_750, 0, 44_710)),
    ),
    open_documents=(
        OpenDocument(
            *("INV-000018", "KERRIDALE", "PLANNED", Month(2025, 8)),
            *(date(2025, 10, 8), date(2025, 11, 5), 146, 44_710),
        ),
        OpenDocument(
            *("INV-000071", "KERRIDALE", "PLANNED", Month(2025, 12)),
            *(date(2026, 1, 15), date(2026, 2, 12), 47, 43_750),
        ),
        OpenDocument(
            *("INV-000083", "ASHGILL", "PLANNED", Month(2026, 1)),
            *(date(2026, 2, 9), date(2026, 3, 9), 22, 80_500),
        ),
        OpenDocument(
            *("INV-000094", "ASHGILL", "PLANNED", Month(2026, 2)),
            *(date(2026, 3, 9), date(2026, 4, 6), -6, 96_377),
        ),
        OpenDocument(
            *("CN-000004", "INGLESTONE", "RETROFIT", Month(2026, 2)),
            *(date(2026, 4, 9), date(2026, 5, 7), -6, -1_200),
        ),
    ),
    returns=(
        ReturnNote(
            *("KERRIDALE", "Kerridale Slate and Tile Ltd", "PLANNED", Month(2026, 2), "missing"),
            *(date(2026, 3, 6), 25),
        ),
        ReturnNote(
            *("CRAGFORD", "Cragford Retrofit Ltd", "RETROFIT", Month(2026, 1), "staged"),
            *(date(2026, 2, 6), 13, date(2026, 2, 19)),
        ),
    ),
    opportunities=(
        OpportunityLine(
            *("PLANNED", "Planned works", "framework-member", "", "", 165_000_000),
            *(Fraction(33, 10), 3, Fraction(2), Fraction(1), Fraction(1), Fraction(0)),
            Fraction(3, 10),
            75_000,
        ),
        OpportunityLine(
            *("RETROFIT", "Retrofit and decarbonisation", "framework", "", "", 212_000_000),
            *(Fraction(16, 3), 5, Fraction(11, 2), Fraction(4), Fraction(0), Fraction(1, 2)),
            Fraction(1, 3),
            83_333,
        ),
    ),
    schemes=(
        SchemeLine(
            *("NEXTSTEP", "Next step: into work", ("ALDERMOSS", "TARNSIDE"), "E08990001"),
            state="approved",
            budget_pence=3_600_000,
            committed_pence=1_430_000,
            drawn_pence=230_000,
            remaining_pence=1_200_000,
            all_committed_pence=2_430_000,
            all_drawn_pence=400_000,
            match_agreed_pence=900_000,
            match_received_pence=450_000,
            places=9,
            cost_per_place_pence=400_000,
            outcomes=Outcomes(
                *(38, 33, 5, 4, 29, 17),
                sustained=(9, 6, 3),
                next_roles=(("employment", 20), ("volunteering", 9)),
                target_groups=(("neet", 23), ("", 15)),
            ),
        ),
    ),
    queries=Queries(
        "compared",
        (
            QueryLine("undeclared", 4, 1_250_000, 12_500_050_000),
            QueryLine("over-declared", 1, -84_020, -840_200_000),
            QueryLine("wrong member", 1, 0, 0),
        ),
        (Month(2026, 3),),
    ),
)

EMPTY = MemberStatement(
    issuer=Issuer("A consortium"),
    recipient=Recipient("NEWCOMER", "Newcomer Homes"),
    period=Period(Month(2026, 3), Month(2026, 3)),
    as_at=date(2026, 3, 31),
    known_on=date(2026, 4, 8),
    basis="billed",
    opening=Split(),
    closing=Split(),
    queries=Queries("as known"),
)


WRITTEN_OFF = ContractorStatement(
    Told(ISSUER, Recipient("KERRIDALE", "Kerridale Slate Ltd"), YEAR, FULL.as_at, None, "received"),
    PayerAccount(
        opening=Owed(),
        closing=Owed(99_300),
        movements=(Movement(date(2025, 9, 30), "levy", "E-000004", "Levy of KERRIDALE", 105_000),),
        documents=(
            DocumentLine(
                *("INV-000018", "PLANNED", Month(2025, 8), date(2025, 9, 30), date(2025, 11, 5)),
                *(62_500, 12_500, 900, 4_800),
            ),
            DocumentLine(
                *("INV-000019", "RETROFIT", Month(2025, 8), date(2025, 9, 30), date(2025, 11, 5)),
                *(25_000, 5_000, 0, 0),
            ),
        ),
    ),
    spend=(replace(SPEND[1], member="ALDERMOSS", member_name="Aldermoss Homes"),),
    opportunities=FULL.opportunities,
)

PAYING = replace(
    EMPTY,
    account=replace(
        WRITTEN_OFF.account, opening=Owed(-200, 300), closing=Owed(99_100, 200, 78_560)
    ),
)
"""A member that pays its own levy, and is owed back what it paid too much."""


def named(statement: MemberStatement, name: str) -> MemberStatement:
    """The same statement, where every name a person may have written is `name`."""
    return replace(
        statement,
        issuer=replace(statement.issuer, name=name, address=(name,), email=name),
        recipient=replace(statement.recipient, name=name, address=(name, name)),
        movements=tuple(replace(m, narrative=name, reference=name) for m in statement.movements),
        commitments=tuple(
            replace(m, narrative=name, reference=name) for m in statement.commitments
        ),
        spend=tuple(
            replace(line, framework_title=name, lot_title=name, call_off=name, contractor_name=name)
            for line in statement.spend
        ),
        aged_payers=tuple(replace(payer, payer_name=name) for payer in statement.aged_payers),
        returns=tuple(replace(note, contractor_name=name) for note in statement.returns),
        opportunities=tuple(
            replace(line, framework_title=name, call_off=name) for line in statement.opportunities
        ),
        schemes=tuple(
            replace(scheme, title=name, area=name, state=name) for scheme in statement.schemes
        ),
    )
