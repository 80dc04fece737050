"""The tables of the ledger, declared once for SQLite and PostgreSQL.

Pence are BIGINT; levy is exact in micropence. Migrations build these tables and add what a
declaration cannot say portably: triggers that refuse change, and CHECKs that money is integer.
`APPEND_ONLY` names the tables that only ever grow (domain §3.5: nothing edited or deleted).
"""

import datetime
from typing import Any, ClassVar

import sqlalchemy
from sqlalchemy import BigInteger, Index, MetaData, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention

Text: Any = sqlalchemy.Text().with_variant(sqlalchemy.Text(collation="C"), "postgresql")
"""Ordered by code point on both databases: in a server's own language reports would differ."""


def _key() -> Any:
    return Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})


def _pence(nullable: bool = False) -> Any:
    return Field(sa_type=BigInteger, nullable=nullable)


def _text(nullable: bool = False) -> Any:
    return Field(sa_type=Text, nullable=nullable)


def _blank_text() -> Any:
    return Field(sa_type=Text, nullable=False, sa_column_kwargs={"server_default": ""})


class Series(SQLModel, table=True):
    """The next number of each gap-free series. Its row is the lock that makes it gap-free."""

    name: str = Field(sa_type=Text, primary_key=True)
    next_number: int = _pence()


class BookVersion(SQLModel, table=True):
    """A book as applied: the latest one is in force."""

    __tablename__ = "book_version"
    id: int = _key()
    sha256: str = _text()
    text: str = _text()
    applied_at: str = _text()
    applied_by: str = _text()


class Party(SQLModel, table=True):
    """A member, contractor or framework code and the number its lines carry."""

    __table_args__ = (UniqueConstraint("kind", "code"),)
    id: int = _key()
    kind: str = _text()
    code: str = _text()


class ImportFile(SQLModel, table=True):
    """A file that was imported: same content, role and constants are done once while live."""

    __tablename__ = "import_file"
    __table_args__ = (
        Index(
            "uq_import_file_live",
            "sha256",
            "role",
            "constants",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )
    id: int = _key()
    sha256: str = _text()
    role: str = _text()
    constants: str = _text()
    name: str = _text()
    state: str = _text()
    outcome: str = _text()
    imported_at: str = _text()
    imported_by: str = _text()


class LevyReturn(SQLModel, table=True):
    """A contractor's declaration for a framework and reporting period (`R-000001`)."""

    __tablename__ = "levy_return"
    __table_args__ = (
        Index(
            "uq_levy_return_accepted",
            "contractor_id",
            "framework_id",
            "period",
            "supplement",
            unique=True,
            sqlite_where=text("state IN ('accepted', 'nil')"),
            postgresql_where=text("state IN ('accepted', 'nil')"),
        ),
        Index(
            "uq_levy_return_staged",
            "contractor_id",
            "framework_id",
            "period",
            unique=True,
            sqlite_where=text("state = 'staged'"),
            postgresql_where=text("state = 'staged'"),
        ),
    )
    id: int = _key()
    contractor_id: int = _pence()
    framework_id: int = _pence()
    period: str = _text()
    supplement: int = Field(sa_type=SmallInteger, nullable=False)
    state: str = _text()
    lines: int = _pence()
    net_pence: int = _pence()
    levy_micropence: int = _pence()
    levy_pence: int = _pence()
    staged_at: str = _text()
    staged_by: str = _text()
    accepted_at: str | None = _text(nullable=True)
    accepted_by: str | None = _text(nullable=True)
    lines_digest: str = _text()
    effective: datetime.date | None
    corrects: int | None = _pence(nullable=True)
    reason: str = _text()


class DeclarationLine(SQLModel, table=True):
    """One invoice, valuation or credit note of a return: the sub-ledger of levy.

    Its key is an index, not the table's own order: a million lines go in at the table's end, and
    the index is built from them in one sort. `member_id` is part of the key so that the table can
    be distributed by member. `key_hash` finds a line that was declared before (with `member_id`),
    and is always verified by the columns. `levy_micropence` is exact and includes
    `true_up_micropence`; `levy_share_pence` is the line's share of its document, set when the
    return is accepted.
    """

    __tablename__ = "declaration_line"
    __table_args__ = (
        Index("uq_declaration_line_place", "return_id", "line_no", "member_id", unique=True),
        Index("ix_declaration_line_declared", "member_id", "key_hash"),
    )
    __mapper_args__: ClassVar[Any] = {"primary_key": ("return_id", "line_no", "member_id")}
    return_id: int = _pence()
    line_no: int = _pence()
    member_id: int = _pence()
    file_id: int = _pence()
    row_no: int = _pence()
    date: datetime.date
    net_pence: int = _pence()
    base_pence: int = _pence()
    rate_ppm: int | None = _pence(nullable=True)
    member_pays: int = Field(sa_type=SmallInteger, nullable=False)
    levy_micropence: int = _pence()
    true_up_micropence: int = Field(
        sa_type=BigInteger, nullable=False, sa_column_kwargs={"server_default": text("0")}
    )
    levy_share_pence: int | None = _pence(nullable=True)
    lot: str = _blank_text()
    call_off: str = _blank_text()
    invoice: str = _blank_text()
    credits: str = _blank_text()
    description: str = _blank_text()
    kept: str = _blank_text()
    key_hash: int = _pence()


class AcceptedSpend(SQLModel, table=True):
    """An accepted return's levyable spend by member and call-off: the ledger's working sum.

    `check` recomputes it from the lines.
    """

    __tablename__ = "accepted_spend"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)
    return_id: int = _key()
    member_id: int = _key()
    call_off: str = Field(sa_type=Text, primary_key=True)
    base_pence: int = _pence()


