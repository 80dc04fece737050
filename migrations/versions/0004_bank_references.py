"""Bank lines carry the bank's own reference: it says which line comes again.

Lines are looked up by account and day, so the hash of their content is not kept any longer.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column(
        "bank_line", sa.Column("servicer_reference", TEXT, server_default="", nullable=False)
    )
    op.drop_index("ix_bank_line_content", "bank_line")
    op.drop_column("bank_line", "content_hash")
    op.create_index("ix_bank_line_booked", "bank_line", ["account", "booked"], unique=False)
