"""Accepting returns: documents, postings, shares and provision, in the caller's transaction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book, Framework, FundedOn, LevyBlock
from levytool.desk.levy.banding import charge_bands, has_bands
from levytool.desk.levy.line_hashes import rest_hashes
from levytool.desk.levy.provide import AddedSpend, provide
from levytool.desk.levy.return_lines import ReturnLines
from levytool.desk.levy.reverse_default_charges import reverse_default_charges
from levytool.journal import Entry
from levytool.ledger.database.bulk import update_rows
from levytool.ledger.documents.documents import NewDocument, allot_numbers, store_documents
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.accepted_spend import SpendSum, add_sums
from levytool.ledger.spend.lines import lines_of, set_shares
from levytool.ledger.spend.returns import StoredReturn
from levytool.money import display_pence
from levytool.periods import in_force
from levytool.problems import RuleRefused
from levytool.rules.dates import posting_date
from levytool.rules.documents import Document, RaisedReturn, raise_documents
from levytool.rules.levy import block_in_force
from levytool.rules.postings import Occasion, Settled, document_accepted, documents_settled
from levytool.rules.receipts import retained_pence
from levytool.rules.vat import vat_pence, vat_rate_ppm

RETURNS_AT_ONCE = 500
"""Returns accepted in one go: enough for bulk statements, few enough to keep memory flat."""

Progress = Callable[[int, int], None]

_COLUMNS = (
    "line_no",
    "row_no",
    "member_id",
    "date",
    "call_off",
    "net_pence",
    "base_pence",
    "rate_ppm",
    "member_pays",
    "levy_micropence",
    "true_up_micropence",
    "key_hash",
    "lot",
    "credits",
    "kept",
)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One return on its way into the journal."""

    stored: StoredReturn
    effective: date
    digest: str
    levy_micropence: int
    raised: RaisedReturn
    sums: list[SpendSum]


@dataclass(frozen=True, slots=True)
class Replacing:
    """What a correction has from the return that it replaces: its day and its VAT rate."""

    effective: date
    vat_rate_ppm: int | None


def accept_returns(
    connection: Connection,
    acting: Acting,
    book: Book,
    return_ids: Sequence[int],
    progress: Progress | None = None,
) -> None:
    """Accept staged returns: raise their documents, post them, and provide for what falls due.

    Each posts in its reporting period, or the first open one after it (domain §3.5, *Dates*).
    Raises RuleRefused for a return that is not staged, or whose large credit the same user staged.
    """
    chosen = returns.find_returns(connection, ids=return_ids)
    for stored in chosen:
        if stored.state != returns.STAGED:
            raise RuleRefused(
                f"{stored.number} is {stored.state}; only a staged return can be accepted"
            )
    acceptor = Acceptor(connection, acting, book)
    accept_stored(connection, acceptor, chosen, progress)
    provide(connection, acting, book, acceptor.added)


def accept_stored(
    connection: Connection,
    acceptor: "Acceptor",
    chosen: Sequence[StoredReturn],
    progress: Progress | None = None,
) -> None:
    """Accept returns whose lines are in the ledger, and set the lines' shares there.

    A banded return depends on those before it, so each is charged and accepted on its own.
    """
    done = 0
    for batch in _batches(acceptor.book, chosen):
        for stored in batch:
            if has_bands(acceptor.book.frameworks[stored.framework]):
                charge_bands(connection, acceptor.book, stored)
        lines_by_id = dict(stored_lines(connection, [stored.id for stored in batch]))
        pairs = [(stored, lines_by_id[stored.id]) for stored in batch]
        shares = acceptor.accept(pairs)
        set_shares(
            connection,
            [
                (share, stored.id, line, member)
                for (stored, found), own in zip(pairs, shares, strict=True)
                for share, line, member in zip(own, found.line_no, found.member_ids, strict=True)
            ],
        )
        done += len(batch)
        if progress is not None:
            progress(done, len(chosen))


def _batches(book: Book, chosen: Sequence[StoredReturn]) -> Iterator[list[StoredReturn]]:
    """Banded returns come one by one after the others, as when a file is accepted at once."""
    banded = {code for code, framework in book.frameworks.items() if has_bands(framework)}
    flat = [stored for stored in chosen if stored.framework not in banded]
    for start in range(0, len(flat), RETURNS_AT_ONCE):
        yield flat[start : start + RETURNS_AT_ONCE]
    yield from ([stored] for stored in chosen if stored.framework in banded)


