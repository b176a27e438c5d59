"""What every service needs: the capabilities, and on whose behalf it acts.

Owns which store a team or a version uses. Invariant: within a context, the places that the catalog
tells are those of its store.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from hozon.errors import InvalidSettingError
from hozon.model.access import Principal
from hozon.model.garbage import Windows
from hozon.model.names import MAIN_STORE, EntityName, StoreName
from hozon.model.places import PackSizes
from hozon.model.versions import Version
from hozon.ports.catalog import Catalog
from hozon.ports.connectors import Connectors
from hozon.ports.object_cache import ObjectCache
from hozon.ports.object_store import ObjectStore
from hozon.ports.references import References


class NoConnectors:
    """The connectors of an installation in which all teams share one store."""

    @property
    def teams(self) -> Collection[EntityName]:
        """No team."""
        return ()

    def open(self, team: EntityName) -> ObjectStore:
        """Refuse."""
        raise KeyError(team)

    def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Context:
    """The capabilities of one installation, for one principal.

    It is about one store at a time: at first the main one. `for_team`, `for_version` and `at` give
    the same for another.
    """

    catalog: Catalog
    """Metadata, and the places of what is in `store`."""

    store: ObjectStore
    """Bytes."""

    references: References
    """Other people's bytes."""

    principal: Principal
    """Who asks."""

    staging: Path
    """The folder in which files wait until they are stored."""

    sizes: PackSizes
    """When small files share a key, and when their ranges are read together."""

    cache: ObjectCache | None
    """Bytes that were read before; None where every store is on this machine anyway."""

    cache_bytes: int
    """How much the cache may hold, in bytes."""

    windows: Windows = field(default_factory=Windows)
    """How long a collector waits before it gives something up."""

    connectors: Connectors = field(default_factory=NoConnectors)
    """The stores of teams that have one of their own."""

    store_name: StoreName = MAIN_STORE
    """Which store this is about."""

    main: "Context | None" = field(default=None, repr=False)
    """The same for the main store; None where it is this one."""

    def for_team(self, team: EntityName) -> "Context":
        """Give the same for the store into which new bytes of a team go.

        Raises:
            InvalidSettingError: The team has used a store of its own, and the settings do not name
                it any more: its bytes would end where it does not want them.
            CatalogError: The catalog failed.
        """
        name = StoreName(team)
        if team in self.connectors.teams or name in self._used():
            return self.at(name)
        return self.at(MAIN_STORE)

    def for_version(self, version: Version) -> "Context":
        """Give the same for the store in which the bytes of a version lie.

        Raises:
            InvalidSettingError: It is that of a team, and the settings do not name it.
        """
        return self.at(version.store)

    def at(self, name: StoreName) -> "Context":
        """Give the same for another store.

        Raises:
            InvalidSettingError: The settings do not name it, or its URL is not understood.
            MissingExtraError: The library of its adapter is not installed.
            StorageError: The client cannot be set up.
        """
        main = self.main or self
        if name == self.store_name:
            return self
        if name == MAIN_STORE:
            return main
        team = EntityName(name)
        if team not in self.connectors.teams:
            raise InvalidSettingError(
                f"The team {team!r} keeps bytes in a secure storage connector, which the settings"
                " do not name",
                hint=f'Add the address of its bucket, {team} = "s3://…", to the table'
                " 'connectors' of the configuration file.",
            )
        return replace(
            main,
            catalog=main.catalog.of(name),
            store=main.connectors.open(team),
            store_name=name,
            main=main,
        )

    def named_stores(self) -> Iterator["Context"]:
        """Give the same for every store that the settings name, the main one first.

        Raises:
            InvalidSettingError: A URL is not understood.
            MissingExtraError: The library of an adapter is not installed.
            StorageError: A client cannot be set up.
        """
        yield self.at(MAIN_STORE)
        for team in sorted(self.connectors.teams):
            yield self.at(StoreName(team))

    def each_store(self) -> Iterator["Context"]:
        """Give the same for every store in which something was ever kept, the main one first.

        Raises:
            InvalidSettingError: Something was stored for a team whose connector the settings do
                not name.
            MissingExtraError: The library of an adapter is not installed.
            StorageError: A client cannot be set up.
            CatalogError: The catalog failed.
        """
        for name in sorted({MAIN_STORE, *map(StoreName, self.connectors.teams), *self._used()}):
            yield self.at(name)

    def _used(self) -> Collection[StoreName]:
        """Tell in which stores something was ever kept."""
        with self.catalog.read() as session:
            return session.objects.stores()

    def name_of(self, key: str) -> str:
        """Call a key of this store so that people find it: bare keys are of the main store."""
        return key if self.store_name == MAIN_STORE else f"{key} in {self.store.url}"

    def close(self) -> None:
        """Release all connections; calling it again does nothing."""
        main = self.main or self
        main.catalog.close()
        main.store.close()
        main.connectors.close()
        main.references.close()
