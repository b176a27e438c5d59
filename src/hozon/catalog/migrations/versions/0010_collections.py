"""Let collections be described, tagged and renamed."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.types import TextList, UtcDateTime, code_points

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Give collections a description and tags, and remember the names that they had."""
    op.add_column("collections", sa.Column("description", code_points(), nullable=True))
    op.add_column("collections", sa.Column("tags", TextList, nullable=True))
    op.create_table(
        "former_names",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", code_points(128), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("renamed_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_former_names_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], name=op.f("fk_former_names_collection_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "name", name=op.f("pk_former_names")),
    )
    op.create_index("ix_former_names_collection_id", "former_names", ["collection_id"])