class JournalEntry(SQLModel, table=True):
    """One posting with its two dates, linked into the hash chain."""

    __tablename__ = "journal_entry"
    id: int = _key()
    posted: str = _text()
    effective: datetime.date
    period: str = Field(sa_type=Text, nullable=False, index=True)
    reporting_period: str | None = _text(nullable=True)
    kind: str = _text()
    narrative: str = _text()
    reference: str = Field(sa_type=Text, nullable=False, index=True)
    posted_by: str = _text()
    facts_digest: str = _text()
    reverses: int | None = _pence(nullable=True)
    previous_hash: str = _text()
    hash: str = _text()


class JournalTransfer(SQLModel, table=True):
    """One debit, one credit, one non-negative amount."""

    __tablename__ = "journal_transfer"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)
    entry_id: int = _key()
    position: int = _key()
    debit_account: str = _text()
    debit_dimension: str = _text()
    credit_account: str = _text()
    credit_dimension: str = _text()
    amount_pence: int = _pence()


class Document(SQLModel, table=True):
    """A levy invoice or credit note. Amounts are positive; `kind` gives the sign."""

    __table_args__ = (UniqueConstraint("number"),)
    id: int = _key()
    number: str = _text()
    kind: str = _text()
    payer_kind: str = _text()
    payer: str = Field(sa_type=Text, nullable=False, index=True)
    return_id: int = Field(sa_type=BigInteger, nullable=False, index=True)
    framework: str = _text()
    period: str = Field(sa_type=Text, nullable=False, index=True)
    date: datetime.date
    due: datetime.date
    net_pence: int = _pence()
    vat_rate_ppm: int | None = _pence(nullable=True)
    vat_pence: int = _pence()
    entry_id: int = _pence()


class BankLine(SQLModel, table=True):
    """One line of a bank statement (`B-000001`); `amount_pence` is positive for money in.

    `servicer_reference` is the bank's own name for the entry, '' where it gave none.
    """

    __tablename__ = "bank_line"
    __table_args__ = (Index("ix_bank_line_booked", "account", "booked"),)
    id: int = _key()
    file_id: int = _pence()
    row_no: int = _pence()
    account: str = _text()
    booked: datetime.date
    amount_pence: int = _pence()
    balance_pence: int | None = _pence(nullable=True)
    description: str = _text()
    reference: str = _text()
    entry_id: int = _pence()
    servicer_reference: str = _blank_text()


class BankIdentification(SQLModel, table=True):
    """What a bank line, or a part of it, was found to be. A negative amount takes one back."""

    __tablename__ = "bank_identification"
    id: int = _key()
    bank_line_id: int = Field(sa_type=BigInteger, nullable=False, index=True)
    kind: str = _text()
    party: str = _text()
    subject: str = _text()
    amount_pence: int = _pence()
    entry_id: int = _pence()


class Allocation(SQLModel, table=True):
    """Money (or a credit note) set against a document; a negative amount takes one back.

    `net_pence` is its levy, signed as it moves from 2000 to 2100 in received mode: a credit
    note's is negative, though its `amount_pence` is not (see `ledger.allocations`).
    """

    id: int = _key()
    document_id: int = Field(sa_type=BigInteger, nullable=False, index=True)
    bank_line_id: int | None = Field(sa_type=BigInteger, nullable=True, index=True)
    credit_document_id: int | None = Field(sa_type=BigInteger, nullable=True, index=True)
    amount_pence: int = _pence()
    net_pence: int = _pence()
    entry_id: int = _pence()


