"""Protection: hold aliases where they are, and move the others.

Owns the one way in which services change where the aliases of a collection point. Invariant: a
protected alias moves only after its protection was lifted; all that a call changes is in the
transaction in which that was checked.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from hozon.errors import ProtectionNotFoundError
from hozon.model.access import Action
from hozon.model.aliases import Pointers
from hozon.model.audit import Act
from hozon.model.names import Alias
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.model.protection import ProtectedAlias, check_unprotected
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession, Collection
from hozon.services.access import authorize, may
from hozon.services.acts import record_act, record_aliases
from hozon.services.context import Context


def protect_alias(context: Context, at: ProjectPath, alias: Alias) -> None:
    """Protect an alias in all collections of a project; once is enough.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project; made if need be.
        alias: The alias, which no version need have yet.

    Raises:
        ProjectNotFoundError: They may not see the project.
        AccessDeniedError: They are no admin.
    """
    with context.catalog.write() as session:
        authorize(session, context, Action.ADMINISTER, at)
        if alias not in {item.alias for item in session.protection.of(at)}:
            session.protection.add(at, alias, by=context.principal, now=context.catalog.now())
            record_act(session, context, Act.PROTECT, at, {"alias": alias})


def unprotect_alias(context: Context, at: ProjectPath, alias: Alias) -> None:
    """Lift the protection of an alias.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project.
        alias: The alias.

    Raises:
        ProjectNotFoundError: They may not see the project.
        AccessDeniedError: They are no admin.
        ProtectionNotFoundError: It is not protected; the hint lists those that are.
    """
    with context.catalog.write() as session:
        authorize(session, context, Action.ADMINISTER, at)
        if not session.protection.remove(at, alias):
            known = ", ".join(item.alias for item in session.protection.of(at)) or "none"
            raise ProtectionNotFoundError(
                f"The alias {alias!r} is not protected in {at}",
                hint=f"Check the spelling and the project. Protected there: {known}.",
            )
        record_act(session, context, Act.UNPROTECT, at, {"alias": alias})


def list_protected(context: Context, at: ProjectPath) -> Sequence[ProtectedAlias]:
    """List the protected aliases of a project, sorted; none if they may not see it."""
    with context.catalog.read() as session:
        if not may(session, context, Action.READ, at):
            return []
        return session.protection.of(at)


def move_aliases(
    session: CatalogSession,
    context: Context,
    collection: Collection,
    after: Pointers,
    *,
    now: datetime,
    told: AbstractSet[VersionId] = frozenset(),
) -> None:
    """Replace all aliases of a collection, unless that overrides a protection, and record it.

    Args:
        session: The transaction.
        context: On whose behalf to act, which was checked before.
        collection: The collection; of a portfolio the project of the portfolio counts.
        after: Where its aliases should point.
        now: When, UTC.
        told: Versions of which another act on record tells which aliases they got or lost.

    Raises:
        ProtectedAliasError: A protected alias would move or go.
    """
    check_aliases_free(session, collection, after)
    before = session.collections.pointers(collection.key)
    session.collections.set_pointers(collection.key, after, now=now)
    record_aliases(session, context, before=before, after=after, told=told)


def check_aliases_free(session: CatalogSession, collection: Collection, after: Pointers) -> None:
    """Refuse a change of aliases that overrides a protection; nothing is changed.

    Args:
        session: The transaction.
        collection: The collection.
        after: Where its aliases would point.

    Raises:
        ProtectedAliasError: A protected alias would move or go.
    """
    protected = [item.alias for item in session.protection.of(collection.path.at)]
    if not protected:
        return

    def path_of(version: VersionId) -> ArtifactPath:
        return session.versions.get(version).path

    before = session.collections.pointers(collection.key)
    check_unprotected(before, after, protected=protected, path_of=path_of)
