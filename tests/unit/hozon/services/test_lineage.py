"""Lineage as services draw it: without cycles, and without refusing anyone's work."""

from hozon.model.lineage import EdgeKind
from hozon.model.runs import RunKey
from hozon.model.versions import LogOutcome, Version, VersionId
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.lineage import list_logged, list_used, list_users, record_use
from worlds import Logger


def left_out(context: Context, run: RunKey, version: VersionId) -> list[EdgeKind]:
    """List what is remembered of edges that were not drawn."""
    with context.catalog.read() as session:
        return [edge.kind for edge in session.lineage.left_out_between({run}, {version})]


def test_a_run_that_logs_again_what_it_used(logger: Logger, context: Context) -> None:
    """It is told that its edge was left out, as is remembered; aliases move all the same."""
    version = logger.log("one").version
    run = logger.start_run("r1")
    assert record_use(context, run.key, version.id)
    assert left_out(context, run.key, version.id) == []
    result = logger.log("one", "best", run=run.key)
    assert left_out(context, run.key, version.id) == [EdgeKind.LOGGED]
    assert (result.outcome, result.edge_left_out) == (LogOutcome.UNCHANGED, True)
    assert result.version.aliases == ("best", "latest")
    assert list_logged(context, run.key).count() == 0
    assert list_used(context, run.key).count() == 1


def test_a_run_that_uses_what_it_logged(logger: Logger, context: Context) -> None:
    """The second edge of the two is the one that is left out."""
    run = logger.start_run("r1")
    result = logger.log("one", run=run.key)
    assert not result.edge_left_out
    assert not record_use(context, run.key, result.version.id, use_as="train")
    assert list_users(context, result.version.id) == []
    assert left_out(context, run.key, result.version.id) == [EdgeKind.USED]


def test_a_cycle_over_two_runs_is_not_closed(logger: Logger, context: Context) -> None:
    """Neither by logging nor by using."""
    first, second = logger.start_run("first"), logger.start_run("second")
    raw = logger.log("raw").version
    record_use(context, first.key, raw.id)
    clean = logger.log("clean", run=first.key).version
    record_use(context, second.key, clean.id)
    final = logger.log("final", run=second.key).version
    assert logger.log("raw", run=second.key).edge_left_out
    assert not record_use(context, first.key, final.id)


def test_a_deleted_version_still_joins_runs(logger: Logger, context: Context) -> None:
    """It may be restored, and its edges with it."""
    first, second = logger.start_run("first"), logger.start_run("second")
    raw = logger.log("raw").version
    record_use(context, first.key, raw.id)
    clean = logger.log("clean", run=first.key).version
    record_use(context, second.key, clean.id)
    delete_version(context, clean, delete_aliases=True)
    assert logger.log("raw", run=second.key).edge_left_out


def test_a_diamond_is_drawn_whole(logger: Logger, context: Context) -> None:
    """Two runs use one version, and a third uses what both made of it."""
    raw = logger.log("raw").version
    made: list[Version] = []
    for name in ("left", "right"):
        run = logger.start_run(name)
        assert record_use(context, run.key, raw.id)
        made.append(logger.log(name, run=run.key).version)
    last = logger.start_run("last")
    assert [record_use(context, last.key, version.id) for version in made] == [True, True]
    assert not logger.log("final", run=last.key).edge_left_out


def test_drawing_an_edge_again_is_no_cycle(logger: Logger, context: Context) -> None:
    """The edge is there, and that is what the caller is told."""
    version, run = logger.log("one").version, logger.start_run("r1")
    assert [record_use(context, run.key, version.id) for _ in range(2)] == [True, True]
    maker = logger.start_run("maker")
    assert [logger.log("two", run=maker.key).edge_left_out for _ in range(2)] == [False, False]


def test_without_a_run_there_is_no_edge_to_leave_out(logger: Logger) -> None:
    """Nothing was asked for."""
    assert not logger.log("one").edge_left_out
