"""A camt.053 statement for the benchmark, as a bank writes it: each entry with its parties, texts
and references. Deterministic for a given number of entries."""

from datetime import date, timedelta
from pathlib import Path
from random import Random

FIRST_DAY = date(2025, 4, 1)
DAYS = 365
ACCOUNT = "GB00TEST30000012345678"
OPENING_PENCE = 1_234_567

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n<BkToCstmrStmt>\n'
    "<GrpHdr><MsgId>BENCH</MsgId><CreDtTm>2026-04-01T06:00:00</CreDtTm></GrpHdr>\n<Stmt>\n"
    "<Id>BENCH-1</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>GBP</Ccy></Acct>\n"
    "{opening}{closing}"
)
_BALANCE = (
    "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    '<Amt Ccy="GBP">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
    "<Dt><Dt>2026-03-31</Dt></Dt></Bal>\n"
)
_ENTRY = (
    '<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="GBP">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
    "<AcctSvcrRef>SVC{number:08d}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
    "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>"
    "<EndToEndId>E2E{number:08d}</EndToEndId></Refs><RltdPties><{party}><Pty>"
    "<Nm>Contractor {contractor:04d} Ltd</Nm></Pty></{party}></RltdPties><RmtInf>"
    "<Ustrd>LEVY {month} PAYMENT {number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
)


def write_camt(folder: Path, entries: int) -> Path:
    """Write `camt-<entries>.xml` into the folder, unless it is there."""
    path = folder / f"camt-{entries}.xml"
    if path.exists():
        return path
    random = Random(entries)
    amounts = [
        (-1 if random.random() < 0.1 else 1) * (1 + int(random.lognormvariate(10.8, 1.4)))
        for _ in range(entries)
    ]
    with path.open("w", encoding="ascii") as file:
        file.write(
            _HEAD.format(
                account=ACCOUNT,
                opening=_balance("OPBD", OPENING_PENCE),
                closing=_balance("CLBD", OPENING_PENCE + sum(amounts)),
            )
        )
        for number, pence in enumerate(amounts):
            day = FIRST_DAY + timedelta(days=number * DAYS // entries)
            file.write(
                _ENTRY.format(
                    number=number,
                    amount=_pounds(pence),
                    side=_side(pence),
                    day=day.isoformat(),
                    month=f"{day:%Y-%m}",
                    party="Dbtr" if pence >= 0 else "Cdtr",
                    contractor=random.randrange(600),
                )
            )
        file.write("</Stmt>\n</BkToCstmrStmt>\n</Document>\n")
    return path


def _balance(code: str, pence: int) -> str:
    return _BALANCE.format(code=code, amount=_pounds(pence), side=_side(pence))


def _side(pence: int) -> str:
    return "DBIT" if pence < 0 else "CRDT"


def _pounds(pence: int) -> str:
    pounds, rest = divmod(abs(pence), 100)
    return f"{pounds}.{rest:02d}"
