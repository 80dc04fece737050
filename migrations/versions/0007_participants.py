"""Participants' records: pseudonymous, and only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

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
        "participant_record",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant", TEXT, nullable=False),
        sa.Column("scheme", TEXT, nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("hours", sa.BigInteger(), nullable=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("target_group", TEXT, nullable=False),
        sa.Column("completed", sa.SmallInteger(), nullable=False),
        sa.Column("withdraws", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("hours", "completed", "withdraws"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_record")),
    )
    op.create_index(
        op.f("ix_participant_record_participant"), "participant_record", ["participant"]
    )
    only_grows("participant_record")
