"""Links: let a version stand in a portfolio, beside versions of other collections.

Owns making and removing links. Invariants: a link leads to a version that is no link; a portfolio
has at most one link to a version at a time; removing a link never touches its source.
"""

from collections.abc import Sequence

from hozon.errors import TypeConflictError
from hozon.model.access import Action
from hozon.model.aliases import after_log
from hozon.model.audit import Act
from hozon.model.links import CollectionKind, check_kind, check_link
from hozon.model.missing import no_artifact
from hozon.model.names import Alias
from hozon.model.paths import CollectionPath
from hozon.model.versions import Version, VersionId, check_editable
from hozon.ports.catalog import CatalogSession, Collection
from hozon.services.access import authorize, authorize_content
from hozon.services.acts import record_act
from hozon.services.collections import ensure_collection
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.protection import move_aliases


def link_version(
    context: Context, version: Version, target: CollectionPath, *, aliases: Sequence[Alias]
) -> Version:
    """Let a version stand in a portfolio, which is made if need be.

    `latest` of the portfolio and the given aliases move to the link, as they move to a version
    that is logged; also when the link is there already.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A committed version; of a link its source is linked.
        target: The portfolio.
        aliases: Names to give the link beside `latest`.

    Returns:
        The link, new or found.

    Raises:
        CollectionNotFoundError: They may not see the version.
        ProjectNotFoundError: They may not see the project of the portfolio.
        AccessDeniedError: They may see that project, and not write to it.
        VersionStateError: The version is not committed, for instance deleted.
        CollectionKindError: The target holds logged versions; choose another name.
        CollectionNameError: The portfolio has been renamed; use its new name.
        TypeConflictError: The portfolio holds links to artifacts of another type.
        ProtectedAliasError: Another link of the portfolio has an alias that is protected.

    Concurrency:
        Of two that link one version at once, one makes the link and the other finds it.
    """
    with context.catalog.write() as session:
        missing = no_artifact(version.collection)
        authorize_content(session, context, version.id, missing=missing)
        authorize(session, context, Action.WRITE, target.at)
        check_editable(session.versions.get(version.id))
        source = session.versions.get(version.content_id)
        portfolio = _portfolio(session, context, target, source)
        now = context.catalog.now()
        found = session.links.find(portfolio.key, source.id)
        if found is None:
            index = session.collections.take_index(portfolio.key)
            link = session.links.add(
                portfolio.key, source, index=index, by=context.principal, now=now
            )
        else:
            link = found
        pointers = after_log(
            session.collections.pointers(portfolio.key), version=link, given=aliases
        )
        told = {link} if found is None else set[VersionId]()
        move_aliases(session, context, portfolio, pointers, now=now, told=told)
        made = session.versions.get(link)
        if found is None:
            details = {"source": str(source.path), "aliases": list(made.aliases)}
            record_act(session, context, Act.LINK, made.path, details)
        return made


def unlink_version(context: Context, link: Version) -> Version:
    """Take a link out of its portfolio, together with its aliases; the source stays as it is.

    Args:
        context: The capabilities, and on whose behalf to act.
        link: A committed link.

    Returns:
        The link as it is now; its number is never given to another.

    Raises:
        LinkStateError: It is a version of its own, no link.
        ProtectedAliasError: It has a protected alias.
        VersionStateError: It has been removed already.
    """
    check_link(link)
    return delete_version(context, link, delete_aliases=True)


def source_of(context: Context, link: Version) -> Version:
    """Read the source of a link, whatever its state.

    Raises:
        CollectionNotFoundError: They may not see it.
    """
    with context.catalog.read() as session:
        missing = no_artifact(link.origin.collection)
        authorize_content(session, context, link.content_id, missing=missing)
        return session.versions.get(link.content_id)


def _portfolio(
    session: CatalogSession, context: Context, target: CollectionPath, source: Version
) -> Collection:
    """Find or make the portfolio, and hold it to its kind and its type."""
    portfolio = ensure_collection(
        session,
        target,
        type_name=source.type,
        now=context.catalog.now(),
        kind=CollectionKind.PORTFOLIO,
    )
    check_kind(target, kind=portfolio.kind, wanted=CollectionKind.PORTFOLIO)
    if portfolio.type != source.type:
        raise TypeConflictError(
            f"{target} holds links to artifacts of type {portfolio.type!r}, not {source.type!r}",
            hint="Link it to another portfolio.",
        )
    return portfolio
