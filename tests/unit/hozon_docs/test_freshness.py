"""Whether a translation was compared with the text that its source holds today."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.config import Config
from hozon_docs.freshness import (
    State,
    check_freshness,
    find_lags,
    judge_page,
    pair_units,
    stale_units,
    stamps_of,
)
from hozon_docs.lock import Lock, lock_path, read_lock, write_lock
from hozon_docs.markdown import Page
from hozon_docs.stamping import stamp_pages
from hozon_docs.structure import Structure, read_structure, units_of

SOURCE = """---
title: Löschen
---

# Löschen {#delete}

Es wird gelöscht.

- Erstens `a`.
- Zweitens.

!!! note "Achtung"

    Sofort.

| Name | Wert |
| ---- | ---- |
| `a`  | eins |

```python title="a.py"
# warum
print(1)
#> 1
```

```bash
ls
```

<!-- Notiz -->

::: pkg.Name

## Ende {#end}

Schluss.
"""
TRANSLATION = (
    SOURCE.replace("Löschen", "削除")
    .replace("Es wird gelöscht.", "削除します。")
    .replace("Erstens `a`.", "まず`a`。")
    .replace("Zweitens.", "次。")
    .replace("Achtung", "注意")
    .replace("Sofort.", "すぐに。")
    .replace("Name | Wert", "名前 | 値")
    .replace("eins", "一")
    .replace("warum", "理由")
    .replace("Ende", "終わり")
    .replace("Schluss.", "以上。")
)

Project = Callable[..., Config]


def _structure(text: str, language: str = "de") -> Structure:
    page = Page(language=language, name="guide", path=Path(f"docs/{language}/guide.md"))
    return Structure(page, units_of(text))


STAMPS = stamps_of(pair_units(_structure(SOURCE), _structure(TRANSLATION, "ja")))


def _lags(source: str = SOURCE, translation: str = TRANSLATION) -> list[tuple[State, int, int]]:
    lags = check_freshness(_structure(source), _structure(translation, "ja"), stamps=STAMPS)
    return [(lag.state, lag.source.line, lag.translation.line) for lag in lags]


@pytest.fixture
def project(foreign_project: Project) -> Config:
    """Give a project whose Japanese page was stamped beside the German one."""
    config = foreign_project({"guide": SOURCE})
    _write(config, "ja", TRANSLATION)
    stamp_pages(config)
    return config


def _write(config: Config, language: str, text: str) -> Path:
    path = config.tree(language) / "guide.md"
    path.write_text(text, "utf-8")
    return path


def test_what_was_stamped_is_fresh() -> None:
    """Nothing is to be done about a page as it was compared."""
    assert _lags() == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("title: Löschen", "title: Entfernen", 2),
        ("# Löschen", "# Entfernen", 5),
        ("Es wird", "Alles wird", 7),
        ("Erstens", "Zuerst", 9),
        ("Zweitens", "Dann", 10),
        ("Achtung", "Vorsicht", 12),
        ("Sofort", "Bald", 14),
        ("Name | Wert", "Name | Inhalt", 16),
        ("eins", "zwei", 18),
        ("warum", "wozu", 20),
        ("Schluss", "Aus", 36),
    ],
    ids=[
        "metadata",
        "heading",
        "paragraph",
        "item",
        "last item",
        "title",
        "in a note",
        "head of a table",
        "row",
        "comment",
        "last paragraph",
    ],
)
def test_one_changed_sentence_makes_one_unit_stale(old: str, new: str, line: int) -> None:
    """Exactly the unit that changed is named, in both languages, and nothing else."""
    assert SOURCE.count(old) == 1
    assert _lags(source=SOURCE.replace(old, new)) == [(State.STALE, line, line)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Es wird gelöscht.", "Es wird\ngelöscht."),
        ("| eins |", "|    eins |"),
        ("{#end}", "{#the-end}"),
        ("print(1)\n#> 1", "print(2)\n#> 2"),
        ("```bash\nls", "```bash\nls -a"),
        ("<!-- Notiz -->", "<!-- andere Notiz -->"),
        ("pkg.Name", "pkg.Other"),
        ("\n\n## Ende", "\n\n\n\n## Ende"),
    ],
    ids=["wrapped", "spaces", "id", "code", "shell", "comment", "directive", "moved"],
)
def test_what_no_translator_translates_makes_nothing_stale(old: str, new: str) -> None:
    """Code, ids and lines for programs are compared by parity, day by day."""
    assert SOURCE.count(old) == 1
    translation = TRANSLATION.replace("{#end}", "{#the-end}") if old == "{#end}" else TRANSLATION
    assert _lags(SOURCE.replace(old, new), translation) == []


def test_moving_a_section_makes_nothing_stale() -> None:
    """A lock without places survives another order."""
    moved = "\n## Ende {#end}\n\nSchluss.\n"
    source = SOURCE.replace(moved, "").replace(
        "\n- Erstens", f"{moved}\n## Mehr {{#more}}\n\n- Erstens"
    )
    translated = "\n## 終わり {#end}\n\n以上。\n"
    translation = TRANSLATION.replace(translated, "").replace(
        "\n- まず", f"{translated}\n## Mehr {{#more}}\n\n- まず"
    )
    assert _lags(source, translation) == [(State.UNSTAMPED, 13, 13)]


def test_a_changed_translation_is_not_stamped() -> None:
    """Nobody has said yet that the new words say the same."""
    assert _lags(translation=TRANSLATION.replace("次。", "その次。")) == [(State.UNSTAMPED, 10, 10)]


def test_two_translations_that_changed_places_are_both_stale() -> None:
    """Each was compared, but with another sentence."""
    translation = TRANSLATION.replace("次。", "?").replace("以上。", "次。").replace("?", "以上。")
    assert _lags(translation=translation) == [(State.STALE, 10, 10), (State.STALE, 36, 36)]


def test_comments_that_are_the_same_in_both_languages_are_fresh() -> None:
    """A comment that nobody translated cannot lag behind."""
    source, translation = (
        text.replace("warum", "TODO") for text in (SOURCE, TRANSLATION.replace("理由", "warum"))
    )
    assert _lags(source, translation) == []


def test_a_section_of_another_structure_is_left_to_parity() -> None:
    """A new paragraph does not set every later one against the wrong partner."""
    assert _lags(source=SOURCE.replace("Es wird gelöscht.", "Neu.\n\nEs wird anders.")) == []
    source = SOURCE.replace("Es wird", "Neu.\n\nEs wird").replace("Schluss", "Aus")
    assert _lags(source=source) == [(State.STALE, 38, 36)]


def test_a_finding_names_both_places_and_the_next_step(project: Config) -> None:
    """A translator can go from the message to both pages, and to the command."""
    source = _write(project, "de", SOURCE.replace("Zweitens", "Dann"))
    (finding,) = find_lags(project)
    assert (finding.path, finding.line) == (project.tree("ja") / "guide.md", 10)
    assert f"{source.as_posix()}:10 has changed since this was translated" in finding.reason
    assert "stamp --lang ja guide`" in finding.reason
    assert finding.reason.endswith("add --still-true 10.")


def test_a_page_that_was_never_stamped_is_one_finding(project: Config) -> None:
    """A new page does not fill the screen."""
    lock_path(project).unlink()
    found = [finding for finding in find_lags(project) if finding.path.stem == "guide"]
    assert [finding.line for finding in found] == [1]
    assert "was never compared with" in found[0].reason


def test_a_unit_that_is_gone_is_a_finding(project: Config) -> None:
    """What both languages dropped is dropped from the lock, too."""
    _write(project, "de", SOURCE.replace("- Zweitens.\n", ""))
    _write(project, "ja", TRANSLATION.replace("- 次。\n", ""))
    (finding,) = find_lags(project)
    assert "has no unit any more for 1 of its stamps beside" in finding.reason


def test_a_unit_that_only_one_page_lost_is_left_to_parity(project: Config) -> None:
    """Its stamp stays until both pages have the same parts again."""
    _write(project, "de", SOURCE.replace("- Zweitens.\n", ""))
    assert find_lags(project) == []


def test_a_page_that_is_gone_is_a_finding_in_the_lock(project: Config) -> None:
    """The lines that nobody needs any more are named."""
    for language in project.languages:
        (project.tree(language) / "guide.md").unlink()
    (finding,) = find_lags(project)
    lines = lock_path(project).read_text("utf-8").split("\n")
    assert finding.path == lock_path(project)
    assert lines[finding.line - 1] == '"ja"."guide" = ['
    assert finding.reason.startswith("ja/guide.md does not exist; run")


def test_a_page_without_a_source_is_left_to_parity(project: Config) -> None:
    """There is nothing to compare it with."""
    (project.tree("de") / "guide.md").unlink()
    assert find_lags(project) == []


def test_readers_are_warned_of_stale_units_alone(project: Config) -> None:
    """A notice stands where the source has changed, not where a translator is at work."""
    _write(project, "de", SOURCE.replace("Zweitens", "Dann"))
    path = _write(project, "ja", TRANSLATION.replace("以上。", "終わり。"))
    page = Page(language="ja", name="guide", path=path)
    assert [(unit.kind, unit.line) for unit in stale_units(project, page)] == [("paragraph", 10)]


def test_a_page_that_is_no_translation_is_never_stale(project: Config) -> None:
    """The source, a page without one, and a README have nothing to lag behind."""
    source = Page(language="de", name="guide", path=project.tree("de") / "guide.md")
    alone = Page(language="ja", name="alone", path=_write(project, "ja", TRANSLATION))
    outside = Page("ja", "index", project.tree("ja") / "index.md", translated=False)
    assert [stale_units(project, page) for page in (source, alone, outside)] == [(), (), ()]


def test_a_verdict_counts_what_a_person_has_to_compare(project: Config) -> None:
    """Code without comments, comments and directives are not among the units."""
    pages = (
        Page(language=language, name="guide", path=project.tree(language) / "guide.md")
        for language in ("de", "ja")
    )
    source, translation = (read_structure(page) for page in pages)
    verdict = judge_page(source, translation, lock=read_lock(lock_path(project)))
    assert (verdict.units, verdict.lags, verdict.is_new, verdict.forgotten) == (12, (), False, 0)
    assert judge_page(source, translation, lock=Lock()).is_new


def test_windows_line_ends_make_nothing_stale(project: Config) -> None:
    """A page may be checked out on another system."""
    for language, text in (("de", SOURCE), ("ja", TRANSLATION)):
        path = project.tree(language) / "guide.md"
        path.write_bytes(text.replace("\n", "\r\n").encode())
    assert find_lags(project) == []


def test_a_lock_of_another_language_is_kept_apart(project: Config) -> None:
    """The stamps of one language say nothing about another."""
    lock = read_lock(lock_path(project))
    write_lock(lock_path(project), Lock({("xx", "guide"): lock.stamps("ja", "guide")}))
    reasons = [finding.reason for finding in find_lags(project)]
    assert sum("was never compared" in reason for reason in reasons) == 2
    assert sum(reason.startswith("xx/guide.md does not exist") for reason in reasons) == 1


def test_a_comment_hides_no_section_without_an_id() -> None:
    """A translator's note moves no heading, and what stands below is still compared."""
    pages = (Page("de", "a", Path("de/a.md")), Page("ja", "a", Path("ja/a.md")))
    texts = ("# Eins\n\nAlles.\n", "<!-- 注 -->\n\n# 一\n\nすべて。\n")
    source, translation = (
        Structure(page, units_of(text)) for page, text in zip(pages, texts, strict=True)
    )
    assert [unit.words for _, unit in pair_units(source, translation)] == ["一", "すべて。"]
