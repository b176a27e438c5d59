"""`ArtifactCollection`: all versions of one name."""

from datetime import datetime

from hozon.model.links import CollectionKind
from hozon.model.restoring import Restored
from hozon.ports.catalog import Collection
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.notebooks import card
from hozon.sdk.pages import Paginator
from hozon.sdk.public.changing import Changing
from hozon.sdk.public.retaining import Retaining
from hozon.sdk.session import Session
from hozon.services.collections import read_collection
from hozon.services.delete import delete_collection
from hozon.services.resolve import collection_aliases, list_versions
from hozon.services.restore import restore_collection


class ArtifactCollection(Changing, Retaining):
    """All versions of one name in one project. `Api.artifact_collection` returns it.

    Examples:
        Read what is known of a collection.

        ```python
        import hozon

        collection = hozon.Api().artifact_collection("dataset", "mnist")
        print(collection.name, collection.type)
        #> mnist dataset
        print(collection.entity, collection.project)
        #> ada digits
        print(collection.aliases)
        #> ['candidate', 'latest', 'reviewed']
        first = collection.artifacts()[-1]
        print(first.name, collection.created_at <= first.created_at)
        #> mnist:v0 True
        ```
    """

    def __init__(self, session: Session, record: Collection) -> None:
        """Wrap a collection that the catalog holds."""
        self._session = session
        self._record = record
        self._facts = record.facts
        self._seen = self._wanted = None

    def __repr__(self) -> str:
        """Show the path and the type."""
        return f"<ArtifactCollection {self._record.path} ({self._record.type})>"

    def _repr_html_(self) -> str:
        """Show it as a table in a notebook."""
        return card(
            f"Collection {self._record.path}",
            [
                ("type", self._record.type),
                ("holds", "versions" if self.is_sequence() else "links"),
                ("description", self._record.description),
                ("tags", self._record.tags),
                ("aliases", self.aliases),
                ("created", self.created_at),
            ],
        )

    @property
    def entity(self) -> str:
        """The owner of the project."""
        return self._record.path.at.entity

    @property
    def project(self) -> str:
        """The project."""
        return self._record.path.at.project

    @property
    def created_at(self) -> datetime:
        """When its first version began, or its first link was made, UTC."""
        return self._record.created_at

    @property
    def aliases(self) -> list[str]:
        """The aliases that its versions have now, sorted."""
        return list(collection_aliases(self._session.context, self._record))

    def versions(self, per_page: int = 50) -> Paginator[Artifact]:
        """List its versions, newest first: the same as `artifacts`.

        Args:
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InputError: `per_page` is below 1.

        Examples:
            Look at the two newest.

            ```python
            import hozon

            collection = hozon.Api().artifact_collection("dataset", "mnist")
            print([version.name for version in collection.versions()[:2]])
            #> ['mnist:v2', 'mnist:v1']
            ```
        """
        return self.artifacts(per_page)

    def is_sequence(self) -> bool:
        """Tell whether versions are logged to it; a portfolio holds links to others.

        Examples:
            Tell the two kinds apart.

            ```python
            import hozon

            api = hozon.Api()
            api.artifact("classifier:production").link("team-models")
            for collection in api.artifact_collections("digits", "model"):
                print(collection.name, collection.is_sequence())
                #> classifier True
                #> sweep-classifier True
                #> team-models False
            ```
        """
        return self._record.kind is CollectionKind.SEQUENCE

    def artifacts(self, per_page: int = 50) -> Paginator[Artifact]:
        """List its versions, newest first.

        Args:
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InputError: `per_page` is below 1.

        Examples:
            Add up the sizes of all versions.

            ```python
            import hozon

            collection = hozon.Api().artifact_collection("dataset", "mnist")
            versions = collection.artifacts()
            print(len(versions), sum(version.size for version in versions))
            #> 3 156
            ```
        """
        return Paginator(
            list_versions(self._session.context, self._record),
            lambda version: open_version(self._session, version),
            per_page=per_page,
        )

    def delete(self, force_links: bool = False) -> None:
        """Soft-delete all its versions with their aliases, all or none.

        The collection leaves every listing at once. Its name stays reserved: logging to it again
        goes on with the next number, and `restore()` brings back what is not purged yet. Of a
        portfolio the links are removed; their sources stay.

        Danger:
            Whoever looks a version up by path or alias no longer finds it.

        Args:
            force_links: Whether the links that lead to its versions may go with them, together
                with their aliases.

        Raises:
            CollectionNotFoundError: Nothing is left in it.
            ProtectedAliasError: A version, or a link that leads to one, has a protected alias.
            LinkedVersionError: Links lead to its versions, and `force_links` is False.

        Examples:
            Delete the models of a sweep.

            ```python
            import hozon

            api = hozon.Api()
            api.artifact_collection("model", "sweep-classifier").delete()
            left = api.artifact_collections("digits", "model")
            print([collection.name for collection in left])
            #> ['classifier']
            ```
        """
        delete_collection(self._session.context, self._record, force_links=force_links)

    def restore(self) -> Restored:
        """Bring back what went when the collection was last deleted as a whole.

        Versions that were deleted one by one stay deleted, and so do those that a collector has
        purged. Aliases and links come back as with `Artifact.restore`. Of a portfolio the links
        come back whose source is there, and which nobody made again. A collection that is gone is
        found through `Artifact.collection` of one of `Api.deleted_artifacts`.

        Returns:
            What came back, and what did not.

        Raises:
            VersionStateError: It was not deleted as a whole, or nothing of that is left.

        Examples:
            Take a delete back, days later and in another program.

            ```python
            import hozon

            api = hozon.Api()
            api.artifact_collection("model", "classifier").delete()

            deleted = api.deleted_artifacts(name="classifier")[0]
            restored = deleted.collection.restore()
            for path in restored.versions:
                print(path)
                #> ada/digits/classifier:v1
                #> ada/digits/classifier:v0
            print(api.artifact_collection("model", "classifier").aliases)
            #> ['baseline', 'latest', 'production']
            ```
        """
        context = self._session.context
        return restore_collection(context, read_collection(context, self._record).path)
