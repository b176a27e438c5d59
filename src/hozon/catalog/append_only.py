"""Append-only tables: the database itself refuses to change or remove their rows.

Owns the triggers. Refuses to own which tables; that is the schema's and the migrations'.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import DDL, Table, event

_SAID: Final = "rows of {table} are only ever added"


def append_only(dialect: str, table: str) -> Sequence[str]:
    """Give the statements that keep the rows of a table as they are.

    Args:
        dialect: The name of the database, as SQLAlchemy writes it.
        table: The table.
    """
    said = _SAID.format(table=table)
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_keeps_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    refuse = (
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{said}'; END $$"
    )
    keep = (
        f"CREATE TRIGGER {table}_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
    return [refuse, keep]


def keep_rows(table: Table) -> None:
    """Make the triggers of a table whenever it is made."""
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only(dialect, table.name):
            made: Any = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", made.execute_if(dialect=dialect))
