"""Let sweeps be paused and ended, and remember who tries which of their points."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.types import JsonDocument, UtcDateTime, code_points

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Give sweeps a state and a seed, and their points a table.

    Points that were handed out before are tried: their numbers are not given again.
    """
    op.add_column(
        "sweeps",
        sa.Column("state", code_points(16), server_default="RUNNING", nullable=False),
    )
    op.add_column(
        "sweeps",
        sa.Column("seed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.create_table(
        "sweep_points",
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("point", JsonDocument, nullable=False),
        sa.Column("state", code_points(16), nullable=False),
        sa.Column("token", code_points(32), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name=op.f("fk_sweep_points_sweep_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_sweep_points_run_id")),
        sa.PrimaryKeyConstraint("sweep_id", "number", name=op.f("pk_sweep_points")),
    )
    op.create_index("ix_sweep_points_sweep_id_state", "sweep_points", ["sweep_id", "state"])
