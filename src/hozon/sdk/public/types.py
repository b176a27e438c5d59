"""`ArtifactType`, and `TypesApi`: the part of `Api` that goes from types to collections.

Owns the look-up of collections by type. Refuses to own what a collection can do; that is
`hozon.sdk.public.collection`.
"""

from hozon.model.names import TypeName, check_name
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.sdk.pages import Paginator
from hozon.sdk.public.collection import ArtifactCollection
from hozon.sdk.session import Session
from hozon.services.projects import check_type_there, list_types
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
        return list_of_type(self._session, self._at, self._name, per_page=per_page)

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
        return find_of_type(self._session, path, self._name)


class TypesApi:
    """Goes from types to collections."""

    _session: Session
    _default: ProjectPath

    def artifact_types(
        self, project: str | None = None, per_page: int = 50
    ) -> Paginator[ArtifactType]:
        """List the types of a project's collections, by name.

        Args:
            project: `[entity/]project`; None for the default project.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InvalidPathError: The path is malformed.
            InputError: `per_page` is below 1.

        Examples:
            See what a project holds.

            ```python
            import hozon

            print([kind.name for kind in hozon.Api().artifact_types("digits")])
            #> ['dataset', 'model']
            ```
        """
        at = ProjectPath.parse(project or "", default=self._default)
        return types_of(self._session, at, per_page=per_page)

    def artifact_type(self, type_name: str, project: str | None = None) -> ArtifactType:
        """Find a type that a project has artifacts of.

        Args:
            type_name: The type, such as `dataset`.
            project: `[entity/]project`; None for the default project.

        Raises:
            InvalidPathError: The path is malformed.
            TypeNotFoundError: The project has no artifacts of this type; the hint lists its types.

        Examples:
            List what is of one type.

            ```python
            import hozon

            datasets = hozon.Api().artifact_type("dataset", "digits")
            print(list(datasets.collections()))
            #> [<ArtifactCollection ada/digits/mnist (dataset)>]
            ```
        """
        at = ProjectPath.parse(project or "", default=self._default)
        name = TypeName(check_name(type_name, kind="type"))
        check_type_there(self._session.context, at, name)
        return ArtifactType(self._session, at, name)

    def artifact_collection(self, type_name: str, name: str) -> ArtifactCollection:
        """Find a collection.

        Args:
            type_name: What it holds, such as `dataset`.
            name: `[[entity/]project/]name`.

        Raises:
            InvalidPathError: The path is malformed.
            CollectionNotFoundError: There is no such collection, or one of another type.

        Examples:
            See which aliases are in use.

            ```python
            import hozon

            collection = hozon.Api().artifact_collection("model", "classifier")
            print(collection)
            #> <ArtifactCollection ada/digits/classifier (model)>
            print(collection.aliases)
            #> ['baseline', 'latest', 'production']
            ```
        """
        path = CollectionPath.parse(name, default=self._default)
        return find_of_type(self._session, path, TypeName(check_name(type_name, kind="type")))

    def artifact_collections(
        self, project_name: str, type_name: str, per_page: int = 50
    ) -> Paginator[ArtifactCollection]:
        """List the collections of one type, oldest first.

        Args:
            project_name: `[entity/]project`.
            type_name: What they hold, such as `dataset`.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InvalidPathError: The path is malformed.
            InputError: `per_page` is below 1.

        Examples:
            List the models of a project.

            ```python
            import hozon

            for collection in hozon.Api().artifact_collections("digits", "model"):
                print(collection.name, len(collection.artifacts()))
                #> classifier 2
                #> sweep-classifier 3
            ```
        """
        at = ProjectPath.parse(project_name, default=self._default)
        name = TypeName(check_name(type_name, kind="type"))
        return list_of_type(self._session, at, name, per_page=per_page)


def types_of(session: Session, at: ProjectPath, *, per_page: int) -> Paginator[ArtifactType]:
    """List the types of a project, as users hold them."""
    return Paginator(
        list_types(session.context, at),
        lambda name: ArtifactType(session, at, name),
        per_page=per_page,
    )


def list_of_type(
    session: Session, at: ProjectPath, name: TypeName, *, per_page: int
) -> Paginator[ArtifactCollection]:
    """List the collections of a type, as users hold them."""
    return Paginator(
        list_collections(session.context, at, type_name=name),
        lambda record: ArtifactCollection(session, record),
        per_page=per_page,
    )


def find_of_type(session: Session, path: CollectionPath, name: TypeName) -> ArtifactCollection:
    """Find a collection of a type, as users hold it."""
    return ArtifactCollection(session, resolve_collection(session.context, path, type_name=name))
