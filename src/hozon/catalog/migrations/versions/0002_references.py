"""Let entries refer to what lies outside: a URI, what it takes to find it, perhaps no size."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.types import JsonDocument, code_points

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the manifests."""
    with op.batch_alter_table("entries") as entries:
        entries.add_column(sa.Column("ref", code_points(), nullable=True))
        entries.add_column(sa.Column("extra", JsonDocument, nullable=True))
        entries.alter_column("digest", existing_type=code_points(64), type_=code_points())
        entries.alter_column("size_bytes", existing_type=sa.BigInteger(), nullable=True)
