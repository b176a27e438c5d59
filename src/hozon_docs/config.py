"""What the tools must know of the project that they document.

Owns the table `[tool.hozon_docs]` of `pyproject.toml` and its defaults. Refuses to read anything
else: no environment variable, no MkDocs configuration.

Invariants: a `Config` is complete and consistent when it exists; its paths are absolute; the source
language is one of its languages.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from hozon_docs.findings import DocsError

_DEFAULT_LANGUAGES = {"en": "English", "ja": "日本語", "ko": "한국어", "es": "Español"}


@dataclass(frozen=True, slots=True)
class Config:
    """Where the documentation lives, in which languages, and how strict its checks are."""

    root: Path
    """The project's folder: the one with `pyproject.toml`."""
    name: str
    """The project's name, as the page at the root of the site shows it."""
    docs: Path
    """The folder with one tree per language."""
    source: str
    """The language that the others are translated from."""
    languages: Mapping[str, str]
    """Language codes in the order of the switcher, each with its own name for itself."""
    mkdocs: Path
    """The MkDocs configuration, built once per language."""
    site: Path
    """The folder that a build replaces."""
    site_url: str
    """The address at which the site will stand, with a slash at its end."""
    pages: tuple[Path, ...]
    """Pages outside the trees, in the source language, whose blocks are run, too: a README."""
    packages: tuple[Path, ...]
    """Folders of the documented packages: their docstrings hold blocks, and a proof holds for
    their text alone."""
    worlds: tuple[Path, ...]
    """Folders with what surrounds the blocks: their worlds, and what must be true afterwards. A
    proof holds for their text, too."""
    api: tuple[str, ...]
    """Modules whose public names the blocks must exercise, as they are imported."""
    commands: str
    """The command line whose commands the blocks must exercise, as `module:name` of a click
    command; empty where there is none."""
    distributions: tuple[str, ...]
    """Installed distributions whose versions a proof names."""
    l10n: Path
    """The folder with the glossary, the lock of the translations and the catalogs."""
    ledger: Path
    """The file that a run of the blocks writes, and that the site is built with."""
    skips: Mapping[str, int]
    """How many blocks of a kind (`python`, `shell`, `data`) may be skipped; 0 where not named."""
    unexercised: Mapping[str, str]
    """Public names that no block exercises, each with the reason."""
    unexercised_share: float
    """The largest share of the public names that may stand in that list, from 0 to 1."""
    mutation_score: float
    """The smallest share of stubs that the blocks must notice, from 0 to 1."""

    def tree(self, language: str) -> Path:
        """Give the folder with the pages of one language.

        Args:
            language: One of `languages`.

        Returns:
            The folder, which may not exist yet.
        """
        return self.docs / language

    @property
    def translations(self) -> tuple[str, ...]:
        """Give the languages but the source, in order."""
        return tuple(language for language in self.languages if language != self.source)


class _Table(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The table as it is written; what it leaves out has a default."""

    name: str = ""
    docs: str = "docs"
    source: str = ""
    languages: dict[str, str] = msgspec.field(default_factory=lambda: dict(_DEFAULT_LANGUAGES))
    mkdocs: str = "mkdocs.yml"
    site: str = "site"
    site_url: str = "http://127.0.0.1:8000/"
    pages: list[str] = []
    packages: list[str] = []
    worlds: list[str] = []
    api: list[str] = []
    commands: str = ""
    distributions: list[str] = []
    l10n: str = "docs/_l10n"
    ledger: str = ".docs-ledger.json"
    skips: dict[str, int] = {}
    unexercised: dict[str, str] = {}
    unexercised_share: float = 0.05
    mutation_score: float = 0.95


def load_config(root: Path) -> Config:
    """Read the configuration of a project, with defaults for what it leaves out.

    Args:
        root: The folder with `pyproject.toml`.

    Returns:
        The configuration.

    Raises:
        DocsError: `pyproject.toml` is missing or is no TOML, the table has an unknown or ill-typed
            key, or the source language is not among the languages. The message names the key.
    """
    project = _read(root / "pyproject.toml")
    table = _convert(project.get("tool", {}).get("hozon_docs", {}))
    source = table.source or next(iter(table.languages), "")
    if source not in table.languages:
        raise DocsError(
            f"pyproject.toml: [tool.hozon_docs] source is {source!r}, which is not among the "
            f"languages ({', '.join(table.languages)}); add it there or correct it."
        )
    base = root.absolute()
    return Config(
        root=base,
        name=table.name or str(project.get("project", {}).get("name", base.name)),
        docs=base / table.docs,
        source=source,
        languages=MappingProxyType(dict(table.languages)),
        mkdocs=base / table.mkdocs,
        site=base / table.site,
        site_url=table.site_url.rstrip("/") + "/",
        pages=tuple(base / page for page in table.pages),
        packages=tuple(base / package for package in table.packages),
        worlds=tuple(base / folder for folder in table.worlds),
        api=tuple(table.api),
        commands=table.commands,
        distributions=tuple(table.distributions),
        l10n=base / table.l10n,
        ledger=base / table.ledger,
        skips=MappingProxyType(dict(table.skips)),
        unexercised=MappingProxyType(dict(table.unexercised)),
        unexercised_share=table.unexercised_share,
        mutation_score=table.mutation_score,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DocsError(f"{path} does not exist; run the command in a project's folder.") from None
    except tomllib.TOMLDecodeError as error:
        raise DocsError(f"{path} is not valid TOML: {error}; correct that line.") from None


def _convert(table: object) -> _Table:
    try:
        return msgspec.convert(table, _Table)
    except msgspec.ValidationError as error:
        raise DocsError(
            f"pyproject.toml: [tool.hozon_docs] is not understood: {error}; the keys are "
            f"{', '.join(_Table.__struct_fields__)}."
        ) from None
