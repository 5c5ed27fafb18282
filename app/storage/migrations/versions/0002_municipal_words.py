"""Own phrases, terms and vocabulary of a municipality."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.CheckConstraint("said_by IN ('employee', 'citizen', 'both')", name=op.f("ck_own_phrase_said_by")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_own_phrase_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_phrase")),
    )
    op.create_index(op.f("ix_own_phrase_municipality_id"), "own_phrase", ["municipality_id"], unique=False)
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=3), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=3), nullable=False),
        sa.Column("translation", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_term_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "target",
            "word",
            name=op.f("uq_term_municipality_id_source_target_word"),
        ),
    )
    op.create_table(
        "vocabulary_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("service_type_id", sa.Integer(), nullable=True),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_vocabulary_word_municipality_id_municipality"),
        ),
        sa.ForeignKeyConstraint(
            ["service_type_id"],
            ["service_type.id"],
            name=op.f("fk_vocabulary_word_service_type_id_service_type"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabulary_word")),
    )
    op.create_index(
        op.f("ix_vocabulary_word_municipality_id"), "vocabulary_word", ["municipality_id"], unique=False
    )
    op.create_index(
        op.f("ix_vocabulary_word_service_type_id"), "vocabulary_word", ["service_type_id"], unique=False
    )


def downgrade() -> None:
    """Indexes go with their tables."""
    op.drop_table("vocabulary_word")
    op.drop_table("term")
    op.drop_table("own_phrase")
