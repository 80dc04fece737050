"""Makes the sample files: a year of contractors' returns and members' ledgers, and two bad files.

    python sample_data/generate.py [FOLDER]

Everything follows from the tables below and from SHA-256, so that a second run writes the same
bytes on any machine. Party names come from book.toml. Amounts are integer pence.
"""

import csv
import hashlib
import io
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).resolve().parent
BOOK = tomllib.loads((HERE / "book.toml").read_text(encoding="utf-8"))
NAMES: dict[str, str] = {
    party["code"]: party["name"] for kind in ("members", "contractors") for party in BOOK[kind]
}
ALIASES: dict[str, list[str]] = {
    party["code"]: party.get("aliases", []) for party in BOOK["members"]
}

MONTHS = [date(2025 + (3 + i) // 12, (3 + i) % 12 + 1, 1) for i in range(12)]
SEASON_PERCENT = [88, 96, 104, 108, 92, 104, 112, 110, 78, 90, 102, 116]
NOTHING_DECLARED = {("LOWMOSS", "2025-08"), ("KERRIDALE", "2026-02")}
STREETS = ["Hazel Close", "Weir Lane", "Quarry Row", "Station View", "Larch Avenue", "Mill Fold"]


@dataclass(frozen=True)
class Part:
    """What one contractor does on one lot: pounds a year, shared among members by weight."""

    contractor: str
    framework: str
    lot: str
    yearly_pounds: int
    prefix: str
    works: tuple[str, ...]
    weights: dict[str, int]


@dataclass(frozen=True)
class Line:
    """One declared invoice, valuation or credit note."""

    contractor: str
    framework: str
    lot: str
    member: str
    call_off: str
    invoice: str
    day: date
    works: str
    net_pence: int
    credits: str = ""


def members(text: str) -> dict[str, int]:
    """`A15 B20` as weights by member, by the first letter of its code."""
    codes = {party["code"][0]: party["code"] for party in BOOK["members"]}
    return {codes[word[0]]: int(word[1:]) for word in text.split()}


PITCHED = ("Pitched roof renewal", "Ridge and verge repairs", "Chimney rebuild")
FLAT = ("Flat roof overlay", "Total strip and re-felt", "Rooflight replacement")
OPENINGS = ("Window replacement", "Composite doors", "Fire doors, communal")
JOINERY = ("Kitchen fit-out", "Stair repairs", "Internal doors")
HEATING = ("Boiler renewal", "Full central heating", "Controls upgrade")
REWIRE = ("Total rewire", "Consumer units", "Solar PV installation")
WALLS = ("External wall insulation", "Loft insulation", "Cavity extraction")
FIRE = ("Sprinkler installation", "Compartmentation", "Alarm upgrade")
PARTS = [
    Part("ASHGILL", "ROOFS", "1", 800_000, "AR", PITCHED, members("A15 B20 F25 T18")),
    Part("ASHGILL", "ROOFS", "2", 500_000, "AR", FLAT, members("B20 F30")),
    Part("BELDON", "PLANNED", "", 1_700_000, "BH", JOINERY, members("A15 B22 C8 D10 F27 T18")),
    Part("CRAGFORD", "RETROFIT", "", 1_900_000, "CR", WALLS, members("A12 B20 D14 F24 T20")),
    Part("DUNMOOR", "ROOFS", "3", 900_000, "DW", OPENINGS, members("B20 C14 D12 F20")),
    Part("EAVESHAM", "PLANNED", "", 800_000, "EJ", JOINERY, members("A20 C15 F20 T10")),
    Part("FOSBECK", "PLANNED", "", 1_400_000, "FH", HEATING, members("A15 B20 C10 D12 F25 T18")),
    Part("GARROCK", "RETROFIT", "", 750_000, "GE", REWIRE, members("B20 D10 F25")),
    Part("HOLLINSHAW", "PLANNED", "", 1_200_000, "HK", JOINERY, members("B25 C10 F25 T20")),
    Part("INGLESTONE", "RETROFIT", "", 1_300_000, "II", WALLS, members("A15 C10 D12 T18")),
    Part("KERRIDALE", "ROOFS", "1", 700_000, "KS", PITCHED, members("C10 D12 T20")),
    Part("LOWMOSS", "PLANNED", "", 300_000, "LL", ("Lift renewal", "Door gear"), members("B5 F7")),
    Part("MARRICK", "PLANNED", "", 350_000, "MF", FIRE, members("B20 F25")),
    Part("MARRICK", "RETROFIT", "", 400_000, "MF", WALLS, members("A10 T18")),
]


def chance(key: str, below: int) -> int:
    """A whole number from 0 up to `below`, always the same one for the same key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % below


def call_off_lines(part: Part, member: str, month: date) -> list[Line]:
    """One call-off's invoices in a month: one to three, on working days."""
    key = f"{part.contractor}/{part.framework}/{part.lot}/{member}/{month:%Y-%m}"
    index = sorted(NAMES).index(member) * len(PARTS) + PARTS.index(part)
    yearly_pence = part.yearly_pounds * 100 * part.weights[member] // sum(part.weights.values())
    month_pence = yearly_pence * SEASON_PERCENT[MONTHS.index(month)] // 1200
    count = 1 + chance(f"{key}/count", 3)
    lines = []
    for number in range(count):
        day = month + timedelta(days=1 + chance(f"{key}/{number}/day", 27))
        day -= timedelta(days=max(0, day.weekday() - 4) if day.day > 2 else 0)
        works = part.works[chance(f"{key}/{number}/works", len(part.works))]
        street = STREETS[chance(f"{key}/{number}/street", len(STREETS))]
        share = 75_000 + chance(f"{key}/{number}/net", 50_001)
        lines.append(
            Line(
                contractor=part.contractor,
                framework=part.framework,
                lot=part.lot,
                member=member,
                call_off=f"CO-{1001 + index}",
                invoice="",
                day=day,
                works=f"{works}, {street}",
                net_pence=month_pence * share // (100_000 * count),
            )
        )
    return lines


def credit_note(lines: Sequence[Line], earlier: Sequence[Line], month: date) -> list[Line]:
    """In one month of three, a credit note for part of an invoice of the month before."""
    key = f"{lines[0].contractor}/{month:%Y-%m}/credit"
    if not earlier or chance(key, 3):
        return []
    corrected = earlier[chance(f"{key}/which", len(earlier))]
    percent = 3 + chance(f"{key}/percent", 20)
    return [
        replace(
            corrected,
            day=max(line.day for line in lines),
            works=f"Credit: {corrected.works}",
            net_pence=-(corrected.net_pence * percent // 100),
            credits=corrected.invoice,
        )
    ]


def numbered(lines: Iterable[Line], month: date) -> list[Line]:
    """The lines in order of date, with their contractor's invoice numbers."""
    ordered = sorted(lines, key=lambda line: (line.day, line.call_off, line.works, line.net_pence))
    prefixes = {part.contractor: part.prefix for part in PARTS}
    return [
        replace(line, invoice=f"{prefixes[line.contractor]}{month:%y%m}-{number:02d}")
        for number, line in enumerate(ordered, start=1)
    ]


def year() -> dict[tuple[str, date], list[Line]]:
    """Every contractor's lines by month."""
    declared: dict[tuple[str, date], list[Line]] = {}
    for contractor in sorted({part.contractor for part in PARTS}):
        earlier: list[Line] = []
        for month in MONTHS:
            if (contractor, f"{month:%Y-%m}") in NOTHING_DECLARED:
                continue
            lines = [
                line
                for part in PARTS
                if part.contractor == contractor
                for member in part.weights
                for line in call_off_lines(part, member, month)
            ]
            lines = numbered(lines + credit_note(lines, earlier, month), month)
            earlier = [line for line in lines if line.net_pence > 0]
            declared[contractor, month] = lines
    june = declared["CRAGFORD", date(2025, 6, 1)]
    # Two equal valuations, both real: a block of flats valued twice on the same certificate.
    june.insert(2, june[1])
    return declared


def pounds(pence: int, commas: bool = False) -> str:
    """Pence as `1234.50`, or `1,234.50`; a minus sign in front."""
    whole = f"{abs(pence) // 100:,}" if commas else str(abs(pence) // 100)
    return f"{'-' if pence < 0 else ''}{whole}.{abs(pence) % 100:02d}"


def separated(
    rows: Iterable[Sequence[str]], encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    """Rows as a CSV file with Windows line ends."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def spelled(line: Line) -> str:
    """The member's name as this contractor happened to write it."""
    spellings = [NAMES[line.member], *ALIASES[line.member], line.member]
    return spellings[chance(f"{line.invoice}/spelling", 3 * len(spellings)) % len(spellings)]


def ashgill(lines: Sequence[Line], month: date) -> bytes:
    """cp1252; three title rows, blank rows, £ and commas, a total at the foot."""
    rows: list[list[str]] = [
        ["Ashgill Roofing Ltd"],
        [f"Framework return – {month:%B %Y}"],
        [],
        ["Invoice Date", "Inv No", "Client", "Lot", "Order", "Work done", "Net £"],
    ]
    for number, line in enumerate(lines):
        if number % 6 == 5:
            rows.append([""] * 7)
        works = line.works.replace(", ", " – ", 1)
        net = f"£{pounds(line.net_pence, commas=True)}".replace("£-", "-£")
        cells = [f"{line.day:%d/%m/%Y}", line.invoice, spelled(line), line.lot, line.call_off]
        rows.append([*cells, works, net])
    total = f"£{pounds(sum(line.net_pence for line in lines), commas=True)}"
    rows += [[""] * 7, ["", "", "", "", "", "Total", total]]
    return separated(rows, "cp1252")


def beldon(lines: Sequence[Line], month: date) -> bytes:
    """XLSX: a cover sheet, two title rows, real dates and numbers, a total by formula."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    workbook.set_properties(
        {"author": NAMES["BELDON"], "created": datetime(2025, 4, 1, tzinfo=UTC)}
    )
    workbook.add_worksheet("Cover").write_string(0, 0, f"Valuations for {month:%B %Y}")
    sheet = workbook.add_worksheet("Valuations")
    day, money = (workbook.add_format({"num_format": form}) for form in ("dd/mm/yyyy", "#,##0.00"))
    sheet.write_string(0, 0, NAMES["BELDON"])
    sheet.write_string(1, 0, f"Valuations, {month:%B %Y}")
    heads = ["Valuation date", "Valuation", "Employer", "Contract", "Works", "Net this valuation"]
    sheet.write_row(3, 0, heads)
    row = 4
    for number, line in enumerate(lines):
        sheet.write_datetime(row, 0, line.day, day)
        for column, text in enumerate([line.invoice, spelled(line), line.call_off, line.works], 1):
            sheet.write_string(row, column, text)
        # A cell that a spreadsheet has worked out often ends in noise, as the third one in July.
        noise = 1e-11 if (month.month, number) == (7, 2) else 0
        sheet.write_number(row, 5, line.net_pence / 100 + noise, money)
        row += 2 if number == 4 else 1
    total = sum(line.net_pence for line in lines) / 100
    sheet.write_string(row, 4, "Total")
    sheet.write_formula(row, 5, f"=SUM(F5:F{row})", money, total)
    workbook.close()
    return stored(target.getvalue())


def stored(archive: bytes) -> bytes:
    """The same archive without compression, whose bytes would depend on the zlib in use."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as packed, zipfile.ZipFile(target, "w") as plain:
        for name in packed.namelist():
            plain.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), packed.read(name))
    return target.getvalue()


def cragford(lines: Sequence[Line], month: date) -> bytes:
    """UTF-8 with a byte order mark; credits in brackets, naming the application they correct."""
    heads = ["Application", "Date", "Client", "Call-off", "Measure", "Amount", "Corrects"]
    rows = [heads]
    for line in lines:
        amount = pounds(abs(line.net_pence), commas=True)
        amount = f"({amount})" if line.net_pence < 0 else amount
        measure = line.works.removeprefix("Credit: ").partition(",")[0]
        cells = [line.invoice, f"{line.day:%d %B %Y}", spelled(line), line.call_off, measure]
        rows.append([*cells, amount, line.credits])
    return separated(rows, "utf-8-sig")


def dunmoor(lines: Sequence[Line], month: date) -> bytes:
    """UTF-16, tabs; dates with points, a minus sign behind, net and VAT and gross."""
    rows = [["Invoice", "Tax point", "Customer", "Our ref", "Goods", "VAT", "Gross"]]
    for line in lines:
        vat_pence = (abs(line.net_pence) + 2) // 5
        amounts = [abs(line.net_pence), vat_pence, abs(line.net_pence) + vat_pence]
        behind = "-" if line.net_pence < 0 else ""
        cells = [line.invoice, f"{line.day:%d.%m.%Y}", spelled(line), line.call_off]
        rows.append([*cells, *(pounds(amount) + behind for amount in amounts)])
    return b"\xff\xfe" + separated(rows, "utf-16-le", "\t")


def eavesham(lines: Sequence[Line], month: date) -> bytes:
    """Dates like 07-Apr-25, `£1,234.50` with spaces, blank rows at the end."""
    rows = [["Doc", "Date", "Landlord", "Order no", "Details", "Value ex VAT"]]
    for line in lines:
        value = f" £{pounds(line.net_pence, commas=True)} ".replace("£-", "-£")
        cells = [line.invoice, f"{line.day:%d-%b-%y}", spelled(line), line.call_off, line.works]
        rows.append([*cells, value])
    return separated([*rows, [""] * 6, [""] * 6])


def fosbeck(lines: Sequence[Line], month: date) -> bytes:
    """Semicolons; credits marked CR, a kept column, totals at the foot."""
    rows = [["Invoice date", "Invoice", "Customer", "Contract", "Work type", "Net", "Credit for"]]
    for line in lines:
        net = pounds(abs(line.net_pence)) + (" CR" if line.net_pence < 0 else "")
        work_type = "responsive" if "Controls" in line.works else "planned"
        cells = [f"{line.day:%d/%m/%y}", line.invoice, spelled(line), line.call_off, work_type]
        rows.append([*cells, net, line.credits])
    total = pounds(sum(line.net_pence for line in lines))
    return separated([*rows, ["Totals", "", "", "", "", total, ""]], delimiter=";")


OFFICE_HEADS = [
    "Contractor",
    "Framework",
    "Lot",
    "Client",
    "Order No",
    "Invoice No",
    "Invoice Date",
    "Description",
    "Net Amount",
]


def office_row(line: Line) -> list[str]:
    """A line as the framework office types it from paper returns."""
    cells = [NAMES[line.contractor], line.framework, line.lot, spelled(line), line.call_off]
    return [*cells, line.invoice, line.day.isoformat(), line.works, pounds(line.net_pence)]


def framework_office(lines: Sequence[Line], month: date) -> bytes:
    """Six contractors in one file, by name, on all three frameworks."""
    return separated([OFFICE_HEADS, *(office_row(line) for line in lines)])


OWN_FILES: dict[str, tuple[str, Callable[[Sequence[Line], date], bytes]]] = {
    "ASHGILL": ("ashgill.csv", ashgill),
    "BELDON": ("beldon.xlsx", beldon),
    "CRAGFORD": ("cragford.csv", cragford),
    "DUNMOOR": ("dunmoor.txt", dunmoor),
    "EAVESHAM": ("eavesham.csv", eavesham),
    "FOSBECK": ("fosbeck.csv", fosbeck),
}


def recorded(lines: Sequence[Line], month: date) -> list[Line]:
    """What the members' ledgers say of a month: the same, but for seven usual differences."""
    key = f"{month:%Y-%m}/ledger"
    picked = sorted(
        (line for line in set(lines) if line.net_pence > 100_000),
        key=lambda line: chance(f"{key}/{line.invoice}", 2**60),
    )
    missing, dearer, with_vat, twice, retained, late = picked[:6]
    ledger = [line for line in lines if line != missing]
    changes = {
        dearer: replace(dearer, net_pence=dearer.net_pence + 4_500),
        with_vat: replace(with_vat, net_pence=with_vat.net_pence * 6 // 5),
        retained: replace(retained, net_pence=retained.net_pence * 95 // 100),
        late: replace(late, day=late.day + timedelta(days=12)),
    }
    ledger = [changes.get(line, line) for line in ledger]
    undeclared = replace(picked[6], invoice=f"{picked[6].invoice}A", works="Additional works")
    return [*ledger, twice, undeclared]


def members_ledger(lines: Sequence[Line], month: date) -> bytes:
    """All members' purchase ledgers for a month, in one file."""
    heads = ["Member", "Supplier", "Framework", "Order", "Invoice", "Invoice date", "Net", "Text"]
    rows = [heads]
    for line in sorted(recorded(lines, month), key=lambda item: (item.member, item.day)):
        invoice = line.invoice.replace("-", "/") if chance(line.invoice, 4) == 0 else line.invoice
        cells = [line.member, NAMES[line.contractor].upper(), line.framework, line.call_off]
        rows.append([*cells, invoice, f"{line.day:%d/%m/%Y}", pounds(line.net_pence), line.works])
    return separated(rows)


def several_bad_rows() -> bytes:
    """Ten rows: two good ones, and eight that are wrong in eight ways."""
    good = ["Garrock Electrical Ltd", "RETROFIT", "", "Fellgate City Council", "CO-1134"]
    roofs = ["Kerridale Slate and Tile Ltd", "ROOFS", "1", "Tarnside Homes", "CO-1249"]
    rows = [
        [*good, "GE2504-90", "2025-04-07", "Consumer units", "4210.00"],
        [*good, "GE2504-91", "2025-04-08", "Consumer units", "12,5x"],
        [*good, "GE2504-92", "31/02/2025", "Total rewire", "1800.00"],
        [*good, "GE2504-93", "2025-04-09", "Total rewire", ""],
        [*good[:3], "Fellgate Parish Council", good[4], "GE2504-94", "2025-04-09", "PV", "90.00"],
        ["Garrick Electrical Ltd", *good[1:], "GE2504-95", "2025-04-10", "Total rewire", "310.00"],
        [*roofs[:2], "9", *roofs[3:], "KS2504-90", "2025-04-11", "Chimney rebuild", "2750.00"],
        [good[0], "ROOFS", "1", *good[3:], "GE2504-96", "2025-04-14", "Roof anchors", "640.00"],
        [*roofs, "KS2504-91", "2019-04-14", "Ridge repairs", "980.00"],
        [*roofs, "KS2504-92", "2025-04-15", "Ridge repairs", "-120.00"],
    ]
    return separated([OFFICE_HEADS, *rows])


def files() -> dict[str, bytes]:
    """Every file, by its path in the folder."""
    declared = year()
    made: dict[str, bytes] = {}
    for month in MONTHS:
        period = f"{month:%Y-%m}"
        together: list[Line] = []
        everything: list[Line] = []
        for contractor in sorted({part.contractor for part in PARTS}):
            lines = declared.get((contractor, month), [])
            everything += lines
            if contractor in OWN_FILES:
                name, layout = OWN_FILES[contractor]
                made[f"returns/{period}/{name}"] = layout(lines, month)
            else:
                together += lines
        made[f"returns/{period}/framework-office.csv"] = framework_office(together, month)
        made[f"ledgers/{period}.csv"] = members_ledger(everything, month)
    garrock = declared["GARROCK", MONTHS[0]]
    new = replace(garrock[0], invoice="GE2504-99", net_pence=75_000)
    again = [office_row(line) for line in [*garrock[:3], new]]
    made["bad/several-bad-rows.csv"] = several_bad_rows()
    made["bad/already-declared.csv"] = separated([OFFICE_HEADS, *again])
    return made


def main(folder: Path) -> None:
    """Write every file below `folder`."""
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
