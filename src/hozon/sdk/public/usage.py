"""Usage, as the public API offers it: what versions hold in the store."""

from collections.abc import Sequence

from hozon.model.names import TypeName, check_name
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.usage import CollectionUsage, NamePatterns, VersionUsage
from hozon.sdk.pages import Paginator
from hozon.sdk.session import Session
from hozon.services.usage import list_usage, list_version_usage


class UsageApi:
    """What `Api` offers about the bytes that versions hold."""

    _session: Session
    _default: ProjectPath

    def usage(
        self,
        name: str | Sequence[str] | None = None,
        *,
        project: str = "",
        type_name: str | None = None,
        per_page: int = 50,
    ) -> Paginator[CollectionUsage]:
        """List what the collections of a project hold in the store, oldest first.

        Deleting frees only what nothing else holds, and only once the deleted versions are purged.
        Files outside that an artifact refers to count nothing, and neither do links.

        Args:
            name: The name of a collection, a pattern such as `sweep-*`, or a list of them; None
                for all.
            project: `[entity/]project`; empty for the default project.
            type_name: What the collections hold, such as `dataset`; None for anything.
            per_page: How many to measure at a time, 1 or more.

        Raises:
            InvalidPathError: The project is malformed.
            InvalidNameError: A name breaks the rules.
            CollectionNotFoundError: There is no collection of a name that has no wildcard.
            CollectionKindError: A name is that of a portfolio.
            InputError: `per_page` is below 1.

        Examples:
            Compare what collections hold with what deleting them would free.

            ```python
            import hozon

            for usage in hozon.Api().usage():
                print(usage.name, usage.versions, usage.total_bytes, usage.unique_bytes)
                #> mnist 3 156 156
                #> classifier 2 42 42
                #> sweep-classifier 3 54 54
            ```
        """
        at = ProjectPath.parse(project, default=self._default)
        wanted = None if type_name is None else TypeName(check_name(type_name, kind="type"))
        listing = list_usage(
            self._session.context, at, names=NamePatterns.of(name), type_name=wanted
        )
        return Paginator(listing, lambda usage: usage, per_page=per_page)

    def version_usage(self, name: str, per_page: int = 50) -> Paginator[VersionUsage]:
        """List what the versions of a collection hold in the store, newest first.

        Deleted versions are listed, too, until they are purged: they hold their bytes.

        Args:
            name: `[[entity/]project/]name`.
            per_page: How many to measure at a time, 1 or more.

        Raises:
            InvalidPathError: The path is malformed.
            CollectionNotFoundError: There is no such collection.
            CollectionKindError: It is a portfolio, which holds no bytes.
            InputError: `per_page` is below 1.

        Examples:
            A deleted version still holds its bytes.

            ```python
            import hozon

            api = hozon.Api()
            api.artifact("mnist:v1").delete()
            for usage in api.version_usage("mnist"):
                print(usage.name, usage.state, usage.total_bytes, usage.unique_bytes)
                #> mnist:v2 COMMITTED 72 72
                #> mnist:v1 DELETED 52 52
                #> mnist:v0 COMMITTED 32 32
            ```
        """
        path = CollectionPath.parse(name, default=self._default)
        listing = list_version_usage(self._session.context, path)
        return Paginator(listing, lambda usage: usage, per_page=per_page)
