"""Recording that a translation was compared: what is recorded, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.freshness import find_lags
from hozon_docs.lock import lock_path, read_lock
from hozon_docs.stamping import Stamped, stamp_pages

SOURCE = "# Eins {#one}\n\nAlles bleibt\nhier.\n\nNichts geht.\n"
TRANSLATION = "# 一 {#one}\n\nすべて残ります。\n\n何も消えません。\n"


@pytest.fixture
def project(foreign_project: Callable[..., Config]) -> Config:
    """Give a project with a translated page that was stamped, and one that was not."""
    config = foreign_project({"guide": SOURCE, "other": SOURCE})
    for name in ("guide", "other"):
        _page(config, name=name).write_text(TRANSLATION, "utf-8")
    stamp_pages(config, names=["guide"])
    return config


def _page(config: Config, *, language: str = "ja", name: str = "guide") -> Path:
    return config.tree(language) / f"{name}.md"


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def _lagging(config: Config) -> set[str]:
    return {finding.path.stem for finding in find_lags(config)}


def test_a_new_page_is_recorded(project: Config) -> None:
    """The first comparison needs no confirmation, and only the page that was named is recorded."""
    assert _lagging(project) == {"index", "other"}
    assert stamp_pages(project, languages=["ja"], names=["other.md"]).changed == 3
    assert _lagging(project) == {"index"}


def test_everything_is_recorded_where_nothing_is_named(project: Config) -> None:
    """All pages of all translations are stamped at once."""
    assert stamp_pages(project) == Stamped(pages=3, changed=4, forgotten=0)
    assert find_lags(project) == []


def test_a_translation_that_changed_with_its_source_is_recorded(project: Config) -> None:
    """A translator who has followed the source need not explain anything."""
    _change(_page(project, language="de"), "Nichts", "Etwas")
    _change(_page(project), "何も", "何か")
    assert stamp_pages(project, names=["guide"]) == Stamped(pages=1, changed=1, forgotten=1)


def test_a_stale_unit_is_refused(project: Config) -> None:
    """Who stamps a text that did not change is asked to look, at both files and lines."""
    _change(_page(project, language="de"), "Alles", "Vieles")
    before = lock_path(project).read_bytes()
    with pytest.raises(DocsError, match="Nothing was stamped") as caught:
        stamp_pages(project)
    place, _ = str(caught.value).split("\n")
    assert place.startswith(f"{_page(project).as_posix()}:3: ")
    assert f"{_page(project, language='de').as_posix()}:3 has changed" in place
    assert place.endswith("say with --still-true 3 that it says the same.")
    assert lock_path(project).read_bytes() == before


def test_a_stale_unit_is_recorded_where_its_line_is_named(project: Config) -> None:
    """Any line of the unit will do."""
    _change(_page(project, language="de"), "hier", "da")
    _change(_page(project), "すべて", "すべて\n")
    stamp_pages(project, names=["guide"])
    _change(_page(project, language="de"), "Alles", "Vieles")
    stamp_pages(project, languages=["ja"], names=["guide"], still_true=[4])
    assert _lagging(project) == {"index", "other"}


def test_one_confirmation_is_for_one_unit(project: Config) -> None:
    """Another stale unit of the page is refused all the same."""
    _change(_page(project, language="de"), "Alles", "Vieles")
    _change(_page(project, language="de"), "Nichts", "Etwas")
    with pytest.raises(DocsError, match=r"guide\.md:5: .*--still-true 5") as caught:
        stamp_pages(project, languages=["ja"], names=["guide"], still_true=[3])
    assert "--still-true 3" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "known"), [(1, "those that do begin in 3"), (99, "those that do begin in 3")]
)
def test_a_confirmation_of_nothing_is_refused(project: Config, line: int, known: str) -> None:
    """A wrong line would otherwise confirm nothing in silence."""
    _change(_page(project, language="de"), "Alles", "Vieles")
    with pytest.raises(DocsError, match=f"no unit here needs it, {known}"):
        stamp_pages(project, languages=["ja"], names=["guide"], still_true=[3, line])


def test_a_confirmation_on_a_fresh_page_is_refused(project: Config) -> None:
    """The option is for units that are stale, and for no others."""
    with pytest.raises(DocsError, match="no unit here needs it, none does"):
        stamp_pages(project, languages=["ja"], names=["guide"], still_true=[3])


@pytest.mark.parametrize(
    ("languages", "names"),
    [((), ("guide",)), (("ja",), ()), (("ja",), ("guide", "other")), (("ja", "ja"), ("guide",))],
    ids=["no language", "no page", "two pages", "two languages"],
)
def test_a_confirmation_is_for_one_page(
    project: Config, languages: tuple[str, ...], names: tuple[str, ...]
) -> None:
    """A line means nothing without its file."""
    with pytest.raises(DocsError, match="give one --lang and one PAGE"):
        stamp_pages(project, languages=languages, names=names, still_true=[3])


def test_a_page_of_another_structure_is_refused(project: Config) -> None:
    """What has other parts cannot say the same; nothing is stamped, other pages included."""
    _change(_page(project, name="other"), "{#one}", "{#two}")
    before = read_lock(lock_path(project))
    with pytest.raises(DocsError, match=r"other\.md:1: the heading is # \{#two\}"):
        stamp_pages(project)
    assert read_lock(lock_path(project)) == before


@pytest.mark.parametrize(
    ("languages", "names", "reason"),
    [
        (("de",), (), "'de' is not among the translations; name one of ja"),
        (("fr",), (), "'fr' is not among the translations"),
        ((), ("giude",), r"de/giude\.md does not exist; name a page .* such as guide\."),
        ((), ("alone",), r"ja/alone\.md does not exist; translate the page first"),
    ],
    ids=["source", "unknown language", "unknown page", "untranslated page"],
)
def test_a_name_that_does_not_exist_is_refused(
    project: Config, languages: tuple[str, ...], names: tuple[str, ...], reason: str
) -> None:
    """A typing error is named with what was probably meant."""
    _page(project, language="de", name="alone").write_text(SOURCE, "utf-8")
    with pytest.raises(DocsError, match=reason):
        stamp_pages(project, languages=languages, names=names)


def test_a_page_that_is_gone_is_forgotten(project: Config) -> None:
    """Stamping everything cleans the lock; stamping one page leaves the others alone."""
    for language in project.languages:
        _page(project, language=language).unlink()
    stamp_pages(project, names=["other"])
    assert read_lock(lock_path(project)).stamps("ja", "guide")
    assert stamp_pages(project).forgotten == 3
    assert not read_lock(lock_path(project)).stamps("ja", "guide")


def test_stamping_twice_changes_nothing(project: Config) -> None:
    """The file is not even written."""
    stamp_pages(project)
    before = lock_path(project).stat().st_mtime_ns
    assert stamp_pages(project) == Stamped(pages=3, changed=0, forgotten=0)
    assert lock_path(project).stat().st_mtime_ns == before


def test_a_page_that_is_only_a_copy_is_refused(project: Config) -> None:
    """Readers would get the source without a word that it is not in their language."""
    text = "# Eins {#one}\n\nAlles bleibt immer noch hier.\n\nHozon, `a b c d e`\n"
    for language in ("de", "ja"):
        _page(project, language=language, name="other").write_text(text, "utf-8")
    with pytest.raises(DocsError, match="word for word; translate it, or say with --still-true 3"):
        stamp_pages(project, languages=["ja"], names=["other"])
    assert "other" in _lagging(project)


def test_a_copy_is_recorded_where_its_line_is_named(project: Config) -> None:
    """An address or a quotation may be the same in every language."""
    for language in ("de", "ja"):
        text = "Amazon Simple Storage Service\n"
        _page(project, language=language, name="other").write_text(text, "utf-8")
    stamp_pages(project, languages=["ja"], names=["other"], still_true=[1])
    assert "other" not in _lagging(project)
