"""Makes bank/: what the payers paid, month by month, for the documents the tool itself raised.

    python sample_data/generate_bank.py [FOLDER]

The first month comes in the other formats that banks offer as well.

It keeps the year's books in a scratch folder, importing the files of returns/ in the order of
their names, and pays the documents that come of it. Each payer has a habit; see HABITS.
"""

import csv
import io
import json
import os
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from levytool.cli.main import run_with
from levytool.money import format_pence, parse_pounds

HERE = Path(__file__).resolve().parent
BOOK = tomllib.loads((HERE / "book.toml").read_text(encoding="utf-8"))
NAMES = {
    party["code"]: party["name"] for kind in ("members", "contractors") for party in BOOK[kind]
}
HEADS = ["Date", "Type", "Description", "Value", "Balance", "Account Name", "Account Number"]
ACCOUNT = ["LARKMERE AND FELLS HOMES", "000000-00000000"]
NEEDS_NO_LAYOUT = "framework-office"


@dataclass(frozen=True)
class Document:
    """A levy document as `levy documents` lists it; a credit note's gross is negative."""

    number: str
    payer: str
    period: str
    gross_pence: int


@dataclass(frozen=True)
class Movement:
    """One line of the bank's statement."""

    day: date
    kind: str
    description: str
    pence: int


def year_of_documents() -> list[Document]:
    """The documents of the whole year, in order of number."""
    with tempfile.TemporaryDirectory(prefix="levytool-sample-") as folder:
        ledger = f"{folder}/levytool.db"

        def levytool(*arguments: str) -> None:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as said:
                code = run_with(["--ledger", ledger, *arguments])
            if code:
                raise SystemExit(f"levytool {' '.join(arguments)}: {said.getvalue()}")

        levytool("init")
        levytool("book", "apply", str(HERE / "book.toml"), "--yes")
        for path in sorted((HERE / "returns").glob("*/*")):
            layout = [] if path.stem == NEEDS_NO_LAYOUT else ["--layout", path.stem]
            levytool("spend", "import", str(path), *layout, "--accept")
        levytool("levy", "documents", "-O", "json", "-o", f"{folder}/documents.json")
        rows = json.loads(Path(f"{folder}/documents.json").read_text(encoding="utf-8"))
    sign = {"invoice": 1, "credit-note": -1}
    return [
        Document(
            number=row["number"],
            payer=row["payer"],
            period=row["period"],
            gross_pence=sign[row["kind"]] * parse_pounds(row["gross"]),
        )
        for row in rows
    ]


def from_payer(payer: str, words: str) -> str:
    """A bank's description: the first 18 letters of the payer's name, then their reference."""
    return f"{NAMES[payer].upper()[:18].strip()} , {words}"


Habit = Callable[[str, Sequence[Document], date], list[Movement]]


def one_each(payer: str, documents: Sequence[Document], first: date) -> list[Movement]:
    """A payment for each document, by its number, three days apart; credit notes are left."""
    owed = [document for document in documents if document.gross_pence > 0]
    return [
        Movement(
            first + timedelta(days=3 * (i % 4)), "BAC", from_payer(payer, d.number), d.gross_pence
        )
        for i, d in enumerate(owed)
    ]


def without_dashes(payer: str, documents: Sequence[Document], first: date) -> list[Movement]:
    """As above, but the numbers are typed as INV000004."""
    return [
        Movement(move.day, move.kind, move.description.replace("INV-", "INV"), move.pence)
        for move in one_each(payer, documents, first)
    ]


def one_for_all(payer: str, documents: Sequence[Document], first: date) -> list[Movement]:
    """One payment for the month, less its credit notes, that names every document."""
    numbers = " ".join(document.number for document in documents)
    return [
        Movement(first, "BAC", from_payer(payer, numbers), sum(d.gross_pence for d in documents))
    ]


def amount_alone(payer: str, documents: Sequence[Document], first: date) -> list[Movement]:
    """One payment for the month that names none: only the sum tells what it is for."""
    total_pence = sum(document.gross_pence for document in documents)
    return [Movement(first, "FP", from_payer(payer, "LEVY"), total_pence)]