class AllocationShare(SQLModel, table=True):
    """The net part of an allocation by member, and what of it was retained."""

    __tablename__ = "allocation_share"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)
    allocation_id: int = _key()
    member: str = Field(sa_type=Text, primary_key=True)
    net_pence: int = _pence()
    retained_pence: int = _pence()


class Opportunity(SQLModel, table=True):
    """A training or employment place as recorded (`O-000001`). Acts verify, pay or waive it."""

    id: int = _key()
    framework: str = _text()
    member: str = _text()
    contractor: str = _text()
    call_off: str = _text()
    type: str = _text()
    starts: datetime.date
    weeks: int = _pence()
    hours: int | None = _pence(nullable=True)
    evidence: str = _text()
    recorded_on: datetime.date
    recorded_by: str = _text()


class ProvisionMovement(SQLModel, table=True):
    """A change of one layer of the opportunity provision of one obligation.

    An obligation is a scope of a framework: what its scope does not use is ''. `layer` numbers its
    layers in the order they were set aside; `places` and `amount_pence` are negative when they go
    back or are used. `by_member` is JSON of the pence that each member bears.
    """

    __tablename__ = "provision_movement"
    __table_args__ = (Index("ix_provision_movement_framework", "framework"),)
    id: int = _key()
    framework: str = _text()
    member: str = _text()
    call_off: str = _text()
    contractor: str = _text()
    layer: int = _pence()
    unit_cost_pence: int = _pence()
    places: int = _pence()
    amount_pence: int = _pence()
    by_member: str = _text()
    kind: str = _text()
    opportunity_id: int | None = _pence(nullable=True)
    entry_id: int = _pence()


class PotMovement(SQLModel, table=True):
    """A change of one cohort of a member's brokerage pot."""

    __tablename__ = "pot_movement"
    __table_args__ = (Index("ix_pot_movement_member", "member", "cohort"),)
    id: int = _key()
    member: str = _text()
    cohort: str = _text()
    kind: str = _text()
    amount_pence: int = _pence()
    scheme: str = _text()
    other_member: str = _text()
    entry_id: int = _pence()


class Scheme(SQLModel, table=True):
    """A brokerage scheme as proposed; acts approve, commit, fund, draw and close it."""

    code: str = Field(sa_type=Text, primary_key=True)
    title: str = _text()
    members: str = _text()
    area: str = _text()
    budget_pence: int = _pence()
    places: int = _pence()
    proposed_on: datetime.date
    proposed_by: str = _text()


class SchemeMovement(SQLModel, table=True):
    """Money in or out of a scheme by source: a member's commitment, a funder's grant, a drawdown.

    `kind`: commit, agree, receive, draw, close. `received_pence` is the part of match funding
    that has arrived; `amount_pence` what remains to draw changes by.
    """

    __tablename__ = "scheme_movement"
    __table_args__ = (Index("ix_scheme_movement_scheme", "scheme"),)
    id: int = _key()
    scheme: str = _text()
    source_kind: str = _text()
    source: str = _text()
    kind: str = _text()
    amount_pence: int = _pence()
    received_pence: int = _pence()
    payee: str = _text()
    reference: str = _text()
    entry_id: int = _pence()


class Act(SQLModel, table=True):
    """Who did what when: proposals, approvals, closings; `reference` makes a repeat do nothing.

    `facts` is canonical JSON of what was asked; `state` is `proposed` or `done`.
    """

    __table_args__ = (
        Index("ix_act_subject", "act", "subject"),
        Index(
            "uq_act_reference",
            "act",
            "reference",
            unique=True,
            sqlite_where=text("reference <> '' AND state = 'done'"),
            postgresql_where=text("reference <> '' AND state = 'done'"),
        ),
    )
    id: int = _key()
    at: str = _text()
    user: str = Field(sa_type=Text, nullable=False, sa_column_kwargs={"name": "acting_user"})
    act: str = _text()
    subject: str = _text()
    facts: str = _text()
    state: str = _text()
    reference: str = _text()
    entry_id: int | None = _pence(nullable=True)


APPEND_ONLY = (
    "book_version",
    "journal_entry",
    "journal_transfer",
    "document",
    "bank_line",
    "bank_identification",
    "allocation",
    "allocation_share",
    "opportunity",
    "provision_movement",
    "pot_movement",
    "scheme",
    "scheme_movement",
    "act",
    "opening_spend",
    "finance_export",
    "exported_entry",
    "issued_statement",
    "participant_record",
)
