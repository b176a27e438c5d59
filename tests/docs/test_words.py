"""The words of the pages: terms, conventions of each language, grammar and spelling."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from hozon_docs.catalogs import catalog_path, read_catalog
from hozon_docs.config import Config
from hozon_docs.findings import Finding
from hozon_docs.glossary import Glossary, load_glossary
from hozon_docs.linters import Linted, lint
from hozon_docs.markdown import Page, Scan, find_pages
from hozon_docs.prose import check_catalog_prose, check_prose, load_rules
from hozon_docs.terms import check_catalog_terms, check_exceptions, check_terms

Refuse = Callable[[Iterable[Finding]], None]


@pytest.fixture(scope="session")
def glossary(docs_config: Config) -> Glossary:
    """Give the glossary of this project."""
    return load_glossary(docs_config)


def test_the_translation_uses_the_terms_of_the_glossary(
    pair: tuple[Scan, Scan], glossary: Glossary, refuse: Refuse
) -> None:
    """Each term of a passage is rendered as the glossary has it, and nothing forbidden stands."""
    source, translation = pair
    refuse(check_terms(glossary, source.page, translation.page))


def test_the_translated_docstrings_use_the_terms_of_the_glossary(
    language: str, docs_config: Config, glossary: Glossary, refuse: Refuse
) -> None:
    """What holds for a passage of a page holds for one of a docstring."""
    path = catalog_path(docs_config.l10n, language)
    refuse(check_catalog_terms(glossary, read_catalog(path, language=language), path=path))


def test_the_translated_docstrings_keep_the_conventions(
    language: str, docs_config: Config, refuse: Refuse
) -> None:
    """What holds for the prose of a page holds for that of a docstring."""
    path = catalog_path(docs_config.l10n, language)
    catalog = read_catalog(path, language=language)
    refuse(check_catalog_prose(load_rules(docs_config, language), catalog, path=path))


def test_every_exception_in_the_glossary_is_needed(
    language: str,
    glossary: Glossary,
    scans: dict[tuple[str, str], Scan],
    docs_config: Config,
    refuse: Refuse,
) -> None:
    """An exception goes when the passage that needed it is gone."""
    pairs = [
        (scans[docs_config.source, name].page, translation.page)
        for (code, name), translation in scans.items()
        if code == language and (docs_config.source, name) in scans
    ]
    path = catalog_path(docs_config.l10n, language)
    catalog = read_catalog(path, language=language)
    refuse(check_exceptions(glossary, pairs, catalog=catalog, path=path))


def test_the_prose_keeps_the_conventions_of_its_language(
    scanned: Scan, docs_config: Config, refuse: Refuse
) -> None:
    """Spaces, punctuation, endings, numbers and quotation marks are as tone.md has them."""
    refuse(check_prose(load_rules(docs_config, scanned.page.language), scanned.page))


def test_the_linters_find_nothing(language: str, docs_config: Config, refuse: Refuse) -> None:
    """Both textlint and cspell pass; without Node.js they are skipped, with CI=true that fails."""
    pages = find_pages(docs_config.tree(language), language=language)
    linted = lint(docs_config, language, pages)
    _skip_unless_run(linted)
    refuse(linted.findings)


PLANTED = {
    "en": {
        "The color of an artifact.": "'color' is in no dictionary",
        "It is analyzed.": "'analyzed' is in no dictionary",
        "A verison is deleted.": "'verison' is in no dictionary",
    },
    "ja": {
        "設定を削除することが出来ます。": "prh",
        "サーバに記録します。": "サーバー",
        "バージョンは番号である。次に記録します。": "no-mix-dearu-desumasu",
        "バージョンの削除を行います。": "ja-no-redundant-expression",
        "ファイルを見れます。": "no-dropping-the-ra",
        "これを記録し、それを保存し、次に削除し、最後に、確認します。": "max-ten",
        "必要かもしれません。": "ja-no-weak-phrase",
    },
    "ko": {},
    "es": {
        "La verison se elimina.": "'verison' is in no dictionary",
        "La configuracion del proyecto.": "'configuracion' is in no dictionary",
        "Un dataset pequeño.": "'dataset' is in no dictionary",
    },
}
"""What no page says, and what a linter says of it; no linter is kept well for Korean."""


def test_the_linters_find_planted_faults(
    language: str, docs_config: Config, tmp_path: Path
) -> None:
    """The linters are configured to find what they are there for."""
    pages = []
    for number, text in enumerate(PLANTED[language]):
        pages.append(Page(language=language, name=str(number), path=tmp_path / f"{number}.md"))
        pages[-1].path.write_text(text, "utf-8")
    linted = lint(docs_config, language, pages)
    _skip_unless_run(linted)
    said = {page.path: "" for page in pages}
    for finding in linted.findings:
        said[finding.path] += finding.reason
    for (text, expected), reasons in zip(PLANTED[language].items(), said.values(), strict=True):
        assert expected in reasons, text


def _skip_unless_run(linted: Linted) -> None:
    if linted.skipped:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(linted.skipped)


def test_the_lock_of_the_linters_holds_hashes_and_no_address(docs_config: Config) -> None:
    """Any registry may serve what is installed, and only what was locked is."""
    text = (docs_config.root / "package-lock.json").read_text("utf-8")
    assert "://" not in text, "run `npm run lock`, which leaves addresses out"
    packages = json.loads(text)["packages"]
    assert [name for name, one in packages.items() if name and "integrity" not in one] == []
    wanted = json.loads((docs_config.root / "package.json").read_text("utf-8"))["devDependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
