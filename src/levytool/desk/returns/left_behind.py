"""What a correction says of the debts it took away: interest that stands, a write-off undone.

The credit note takes back the levy and nothing else; an officer would else meet the rest later.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

from levytool.desk.returns.reverse_return import Reversed
from levytool.ledger.documents.documents import get_document
from levytool.ledger.documents.late_interest import standing_interest
from levytool.money import display_pence
from levytool.problems import Problem


def left_behind(connection: Connection, gone: Reversed) -> Iterator[Problem]:
    """Warnings by document: `interest-stands` for each charge, `write-off-taken-back`."""
    charged = standing_interest(connection)
    for document in gone.documents:
        for interest in charged.get(document.number, []):
            gross_pence = get_document(connection, interest.charged_as).gross_pence
            yield Problem(
                code="interest-stands",
                value=interest.charged_as,
                message=f"{interest.charged_as} of {display_pence(gross_pence)} stands: interest "
                f"on {document.number}, which is credited",
                hint="where it is no longer due: levytool levy credit-interest "
                f"{interest.charged_as} --reason …",
            )
        lost = [
            item.amount_pence
            for item in gone.freed
            if item.is_write_off and item.document_id == document.id
        ]
        if lost:
            yield Problem(
                code="write-off-taken-back",
                value=document.number,
                message=f"{display_pence(sum(lost))} that was written off {document.number} is "
                "taken back with it, and so is VAT relief that was claimed on it: what takes its "
                "place is owed in full",
                hint="write off anew what nobody will pay: levytool levy write-off NUMBER",
            )
