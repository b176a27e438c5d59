"""Let runs be resumed by one process at a time, and have names, groups, tags and notes."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.types import JsonDocument, TextList, UtcDateTime, code_points

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add columns where they are: what is running belongs to nobody, and so has crashed."""
    for name, kind in (
        ("name", code_points(128)),
        ("run_group", code_points(128)),
        ("tags", TextList),
        ("notes", code_points()),
        ("metrics", JsonDocument),
        ("exit_code", sa.Integer()),
        ("holder", code_points(32)),
        ("held_by", code_points()),
        ("held_in", code_points()),
        ("held_until", UtcDateTime),
    ):
        op.add_column("runs", sa.Column(name, kind, nullable=True))
