"""Collections: make them, and change their name, their type and what people say of them.

Owns which names may be given. Invariants: what was under way when a collection is renamed lands in
the renamed one; a name that a collection once had is given to no other, so that a path never comes
to mean another version than it did.
"""

from dataclasses import dataclass
from datetime import datetime

from hozon.errors import TypeConflictError
from hozon.model.access import Action
from hozon.model.audit import Act
from hozon.model.collections import (
    CollectionFacts,
    check_name_free,
    check_retype,
    merge_facts,
    renamed,
)
from hozon.model.links import CollectionKind
from hozon.model.missing import no_artifact
from hozon.model.names import TypeName
from hozon.model.paths import CollectionPath
from hozon.ports.catalog import CatalogSession, Collection
from hozon.ports.retention import CollectionPolicy
from hozon.services.access import Sight, authorize
from hozon.services.acts import record_act
from hozon.services.context import Context
from hozon.services.resolve import find_collection
from hozon.services.ttl import merge_collection_policy


@dataclass(frozen=True, slots=True)
class CollectionState:
    """All that may change of a collection."""

    facts: CollectionFacts
    """Its name, its type and what people say of it."""

    policy: CollectionPolicy | None
    """What its versions live by; None where the caller did not look at it."""


def ensure_collection(
    session: CatalogSession,
    path: CollectionPath,
    *,
    type_name: TypeName,
    now: datetime,
    kind: CollectionKind = CollectionKind.SEQUENCE,
) -> Collection:
    """Find a collection, or make it under a name that no other has had.

    Args:
        session: The transaction.
        path: Where it is.
        type_name: What it holds, if it is made.
        now: When, UTC.
        kind: Of which kind it is, if it is made.

    Raises:
        CollectionNameError: A collection had this name and was renamed; use its new one.
    """
    if session.collections.find(path) is None:
        elsewhere = session.collections.renamed(path)
        if elsewhere is not None:
            raise renamed(path, elsewhere.path)
    return session.collections.ensure(path, type_name=type_name, now=now, kind=kind)


def edit_collection(
    context: Context, collection: Collection, *, seen: CollectionState, wanted: CollectionState
) -> tuple[Collection, CollectionPolicy]:
    """Store what a caller changed of a collection, all or nothing.

    Versions, aliases, links and lineage stay with the collection, whatever it is called.

    Args:
        context: The capabilities, and on whose behalf to act.
        collection: The collection.
        seen: What the caller saw.
        wanted: What the caller made of that.

    Returns:
        The collection and its policy as they are now: what the caller did not change is left as it
        was.

    Raises:
        CollectionNotFoundError: Nothing is left in it, or they may not see it.
        AccessDeniedError: They may see it, and not change it, or not its policy.
        CollectionNameError: Another collection has the name, or had it.
        TypeConflictError: It is a portfolio or linked to, and the type was changed.
        InvalidNameError: One of the types is reserved.
        InvalidTtlError: The TTL is of another type, or too short or too long.
        CollectionKindError: A TTL is given to a portfolio.

    Concurrency:
        An upload that is under way while its collection is renamed becomes a version of the renamed
        one. An upload of the old type is refused when the type changed meanwhile.
    """
    with context.catalog.write() as session:
        before = session.collections.get(collection.key)
        missing = no_artifact(collection.path)
        authorize(session, context, Action.WRITE, before.path.at, missing=missing)
        current = find_collection(session, before.path)
        facts = merge_facts(current.facts, seen=seen.facts, wanted=wanted.facts)
        if facts.name != current.path.name:
            _check_name(session, current, CollectionPath(current.path.at, facts.name))
        if facts.type != current.type:
            _check_retype(session, context, current, facts.type)
        if facts != current.facts:
            session.collections.change(current.key, facts, now=context.catalog.now())
            _record(session, context, current, facts)
        policy = session.retention.collection_policy(current.key)
        if wanted.policy is not None:
            if wanted.policy != (seen.policy or wanted.policy):
                at = current.path.at
                authorize(session, context, Action.SET_TTL, at, missing=missing)
            policy = merge_collection_policy(
                session, current, seen=seen.policy or wanted.policy, wanted=wanted.policy
            )
        return session.collections.get(current.key), policy


def read_collection(context: Context, collection: Collection) -> Collection:
    """Read a collection as it is now, whatever it is called.

    Raises:
        CollectionNotFoundError: They may not see it.
    """
    with context.catalog.read() as session:
        found = session.collections.get(collection.key)
        missing = no_artifact(collection.path)
        authorize(session, context, Action.READ, found.path.at, missing=missing)
        return found


def _check_retype(
    session: CatalogSession, context: Context, collection: Collection, wanted: TypeName
) -> None:
    """Refuse another type where links lead to the collection; hidden ones are not named."""
    links = session.links.to_collection(collection.key)
    sight = Sight(session, context)
    seen = [link.path for link in links if sight.shows(link.collection.at)]
    check_retype(
        collection.path,
        kind=collection.kind,
        before=collection.type,
        after=wanted,
        links=seen,
    )
    if len(seen) < len(links):
        raise TypeConflictError(
            f"{collection.path} is of type {collection.type!r}, as are portfolios that link to it"
            " in projects that you cannot see",
            hint="Ask an admin of the team to change the type.",
        )


def _record(
    session: CatalogSession, context: Context, before: Collection, facts: CollectionFacts
) -> None:
    """Put another name and another type into the audit log, under the name from now on."""
    path = CollectionPath(before.path.at, facts.name)
    if facts.name != before.path.name:
        record_act(session, context, Act.RENAME, path, {"from": str(before.path.name)})
    if facts.type != before.type:
        record_act(session, context, Act.RETYPE, path, {"from": before.type, "to": facts.type})


def _check_name(session: CatalogSession, collection: Collection, path: CollectionPath) -> None:
    """Refuse a name that another collection has or had."""
    holder, elsewhere = session.collections.find(path), session.collections.renamed(path)
    check_name_free(
        path,
        holder=holder.path if holder else None,
        is_listed=holder is not None and session.versions.newest(holder.key) is not None,
        renamed_to=elsewhere.path if elsewhere and elsewhere.key != collection.key else None,
    )
