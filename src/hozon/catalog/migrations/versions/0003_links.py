"""Let portfolios hold links, and versions have tags, a TTL and a step of their run's history."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.types import TextList, TtlSpan, code_points

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns where they are, and tables for what is new: nothing is written anew."""
    op.add_column(
        "collections",
        sa.Column("kind", code_points(16), server_default="sequence", nullable=False),
    )
    op.add_column("versions", sa.Column("tags", TextList, nullable=True))
    op.add_column("versions", sa.Column("ttl", TtlSpan, nullable=True))
    op.add_column("versions", sa.Column("history_step", sa.BigInteger(), nullable=True))
    op.create_table(
        "links",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_links_version_id")),
        sa.ForeignKeyConstraint(["source_id"], ["versions.id"], name=op.f("fk_links_source_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_links")),
    )
    op.create_index(op.f("ix_links_source_id"), "links", ["source_id"], unique=False)
    op.create_table(
        "removed_links",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["links.version_id"], name=op.f("fk_removed_links_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_removed_links")),
    )
