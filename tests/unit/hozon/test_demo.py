"""The worlds of the documentation's pages."""

import pytest

import hozon
from hozon.demo import SCENES, find_scene
from hozon.errors import NoRunError, PageNotFoundError
from worlds import EMPTY_PAGES


@pytest.mark.parametrize("name", ["guides/delete", "guides/delete.md", "/guides/delete/"])
def test_a_page_is_found_by_its_path(name: str) -> None:
    """With or without its suffix, as a reader may type it."""
    assert find_scene(name).page == "guides/delete"


def test_an_unknown_page_is_answered_with_those_that_exist() -> None:
    """The hint lists them all."""
    with pytest.raises(PageNotFoundError, match="'guides/absent'") as caught:
        find_scene("guides/absent")
    assert all(page in caught.value.hint for page in SCENES)


@pytest.mark.parametrize("page", SCENES)
def test_a_scene_is_the_same_in_every_world(
    page: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Runs are named or stand in order; versions, aliases and digests are equal."""
    worlds = []
    for _ in range(2):
        monkeypatch.setenv("HOZON_HOME", str(tmp_path_factory.mktemp("world")))
        SCENES[page].build()
        api = hozon.Api()
        worlds.append(
            [
                (artifact.qualified_name, artifact.aliases, artifact.digest)
                for kind in ("dataset", "model", "result")
                for collection in api.artifact_collections("digits", kind)
                for artifact in collection.artifacts()
            ]
        )
    assert worlds[0] == worlds[1]
    assert bool(worlds[0]) is (page not in EMPTY_PAGES)


@pytest.mark.parametrize("page", SCENES)
def test_a_scene_ends_its_runs(page: str) -> None:
    """A reader begins without a current run; only some pages are about runs that failed."""
    SCENES[page].build()
    states = {run.state for run in hozon.Api().runs()}
    with_failures = {"guides/resume-a-run": {"failed"}, "guides/public-api": {"failed", "finished"}}
    assert states <= with_failures.get(page, {"finished"})
    with pytest.raises(NoRunError):
        hozon.log({})
