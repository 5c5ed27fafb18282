"""Runs migrations on the connection that app.storage.migrate hands over; opens none itself."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from app.storage.tables import Table


def render_plain_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A migration names what the database keeps, not our column types: those may change after it."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    render_item=render_plain_type,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
