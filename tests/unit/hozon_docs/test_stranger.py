"""The tools know nothing of the project that they happen to live with."""

import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import hozon_docs
from hozon_docs.config import Config
from hozon_docs.ledger import read_ledger
from hozon_docs.markdown import Page, scan
from hozon_docs.rendered import compare_rendered, page_file, read_built

GUIDE = """# Guide {#guide}

```python title="count.py"
for i in range(2):
    print(i)
    #> 0
    #> 1
```

=== "Tab"

    ```{.python title="half.py" group="halves"}
    def half(number):
        return number / 2
    ```

    ```{.python title="use.py" group="halves"}
    print(half(3))
    #> 1.5
    ```

```console
$ echo kept
kept
```

```toml
size = 1
```
"""


def test_no_module_imports_the_documented_package() -> None:
    """With every module of the tools imported, the documented package is still unknown."""
    names = [f"hozon_docs.{module.name}" for module in pkgutil.iter_modules(hozon_docs.__path__)]
    code = f"import sys, {', '.join(names)}; sys.exit('hozon' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 -- our own interpreter
    assert "hozon_docs.runner" in names
    assert done.returncode == 0


@dataclass(frozen=True, slots=True)
class Foreign:
    """A project in two languages, in whose processes nothing of Hozon can be imported."""

    config: Config
    variables: dict[str, str]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a module of Python in the project's folder."""
        return subprocess.run(  # noqa: S603 -- our own interpreter, no shell
            [sys.executable, "-m", *arguments],
            cwd=self.config.root,
            env=os.environ | self.variables,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def page(self, language: str) -> Page:
        """Give the guide in a language."""
        path = self.config.tree(language) / "guide.md"
        return Page(language=language, name="guide", path=path)


@pytest.fixture
def foreign(foreign_project: Callable[..., Config], tmp_path: Path) -> Foreign:
    """Give the project; every process that it starts refuses to import the package."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['hozon'] = None\n", "utf-8")
    variables = {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    return Foreign(foreign_project({"guide": GUIDE}), variables)


SESSION = ("pytest", "-p", "hozon_docs.pytest_plugin", "-p", "no:randomly", "-q", "docs")


def test_the_package_cannot_be_imported_there(foreign: Foreign) -> None:
    """The tests below would see it if the tools asked for it."""
    assert "No module named hozon" in foreign.run("hozon").stderr


def test_the_pages_of_a_foreign_project_run(foreign: Foreign) -> None:
    """Every block of both languages is an item, and stands in the ledger of that project."""
    session = foreign.run(*SESSION)
    assert session.returncode == 0, session.stdout
    assert "14 passed" in session.stdout
    results = [
        (entry.language, entry.title, entry.outcome)
        for entry in read_ledger(foreign.config.ledger).entries
    ]
    titles = ("count.py", "half.py", "use.py", "console", "toml")
    assert results == [(language, title, "passed") for language in ("de", "ja") for title in titles]


def test_a_foreign_site_is_built_from_what_ran(foreign: Foreign) -> None:
    """Both languages are built, each with the text of its blocks."""
    build = foreign.run("hozon_docs", "build")
    assert build.returncode == 0, build.stderr
    for language in ("de", "ja"):
        page = foreign.page(language)
        built = read_built(page_file(foreign.config.site, page))
        assert built.language == language
        assert len(built.blocks) == 3
        assert compare_rendered(page, built=built, blocks=scan(page).blocks) == []


def test_a_foreign_site_is_published_only_with_its_proof(foreign: Foreign) -> None:
    """What ran may be published; with one character changed it may not, and the block is named."""
    foreign.run(*SESSION)
    proven = foreign.run("hozon_docs", "build", "--publish")
    path = foreign.page("ja").path
    path.write_text(GUIDE.replace("number / 2", "number / 3"), "utf-8")
    unproven = foreign.run("hozon_docs", "build", "--publish")
    assert proven.returncode == 0, proven.stderr
    assert unproven.returncode == 1
    assert "docs/ja/guide.md:12: half.py" in unproven.stderr
