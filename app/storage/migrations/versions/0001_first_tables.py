"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("opening_hours", sa.JSON(), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("slug", name=op.f("uq_municipality_slug")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("name_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name_fingerprint", name=op.f("pk_sign_in_tries")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_team_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("municipality_id", "name", name=op.f("uq_team_municipality_id_name")),
    )
    op.create_table(
        "employee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("background", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("background IN ('none', 'banner', 'blur')", name=op.f("ck_employee_background")),
        sa.CheckConstraint("role IN ('employee', 'manager')", name=op.f("ck_employee_role")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_employee_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_employee_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employee")),
        sa.UniqueConstraint("user_name", name=op.f("uq_employee_user_name")),
    )
    op.create_index(op.f("ix_employee_municipality_id"), "employee", ["municipality_id"], unique=False)
    op.create_table(
        "service_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_service_type_municipality_id_municipality"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_service_type_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_type")),
        sa.UniqueConstraint("municipality_id", "slug", name=op.f("uq_service_type_municipality_id_slug")),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("service_type_id", sa.Integer(), nullable=False),
        sa.Column("lead_employee_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_conversation_ended_at")
        ),
        sa.CheckConstraint("state IN ('open', 'ended')", name=op.f("ck_conversation_state")),
        sa.ForeignKeyConstraint(
            ["lead_employee_id"], ["employee.id"], name=op.f("fk_conversation_lead_employee_id_employee")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_conversation_municipality_id_municipality"),
        ),
        sa.ForeignKeyConstraint(
            ["service_type_id"],
            ["service_type.id"],
            name=op.f("fk_conversation_service_type_id_service_type"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index(
        op.f("ix_conversation_lead_employee_id"), "conversation", ["lead_employee_id"], unique=False
    )
    op.create_index(
        "ix_conversation_today", "conversation", ["municipality_id", "state", "ended_at"], unique=False
    )
    op.create_table(
        "employee_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["employee.id"],
            name=op.f("fk_employee_session_employee_id_employee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_employee_session")),
    )
    op.create_index(
        op.f("ix_employee_session_employee_id"), "employee_session", ["employee_id"], unique=False
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("service_type_id", sa.Integer(), nullable=False),
        sa.Column("easy", sa.Integer(), nullable=False),
        sa.Column("liked", sa.Integer(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.CheckConstraint("easy BETWEEN 1 AND 3", name=op.f("ck_rating_easy")),
        sa.CheckConstraint("liked BETWEEN 1 AND 3", name=op.f("ck_rating_liked")),
        sa.ForeignKeyConstraint(
            ["service_type_id"], ["service_type.id"], name=op.f("fk_rating_service_type_id_service_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_rated_on", "rating", ["rated_on"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("conversation_id", sa.String(length=12), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("reads_captions", sa.Boolean(), nullable=False),
        sa.Column("caption_language", sa.String(length=12), nullable=False),
        sa.Column("agrees_captions", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('citizen', 'employee', 'interpreter', 'relative')", name=op.f("ck_invitation_role")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_invitation_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_conversation_id"), "invitation", ["conversation_id"], unique=False)
    op.create_table(
        "seat",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("conversation_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.String(length=12), nullable=True),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("reads_captions", sa.Boolean(), nullable=False),
        sa.Column("caption_language", sa.String(length=12), nullable=False),
        sa.Column("agrees_captions", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(invitation_id IS NULL) <> (employee_id IS NULL)", name=op.f("ck_seat_one_person")
        ),
        sa.CheckConstraint("number > 1 OR employee_id IS NOT NULL", name=op.f("ck_seat_lead_is_employee")),
        sa.CheckConstraint("number BETWEEN 1 AND 4", name=op.f("ck_seat_number")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_seat_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_seat_employee_id_employee")),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_seat_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint(
            "conversation_id", "employee_id", name=op.f("uq_seat_conversation_id_employee_id")
        ),
        sa.UniqueConstraint("conversation_id", "number", name=op.f("uq_seat_conversation_id_number")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_seat_invitation_id")),
    )
    op.create_index(op.f("ix_seat_employee_id"), "seat", ["employee_id"], unique=False)


def downgrade() -> None:
    """Indexes go with their tables."""
    op.drop_table("seat")
    op.drop_table("invitation")
    op.drop_table("rating")
    op.drop_table("employee_session")
    op.drop_table("conversation")
    op.drop_table("service_type")
    op.drop_table("employee")
    op.drop_table("team")
    op.drop_table("sign_in_tries")
    op.drop_table("municipality")
