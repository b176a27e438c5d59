"""Runs: who may write what they log, and what is written."""

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from hozon.errors import (
    CatalogError,
    RunExistsError,
    RunHeldError,
    RunLostError,
    RunNotFoundError,
)
from hozon.model.filters import parse_filter
from hozon.model.names import RunId
from hozon.model.orders import Order
from hozon.model.paths import RunPath
from hozon.model.runs import Resume, Run, RunDetails, RunState
from hozon.model.tags import Tag
from hozon.ports.runs import HistoryRow
from hozon.services.context import Context
from hozon.services.delete import delete_run
from hozon.services.lineage import list_users, record_use
from hozon.services.processes import has_ended, has_left, realm, this_process
from hozon.services.run_queries import list_runs
from hozon.services.runs import (
    RUN_LEASE,
    HeldRun,
    RunRequest,
    begin_run,
    describe_run,
    end_run,
    find_run,
    keep_run,
    log_metrics,
    new_id,
    read_history,
    save_config,
    save_metrics,
    save_summary,
    update_run,
)
from hozon.testing.clocks import ManualClock
from worlds import AT, Logger

PATH = RunPath(AT, RunId("r1"))
BEGUN = RunRequest(AT, RunId("r1"))
RESUMED = replace(BEGUN, resume=Resume.MUST)

WRITES: dict[str, Callable[[Context, HeldRun], None]] = {
    "log": lambda context, held: log(context, held, step=9),
    "config": lambda context, held: save_config(context, held, {"stolen": True}),
    "summary": lambda context, held: save_summary(context, held, {"stolen": True}),
    "rules": lambda context, held: save_metrics(context, held, {"loss": "min"}),
    "end": lambda context, held: end_run(context, held, RunState.FAILED, exit_code=1),
}
"""Every write of a run's own life."""


@pytest.fixture
def held(context: Context) -> HeldRun:
    """Begin a run."""
    return begin_run(context, BEGUN)


def found(context: Context) -> Run:
    """Look the run up."""
    return find_run(context, PATH)


def rows(context: Context, held: HeldRun) -> list[HistoryRow]:
    """Read all of the history."""
    return [item.value for item in read_history(context, held.run.key).page(after=None, limit=99)]


def log(context: Context, held: HeldRun, *, step: int, loss: float = 1.0) -> None:
    """Log one metric at a step of its own."""
    row = {"loss": loss}
    log_metrics(context, held, row, step=step, summary=row, again=False)


