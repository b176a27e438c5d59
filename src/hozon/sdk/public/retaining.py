"""`Retaining`: what the versions of a collection live by.

Owns the attributes that can be set, until `save()` stores them. Refuses to own the rules; those are
`hozon.model.expiry` and `hozon.model.retention`.
"""

from dataclasses import dataclass, replace

from hozon.errors import InvalidRetentionError
from hozon.model.expiry import check_collection_ttl
from hozon.model.names import format_version
from hozon.model.retention import RetentionPolicy, RetentionRule
from hozon.model.ttl import ArtifactTTL, Ttl, check_ttl
from hozon.ports.catalog import Collection
from hozon.ports.retention import CollectionPolicy
from hozon.sdk.session import Session
from hozon.services.expire import preview_retention
from hozon.services.ttl import read_collection_policy


@dataclass(frozen=True, slots=True)
class RetentionVerdict:
    """What a retention policy says of a version. `preview_retention` returns a list of them.

    Examples:
        See what would go.

        ```python
        import hozon

        collection = hozon.Api().artifact_collection("dataset", "mnist")
        collection.retention = hozon.RetentionPolicy(keep_aliased=True)
        verdicts = collection.preview_retention()
        print([verdict.version for verdict in verdicts if verdict.goes])
        #> ['mnist:v1']
        ```
    """

    version: str
    """The name of the version, such as `mnist:v0`."""

    kept_by: tuple[RetentionRule, ...]
    """The rules that keep it; none when it goes."""

    @property
    def goes(self) -> bool:
        """Whether the next pass soft-deletes it."""
        return not self.kept_by


class Retaining:
    """What the versions of a collection live by."""

    _session: Session
    _record: Collection
    _seen: CollectionPolicy | None
    _wanted: CollectionPolicy | None

    @property
    def ttl(self) -> Ttl:
        """How long versions without a TTL of their own live. After a change, `save()` stores it.

        A `timedelta` from one second to 36,500 days; None for never; `ArtifactTTL.INHERIT`, the
        default, for what is set on the project, or else on the team. It holds at once for the
        versions that are there.

        Raises:
            InvalidTtlError: What is set is no `timedelta`, such as a bare number, or too short or
                too long.

        Examples:
            Let datasets expire after a year.

            ```python
            from datetime import timedelta

            import hozon

            collection = hozon.Api().artifact_collection("dataset", "mnist")
            print(collection.ttl)
            #> ArtifactTTL.INHERIT
            collection.ttl = timedelta(days=365)
            collection.save()
            print(hozon.Api().artifact("mnist:v0").effective_ttl)
            #> 365 days, 0:00:00
            ```
        """
        return self._policy.ttl

    @ttl.setter
    def ttl(self, value: Ttl) -> None:
        checked = check_ttl(value)
        if not isinstance(checked, ArtifactTTL):
            check_collection_ttl(self._record.path, kind=self._record.kind)
        self._wanted = replace(self._policy, ttl=checked)

    @property
    def retention(self) -> RetentionPolicy | None:
        """Which versions are kept; None where none goes. After a change, `save()` stores it.

        What no rule of the policy keeps is soft-deleted by the next pass.

        Raises:
            InvalidRetentionError: What is set is no `RetentionPolicy`.

        Examples:
            Keep the newest two versions and what has an alias.

            ```python
            import hozon

            api = hozon.Api()
            collection = api.artifact_collection("model", "sweep-classifier")
            collection.retention = hozon.RetentionPolicy(keep_newest=2)
            collection.save()
            print(api.expire().by_retention)
            #> ('ada/digits/sweep-classifier:v0',)
            ```
        """
        return self._policy.retention

    @retention.setter
    def retention(self, value: RetentionPolicy | None) -> None:
        if value is not None and not isinstance(value, RetentionPolicy):
            raise InvalidRetentionError(
                f"The retention policy is a {type(value).__name__}",
                hint="Give a hozon.RetentionPolicy, or None to keep everything.",
            )
        self._wanted = replace(self._policy, retention=value)

    def preview_retention(self) -> list[RetentionVerdict]:
        """Say what the retention policy would keep now, and by which rules; nothing is changed.

        It is the policy as it is set here, whether stored yet or not. Versions whose TTL has run
        out go anyway and are left out.

        Returns:
            A verdict for each version, newest first.

        Raises:
            InvalidRetentionError: No policy is set.

        Examples:
            Try a policy before you store it.

            ```python
            import hozon

            collection = hozon.Api().artifact_collection("dataset", "mnist")
            collection.retention = hozon.RetentionPolicy(keep_newest=1)
            for verdict in collection.preview_retention():
                print(verdict.version, *verdict.kept_by or ["goes"])
                #> mnist:v2 newest aliased
                #> mnist:v1 goes
                #> mnist:v0 aliased
            ```
        """
        policy = self._policy.retention
        if policy is None:
            raise InvalidRetentionError(
                f"{self._record.path} has no retention policy and keeps everything",
                hint="Set retention to a hozon.RetentionPolicy first.",
            )
        return [
            RetentionVerdict(
                f"{self._record.path.name}:{format_version(decision.facts.index)}",
                decision.kept_by,
            )
            for decision in preview_retention(self._session.context, self._record, policy)
        ]

    @property
    def _policy(self) -> CollectionPolicy:
        """The policy as the user wants it; read from the catalog when it is first needed."""
        if self._wanted is None:
            self._seen = self._wanted = read_collection_policy(self._session.context, self._record)
        return self._wanted
