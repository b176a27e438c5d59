"""The tables, as SQLAlchemy Core sees them.

Owns names, types and keys of columns. Refuses to own how they came about; that is
`hozon.catalog.migrations`, and a test holds the two equal. Invariants: a version's number is
unique in its collection for good; an object's place is key, offset and length.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
    true,
)

from hozon.catalog.append_only import keep_rows
from hozon.catalog.types import JsonDocument, TextList, TtlSpan, UtcDateTime, code_points

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
"""All tables."""

projects = Table(
    "projects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entity", code_points(128), nullable=False),
    Column("name", code_points(128), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ttl", TtlSpan),
    Column("visibility", code_points(16), nullable=False, server_default=text("'private'")),
    UniqueConstraint("entity", "name"),
)
"""Projects of entities; made by the first write into them."""

teams = Table(
    "teams",
    metadata,
    Column("entity", code_points(128), primary_key=True),
    Column("ttl", TtlSpan),
    Column("members_may_set_ttl", Boolean, nullable=False, server_default=true()),
)
"""What holds for all projects of an entity; without a row, the defaults do."""

members = Table(
    "members",
    metadata,
    Column("entity", code_points(128), primary_key=True),
    Column("name", code_points(128), primary_key=True),
    Column("role", code_points(16), nullable=False),
    Column("added_by", code_points(128), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)
"""Who belongs to which team; an entity without a row is no team yet."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", code_points(128), nullable=False),
    Column("action", code_points(32), nullable=False),
    Column("entity", code_points(128), nullable=False),
    Column("project", code_points(128)),
    Column("collection", code_points(128)),
    Column("version", Integer),
    Column("run", code_points(128)),
    Column("details", JsonDocument, nullable=False),
    Index("ix_audit_entity_project_collection", "entity", "project", "collection"),
)
"""Who did what to what, as things were called at the time.

Triggers refuse to change or remove a row; a migration that makes the table anew makes them anew.
"""

keep_rows(audit)

protected_aliases = Table(
    "protected_aliases",
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("alias", code_points(128), primary_key=True),
    Column("protected_by", code_points(128), nullable=False),
    Column("protected_at", UtcDateTime, nullable=False),
)
"""Aliases that nobody may move, nor delete the version of, in any collection of a project."""

