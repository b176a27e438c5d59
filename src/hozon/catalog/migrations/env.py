"""Alembic's entry: run the steps on the connection that `hozon.catalog.migrate` hands over."""

from alembic import context

from hozon.catalog.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()
