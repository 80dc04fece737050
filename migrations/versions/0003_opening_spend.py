"""What an opening file brings: cumulative spend and places, which only grow."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MESSAGE = "opening_spend is append-only: correct it by a reversal"


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
        "opening_spend",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("framework", TEXT, nullable=False),
        sa.Column("member", TEXT, nullable=False),
        sa.Column("call_off", TEXT, nullable=False),
        sa.Column("contractor", TEXT, nullable=False),
        sa.Column("base_pence", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("verified", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        *whole_numbers("base_pence", "delivered", "verified"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_spend")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER opening_spend_refuses_{act.lower()} BEFORE {act} ON "
                f"opening_spend BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER opening_spend_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON "
        f"opening_spend FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{MESSAGE}')"
    )
