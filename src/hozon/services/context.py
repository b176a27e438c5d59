"""What every service needs: the capabilities, and on whose behalf it acts."""

from dataclasses import dataclass, field
from pathlib import Path

from hozon.model.access import Principal
from hozon.model.garbage import Windows
from hozon.model.places import PackSizes
from hozon.ports.catalog import Catalog
from hozon.ports.object_cache import ObjectCache
from hozon.ports.object_store import ObjectStore
from hozon.ports.references import References


@dataclass(frozen=True, slots=True)
class Context:
    """The capabilities of one installation, for one principal."""

    catalog: Catalog
    """Metadata."""

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
    """Bytes that were read before; None where the store is on this machine anyway."""

    cache_bytes: int
    """How much the cache may hold, in bytes."""

    windows: Windows = field(default_factory=Windows)
    """How long a collector waits before it gives something up."""

    def close(self) -> None:
        """Release all connections; calling it again does nothing."""
        self.catalog.close()
        self.store.close()
        self.references.close()
