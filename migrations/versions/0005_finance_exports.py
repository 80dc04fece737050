"""What was handed to the finance system: each entry once to each system."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

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


def upgrade() -> None:
    op.create_table(
        "finance_export",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("system", TEXT, nullable=False),
        sa.Column("first_period", TEXT, nullable=False),
        sa.Column("last_period", TEXT, nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("manifest_sha256", TEXT, nullable=False),
        sa.Column("exported_at", TEXT, nullable=False),
        sa.Column("exported_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_export")),
    )
    op.create_table(
        "exported_entry",
        sa.Column("system", TEXT, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("export_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("system", "entry_id", name=op.f("pk_exported_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_exported_entry_export_id"), "exported_entry", ["export_id"], unique=False
    )
    only_grows("finance_export")
    only_grows("exported_entry")
