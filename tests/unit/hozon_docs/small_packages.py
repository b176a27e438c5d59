"""Small packages that tests document: nothing here knows Hozon."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hozon_docs.config import Config, load_config


def write_package(
    root: Path, monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str], table: str = ""
) -> Config:
    """Write the package `shop` so that it can be imported, and the configuration that documents it.

    Args:
        root: The project's folder.
        monkeypatch: Puts the import path back after the test.
        files: The text of each file of the package, by its name.
        table: What the configuration says besides; the modules of the API, too, unless that is
            the package alone.

    Returns:
        The configuration.
    """
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]  # The package of an earlier test.
    folder = root / "src" / "shop"
    folder.mkdir(parents=True)
    for name, text in {"__init__.py": "", **files}.items():
        (folder / name).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(folder.parent)
    api = "" if "api = " in table else 'api = ["shop"]\n'
    settings = f"[tool.hozon_docs]\npackages = [{json.dumps('src/shop')}]\n{api}{table}"
    (root / "pyproject.toml").write_text(settings, "utf-8")
    return load_config(root)
