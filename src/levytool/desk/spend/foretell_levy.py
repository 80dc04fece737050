"""What staged returns will be billed, before their documents are raised.

Mostly it is the rounded sum of the lines' exact levy. Where each member has a document of its own,
or the rule cuts or limits what is billed, only the documents tell. What bands will charge depends
on what is accepted before: a banded return is foretold as if it were alone.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from levytool.book.records import Book, Framework
from levytool.desk.levy.accept_return import blocks_of, stored_lines
from levytool.desk.levy.banding import has_bands
from levytool.ledger.database.bulk import update_rows
from levytool.ledger.parties import registers
from levytool.ledger.spend.returns import StoredReturn
from levytool.rules.documents import raise_documents


def foretell_levy(connection: Connection, book: Book, staged: Sequence[StoredReturn]) -> None:
    """Set the levy of staged returns, whose lines are stored, to what they will be billed."""
    told_by_documents = {
        stored.id: stored
        for stored in staged
        if _needs_documents(book.frameworks[stored.framework])
    }
    if not told_by_documents:
        return
    members = registers.register(connection, registers.MEMBER).codes
    levies = []
    for return_id, lines in stored_lines(connection, list(told_by_documents)):
        stored = told_by_documents[return_id]
        blocks, block_of = blocks_of(book.frameworks[stored.framework], lines)
        raised = raise_documents(
            stored.contractor,
            [members[member_id] for member_id in lines.member_ids],
            lines.member_pays,
            lines.levy_micropence,
            blocks,
            block_of,
        )
        levies.append((sum(document.net_pence for document in raised.documents), return_id))
    update_rows(connection, "levy_return", ("levy_pence",), ("id",), levies)


def _needs_documents(framework: Framework) -> bool:
    return not has_bands(framework) and any(
        block.payer == "member"
        or block.rounding != "half-up"
        or block.minimum_pence is not None
        or block.maximum_pence is not None
        for block in framework.levy
    )
