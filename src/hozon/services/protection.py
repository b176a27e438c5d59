"""Protection: hold aliases where they are, and move the others.

Owns the one way in which services change where the aliases of a collection point. Invariant: a
protected alias moves only after its protection was lifted; all that a call changes is in the
transaction in which that was checked.
"""

from collections.abc import Sequence
from datetime import datetime

from hozon.errors import ProtectionNotFoundError
from hozon.model.access import check_admin
from hozon.model.aliases import Pointers
from hozon.model.names import Alias
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.model.protection import ProtectedAlias, check_unprotected
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession, Collection
from hozon.services.context import Context


def protect_alias(context: Context, at: ProjectPath, alias: Alias) -> None:
    """Protect an alias in all collections of a project; once is enough.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project; made if need be.
        alias: The alias, which no version need have yet.
    """
    check_admin(context.principal, at)
    with context.catalog.write() as session:
        session.protection.add(at, alias, by=context.principal, now=context.catalog.now())


def unprotect_alias(context: Context, at: ProjectPath, alias: Alias) -> None:
    """Lift the protection of an alias.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project.
        alias: The alias.

    Raises:
        ProtectionNotFoundError: It is not protected; the hint lists those that are.
    """
    check_admin(context.principal, at)
    with context.catalog.write() as session:
        if not session.protection.remove(at, alias):
            known = ", ".join(item.alias for item in session.protection.of(at)) or "none"
            raise ProtectionNotFoundError(
                f"The alias {alias!r} is not protected in {at}",
                hint=f"Check the spelling and the project. Protected there: {known}.",
            )


def list_protected(context: Context, at: ProjectPath) -> Sequence[ProtectedAlias]:
    """List the protected aliases of a project, sorted."""
    with context.catalog.read() as session:
        return session.protection.of(at)


def move_aliases(
    session: CatalogSession, collection: Collection, after: Pointers, *, now: datetime
) -> None:
    """Replace all aliases of a collection, unless that overrides a protection.

    Args:
        session: The transaction.
        collection: The collection; of a portfolio the project of the portfolio counts.
        after: Where its aliases should point.
        now: When, UTC.

    Raises:
        ProtectedAliasError: A protected alias would move or go.
    """
    check_aliases_free(session, collection, after)
    session.collections.set_pointers(collection.key, after, now=now)


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