def pid_that_ended() -> int:
    """Give the id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_metrics_are_a_row_of_the_history(context: Context, held: HeldRun) -> None:
    """A step each, whatever the numbers, with the time of the catalog."""
    log(context, held, step=0)
    log(context, held, step=3, loss=math.nan)
    assert [(row.step, str(row.row)) for row in rows(context, held)] == [
        (0, "{'loss': 1.0}"),
        (3, "{'loss': nan}"),
    ]
    assert {row.logged_at for row in rows(context, held)} == {context.catalog.now()}


def test_the_row_of_a_step_may_be_replaced(context: Context, held: HeldRun) -> None:
    """By one with more in it; there is still one."""
    log(context, held, step=0)
    both = {"loss": 1, "accuracy": 2}
    log_metrics(context, held, both, step=0, summary=both, again=True)
    assert [(row.step, row.row) for row in rows(context, held)] == [(0, both)]
    assert found(context).summary == both


def test_history_and_summary_change_together(context: Context, held: HeldRun) -> None:
    """A row that is refused leaves the summary as it was."""
    log(context, held, step=0)
    with pytest.raises(CatalogError):
        log(context, held, step=0, loss=2)
    assert found(context).summary == {"loss": 1.0}
    assert len(rows(context, held)) == 1


def test_a_part_of_the_history_can_be_read(context: Context, held: HeldRun) -> None:
    """From a step on, up to before another."""
    for step in range(5):
        log(context, held, step=step)
    listing = read_history(context, held.run.key, first=1, end=4)
    assert [item.value.step for item in listing.page(after=None, limit=9)] == [1, 2, 3]
    assert listing.count() == 3
    assert [item.value.step for item in listing.page(after=1, limit=1)] == [2]


def test_ids_are_made_up_by_chance() -> None:
    """Eight digits and lower-case letters; a thousand of them are all different."""
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(i) == 8 and i.isalnum() and i == i.lower() for i in ids)


def test_a_run_goes_on_where_it_ended(context: Context, held: HeldRun) -> None:
    """At the next step, with its config, its summary and what was said of it, and new words win."""
    save_config(context, held, {"rate": 0.1, "epochs": 2})
    describe_run(context, held.run.key, RunDetails(name="first", notes="slow"))
    log(context, held, step=0)
    log(context, held, step=7, loss=0.5)
    end_run(context, held, RunState.FAILED, exit_code=3)
    assert (found(context).state, found(context).exit_code) == (RunState.FAILED, 3)
    again = begin_run(
        context,
        replace(RESUMED, config={"epochs": 3}, details=RunDetails(name="second", group="g")),
    )
    assert (again.resumed, again.step) == (True, 8)
    assert again.run.config == {"rate": 0.1, "epochs": 3}
    assert again.run.summary == {"loss": 0.5}
    assert again.run.details == RunDetails(name="second", group="g", notes="slow")
    running = found(context)
    assert (running.state, running.exit_code, running.finished_at) == (
        RunState.RUNNING,
        None,
        None,
    )


def test_a_run_without_history_goes_on_at_its_first_step(context: Context, held: HeldRun) -> None:
    """There is none before it."""
    end_run(context, held, RunState.FINISHED, exit_code=0)
    assert begin_run(context, RESUMED).step == 0


@pytest.mark.parametrize("resume", [Resume.ALLOW, Resume.NEVER, None])
def test_a_run_that_is_missing_is_begun(context: Context, resume: Resume | None) -> None:
    """Unless it must be there."""
    begun = begin_run(context, replace(BEGUN, resume=resume, config={"a": 1}))
    assert (begun.resumed, begun.step, begun.run.config) == (False, 0, {"a": 1})


def test_a_run_that_must_be_there_is_not_begun(context: Context) -> None:
    """A typing error makes no run."""
    with pytest.raises(RunNotFoundError, match="no run ada/digits/r1"):
        begin_run(context, RESUMED)
    assert list_runs(context, AT).count() == 0


@pytest.mark.parametrize("resume", [Resume.NEVER, None])
def test_a_run_that_is_there_is_not_begun_again(
    context: Context, held: HeldRun, resume: Resume | None
) -> None:
    """The hint says how to go on with it."""
    end_run(context, held, RunState.FINISHED, exit_code=0)
    with pytest.raises(RunExistsError, match="already") as caught:
        begin_run(context, replace(BEGUN, resume=resume))
    assert "resume='must'" in caught.value.hint
    assert found(context).state is RunState.FINISHED


@pytest.mark.parametrize("resume", Resume)
def test_a_deleted_run_does_not_go_on(context: Context, held: HeldRun, resume: Resume) -> None:
    """Its id stays taken."""
    end_run(context, held, RunState.FINISHED, exit_code=0)
    delete_run(context, found(context), delete_artifacts=False)
    with pytest.raises(RunExistsError, match="There was a run"):
        begin_run(context, replace(BEGUN, resume=resume))


def test_a_run_that_goes_on_is_not_taken(context: Context, held: HeldRun) -> None:
    """The message says which process has it, the hint how long to wait; its steps do not mix."""
    with pytest.raises(RunHeldError, match=r"going on in process \d+ on ") as caught:
        begin_run(context, RESUMED)
    assert "after 5 minutes" in caught.value.hint
    log(context, held, step=0)
    assert len(rows(context, held)) == 1


def test_a_silent_process_loses_its_run(
    context: Context, held: HeldRun, clock: ManualClock
) -> None:
    """Its run has crashed, whoever looks; a word in time keeps it."""
    clock.advance(RUN_LEASE - timedelta(seconds=1))
    assert found(context).state is RunState.RUNNING
    assert keep_run(context, held)
    clock.advance(RUN_LEASE - timedelta(seconds=1))
    assert found(context).state is RunState.RUNNING
    clock.advance(timedelta(seconds=1))
    assert found(context).state is RunState.CRASHED
    (listed,) = list_runs(context, AT).page(after=None, limit=9)
    assert listed.value.state is RunState.CRASHED


@pytest.mark.parametrize("order", ["+created_at", "-state"])
def test_a_filter_asks_for_the_state_as_it_is_seen(
    context: Context, held: HeldRun, clock: ManualClock, order: str
) -> None:
    """A run whose process fell silent has crashed, though nobody has recorded that."""
    crashed = parse_filter({"state": "crashed"})
    assert list_runs(context, AT, filters=crashed).count() == 0
    clock.advance(RUN_LEASE)
    listing = list_runs(context, AT, filters=crashed, order=Order.parse(order))
    (listed,) = listing.page(after=None, limit=9)
    assert (listed.value.key, listed.value.state) == (held.run.key, RunState.CRASHED)


def test_lineage_shows_who_has_crashed(logger: Logger, held: HeldRun, clock: ManualClock) -> None:
    """As every other look does."""
    version = logger.log("one").version
    record_use(logger.context, held.run.key, version.id)
    clock.advance(RUN_LEASE)
    (user,) = list_users(logger.context, version.id)
    assert user.state is RunState.CRASHED


@pytest.mark.parametrize("write", WRITES)
def test_a_process_that_lost_its_run_writes_nothing(
    context: Context, held: HeldRun, clock: ManualClock, write: str
) -> None:
    """Whatever it tries: the steps of two processes never mix."""
    log(context, held, step=0)
    clock.advance(RUN_LEASE)
    heir = begin_run(context, RESUMED)
    before = found(context)
    with pytest.raises(RunLostError, match="Another process has gone on with the run ada/digits/r"):
        WRITES[write](context, held)
    assert not keep_run(context, held)
    assert (found(context), len(rows(context, held))) == (before, 1)
    log(context, heir, step=heir.step)
    assert [row.step for row in rows(context, heir)] == [0, 1]


@pytest.mark.parametrize("write", WRITES)
def test_a_silent_process_whose_run_nobody_took_goes_on(
    context: Context, held: HeldRun, clock: ManualClock, write: str
) -> None:
    """A machine may have slept."""
    clock.advance(RUN_LEASE * 10)
    WRITES[write](context, held)
    assert found(context).state is (RunState.FAILED if write == "end" else RunState.RUNNING)


def test_a_run_that_has_ended_is_held_by_nobody(context: Context, held: HeldRun) -> None:
    """Nothing more is written for it."""
    end_run(context, held, RunState.KILLED, exit_code=130)
    with pytest.raises(RunLostError):
        log(context, held, step=0)
    assert found(context).state is RunState.KILLED


def test_a_killed_process_of_this_machine_need_not_be_waited_for(
    context: Context, held: HeldRun
) -> None:
    """Its run goes on at once, in another."""
    hold = held.run.hold
    assert hold is not None
    gone = replace(hold, process=f"{realm()}-{pid_that_ended()}")
    with context.catalog.write() as session:
        session.runs.take(held.run.key, gone)
    assert begin_run(context, RESUMED).resumed


def test_processes_of_other_machines_cannot_be_asked_for() -> None:
    """Only an answer counts: whoever may be alive is."""
    assert not has_left(this_process())
    assert not has_left("elsewhere-1")
    assert not has_left("nonsense")
    assert has_left(f"{realm()}-{pid_that_ended()}")
    assert not has_ended(1)


def test_what_was_said_of_a_run_can_be_changed(context: Context, held: HeldRun) -> None:
    """After its end everything, while it goes on what its process does not write."""
    details = RunDetails(name="n", group="g", tags=(Tag("a"), Tag("b")), notes="long")
    nan = {"loss": math.nan}
    save_summary(context, held, nan)
    changed = update_run(context, held.run, config={}, summary=nan, details=details)
    assert (changed.details, changed.state) == (details, RunState.RUNNING)
    with pytest.raises(RunHeldError):
        update_run(context, held.run, config={"a": 1}, summary=nan, details=RunDetails())
    assert found(context).details == details
    end_run(context, held, RunState.FINISHED, exit_code=0)
    changed = update_run(context, held.run, config={"a": 1}, summary={}, details=RunDetails())
    assert (changed.config, changed.summary, changed.details) == ({"a": 1}, {}, RunDetails())
    assert found(context) == changed


def test_a_deleted_run_cannot_be_changed(context: Context, held: HeldRun) -> None:
    """It is not there."""
    end_run(context, held, RunState.FINISHED, exit_code=0)
    delete_run(context, found(context), delete_artifacts=False)
    with pytest.raises(RunNotFoundError):
        update_run(context, held.run, config={}, summary={}, details=RunDetails())
