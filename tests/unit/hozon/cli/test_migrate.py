"""`hozon migrate`: the catalog moves to another database, and people are told how to go on."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import cli


def migrate(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(cli, ["migrate", *arguments])


def log() -> None:
    """Log a version."""
    with hozon.init() as run:
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("a") as file:
            file.write("one")
        run.log_artifact(artifact)


def test_what_was_logged_is_found_in_the_new_catalog(
    home: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its content, as the store is the same; and the next version has the next number."""
    log()
    hozon.teardown()
    done = migrate("--to", empty_postgres_url)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == f"From      sqlite:///{home}/catalog.db"
    assert lines[1].startswith("To        postgresql://hozon@/test_")
    assert re.fullmatch(r"Verified  \d+ rows in \d+ tables", lines[2])
    assert done.stderr.startswith("Now set HOZON_CATALOG_URL, or ")
    (home / "catalog.db").unlink()
    monkeypatch.setenv("HOZON_CATALOG_URL", empty_postgres_url)
    artifact = hozon.Api().artifact("mnist:latest")
    assert artifact.version == "v0"
    assert (Path(artifact.download()) / "a").read_text() == "one"
    with hozon.init() as run:
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("a") as file:
            file.write("two")
        assert run.log_artifact(artifact).wait().version == "v1"


def test_no_password_is_shown(empty_postgres_url: str) -> None:
    """Neither to people nor to programs."""
    url = empty_postgres_url.replace("hozon@", "hozon:sesame@")
    done = migrate("--to", url, "--json")
    told = json.loads(done.stdout)
    assert told["to"].startswith("postgresql://hozon@/test_")
    assert told["rows"]["versions"] == 0
    refused = migrate("--to", f"{url}&colour=blue")
    assert refused.exit_code == 7
    assert "sesame" not in done.output + refused.output


def test_a_catalog_that_holds_something_is_refused(tmp_path: Path) -> None:
    """Exit code 7; the catalog that it was is there as before."""
    log()
    hozon.teardown()
    url = f"sqlite:///{tmp_path}/other.db"
    assert migrate("--to", url).exit_code == 0
    before = (tmp_path / "other.db").read_bytes()
    refused = migrate("--to", url)
    assert (refused.exit_code, refused.stdout) == (7, "")
    assert "is not empty" in refused.stderr
    assert (tmp_path / "other.db").read_bytes() == before


def test_a_target_has_to_be_given() -> None:
    """The help shows the forms that there are, and says what is not copied."""
    assert migrate().exit_code == 2
    shown = migrate("--help").output
    for word in ("postgresql://", "sqlite://", "stop other programs", "PGPASSWORD"):
        assert word in shown
