"""`Expiring`: when a version expires, and what keeps it from that.

Owns the properties. Refuses to own the rules; those are `hozon.model.expiry`.
"""

from datetime import datetime, timedelta

from hozon.model.expiry import Expiry
from hozon.sdk.bundle import Bundle
from hozon.services.ttl import expiry_of_version


class Expiring(Bundle):
    """When a version expires, and what keeps it from that."""

    @property
    def expires_at(self) -> datetime | None:
        """From when on this version has expired, UTC; None for never.

        The time of its creation plus the TTL that applies: the nearest that is set of its own, its
        collection's, its project's and its team's. It is worked out anew at each access, because
        those may change; a TTL that is set on the version counts once `save()` has stored it. As
        long as something suspends the TTL, it is None, too. Of a link it is that of the source.
        The next pass after that moment soft-deletes the version.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.

        Examples:
            A TTL counts from the creation, also when it is set later.

            ```python
            from datetime import timedelta

            import hozon

            artifact = hozon.Api().artifact("mnist:v1")
            print(artifact.expires_at)
            #> None
            artifact.ttl = timedelta(days=30)
            artifact.save()
            print(artifact.expires_at - artifact.created_at)
            #> 30 days, 0:00:00
            ```
        """
        return self._expiry("expires_at").expires_at

    @property
    def ttl_suspended_by(self) -> str | None:
        """What keeps this version from expiring; None when nothing does, or no TTL applies.

        A link to the version, or a protected alias on it, suspends the TTL; without it the TTL
        counts as before.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.

        Examples:
            Link a version that would expire, and unlink it again.

            ```python
            from datetime import timedelta

            import hozon

            artifact = hozon.Api().artifact("mnist:v1")
            artifact.ttl = timedelta(days=30)
            artifact.save()
            link = artifact.link("team-datasets")
            print(artifact.expires_at, artifact.ttl_suspended_by)
            #> None link ada/digits/team-datasets:v0
            link.unlink()
            print(artifact.expires_at is None, artifact.ttl_suspended_by)
            #> False None
            ```
        """
        return self._expiry("ttl_suspended_by").suspended_by

    @property
    def effective_ttl(self) -> timedelta | None:
        """The TTL that applies to this version, wherever it is set; None for never.

        The nearest that is set of its own, its collection's, its project's and its team's, where
        None, for never, counts as set. `ttl` is what is set on the version itself.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.

        Examples:
            Let the datasets of a collection live for a year, and one of them for ever.

            ```python
            from datetime import timedelta

            import hozon

            api = hozon.Api()
            collection = api.artifact_collection("dataset", "mnist")
            collection.ttl = timedelta(days=365)
            collection.save()
            kept = api.artifact("mnist:reviewed")
            kept.ttl = None
            kept.save()
            for version in collection.artifacts():
                print(version.name, version.ttl, version.effective_ttl)
                #> mnist:v2 ArtifactTTL.INHERIT 365 days, 0:00:00
                #> mnist:v1 ArtifactTTL.INHERIT 365 days, 0:00:00
                #> mnist:v0 None None
            ```
        """
        return self._expiry("effective_ttl").ttl.span

    def _expiry(self, what: str) -> Expiry:
        """Work out what applies now."""
        return expiry_of_version(self._session.context, self._logged(what))
