"""Which files are pages."""

from pathlib import Path

import pytest

from hozon_docs.config import Config, load_config
from hozon_docs.pages import all_pages, file_of, page_of, read_page

SETTINGS = """
[tool.hozon_docs]
pages = ["README.md", "MISSING.md"]
packages = ["src/lib"]

[tool.hozon_docs.languages]
de = "Deutsch"
ja = "日本語"
"""
FILES = (
    "README.md",
    "CHANGELOG.md",
    "docs/_l10n/tone.md",
    "docs/de/index.md",
    "docs/de/guides/delete.md",
    "docs/de/data.txt",
    "docs/ja/index.md",
    "src/lib/store.py",
    "src/lib/sub/part.py",
    "src/lib/notes.md",
    "src/other.py",
)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Give a project with every kind of file."""
    (tmp_path / "pyproject.toml").write_text(SETTINGS, "utf-8")
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")
    return load_config(tmp_path)


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("docs/de/index.md", "de/index.md"),
        ("docs/ja/index.md", "ja/index.md"),
        ("docs/de/guides/delete.md", "de/guides/delete.md"),
        ("README.md", "README.md"),
        ("src/lib/sub/part.py", "src/lib/sub/part.py"),
        ("docs/de/data.txt", "None"),
        ("docs/_l10n/tone.md", "None"),
        ("CHANGELOG.md", "None"),
        ("src/other.py", "None"),
        ("src/lib/notes.md", "None"),
    ],
)
def test_a_file_is_one_page_or_none(config: Config, file: str, page: str) -> None:
    """Trees hold pages, the configuration names others, and packages hold modules."""
    assert str(page_of(config, config.root / file)) == page


def test_what_stands_outside_the_trees_is_in_the_source_language(config: Config) -> None:
    """A README and a docstring are not translated here."""
    pages = [page_of(config, config.root / name) for name in ("README.md", "src/lib/store.py")]
    assert {(page.language, page.translated) for page in pages if page} == {("de", False)}


def test_a_relative_path_is_the_same_file(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file is does not depend on where the process stands."""
    monkeypatch.chdir(config.root / "docs")
    assert page_of(config, Path("de/index.md")) == page_of(config, config.tree("de") / "index.md")


def test_all_pages_are_listed_in_the_order_of_the_languages(config: Config) -> None:
    """Trees first, then the files that are named and exist, then modules."""
    assert [str(page) for page in all_pages(config)] == [
        "de/guides/delete.md",
        "de/index.md",
        "ja/index.md",
        "README.md",
        "src/lib/store.py",
        "src/lib/sub/part.py",
    ]


def test_a_page_is_named_by_its_place_in_the_project(config: Config) -> None:
    """The ledger is the same on every machine."""
    names = [file_of(config, page) for page in all_pages(config)]
    assert names[:1] + names[-1:] == ["docs/de/guides/delete.md", "src/lib/sub/part.py"]


def _read(config: Config, file: str, content: bytes) -> list[tuple[int, str]]:
    path = config.root / file
    path.write_bytes(content)
    page = page_of(config, path)
    assert page is not None
    scan = read_page(page)
    assert (scan.page, scan.blocks, scan.parts, scan.headings) == (page, (), (), ())
    return [(finding.line, finding.reason) for finding in scan.findings]


def test_a_page_that_is_not_utf_8_is_a_finding(config: Config) -> None:
    """The line of the first byte that cannot be read is named."""
    text = "# A {#a}\n\nGrüße\n".encode("latin-1")
    findings = _read(config, "docs/de/index.md", text)
    assert findings == [(3, "the file is not UTF-8; save it as UTF-8.")]


def test_a_module_that_does_not_compile_is_a_finding(config: Config) -> None:
    """Its docstrings cannot be told from its other strings."""
    ((line, reason),) = _read(config, "src/lib/store.py", b'"""```"""\nx = = 1\n')
    assert line == 2
    assert reason == "the module does not compile: invalid syntax; correct it."


@pytest.mark.parametrize("file", ["docs/de/index.md", "src/lib/store.py"])
def test_a_file_is_read_by_what_it_is(config: Config, file: str) -> None:
    """A page is Markdown, a module has docstrings."""
    path = config.root / file
    path.write_text('"""\n```python title="a.py"\n1\n```\n"""\n', "utf-8")
    page = page_of(config, path)
    assert page is not None
    titles = {"docs/de/index.md": "a.py", "src/lib/store.py": "store"}
    assert [block.title for block in read_page(page).blocks] == [titles[file]]


@pytest.mark.parametrize("file", ["docs/de/index.md", "src/lib/store.py"])
def test_the_mark_that_editors_put_first_does_not_count(config: Config, file: str) -> None:
    """A byte order mark hides neither the first heading nor the first docstring."""
    path = config.root / file
    start = {".md": "# A {#a}\n", ".py": '"""A.\n'}[path.suffix]
    path.write_text(f'{start}\n```python title="a.py"\n1\n```\n"""\n', "utf-8-sig")
    page = page_of(config, path)
    assert page is not None
    scan = read_page(page)
    assert [block.line for block in scan.blocks] == [3]
    assert [heading.id for heading in scan.headings] == ["a"] * (path.suffix == ".md")
