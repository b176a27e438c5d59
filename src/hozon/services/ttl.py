"""TTL: what versions live by, set on collections, projects and teams, and read for versions.

Owns who may set what: members may set TTLs unless the team leaves that to its admins, and what
holds for a whole team is the admins' to say. Refuses to own what happens when a TTL runs out; that
is `hozon.services.expire`.
"""

from dataclasses import dataclass, replace
from typing import Final

from hozon.model.access import Action
from hozon.model.expiry import (
    FREE,
    Expiry,
    Holders,
    TeamTtl,
    check_collection_ttl,
    expiry_of,
)
from hozon.model.missing import no_artifact
from hozon.model.names import EntityName
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.model.ttl import ArtifactTTL, Ttl, check_ttl
from hozon.model.versions import Version
from hozon.ports.catalog import CatalogSession, Collection
from hozon.ports.retention import CollectionPolicy
from hozon.services.access import Sight, authorize, authorize_content, may
from hozon.services.context import Context

_UNSEEN: Final = "a link in a project that you cannot see"
"""What suspends a TTL where its name is not told."""


@dataclass(frozen=True, slots=True)
class ScheduledVersion:
    """A version to which a TTL applies, and what comes of it."""

    path: ArtifactPath
    """The full path, by version."""

    expiry: Expiry
    """When it expires, or what suspends that."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What expires in a project."""

    versions: tuple[ScheduledVersion, ...]
    """The soonest first; suspended ones last."""

    total: int
    """How many versions a TTL applies to, those that are not listed included."""


def expiry_of_version(context: Context, version: Version) -> Expiry:
    """Say when a version expires; of a link, when its source does.

    Args:
        context: The capabilities.
        version: A version in any state.

    Raises:
        CollectionNotFoundError: They may not see it.
    """
    key = version.content_id
    with context.catalog.read() as session:
        missing = no_artifact(version.collection)
        authorize_content(session, context, version.id, missing=missing)
        content = session.versions.get(key)
        holders = session.retention.holders([key]).get(key, FREE)
        expiry = expiry_of(content.created_at, session.retention.settings(key), holders)
        return _as_seen(Sight(session, context), expiry, holders)


def list_expiring(context: Context, at: ProjectPath, *, limit: int | None) -> Schedule:
    """List the versions of a project to which a TTL applies, the soonest first.

    Args:
        context: The capabilities.
        at: The project.
        limit: How many to list, 1 or more; None for all. Memory grows with it, and with nothing
            else.
    """
    with context.catalog.read() as session:
        if not may(session, context, Action.READ, at):
            return Schedule((), 0)
        total = session.retention.count_timed(at)
        chosen = list(session.retention.timed(at, limit=limit))
        holders = session.retention.holders([v.id for v in chosen if v.suspended])
        sight, listed = Sight(session, context), list[ScheduledVersion]()
        for version in chosen:
            held = holders.get(version.id, FREE)
            expiry = expiry_of(version.created_at, version.settings, held)
            listed.append(ScheduledVersion(version.path, _as_seen(sight, expiry, held)))
    return Schedule(tuple(listed), total)


def _as_seen(sight: Sight, expiry: Expiry, holders: Holders) -> Expiry:
    """Say what suspends a TTL without naming what they may not see."""
    if expiry.suspended_by is None:
        return expiry
    seen = Holders(
        tuple(path for path in holders.protected if sight.shows(path.collection.at)),
        tuple(path for path in holders.links if sight.shows(path.collection.at)),
    )
    return replace(expiry, suspended_by=seen.suspended_by or _UNSEEN)


def read_project_ttl(context: Context, at: ProjectPath) -> Ttl:
    """Read what is set for a project; INHERIT if they may not see it."""
    with context.catalog.read() as session:
        if not may(session, context, Action.READ, at):
            return ArtifactTTL.INHERIT
        return session.retention.project_ttl(at)


