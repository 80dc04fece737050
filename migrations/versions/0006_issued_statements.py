"""Statements as they were issued: the value that every form is written from."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def only_grows(table: str) -> None:
    """Refuse what would change or take away a row."""
    message = f"{table} is append-only: correct it by a reversal"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON "
                f"{table} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON "
        f"{table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{message}')"
    )


def whole_numbers(*columns: str) -> list[sa.CheckConstraint]:
    """SQLite takes 'abc' or 1.5 for an integer unless it is told; PostgreSQL's BIGINT does not."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [
        sa.CheckConstraint(f"{column} = CAST({column} AS INTEGER)", name=f"{column}_whole")
        for column in columns
    ]


def upgrade() -> None:
    op.create_table(
        "issued_statement",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("first_period", TEXT, nullable=False),
        sa.Column("last_period", TEXT, nullable=False),
        sa.Column("follows", sa.BigInteger(), nullable=True),
        sa.Column("last_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("opening_pence", sa.BigInteger(), nullable=False),
        sa.Column("closing_pence", sa.BigInteger(), nullable=False),
        sa.Column("figures_hash", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("value_sha256", TEXT, nullable=False),
        sa.Column("forms", TEXT, nullable=False),
        sa.Column("prepared_by", TEXT, nullable=False),
        sa.Column("prepared_at", TEXT, nullable=False),
        sa.Column("issued_by", TEXT, nullable=False),
        sa.Column("issued_at", TEXT, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("opening_pence", "closing_pence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_statement")),
    )
    op.create_index("ix_issued_statement_subject", "issued_statement", ["kind", "code"])
    only_grows("issued_statement")
