"""Holds: a draft that nobody has any more keeps nothing in the store."""

import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, text

import hozon
from hozon.errors import CatalogError
from hozon.model.versions import VersionId
from hozon.sdk import holding
from hozon.sdk.session import current_session
from hozon.services.context import Context
from hozon.services.drafts import release_content
from hozon.settings import load_settings

Pins = Callable[[], int]
Released = threading.Semaphore


@pytest.fixture
def pins() -> Iterator[Pins]:
    """Give a function that counts what is pinned, past the port."""
    engine = create_engine(load_settings().catalog_url)

    def count() -> int:
        with engine.begin() as connection:
            return int(connection.execute(text("SELECT count(*) FROM pins")).scalar_one())

    yield count
    engine.dispose()


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> Released:
    """Give what tells of each release, when it is done."""
    done = threading.Semaphore(0)

    def release(context: Context, holder: VersionId) -> None:
        release_content(context, holder)
        done.release()

    monkeypatch.setattr(holding, "release_content", release)
    return done


@pytest.fixture
def logged() -> hozon.Artifact:
    """Give a version."""
    artifact = hozon.Artifact("mnist", type="dataset")
    with artifact.new_file("a") as file:
        file.write("1")
    artifact.save()
    return artifact


def test_a_draft_that_is_dropped_lets_go(
    logged: hozon.Artifact, pins: Pins, released: Released
) -> None:
    """Soon, and alone: other drafts hold on."""
    kept, dropped = logged.new_draft(), logged.new_draft()
    assert pins() == 2
    del dropped
    assert released.acquire(timeout=20)
    assert pins() == 1
    kept.save()
    assert pins() == 0


def test_a_draft_lets_go_where_nothing_may_be_waited_for(
    logged: hozon.Artifact, pins: Pins, released: Released
) -> None:
    """In the middle of a transaction, with the write lock held by the same thread; in a cycle."""
    draft = logged.new_draft()
    cycle: list[object] = [draft]
    cycle.append(cycle)
    del draft
    with current_session().context.catalog.write():
        del cycle
        gc.collect()
        assert not released.acquire(blocking=False)
    assert released.acquire(timeout=20)
    assert pins() == 0


def test_what_cannot_be_reached_is_left_to_the_lease(
    logged: hozon.Artifact,
    pins: Pins,
    released: Released,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No error is raised, and the next draft lets go as ever."""

    def refuse(_: object) -> None:
        raise CatalogError("The catalog is gone", hint="Look for it.")

    draft = logged.new_draft()
    with monkeypatch.context() as patch:
        patch.setattr("hozon.catalog.sql.SqlCatalog.write", refuse)
        del draft
        assert released.acquire(timeout=20)
    assert pins() == 1
    draft = logged.new_draft()
    del draft
    assert released.acquire(timeout=20)
    assert pins() == 1


def test_a_draft_that_cannot_be_made_holds_nothing(
    logged: hozon.Artifact, pins: Pins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the catalog fails after the pins were set."""

    def refuse(*_: object) -> None:
        raise CatalogError("The catalog is gone", hint="Look for it.")

    monkeypatch.setattr("hozon.sdk.artifact.load_manifest", refuse)
    with pytest.raises(CatalogError):
        logged.new_draft()
    assert pins() == 0


def test_closing_lets_go_and_nothing_is_opened_for_it_again(
    logged: hozon.Artifact, pins: Pins
) -> None:
    """A teardown ends all holds; dropping or clearing the draft afterwards does nothing."""
    drafts = [logged.new_draft() for _ in range(3)]
    session = current_session()
    opened = session.context
    hozon.teardown()
    assert pins() == 0
    drafts[0]._content.clear()  # noqa: SLF001  As logging does at its end.
    drafts.clear()
    gc.collect()
    assert opened.catalog is not current_session().context.catalog
    assert pins() == 0


def test_a_draft_can_be_logged_after_a_teardown(logged: hozon.Artifact) -> None:
    """It is protected no more, and what it takes over is still there."""
    draft = logged.new_draft()
    hozon.teardown()
    with draft.new_file("b") as file:
        file.write("2")
    draft.save()
    assert (draft.version, list(draft.manifest.entries)) == ("v1", ["a", "b"])


FORGETFUL = """
import hozon
draft = hozon.Api().artifact("mnist").new_draft()
"""

RUNNING = """
import hozon
run = hozon.init()
draft = hozon.Api().artifact("mnist").new_draft()
raise SystemExit(3)
"""

FORKING = """
import gc, os, sys
import hozon
draft = hozon.Api().artifact("mnist").new_draft()
child = os.fork()
if child == 0:
    del draft
    gc.collect()
    mine = hozon.Api().artifact("mnist").new_draft()
    raise SystemExit(0)
assert os.waitpid(child, 0)[1] == 0
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.read()
"""


def start(program: str) -> subprocess.Popen[str]:
    """Run a program of ours."""
    return subprocess.Popen(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


@pytest.mark.parametrize(("program", "code"), [(FORGETFUL, 0), (RUNNING, 3)], ids=["api", "run"])
@pytest.mark.usefixtures("logged")
def test_a_process_that_ends_lets_go(pins: Pins, program: str, code: int) -> None:
    """Without a word, whether it began a run or not."""
    process = start(program)
    assert process.communicate() == ("", "")
    assert process.returncode == code
    assert pins() == 0


@pytest.mark.usefixtures("logged")
def test_a_forked_child_takes_nothing_from_its_parent(pins: Pins) -> None:
    """Neither by dropping the draft nor by ending; it lets go of its own."""
    process = start(FORKING)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert pins() == 1
    assert process.communicate() == ("", "")
    assert process.returncode == 0
    assert pins() == 0
