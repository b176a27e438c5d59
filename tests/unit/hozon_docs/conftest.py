"""Small documentation trees for the tests of the tools; nothing here knows Hozon."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hozon_docs.config import Config, load_config
from hozon_docs.data import DATA, SHELL
from hozon_docs.ledger import (
    Entry,
    Kind,
    Ledger,
    package_digest,
    seal,
    write_ledger,
)
from hozon_docs.markdown import Block, Fence, Page, scan
from hozon_docs.pages import page_of
from hozon_docs.places import placed

WritePage = Callable[..., Page]
WriteBlock = Callable[[str], Block]


@pytest.fixture
def write_page(tmp_path: Path) -> WritePage:
    """Give a function that writes a page below `docs/<language>` and returns it."""

    def write(text: str, *, language: str = "en", name: str = "guide") -> Page:
        path = tmp_path / "docs" / language / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return Page(language=language, name=name, path=path)

    return write


@pytest.fixture
def write_block(write_page: WritePage) -> WriteBlock:
    """Give a function that writes a page with one block, its fence in line 3, and returns it."""

    def write(source: str) -> Block:
        return scan(write_page(f'# A {{#a}}\n\n```python title="a.py"\n{source}```\n')).blocks[0]

    return write


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """Give an empty folder for a block to run in."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


FOREIGN = """\
site_name: Foreign
site_url: !ENV [DOCS_SITE_URL, "http://127.0.0.1:8000/de/"]
theme: {name: material, font: false, language: !ENV [DOCS_LANGUAGE, de]}
validation: {links: {anchors: warn}}
hooks: []
plugins:
  - hozon_docs
  - search: {fields: {cjk: {boost: 0.3}}}
  - i18n:
      docs_structure: folder
      build_only_locale: !ENV [DOCS_LANGUAGE, de]
      reconfigure_material: false
      reconfigure_search: false
      languages: [{locale: de, name: Deutsch, default: true}, {locale: ja, name: 日本語}]
markdown_extensions:
  - admonition
  - attr_list
  - pymdownx.highlight: {pygments_lang_class: true}
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
"""
"""A project that is not this one: other languages, and no line of Hozon."""


@pytest.fixture(scope="session")
def foreign_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Config]:
    """Give a function that writes a project in two languages, with the given pages in both."""

    def write(pages: Mapping[str, str]) -> Config:
        root = tmp_path_factory.mktemp("foreign")
        (root / "mkdocs.yml").write_text(FOREIGN, "utf-8")
        (root / "pyproject.toml").write_text(
            '[tool.hozon_docs.languages]\nde = "Deutsch"\nja = "日本語"\n', "utf-8"
        )
        config = load_config(root)
        for language in config.languages:
            for name, text in ({"index": "# Start {#start}\n"} | dict(pages)).items():
                path = config.tree(language) / f"{name}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        return config

    return write


def _kind(part: Block | Fence) -> Kind:
    if isinstance(part, Block):
        return "python"
    return "data" if part.language in DATA else "shell"


def _language(config: Config, file: str) -> str:
    page = page_of(config, config.root / file)
    return page.language if page is not None else config.source


Prove = Callable[[Config], Ledger]


@pytest.fixture(scope="session")
def prove() -> Prove:
    """Give a function that writes the ledger of a run in which every block of a project passed."""

    def write(config: Config) -> Ledger:
        ledger = Ledger(
            tuple(
                seal(
                    Entry(
                        page=place[0],
                        line=block.line,
                        title=block.name,
                        kind=_kind(block),
                        language=_language(config, place[0]),
                        text=place[2],
                        package=package_digest(config),
                        versions={"python": "3.13.0", "moto": "5.2.5"},
                        outcome="skipped" if block.skip else "passed",
                        reason=block.skip,
                        ran_at="2026-05-04T23:30:00+00:00",
                        setting=place[3],
                    )
                )
                for block, place in placed(config)
                if isinstance(block, Block) or block.language in SHELL | DATA.keys()
            )
        )
        write_ledger(config.ledger, ledger)
        return ledger

    return write
