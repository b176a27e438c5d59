"""`ArtifactType`: what some collections of a project hold."""

from hozon.model.names import TypeName, check_name
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.sdk.pages import Paginator
from hozon.sdk.public.collection import ArtifactCollection
from hozon.sdk.session import Session
from hozon.services.resolve import list_collections, resolve_collection


class ArtifactType:
    """What some collections of a project hold. `Api.artifact_type` returns it.

    Examples:
        Go from the types of a project to its collections.

        ```python
        import hozon

        for kind in hozon.Api().artifact_types():
            print(kind, [collection.name for collection in kind.collections()])
            #> <ArtifactType ada/digits dataset> ['mnist']
            #> <ArtifactType ada/digits model> ['classifier', 'sweep-classifier']
        print(kind.name, kind.entity, kind.project)
        #> model ada digits
        ```
    """

    def __init__(self, session: Session, at: ProjectPath, name: TypeName) -> None:
        """Name a type; nothing is read yet."""
        self._session = session
        self._at = at
        self._name = name

    def __repr__(self) -> str:
        """Show the project and the name."""
        return f"<ArtifactType {self._at} {self._name}>"

    @property
    def name(self) -> str:
        """The name, such as `dataset`."""
        return self._name

    @property
    def entity(self) -> str:
        """The owner of the project."""
        return self._at.entity

    @property
    def project(self) -> str:
        """The project."""
        return self._at.project

    def collections(self, per_page: int = 50) -> Paginator[ArtifactCollection]:
        """List the collections of this type, oldest first.

        Args:
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InputError: `per_page` is below 1.

        Examples:
            Count the versions of each model.

            ```python
            import hozon

            for collection in hozon.Api().artifact_type("model").collections():
                print(collection.name, len(collection.artifacts()))
                #> classifier 2
                #> sweep-classifier 3
            ```
        """
        return Paginator(
            list_collections(self._session.context, self._at, type_name=self._name),
            lambda record: ArtifactCollection(self._session, record),
            per_page=per_page,
        )

    def collection(self, name: str) -> ArtifactCollection:
        """Find a collection of this type.

        Args:
            name: Its name.

        Raises:
            InvalidPathError: The name has several parts.
            CollectionNotFoundError: There is no such collection, or one of another type.

        Examples:
            See which aliases are in use.

            ```python
            import hozon

            models = hozon.Api().artifact_type("model")
            print(models.collection("classifier").aliases)
            #> ['baseline', 'latest', 'production']
            ```
        """
        checked = check_name(name, kind="artifact")
        path = CollectionPath.parse(checked, default=self._at)
        found = resolve_collection(self._session.context, path, type_name=self._name)
        return ArtifactCollection(self._session, found)