def stored_lines(
    connection: Connection, return_ids: Sequence[int]
) -> Iterator[tuple[int, ReturnLines]]:
    """The lines of returns as the ledger has them."""
    for return_id, rows in lines_of(connection, return_ids, _COLUMNS):
        columns = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True))
        yield (
            return_id,
            ReturnLines(
                line_no=columns["line_no"],
                rows=columns["row_no"],
                member_ids=columns["member_id"],
                call_offs=columns["call_off"],
                net_pence=columns["net_pence"],
                base_pence=columns["base_pence"],
                rate_ppm=[-1 if rate is None else rate for rate in columns["rate_ppm"]],
                member_pays=columns["member_pays"],
                levy_micropence=columns["levy_micropence"],
                key_hash=columns["key_hash"],
                rest_hash=rest_hashes(columns["lot"], columns["credits"], columns["kept"]),
                dates=partial(tuple, columns["date"]),
                true_up_micropence=columns["true_up_micropence"],
            ),
        )


class Acceptor:
    """What accepting many returns shares: registers, closed months, answers looked up once.

    With `replacing` what it accepts is a correction. `added` is the spend it has accepted.
    """

    def __init__(
        self,
        connection: Connection,
        acting: Acting,
        book: Book,
        replacing: Replacing | None = None,
    ) -> None:
        self.book = book
        self.added = AddedSpend(book)
        self._connection = connection
        self._acting = acting
        self._closed = closed_months(connection)
        self._member_codes = registers.register(connection, registers.MEMBER).codes
        self._replacing = replacing
        self._vat_rate_ppm = (
            replacing.vat_rate_ppm
            if replacing is not None
            else vat_rate_ppm(book.consortium.vat, acting.today)
        )
        self._due = acting.today + timedelta(days=book.consortium.terms_days)

    def accept(self, batch: Iterable[tuple[StoredReturn, ReturnLines]]) -> list[Sequence[int]]:
        """Raise and post the documents of returns; gives each line's share, return by return.

        The caller stores the shares, and provides for what falls due once all are accepted.
        """
        accepted = [self._raise(stored, lines) for stored, lines in batch]
        if self._replacing is None:
            self._refuse_large_credits(accepted)
        add_sums(self._connection, (row for item in accepted for row in item.sums))
        codes = self._member_codes
        for item in accepted:
            sums = ((codes[member], call_off, base) for _id, member, call_off, base in item.sums)
            self.added.add(item.stored, sums)
        self._post(accepted)
        self._set_accepted(accepted)
        arrived = [item.stored.key for item in accepted]
        reverse_default_charges(self._connection, self._acting, self.book, arrived)
        return [item.raised.share_pence for item in accepted]

    def _raise(self, stored: StoredReturn, lines: ReturnLines) -> Acceptance:
        blocks, block_of = blocks_of(self.book.frameworks[stored.framework], lines)
        raised = raise_documents(
            stored.contractor,
            list(map(self._member_codes.__getitem__, lines.member_ids)),
            lines.member_pays,
            lines.levy_micropence,
            blocks,
            block_of,
        )
        return Acceptance(
            stored,
            self._effective(stored),
            lines.digest(),
            sum(lines.levy_micropence),
            raised,
            _sums_of(stored.id, lines),
        )

    def _refuse_large_credits(self, accepted: Sequence[Acceptance]) -> None:
        """A credit note over the book's `four_eyes_over` takes another person than who staged it
        (contract, *Approvals*)."""
        limit_pence = self.book.consortium.four_eyes_over_pence
        for item in accepted:
            credit_pence = -min((one.net_pence for one in item.raised.documents), default=0)
            if credit_pence <= limit_pence:
                continue
            stored, user = item.stored, self._acting.user
            if returns.staged_by(self._connection, stored.id) == user:
                raise RuleRefused(
                    f"{stored.number} of {stored.contractor} for {stored.framework}, "
                    f"{stored.period} raises a credit note of {display_pence(credit_pence)}, over "
                    f"the book's four_eyes_over, and {user} staged it; stage it (spend import "
                    "without --accept) and let another user accept it: levytool return accept"
                )

    def _effective(self, stored: StoredReturn) -> date:
        if self._replacing is not None:
            return self._replacing.effective
        return posting_date(stored.period, self._closed, self._acting.today)

    def _post(self, accepted: Sequence[Acceptance]) -> None:
        """Number the documents, post them and store them.

        A zero document has an entry, under its return's number, and none of its own.
        """
        raised = [(item, document) for item in accepted for document in item.raised.documents]
        new = [
            self._document(item.stored, document, document.kind)
            for item, document in raised
            if document.kind is not None
        ]
        numbers = allot_numbers(self._connection, [document.kind for document in new])
        waiting = iter(zip(numbers, new, strict=True))
        entries = []
        for item, document in raised:
            number, vat = item.stored.number, 0
            if document.kind is not None:
                number, stored = next(waiting)
                vat = stored.vat_pence
            entries.append(_entry_of(self.book, item, document, number, vat))
        posted = post(self._connection, self._acting, entries)
        kinds = (document.kind for _item, document in raised)
        entry_ids = [entry_id for entry_id, kind in zip(posted.ids, kinds, strict=True) if kind]
        store_documents(self._connection, new, numbers, entry_ids)

    def _document(self, stored: StoredReturn, document: Document, kind: str) -> NewDocument:
        return NewDocument(
            kind=kind,
            payer_kind=document.payer_kind,
            payer=document.payer,
            return_id=stored.id,
            framework=stored.framework,
            period=stored.period,
            day=self._acting.today,
            due=self._due,
            net_pence=document.net_pence,
            vat_rate_ppm=self._vat_rate_ppm,
            vat_pence=vat_pence(document.net_pence, self._vat_rate_ppm),
        )

    def _set_accepted(self, accepted: Sequence[Acceptance]) -> None:
        update_rows(
            self._connection,
            "levy_return",
            (
                "state",
                "accepted_at",
                "accepted_by",
                "effective",
                "lines_digest",
                "levy_micropence",
                "levy_pence",
            ),
            ("id",),
            [
                (
                    returns.ACCEPTED,
                    self._acting.posted,
                    self._acting.user,
                    item.effective.isoformat(),
                    item.digest,
                    item.levy_micropence,
                    sum(document.net_pence for document in item.raised.documents),
                    item.stored.id,
                )
                for item in accepted
            ],
        )


