"""`hozon ttl`: what a terminal shows of how long versions live."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import cli

LogText = Callable[..., hozon.Artifact]
DAY = timedelta(days=1)


def run(*arguments: str) -> Result:
    """Run a command of the group in this process."""
    return CliRunner().invoke(cli, ["ttl", *arguments], catch_exceptions=False)


@pytest.fixture
def versions(log_text: LogText) -> list[hozon.Artifact]:
    """Log three versions; the first expires after three days, the second after one, if unlinked."""
    with hozon.init(id="r1") as current:
        logged = [log_text(current, text) for text in ("one", "two", "three")]
    for version, days in zip(logged, (3, 1), strict=False):
        version.ttl = days * DAY
        version.save()
    return logged


def test_the_help_teaches() -> None:
    """The group names its commands and shows a way through them."""
    shown = run("--help").output
    for word in ("ls", "set", "show", "expire", "The nearest that is set applies", "--dry-run"):
        assert word in shown


def test_what_expires_is_listed(versions: list[hozon.Artifact]) -> None:
    """The soonest first, then what is suspended, with the reason."""
    versions[1].link("shared")
    expires = versions[0].expires_at
    assert expires is not None
    assert run("ls").stdout.splitlines() == [
        "VERSION              EXPIRES                               TTL  SET ON",
        f"ada/digits/mnist:v0  {expires:%Y-%m-%d %H:%M:%S}                   3d   version",
        "ada/digits/mnist:v1  suspended: link ada/digits/shared:v0  1d   version",
    ]


def test_what_expires_is_listed_for_programs(versions: list[hozon.Artifact]) -> None:
    """With times to the microsecond, and null for what there is not."""
    versions[1].link("shared")
    expires = versions[0].expires_at
    assert expires is not None
    assert json.loads(run("ls", "--json").stdout) == {
        "versions": [
            {
                "version": "ada/digits/mnist:v0",
                "expires_at": expires.isoformat(),
                "ttl_seconds": 3 * 86_400.0,
                "set_on": "version",
                "suspended_by": None,
            },
            {
                "version": "ada/digits/mnist:v1",
                "expires_at": None,
                "ttl_seconds": 86_400.0,
                "set_on": "version",
                "suspended_by": "link ada/digits/shared:v0",
            },
        ],
        "total": 2,
    }


@pytest.mark.usefixtures("versions")
def test_a_list_that_is_cut_says_so() -> None:
    """On standard error, for it is no data; 0 cuts nothing."""
    cut = run("ls", "--limit", "1")
    assert [line.split()[0] for line in cut.stdout.splitlines()[1:]] == ["ada/digits/mnist:v1"]
    assert cut.stderr == "1 more; --limit 0 lists all.\n"
    assert len(run("ls", "--limit", "0").stdout.splitlines()) == 3
    assert json.loads(run("ls", "--limit", "1", "--json").stdout)["total"] == 2


@pytest.mark.usefixtures("versions")
def test_another_project_is_listed() -> None:
    """By its name."""
    listed = json.loads(run("ls", "--project", "letters", "--json").stdout)
    assert listed == {"versions": [], "total": 0}
    assert json.loads(run("ls", "--project", "ada/digits", "--json").stdout)["total"] == 2


@pytest.mark.usefixtures("versions")
def test_defaults_are_set_and_shown() -> None:
    """On each level; what was set is printed."""
    assert run("set", "30d", "--collection", "mnist").stdout == (
        "collection ada/digits/mnist  30d\n"
    )
    assert run("set", "never", "--project", "digits").stdout == "project ada/digits  never\n"
    done = run("set", "1d12h", "--team", "ada", "--only-admins-may-set")
    assert done.stdout == "team ada  1d12h  (set by admins only)\n"
    assert run("show").stdout.splitlines() == [
        "team ada            1d12h  (set by admins only)",
        "project ada/digits  never",
    ]
    assert json.loads(run("show", "--collection", "mnist", "--json").stdout) == {
        "team ada": {"ttl": "1d12h", "members_may_set_ttl": False},
        "project ada/digits": {"ttl": "never"},
        "collection ada/digits/mnist": {"ttl": "30d"},
    }
    api = hozon.Api()
    assert api.artifact_collection("dataset", "mnist").ttl == 30 * DAY
    assert (api.project().ttl, api.team().ttl) == (None, timedelta(days=1, hours=12))


def test_who_may_set_is_set_by_itself() -> None:
    """The TTL stays as it is."""
    run("set", "30d", "--team", "ada")
    assert run("set", "--team", "ada", "--only-admins-may-set").exit_code == 0
    assert run("show").stdout.splitlines()[0] == "team ada            30d  (set by admins only)"
    run("set", "--team", "ada", "--members-may-set")
    assert run("show").stdout.splitlines()[0] == "team ada            30d"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["30d"], "Give one of --collection, --project and --team."),
        (["30d", "--team", "ada", "--project", "x"], "Give one of --collection"),
        (["--project", "x"], "Give a SPAN"),
        (["30d", "--project", "x", "--members-may-set"], "set with --team"),
        (["30", "--project", "x"], "The TTL '30' is not understood"),
        (["0d", "--project", "x"], "is below one second"),
    ],
    ids=repr,
)
def test_what_cannot_be_set_is_refused(arguments: list[str], message: str) -> None:
    """With exit code 2, and nothing is stored."""
    done = run("set", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert hozon.Api().project("x").ttl is hozon.ArtifactTTL.INHERIT
    assert hozon.Api().team().ttl is hozon.ArtifactTTL.INHERIT


def test_a_pass_says_what_it_deletes(versions: list[hozon.Artifact]) -> None:
    """First what it would delete, then what it did; afterwards there is nothing."""
    collection = versions[0].collection
    collection.retention = hozon.RetentionPolicy(keep_newest=2)
    collection.save()
    line = "ada/digits/mnist:v0  not kept by the retention policy\n"
    foreseen = run("expire", "--dry-run")
    assert (foreseen.stdout, foreseen.stderr) == (line, "Would delete 1 version.\n")
    assert json.loads(run("expire", "--dry-run", "--json").stdout) == {
        "dry_run": True,
        "by_ttl": [],
        "by_retention": ["ada/digits/mnist:v0"],
    }
    assert len(collection.artifacts()) == len(versions)
    done = run("expire")
    assert (done.stdout, done.stderr) == (line, "Deleted 1 version.\n")
    again = run("expire")
    assert (again.stdout, again.stderr) == ("", "Deleted 0 versions.\n")
