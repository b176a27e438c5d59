"""Every catalog keeps the contract of its port."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hozon.bootstrap import open_catalog
from hozon.ports.catalog import Catalog
from hozon.testing.catalogs import CatalogContract
from hozon.testing.clocks import ManualClock


class TestSqliteCatalog(CatalogContract):
    """SQLite keeps the contract."""

    @pytest.fixture
    def catalog(self, tmp_path: Path, migrated_catalog: Path) -> Iterator[Catalog]:
        """Give a catalog in a file of its own."""
        path = tmp_path / "catalog.db"
        shutil.copyfile(migrated_catalog, path)
        catalog = open_catalog(f"sqlite:///{path}", clock=ManualClock())
        yield catalog
        catalog.close()


class TestPostgresCatalog(CatalogContract):
    """PostgreSQL keeps the contract."""

    @pytest.fixture
    def catalog(self, postgres_url: str) -> Iterator[Catalog]:
        """Give a catalog in a database of its own."""
        catalog = open_catalog(postgres_url, clock=ManualClock())
        yield catalog
        catalog.close()