sweeps = Table(
    "sweeps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("sweep_id", code_points(128), nullable=False),
    Column("config", JsonDocument, nullable=False),
    Column("next_point", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", code_points(16), nullable=False, server_default="RUNNING"),
    Column("seed", BigInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("project_id", "sweep_id"),
)
"""Sweeps with the number of the point to hand out next, and what random ones are drawn from."""

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("run_id", code_points(128), nullable=False),
    Column("job_type", code_points(128)),
    Column("state", code_points(16), nullable=False),
    Column("config", JsonDocument, nullable=False),
    Column("summary", JsonDocument, nullable=False),
    Column("sweep_id", ForeignKey("sweeps.id"), index=True),
    Column("created_by", code_points(128), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("deleted_at", UtcDateTime),
    Column("name", code_points(128)),
    Column("run_group", code_points(128)),
    Column("tags", TextList),
    Column("notes", code_points()),
    Column("metrics", JsonDocument),
    Column("exit_code", Integer),
    Column("holder", code_points(32)),
    Column("held_by", code_points()),
    Column("held_in", code_points()),
    Column("held_until", UtcDateTime),
    UniqueConstraint("project_id", "run_id"),
)
"""Runs; deleted ones stay for lineage, and their ids are not given again.

A running one belongs to the process that knows its holder's token; what was running before there
were holders belongs to none.
"""

sweep_points = Table(
    "sweep_points",
    metadata,
    Column("sweep_id", ForeignKey("sweeps.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("point", JsonDocument, nullable=False),
    Column("state", code_points(16), nullable=False),
    Column("token", code_points(32), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("run_id", ForeignKey("runs.id")),
    Index("ix_sweep_points_sweep_id_state", "sweep_id", "state"),
)
"""The points of sweeps that were handed out, with who holds each of them and until when."""

history = Table(
    "history",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    Column("row", JsonDocument, nullable=False),
    Column("logged_at", UtcDateTime, nullable=False),
)
"""Metrics of runs, a row a step."""

collections = Table(
    "collections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("name", code_points(128), nullable=False),
    Column("type", code_points(128), nullable=False),
    Column("next_index", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("kind", code_points(16), nullable=False, server_default="sequence"),
    Column("ttl", TtlSpan),
    Column("retention", JSON(none_as_null=True)),
    Column("description", code_points()),
    Column("tags", TextList),
    UniqueConstraint("project_id", "name"),
)
"""Collections with the number to give to the next version, and what their versions live by."""

former_names = Table(
    "former_names",
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("name", code_points(128), primary_key=True),
    Column("collection_id", ForeignKey("collections.id"), nullable=False, index=True),
    Column("renamed_at", UtcDateTime, nullable=False),
)
"""Names that collections had before they were renamed; no other collection ever gets them."""

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("collection_id", ForeignKey("collections.id"), nullable=False),
    Column("index", Integer),
    Column("state", code_points(16), nullable=False),
    Column("digest", code_points(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("file_count", BigInteger, nullable=False),
    Column("description", code_points()),
    Column("metadata", JsonDocument, nullable=False),
    Column("logged_by", ForeignKey("runs.id")),
    Column("created_by", code_points(128), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("deleted_by", code_points(128)),
    Column("deleted_at", UtcDateTime, index=True),
    Column("lease_expires_at", UtcDateTime, index=True),
    Column("tags", TextList),
    Column("ttl", TtlSpan),
    Column("history_step", BigInteger),
    Column("deleted_reason", code_points(16)),
    Column("purged_at", UtcDateTime),
    Column("purged_by", code_points(128)),
    Column("upload_id", code_points(32), index=True, unique=True),
    Column("store", code_points(128), nullable=False, server_default=text("''")),
    UniqueConstraint("collection_id", "index"),
    Index("ix_versions_collection_id_digest", "collection_id", "digest"),
)
"""Versions; those that are PENDING have a lease and no number yet.

The keys of what a PENDING version uploads contain its upload id, by which a collector tells them
from leftovers. The store is the one that holds the bytes: that of the team by its name, or the main
one, which has no name.
"""

links = Table(
    "links",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("source_id", ForeignKey("versions.id"), nullable=False, index=True),
)
"""Which versions are links, and to which version each of them leads."""

removed_links = Table(
    "removed_links",
    metadata,
    Column("version_id", ForeignKey("links.version_id"), primary_key=True),
)
"""Links that the delete of their source took along, for restoring."""

aliases = Table(
    "aliases",
    metadata,
    Column("collection_id", ForeignKey("collections.id"), primary_key=True),
    Column("alias", code_points(128), primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
)
"""Where each alias of a collection points."""

removed_aliases = Table(
    "removed_aliases",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("alias", code_points(128), primary_key=True),
)
"""Aliases that a delete took away, for restoring."""

entries = Table(
    "entries",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("path", code_points(), primary_key=True),
    Column("digest", code_points(), nullable=False),
    Column("size_bytes", BigInteger),
    Column("ref", code_points()),
    Column("extra", JsonDocument),
    Index("ix_entries_digest_version_id", "digest", "version_id"),
)
"""The manifests, a row a file or a reference; those of purged versions stay for a while."""

entry_sources = Table(
    "entry_sources",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("source_id", ForeignKey("versions.id"), primary_key=True, index=True),
)
"""Which versions hold references to entries of which others."""

objects = Table(
    "objects",
    metadata,
    Column("store", code_points(128), primary_key=True, server_default=text("''")),
    Column("digest", code_points(64), primary_key=True),
    Column("key", code_points(), nullable=False, index=True),
    Column("offset_bytes", BigInteger, nullable=False),
    Column("length_bytes", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
"""The place of each digest that a store holds; stores share nothing."""

keys = Table(
    "keys",
    metadata,
    Column("store", code_points(128), primary_key=True, server_default=text("''")),
    Column("key", code_points(), primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("condemned_at", UtcDateTime, index=True),
    Column("removed_at", UtcDateTime),
)
"""The keys of each store in which something has or had a place.

Nothing ever gets a place under a condemned key. A removed one is remembered as long as the trash of
the store, or its old versions, may bring it back.
"""

condemned_objects = Table(
    "condemned_objects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("store", code_points(128), nullable=False, server_default=text("''")),
    Column("digest", code_points(64), nullable=False, index=True),
    Column("key", code_points(), nullable=False, index=True),
    Column("offset_bytes", BigInteger, nullable=False),
    Column("length_bytes", BigInteger, nullable=False),
    Column("condemned_at", UtcDateTime, nullable=False),
)
"""Places that digests had until a collector gave them up."""

stray_keys = Table(
    "stray_keys",
    metadata,
    Column("store", code_points(128), primary_key=True, server_default=text("''")),
    Column("key", code_points(), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
)
"""Keys that a collector found in a store though nothing has a place there, and when first."""

collector_lease = Table(
    "collector_lease",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("holder", code_points(255), nullable=False),
    Column("token", code_points(32), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""Who collects garbage now; one row at most."""

collector_passes = Table(
    "collector_passes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=False),
    Column("report", JSON, nullable=False),
)
"""The passes of garbage collection that came to their end, and what each of them did."""

pins = Table(
    "pins",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("digest", code_points(64), primary_key=True),
    Index("ix_pins_digest", "digest"),
)
"""Digests that a PENDING version will need."""

run_outputs = Table(
    "run_outputs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("run_id", "version_id"),
)
"""Which run logged which version."""

run_inputs = Table(
    "run_inputs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("use_as", TextList),
    UniqueConstraint("run_id", "version_id"),
)
"""Which run used which version, and as what."""

left_out_edges = Table(
    "left_out_edges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("kind", code_points(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("run_id", "version_id", "kind"),
)
"""What runs logged or used without lineage showing it, because it would close a cycle."""
