"""The catalogs of translated docstrings are in step with the code, and say what it says."""

from collections.abc import Callable, Iterable
from pathlib import Path

import griffe
import pytest
from mkdocstrings import Inventory

from hozon_docs.catalog_check import check_catalog
from hozon_docs.catalogs import Original, catalog_path, format_catalog, merge, read_catalog
from hozon_docs.config import Config, load_config
from hozon_docs.findings import Finding
from hozon_docs.reference import collect_docstrings

TRANSLATIONS = load_config(Path(__file__).parents[2]).translations


@pytest.fixture(scope="module")
def originals(docs_config: Config) -> tuple[Original, ...]:
    """Give the docstrings that the reference shows."""
    return collect_docstrings(docs_config)


@pytest.mark.parametrize("translation", TRANSLATIONS)
def test_a_catalog_is_in_step_with_the_code(
    translation: str, docs_config: Config, originals: tuple[Original, ...]
) -> None:
    """An extraction would change nothing; if this fails, run `python -m hozon_docs extract`."""
    path = catalog_path(docs_config.l10n, translation)
    catalog = read_catalog(path, language=translation)
    assert path.read_text("utf-8") == format_catalog(merge(catalog, originals))


@pytest.mark.parametrize("translation", TRANSLATIONS)
def test_a_catalog_is_complete_and_faithful(
    translation: str,
    docs_config: Config,
    originals: tuple[Original, ...],
    refuse: Callable[[Iterable[Finding]], None],
) -> None:
    """Every docstring is translated, with the sections, names, code and links of its original."""
    path = catalog_path(docs_config.l10n, translation)
    refuse(check_catalog(path, language=translation, originals=originals))


def test_what_the_reference_shows_is_to_be_translated(
    docs_config: Config, originals: tuple[Original, ...], site: Path
) -> None:
    """Each object on the built pages has a message, and each message an object there."""
    with (site / docs_config.source / "objects.inv").open("rb") as file:
        inventory = Inventory.parse_sphinx(file, domain_filter=["py"])
    # Other names lead to the same places: those under which an object is imported or inherited.
    names = [name for name, item in inventory.items() if item.uri.endswith(f"#{name}")]
    package = griffe.load("hozon", search_paths=[docs_config.root / "src"], resolve_aliases=True)
    shown = {package[name.removeprefix("hozon.")].canonical_path for name in names}
    paths = {original.path for original in originals}
    assert shown - paths == set()
    # A constructor is shown with its class, and a module without a heading.
    hidden = {path for path in paths - shown if not path.endswith(".__init__")}
    assert hidden == {"hozon", "hozon.errors"}
