"""Plans: choose versions to delete, look at the choice, and delete them later.

Owns the transactions of making and executing a plan. Refuses to own what goes and what stays; that
is `hozon.model.plans`. Invariants: making a plan changes nothing; executing one deletes nothing
before all of it was compared with the catalog, and nothing that differs from it.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hozon.model.access import Action
from hozon.model.links import CollectionKind
from hozon.model.names import TypeName
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.model.plans import (
    DeletePlan,
    LeftOut,
    LeftOutReason,
    PlannedVersion,
    PlanReport,
    PlanRules,
    VersionLook,
    check_unchanged,
    choose,
    difference,
    in_order,
    planned,
)
from hozon.model.usage import NamePatterns
from hozon.ports.catalog import CatalogSession, Collection
from hozon.services.access import Sight, authorize
from hozon.services.context import Context
from hozon.services.delete import delete_in_session
from hozon.services.usage import check_logged_to

_UNSEEN: Final = "of projects that you cannot see"
"""What stands for the names of links that are not told."""

BATCH: Final = 500
"""How many versions one transaction deletes at most."""

Progress = Callable[[int, int], None]
"""Told after each transaction how many versions are done, and how many there are."""


def plan_delete(
    context: Context,
    at: ProjectPath,
    *,
    names: NamePatterns,
    type_name: TypeName | None,
    rules: PlanRules,
) -> DeletePlan:
    """Choose versions of a project to delete; nothing is changed.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project.
        names: The collections; those named without a wildcard have to exist.
        type_name: What the collections hold; None for anything.
        rules: What may be taken of each.

    Raises:
        CollectionNotFoundError: There is no collection of such a name.
        CollectionKindError: A name is that of a portfolio.
    """
    taken: list[VersionLook] = []
    left_out: list[LeftOut] = []
    with context.catalog.read() as session:
        check_logged_to(session, context, at, names=names)
        sight = Sight(session, context)
        for collection in _collections(session, at, type_name=type_name) if sight.shows(at) else ():
            if collection.kind is CollectionKind.SEQUENCE and names.match(collection.path.name):
                chosen, spared = choose(session.usage.looks(collection.path), rules=rules)
                taken += (look for look in chosen if not _leads_out_of_sight(sight, look))
                left_out += (_unnamed(sight, item) for item in spared)
                left_out += (
                    LeftOut(look.path, LeftOutReason.LINKS, (_UNSEEN,))
                    for look in chosen
                    if _leads_out_of_sight(sight, look)
                )
        freed_bytes = session.usage.freed_bytes(look.id for look in taken)
    return DeletePlan(
        at=at,
        created_at=context.catalog.now(),
        created_by=context.principal.name,
        delete_aliases=rules.delete_aliases,
        force_links=rules.force_links,
        versions=tuple(in_order(map(planned, taken))),
        left_out=tuple(sorted(left_out, key=lambda item: str(item.path.collection))),
        freed_bytes=freed_bytes,
    )


def execute_plan(
    context: Context, plan: DeletePlan, *, progress: Progress | None = None
) -> PlanReport:
    """Soft-delete what a plan names, some hundred versions in each transaction.

    A plan that was interrupted goes on where it was: what is deleted already is done.

    Args:
        context: The capabilities, and on whose behalf to act.
        plan: The plan.
        progress: What to tell of each transaction; None for nothing.

    Returns:
        What was deleted, what had been, and what changed in the meantime and was spared.

    Raises:
        ProjectNotFoundError: They may not see a project that it is about.
        AccessDeniedError: They may not delete there, or not a link that would go along.
        PlanOutdatedError: Something that the plan names looks different now, and nothing was
            deleted.
        CatalogError: The catalog failed; execute the plan again to go on.

    Concurrency:
        Others may log, edit, link and delete meanwhile: each version is compared once more in the
        transaction that deletes it.
    """
    versions = in_order(plan.versions)
    with context.catalog.read() as session:
        for at in dict.fromkeys([plan.at, *(v.path.collection.at for v in versions)]):
            authorize(session, context, Action.DELETE, at)
        sight = Sight(session, context)
        check_unchanged(
            [
                f"{version.path} {differs}"
                for batch in _batches(versions)
                for version, look in _looks(session, batch)
                if not (look and look.is_gone)
                and (differs := _difference(sight, plan, version, look)) is not None
            ]
        )
    execution = _Execution(context, plan)
    done = 0
    for batch in _batches(versions):
        execution.delete(batch)
        done += len(batch)
        if progress is not None:
            progress(done, len(versions))
    return PlanReport(
        tuple(execution.deleted), tuple(execution.already_gone), dict(execution.failed)
    )


@dataclass(slots=True)
class _Execution:
    """What came of a plan so far."""

    context: Context
    plan: DeletePlan
    deleted: list[str] = field(default_factory=list)
    already_gone: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def delete(self, batch: Sequence[PlannedVersion]) -> None:
        """Delete what still looks as planned, in one transaction."""
        going: list[VersionLook] = []
        gone: list[str] = []
        failed: dict[str, str] = {}
        with self.context.catalog.write() as session:
            sight = Sight(session, self.context)
            for version, look in _looks(session, batch):
                if look is not None and look.is_gone:
                    gone.append(str(version.path))
                elif (differs := _difference(sight, self.plan, version, look)) is not None:
                    failed[str(version.path)] = differs
                elif look is not None:
                    going.append(look)
            # What may go with them was looked at a moment ago, in this transaction.
            versions = session.versions.get_all([look.id for look in going])
            delete_in_session(session, self.context, versions, force_links=True)
        # Told only now: what the transaction did not commit was not done.
        self.deleted += [str(look.path) for look in going]
        self.already_gone += gone
        self.failed |= failed


def _leads_out_of_sight(sight: Sight, look: VersionLook) -> bool:
    """Tell whether a link in a project that they may not see leads to a version."""
    return not sight.shows(*(path.collection.at for path in (*look.links, *look.protected)))


def _unnamed(sight: Sight, item: LeftOut) -> LeftOut:
    """Leave out the names of what they may not see."""
    if item.reason is LeftOutReason.ALIASES:
        return item
    paths = [
        (name, ArtifactPath.parse(name, default=item.path.collection.at)) for name in item.names
    ]
    seen = tuple(name for name, path in paths if sight.shows(path.collection.at))
    return item if len(seen) == len(paths) else replace(item, names=(*seen, _UNSEEN))


def _difference(
    sight: Sight, plan: DeletePlan, version: PlannedVersion, look: VersionLook | None
) -> str | None:
    """Tell how a version differs from what was planned, naming nothing that they may not see."""
    if look is not None and _leads_out_of_sight(sight, look):
        return f"has the links {_UNSEEN}"
    return difference(plan, version, look)


def _collections(
    session: CatalogSession, at: ProjectPath, *, type_name: TypeName | None
) -> Iterator[Collection]:
    """Read the collections of a project that have a committed version, some at a time."""
    listing = session.collections.listing(at, type_name=type_name)
    after = None
    while page := listing.page(after=after, limit=BATCH):
        yield from (item.value for item in page)
        after = page[-1].key


def _looks(
    session: CatalogSession, batch: Sequence[PlannedVersion]
) -> Iterator[tuple[PlannedVersion, VersionLook | None]]:
    """Look at planned versions, which are sorted by collection, as they are now."""
    for path, group in itertools.groupby(batch, key=lambda version: version.path.collection):
        versions = list(group)
        indexes = [i for version in versions if (i := version.path.index) is not None]
        found = session.usage.looks_at(path, indexes)
        for version in versions:
            yield version, found.get(version.path.index or 0)


def _batches(versions: Sequence[PlannedVersion]) -> Iterator[Sequence[PlannedVersion]]:
    """Cut versions into parts for one transaction each."""
    for start in range(0, len(versions), BATCH):
        yield versions[start : start + BATCH]
