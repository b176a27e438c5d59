"""Acts: what services put into the audit log.

Owns when a row is written: in the transaction of the act, so that there is one exactly if it was
done. Refuses to own reading them; that is `hozon.services.audit`.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from hozon.model.access import COLLECTOR_NAME, Principal
from hozon.model.aliases import Pointers
from hozon.model.audit import Act, AuditRecord, Subject
from hozon.model.metadata import JsonObject
from hozon.model.names import EntityName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, RunPath
from hozon.model.versions import Version, VersionId
from hozon.ports.catalog import CatalogSession
from hozon.services.context import Context

Thing = EntityName | ProjectPath | CollectionPath | ArtifactPath | RunPath
"""What something can be done to."""


def as_collector(context: Context) -> Context:
    """Give the same for what the collector does on nobody's behalf, whoever started it."""
    return replace(context, principal=Principal(COLLECTOR_NAME, operator=True))


def record_act(
    session: CatalogSession,
    context: Context,
    act: Act,
    thing: Thing,
    details: JsonObject | None = None,
) -> None:
    """Put an act into the audit log.

    Args:
        session: The transaction of the act.
        context: On whose behalf.
        act: What is done.
        thing: To what; a version by its number.
        details: What else there is to say.
    """
    record_acts(session, context, act, [(thing, details or {})])


def record_acts(
    session: CatalogSession,
    context: Context,
    act: Act,
    things: Iterable[tuple[Thing, JsonObject]],
) -> None:
    """Put the same act on several things into the audit log, each with its details."""
    now, who = context.catalog.now(), context.principal.name
    session.audit.add(
        AuditRecord(now, who, act, Subject.of(thing), details) for thing, details in things
    )


def record_versions(
    session: CatalogSession,
    context: Context,
    act: Act,
    versions: Iterable[Version],
    *,
    aliases: Mapping[VersionId, Iterable[str]] | None = None,
    details: JsonObject | None = None,
) -> None:
    """Put the same act on several versions into the audit log, with the aliases that went along."""
    named = aliases or {}
    things = (
        (version.path, {**(details or {}), **_listed(named.get(version.id, ()))})
        for version in versions
    )
    record_acts(session, context, act, things)


def record_aliases(
    session: CatalogSession,
    context: Context,
    *,
    before: Pointers,
    after: Pointers,
    told: AbstractSet[VersionId] = frozenset(),
) -> None:
    """Put into the audit log which aliases moved.

    Args:
        session: The transaction.
        context: On whose behalf.
        before: Where the aliases of a collection pointed.
        after: Where they point now.
        told: Versions of which another record tells which aliases they got or lost.
    """
    given = {a: v for a, v in after.items() if before.get(a) != v and v not in told}
    taken = {a: v for a, v in before.items() if a not in after and v not in told}
    touched = {*given.values(), *taken.values(), *(before[a] for a in given if a in before)}
    if not given and not taken:
        return
    paths = {version.id: version.path for version in session.versions.get_all(touched)}
    moved = (
        (
            paths[version],
            {
                "alias": alias,
                **({"from": paths[before[alias]].selector} if alias in before else {}),
            },
        )
        for alias, version in sorted(given.items())
    )
    record_acts(session, context, Act.ALIAS, moved)
    gone = ((paths[version], {"alias": alias}) for alias, version in sorted(taken.items()))
    record_acts(session, context, Act.UNALIAS, gone)


def _listed(aliases: Iterable[str]) -> JsonObject:
    """Write aliases into the details, if there are any."""
    names = sorted(map(str, aliases))
    return {"aliases": list(names)} if names else {}
