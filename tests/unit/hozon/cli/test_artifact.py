"""`hozon artifact`: what a terminal shows, and what becomes of versions."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import cli


def run(*arguments: str, typed: str | bytes | None = None) -> Result:
    """Run a command in this process."""
    words = ["artifact", *arguments]
    return CliRunner().invoke(cli, words, input=typed, catch_exceptions=False)


def told(*arguments: str) -> Any:  # noqa: ANN401  JSON is of any type.
    """Run a command, and give what it prints for programs."""
    return json.loads(run(*arguments, "--json").stdout)


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
    for command in ("put", "get", "ls", "show", "delete", "alias add", "alias remove"):
        assert f"hozon artifact {command} " in run(*command.split(), "--help").output


def test_versions_are_listed() -> None:
    """Newest first, with size, time and aliases."""
    heading, *lines = run("ls", "mnist").stdout.splitlines()
    assert heading.split() == ["VERSION", "SIZE", "CREATED", "ALIASES"]
    assert [(line.split()[0], line.split()[-1]) for line in lines] == [
        ("ada/digits/mnist:v2", "latest"),
        ("ada/digits/mnist:v1", "-"),
        ("ada/digits/mnist:v0", "best"),
    ]
    assert "  5 bytes  20" in lines[0]


def test_a_long_list_is_cut_and_says_so() -> None:
    """0 cuts nothing."""
    cut = run("ls", "mnist", "--limit", "2")
    assert len(cut.stdout.splitlines()) == 3
    assert cut.stderr == "1 more; --limit 0 lists all.\n"
    assert run("ls", "mnist", "--limit", "0").stderr == ""


def test_the_artifacts_of_a_project_are_listed() -> None:
    """Without a name; with how many versions there are, portfolios as such."""
    assert run("ls").stdout.splitlines() == [
        "ARTIFACT          TYPE     VERSIONS  NEWEST",
        "ada/digits/mnist  dataset         3  v2",
        "ada/digits/team   dataset         1  v0",
    ]
    first, second = told("ls", "--project", "ada/digits")
    assert (first["path"], first["type"], first["versions"]) == ("ada/digits/mnist", "dataset", 3)
    assert (first["kind"], second["kind"]) == ("sequence", "portfolio")
    assert told("ls", "--type", "model") == told("ls", "--project", "letters") == []


def test_the_types_of_a_project_are_listed() -> None:
    """With how many artifacts have each."""
    put_file("net", "--type", "model")
    assert told("ls", "--types") == [
        {"type": "dataset", "artifacts": 2},
        {"type": "model", "artifacts": 1},
    ]
    assert run("ls", "--types").stdout.splitlines()[1:] == [
        "dataset          2",
        "model            1",
    ]
    assert run("ls", "--types", "mnist").exit_code == 2


def test_a_version_is_shown() -> None:
    """With everything that is known of it, its lineage included."""
    version = find("mnist:v0")
    version.metadata, version.tags, version.description = {"epochs": 3}, ["small"], "One.\nTwo."
    version.ttl = timedelta(days=30)
    version.save()
    with hozon.init(id="train") as user:
        user.use_artifact("mnist:v0")
    shown = run("show", "mnist:best").stdout
    for line in (
        "Path             ada/digits/mnist:v0",
        "Aliases          best",
        "Tags             small",
        "Description      One.",
        "                 Two.",
        "Metadata epochs  3",
        "Size             3 bytes",
        "TTL              30d",
        "Used by          ada/digits/train",
    ):
        assert line in shown.splitlines()
    facts = told("show", "mnist:v0")
    maker = version.logged_by()
    assert maker is not None
    assert (facts["logged_by"], facts["used_by"]) == (
        f"ada/digits/{maker.id}",
        ["ada/digits/train"],
    )
    assert facts["expires_at"] > facts["created_at"]
    assert told("show", "team")["source"] == "ada/digits/mnist:v2"
    assert run("show", "mnist:absent").exit_code == 3


def test_the_files_of_a_version_are_shown() -> None:
    """With their sizes and digests, below the facts."""
    last = run("show", "mnist:v0", "--files").stdout.splitlines()[-2:]
    assert last[0].split() == ["FILE", "SIZE", "DIGEST"]
    assert last[1].split()[:3] == ["a", "3", "bytes"]
    (entry,) = told("show", "mnist:v0", "--files")["entries"]
    assert (entry["path"], entry["size_bytes"], entry["ref"]) == ("a", 3, None)
    assert entry["digest"] in last[1]
    assert "entries" not in told("show", "mnist:v0")


def put_file(name: str, *options: str) -> Result:
    """Put a file that is called `a.txt`."""
    Path("a.txt").write_text("four")
    return run("put", "a.txt", name, *options)


def test_a_file_becomes_a_version() -> None:
    """Its path is printed, and it has all that was asked for."""
    done = put_file(
        "letters/net",
        *("--type", "model", "--alias", "good", "--alias", "best", "--tag", "small"),
        *("--description", "A net.", "--metadata", '{"epochs": 3}'),
    )
    assert (done.exit_code, done.stdout) == (0, "ada/letters/net:v0\n")
    version = hozon.Api(overrides={"project": "letters"}).artifact("net:good")
    assert (version.type, version.aliases, version.tags) == (
        "model",
        ["best", "good", "latest"],
        ["small"],
    )
    assert (version.description, version.metadata) == ("A net.", {"epochs": 3})
    maker = version.logged_by()
    assert maker is not None
    assert (maker.job_type, maker.state) == ("auto", "finished")


def test_a_version_takes_the_type_of_its_artifact() -> None:
    """A new artifact is of no type in particular."""
    put_file("mnist")
    put_file("other")
    assert (find("mnist").version, find("mnist").type) == ("v3", "dataset")
    assert find("other").type == "unspecified"
    refused = put_file("mnist", "--type", "model")
    assert (refused.exit_code, "dataset" in refused.stderr) == (4, True)


def test_a_folder_lands_at_the_top() -> None:
    """Beside others it keeps its name."""
    for name in ("one/x/a", "two/b"):
        Path(name).parent.mkdir(parents=True)
        Path(name).write_text(name)
    Path("c").write_text("c")
    run("put", "one/", "alone")
    run("put", "one", "two/", "c", "together")
    assert list(find("alone").manifest.entries) == ["x/a"]
    assert list(find("together").manifest.entries) == ["c", "one/x/a", "two/b"]


def test_standard_input_becomes_a_file() -> None:
    """Byte for byte, under the name that it is given; a file called - is no standard input."""
    run("put", "-", "dump", "--stdin-name", "digits.sql", typed=b"\r\n\xff")
    folder = Path(find("dump").download())
    assert (folder / "digits.sql").read_bytes() == b"\r\n\xff"
    Path("-").write_text("a dash")
    run("put", "./-", "dash", typed=b"not this")
    assert (Path(find("dash").download()) / "-").read_text() == "a dash"


def test_a_closed_standard_input_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As under a scheduler that gives none."""
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(SystemExit) as ended:
        cli.main(["artifact", "put", "-", "dump"])
    assert (ended.value.code, list(hozon.Api().runs())[1:]) == (2, [])
    assert capsys.readouterr().err.startswith("Error: Standard input is closed.\n")


