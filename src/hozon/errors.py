"""The one tree of errors, grouped by what a caller does next.

Owns every exception that leaves the package. Refuses to own messages of other libraries:
adapters translate what they catch, and keep the original as `__cause__`.

    HozonError
    ├── InputError                  correct the argument
    │   ├── InvalidNameError            input.name
    │   ├── InvalidPathError            input.path
    │   ├── InvalidAliasError           input.alias
    │   ├── InvalidEntryPathError       input.entry_path
    │   ├── InvalidMetadataError        input.metadata
    │   ├── InvalidSweepError           input.sweep
    │   ├── InvalidSettingError         input.setting
    │   └── SourceFileError             input.source_file
    ├── NotFoundError               name something that exists
    │   ├── ArtifactNotFoundError       not_found.artifact
    │   ├── CollectionNotFoundError     not_found.collection
    │   ├── PageNotFoundError           not_found.page
    │   ├── RunNotFoundError            not_found.run
    │   └── SweepNotFoundError          not_found.sweep
    ├── ConflictError               resolve what stands in the way
    │   ├── AliasedVersionError         conflict.aliased_version
    │   ├── EntryConflictError          conflict.entry
    │   ├── RunExistsError              conflict.run_exists
    │   ├── SweepExistsError            conflict.sweep_exists
    │   └── TypeConflictError           conflict.type
    ├── StateError                  call at another time
    │   ├── DraftError                  state.draft
    │   ├── FinalizedError              state.finalized
    │   ├── NoRunError                  state.no_run
    │   ├── RunFinishedError            state.run_finished
    │   ├── VersionStateError           state.version
    │   └── WaitTimeoutError            state.wait_timeout
    ├── IntegrityError              stop, and look at the store
    │   ├── DigestMismatchError         integrity.digest
    │   └── MissingObjectError          integrity.missing_object
    └── BackendError                try again, or repair the backend
        ├── CatalogError                backend.catalog
        ├── MissingExtraError           backend.missing_extra
        └── StorageError                backend.storage

Invariants: codes are stable and only ever added to; every message names the thing at fault, and
every hint names the next step.
"""

from functools import partial
from typing import Any, ClassVar


class HozonError(Exception):
    """Anything that Hozon refuses or fails to do.

    Args:
        message: What is wrong, naming the thing, without a full stop.
        hint: What to do next, as a whole sentence.
    """

    code: ClassVar[str] = "hozon"
    """The stable, machine-readable name of this kind of error."""

    message: str
    """What is wrong."""

    hint: str
    """What to do next."""

    def __init__(self, message: str, *, hint: str) -> None:
        """Keep the two halves apart, so that an interface may show them apart."""
        super().__init__(f"{message}. {hint}")
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive copying and the way from one process to another, with both halves."""
        return partial(type(self), self.message, hint=self.hint), (), self.__dict__


class InputError(HozonError):
    """An argument that can never be accepted as it is."""

    code = "input"


class InvalidNameError(InputError):
    """A name of an entity, project, artifact, type, run or sweep that breaks the rules."""

    code = "input.name"


class InvalidPathError(InputError):
    """A path such as `entity/project/name:alias` with missing or surplus parts."""

    code = "input.path"


class InvalidAliasError(InputError):
    """An alias that could not be told from a version, or would break a path."""

    code = "input.alias"


class InvalidEntryPathError(InputError):
    """A path inside an artifact that is absolute, climbs out, or names nothing."""

    code = "input.entry_path"


class InvalidMetadataError(InputError):
    """Metadata or configuration that JSON cannot carry, or too much of it."""

    code = "input.metadata"


class InvalidSweepError(InputError):
    """A sweep configuration with a missing, unknown or malformed key."""

    code = "input.sweep"


class InvalidSettingError(InputError):
    """An environment variable or configuration file entry that cannot be used."""

    code = "input.setting"


class SourceFileError(InputError):
    """A local file or folder that is missing, unreadable, or not of the expected kind."""

    code = "input.source_file"


class NotFoundError(HozonError):
    """A well-formed name behind which there is nothing."""

    code = "not_found"


class ArtifactNotFoundError(NotFoundError):
    """No committed version answers to this path."""

    code = "not_found.artifact"


class CollectionNotFoundError(NotFoundError):
    """No collection has this name, or none of this type."""

    code = "not_found.collection"


class PageNotFoundError(NotFoundError):
    """No page of the documentation has a world of this name."""

    code = "not_found.page"


class RunNotFoundError(NotFoundError):
    """No run has this path."""

    code = "not_found.run"


class SweepNotFoundError(NotFoundError):
    """No sweep has this path."""

    code = "not_found.sweep"


class ConflictError(HozonError):
    """Something else stands in the way of a call that is right in itself."""

    code = "conflict"


class AliasedVersionError(ConflictError):
    """A version cannot be deleted while aliases point at it."""

    code = "conflict.aliased_version"


class EntryConflictError(ConflictError):
    """Another file with other content already has this path in the artifact."""

    code = "conflict.entry"


class RunExistsError(ConflictError):
    """A run with this id exists already."""

    code = "conflict.run_exists"


class SweepExistsError(ConflictError):
    """A sweep with this id exists already."""

    code = "conflict.sweep_exists"


class TypeConflictError(ConflictError):
    """The collection has another type: a collection has one type for good."""

    code = "conflict.type"


class StateError(HozonError):
    """A call that comes too early or too late."""

    code = "state"


class DraftError(StateError):
    """The artifact has not been logged yet, or its logging has not finished."""

    code = "state.draft"


class FinalizedError(StateError):
    """The content is frozen: the artifact has been finalized or logged."""

    code = "state.finalized"


class NoRunError(StateError):
    """The call needs an active run, and there is none."""

    code = "state.no_run"


class RunFinishedError(StateError):
    """The run has ended and records nothing more."""

    code = "state.run_finished"


class VersionStateError(StateError):
    """The version is in a state in which this cannot be done to it."""

    code = "state.version"


class WaitTimeoutError(StateError, TimeoutError):
    """Logging goes on, but not within the time that was given. Also a `TimeoutError`."""

    code = "state.wait_timeout"


class IntegrityError(HozonError):
    """Bytes are not what the catalog says they are."""

    code = "integrity"


class DigestMismatchError(IntegrityError):
    """Stored or fetched bytes have another digest than recorded."""

    code = "integrity.digest"


class MissingObjectError(IntegrityError):
    """The store no longer holds bytes that a committed version needs."""

    code = "integrity.missing_object"


class BackendError(HozonError):
    """The catalog or the object store failed, or cannot be reached."""

    code = "backend"


class CatalogError(BackendError):
    """The metadata database refused, failed or could not be reached."""

    code = "backend.catalog"


class MissingExtraError(BackendError):
    """An adapter needs a library that is not installed."""

    code = "backend.missing_extra"


class StorageError(BackendError):
    """The object store refused, failed or could not be reached."""

    code = "backend.storage"
