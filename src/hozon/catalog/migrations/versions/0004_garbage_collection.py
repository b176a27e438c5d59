"""Let versions expire, be restored and be purged, and the store be collected."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.types import TtlSpan, UtcDateTime, code_points

revision = "0004"
down_revision = "0003"

_KEYS_OF_OBJECTS = """
INSERT INTO keys (key, size_bytes, created_at)
SELECT key, max(offset_bytes + length_bytes), min(created_at) FROM objects GROUP BY key
"""
_SOURCES_OF_ENTRIES = """
INSERT INTO entry_sources (version_id, source_id)
SELECT DISTINCT version_id, CAST({source} AS INTEGER) FROM entries
WHERE ref LIKE 'hozon-artifact://%'
"""
_SOURCE_OF_REF = {
    "postgresql": "split_part(substr(ref, 18), '/', 1)",
    "sqlite": "substr(ref, 18)",  # The cast reads the digits that it begins with.
}


def upgrade() -> None:
    """Add columns where they are, and tables for what is new; fill those that mirror others."""
    _let_versions_expire()
    _keep_what_a_collector_knows()
    op.create_table(
        "entry_sources",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_entry_sources_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["versions.id"], name=op.f("fk_entry_sources_source_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "source_id", name=op.f("pk_entry_sources")),
    )
    op.create_index(op.f("ix_entry_sources_source_id"), "entry_sources", ["source_id"])
    op.drop_index(op.f("ix_entries_digest"), table_name="entries")
    op.create_index("ix_entries_digest_version_id", "entries", ["digest", "version_id"])
    op.execute(_KEYS_OF_OBJECTS)
    source = _SOURCE_OF_REF[op.get_bind().dialect.name]
    op.execute(_SOURCES_OF_ENTRIES.format(source=source))


def _let_versions_expire() -> None:
    """Give projects, teams and collections what their versions live by."""
    op.add_column("projects", sa.Column("ttl", TtlSpan, nullable=True))
    op.add_column("collections", sa.Column("ttl", TtlSpan, nullable=True))
    op.add_column("collections", sa.Column("retention", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("runs", sa.Column("deleted_at", UtcDateTime, nullable=True))
    op.add_column("versions", sa.Column("deleted_reason", code_points(16), nullable=True))
    op.add_column("versions", sa.Column("purged_at", UtcDateTime, nullable=True))
    op.add_column("versions", sa.Column("purged_by", code_points(128), nullable=True))
    op.add_column("versions", sa.Column("upload_id", code_points(32), nullable=True))
    op.create_index(op.f("ix_versions_upload_id"), "versions", ["upload_id"], unique=True)
    op.create_index("ix_versions_state_deleted_at", "versions", ["state", "deleted_at"])
    op.create_table(
        "teams",
        sa.Column("entity", code_points(128), nullable=False),
        sa.Column("ttl", TtlSpan, nullable=True),
        sa.Column("members_may_set_ttl", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("entity", name=op.f("pk_teams")),
    )
    op.create_table(
        "protected_aliases",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("alias", code_points(128), nullable=False),
        sa.Column("protected_by", code_points(128), nullable=False),
        sa.Column("protected_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_protected_aliases_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "alias", name=op.f("pk_protected_aliases")),
    )


def _keep_what_a_collector_knows() -> None:
    """Make the tables that only garbage collection writes."""
    op.create_table(
        "keys",
        sa.Column("key", code_points(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("condemned_at", UtcDateTime, nullable=True),
        sa.Column("removed_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_keys")),
    )
    op.create_index(op.f("ix_keys_condemned_at"), "keys", ["condemned_at"])
    op.create_table(
        "condemned_objects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", code_points(64), nullable=False),
        sa.Column("key", code_points(), nullable=False),
        sa.Column("offset_bytes", sa.BigInteger(), nullable=False),
        sa.Column("length_bytes", sa.BigInteger(), nullable=False),
        sa.Column("condemned_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condemned_objects")),
    )
    op.create_index(op.f("ix_condemned_objects_digest"), "condemned_objects", ["digest"])
    op.create_index(op.f("ix_condemned_objects_key"), "condemned_objects", ["key"])
    op.create_table(
        "stray_keys",
        sa.Column("key", code_points(), nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stray_keys")),
    )
    op.create_table(
        "collector_lease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder", code_points(255), nullable=False),
        sa.Column("token", code_points(32), nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collector_lease")),
    )
    op.create_table(
        "collector_passes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime, nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collector_passes")),
    )
