"""The repository: what no file may hold, and what belongs together."""

import re
import subprocess
from pathlib import Path

import hozon

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    re.escape(f"{ROOT}/").encode()  # Where this checkout lies.
    + rb"|(?<![\w.])/(?:home|Users)/(?!runner\b)\w+/"
    rb"|https?://[\w.-]*(?:pypi|pythonhosted|artifactory|nexus|devpi)[\w.-]*"
)
THIS = "tests/house/test_repository.py"
REQUIREMENT = re.compile(r"^[a-z0-9][a-z0-9._-]*(?:\[[^\]]+\])?==\S+", re.IGNORECASE | re.MULTILINE)


def files() -> list[Path]:
    """List what is in the repository, or will be with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_machine_or_a_registry() -> None:
    """Paths and addresses of those who build it are nobody else's business."""
    found = [
        f"{path.relative_to(ROOT)}: {match.group().decode()}"
        for path in files()
        if path != ROOT / THIS
        for match in FORBIDDEN.finditer(path.read_bytes())
    ]
    assert found == []


def test_every_requirement_is_pinned_with_hashes() -> None:
    """And the lock holds no address."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert len(blocks) > 50
    assert [b.splitlines()[0] for b in blocks if not REQUIREMENT.match(b)] == []
    assert [b.splitlines()[0] for b in blocks if "--hash=sha256:" not in b] == []
    assert "://" not in lock


def test_the_changelog_tells_of_this_version() -> None:
    """A release without a word about it is none."""
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## \[?{re.escape(hozon.__version__)}\b", changelog, re.MULTILINE)
