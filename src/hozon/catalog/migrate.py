"""Migrations: bring a database to the schema that this release knows.

Owns when Alembic runs. Refuses to own the steps; they are the files in `migrations/versions`.
Invariants: an up-to-date database costs one query; a new one gets the newest schema at once;
Alembic is imported only for an older one.
"""

from sqlalchemy import Connection, inspect, text

from hozon.catalog.database import Database
from hozon.catalog.schema import metadata
from hozon.errors import CatalogError

HEAD = "0010"
"""The revision that this release works with; a test compares it with Alembic's."""


def ensure_schema(database: Database) -> None:
    """Migrate a database to `HEAD`, unless it is there already.

    Concurrency:
        The write lock is held throughout; a process that comes second finds nothing to do.

    Raises:
        CatalogError: The database was written by a newer release; upgrade hozon. Or it failed or
            could not be reached.
    """
    with database.reading() as connection:
        if _revision(connection) == HEAD:
            return
    with database.writing() as connection:
        if not inspect(connection).get_table_names():
            _create(connection)
        elif _revision(connection) != HEAD:
            _upgrade(connection)


def _create(connection: Connection) -> None:
    """Give an empty database the schema of this release at once; the steps lead to the same one."""
    metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _revision(connection: Connection) -> str | None:
    """Read the revision of a database; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    """Run the missing steps within the transaction of this connection."""
    from alembic import command  # noqa: PLC0415  Importing Alembic takes longer than most calls.
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "hozon.catalog:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        raise CatalogError(
            f"The catalog has the revision {_revision(connection)!r}, unknown to this release",
            hint="Upgrade hozon: the catalog was written by a newer one.",
        ) from error