def in_two_parts(payer: str, documents: Sequence[Document], first: date) -> list[Movement]:
    """Each document half at once and the rest twelve days later."""
    parts = []
    for move in one_each(payer, documents, first):
        half_pence = move.pence // 2
        later = move.day + timedelta(days=12)
        parts.append(Movement(move.day, move.kind, move.description, half_pence))
        parts.append(Movement(later, move.kind, move.description, move.pence - half_pence))
    return parts


def a_little_too_much(payer: str, documents: Sequence[Document], first: date) -> list[Movement]:
    """One payment by number, rounded up to the whole pound."""
    return [
        Movement(move.day, move.kind, move.description, -(-move.pence // 100) * 100)
        for move in one_each(payer, documents, first)
    ]


def a_month_late(payer: str, documents: Sequence[Document], first: date) -> list[Movement]:
    """By number, 31 days after everybody else."""
    return one_each(payer, documents, first + timedelta(days=31))


HABITS: dict[str, tuple[int, Habit]] = {
    "ALDERMOSS": (14, one_each),
    "BRACKENWICK": (15, one_for_all),
    "CAUSEWELL": (16, without_dashes),
    "DENHOLT": (19, amount_alone),
    "FELLGATE": (20, one_for_all),
    "TARNSIDE": (13, one_each),
    "ASHGILL": (15, one_each),
    "CRAGFORD": (21, one_each),
    "DUNMOOR": (16, a_little_too_much),
    "GARROCK": (12, in_two_parts),
    "INGLESTONE": (19, without_dashes),
    "KERRIDALE": (14, a_month_late),
    "MARRICK": (22, one_each),
}


def month_after(first_day: date) -> date:
    """The first day of the next month."""
    return (first_day + timedelta(days=31)).replace(day=1)


def working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend: nothing leaves the month."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def everything_moved(documents: Sequence[Document]) -> list[Movement]:
    """All lines of the year, in the order of the bank."""
    moved = []
    for period in sorted({document.period for document in documents}):
        paying = month_after(date.fromisoformat(f"{period}-01"))
        for payer, (day, habit) in HABITS.items():
            owed = [d for d in documents if (d.payer, d.period) == (payer, period)]
            if owed:
                moved += habit(payer, owed, paying.replace(day=day))
        end = month_after(paying) - timedelta(days=1)
        moved.append(Movement(end, "CHG", "ACCOUNT CHARGES", -750))
        moved.append(Movement(end, "INT", "CREDIT INTEREST", 312))
    moved.append(Movement(date(2025, 7, 3), "BAC", "TRANSFER 44710", 25_000))
    paid = [replace(move, day=working_day(move.day)) for move in moved if move.pence]
    return sorted(paid, key=lambda move: move.day)


def camt053(moves: Sequence[Movement]) -> str:
    """A month as camt.053, version 8; the account was empty before it."""

    def balance(code: str, pence: int) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="GBP">{format_pence(pence)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
            f"<Dt><Dt>{moves[-1].day}</Dt></Dt></Bal>\n"
        )

    entries = []
    for number, move in enumerate(moves, 1):
        payer, _comma, words = move.description.partition(" , ")
        side, party = ("CRDT", "Dbtr") if move.pence > 0 else ("DBIT", "Cdtr")
        entries.append(
            f'<Ntry><Amt Ccy="GBP">{format_pence(abs(move.pence))}</Amt>'
            f"<CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{move.day}</Dt></BookgDt><AcctSvcrRef>LF{move.day:%y%m}{number:04d}"
            f"</AcctSvcrRef>\n<NtryDtls><TxDtls><RltdPties><{party}><Pty><Nm>{escape(payer)}</Nm>"
            f"</Pty></{party}></RltdPties><RmtInf><Ustrd>{escape(words or payer)}</Ustrd></RmtInf>"
            "</TxDtls></NtryDtls></Ntry>\n"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n<BkToCstmrStmt>\n'
        f"<GrpHdr><MsgId>LF-{moves[0].day:%Y-%m}</MsgId></GrpHdr>\n"
        f"<Stmt><Id>{moves[0].day:%Y-%m}</Id><Acct><Id><Othr><Id>{ACCOUNT[1]}</Id></Othr></Id>"
        "<Ccy>GBP</Ccy></Acct>\n"
        + balance("OPBD", 0)
        + balance("CLBD", sum(move.pence for move in moves))
        + "".join(entries)
        + "</Stmt>\n</BkToCstmrStmt>\n</Document>\n"
    )


def mt940(moves: Sequence[Movement]) -> str:
    """A month as MT940."""
    last = f"{moves[-1].day:%y%m%d}"
    rows = [":20:LARKMERE", f":25:{ACCOUNT[1]}", ":28C:5/1", f":60F:C{last}GBP0,00"]
    for number, move in enumerate(moves, 1):
        amount = format_pence(abs(move.pence)).replace(".", ",")
        mark = "C" if move.pence > 0 else "D"
        day, own = move.day, f"LF{move.day:%y%m}{number:04d}"
        rows.append(f":61:{day:%y%m%d}{day:%m%d}{mark}{amount}NTRFNONREF//{own}")
        rows.append(f":86:{move.description}")
    closing = format_pence(sum(move.pence for move in moves)).replace(".", ",")
    return "\r\n".join([*rows, f":62F:C{last}GBP{closing}", "-", ""])


def ofx(moves: Sequence[Movement]) -> str:
    """A month as OFX 1, which is SGML: elements do not end."""
    entries = "".join(
        f"<STMTTRN>\n<TRNTYPE>OTHER\n<DTPOSTED>{move.day:%Y%m%d}\n"
        f"<TRNAMT>{format_pence(move.pence)}\n<FITID>{move.day:%Y%m%d}{number:04d}\n"
        f"<NAME>{escape(move.description)}\n</STMTTRN>\n"
        for number, move in enumerate(moves, 1)
    )
    sort_code, number = ACCOUNT[1].split("-")
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
        "<OFX>\n<BANKMSGSRSV1><STMTTRNRS><STMTRS>\n<CURDEF>GBP\n<BANKACCTFROM>\n"
        f"<BANKID>{sort_code}\n<ACCTID>{number}\n</BANKACCTFROM>\n<BANKTRANLIST>\n{entries}"
        f"</BANKTRANLIST>\n<LEDGERBAL>\n<BALAMT>{format_pence(sum(m.pence for m in moves))}\n"
        f"<DTASOF>{moves[-1].day:%Y%m%d}\n</LEDGERBAL>\n</STMTRS></STMTTRNRS></BANKMSGSRSV1>\n"
        "</OFX>\n"
    )


OTHER_FORMATS = {"camt053.xml": camt053, "mt940": mt940, "ofx": ofx}


def files() -> dict[str, bytes]:
    """A statement for each month, newest line first as banks write them."""
    balance_pence = 0
    months: dict[str, list[list[str]]] = {}
    moved = everything_moved(year_of_documents())
    first = [move for move in moved if f"{move.day:%Y-%m}" == f"{moved[0].day:%Y-%m}"]
    for move in moved:
        balance_pence += move.pence
        amounts = [format_pence(move.pence), format_pence(balance_pence)]
        line = [f"{move.day:%d %b %Y}", move.kind, move.description, *amounts, *ACCOUNT]
        months.setdefault(f"bank/{move.day:%Y-%m}.csv", []).insert(0, line)
    made = {}
    for name, lines in months.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows([HEADS, *lines])
        made[name] = text.getvalue().encode()
    for ending, render in OTHER_FORMATS.items():
        made[f"bank/{first[0].day:%Y-%m}.{ending}"] = render(first).encode()
    return made


def main(folder: Path) -> None:
    """Write the statements below `folder`."""
    os.environ |= {"LEVYTOOL_TODAY": "2026-04-09", "LEVYTOOL_USER": "sample"}
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
