"""What MkDocs calls back while it builds one language.

Owns the order of the steps and the folder of assets. Refuses to hold logic: marks, notices, the
proof page, the search field and the gate of publishing have modules of their own.

The language is that of the environment (`DOCS_LANGUAGE`), as in `hozon_docs.site`. With
`DOCS_PUBLISH=1` the build fails unless every block has its proof.

Invariant: what a page says of its proof is judged on its final HTML, after every other plug-in.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from mkdocs.config import config_options
from mkdocs.config.base import Config as OptionsBase
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as BuiltPage
from mkdocs.utils import get_relative_url

from hozon_docs.config import Config, load_config
from hozon_docs.edits import Document, apply_edits
from hozon_docs.findings import DocsError
from hozon_docs.freshness import stale_units
from hozon_docs.interface import Message, Words, words_in
from hozon_docs.ledger import Ledger, merge, package_digest, read_ledger
from hozon_docs.markdown import Page, find_pages, scan
from hozon_docs.marks import Judge, mark_edits
from hozon_docs.notices import (
    Counterpart,
    alternate_edits,
    fallback_edits,
    place_notices,
    source_href,
    stale_edits,
)
from hozon_docs.pages import all_pages, file_of, page_of
from hozon_docs.places import placed
from hozon_docs.proof_page import PLACEHOLDER, ProofPage
from hozon_docs.proof_report import make_report
from hozon_docs.publishing import STYLES, Gate
from hozon_docs.search import endings

FIELD = "cjk"
"""The field of the search index that holds the endings; the configuration gives it a weight."""

_DOCSTRING = '<div class="doc doc-contents'
_TRANSLATOR = "hozon_docs.griffe_extension"


class DocsOptions(OptionsBase):  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped.
    """What `mkdocs.yml` may say about the plug-in."""

    proof = config_options.Type(str, default="proof.md")
    """The page that the marks lead to, below the tree of a language."""


@dataclass(frozen=True, slots=True)
class _Build:
    """What does not change while one language is built."""

    config: Config
    language: str
    words: Words
    judge: Judge
    gate: Gate | None


class DocsPlugin(BasePlugin[DocsOptions]):  # type: ignore[no-untyped-call]  # The same.
    """Put the proof into the pages, and say where a translation lags behind."""

    _build: _Build
    _proof_url: str | None = None
    _order: Sequence[str] = ()

    @event_priority(50)  # Before plug-ins read what `mkdocs.yml` says about the table of contents.
    def on_config(self, config: MkDocsConfig) -> None:
        """Read the ledger, and name the links of headings.

        Args:
            config: The configuration of the running build.

        Raises:
            PluginError: The project or its ledger cannot be read; the message says what to do.
        """
        with _reported():
            docs = load_config(Path(config.config_file_path).parent)
            language = os.environ.get("DOCS_LANGUAGE") or docs.source
            modules = {file_of(docs, page) for page in all_pages(docs) if _is_module(page)}
            package = package_digest(docs)
            # What the pages said when a block ran is not what they say now: a skip that is gone.
            current = {place for _, place in placed(docs)}
            holds = merge(read_ledger(docs.ledger), Ledger(), package=package, current=current)
            judge = Judge(holds, package, frozenset(modules))
        gate = Gate(docs, language, skips=judge.skips())
        self._build = _Build(
            config=docs,
            language=language,
            words=words_in(language),
            judge=judge,
            gate=gate if os.environ.get("DOCS_PUBLISH", "0") not in {"", "0"} else None,
        )
        self._proof_url = None
        config.extra_css.insert(0, STYLES)
        if "toc" in config.markdown_extensions:
            options = config.mdx_configs.setdefault("toc", {})
            options.setdefault("permalink_title", self._build.words.say(Message.PERMALINK))

    @event_priority(-110)  # After static-i18n, which makes every file anew.
    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the pages that this language lacks, with the text of the source.

        static-i18n would do so, but not where one language is built alone.

        Args:
            files: The files of the build.
            config: The configuration of the running build.

        Returns:
            The same files, and more.
        """
        build = self._build
        if build.language == build.config.source:
            return files
        tree, source = build.config.tree(build.language), build.config.tree(build.config.source)
        if not tree.is_relative_to(config.docs_dir):
            return files
        for page in find_pages(source, language=build.config.source):
            place = page.path.relative_to(source).as_posix()
            uri = (tree / place).relative_to(config.docs_dir).as_posix()
            unwanted = config.exclude_docs is not None and config.exclude_docs.match_file(uri)
            if not unwanted and not (tree / place).exists():
                file = File.generated(config, uri, abs_src_path=str(page.path))
                file.dest_uri = File(place, None, "", config.use_directory_urls).dest_uri
                file.edit_uri = page.path.relative_to(config.docs_dir).as_posix()
                files.append(file)
        return files

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> None:
        """Note the order of the pages, and find the proof page among all.

        Args:
            nav: The navigation.
            config: The configuration of the running build.
            files: All files of the build.
        """
        del config  # MkDocs hands it over by name.
        sources = (self._source_of(page.file.abs_src_path) for page in nav.pages)
        self._order = [source.name for source in sources if source is not None]
        for file in files.documentation_pages():
            source = self._source_of(file.abs_src_path)
            if source is not None and f"{source.name}.md" == self.config.proof:
                self._proof_url = file.url

    @event_priority(100)  # Before anything moves lines.
    def on_page_markdown(
        self, markdown: str, page: BuiltPage, config: MkDocsConfig, files: Files
    ) -> str:
        """Leave an empty element at each unit that lags behind its source.

        Args:
            markdown: The text of a page, without its front matter.
            page: The page.
            config: The configuration of the running build.
            files: All files of the build.

        Returns:
            The text to render.
        """
        del config, files
        source = self._source_of(page.file.abs_src_path)
        if source is None or not self._is_translation(source):
            return markdown
        with _reported():
            units = stale_units(self._build.config, source)
        if not units:
            return markdown
        whole = source.path.read_text("utf-8-sig")
        return place_notices(
            markdown,
            units=units,
            headings=scan(source).headings,
            skipped=whole.count("\n") - markdown.count("\n"),
        )

    def on_page_content(
        self, html: str, page: BuiltPage, config: MkDocsConfig, files: Files
    ) -> str:
        """Fill the proof page, and say which docstrings are not in the page's language.

        Args:
            html: The content of a page.
            page: The page.
            config: The configuration of the running build.
            files: All files of the build.

        Returns:
            The content.
        """
        del files
        build = self._build
        if build.language != build.config.source and not _translates_docstrings(config):
            html = html.replace(
                _DOCSTRING, f'<div lang="{build.config.source}" class="doc doc-contents'
            )
        if not PLACEHOLDER.search(html):
            return html
        with _reported():
            return ProofPage(
                config=build.config,
                report=make_report(
                    build.config, ledger=build.judge.ledger, package=build.judge.package
                ),
                words=build.words,
                language=build.language,
                url=page.url,
                order=self._order,
            ).fill(html)

    @event_priority(-50)  # What is judged is what is published.
    def on_post_page(self, output: str, page: BuiltPage, config: MkDocsConfig) -> str:
        """Mark the blocks, show the notices, and say where the page truly lives.

        Args:
            output: A page as it will be written.
            page: The page.
            config: The configuration of the running build.

        Returns:
            The page with its marks and notices.
        """
        build = self._build
        source = self._source_of(page.file.abs_src_path)
        around = source.language if source is not None else build.language
        document = Document(output)
        file = file_of(build.config, source) if source is not None else ""
        marks = build.judge.marks(document, page=file)
        href = get_relative_url(self._proof_url, page.url) if self._proof_url else None
        edits = mark_edits(marks, words=build.words, href=href, around=around)
        if source is not None:
            counterpart = Counterpart(
                language=build.config.source,
                href=source_href(page.url, source=build.config.source),
                url=_sibling(page.canonical_url, config.site_url, self._build),
            )
            edits += stale_edits(output, words=build.words, counterpart=counterpart, around=around)
            if self._is_fallback(source):
                edits += fallback_edits(document, words=build.words, counterpart=counterpart)
            else:
                edits += alternate_edits(document, missing=self._missing(source))
        if build.gate is not None:
            build.gate.check_page(source or self._made_up(page), marks)
            if source is not None:
                build.gate.check_source(source, judge=build.judge)
        return apply_edits(output, edits)

    @event_priority(50)  # Before the search plug-in writes its index.
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Refuse to publish what is not proven; else complete the search index and the assets.

        Args:
            config: The configuration of the running build.

        Raises:
            PluginError: The site is built for publishing, and a block has no proof, too many are
                skipped, or a page is missing. The message names all of them.
        """
        gate = self._build.gate
        findings = gate.verdict() if gate is not None else []
        if findings:
            raise PluginError("\n".join(map(str, findings)))
        plugin = config.plugins.get("material/search") or config.plugins.get("search")
        index = getattr(plugin, "search_index", None)
        for entry in getattr(index, "entries", ()):
            extra = endings(f"{entry['title']} {entry['text']}")
            if extra:
                entry[FIELD] = extra
        styles = Path(config.site_dir, STYLES)
        styles.parent.mkdir(parents=True, exist_ok=True)
        styles.write_bytes(
            resources.files("hozon_docs").joinpath("assets", styles.name).read_bytes()
        )

    def _source_of(self, path: str | None) -> Page | None:
        """Give the page of a tree that a file is; None for what another plug-in made up."""
        page = page_of(self._build.config, Path(path)) if path else None
        return page if page is not None and page.translated else None

    def _made_up(self, page: BuiltPage) -> Page:
        """Give what another plug-in made a name, for messages."""
        name = page.file.src_uri
        path = self._build.config.docs / name
        return Page(language=self._build.language, name=name, path=path, translated=False)

    def _is_translation(self, page: Page) -> bool:
        return page.language == self._build.language != self._build.config.source

    def _is_fallback(self, page: Page) -> bool:
        return page.language != self._build.language

    def _missing(self, page: Page) -> set[str]:
        config = self._build.config
        place = page.path.relative_to(config.tree(page.language))
        return {code for code in config.languages if not (config.tree(code) / place).exists()}


def _sibling(address: str | None, root: str | None, build: _Build) -> str:
    """Give the address of a page in the source language; empty where the site has no address."""
    end = f"{build.language}/"
    if not address or not root or not root.endswith(end):
        return ""
    return f"{root.removesuffix(end)}{build.config.source}/{address.removeprefix(root)}"


def _is_module(page: Page) -> bool:
    return page.path.suffix == ".py"


def _translates_docstrings(config: MkDocsConfig) -> bool:
    """Tell whether docstrings are translated, and those that are not say so by themselves."""
    plugin = config.plugins.get("mkdocstrings")
    options: Mapping[str, Any] = plugin.config if plugin is not None else {}
    return _TRANSLATOR in repr(options.get("handlers"))


@contextmanager
def _reported() -> Iterator[None]:
    """Make a fault of the project an error that MkDocs prints without a traceback."""
    try:
        yield
    except DocsError as error:
        raise PluginError(str(error)) from error
