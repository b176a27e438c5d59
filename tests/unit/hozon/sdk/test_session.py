"""Sessions: when connections are opened and closed."""

import subprocess
import sys
from pathlib import Path

import pytest

import hozon
from hozon.errors import CatalogError, InvalidSettingError
from hozon.sdk.session import current_session, use_clock, use_settings
from hozon.settings import load_settings
from hozon.testing.clocks import ManualClock


def test_equal_settings_share_a_session() -> None:
    """Connections are opened once."""
    assert current_session() is current_session()


def test_a_changed_environment_is_another_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both can be used, each in its own place."""
    before = current_session()
    monkeypatch.setenv("HOZON_PROJECT", "letters")
    after = current_session()
    assert after is not before
    assert str(after.settings.default_path) == "ada/letters"
    monkeypatch.setenv("HOZON_PROJECT", "digits")
    assert current_session() is before


def test_settings_may_be_chosen_for_a_block(tmp_path: Path) -> None:
    """Whatever the environment says; afterwards it counts again."""
    before = current_session()
    with use_settings(load_settings({"HOZON_HOME": str(tmp_path / "other")})):
        assert current_session().settings.home == tmp_path / "other"
    assert current_session() is before


def test_a_clock_may_be_chosen_for_a_block() -> None:
    """What is done in it happens at that time; afterwards the catalog's own clock counts again."""
    clock = ManualClock()
    with use_clock(clock):
        assert current_session().context.catalog.now() == clock.now()
    assert current_session().context.catalog.now() != clock.now()


def test_after_a_teardown_everything_can_be_used_again() -> None:
    """Connections are opened by the next call; the run has ended."""
    run = hozon.init(id="r1")
    before = current_session()
    hozon.teardown()
    assert run.state == "finished"
    assert current_session() is not before
    assert hozon.Api().run("r1").state == "finished"
    hozon.teardown()
    hozon.teardown()


def test_a_bad_setting_surfaces_at_the_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at the import, and each time until it is corrected."""
    monkeypatch.setenv("HOZON_STORAGE_URL", "ftp://bucket")
    api = hozon.Api()
    for _ in range(2):
        with pytest.raises(InvalidSettingError, match="ftp://bucket"):
            api.run("r1")
    monkeypatch.setenv("HOZON_STORAGE_URL", "")
    monkeypatch.setenv("HOZON_CATALOG_URL", "sqlite://")
    with pytest.raises(CatalogError, match="names no file"):
        hozon.Api().run("r1")


FORK = """
import os
import hozon
from hozon.errors import NoRunError
from hozon.sdk.session import current_session

with hozon.init(id="parent") as run:
    context, api = current_session().context, hozon.Api()
    draft = hozon.Artifact("mnist", type="dataset")
    with draft.new_file("data.txt") as file:
        file.write("of the parent")
    child = os.fork()
    if child == 0:
        assert current_session().context is not context
        assert api.run("parent").state == "running"
        try:
            run.log_artifact(draft)
        except hozon.errors.RunFinishedError as error:
            print(error.hint, flush=True)
        try:
            hozon.log({"a": 1})
        except NoRunError:
            print("no run", flush=True)
        with hozon.init(id="child"):
            pass
        raise SystemExit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert hozon.Api().run("parent").state == "running"
    run.log_artifact(draft)
assert api.artifact("mnist").size == 13
print(*sorted(f"{run.id} {run.state}" for run in hozon.Api().runs()), sep=", ")
"""


def test_a_fork_has_a_session_of_its_own() -> None:
    """The child opens its own connections, has no current run, and ends nobody else's."""
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.splitlines() == [
        "Begin a run of this process with hozon.init().",
        "no run",
        "child finished, parent finished",
    ]
