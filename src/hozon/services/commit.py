"""Commit: turn staged files into a version.

Owns the order that makes it safe. First a transaction opens a PENDING version and pins every
digest that it will need; then `hozon.services.uploads` stores what is missing; then one
transaction records entries, number, aliases and state, and drops the pins. A crash leaves a PENDING
version that nobody sees and whose lease runs out; what was stored by then is found by the next try.

Refuses to own what equal content means for aliases; that is `hozon.model.aliases`.
"""

import heapq
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from hozon.errors import EntryConflictError, HozonError, TypeConflictError
from hozon.model.access import Action
from hozon.model.aliases import after_log
from hozon.model.audit import Act
from hozon.model.lineage import Edge, EdgeKind, may_log
from hozon.model.links import CollectionKind, check_kind
from hozon.model.manifest import Manifest
from hozon.model.metadata import JsonObject
from hozon.model.names import LATEST, Alias, TypeName
from hozon.model.paths import CollectionPath, paths_in_files
from hozon.model.runs import RunKey
from hozon.model.tags import Tag
from hozon.model.ttl import ArtifactTTL, Ttl
from hozon.model.versions import LogOutcome, Version, VersionId, outcome_of_equal_content
from hozon.ports.catalog import CatalogSession, Collection, NewVersion
from hozon.services.access import authorize, authorize_content
from hozon.services.acts import record_act
from hozon.services.collections import ensure_collection
from hozon.services.contents import Contents
from hozon.services.context import Context
from hozon.services.edit import add_tags
from hozon.services.leases import LEASE, Upload, renew_lease
from hozon.services.protection import check_aliases_free, move_aliases
from hozon.services.runs import authorize_run
from hozon.services.uploads import Progress, upload_missing

_NEW: Final = VersionId(-1)
"""What stands for a version that has no key yet."""


