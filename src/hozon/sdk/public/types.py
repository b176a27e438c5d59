"""`TypesApi`: the part of `Api` that goes from types to collections.

Owns the look-up of collections by type. Refuses to own what a collection can do; that is
`hozon.sdk.public.collection`.
"""

from hozon.model.names import TypeName, check_name
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.sdk.pages import Paginator
from hozon.sdk.public.artifact_type import ArtifactType
from hozon.sdk.public.collection import ArtifactCollection
from hozon.sdk.session import Session
from hozon.services.projects import check_type_there, list_types
from hozon.services.resolve import resolve_collection


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
        wanted = TypeName(check_name(type_name, kind="type"))
        found = resolve_collection(self._session.context, path, type_name=wanted)
        return ArtifactCollection(self._session, found)

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
        return ArtifactType(self._session, at, name).collections(per_page)


def types_of(session: Session, at: ProjectPath, *, per_page: int) -> Paginator[ArtifactType]:
    """List the types of a project, as users hold them."""
    return Paginator(
        list_types(session.context, at),
        lambda name: ArtifactType(session, at, name),
        per_page=per_page,
    )
