"""Members' own purchase ledgers: the files and their lines, the other side of what is declared."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


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
        "member_ledger",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("net_pence", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        *whole_numbers("net_pence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_ledger")),
    )
    op.create_table(
        "member_line",
        sa.Column("ledger_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("contractor_id", sa.BigInteger(), nullable=False),
        sa.Column("framework_id", sa.BigInteger(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("net_pence", sa.BigInteger(), nullable=False),
        sa.Column("lot", TEXT, server_default="", nullable=False),
        sa.Column("call_off", TEXT, server_default="", nullable=False),
        sa.Column("invoice", TEXT, server_default="", nullable=False),
        sa.Column("credits", TEXT, server_default="", nullable=False),
        sa.Column("description", TEXT, server_default="", nullable=False),
        sa.Column("kept", TEXT, server_default="", nullable=False),
        sa.Column("key_hash", sa.BigInteger(), nullable=False),
        *whole_numbers("net_pence"),
    )
    op.create_index(
        "uq_member_line_place", "member_line", ["ledger_id", "line_no", "member_id"], unique=True
    )
    op.create_index("ix_member_line_key", "member_line", ["member_id", "key_hash"], unique=False)
