"""The parts of the contract of a catalog that have modules of their own, in one class.

Owns the list of them. Refuses to own tests.
"""

from hozon.testing.access import AccessContract
from hozon.testing.collections import CollectionContract
from hozon.testing.deleted import DeletedContract
from hozon.testing.garbage import GarbageContract
from hozon.testing.lineages import LineageContract
from hozon.testing.links import LinkContract
from hozon.testing.manifests import ManifestContract
from hozon.testing.notes import NoteContract
from hozon.testing.protection import ProtectionContract
from hozon.testing.retention import RetentionContract
from hozon.testing.runs import RunContract
from hozon.testing.stores import StoresContract
from hozon.testing.sweeps import SweepContract
from hozon.testing.uploads import UploadContract
from hozon.testing.usage import UsageContract


class CatalogParts(
    AccessContract,
    ManifestContract,
    RetentionContract,
    UploadContract,
    UsageContract,
    CollectionContract,
    DeletedContract,
    GarbageContract,
    LineageContract,
    LinkContract,
    NoteContract,
    ProtectionContract,
    RunContract,
    StoresContract,
    SweepContract,
):
    """Everything in `hozon.testing.catalogs.CatalogContract` that has a module of its own."""
