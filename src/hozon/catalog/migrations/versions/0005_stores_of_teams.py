"""Let teams keep their bytes in stores of their own."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.types import code_points

revision = "0005"
down_revision = "0004"

_KEYS = {"objects": "digest", "keys": "key", "stray_keys": "key"}
"""The tables whose rows are unique within a store, and by what they were unique before."""


def upgrade() -> None:
    """Say of every place, key and version in which store it is: so far there was the main one."""
    for table in ("versions", "condemned_objects"):
        op.add_column(table, _store())
    for table, key in _KEYS.items():
        name = op.f(f"pk_{table}")
        with op.batch_alter_table(table) as changed:
            changed.add_column(_store())
            changed.drop_constraint(name, type_="primary")
            changed.create_primary_key(name, ["store", key])


def _store() -> sa.Column[str]:
    """Describe the column; the main store has no name."""
    return sa.Column("store", code_points(128), server_default=sa.text("''"), nullable=False)
