"""The code of a terminal's host, as the municipality makes it."""

import sqlalchemy as sa
from alembic import op

revision = "0005_host_code"
down_revision = "0004_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("terminal") as terminal:
        terminal.add_column(sa.Column("host_code_hash", sa.String(length=200), nullable=True))
        terminal.add_column(sa.Column("host_code_made_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("terminal") as terminal:
        terminal.drop_column("host_code_made_at")
        terminal.drop_column("host_code_hash")