@dataclass(frozen=True, slots=True)
class CommitRequest:
    """What should become a version."""

    collection: CollectionPath
    """Where it belongs."""

    type: TypeName
    """What it is; must be the collection's type."""

    contents: Contents
    """What is in it; nobody changes it any more."""

    aliases: Sequence[Alias]
    """Names to give it beside `latest`."""

    description: str | None
    """A note for people, or None."""

    metadata: JsonObject
    """What to remember of it."""

    run: RunKey | None
    """The run that logs it, or None."""

    incremental: bool = False
    """Whether it is added to what is `latest` by then, path by path."""

    tags: Sequence[Tag] = ()
    """Labels to give it, also when it is found again."""

    ttl: Ttl = ArtifactTTL.INHERIT
    """How long it should live, if it is made."""

    history_step: int | None = None
    """The last step of the run's history; None for none."""


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What logging came to."""

    version: Version
    """The version that holds the content now."""

    outcome: LogOutcome
    """Whether it was made, or found."""

    edge_left_out: bool
    """Whether the run is not recorded as one that logged the version, because the run comes from
    it: it used the version, or something made from it. Lineage has no cycles."""


def commit_version(
    context: Context, request: CommitRequest, *, progress: Progress = lambda _: None
) -> CommitResult:
    """Store content and make it a version, or find the version that has it already.

    Args:
        context: The capabilities, and on whose behalf to act.
        request: What to store.
        progress: Is told how many more bytes are done, from several threads; bytes that are
            stored already count as done.

    Returns:
        The version with its number and aliases, whether it is new, and whether its edge is drawn.

    Raises:
        ProjectNotFoundError: They may not see the project.
        AccessDeniedError: They may see the project, and not write to it, or not set a TTL there;
            also when that changed during the upload, and then nothing is visible.
        TypeConflictError: The collection has another type, also one that it got during the upload;
            choose another name.
        CollectionKindError: It is a portfolio; choose another name.
        CollectionNameError: It has been renamed; use its new name.
        ProtectedAliasError: A given alias is protected, and another version has it; nothing is
            uploaded, unless it was protected during the upload.
        CatalogError: The catalog failed; nothing is visible.
        StorageError: An upload failed; nothing is visible, and what has arrived is not uploaded
            again.
        IntegrityError: The store did not keep what it was given, or lost what should be there.
        InvalidSettingError: The team keeps bytes in a store of its own that the settings do not
            name.
        SourceFileError: A file that was not copied has changed since it was added.
        UploadLeaseError: The upload took so long that it was given up; log it again, what has
            arrived is mostly still there.

    Concurrency:
        Numbers follow the order of commits, without gaps. Of two writers with equal content one
        makes the version and the other finds it. Of two that add to what is latest, the second
        adds to what the first made. What is under way while its collection is renamed becomes a
        version of the renamed one.
    """
    manifest = request.contents.final_manifest
    context = context.for_team(request.collection.at.entity)
    with context.catalog.write() as session:
        _authorize(session, context, request)
        collection = _collection(session, context, request)
        found = None
        if not request.incremental:
            found = _log_again(session, context, request, collection, manifest)
        if found:
            progress(manifest.size)
            return found
        _check_aliases(session, request, collection, manifest)
        upload_id = uuid.uuid4().hex
        new = _new_version(context, request, manifest, upload_id=upload_id)
        version_id = session.versions.open(collection.key, new)
        upload = Upload(version_id, upload_id)
        session.objects.pin(version_id, (digest for digest, _ in manifest.contents()))
    try:
        upload_missing(context, request.contents, upload, progress=progress)
        with context.catalog.write() as session:
            _authorize(session, context, request)
            renew_lease(session, context, upload)
            # It may have been renamed meanwhile, which does not matter, or given another type.
            collection = session.collections.get(collection.key)
            _check_type(request, collection)
            if request.incremental:
                manifest = _added_to_latest(session, collection, manifest)
            result = _log_again(session, context, request, collection, manifest)
            if result:  # Another writer was first with the same content.
                session.versions.abandon(version_id, upload_id=upload_id)
            else:
                result = _publish(session, context, request, collection, manifest, version_id)
    except BaseException:
        _give_up(context, upload)
        raise
    return result


def _authorize(session: CatalogSession, context: Context, request: CommitRequest) -> None:
    """Refuse what they may not do: in the project, for the run, with what is referred to."""
    at = request.collection.at
    authorize(session, context, Action.WRITE, at)
    if request.ttl != ArtifactTTL.INHERIT:
        authorize(session, context, Action.SET_TTL, at)
    if request.run is not None:
        authorize_run(session, context, request.run, beside=at)
    for source in request.contents.final_manifest.sources():
        authorize_content(session, context, VersionId(source))


def _collection(session: CatalogSession, context: Context, request: CommitRequest) -> Collection:
    """Find or make the collection, and hold it to its kind and its type."""
    collection = ensure_collection(
        session, request.collection, type_name=request.type, now=context.catalog.now()
    )
    check_kind(collection.path, kind=collection.kind, wanted=CollectionKind.SEQUENCE)
    _check_type(request, collection)
    return collection


def _check_type(request: CommitRequest, collection: Collection) -> None:
    """Hold the collection, as it is now, to the type of what is logged."""
    if collection.type != request.type:
        raise TypeConflictError(
            f"{collection.path} holds artifacts of type {collection.type!r}, not {request.type!r}",
            hint=f"Log it with type={collection.type!r}, or under another name.",
        )


def _check_aliases(
    session: CatalogSession, request: CommitRequest, collection: Collection, manifest: Manifest
) -> None:
    """Refuse before the upload what publishing would refuse."""
    protected = {item.alias for item in session.protection.of(collection.path.at)}
    if protected.isdisjoint(request.aliases):
        return  # What the content will be need not be known.
    before = session.collections.pointers(collection.key)
    if request.incremental:
        manifest = _added_to_latest(session, collection, manifest)
    same = session.versions.find_by_digest(collection.key, manifest.digest)
    target = same.id if same else _NEW
    check_aliases_free(
        session, collection, after_log(before, version=target, given=request.aliases)
    )


def _log_again(
    session: CatalogSession,
    context: Context,
    request: CommitRequest,
    collection: Collection,
    manifest: Manifest,
) -> CommitResult | None:
    """Reuse the committed version with the same content, if there is one."""
    same = session.versions.find_by_digest(collection.key, manifest.digest)
    if same is None:
        return None
    outcome = outcome_of_equal_content(same)
    add_tags(session, same, request.tags, now=context.catalog.now())
    return _record(session, context, request, collection, same.id, outcome)


def _publish(
    session: CatalogSession,
    context: Context,
    request: CommitRequest,
    collection: Collection,
    manifest: Manifest,
    version_id: VersionId,
) -> CommitResult:
    """Give the version its number and let go of the pins."""
    index = session.collections.take_index(collection.key)
    session.versions.commit(version_id, index=index, manifest=manifest, now=context.catalog.now())
    session.objects.unpin(version_id)
    result = _record(session, context, request, collection, version_id, LogOutcome.CREATED)
    version = result.version
    record_act(session, context, Act.CREATE, version.path, {"aliases": list(version.aliases)})
    return result


def _record(
    session: CatalogSession,
    context: Context,
    request: CommitRequest,
    collection: Collection,
    version_id: VersionId,
    outcome: LogOutcome,
) -> CommitResult:
    """Move the aliases to the version and draw the edge from the run."""
    now = context.catalog.now()
    pointers = after_log(
        session.collections.pointers(collection.key), version=version_id, given=request.aliases
    )
    told = {version_id} if outcome is LogOutcome.CREATED else set[VersionId]()
    move_aliases(session, context, collection, pointers, now=now, told=told)
    run = request.run
    drawn = run is None or may_log(session.lineage, run=run, version=version_id)
    if run is not None and drawn:
        session.lineage.add_output(run, version_id, now=now)
    elif run is not None:
        session.lineage.leave_out(Edge(run, version_id, EdgeKind.LOGGED), now=now)
    return CommitResult(session.versions.get(version_id), outcome, edge_left_out=not drawn)


def _new_version(
    context: Context, request: CommitRequest, manifest: Manifest, *, upload_id: str
) -> NewVersion:
    """Describe the version before its upload."""
    now = context.catalog.now()
    return NewVersion(
        digest=manifest.digest,
        size=manifest.size,
        file_count=len(manifest.entries),
        description=request.description,
        metadata=request.metadata,
        logged_by=request.run,
        created_by=context.principal,
        created_at=now,
        lease_expires_at=now + LEASE,
        tags=request.tags,
        ttl=request.ttl,
        history_step=request.history_step,
        store=context.store_name,
        upload_id=upload_id,
    )


def _added_to_latest(session: CatalogSession, collection: Collection, added: Manifest) -> Manifest:
    """Put entries over those of the version that is `latest` now."""
    latest = session.collections.pointers(collection.key).get(LATEST)
    if latest is None:
        return added
    kept = (e for e in session.versions.entries(latest) if e.path not in added.entries)
    merged = Manifest.in_order(heapq.merge(kept, added, key=lambda entry: entry.path))
    clash = next(paths_in_files(merged.entries), None)
    if clash is not None:
        raise EntryConflictError(
            f"{clash!r} would be both a file and a folder of {collection.path}:{LATEST}",
            hint="Add it under another name, or log an artifact that is not incremental.",
        )
    return merged


def _give_up(context: Context, upload: Upload) -> None:
    """Forget the version, if it is still PENDING: an interrupt may arrive just after the commit.

    What has been uploaded keeps its places, so that the next try need not send it again; if there
    is none, the collector frees it. What cannot be reached now is left to the lease.
    """
    with suppress(HozonError), context.catalog.write() as session:
        session.versions.abandon(upload.version, upload_id=upload.upload_id)