def blocks_of(framework: Framework, lines: ReturnLines) -> tuple[list[LevyBlock], list[int] | None]:
    """The levy blocks that the lines fall under, and each line's place among them.

    Where all blocks round and limit alike, the latest stands for all.
    """
    ways = {(block.rounding, block.minimum_pence, block.maximum_pence) for block in framework.levy}
    if len(ways) == 1:
        return [framework.levy[-1]], None
    dates = lines.dates()
    # A credit note may be dated before any block, and be charged as the line it names.
    found = {
        day: block_in_force(framework.levy, date.fromisoformat(day)) or framework.levy[0]
        for day in dict.fromkeys(dates)
    }
    blocks: list[LevyBlock] = []
    for block in found.values():
        if block not in blocks:
            blocks.append(block)
    place = {day: blocks.index(block) for day, block in found.items()}
    return blocks, [place[day] for day in dates]


def _sums_of(return_id: int, lines: ReturnLines) -> list[SpendSum]:
    sums: dict[tuple[int, str], int] = {}
    keys = zip(lines.member_ids, lines.call_offs, strict=True)
    for key, base in zip(keys, lines.base_pence, strict=True):
        sums[key] = sums.get(key, 0) + base
    return [(return_id, *key, base) for key, base in sums.items()]


def _entry_of(
    book: Book, item: Acceptance, document: Document, number: str, vat_pence: int
) -> Entry:
    """The entry that posts a document, settled at once when it comes to nothing."""
    stored, on = item.stored, item.stored.period.last_day
    funded_on: FundedOn = in_force(book.consortium.pots_funded_on, on) or "received"
    retained_ppm = in_force(book.frameworks[stored.framework].retained, on) or 0
    occasion = Occasion(
        item.effective,
        reference=number,
        reporting_period=stored.period,
        narrative=f"Levy of {document.payer} on {stored.framework}, {stored.period} "
        f"({stored.number})",
        facts_digest=item.digest,
    )
    entry = document_accepted(
        occasion,
        document.payer,
        stored.framework,
        document.member_pence,
        vat_pence,
        funded_on,
        retained_ppm,
    )
    if document.kind is not None or funded_on == "billed":
        return entry
    # Nobody will ever pay a document of nothing: what it moves between members is settled now.
    settled = Settled(
        stored.framework,
        document.member_pence,
        {
            member: retained_pence(retained_ppm, pence, 0)
            for member, pence in document.member_pence.items()
        },
    )
    settlement = documents_settled(occasion, document.payer, settled)
    return entry._replace(transfers=entry.transfers + settlement.transfers)
