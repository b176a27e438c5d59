"""Runs: what the services write of them."""

import math

import pytest
from sqlalchemy import create_engine, text

from hozon.errors import CatalogError
from hozon.services.context import Context
from hozon.services.runs import find_run, log_metrics, new_id
from worlds import Logger


def history(context: Context) -> list[tuple[int, str]]:
    """Read the rows of the history, past the port, which only writes them yet."""
    engine = create_engine(context.catalog.url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT step, row FROM history ORDER BY step")).all()
    engine.dispose()
    return [(step, row) for step, row in rows]


def test_metrics_are_a_row_of_the_history(logger: Logger) -> None:
    """A step each, in plain JSON whatever the numbers."""
    run = logger.start_run("r1")
    log_metrics(logger.context, run.key, {"loss": 1}, step=0, summary={"loss": 1})
    log_metrics(logger.context, run.key, {"loss": math.nan}, step=1, summary={})
    assert history(logger.context) == [(0, '{"loss": 1}'), (1, '{"loss": {"$float": "nan"}}')]


def test_history_and_summary_change_together(logger: Logger) -> None:
    """A row that is refused leaves the summary as it was."""
    run = logger.start_run("r1")
    log_metrics(logger.context, run.key, {"loss": 1}, step=0, summary={"loss": 1})
    with pytest.raises(CatalogError):
        log_metrics(logger.context, run.key, {"loss": 2}, step=0, summary={"loss": 2})
    assert find_run(logger.context, run.path).summary == {"loss": 1}
    assert len(history(logger.context)) == 1


def test_ids_are_made_up_by_chance() -> None:
    """Eight digits and lower-case letters; a thousand of them are all different."""
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(i) == 8 and i.isalnum() and i == i.lower() for i in ids)
