"""Walk-ins that wait for a lead, entries of terminals, short codes, call-backs."""

import sqlalchemy as sa
from alembic import op

revision = "0004_queue"
down_revision = "0003_terminals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conversation") as conversation:
        conversation.alter_column("lead_employee_id", existing_type=sa.Integer(), nullable=True)
        conversation.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        conversation.create_foreign_key(op.f("fk_conversation_team_id_team"), "team", ["team_id"], ["id"])
    op.create_table(
        "terminal_entry",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("terminal_id", sa.String(length=40), nullable=False),
        sa.Column("invitation_id", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_terminal_entry_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_entry")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_terminal_entry_token_hash")),
    )
    op.create_index(op.f("ix_terminal_entry_terminal_id"), "terminal_entry", ["terminal_id"], unique=False)
    op.create_index(
        op.f("ix_terminal_entry_invitation_id"), "terminal_entry", ["invitation_id"], unique=False
    )
    op.create_table(
        "short_code",
        sa.Column("invitation_id", sa.String(length=12), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_short_code_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_short_code")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_short_code_fingerprint")),
    )
    op.create_table(
        "short_code_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_short_code_try")),
    )
    op.create_index(op.f("ix_short_code_try_at"), "short_code_try", ["at"], unique=False)
    op.create_table(
        "call_back",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_call_back_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_back")),
    )
    op.create_index(op.f("ix_call_back_municipality_id"), "call_back", ["municipality_id"], unique=False)


def downgrade() -> None:
    """Indexes go with their tables; walk-ins that nobody took go, as they have no lead."""
    for table in ("call_back", "short_code_try", "short_code", "terminal_entry"):
        op.drop_table(table)
    op.execute("DELETE FROM conversation WHERE lead_employee_id IS NULL")
    with op.batch_alter_table("conversation") as conversation:
        conversation.drop_constraint(op.f("fk_conversation_team_id_team"), type_="foreignkey")
        conversation.drop_column("team_id")
        conversation.alter_column("lead_employee_id", existing_type=sa.Integer(), nullable=False)