def set_project_ttl(context: Context, at: ProjectPath, ttl: Ttl) -> None:
    """Let the versions of a project live so long, those that are there already included.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project; made if need be.
        ttl: A span, None for never, or INHERIT for what the team says.

    Raises:
        InvalidTtlError: It is no TTL.
        ProjectNotFoundError: They may not see the project.
        AccessDeniedError: They may not set TTLs there.
    """
    checked = check_ttl(ttl)
    with context.catalog.write() as session:
        authorize(session, context, Action.SET_TTL, at)
        session.retention.set_project_ttl(at, checked, now=context.catalog.now())


def read_team_ttl(context: Context, entity: EntityName) -> TeamTtl:
    """Read what is set for all projects of an entity; the defaults if they do not belong to it."""
    with context.catalog.read() as session:
        if not may(session, context, Action.READ, entity):
            return TeamTtl()
        return session.retention.team_ttl(entity)


def set_team_ttl(context: Context, entity: EntityName, *, seen: TeamTtl, wanted: TeamTtl) -> None:
    """Store what a caller changed of a team's settings; they hold for all versions at once.

    Args:
        context: The capabilities, and on whose behalf to act.
        entity: The owner of the projects.
        seen: The settings as the caller saw them.
        wanted: What the caller made of those.

    Raises:
        InvalidTtlError: The TTL is of another type, or too short or too long.
        AccessDeniedError: They are no admin.
    """
    check_ttl(wanted.ttl)
    with context.catalog.write() as session:
        authorize(session, context, Action.ADMINISTER, entity)
        now = session.retention.team_ttl(entity)
        merged = TeamTtl(
            now.ttl if wanted.ttl == seen.ttl else wanted.ttl,
            now.members_may_set_ttl
            if wanted.members_may_set_ttl == seen.members_may_set_ttl
            else wanted.members_may_set_ttl,
        )
        session.retention.set_team_ttl(entity, merged)


def read_collection_policy(context: Context, collection: Collection) -> CollectionPolicy:
    """Read what the versions of a collection live by; the defaults if they may not see it."""
    with context.catalog.read() as session:
        if not may(session, context, Action.READ, collection.path.at):
            return CollectionPolicy()
        return session.retention.collection_policy(collection.key)


def set_collection_policy(
    context: Context, collection: Collection, *, seen: CollectionPolicy, wanted: CollectionPolicy
) -> CollectionPolicy:
    """Store what a caller changed of a collection's TTL and retention policy.

    Args:
        context: The capabilities, and on whose behalf to act.
        collection: The collection.
        seen: Its policy as the caller saw it.
        wanted: What the caller made of that.

    Returns:
        The policy as it is now: what the caller did not change is left as it was.

    Raises:
        InvalidTtlError: The TTL is of another type, or too short or too long.
        CollectionKindError: A TTL is given to a portfolio.
        CollectionNotFoundError: They may not see it.
        AccessDeniedError: They may not set TTLs and retention policies there.
    """
    with context.catalog.write() as session:
        missing = no_artifact(collection.path)
        authorize(session, context, Action.SET_TTL, collection.path.at, missing=missing)
        return merge_collection_policy(session, collection, seen=seen, wanted=wanted)


def merge_collection_policy(
    session: CatalogSession,
    collection: Collection,
    *,
    seen: CollectionPolicy,
    wanted: CollectionPolicy,
) -> CollectionPolicy:
    """Do what `set_collection_policy` does, within a transaction that is going on."""
    check_ttl(wanted.ttl)
    if not isinstance(wanted.ttl, ArtifactTTL):
        check_collection_ttl(collection.path, kind=collection.kind)
    now = session.retention.collection_policy(collection.key)
    merged = CollectionPolicy(
        now.ttl if wanted.ttl == seen.ttl else wanted.ttl,
        now.retention if wanted.retention == seen.retention else wanted.retention,
    )
    session.retention.set_collection_policy(collection.key, merged)
    return merged
