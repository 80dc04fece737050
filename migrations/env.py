"""Alembic's environment: runs revisions on the connection that `ledger.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

from levytool.ledger.database import (
    tables,
    tables_export,
    tables_issued,
    tables_member_ledger,
    tables_opening,
    tables_participants,
)

connection = context.config.attributes["connection"]
target_metadata = tables.SQLModel.metadata
for module in (
    tables_export,
    tables_issued,
    tables_member_ledger,
    tables_opening,
    tables_participants,
):
    assert module.SQLModel.metadata is target_metadata is SQLModel.metadata

context.configure(
    connection=connection,
    target_metadata=target_metadata,
    transactional_ddl=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