def test_a_run_may_log_it() -> None:
    """One that is there; a mistyped id makes none."""
    with hozon.init(id="train"):
        pass
    put_file("net", "--run", "train")
    assert [version.name for version in hozon.Api().run("train").logged_artifacts()] == ["net:v0"]
    refused = put_file("other", "--run", "tarin")
    assert (refused.exit_code, len(hozon.Api().runs())) == (3, 2)


def test_the_point_of_an_agent_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that a program puts is no attempt at a point of the sweep."""
    monkeypatch.setenv("HOZON_SWEEP_POINT", "nonsense")
    assert put_file("net").exit_code == 0


def test_content_that_is_there_makes_no_version() -> None:
    """It is said which is the case, on standard error."""
    Path("a").write_text("three")
    same = run("put", "a", "mnist")
    assert (same.stdout, same.stderr.split(":")[0]) == ("ada/digits/mnist:v2\n", "Nothing is new")
    Path("a").write_text("one")
    again = run("put", "a", "mnist")
    assert again.stdout == "ada/digits/mnist:v0\n"
    assert "moved back" in again.stderr
    assert told("put", "a", "mnist")["outcome"] == "unchanged"


@pytest.mark.parametrize(
    "arguments",
    [
        ["absent", "net"],
        ["a.txt"],
        ["a.txt", "net:v1"],
        ["a.txt", "net", "--alias", "v7"],
        ["a.txt", "net", "--tag", "a/b"],
        ["a.txt", "net", "--metadata", "[]"],
        ["a.txt", "a.txt", "./a.txt", "a/b/c/d"],
        ["-", "net", "--stdin-name", "../out"],
    ],
)
def test_bad_input_begins_no_run(arguments: list[str]) -> None:
    """Exit code 2, and nothing is stored."""
    Path("a.txt").write_text("four")
    before = len(hozon.Api().runs())
    assert run("put", *arguments, typed="x").exit_code == 2
    assert len(hozon.Api().runs()) == before


def test_a_version_is_brought() -> None:
    """Into a folder, which is printed."""
    brought = run("get", "mnist:best")
    assert brought.stdout == "artifacts/mnist-v0\n"
    assert Path("artifacts/mnist-v0/a").read_text() == "one"
    facts = told("get", "mnist", "--root", "data")
    assert facts == {"path": "ada/digits/mnist:v2", "folder": "data"}
    assert Path("data/a").read_text() == "three"
    assert run("get", "mnist:v0", "--root", "none", "--path-prefix", "x").exit_code == 0
    assert not Path("none/a").exists()


def test_a_missing_reference_may_be_passed_over() -> None:
    """Otherwise it is an error of integrity."""
    file = Path("b").absolute()
    file.write_text("outside")
    artifact = hozon.Artifact("pointer", type="dataset")
    artifact.add_reference(file.as_uri())
    artifact.save()
    file.unlink()
    assert run("get", "pointer").exit_code == 6
    assert run("get", "pointer", "--allow-missing-references").exit_code == 0


def test_aliases_are_given_and_taken() -> None:
    """From another version, too; what is there already is no error."""
    assert run("alias", "add", "mnist:v1", "best", "good").stdout == (
        "ada/digits/mnist:v1  best, good\n"
    )
    assert find("mnist:v0").aliases == []
    assert told("alias", "add", "mnist:v1", "best")["aliases"] == ["best", "good"]
    assert told("alias", "remove", "mnist:v1", "best", "good") == {
        "path": "ada/digits/mnist:v1",
        "aliases": [],
    }
    assert run("alias", "remove", "mnist:v2", "latest").exit_code == 0
    assert find("mnist:latest").version == "v2"


def test_an_alias_that_is_not_there_cannot_be_taken() -> None:
    """None of them is."""
    refused = run("alias", "remove", "mnist:v0", "best", "absent")
    assert refused.exit_code == 3
    assert "has no alias 'absent'" in refused.stderr
    assert "Its aliases are best." in refused.stderr
    assert find("mnist:best").version == "v0"


def test_versions_are_deleted_all_or_none() -> None:
    """The next step is in the words of the command line."""
    refused = run("delete", "mnist:v1", "mnist:v0", "--yes")
    assert refused.exit_code == 4
    assert "Add --delete-aliases" in refused.stderr
    assert find("mnist:v1").state == "COMMITTED"
    done = run("delete", "mnist:v1", "mnist:best", "mnist:v0", "--delete-aliases", "--yes")
    assert done.stdout == "Deleted  ada/digits/mnist:v1\nDeleted  ada/digits/mnist:v0\n"
    assert "Purging will free 6 bytes" in done.stderr
    assert [v.version for v in hozon.Api().artifacts("dataset", "mnist")] == ["v2"]
    linked = run("delete", "mnist:v2", "--delete-aliases", "--yes")
    assert (linked.exit_code, "Add --force-links" in linked.stderr) == (4, True)
    assert told("delete", "mnist:v2", "--delete-aliases", "--force-links", "--yes") == {
        "deleted": ["ada/digits/mnist:v2"],
        "freed_bytes": 5,
    }


def test_what_goes_is_shown_before_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its aliases, and what is really freed: shared bytes are not."""
    Path("a").write_text("one")
    run("put", "a", "copy")
    monkeypatch.setattr("hozon.cli.options.can_answer", lambda: True)
    asked = run("delete", "mnist:v0", "mnist:v1", "--delete-aliases", typed="n\n")
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert asked.stderr.splitlines()[:3] == [
        "  ada/digits/mnist:v0, aliases best",
        "  ada/digits/mnist:v1",
        "2 versions; of 6 bytes, 3 bytes are held by nothing else and would be freed once purged.",
    ]
    assert find("mnist:v0").state == "COMMITTED"


