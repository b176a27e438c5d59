"""Plans through the SDK: made, shown, kept and executed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import hozon
from hozon.errors import (
    CollectionNotFoundError,
    InputError,
    InvalidPathError,
    InvalidPlanError,
    PlanOutdatedError,
)
from hozon.sdk.public.plans import DeletePlan


@pytest.fixture(autouse=True)
def _filled(log_text: Callable[..., hozon.Artifact]) -> None:
    """Log three versions of a dataset, one with an alias, and two of a model."""
    with hozon.init(id="r1") as run:
        for text, aliases in (("one", ["best"]), ("two-2", []), ("three", [])):
            log_text(run, text, *aliases)
        for text in ("a", "b"):
            log_text(run, text, name="net", kind="model")


def names(plan: DeletePlan) -> list[str]:
    """Name what a plan would delete."""
    return [str(version.path).removeprefix("ada/digits/") for version in plan.versions]


def test_a_plan_chooses() -> None:
    """By name, type, age, number and permission."""
    api = hozon.Api()
    assert names(api.plan_delete()) == ["mnist:v1", "net:v0"]
    assert names(api.plan_delete("net")) == names(api.plan_delete(type_name="model")) == ["net:v0"]
    assert names(api.plan_delete(["m*", "n*"], keep_newest=2)) == []
    assert names(api.plan_delete("m*", keep_newest=2, delete_aliases=True)) == ["mnist:v0"]
    assert names(api.plan_delete(older_than=timedelta(days=1))) == []
    assert names(api.plan_delete(created_before=datetime(2020, 1, 1, tzinfo=UTC))) == []
    assert len(api.plan_delete(older_than=timedelta(), delete_aliases=True)) == 5


def test_another_project_may_be_named() -> None:
    """Else it is the default one, here or in the overrides."""
    elsewhere = hozon.Api(overrides={"project": "letters"})
    assert names(elsewhere.plan_delete()) == []
    assert names(elsewhere.plan_delete(project="digits")) == ["mnist:v1", "net:v0"]
    assert elsewhere.plan_delete(project="ada/digits").project == "ada/digits"


def test_mistakes_are_refused() -> None:
    """Each with an error of its kind."""
    api = hozon.Api()
    with pytest.raises(CollectionNotFoundError):
        api.plan_delete("minst")
    with pytest.raises(InputError, match="keep_newest is -1"):
        api.plan_delete(keep_newest=-1)
    with pytest.raises(InputError, match="created_before"):
        api.plan_delete(created_before=datetime(2020, 1, 1))  # noqa: DTZ001  The mistake.
    with pytest.raises(InvalidPathError):
        api.plan_delete(project="a/b/c")


def test_a_plan_says_what_it_comes_to() -> None:
    """Aliases, links and bytes."""
    api = hozon.Api()
    api.artifact("mnist:v0").link("team")
    plan = api.plan_delete("mnist", delete_aliases=True, force_links=True)
    assert (plan.project, len(plan), plan.size_bytes, plan.freed_bytes) == ("ada/digits", 3, 13, 13)
    assert plan.aliases == ("ada/digits/mnist:best", "ada/digits/mnist:latest")
    assert plan.links == ("ada/digits/team:v0",)
    assert plan.created_by
    assert plan.created_at.tzinfo is UTC
    assert repr(plan) == "<DeletePlan ada/digits, 3 versions>"


def test_a_plan_is_written_for_people() -> None:
    """What goes, with what goes along, and what stays."""
    api = hozon.Api()
    api.artifact("mnist:v1").link("team")
    assert str(api.plan_delete("mnist", delete_aliases=True)).splitlines() == [
        "Delete 2 versions of ada/digits; purging frees 8 of 8 bytes",
        "  ada/digits/mnist:v0, aliases best",
        "  ada/digits/mnist:v2, aliases latest",
        "Left out: 1 version",
        "  ada/digits/mnist:v1 has the links ada/digits/team:v0",
    ]
    assert str(api.plan_delete("mnist", force_links=True)).splitlines()[1] == (
        "  ada/digits/mnist:v1, links ada/digits/team:v0"
    )


def test_a_long_plan_is_cut() -> None:
    """What is shown of it; all of it is still there."""
    api = hozon.Api()
    with hozon.init() as run:
        for number in range(60):
            artifact = hozon.Artifact("many", type="dataset", metadata={"number": number})
            with artifact.new_file("a") as file:
                file.write(str(number))
            run.log_artifact(artifact)
    plan = api.plan_delete("many")
    assert len(plan) == len(plan.versions) == 59
    assert str(plan).splitlines()[-3:-1] == ["  and 9 more", "Left out: 1 version"]
    assert "<p>  and 9 more</p>" in plan._repr_html_()


def test_a_notebook_shows_a_table() -> None:
    """With what people called things made harmless."""
    artifact = hozon.Api().artifact("mnist:v1")
    artifact.aliases.append("<b>&")
    artifact.save()
    html = hozon.Api().plan_delete("mnist", delete_aliases=True)._repr_html_()
    assert "<tr><td>ada/digits/mnist:v1</td><td>5</td><td>&lt;b&gt;&amp;</td><td></td></tr>" in html
    assert "<b>" not in html
    spared = hozon.Api().plan_delete("mnist")._repr_html_()
    assert "<li>ada/digits/mnist:v1 has the aliases &lt;b&gt;&amp;</li>" in spared


def test_a_plan_is_kept_and_executed_later(tmp_path: Path) -> None:
    """From a file, by path or text; executing it again finds everything done."""
    api = hozon.Api()
    made = api.plan_delete("mnist")
    made.save(tmp_path / "plan.json")
    assert (tmp_path / "plan.json").read_text("utf-8") == made.to_json()
    loaded = hozon.Api().load_plan(str(tmp_path / "plan.json"))
    assert str(loaded) == str(made)
    told: list[tuple[int, int]] = []
    report = loaded.execute(lambda *done: told.append(done))
    assert (report.deleted, told) == (("ada/digits/mnist:v1",), [(1, 1)])
    assert api.artifact_versions("dataset", "mnist")[1].name == "mnist:v0"
    assert made.execute().already_gone == report.deleted


def test_a_changed_world_is_refused() -> None:
    """Nothing is deleted."""
    api = hozon.Api()
    plan = api.plan_delete()
    artifact = api.artifact("net:v0")
    artifact.description = "keep it"
    artifact.save()
    with pytest.raises(PlanOutdatedError, match="net:v0 was edited or restored"):
        plan.execute()
    assert api.artifact("mnist:v1").state == "COMMITTED"


def test_what_is_no_plan_is_not_loaded(tmp_path: Path) -> None:
    """The message names the file."""
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(InvalidPlanError, match=r"x\.json is no delete plan"):
        hozon.Api().load_plan(tmp_path / "x.json")


def test_usage_tells_what_is_held() -> None:
    """By collection and by version; deleted ones hold their bytes."""
    api = hozon.Api()
    api.artifact("mnist:v1").delete()
    first, second = api.usage()
    assert (first.name, first.total_bytes, first.unique_bytes) == ("mnist", 8, 8)
    assert (first.versions, first.deleted_versions, first.deleted_bytes) == (2, 1, 5)
    assert (second.name, str(second.path)) == ("net", "ada/digits/net")
    assert [u.name for u in api.usage("n*")] == [u.name for u in api.usage(type_name="model")]
    assert len(api.usage(project="letters")) == 0
    shown = [(v.name, v.state, v.unique_bytes) for v in api.version_usage("mnist", per_page=1)]
    assert shown == [
        ("mnist:v2", "COMMITTED", 5),
        ("mnist:v1", "DELETED", 5),
        ("mnist:v0", "COMMITTED", 3),
    ]
