"""The life cycle under everything that can happen: nothing needed is lost, nothing dead is left."""

import os
from typing import Final

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import lifecycle
from hozon.services import download, transfers, uploads
from lifecycle import STEPS, Lifecycle
from planted import FAULTS, Plant
from stacks import sqlite_and_folder

EXAMPLES: Final = int(os.environ.get("HOZON_LIFECYCLE_EXAMPLES", "60"))
"""How many lives are tried on SQLite and a folder; 2,000 for a nightly run."""

STEP_COUNT: Final = 40
"""How many things happen in a life at most."""

TRIES: Final = 3000
"""How many lives it may take to find a planted fault."""


class OnSqliteAndFolder(Lifecycle):
    """Lives of embedded data."""

    stack = staticmethod(sqlite_and_folder)


@pytest.fixture(autouse=True)
def one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """An actor is one thread, or its steps would have no order."""
    monkeypatch.setattr(uploads, "UPLOAD_THREADS", 1)
    for module in (download, transfers):
        monkeypatch.setattr(module, "DOWNLOAD_THREADS", 1)


def test_lives_on_sqlite_and_a_folder() -> None:
    """Every rule is applied, and no life ends with a loss."""
    STEPS.clear()
    run_state_machine_as_test(
        OnSqliteAndFolder,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=STEP_COUNT, deadline=None),
    )
    print(f"{EXAMPLES} lives, {STEPS.total()} steps: {dict(STEPS.most_common())}")
    rules = {rule.function.__name__ for rule in OnSqliteAndFolder.rules()}
    assert set(STEPS) == rules


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_planted_faults_are_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that finds none of them would prove nothing."""
    plant(monkeypatch)
    with pytest.raises((AssertionError, lifecycle.HozonError)) as found:
        run_state_machine_as_test(
            OnSqliteAndFolder,
            settings=settings(
                max_examples=TRIES,
                stateful_step_count=STEP_COUNT,
                deadline=None,
                database=None,
                phases=[Phase.generate],
            ),
        )
    print(f"{plant.__name__}: {found.value}")
