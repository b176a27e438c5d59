"""Create the first schema."""

import sqlalchemy as sa
from alembic import op

from hozon.catalog.types import JsonDocument, UtcDateTime, code_points

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _create_projects()
    _create_runs()
    _create_versions()
    _create_objects()
    _create_lineage()


def _create_projects() -> None:
    """Create projects and the collections within them."""
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity", code_points(128), nullable=False),
        sa.Column("name", code_points(128), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("entity", "name", name=op.f("uq_projects_entity_name")),
    )
    op.create_table(
        "collections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", code_points(128), nullable=False),
        sa.Column("type", code_points(128), nullable=False),
        sa.Column("next_index", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_collections_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_collections_project_id_name")),
    )


def _create_runs() -> None:
    """Create sweeps, runs and their history."""
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("sweep_id", code_points(128), nullable=False),
        sa.Column("config", JsonDocument, nullable=False),
        sa.Column("next_point", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_sweeps_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
        sa.UniqueConstraint("project_id", "sweep_id", name=op.f("uq_sweeps_project_id_sweep_id")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("run_id", code_points(128), nullable=False),
        sa.Column("job_type", code_points(128), nullable=True),
        sa.Column("state", code_points(16), nullable=False),
        sa.Column("config", JsonDocument, nullable=False),
        sa.Column("summary", JsonDocument, nullable=False),
        sa.Column("sweep_id", sa.Integer(), nullable=True),
        sa.Column("created_by", code_points(128), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_runs_project_id")),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name=op.f("fk_runs_sweep_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("project_id", "run_id", name=op.f("uq_runs_project_id_run_id")),
    )
    op.create_index(op.f("ix_runs_sweep_id"), "runs", ["sweep_id"], unique=False)
    op.create_table(
        "history",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row", JsonDocument, nullable=False),
        sa.Column("logged_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_history_run_id")),
        sa.PrimaryKeyConstraint("run_id", "step", name=op.f("pk_history")),
    )


def _create_versions() -> None:
    """Create versions, what names them and what they contain."""
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=True),
        sa.Column("state", code_points(16), nullable=False),
        sa.Column("digest", code_points(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("file_count", sa.BigInteger(), nullable=False),
        sa.Column("description", code_points(), nullable=True),
        sa.Column("metadata", JsonDocument, nullable=False),
        sa.Column("logged_by", sa.Integer(), nullable=True),
        sa.Column("created_by", code_points(128), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("deleted_by", code_points(128), nullable=True),
        sa.Column("deleted_at", UtcDateTime, nullable=True),
        sa.Column("lease_expires_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], name=op.f("fk_versions_collection_id")
        ),
        sa.ForeignKeyConstraint(["logged_by"], ["runs.id"], name=op.f("fk_versions_logged_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("collection_id", "index", name=op.f("uq_versions_collection_id_index")),
    )
    op.create_index(
        "ix_versions_collection_id_digest", "versions", ["collection_id", "digest"], unique=False
    )
    op.create_table(
        "aliases",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("alias", code_points(128), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], name=op.f("fk_aliases_collection_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_aliases_version_id")
        ),
        sa.PrimaryKeyConstraint("collection_id", "alias", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_version_id"), "aliases", ["version_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("path", code_points(), nullable=False),
        sa.Column("digest", code_points(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_entries_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "path", name=op.f("pk_entries")),
    )
    op.create_index(op.f("ix_entries_digest"), "entries", ["digest"], unique=False)
    op.create_table(
        "removed_aliases",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("alias", code_points(128), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_removed_aliases_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "alias", name=op.f("pk_removed_aliases")),
    )


def _create_objects() -> None:
    """Create the places of bytes and the pins on them."""
    op.create_table(
        "objects",
        sa.Column("digest", code_points(64), nullable=False),
        sa.Column("key", code_points(), nullable=False),
        sa.Column("offset_bytes", sa.BigInteger(), nullable=False),
        sa.Column("length_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_objects")),
    )
    op.create_index(op.f("ix_objects_key"), "objects", ["key"], unique=False)
    op.create_table(
        "pins",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("digest", code_points(64), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_pins_version_id")),
        sa.PrimaryKeyConstraint("version_id", "digest", name=op.f("pk_pins")),
    )
    op.create_index("ix_pins_digest", "pins", ["digest"], unique=False)


def _create_lineage() -> None:
    """Create the edges between runs and versions."""
    op.create_table(
        "run_inputs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_inputs_run_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_run_inputs_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_inputs")),
        sa.UniqueConstraint("run_id", "version_id", name=op.f("uq_run_inputs_run_id_version_id")),
    )
    op.create_index(op.f("ix_run_inputs_version_id"), "run_inputs", ["version_id"], unique=False)
    op.create_table(
        "run_outputs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_outputs_run_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_run_outputs_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_outputs")),
        sa.UniqueConstraint("run_id", "version_id", name=op.f("uq_run_outputs_run_id_version_id")),
    )
    op.create_index(op.f("ix_run_outputs_version_id"), "run_outputs", ["version_id"], unique=False)