def test_a_link_goes_alone() -> None:
    """Its source stays, and no byte is freed."""
    assert told("delete", "team:v0", "--delete-aliases", "--yes")["freed_bytes"] == 0
    assert find("mnist:v2").state == "COMMITTED"


def test_a_whole_artifact_is_deleted_only_when_that_is_said() -> None:
    """A name without a version could mean either; what was deleted whole is restored whole."""
    refused = run("delete", "mnist", "--yes")
    assert (refused.exit_code, "add --all-versions" in refused.stderr) == (2, True)
    assert run("delete", "mnist", "--all-versions", "--yes").exit_code == 4
    done = told("delete", "mnist", "mnist", "--all-versions", "--force-links", "--yes")
    assert done["deleted"] == [f"ada/digits/mnist:v{number}" for number in (2, 1, 0)]
    assert run("ls", "mnist").exit_code == 3
    assert run("restore", "mnist").exit_code == 0
    assert find("mnist:best").version == "v0"


def test_whole_artifacts_are_deleted_all_or_none() -> None:
    """What is refused for one is done for none; a portfolio and its sources go together."""
    Path("a").write_text("one")
    run("put", "a", "copy")
    refused = run("delete", "copy", "mnist", "--all-versions", "--yes")
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert find("copy").state == "COMMITTED"
    done = told("delete", "mnist", "team", "copy", "--all-versions", "--yes")
    assert len(done["deleted"]) == 5
    for name in ("mnist", "team", "copy"):
        assert run("ls", name).exit_code == 3


def test_a_cut_list_says_so_to_programs() -> None:
    """On standard error: what they read is not all."""
    assert run("ls", "mnist", "--limit", "1", "--json").stderr == "2 more; --limit 0 lists all.\n"
    assert run("ls", "--limit", "1", "--json").stderr == "1 more; --limit 0 lists all.\n"


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
    assert told("ls", "--deleted", "--type", "model") == []


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
