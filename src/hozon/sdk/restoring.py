"""`Restoring`: what is known of a delete, and the way back.

Owns the published methods and properties. Refuses to own what comes back; that is
`hozon.model.restoring`.
"""

from datetime import datetime

from hozon.model.restoring import Restored
from hozon.sdk.bundle import Bundle
from hozon.services.resolve import read_version
from hozon.services.restore import restore_version


class Restoring(Bundle):
    """What is known of a delete, and the way back."""

    @property
    def deleted_at(self) -> datetime | None:
        """When the version was deleted, UTC; None unless it is.

        Examples:
            A delete is signed and dated.

            ```python
            import hozon

            artifact = hozon.Api().artifact("mnist:v1")
            print(artifact.deleted_at, artifact.deleted_by, artifact.deleted_reason)
            #> None None None
            artifact.delete()
            print(artifact.deleted_at.tzname(), artifact.deleted_reason)
            #> UTC delete
            print(artifact.deleted_by is None, artifact.deleted_at == artifact.updated_at)
            #> False True
            ```
        """
        deletion = self._logged("deleted_at").deletion
        return deletion.at if deletion else None

    @property
    def deleted_by(self) -> str | None:
        """Who deleted the version; None unless it is deleted."""
        deletion = self._logged("deleted_by").deletion
        return deletion.by if deletion else None

    @property
    def deleted_reason(self) -> str | None:
        """Why the version was deleted; None unless it is.

        `delete` by itself, `collection` or `run` together with that, `source` for a link to a
        deleted version, `ttl` when its time ran out, `retention` by the policy of its collection.

        Examples:
            Tell what went with a collection from what went by itself.

            ```python
            import hozon

            api = hozon.Api()
            api.artifact("mnist:v1").delete()
            api.artifact_collection("dataset", "mnist").delete()
            for artifact in api.deleted_artifacts():
                print(artifact.name, artifact.deleted_reason)
                #> mnist:v2 collection
                #> mnist:v0 collection
                #> mnist:v1 delete
            ```
        """
        deletion = self._logged("deleted_reason").deletion
        return str(deletion.reason) if deletion else None

    def restore(self) -> Restored:
        """Bring this version back after a delete, with its aliases and its links.

        It can be restored until a collector has purged it. Aliases come back where no other
        version has them now. `latest` comes back to the newest version, unless somebody moved it
        meanwhile. Links that went along come back where their portfolio still stands, and where
        nobody linked the version again. A link that was removed by itself can be restored, too.

        A version that was deleted because its TTL ran out goes again with the next pass, unless you
        give it a longer `ttl` and save it.

        Returns:
            What came back, and what did not.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            PurgedVersionError: Its bytes were given up; the message says when, and by what.
            VersionStateError: It has not been deleted; or it is a link whose source is deleted, or
                whose portfolio has another link to that.

        Examples:
            Take a delete back.

            ```python
            import hozon

            api = hozon.Api()
            artifact = api.artifact("mnist:latest")
            artifact.delete(delete_aliases=True)
            print(artifact.state, api.artifact("mnist:latest").name)
            #> DELETED mnist:v1
            restored = artifact.restore()
            print(artifact.state, api.artifact("mnist:latest").name)
            #> COMMITTED mnist:v2
            for path in restored.aliases:
                print(path)
                #> ada/digits/mnist:candidate
                #> ada/digits/mnist:latest
            ```
        """
        version, context = self._logged("restore"), self._session.context
        restored = restore_version(context, version)
        self._adopt(read_version(context, version.id))
        return restored
