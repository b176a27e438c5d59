"""Edit: change what may change of a committed version, in one transaction.

Invariant: what the caller did not change is left as it is now, even when somebody else changed it
since the caller looked.
"""

from collections.abc import Sequence

from hozon.model.aliases import after_edit
from hozon.model.metadata import JsonObject
from hozon.model.names import Alias
from hozon.model.versions import Version, check_editable
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
    """Store what the caller changed of a version's aliases, description and metadata.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A committed version, as the caller last saw it.
        aliases: The aliases as the caller wants them; compared with what it last saw. Added ones
            are taken from the version that has them now.
        description: A note for people, or None; stored if it differs from what was last seen.
        metadata: What to remember of it; stored if it differs from what was last seen.

    Returns:
        The version as it is now; if `latest` was taken away from it, the newest version has it.

    Raises:
        VersionStateError: It is not committed, for instance deleted.
    """
    with context.catalog.write() as session:
        current = session.versions.get(version.id)
        check_editable(current)
        now = context.catalog.now()
        collection = find_collection(session, current.collection)
        pointers = after_edit(
            session.collections.pointers(collection.key),
            version=version.id,
            add=set(aliases) - set(version.aliases),
            remove=set(version.aliases) - set(aliases),
            newest=session.versions.newest(collection.key) or version.id,
        )
        session.collections.set_pointers(collection.key, pointers, now=now)
        wanted = (
            current.description if description == version.description else description,
            current.metadata if metadata == version.metadata else metadata,
        )
        if wanted != (current.description, current.metadata):
            session.versions.describe(
                version.id, description=wanted[0], metadata=wanted[1], now=now
            )
        return session.versions.get(version.id)
