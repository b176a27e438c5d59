"""`DeletedListing`: the part of `Api` that finds what was deleted."""

from hozon.model.names import TypeName, check_name
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.pages import Paginator
from hozon.sdk.session import Session
from hozon.services.restore import list_deleted


class DeletedListing:
    """Finds what was deleted and can still be restored."""

    _session: Session
    _default: ProjectPath

    def deleted_artifacts(
        self, type_name: str | None = None, name: str | None = None, per_page: int = 50
    ) -> Paginator[Artifact]:
        """List the deleted versions that can still be restored, the newest delete first.

        A link is listed when it was removed by itself; those that went with their source come
        back with it. What a collector has purged is not listed.

        Args:
            type_name: What their collections hold, such as `dataset`; None for anything.
            name: `[[entity/]project/]name`; None for all collections of the default project.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidNameError: A name breaks the rules.
            InputError: `per_page` is below 1.

        Examples:
            Restore what was deleted by mistake. Restoring while you iterate skips nothing.

            ```python
            import hozon

            api = hozon.Api()
            for version in api.artifacts("dataset", "mnist"):
                version.delete(delete_aliases=True)
            for version in api.deleted_artifacts("dataset", "mnist"):
                print(version.name, version.state, version.deleted_reason)
                #> mnist:v0 DELETED delete
                #> mnist:v1 DELETED delete
                #> mnist:v2 DELETED delete
                version.restore()
            print([version.name for version in api.artifacts("dataset", "mnist")])
            #> ['mnist:v2', 'mnist:v1', 'mnist:v0']
            print(len(api.deleted_artifacts()))
            #> 0
            ```
        """
        path = CollectionPath.parse(name, default=self._default) if name is not None else None
        listing = list_deleted(
            self._session.context,
            path.at if path else self._default,
            type_name=None if type_name is None else TypeName(check_name(type_name, kind="type")),
            name=path.name if path else None,
        )
        return Paginator(
            listing, lambda version: open_version(self._session, version), per_page=per_page
        )
