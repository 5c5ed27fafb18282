"""Terminals, the codes by which they join, and the nonces of their requests."""

import sqlalchemy as sa
from alembic import op

revision = "0003_terminals"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "terminal",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("location", sa.String(length=120), nullable=False),
        sa.Column("opening_hours", sa.JSON(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("printer", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("lower_half", sa.Boolean(), nullable=False),
        sa.Column("heartbeat", sa.JSON(), nullable=True),
        sa.Column("self_test", sa.JSON(), nullable=True),
        sa.CheckConstraint("kind IN ('terminal', 'tablet')", name=op.f("ck_terminal_kind")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_terminal_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_terminal_team_id_team"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal")),
        sa.UniqueConstraint("public_key", name=op.f("uq_terminal_public_key")),
    )
    op.create_index(op.f("ix_terminal_municipality_id"), "terminal", ["municipality_id"], unique=False)
    op.create_table(
        "terminal_enrolment",
        sa.Column("code_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code_fingerprint", name=op.f("pk_terminal_enrolment")),
    )
    for column in ("public_key", "expires_at"):
        op.create_index(op.f(f"ix_terminal_enrolment_{column}"), "terminal_enrolment", [column], unique=False)
    op.create_table(
        "enrolment_tries",
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_enrolment_tries")),
    )
    op.create_index(op.f("ix_enrolment_tries_last_at"), "enrolment_tries", ["last_at"], unique=False)
    op.create_table(
        "terminal_nonce",
        sa.Column("signer", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("signer", "nonce", name=op.f("pk_terminal_nonce")),
    )
    op.create_index(op.f("ix_terminal_nonce_used_at"), "terminal_nonce", ["used_at"], unique=False)


def downgrade() -> None:
    """Indexes go with their tables."""
    op.drop_table("terminal_nonce")
    op.drop_table("enrolment_tries")
    op.drop_table("terminal_enrolment")
    op.drop_table("terminal")
