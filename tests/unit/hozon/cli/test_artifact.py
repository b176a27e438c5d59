"""`hozon artifact`: what a terminal shows, and what it brings back."""

import json

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import cli


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, ["artifact", *arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _logged() -> None:
    """Log three versions of `mnist`; the first has an alias, the last one a link."""
    with hozon.init() as current:
        for text, aliases in (("one", ["best"]), ("two", []), ("three", [])):
            artifact = hozon.Artifact("mnist", type="dataset")
            with artifact.new_file("a") as file:
                file.write(text)
            current.log_artifact(artifact, aliases=aliases)
    artifact.link("team")


def find(path: str) -> hozon.Artifact:
    """Look a version up."""
    return hozon.Api().artifact(path)


def test_help_teaches() -> None:
    """Each command says what it does, with an example."""
    assert "restore" in run("--help").output
    shown = run("restore", "--help").output
    for words in ("hozon artifact restore mnist:v2", "Aliases come back", "ls --deleted"):
        assert words in shown
    assert "hozon artifact ls mnist" in run("ls", "--help").output


def test_versions_are_listed() -> None:
    """Newest first, with their aliases."""
    assert run("ls", "mnist").output.splitlines() == [
        "VERSION              ALIASES",
        "ada/digits/mnist:v2  latest",
        "ada/digits/mnist:v1  -",
        "ada/digits/mnist:v0  best",
    ]


def test_a_listing_needs_a_name() -> None:
    """The next step is named."""
    refused = run("ls")
    assert refused.exit_code == 2
    assert "Give its NAME, or --deleted." in refused.output


def test_deleted_versions_are_listed() -> None:
    """Newest delete first, with when, by whom and why; by name, too."""
    for path in ("mnist:v1", "mnist:v0"):
        find(path).delete(delete_aliases=True)
    heading, *lines = run("ls", "--deleted").output.splitlines()
    assert heading.split() == ["VERSION", "DELETED", "BY", "REASON"]
    assert [line.split()[0] for line in lines] == ["ada/digits/mnist:v0", "ada/digits/mnist:v1"]
    assert " UTC  " in lines[0]
    assert lines[0].endswith("  delete")
    assert run("ls", "--deleted", "mnist").output.splitlines() == [heading, *lines]
    assert run("ls", "--deleted", "team").output == ""


def test_deleted_versions_are_listed_for_programs() -> None:
    """With everything that a person is shown, and more."""
    find("mnist:v1").delete()
    (facts,) = json.loads(run("ls", "--deleted", "--json").output)
    assert facts["path"] == "ada/digits/mnist:v1"
    assert (facts["type"], facts["size_bytes"], facts["aliases"]) == ("dataset", 3, [])
    assert facts["deleted_reason"] == "delete"
    assert facts["deleted_at"].endswith("+00:00")
    committed = json.loads(run("ls", "mnist", "--json").output)
    assert [facts["deleted_at"] for facts in committed] == [None, None]


def test_versions_are_restored() -> None:
    """Several at once; what came back is listed, and what did not."""
    find("mnist:v2").delete(delete_aliases=True, force_links=True)
    find("mnist:v0").delete(delete_aliases=True)
    other = find("mnist:v1")
    other.aliases.append("best")
    other.save()
    assert run("restore", "mnist:v2", "digits/mnist:v0").output.splitlines() == [
        "Restored  ada/digits/mnist:v2",
        "Link      ada/digits/team:v0",
        "Alias     ada/digits/mnist:latest",
        "Alias     ada/digits/team:latest",
        "Restored  ada/digits/mnist:v0",
        "Taken     ada/digits/mnist:best is ada/digits/mnist:v1 now",
    ]
    assert [version.name for version in hozon.Api().artifacts("dataset", "mnist")] == [
        "mnist:v2",
        "mnist:v1",
        "mnist:v0",
    ]


def test_a_lost_link_is_told() -> None:
    """Its portfolio was deleted meanwhile."""
    find("mnist:v1").link("team")
    find("mnist:v2").delete(delete_aliases=True, force_links=True)
    hozon.Api().artifact_collection("dataset", "team").delete()
    assert "Lost      ada/digits/team:v0 did not come back" in run("restore", "mnist:v2").output


def test_a_collection_is_restored() -> None:
    """By its name, without a version; programs get everything as JSON."""
    hozon.Api().artifact_collection("dataset", "mnist").delete(force_links=True)
    (report,) = json.loads(run("restore", "mnist", "--json").output)
    assert report["versions"] == [f"ada/digits/mnist:v{number}" for number in (2, 1, 0)]
    assert report["links"] == ["ada/digits/team:v0"]
    assert (report["conflicts"], report["lost_links"]) == ({}, [])
    assert find("mnist:best").name == "mnist:v0"


def test_what_was_restored_before_an_error_is_told() -> None:
    """The command ends with the error of the first path that fails."""
    for path in ("mnist:v1", "mnist:v0"):
        find(path).delete(delete_aliases=True)
    ended = run("restore", "mnist:v1", "mnist:v7", "mnist:v0")
    assert ended.exit_code == 3
    assert "Restored  ada/digits/mnist:v1" in ended.output
    assert "There never was a version v7" in ended.output
    assert find("mnist:v1").state == "COMMITTED"
    assert len(hozon.Api().deleted_artifacts()) == 1


def test_the_way_back_of_an_error_is_the_command() -> None:
    """The hint of a look-up can be copied."""
    find("mnist:v1").delete()
    with pytest.raises(hozon.errors.ArtifactNotFoundError) as caught:
        find("mnist:v1")
    command = caught.value.hint.partition("hozon artifact ")[2].split()
    assert run(*command).exit_code == 0
    assert find("mnist:v1").state == "COMMITTED"
