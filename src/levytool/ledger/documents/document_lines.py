"""What a levy document charges, summed by the database from the declaration lines it stands for."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.database.days import day_of
from levytool.ledger.documents.documents import (
    CREDIT_NOTE,
    INVOICE,
    NO_RETURN,
    OF_INTEREST,
    StoredDocument,
)


class LevyGroup(NamedTuple):
    """A document's lines of one member and lot at one rate; `rate_ppm` is None for bands.

    `base_pence` is levyable spend, `levy_pence` what the lines bear of the document; both as the
    lines have them, so negative where they are credits.
    """

    member: str
    lot: str
    rate_ppm: int | None
    base_pence: int
    levy_pence: int


def levy_groups(connection: Connection, document: StoredDocument) -> list[LevyGroup]:
    """The lines of a document in order of member, lot and rate; none for a default charge."""
    pays = int(document.payer_kind == "member")
    of_payer = "AND m.code = :payer " if pays else ""
    values = {"return_id": document.return_id, "pays": pays}
    rows = connection.execute(
        text(
            "SELECT m.code, l.lot, l.rate_ppm, CAST(SUM(l.base_pence) AS BIGINT), "
            "CAST(COALESCE(SUM(l.levy_share_pence), 0) AS BIGINT) FROM declaration_line l "
            "JOIN party m ON m.id = l.member_id "
            f"WHERE l.return_id = :return_id AND l.member_pays = :pays {of_payer}"
            "GROUP BY m.code, l.lot, l.rate_ppm ORDER BY m.code, l.lot, COALESCE(l.rate_ppm, -1)"
        ),
        values | ({"payer": document.payer} if pays else {}),
    )
    return [LevyGroup(*row) for row in rows]


def credited_documents(connection: Connection, document: StoredDocument) -> list[tuple[str, date]]:
    """The invoices that a credit note takes back, by number and day: those of its own return and
    payer before it.

    A credit note for credits that a contractor declared takes back none; a default charge's takes
    back the charge before it.
    """
    if document.kind != CREDIT_NOTE:
        return []
    rows = connection.execute(
        text(
            "SELECT number, date FROM document WHERE kind = :kind AND return_id = :return_id "
            "AND payer = :payer AND framework = :framework AND period = :period AND id < :id "
            "ORDER BY id"
        ),
        {
            "kind": INVOICE,
            "return_id": document.return_id,
            "payer": document.payer,
            "framework": document.framework,
            "period": str(document.period),
            "id": document.id,
        },
    )
    found = [(str(number), day_of(day)) for number, day in rows]
    return found[-1:] if document.return_id in (NO_RETURN, OF_INTEREST) else found
