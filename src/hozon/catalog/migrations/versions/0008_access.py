"""Let projects be private to the members of a team, and keep a log of who did what."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.append_only import append_only
from hozon.catalog.types import JsonDocument, UtcDateTime, code_points

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make every project private; nobody is a member yet, and nothing has been recorded."""
    op.add_column(
        "projects",
        sa.Column(
            "visibility", code_points(16), server_default=sa.text("'private'"), nullable=False
        ),
    )
    op.create_table(
        "members",
        sa.Column("entity", code_points(128), nullable=False),
        sa.Column("name", code_points(128), nullable=False),
        sa.Column("role", code_points(16), nullable=False),
        sa.Column("added_by", code_points(128), nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("entity", "name", name=op.f("pk_members")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", code_points(128), nullable=False),
        sa.Column("action", code_points(32), nullable=False),
        sa.Column("entity", code_points(128), nullable=False),
        sa.Column("project", code_points(128), nullable=True),
        sa.Column("collection", code_points(128), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("run", code_points(128), nullable=True),
        sa.Column("details", JsonDocument, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(
        op.f("ix_audit_entity_project_collection"), "audit", ["entity", "project", "collection"]
    )
    for statement in append_only(op.get_bind().dialect.name, "audit"):
        op.execute(statement)
