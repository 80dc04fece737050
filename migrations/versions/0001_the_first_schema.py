"""The first schema: tables, whole-number CHECKs on money, and triggers that refuse change."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Ordered by code point on both databases: in a server's own language reports would differ."""

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
)


def whole_numbers(*columns: str) -> list[sa.CheckConstraint]:
    """SQLite takes 'abc' or 1.5 for an integer unless it is told; PostgreSQL's BIGINT does not.

    A cast is quicker than `typeof`: a million lines are checked in a quarter of a second less.
    """
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [
        sa.CheckConstraint(f"{column} = CAST({column} AS INTEGER)", name=f"{column}_whole")
        for column in columns
    ]


def refuse_change(table: str) -> None:
    """Let a table only grow: the database itself refuses UPDATE and DELETE."""
    message = f"{table} is append-only: correct it by a reversal"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{message}')"
    )


def upgrade() -> None:
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$"
        )
    for table in APPEND_ONLY:
        refuse_change(table)


def create_tables() -> None:
    op.create_table(
        "accepted_spend",
        sa.Column("return_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("call_off", TEXT, nullable=False),
        sa.Column("base_pence", sa.BigInteger(), nullable=False),
        *whole_numbers("base_pence"),
        sa.PrimaryKeyConstraint(
            "return_id", "member_id", "call_off", name=op.f("pk_accepted_spend")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "act",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("acting_user", TEXT, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )
    op.create_index("ix_act_subject", "act", ["act", "subject"], unique=False)
    op.create_index(
        "uq_act_reference",
        "act",
        ["act", "reference"],
        unique=True,
        sqlite_where=sa.text("reference <> '' AND state = 'done'"),
        postgresql_where=sa.text("reference <> '' AND state = 'done'"),
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_line_id", sa.BigInteger(), nullable=True),
        sa.Column("credit_document_id", sa.BigInteger(), nullable=True),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("net_pence", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("amount_pence", "net_pence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index(
        op.f("ix_allocation_bank_line_id"), "allocation", ["bank_line_id"], unique=False
    )
    op.create_index(
        op.f("ix_allocation_credit_document_id"), "allocation", ["credit_document_id"], unique=False
    )
    op.create_index(op.f("ix_allocation_document_id"), "allocation", ["document_id"], unique=False)
    op.create_table(
        "allocation_share",
        sa.Column("allocation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member", TEXT, nullable=False),
        sa.Column("net_pence", sa.BigInteger(), nullable=False),
        sa.Column("retained_pence", sa.BigInteger(), nullable=False),
        *whole_numbers("net_pence", "retained_pence"),
        sa.PrimaryKeyConstraint("allocation_id", "member", name=op.f("pk_allocation_share")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bank_identification",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bank_line_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("party", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("amount_pence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_identification")),
    )
    op.create_index(
        op.f("ix_bank_identification_bank_line_id"),
        "bank_identification",
        ["bank_line_id"],
        unique=False,
    )
    op.create_table(
        "bank_line",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("account", TEXT, nullable=False),
        sa.Column("booked", sa.Date(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("balance_pence", sa.BigInteger(), nullable=True),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("amount_pence", "balance_pence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
    )
    op.create_index("ix_bank_line_content", "bank_line", ["account", "content_hash"], unique=False)
    op.create_table(
        "book_version",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("applied_at", TEXT, nullable=False),
        sa.Column("applied_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_version")),
    )
    op.create_table(
        "declaration_line",
        sa.Column("return_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("net_pence", sa.BigInteger(), nullable=False),
        sa.Column("base_pence", sa.BigInteger(), nullable=False),
        sa.Column("rate_ppm", sa.BigInteger(), nullable=True),
        sa.Column("member_pays", sa.SmallInteger(), nullable=False),
        sa.Column("levy_micropence", sa.BigInteger(), nullable=False),
        sa.Column(
            "true_up_micropence", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("levy_share_pence", sa.BigInteger(), nullable=True),
        sa.Column("lot", TEXT, server_default="", nullable=False),
        sa.Column("call_off", TEXT, server_default="", nullable=False),
        sa.Column("invoice", TEXT, server_default="", nullable=False),
        sa.Column("credits", TEXT, server_default="", nullable=False),
        sa.Column("description", TEXT, server_default="", nullable=False),
        sa.Column("kept", TEXT, server_default="", nullable=False),
        sa.Column("key_hash", sa.BigInteger(), nullable=False),
        *whole_numbers(
            "net_pence",
            "base_pence",
            "rate_ppm",
            "levy_micropence",
            "true_up_micropence",
            "levy_share_pence",
        ),
    )
    op.create_index(
        "uq_declaration_line_place",
        "declaration_line",
        ["return_id", "line_no", "member_id"],
        unique=True,
    )
    op.create_index(
        "ix_declaration_line_declared", "declaration_line", ["member_id", "key_hash"], unique=False
    )
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("payer_kind", TEXT, nullable=False),
        sa.Column("payer", TEXT, nullable=False),
        sa.Column("return_id", sa.BigInteger(), nullable=False),
        sa.Column("framework", TEXT, nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("net_pence", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate_ppm", sa.BigInteger(), nullable=True),
        sa.Column("vat_pence", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("net_pence", "vat_rate_ppm", "vat_pence"),
        sa.CheckConstraint("net_pence >= 0 AND vat_pence >= 0", name="amounts_not_negative"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("number", name=op.f("uq_document_number")),
    )
    op.create_index(op.f("ix_document_payer"), "document", ["payer"], unique=False)
    op.create_index(op.f("ix_document_period"), "document", ["period"], unique=False)
    op.create_index(op.f("ix_document_return_id"), "document", ["return_id"], unique=False)
    op.create_table(
        "import_file",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("constants", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("imported_at", TEXT, nullable=False),
        sa.Column("imported_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
    )
    op.create_index(
        "uq_import_file_live",
        "import_file",
        ["sha256", "role", "constants"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("posted", TEXT, nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("reporting_period", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("narrative", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("posted_by", TEXT, nullable=False),
        sa.Column("facts_digest", TEXT, nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    op.create_index(op.f("ix_journal_entry_period"), "journal_entry", ["period"], unique=False)
    op.create_index(
        op.f("ix_journal_entry_reference"), "journal_entry", ["reference"], unique=False
    )
    op.create_table(
        "journal_transfer",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("debit_account", TEXT, nullable=False),
        sa.Column("debit_dimension", TEXT, nullable=False),
        sa.Column("credit_account", TEXT, nullable=False),
        sa.Column("credit_dimension", TEXT, nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        *whole_numbers("amount_pence"),
        sa.CheckConstraint("amount_pence >= 0", name="amount_not_negative"),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_journal_transfer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "levy_return",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contractor_id", sa.BigInteger(), nullable=False),
        sa.Column("framework_id", sa.BigInteger(), nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("supplement", sa.SmallInteger(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("net_pence", sa.BigInteger(), nullable=False),
        sa.Column("levy_micropence", sa.BigInteger(), nullable=False),
        sa.Column("levy_pence", sa.BigInteger(), nullable=False),
        sa.Column("staged_at", TEXT, nullable=False),
        sa.Column("staged_by", TEXT, nullable=False),
        sa.Column("accepted_at", TEXT, nullable=True),
        sa.Column("accepted_by", TEXT, nullable=True),
        sa.Column("lines_digest", TEXT, nullable=False),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("corrects", sa.BigInteger(), nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        *whole_numbers("net_pence", "levy_micropence", "levy_pence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_levy_return")),
    )
    op.create_index(
        "uq_levy_return_accepted",
        "levy_return",
        ["contractor_id", "framework_id", "period", "supplement"],
        unique=True,
        sqlite_where=sa.text("state IN ('accepted', 'nil')"),
        postgresql_where=sa.text("state IN ('accepted', 'nil')"),
    )
    op.create_index(
        "uq_levy_return_staged",
        "levy_return",
        ["contractor_id", "framework_id", "period"],
        unique=True,
        sqlite_where=sa.text("state = 'staged'"),
        postgresql_where=sa.text("state = 'staged'"),
    )
    op.create_table(
        "opportunity",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("framework", TEXT, nullable=False),
        sa.Column("member", TEXT, nullable=False),
        sa.Column("contractor", TEXT, nullable=False),
        sa.Column("call_off", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("weeks", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=True),
        sa.Column("evidence", TEXT, nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunity")),
    )
    op.create_table(
        "party",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("kind", "code", name=op.f("uq_party_kind_code")),
    )
    op.create_table(
        "pot_movement",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member", TEXT, nullable=False),
        sa.Column("cohort", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("scheme", TEXT, nullable=False),
        sa.Column("other_member", TEXT, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("amount_pence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pot_movement")),
    )
    op.create_index("ix_pot_movement_member", "pot_movement", ["member", "cohort"], unique=False)
    op.create_table(
        "provision_movement",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("framework", TEXT, nullable=False),
        sa.Column("member", TEXT, nullable=False),
        sa.Column("call_off", TEXT, nullable=False),
        sa.Column("contractor", TEXT, nullable=False),
        sa.Column("layer", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_pence", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("by_member", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("unit_cost_pence", "places", "amount_pence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_movement")),
    )
    op.create_index(
        "ix_provision_movement_framework", "provision_movement", ["framework"], unique=False
    )
    op.create_table(
        "scheme",
        sa.Column("code", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("members", TEXT, nullable=False),
        sa.Column("area", TEXT, nullable=False),
        sa.Column("budget_pence", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("proposed_by", TEXT, nullable=False),
        *whole_numbers("budget_pence", "places"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_scheme")),
    )
    op.create_table(
        "scheme_movement",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scheme", TEXT, nullable=False),
        sa.Column("source_kind", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("received_pence", sa.BigInteger(), nullable=False),
        sa.Column("payee", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("amount_pence", "received_pence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_movement")),
    )
    op.create_index("ix_scheme_movement_scheme", "scheme_movement", ["scheme"], unique=False)
    op.create_table(
        "series",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        *whole_numbers("next_number"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_series")),
    )
