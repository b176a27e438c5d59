"""Catalogs of docstrings: their text, and how they follow the code."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import griffe
import pytest

from hozon_docs.catalogs import (
    Catalog,
    Message,
    Original,
    catalog_path,
    format_catalog,
    merge,
    read_catalog,
    update_catalogs,
    updates_table,
)
from hozon_docs.config import Config, load_config
from hozon_docs.findings import DocsError

LONG = "The first line says what it does.\n\n" + "    it = keep(every, line)\n" * 4 + "The end."


def _original(path: str, text: str) -> Original:
    return Original(path, "src/pkg/__init__.py", griffe.Docstring(text))


def _originals(texts: Mapping[str, str]) -> list[Original]:
    return [_original(path, text) for path, text in texts.items()]


def _merged(before: Mapping[str, str], *, after: Mapping[str, str], **marks: object) -> Message:
    """Extract, translate the one message, change the code, extract again; give the message."""
    extracted = merge(Catalog("ja"), _originals(before)).messages[0]
    translated = replace(extracted, **({"translation": "訳"} | marks))  # type: ignore[arg-type]
    (message,) = merge(Catalog("ja", (translated,)), _originals(after)).messages
    return message


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Give a project in German, to be translated into Japanese and French."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.hozon_docs.languages]\nde = "Deutsch"\nja = "日本語"\nfr = "Français"\n', "utf-8"
    )
    return load_config(tmp_path)


def test_a_catalog_is_text_for_translators_and_for_diffs() -> None:
    """A message has its file, mark and previous text; nothing names a line, a date or a machine."""
    messages = (
        Message("pkg.f", "Do it.\n\nNow.", file="src/pkg/__init__.py"),
        Message(
            "pkg.g", "New.", "訳", "src/pkg/g.py", fuzzy=True, previous="Old.", comments=("n",)
        ),
    )
    assert format_catalog(Catalog("pt-BR", messages)) == (
        "# Docstrings of the API reference, to be translated into: pt-BR\n"
        "# Write what follows `msgstr`; `python -m hozon_docs extract` writes the rest.\n"
        'msgid ""\n'
        'msgstr ""\n'
        '"Language: pt_BR\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        "\n"
        "#: src/pkg/__init__.py\n"
        'msgctxt "pkg.f"\n'
        'msgid ""\n'
        '"Do it.\\n"\n'
        '"\\n"\n'
        '"Now."\n'
        'msgstr ""\n'
        "\n"
        "# n\n"
        "#: src/pkg/g.py\n"
        "#, fuzzy\n"
        '#| msgid "Old."\n'
        'msgctxt "pkg.g"\n'
        'msgid "New."\n'
        'msgstr "訳"\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        'a "quoted" \\n word',
        "tab\there",
        "100 %s of {it}",
        "한국어\n日本語",
        '""',
        "a\\",
        "# a",
    ],
    ids=["lines", "quotes", "tab", "formats", "scripts", "empty quotes", "backslash", "hash"],
)
def test_what_is_written_is_read(tmp_path: Path, text: str) -> None:
    """No text is lost on the way into the file and back: not as text, translation or previous."""
    messages = (
        Message("pkg.a", text, text, "a.py", comments=("a note", "a note")),
        Message("pkg.b", "b", text, "b.py", fuzzy=True, previous=text),
    )
    path = tmp_path / "api.po"
    path.write_text(format_catalog(Catalog("ja", messages)), "utf-8")
    read = read_catalog(path, language="ja")
    assert read.messages == messages
    lines = path.read_text("utf-8").split("\n")
    assert [lines[message.line - 1].split()[0] for message in read.messages] == ["msgid"] * 2


def test_a_file_with_other_line_ends_is_read(tmp_path: Path) -> None:
    """An editor that writes CRLF changes no text."""
    path = tmp_path / "api.po"
    catalog = Catalog("ja", (Message("pkg.a", "a\nb", "c\nd", "a.py"),))
    path.write_bytes(format_catalog(catalog).replace("\n", "\r\n").encode())
    assert read_catalog(path, language="ja") == catalog


def test_a_missing_file_is_an_empty_catalog(tmp_path: Path) -> None:
    """A language begins with nothing."""
    assert read_catalog(tmp_path / "api.po", language="ja") == Catalog("ja")


def test_new_docstrings_are_missing_in_the_order_of_their_paths() -> None:
    """The order of the code does not disturb the file."""
    merged = merge(Catalog("ja"), _originals({"b": "B.", "a.c": "C.", "a": "A."}))
    assert [(m.path, m.text, m.is_shown) for m in merged.messages] == [
        ("a", "A.", False),
        ("a.c", "C.", False),
        ("b", "B.", False),
    ]


def test_a_changed_docstring_is_fuzzy_and_keeps_what_was_translated() -> None:
    """The translator sees the old text, line by line, and readers see the new one."""
    message = _merged({"a": LONG}, after={"a": "New."})
    assert (message.text, message.translation, message.previous) == ("New.", "訳", LONG)
    assert (message.fuzzy, message.is_shown) == (True, False)


def test_a_second_change_keeps_the_text_that_was_translated() -> None:
    """However often the code changes, the translation is compared with its own original."""
    message = _merged({"a": "2."}, after={"a": "3."}, fuzzy=True, previous="1.")
    assert (message.fuzzy, message.previous) == (True, "1.")


def test_a_change_that_is_undone_leaves_nothing() -> None:
    """Back at the text that was translated, the translation is right again."""
    message = _merged({"a": "2."}, after={"a": "1."}, fuzzy=True, previous="1.")
    assert message == Message("a", "1.", "訳", "src/pkg/__init__.py")


def test_a_mark_set_by_hand_stays() -> None:
    """A translator may doubt a translation whose original never changed."""
    message = _merged({"a": "1."}, after={"a": "1."}, fuzzy=True)
    assert (message.fuzzy, message.previous) == (True, "")


def test_a_finished_translation_loses_the_previous_text() -> None:
    """To delete the mark is enough."""
    assert _merged({"a": "2."}, after={"a": "2."}, previous="1.").previous == ""


def test_what_was_never_translated_is_not_fuzzy() -> None:
    """A change before the first translation is none to a translator."""
    message = _merged({"a": "1."}, after={"a": "2."}, translation="")
    assert message == Message("a", "2.", "", "src/pkg/__init__.py")


def test_a_docstring_that_moved_takes_its_translation_along() -> None:
    """A new path with the very same text needs no new work; a similar text does."""
    assert _merged({"a.f": "Do it."}, after={"b.f": "Do it."}).is_shown
    assert not _merged({"a.f": "Do it."}, after={"b.f": "Do it!"}).translation


def test_a_docstring_that_went_is_dropped() -> None:
    """The catalog holds what the reference shows, and nothing else."""
    catalog = merge(Catalog("ja"), _originals({"a": "A.", "b": "B."}))
    assert [message.path for message in merge(catalog, _originals({"b": "B."})).messages] == ["b"]


def test_notes_of_translators_stay() -> None:
    """A note outlives a change."""
    assert _merged({"a": "1."}, after={"a": "2."}, comments=("why",)).comments == ("why",)


def test_an_extraction_writes_each_language_once(config: Config) -> None:
    """The second run finds nothing to do and touches no file."""
    originals = _originals({"a": "A.", "b": LONG})
    assert [update.changed for update in update_catalogs(config, originals)] == [True, True]
    paths = [catalog_path(config.l10n, language) for language in ("ja", "fr")]
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]
    assert [update.changed for update in update_catalogs(config, originals)] == [False, False]
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before
    assert sorted(config.l10n.rglob("*.*")) == sorted(paths)


def test_an_extraction_counts_what_is_left_to_do(config: Config) -> None:
    """The table has a row per language with its counts."""
    path = catalog_path(config.l10n, "ja")
    path.parent.mkdir(parents=True)
    messages = (
        Message("a", "A.", "訳"),
        Message("b", "Old.", "訳"),
        Message("gone", "Gone.", "訳"),
    )
    path.write_text(format_catalog(Catalog("ja", messages)), "utf-8")
    updates = update_catalogs(config, _originals({"a": "A.", "b": "B.", "c": "C."}))
    rows = list(zip(*(column.cells for column in updates_table(updates).columns), strict=True))
    assert rows == [
        ("ja", "written", "3", "1", "1", "1", "1"),
        ("fr", "written", "3", "0", "0", "3", "0"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('msgctxt "a"\nmsgid "A."\n', r"api\.po:2: .*missing msgstr"),
        ('msgid "A."\nmsgstr ""\n<<<<<<< ours\n', r"api\.po:3: .*<<<<<<< ours"),
        (
            'msgctxt "a"\nmsgid "A."\nmsgstr "1"\n\nmsgctxt "a"\nmsgid "A."\nmsgstr "2"\n',
            r"api\.po:6: .*second message",
        ),
        (
            'msgctxt "a"\nmsgid "A."\nmsgstr "1"\n\nmsgctxt "a"\nmsgid "B."\nmsgstr "2"\n',
            r"api\.po:6: .*second message",
        ),
    ],
    ids=["no translation", "merge conflict", "twice", "twice with another text"],
)
def test_a_faulty_catalog_is_refused_and_nothing_is_written(
    config: Config, text: str, reason: str
) -> None:
    """The message names the line; the translations of all languages stay as they were."""
    path = catalog_path(config.l10n, "fr")
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    with pytest.raises(DocsError, match=reason):
        update_catalogs(config, _originals({"a": "A."}))
    assert path.read_text("utf-8") == text
    assert not catalog_path(config.l10n, "ja").exists()


def test_a_catalog_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """The message says what to do about it."""
    path = tmp_path / "api.po"
    path.write_bytes("é".encode("latin-1"))
    with pytest.raises(DocsError, match=r"api\.po:1: .*save it as UTF-8"):
        read_catalog(path, language="fr")


def test_an_interrupted_write_leaves_the_old_file(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither half a catalog nor a temporary file is left behind."""

    def interrupt(_from: Path, _to: Path) -> None:
        raise KeyboardInterrupt

    path = catalog_path(config.l10n, "ja")
    update_catalogs(config, _originals({"a": "A."}))
    before = path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            update_catalogs(config, _originals({"a": "B."}))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
