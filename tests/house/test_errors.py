"""The tree of errors: stable codes, drawn as it is."""

import re
from collections.abc import Iterator

from hozon import errors

CODES = {
    "AccessDeniedError": "access.denied",
    "AccessError": "access",
    "AliasedVersionError": "conflict.aliased_version",
    "ArtifactNotFoundError": "not_found.artifact",
    "BackendError": "backend",
    "CatalogError": "backend.catalog",
    "CollectionNotFoundError": "not_found.collection",
    "CollectionKindError": "conflict.collection_kind",
    "CollectionNameError": "conflict.collection_name",
    "CollectorBusyError": "conflict.collector_busy",
    "CollectorLeaseError": "state.collector_lease",
    "ConflictError": "conflict",
    "CorruptObjectError": "integrity.object",
    "DigestMismatchError": "integrity.digest",
    "DraftError": "state.draft",
    "EntryConflictError": "conflict.entry",
    "EntryNotFoundError": "not_found.entry",
    "FinalizedError": "state.finalized",
    "HozonError": "hozon",
    "InputError": "input",
    "IntegrityError": "integrity",
    "InvalidAccessError": "input.access",
    "InvalidAliasError": "input.alias",
    "InvalidEntryPathError": "input.entry_path",
    "InvalidMediaError": "input.media",
    "InvalidFilterError": "input.filter",
    "InvalidMetadataError": "input.metadata",
    "InvalidNameError": "input.name",
    "InvalidPathError": "input.path",
    "InvalidPlanError": "input.plan",
    "InvalidReferenceError": "input.reference",
    "InvalidRetentionError": "input.retention",
    "InvalidSettingError": "input.setting",
    "InvalidSweepError": "input.sweep",
    "InvalidTableError": "input.table",
    "InvalidTagError": "input.tag",
    "InvalidTtlError": "input.ttl",
    "LastAdminError": "conflict.last_admin",
    "LinkStateError": "state.link",
    "LinkedVersionError": "conflict.linked_version",
    "MemberNotFoundError": "not_found.member",
    "MissingExtraError": "backend.missing_extra",
    "MissingObjectError": "integrity.missing_object",
    "MissingReferenceError": "integrity.missing_reference",
    "NoRunError": "state.no_run",
    "NotFoundError": "not_found",
    "ObjectInUseError": "conflict.object_in_use",
    "ObjectNotFoundError": "not_found.object",
    "PageNotFoundError": "not_found.page",
    "ProjectNotFoundError": "not_found.project",
    "ProtectionNotFoundError": "not_found.protection",
    "ProtectedAliasError": "conflict.protected_alias",
    "PurgedVersionError": "not_found.purged",
    "PlanOutdatedError": "conflict.plan_outdated",
    "ReferenceBackendError": "backend.reference",
    "ReferenceChangedError": "integrity.reference_changed",
    "RequirementError": "state.requirement",
    "RunExistsError": "conflict.run_exists",
    "RunFinishedError": "state.run_finished",
    "RunHeldError": "conflict.run_held",
    "RunLostError": "state.run_lost",
    "RunNotFoundError": "not_found.run",
    "SourceFileError": "input.source_file",
    "StateError": "state",
    "StorageError": "backend.storage",
    "SweepExistsError": "conflict.sweep_exists",
    "SweepNotFoundError": "not_found.sweep",
    "SweepLeaseError": "state.sweep_lease",
    "SweepStateError": "state.sweep",
    "TooManyObjectsError": "input.too_many_objects",
    "TypeConflictError": "conflict.type",
    "TypeNotFoundError": "not_found.type",
    "UploadLeaseError": "state.upload_lease",
    "VerificationError": "integrity.verification",
    "VersionStateError": "state.version",
    "WaitTimeoutError": "state.wait_timeout",
}
"""Code by class. Programs rely on them: a line may be added, none may change or go."""

LINE = re.compile(
    r"^    (?P<branch>[│├└─ ]*)(?P<name>\w+Error)\b(?: +(?P<code>[a-z_]+\.[a-z_]+)$)?"
)


def classes() -> dict[str, type[errors.HozonError]]:
    """Find every class of the module."""
    return {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.HozonError)
    }


def drawn() -> Iterator[tuple[str, str | None, str | None]]:
    """Read name, parent and code of each class from the module's docstring."""
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = LINE.match(line)
        if match:
            depth = len(match["branch"]) // 4
            above[depth:] = [match["name"]]
            yield match["name"], above[depth - 1] if depth else None, match["code"]


def test_codes_are_stable() -> None:
    """The table above is the promise."""
    assert {name: kind.code for name, kind in classes().items()} == CODES


def test_codes_are_unique() -> None:
    """A code leads to one class."""
    assert len(set(CODES.values())) == len(CODES)


def test_every_class_has_a_code_of_its_own() -> None:
    """None is inherited by accident, and each begins with its group's."""
    for kind in classes().values():
        assert "code" in vars(kind)
        parent = kind.__bases__[0]
        if issubclass(parent, errors.HozonError) and parent is not errors.HozonError:
            assert kind.code.startswith(f"{parent.code}.")


def test_the_tree_is_drawn_as_it_is() -> None:
    """Classes, parents and codes, in the module's docstring."""
    real = {
        (name, None if kind is errors.HozonError else kind.__bases__[0].__name__)
        for name, kind in classes().items()
    }
    tree = list(drawn())
    assert {(name, parent) for name, parent, _ in tree} == real
    assert len(tree) == len(real)
    leaves = {name: code for name, _, code in tree if code}
    assert leaves == {name: code for name, code in CODES.items() if "." in code}
