"""Building a small foreign site in two languages."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.ledger import Ledger
from hozon_docs.site import BuildError, Built, _swap, build_site

PAGES = {"index": "# Start {#start}\n\nText.\n", "guide": "# Guide {#guide}\n\n[s](index.md)\n"}


def test_every_language_stands_below_its_own_prefix(
    foreign_project: Callable[..., Config],
) -> None:
    """Pages, search index and the page not found are there once per language."""
    config = foreign_project(PAGES)
    reported: list[Built] = []
    built = build_site(config, report=reported.append)
    assert [(one.language, one.pages) for one in built] == [("de", 3), ("ja", 3)]
    assert sorted(reported, key=lambda one: one.language) == list(built)
    for language in config.languages:
        for file in ("index.html", "guide/index.html", "404.html", "search/search_index.json"):
            assert (config.site / language / file).is_file()


def test_the_root_sends_readers_to_their_language(foreign_project: Callable[..., Config]) -> None:
    """The root page offers each language by its own name."""
    config = foreign_project(PAGES)
    build_site(config, languages=["de"])
    text = (config.site / "index.html").read_text("utf-8")
    assert '<a href="de/" hreflang="de" lang="de">Deutsch</a>' in text
    assert '<a href="ja/" hreflang="ja" lang="ja">日本語</a>' in text
    assert "navigator.languages" in text


def test_the_search_index_holds_the_endings_of_words(
    foreign_project: Callable[..., Config],
) -> None:
    """A Japanese compound is found by its second word; the plug-in has run in time."""
    config = foreign_project(PAGES | {"guide": "# Guide {#guide}\n\nガベージコレクション\n"})
    build_site(config, languages=["ja"])
    index = (config.site / "ja/search/search_index.json").read_bytes().decode("unicode_escape")
    assert " コレクション " in index


def test_a_build_that_warns_changes_nothing(foreign_project: Callable[..., Config]) -> None:
    """The error names the language and the page, and the good site stays whole."""
    config = foreign_project(PAGES)
    build_site(config)
    before = {path: path.read_bytes() for path in config.site.rglob("*") if path.is_file()}
    for language in config.languages:
        (config.tree(language) / "index.md").write_text("# New {#new}\n", "utf-8")
    (config.tree("ja") / "guide.md").write_text("# Guide {#guide}\n\n[x](lost.md)\n", "utf-8")
    with pytest.raises(BuildError, match=r"(?s)ja: the build failed.*ja: .*ja/guide\.md") as error:
        build_site(config)
    assert "de:" not in str(error.value)
    after = {path: path.read_bytes() for path in config.site.rglob("*") if path.is_file()}
    assert after == before


def test_a_lost_anchor_is_an_error(foreign_project: Callable[..., Config]) -> None:
    """A link to a heading that is not there fails the build."""
    config = foreign_project(PAGES | {"guide": "# Guide {#guide}\n\n[s](index.md#lost)\n"})
    with pytest.raises(BuildError, match="#lost"):
        build_site(config, languages=["de"])


def test_one_language_leaves_the_others_in_place(foreign_project: Callable[..., Config]) -> None:
    """Building one language replaces that one."""
    config = foreign_project(PAGES)
    build_site(config)
    before = (config.site / "de/index.html").stat().st_mtime_ns
    (config.tree("ja") / "index.md").write_text("# Changed {#changed}\n", "utf-8")
    build_site(config, languages=["ja"])
    assert "Changed" in (config.site / "ja/index.html").read_text("utf-8")
    assert (config.site / "de/index.html").stat().st_mtime_ns == before


def test_an_unknown_language_is_refused(foreign_project: Callable[..., Config]) -> None:
    """The message lists the languages there are."""
    with pytest.raises(DocsError, match="no language fr; choose among de, ja"):
        build_site(foreign_project(PAGES), languages=["fr"])


def test_only_the_option_publishes(
    foreign_project: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block without proof stops `publish`, and nothing else: no variable of the caller's."""
    monkeypatch.setenv("DOCS_PUBLISH", "1")
    config = foreign_project({"guide": '# A {#a}\n\n```python title="a.py"\nx = 1\n```\n'})
    build_site(config, languages=["de"])
    with pytest.raises(BuildError, match=r"docs/de/guide\.md:3: a\.py has no proof"):
        build_site(config, languages=["de"], publish=True)


def test_the_command_publishes_what_is_proven(
    foreign_project: Callable[..., Config], prove: Callable[[Config], Ledger]
) -> None:
    """`build --publish` ends with exit code 1 and the finding, and after a run with 0."""
    config = foreign_project({"guide": '# A {#a}\n\n```python title="a.py"\nx = 1\n```\n'})

    def publish() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hozon_docs", "build", "--publish", "--lang", "de"],
            cwd=config.root,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    refused = publish()
    assert (refused.returncode, config.site.exists()) == (1, False)
    assert "docs/de/guide.md:3: a.py has no proof" in refused.stderr
    assert "Traceback" not in refused.stderr
    prove(config)
    assert publish().returncode == 0


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: (path / "index.html").read_text("utf-8") for path in folder.iterdir()}


@pytest.mark.parametrize("last", range(1, 5))
@pytest.mark.parametrize("done", [False, True])
def test_an_interrupt_between_renames_loses_no_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int, *, done: bool
) -> None:
    """Wherever the interrupt comes, all languages are the old ones again."""
    for folder in ("old", "new"):
        for language in ("de", "ja"):
            (tmp_path / folder / language).mkdir(parents=True)
            (tmp_path / folder / language / "index.html").write_text(folder, "utf-8")
    rename, count = Path.rename, 0

    def interrupted(source: Path, goal: Path) -> Path:
        nonlocal count
        count += 1
        if count != last or done:
            rename(source, goal)
        if count == last:
            raise KeyboardInterrupt
        return goal

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _swap(["de", "ja"], staging=tmp_path / "new", target=tmp_path / "old")
    assert _texts(tmp_path / "old") == {"de": "old", "ja": "old"}


def test_a_site_that_nothing_judged_is_not_published(
    foreign_project: Callable[..., Config],
) -> None:
    """Without the plug-in no block would ever be missed."""
    config = foreign_project(PAGES)
    text = config.mkdocs.read_text("utf-8").replace("  - hozon_docs\n", "")
    config.mkdocs.write_text(text, "utf-8")
    with pytest.raises(BuildError, match=r"nothing held the pages to their proof; add hozon_docs"):
        build_site(config, languages=["de"], publish=True)
    assert not config.site.exists()
