"""Writes every encrypted text anew with the newest key, so that an old one can be thrown away."""

from sqlalchemy import select

from app.storage.column_types import EncryptedText
from app.storage.database import Database
from app.storage.tables import Table


def rotate_keys(database: Database) -> int:
    """The number of rows written anew. Open the database with the new key first and the old one after it."""
    rows_written = 0
    for table in Table.metadata.sorted_tables:
        secret = [column for column in table.columns if isinstance(column.type, EncryptedText)]
        if not secret:
            continue
        key = list(table.primary_key.columns)
        with database.writing() as session:
            for row in session.execute(select(*key, *secret).with_for_update()).mappings().all():
                session.execute(
                    table.update()
                    .where(*(column == row[column] for column in key))
                    .values({column: row[column] for column in secret})
                )
                rows_written += 1
    return rows_written
