"""Let runs say what they use versions as, and remember which edges were left out."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.types import TextList, UtcDateTime, code_points

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add a column and a table: what was used before was used as nothing in particular.

    Edges that were left out before are not known.
    """
    op.add_column("run_inputs", sa.Column("use_as", TextList, nullable=True))
    op.create_table(
        "left_out_edges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("kind", code_points(16), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_left_out_edges_run_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_left_out_edges_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_out_edges")),
        sa.UniqueConstraint(
            "run_id", "version_id", "kind", name=op.f("uq_left_out_edges_run_id_version_id_kind")
        ),
    )
    op.create_index("ix_left_out_edges_version_id", "left_out_edges", ["version_id"])
