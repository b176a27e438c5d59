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

from hozon_docs.findings import DocsError

_DEFAULT_LANGUAGES = {"en": "English", "ja": "日本語", "ko": "한국어", "es": "Español"}


@dataclass(frozen=True, slots=True)
class Config:
    """Where the documentation lives, and in which languages."""

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

    def tree(self, language: str) -> Path:
        """Give the folder with the pages of one language.

        Args:
            language: One of `languages`.

        Returns:
            The folder, which may not exist yet.
        """
        return self.docs / language


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
    table = project.get("tool", {}).get("hozon_docs", {})
    languages = table.get("languages", _DEFAULT_LANGUAGES)
    texts = {
        "name": str(project.get("project", {}).get("name", root.name)),
        "docs": "docs",
        "source": next(iter(languages), ""),
        "mkdocs": "mkdocs.yml",
        "site": "site",
        "site_url": "http://127.0.0.1:8000/",
    }
    _refuse_unknown(table, known={*texts, "languages"})
    texts |= {key: value for key, value in table.items() if key != "languages"}
    if texts["source"] not in languages:
        raise DocsError(
            f"pyproject.toml: [tool.hozon_docs] source is {texts['source']!r}, which is not among "
            f"the languages ({', '.join(languages)}); add it there or correct it."
        )
    return Config(
        root=root.absolute(),
        name=texts["name"],
        docs=root.absolute() / texts["docs"],
        source=texts["source"],
        languages=MappingProxyType(dict(languages)),
        mkdocs=root.absolute() / texts["mkdocs"],
        site=root.absolute() / texts["site"],
        site_url=texts["site_url"].rstrip("/") + "/",
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DocsError(f"{path} does not exist; run the command in a project's folder.") from None
    except tomllib.TOMLDecodeError as error:
        raise DocsError(f"{path} is not valid TOML: {error}; correct that line.") from None


def _refuse_unknown(table: Mapping[str, Any], *, known: set[str]) -> None:
    for key, value in table.items():
        expected = dict if key == "languages" else str
        if key not in known or not isinstance(value, expected):
            raise DocsError(
                f"pyproject.toml: [tool.hozon_docs] {key} = {value!r} is not understood; the keys "
                f"are {', '.join(sorted(known))}, `languages` a table and the others strings."
            )
