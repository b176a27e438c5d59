"""The life cycle under everything that can happen: nothing needed is lost, nothing dead is left."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from moto.core.models import MockAWS
from mypy_boto3_s3 import S3Client

from hozon.errors import HozonError
from hozon.services import download, transfers, uploads
from hozon.testing.postgres import PostgresServer
from lifecycle import STEPS, Lifecycle, Stack
from planted import FAULTS, Plant
from stacks import MockedS3, sqlite_and_folder, sqlite_and_two_folders

EXAMPLES: Final = int(os.environ.get("HOZON_LIFECYCLE_EXAMPLES", "15"))
"""How many lives are tried at random on SQLite and a folder; 2,000 for a nightly run."""

BUCKET_EXAMPLES: Final = int(os.environ.get("HOZON_LIFECYCLE_BUCKET_EXAMPLES", "3"))
"""How many with a bucket, with each kind of catalog; 300 for a nightly run."""

TELLING: Final = 100
"""How many lives apply every rule at least once, unless a rule never can be."""

STEP_COUNT: Final = 40
"""How many things happen in a life at most."""

WRITER_STEPS: Final = range(1, 5)
"""After how many steps of its own a writer is made to wait for a collector; the first only asks
where the bytes go."""

COLLECTOR_STEPS: Final = [step for first in range(1, 6) for step in range(first, 27, 5)]
"""After how many of its own a collector is made to wait for the writer, up to 26; what comes behind
them does nothing but forget, and count. Every fifth comes first: most faults show in several."""

Record = Callable[[str, object], None]
History = Callable[[Lifecycle], None]


class OnSqliteAndFolder(Lifecycle):
    """Lives of embedded data."""

    stack = staticmethod(sqlite_and_folder)


class First:
    """Draws the first of what there is to choose from."""

    def draw(self, strategy: Any) -> Any:  # noqa: ANN401  A strategy of anything.
        """Give the first element."""
        return strategy.elements[0]


@pytest.fixture(autouse=True)
def one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """An actor is one thread, or its steps would have no order."""
    monkeypatch.setattr(uploads, "UPLOAD_THREADS", 1)
    for module in (download, transfers):
        monkeypatch.setattr(module, "DOWNLOAD_THREADS", 1)


@contextmanager
def life(files: Sequence[dict[str, bytes]]) -> Iterator[Lifecycle]:
    """Begin a life with some versions, the first of them deleted; see at its end what is left."""
    machine = OnSqliteAndFolder()
    with closing(_Ending(machine)):
        machine.begin_with_some(list(files))
        yield machine


class _Ending:
    def __init__(self, machine: Lifecycle) -> None:
        self.close = machine.teardown


def meet(machine: Lifecycle, *, writer: int, collector: int) -> None:
    """Let a writer and a collector wait for each other once, at these steps."""
    turns = [(True, writer), (False, collector), (True, 50), (False, 50)]
    machine.race(First(), turns, 0.0)  # type: ignore[arg-type]


def wait_too_short(machine: Lifecycle) -> None:
    """Collect at the last moment at which the deleted version may be restored."""
    machine.let_a_window_end(early=True)
    machine.collect()
    machine.versions_are_what_users_were_told()


def restore_too_late(machine: Lifecycle) -> None:
    """Try to restore what was purged."""
    machine.let_time_pass(timedelta(days=8))
    machine.collect()
    machine.nothing_needed_is_lost()
    machine.restore(First())  # type: ignore[arg-type]
    machine.nothing_needed_is_lost()


SHARING: Final = [{"a": b"one", "b": b"two"}, {"b": b"two"}]
"""The deleted version shares a pack, and one of its two files, with the one that stays."""

APART: Final = [{"a": b"one"}, {"b": b"two"}]
"""The deleted version has a key for itself."""


def histories() -> Iterator[Callable[[], None]]:
    """Give what every life must survive, the shortest first, and what is most telling then."""
    yield lambda: tell(SHARING, wait_too_short)
    yield lambda: tell(SHARING, restore_too_late)
    for collector, writer, files in product(COLLECTOR_STEPS, WRITER_STEPS, (APART, SHARING)):
        yield partial(tell, files, partial(meet, writer=writer, collector=collector))


def tell(files: Sequence[dict[str, bytes]], history: History) -> None:
    """Let a life go through a history."""
    with life(files) as machine:
        history(machine)


def tell_all() -> None:
    """Let a life go through each history."""
    for history in histories():
        history()


def test_every_meeting_of_a_writer_and_a_collector_is_survived() -> None:
    """Wherever either of them is made to wait for the other."""
    tell_all()


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_planted_faults_are_found(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """A machine that finds none of them would prove nothing."""
    plant(monkeypatch)
    with pytest.raises((AssertionError, HozonError)) as found:
        tell_all()
    record_property("found", str(found.value))


def live(stack: Stack, *, lives: int, record: Record) -> None:
    """Let lives go their way at random, and record which rules were applied."""
    STEPS.clear()
    machine = type("Lives", (Lifecycle,), {"stack": staticmethod(stack)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEP_COUNT,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],  # A mocked S3 is.
        ),
    )
    record("lives", lives)
    record("steps", dict(STEPS.most_common()))
    if lives >= TELLING:
        rules = {rule.function.__name__ for rule in machine.setup_state().rules}
        assert rules <= set(STEPS)


def test_lives_at_random(record_property: Record) -> None:
    """No life ends with a loss, nor with dead bytes; which rules were applied is recorded."""
    live(sqlite_and_folder, lives=EXAMPLES, record=record_property)


def test_lives_with_a_store_of_a_team(record_property: Record) -> None:
    """What is wanted in one store keeps nothing in the other, and is copied where it is needed."""
    live(sqlite_and_two_folders, lives=max(1, EXAMPLES // 2), record=record_property)


def test_lives_in_a_bucket(mocked_s3: tuple[MockAWS, S3Client], record_property: Record) -> None:
    """The trash of a bucket is its old versions."""
    live(MockedS3(*mocked_s3).with_sqlite, lives=BUCKET_EXAMPLES, record=record_property)


def test_lives_on_postgresql_and_in_a_bucket(
    mocked_s3: tuple[MockAWS, S3Client], postgres: PostgresServer, record_property: Record
) -> None:
    """Writers that take turns by a lock of the server, and readers that see a moment."""
    stack = partial(MockedS3(*mocked_s3).with_postgres, postgres)
    live(stack, lives=BUCKET_EXAMPLES, record=record_property)


@pytest.mark.skipif(
    "HOZON_LIFECYCLE_EXAMPLES" not in os.environ, reason="takes minutes: a nightly run asks for it"
)
@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_planted_faults_are_found_at_random(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """Without anybody telling the machine where to look."""
    plant(monkeypatch)
    with pytest.raises((AssertionError, HozonError)) as found:
        run_state_machine_as_test(
            OnSqliteAndFolder,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEP_COUNT,
                deadline=None,
                database=None,
                phases=[Phase.generate],
            ),
        )
    record_property("found", str(found.value))
