"""Everything that is checked of the words of the pages: terms, conventions, linters.

Owns which check sees which page, and the summary. Refuses to judge; the modules below do.

Invariant: a check that did not run is named in the summary, so that nothing passes by not being
looked at.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from rich.table import Table

from hozon_docs.catalogs import catalog_path, read_catalog
from hozon_docs.config import Config
from hozon_docs.findings import DocsError, Finding, shown
from hozon_docs.glossary import load_glossary
from hozon_docs.linters import Linted, lint
from hozon_docs.markdown import Page, find_pages
from hozon_docs.pages import page_of
from hozon_docs.prose import check_catalog_prose, check_prose, load_rules
from hozon_docs.terms import check_catalog_terms, check_exceptions, check_terms


@dataclass(frozen=True, slots=True)
class CheckedWords:
    """What is wrong with the words of one language."""

    language: str
    """The code of the language."""
    pages: int
    """How many pages were checked."""
    terms: tuple[Finding, ...]
    """What the glossary says; nothing in the source language."""
    prose: tuple[Finding, ...]
    """What the conventions of the language say."""
    linted: Linted
    """What the packaged linters say."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give all findings, in the order of the pages and their lines."""
        return tuple(sorted((*self.terms, *self.prose, *self.linted.findings)))


def check_words(
    config: Config, *, languages: Sequence[str] = (), names: Sequence[str] = ()
) -> Iterator[CheckedWords]:
    """Check the words of the pages, language by language.

    Args:
        config: Where the documentation lives.
        languages: The languages to check; none for all.
        names: The names of the pages to check, such as `guides/delete`; none for all. Docstrings,
            pages outside the trees and exceptions of the glossary are checked with all pages only.

    Yields:
        What is wrong with each language.

    Raises:
        DocsError: A language or a page does not exist, the glossary or a rule is faulty, or a
            linter failed.
    """
    for language in languages:
        if language not in config.languages:
            raise DocsError(
                f"{language!r} is no language of this site; it has {', '.join(config.languages)}."
            )
    glossary = load_glossary(config)
    source = config.source
    sources = {page.name: page for page in find_pages(config.tree(source), language=source)}
    for language in languages or config.languages:
        pages = _pages(config, language, names)
        pairs = [(sources[page.name], page) for page in pages if page.name in sources]
        rules = load_rules(config, language)
        prose = [one for page in pages for one in check_prose(rules, page)]
        terms: list[Finding] = []
        if language != source:
            terms += [one for pair in pairs for one in check_terms(glossary, *pair)]
        if language != source and not names:
            path = catalog_path(config.l10n, language)
            catalog = read_catalog(path, language=language)
            terms += check_catalog_terms(glossary, catalog, path=path)
            terms += check_exceptions(glossary, pairs, catalog=catalog, path=path)
            prose += check_catalog_prose(rules, catalog, path=path)
        yield CheckedWords(
            language=language,
            pages=len(pages),
            terms=tuple(terms),
            prose=tuple(prose),
            linted=lint(config, language, pages),
        )


def _pages(config: Config, language: str, names: Sequence[str]) -> list[Page]:
    pages = find_pages(config.tree(language), language=language)
    if names:
        known = {page.name: page for page in pages}
        for name in names:
            if name not in known:
                near = (*get_close_matches(name, known, n=1), *known, "index")[0]
                raise DocsError(
                    f"{language} has no page {name!r}; name it by its place below "
                    f"{shown(config.tree(language))}, without .md, such as {near!r}."
                )
        return [known[name] for name in dict.fromkeys(names)]
    if language == config.source:
        outside = (page_of(config, path) for path in config.pages if path.exists())
        pages += [page for page in outside if page is not None and page.path.suffix == ".md"]
    return pages


def words_table(checked: Iterable[CheckedWords]) -> Table:
    """Sum up what was found.

    Args:
        checked: What was checked, language by language.

    Returns:
        A table with a row for each language.
    """
    table = Table("Language", "Pages", "Terms", "Conventions", "Linters")
    for one in checked:
        linted = "not run" if one.linted.skipped else str(len(one.linted.findings))
        row = (str(one.pages), str(len(one.terms)), str(len(one.prose)), linted)
        table.add_row(one.language, *row)
    return table
