"""The other side of each control account: what the sub-ledgers sum to."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.ledger.database import series
from levytool.ledger.documents.documents import NO_RETURN, OF_INTEREST, OF_OPENING, PREFIX
from levytool.ledger.spend.returns import return_number
from levytool.money import format_pence
from levytool.text import counted


def _sums(connection: Connection, query: str, **values: Any) -> dict[str, int]:
    return {str(key): int(pence) for key, pence in connection.execute(text(query), values)}


def entry_count(connection: Connection) -> int:
    """How many entries the journal holds."""
    return int(connection.scalar(text("SELECT COUNT(*) FROM journal_entry")) or 0)


def has_accepted(connection: Connection) -> bool:
    """Whether any return was accepted."""
    found = connection.scalar(
        text("SELECT 1 FROM levy_return WHERE accepted_at IS NOT NULL LIMIT 1")
    )
    return found is not None


def missing_numbers(connection: Connection) -> list[str]:
    """Gaps in the series of document numbers, in words; a number lost at the end is one too."""
    missing = []
    for prefix in PREFIX.values():
        like = {"like": f"{prefix}-%"}
        count = connection.scalar(
            text("SELECT COUNT(*) FROM document WHERE number LIKE :like"), like
        )
        last = connection.scalar(
            text(
                "SELECT number FROM document WHERE number LIKE :like "
                "ORDER BY LENGTH(number) DESC, number DESC LIMIT 1"
            ),
            like,
        )
        given = series.last_given(connection, prefix)
        wanted = series.numbered(prefix, given) if given else None
        if (count, last) != (given, wanted):
            missing.append(f"{count} of {prefix} are there, {given} were given; the last is {last}")
    return missing


_UNLIKE_ENTRIES = """
    SELECT d.number FROM document d
    LEFT JOIN levy_return r ON r.id = d.return_id
    LEFT JOIN party f ON f.id = r.framework_id
    LEFT JOIN party c ON c.id = r.contractor_id
    LEFT JOIN journal_entry e ON e.id = d.entry_id
    LEFT JOIN (
        SELECT entry_id, MIN(payer) AS first_payer, MAX(payer) AS last_payer,
            SUM(gross) AS gross, SUM(vat) AS vat, SUM(income) AS income,
            MAX(charged_for) AS charged_for
        FROM (
            SELECT entry_id, debit_dimension AS payer, amount_pence AS gross,
                CASE WHEN credit_account IN (:vat, :brought) THEN amount_pence ELSE 0 END AS vat,
                CASE WHEN credit_account = :income THEN amount_pence ELSE 0 END AS income,
                CASE WHEN credit_account = :default THEN credit_dimension END AS charged_for
            FROM journal_transfer WHERE debit_account = :debtors
            UNION ALL
            SELECT entry_id, credit_dimension, -amount_pence,
                CASE WHEN debit_account IN (:vat, :brought) THEN -amount_pence ELSE 0 END,
                CASE WHEN debit_account = :income THEN -amount_pence ELSE 0 END,
                CASE WHEN debit_account = :default THEN debit_dimension END
            FROM journal_transfer WHERE credit_account = :debtors
        ) AS legs GROUP BY entry_id
    ) t ON t.entry_id = d.entry_id
    WHERE COALESCE(
        e.reference = d.number AND e.reporting_period = d.period
        AND (d.return_id = :no_return AND d.payer_kind = 'contractor'
            AND t.charged_for = d.framework
            OR d.return_id = :of_interest AND t.income = t.gross
            OR d.return_id = :of_opening AND e.kind = 'opening'
            OR r.period = d.period AND f.code = d.framework
            AND r.state IN ('accepted', 'corrected')
            AND (d.payer_kind = 'member' OR d.payer_kind = 'contractor' AND c.code = d.payer))
        AND t.first_payer = d.payer AND t.last_payer = d.payer
        AND t.gross = (d.net_pence + d.vat_pence) * CASE d.kind WHEN 'invoice' THEN 1 ELSE -1 END
        AND t.vat = d.vat_pence * CASE d.kind WHEN 'invoice' THEN 1 ELSE -1 END,
        FALSE
    ) = FALSE
    ORDER BY d.id
