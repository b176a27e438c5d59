"""Every unit test has an installation of its own: none can touch the developer's."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import hozon
from hozon.bootstrap import open_context
from hozon.ports.object_store import ObjectStore

LogText = Callable[..., hozon.Artifact]


@pytest.fixture(autouse=True)
def alone(home: Path) -> Path:
    """Point the settings at an empty home."""
    return home


@pytest.fixture
def log_text() -> LogText:
    """Give a function that logs one file with a text, through the SDK, and waits."""

    def log(
        run: hozon.Run, text: str, *aliases: str, name: str = "mnist", kind: str = "dataset"
    ) -> hozon.Artifact:
        artifact = hozon.Artifact(name, type=kind)
        with artifact.new_file("data.txt") as file:
            file.write(text)
        return run.log_artifact(artifact, aliases=aliases).wait()

    return log


UseStore = Callable[[ObjectStore], None]


@pytest.fixture
def use_store(monkeypatch: pytest.MonkeyPatch) -> UseStore:
    """Give a function that puts a store of the test's own under the SDK."""

    def use(store: ObjectStore) -> None:
        monkeypatch.setattr(
            "hozon.sdk.session.open_context",
            lambda settings, **how: replace(open_context(settings, **how), store=store),
        )

    return use
