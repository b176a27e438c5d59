"""`Existence`: the part of `Api` that tells whether something is there."""

from hozon.errors import NotFoundError, TypeConflictError
from hozon.model.names import TypeName, check_name
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.sdk.session import Session
from hozon.services.resolve import resolve_collection, resolve_version


class Existence:
    """Tells whether something is there."""

    _session: Session
    _default: ProjectPath

    def artifact_exists(self, name: str, type: str | None = None) -> bool:
        """Tell whether there is a version, without raising when there is none.

        Args:
            name: `[[entity/]project/]name[:version-or-alias]`; without the last, `latest`.
            type: What it must be; None for anything.

        Returns:
            False also for a deleted version, and for one of another type.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidNameError: A name breaks the rules.

        Examples:
            Ask before looking for something.

            ```python
            import hozon

            api = hozon.Api()
            for name in ("mnist", "mnist:reviewed", "mnist:v9"):
                print(name, api.artifact_exists(name))
                #> mnist True
                #> mnist:reviewed True
                #> mnist:v9 False
            print(api.artifact_exists("mnist", type="model"))
            #> False
            ```
        """
        path = ArtifactPath.parse(name, default=self._default)
        wanted = None if type is None else TypeName(check_name(type, kind="type"))
        try:
            resolve_version(self._session.context, path, type_name=wanted)
        except (NotFoundError, TypeConflictError):
            return False
        return True

    def artifact_collection_exists(self, name: str, type: str) -> bool:
        """Tell whether there is a collection with a version that is not deleted.

        Args:
            name: `[[entity/]project/]name`.
            type: What it must hold, such as `dataset`.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidNameError: A name breaks the rules.

        Examples:
            See whether a name is in use.

            ```python
            import hozon

            api = hozon.Api()
            for name in ("mnist", "cifar"):
                print(name, api.artifact_collection_exists(name, "dataset"))
                #> mnist True
                #> cifar False
            ```
        """
        path = CollectionPath.parse(name, default=self._default)
        wanted = TypeName(check_name(type, kind="type"))
        try:
            resolve_collection(self._session.context, path, type_name=wanted)
        except NotFoundError:
            return False
        return True
