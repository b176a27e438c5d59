"""What `hozon gc status` shows."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hozon.cli.main import cli
from worlds import Bucket, ServeGcs

SWITCH = "GORILLA_ARTIFACT_GC_ENABLED"


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, ["gc", "status", *arguments], catch_exceptions=False)


@pytest.mark.usefixtures("home")
def test_a_local_store_needs_nothing(home: Path) -> None:
    """Nor is one made by asking."""
    shown = run()
    assert shown.exit_code == 0
    assert shown.stdout == (
        "Deployment  embedded\n"
        "Collection  may run\n"
        "\n"
        f"not required  {SWITCH}\n"
        "    The environment variable is not set to true.\n"
        "\n"
        f"met  bucket versioning of file://{home}/objects\n"
        f"    What is removed lies in {home}/objects/trash.\n"
    )
    assert not (home / "objects").exists()


@pytest.mark.usefixtures("home")
def test_what_is_missing_is_shown_with_what_fixes_it(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until all of it is done; advice is no reason to wait."""
    monkeypatch.setenv("HOZON_STORAGE_URL", f"s3://{bucket.name}")
    monkeypatch.setenv("HOZON_DEPLOYMENT", "customer-managed-on-premises")
    shown = run()
    assert shown.exit_code == 1
    assert "Collection  does not run\n" in shown.stdout
    assert f"missing  {SWITCH}\n" in shown.stdout
    assert f"    export {SWITCH}=true\n" in shown.stdout
    assert f"missing  bucket versioning of s3://{bucket.name}\n" in shown.stdout
    assert f"    aws s3api put-bucket-versioning --bucket {bucket.name} " in shown.stdout
    monkeypatch.setenv(SWITCH, "true")
    bucket.keep_versions()
    shown = run()
    assert shown.exit_code == 0
    assert f"warning  expiry of old versions of s3://{bucket.name}\n" in shown.stdout
    assert "    aws s3api put-bucket-lifecycle-configuration " in shown.stdout


@pytest.mark.usefixtures("home")
def test_programs_get_json(bucket: Bucket) -> None:
    """With the same exit code."""
    shown = run("--json", "--storage", f"s3://{bucket.name}/a")
    assert shown.exit_code == 1
    told = json.loads(shown.stdout)
    assert (told["deployment"], told["may_collect"]) == ("embedded", False)
    assert told["requirements"][1] == {
        "name": f"bucket versioning of s3://{bucket.name}/a",
        "required": True,
        "met": False,
        "detail": f"Versioning of {bucket.name} is never enabled",
        "fix": f"aws s3api put-bucket-versioning --bucket {bucket.name}"
        " --versioning-configuration Status=Enabled",
    }


@pytest.mark.usefixtures("home")
def test_connectors_are_checked(
    serve_gcs: ServeGcs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They make of a managed cloud one with connectors."""
    serve_gcs(versioned=False)
    (tmp_path / "hozon.toml").write_text('[connectors]\nvision = "gs://hozon-tests"\n')
    monkeypatch.setenv("HOZON_CONFIG", str(tmp_path / "hozon.toml"))
    monkeypatch.setenv("HOZON_DEPLOYMENT", "shared-cloud")
    shown = run()
    assert shown.exit_code == 1
    assert "Deployment  shared-cloud-with-connector\n" in shown.stdout
    assert "versioning of gs://hozon-tests, the connector of vision\n" in shown.stdout
    assert run("--storage", "file:///data").exit_code == 0


@pytest.mark.usefixtures("home")
def test_a_store_that_is_none_is_refused() -> None:
    """As everywhere."""
    shown = run("--storage", "az://account")
    assert shown.exit_code == 2
    assert "az://account/container" in shown.stderr
