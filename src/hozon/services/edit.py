"""Edit: change what may change of a committed version, in one transaction."""

from collections.abc import Sequence

from hozon.errors import VersionStateError
from hozon.model.aliases import after_edit
from hozon.model.metadata import JsonObject
from hozon.model.names import Alias
from hozon.model.versions import Version, VersionState
from hozon.services.context import Context
from hozon.services.resolve import find_collection


def edit_version(
    context: Context,
    version: Version,
    *,
    aliases: Sequence[Alias],
    description: str | None,
    metadata: JsonObject,
) -> Version:
    """Store the aliases, description and metadata of a version.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A committed version.
        aliases: All aliases that it should have; each is taken from the version that has it now.
        description: A note for people, or None.
        metadata: What to remember of it.

    Returns:
        The version as it is now; if `latest` was taken away from it, the newest version has it.

    Raises:
        VersionStateError: It is not committed, for instance deleted.
    """
    with context.catalog.write() as session:
        current = session.versions.get(version.id)
        if current.state is not VersionState.COMMITTED:
            raise VersionStateError(
                f"{current.path} is {current.state} and cannot be changed",
                hint="Change a version that has not been deleted.",
            )
        collection = find_collection(session, current.collection)
        pointers = after_edit(
            session.collections.pointers(collection.key),
            version=version.id,
            wanted=aliases,
            newest=session.versions.newest(collection.key) or version.id,
        )
        session.collections.set_pointers(collection.key, pointers)
        session.versions.describe(
            version.id, description=description, metadata=metadata, now=context.catalog.now()
        )
        return session.versions.get(version.id)
