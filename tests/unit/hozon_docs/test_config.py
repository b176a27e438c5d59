"""The configuration of the tools."""

from pathlib import Path

import pytest

from hozon_docs.config import Config, load_config
from hozon_docs.findings import DocsError


def _project(tmp_path: Path, text: str) -> Config:
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    return load_config(tmp_path)


def test_an_empty_table_has_defaults(tmp_path: Path) -> None:
    """A project need not say anything."""
    config = _project(tmp_path, '[project]\nname = "Foo"\n')
    assert (config.name, config.source) == ("Foo", "en")
    assert list(config.languages) == ["en", "ja", "ko", "es"]
    assert (config.docs, config.site) == (tmp_path / "docs", tmp_path / "site")


def test_the_table_is_read_in_its_order(tmp_path: Path) -> None:
    """Languages keep the order of the file; the first is the source unless another is named."""
    text = '[tool.hozon_docs]\ndocs = "d"\n[tool.hozon_docs.languages]\nfr = "F"\nde = "D"\n'
    config = _project(tmp_path, text)
    assert (list(config.languages), config.source) == (["fr", "de"], "fr")
    assert config.tree("de") == tmp_path / "d" / "de"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tool.hozon_docs]\nlanguage = 'x'\n", "contains unknown field `language`"),
        ("[tool.hozon_docs]\ndocs = 1\n", r"got `int` - at `\$.docs`"),
        ("[tool.hozon_docs]\nsource = 'fr'\n", "not among the languages"),
        ("[tool", "not valid TOML"),
    ],
    ids=["unknown key", "wrong type", "unknown source", "no TOML"],
)
def test_a_faulty_table_is_refused_by_name(tmp_path: Path, text: str, reason: str) -> None:
    """The message names the key and what it may be."""
    with pytest.raises(DocsError, match=reason):
        _project(tmp_path, text)


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    """The message says where to run the command."""
    with pytest.raises(DocsError, match="run the command in a project's folder"):
        load_config(tmp_path)