"""


def unlike_entries(connection: Connection) -> list[str]:
    """Documents that are not what their entry posted, or not of the return they name."""
    values = {
        "debtors": Account.LEVY_DEBTORS.value,
        "vat": Account.VAT_CONTROL.value,
        "default": Account.DEFAULT_CHARGES.value,
        "no_return": NO_RETURN,
        "of_opening": OF_OPENING,
        "of_interest": OF_INTEREST,
        "income": Account.OTHER_INCOME.value,
        "brought": Account.OPENING_BALANCES.value,
    }
    rows = connection.execute(text(_UNLIKE_ENTRIES), values)
    return [f"{number} is not what its entry posted" for (number,) in rows]


def unlike_files(connection: Connection) -> list[str]:
    """Files of spend whose rows taken are not the lines that are stored, and an opening whose file
    is not the one that its entries name."""
    stored = _sums(connection, "SELECT file_id, COUNT(*) FROM declaration_line GROUP BY file_id")
    files = connection.execute(
        text("SELECT id, name, outcome FROM import_file WHERE role = 'declaration' ORDER BY id")
    )
    unlike = []
    for number, name, told in files:
        taken, found = json.loads(told)["rows"]["accepted"], stored.pop(str(number), 0)
        if taken != found:
            unlike.append(f"{name}: {counted(taken, 'row')} taken, {counted(found, 'line')} there")
    unlike += [f"there are lines of a file {number}, and no such file" for number in stored]
    openings = connection.execute(
        text(
            "SELECT DISTINCT facts_digest FROM journal_entry WHERE kind = 'opening' "
            "AND facts_digest <> '' AND facts_digest NOT IN (SELECT sha256 FROM import_file "
            "WHERE role = 'opening' AND state = 'live') ORDER BY facts_digest"
        )
    )
    return unlike + [
        f"these books were opened from a file {digest[:12]}…, and no such file"
        for (digest,) in openings
    ]


class ReturnLevy(NamedTuple):
    """The levy of an accepted return as its lines, its documents and their postings have it, in
    pence, and in words what does not agree: these, or what it says of itself."""

    number: str
    lines_pence: int
    documents_pence: int
    posted_pence: int
    wrong: str


def levy_of_returns(connection: Connection) -> list[ReturnLevy]:
    """Every accepted return: Σ lines beside Σ documents beside postings (domain §3.6)."""
    of_lines = {
        int(row[0]): tuple(map(int, row[1:]))
        for row in connection.execute(
            text(
                "SELECT l.return_id, COUNT(*), SUM(l.net_pence), SUM(l.levy_micropence), "
                "COALESCE(SUM(l.levy_share_pence), 0) FROM declaration_line l "
                "JOIN levy_return r ON r.id = l.return_id AND r.state = 'accepted' "
                "GROUP BY l.return_id"
            )
        )
    }
    returns = connection.execute(
        text(
            "SELECT id, lines, net_pence, levy_micropence, levy_pence FROM levy_return "
            "WHERE state = 'accepted' ORDER BY id"
        )
    )
    documents = _sums(
        connection,
        "SELECT d.return_id, CAST(SUM(CASE WHEN d.kind = 'invoice' THEN d.net_pence "
        "ELSE -d.net_pence END) AS BIGINT) FROM document d "
        "JOIN levy_return r ON r.id = d.return_id AND r.state = 'accepted' GROUP BY d.return_id",
    )
    posted = _posted_by_return(connection)
    return [
        _return_levy(
            return_number(number),
            tuple(said),
            of_lines.get(number, (0, 0, 0, 0)),
            documents.get(str(number), 0),
            posted.get(str(number), 0),
        )
        for number, *said in returns
    ]


def _return_levy(
    number: str, said: tuple[int, ...], found: tuple[int, ...], documents: int, posted: int
) -> ReturnLevy:
    """`said` and `found` are lines, net, levy in micropence and levy in pence."""
    sides = {"lines": found[3], "documents": documents, "postings": posted}
    wrong = ""
    if set(sides.values()) != {said[3]}:
        told = ", ".join(f"{name} {format_pence(pence)}" for name, pence in sides.items())
        wrong = f"{number}: {told}"
    elif said != found:
        wrong = f"{number} is not the sum of its lines"
    return ReturnLevy(number, found[3], documents, posted, wrong)


def uncancelled_returns(connection: Connection) -> list[str]:
    """Corrected returns whose documents do not take each other back, net and VAT, payer by
    payer."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT return_id FROM (SELECT d.return_id FROM document d "
            "JOIN levy_return r ON r.id = d.return_id AND r.state = 'corrected' "
            "GROUP BY d.return_id, d.payer HAVING "
            "SUM(CASE WHEN d.kind = 'invoice' THEN d.net_pence ELSE -d.net_pence END) <> 0 OR "
            "SUM(CASE WHEN d.kind = 'invoice' THEN d.vat_pence ELSE -d.vat_pence END) <> 0) odd "
            "ORDER BY return_id"
        )
    )
    return [f"{return_number(int(number))} is corrected, and still billed" for (number,) in rows]


def _posted_by_return(connection: Connection) -> dict[str, int]:
    """What the documents' entries credit to members, by return."""
    accounts = (Account.LEVY_BILLED_NOT_RECEIVED.value, Account.LEVY_FUND.value)
    debtors = Account.LEVY_DEBTORS.value
    return _sums(
        connection,
        "SELECT d.return_id, CAST(SUM("
        "CASE WHEN t.debit_account = :debtors AND t.credit_account IN (:billed, :fund) "
        "THEN t.amount_pence "
        "WHEN t.credit_account = :debtors AND t.debit_account IN (:billed, :fund) "
        "THEN -t.amount_pence ELSE 0 END) AS BIGINT) "
        "FROM document d JOIN journal_transfer t ON t.entry_id = d.entry_id "
        "JOIN levy_return r ON r.id = d.return_id AND r.state = 'accepted' GROUP BY d.return_id",
        debtors=debtors,
        billed=accounts[0],
        fund=accounts[1],
    )


def unequal_spend(connection: Connection) -> list[str]:
    """Returns whose working sums, by member and call-off, are not those of their lines."""
    of_lines = (
        "SELECT return_id, member_id, call_off, CAST(SUM(base_pence) AS BIGINT) "
        "FROM declaration_line WHERE levy_share_pence IS NOT NULL "
        "GROUP BY return_id, member_id, call_off"
    )
    of_sums = "SELECT return_id, member_id, call_off, base_pence FROM accepted_spend"
    wrong = {
        int(row[0])
        for left, right in ((of_lines, of_sums), (of_sums, of_lines))
        for row in connection.execute(text(f"{left} EXCEPT {right}"))
    }
    return [return_number(number) for number in sorted(wrong)]
