"""Statements as camt, MT940 and OFX files, made from the lines they should read as, and read."""

from xml.sax.saxutils import escape

from levytool.money import format_pence

CAMT = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
ACCOUNT = "GB00TEST30000012345678"


def camt(
    lines,
    opening_pence=0,
    message="camt.053",
    version=2,
    *,
    account=ACCOUNT,
    number="1",
    currency="GBP",
    balances=("OPBD", "CLBD"),
    more="",
):
    """One statement of lines: (day, pence, name, text, bank's reference), or dicts of them."""
    body = camt_statement(
        lines,
        opening_pence,
        message,
        version,
        account=account,
        number=number,
        currency=currency,
        balances=balances,
    )
    root = CAMT[message][0]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}.001.{version:02d}">'
        f"<{root}><GrpHdr><MsgId>M1</MsgId></GrpHdr>{body}{more}</{root}></Document>\n"
    )


def camt_statement(
    lines,
    opening_pence=0,
    message="camt.053",
    version=2,
    *,
    account=ACCOUNT,
    number="1",
    currency="GBP",
    balances=("OPBD", "CLBD"),
):
    """A statement element, without what stands around it."""
    name = CAMT[message][1]
    closing = opening_pence + sum(_fact(line)["pence"] for line in lines)
    ends = zip(balances, (opening_pence, closing), strict=True) if balances else ()
    stated = "".join(_camt_balance(code, pence, currency) for code, pence in ends)
    entries = "".join(_camt_entry(_fact(line), version, currency) for line in lines)
    return (
        f"<{name}><Id>{number}</Id><Acct><Id><IBAN>{account}</IBAN></Id>"
        f"<Ccy>{currency}</Ccy></Acct>{stated}{entries}</{name}>"
    )


def _fact(line):
    if isinstance(line, dict):
        return line
    day, pence, *rest = line
    name, text, own = (*rest, "", "", "")[:3]
    return {"day": day, "pence": pence, "name": name, "text": text, "own": own}


def _camt_balance(code, pence, currency):
    side = "DBIT" if pence < 0 else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{format_pence(abs(pence))}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        "<Dt><Dt>2014-03-31</Dt></Dt></Bal>"
    )


def _camt_entry(fact, version, currency):
    pence = fact["pence"]
    party = "Dbtr" if pence >= 0 else "Cdtr"
    name = f"<Nm>{escape(fact.get('name', ''))}</Nm>"
    status = fact.get("status", "BOOK")
    pieces = [
        f'<Amt Ccy="{currency}">{format_pence(abs(pence))}</Amt>',
        f"<CdtDbtInd>{'CRDT' if pence >= 0 else 'DBIT'}</CdtDbtInd>",
        "<RvslInd>true</RvslInd>" if fact.get("reversal") else "",
        f"<Sts><Cd>{status}</Cd></Sts>" if version >= 8 else f"<Sts>{status}</Sts>",
        f"<BookgDt><Dt>{fact['day'].isoformat()}</Dt></BookgDt>",
        f"<AcctSvcrRef>{fact['own']}</AcctSvcrRef>" if fact.get("own") else "",
        fact.get("details")
        or f"<NtryDtls><TxDtls><RltdPties><{party}>"
        + (f"<Pty>{name}</Pty>" if version >= 8 else name)
        + f"</{party}></RltdPties><RmtInf><Ustrd>{escape(fact.get('text', ''))}</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls>",
    ]
    return f"<Ntry>{''.join(pieces)}</Ntry>"


def mt940(
    lines, opening_pence=0, *, account="300000/12345678", number="1", currency="GBP", envelope=False
):
    """A statement of lines (day, pence, text, bank's reference, mark where it is not C or D)."""
    closing = opening_pence + sum(line[1] for line in lines)
    rows = [":20:STMT", f":25:{account}", f":28C:{number}/1"]
    rows.append(f":60F:{_mt940_balance(opening_pence, currency)}")
    for line in lines:
        day, pence, *rest = line
        text, own, mark = (*rest, "", "", "")[:3]
        mark = mark or ("C" if pence >= 0 else "D")
        amount = format_pence(abs(pence)).replace(".", ",")
        reference = f"//{own}" if own else ""
        rows.append(f":61:{day:%y%m%d}{day:%m%d}{mark}{amount}NTRFNONREF{reference}")
        rows.append(f":86:{text}")
    rows.append(f":62F:{_mt940_balance(closing, currency)}")
    if envelope:
        return "\r\n".join(["{1:F01TESTGB2LXXXX}{2:I940TESTGB2LXXXXN}{4:", *rows, "-}{5:}", ""])
    return "\r\n".join([*rows, "-", ""])


def _mt940_balance(pence, currency):
    mark = "D" if pence < 0 else "C"
    return f"{mark}140331{currency}{format_pence(abs(pence)).replace('.', ',')}"


def ofx(lines, closing_pence=0, *, version=1, currency="GBP", as_of="20140331"):
    """A statement of lines (day, pence, name, text, bank's reference)."""
    end = (lambda tag: "") if version == 1 else (lambda tag: f"</{tag}>")
    head = (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
        if version == 1
        else '<?xml version="1.0"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'
    )

    def leaf(tag, value):
        return f"<{tag}>{escape(str(value))}{end(tag)}\n"

    entries = "".join(
        "<STMTTRN>\n"
        + leaf("TRNTYPE", "CREDIT" if pence >= 0 else "DEBIT")
        + leaf("DTPOSTED", f"{day:%Y%m%d}120000[0:GMT]")
        + leaf("TRNAMT", format_pence(pence))
        + leaf("FITID", own)
        + leaf("NAME", name)
        + leaf("MEMO", text)
        + "</STMTTRN>\n"
        for day, pence, name, text, own in lines
    )
    return (
        head
        + "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n"
        + leaf("CURDEF", currency)
        + "<BANKACCTFROM>\n"
        + leaf("BANKID", "300000")
        + leaf("ACCTID", "12345678")
        + "</BANKACCTFROM>\n<BANKTRANLIST>\n"
        + entries
        + "</BANKTRANLIST>\n<LEDGERBAL>\n"
        + leaf("BALAMT", format_pence(closing_pence))
        + leaf("DTASOF", as_of)
        + "</LEDGERBAL>\n</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )


def only(file):
    """The one statement of a file without problems."""
    assert file.problems == ()
    (statement,) = file.statements
    return statement
