"""`Linking`: how a version stands in portfolios, and which collection it is of.

Owns the published methods and properties. Refuses to own what a link is; that is
`hozon.model.links`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from hozon.model.aliases import check_aliases
from hozon.model.paths import CollectionPath
from hozon.model.versions import Version
from hozon.sdk.bundle import Bundle
from hozon.services.links import link_version, source_of, unlink_version
from hozon.services.resolve import collection_of

if TYPE_CHECKING:
    from hozon.sdk.artifact import Artifact
    from hozon.sdk.public.collection import ArtifactCollection


class Linking(Bundle):
    """How a version stands in portfolios, and which collection it is of."""

    def link(self, target_path: str, aliases: Sequence[str] | None = None) -> "Artifact":
        """Let this version stand in a portfolio, beside versions of other collections.

        A portfolio is made by its first link, and takes the type of that. `latest` of the
        portfolio and the given aliases move to the link. Linking the same version again finds the
        link that is there. A link of a link leads to the source.

        Args:
            target_path: `[[entity/]project/]portfolio`; by default of the project of the source.
            aliases: Names to give the link beside `latest`.

        Returns:
            The link: a version of the portfolio, with a number and aliases of its own.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft; log it first.
            InvalidPathError: The path is malformed, or names a version.
            InvalidNameError: A part of the path breaks the rules for names.
            InvalidAliasError: An alias breaks the rules.
            CollectionKindError: The name is one under which versions are logged.
            TypeConflictError: The portfolio holds links to artifacts of another type.
            ProtectedAliasError: Another link of the portfolio has an alias that is protected.
            VersionStateError: The version has been deleted.

        Examples:
            Choose the models of several collections that a team should use.

            ```python
            import hozon

            api = hozon.Api()
            for name in ("classifier:production", "sweep-classifier:latest"):
                api.artifact(name).link("team-models", aliases=["approved"])

            for link in api.artifacts("model", "team-models"):
                print(link.name, link.aliases, link.source_name)
                #> team-models:v1 ['approved', 'latest'] sweep-classifier:v2
                #> team-models:v0 [] classifier:v1
            ```
        """
        version = self._logged("link")
        target = CollectionPath.parse(target_path, default=version.origin.collection.at)
        link = link_version(self._session.context, version, target, aliases=check_aliases(aliases))
        return self._open(link)

    def unlink(self) -> None:
        """Take this link out of its portfolio, together with its aliases.

        The source stays as it is. The number of the link is never given to another.

        Danger:
            Whoever looks the link up by path or alias no longer finds it.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            LinkStateError: It is a version of its own, no link.
            ProtectedAliasError: It has a protected alias.
            VersionStateError: It has been removed already.

        Examples:
            The version itself is still there.

            ```python
            import hozon

            api = hozon.Api()
            model = api.artifact("classifier:production")
            link = model.link("team-models")
            print([v.name for v in api.artifacts("model", "team-models")])
            #> ['team-models:v0']
            link.unlink()
            print(link.state, model.state)
            #> DELETED COMMITTED
            print([c.name for c in api.artifact_collections("digits", "model")])
            #> ['classifier', 'sweep-classifier']
            ```
        """
        link = self._logged("unlink")
        self._adopt(unlink_version(self._session.context, link))

    @property
    def is_link(self) -> bool:
        """Whether it is a link in a portfolio.

        Examples:
            A version is one thing, the link to it another.

            ```python
            import hozon

            model = hozon.Api().artifact("classifier:production")
            link = model.link("team-models")
            print(model.name, model.is_link)
            #> classifier:v1 False
            print(link.name, link.is_link)
            #> team-models:v0 True
            ```
        """
        return self._logged("is_link").is_link

    @property
    def source_name(self) -> str:
        """The name and version of the source of a link, such as `mnist:v0`; else its own.

        Examples:
            Look up what a portfolio offers.

            ```python
            import hozon

            api = hozon.Api()
            api.artifact("mnist:reviewed").link("ada/shared/team-datasets")
            link = api.artifact("ada/shared/team-datasets:latest")
            print(link.qualified_name)
            #> ada/shared/team-datasets:v0
            print(link.source_entity, link.source_project, link.source_name)
            #> ada digits mnist:v0
            print(link.source_version, link.source_artifact.aliases)
            #> v0 ['reviewed']
            ```
        """
        origin = self._logged("source_name").origin
        return f"{origin.collection.name}:{origin.selector}"

    @property
    def source_version(self) -> str:
        """The version of the source of a link, such as `v0`; else its own."""
        return self._logged("source_version").origin.selector

    @property
    def source_project(self) -> str:
        """The project of the source of a link; else its own."""
        return self._logged("source_project").origin.collection.at.project

    @property
    def source_entity(self) -> str:
        """The owner of the project of the source of a link; else of its own."""
        return self._logged("source_entity").origin.collection.at.entity

    @property
    def source_artifact(self) -> "Artifact":
        """The source of a link, whatever its state; else the artifact itself."""
        version = self._logged("source_artifact")
        if not version.is_link:
            return cast("Artifact", self)
        return self._open(source_of(self._session.context, version))

    @property
    def collection(self) -> "ArtifactCollection":
        """The collection that it is a version of; of a link the portfolio.

        Examples:
            See what else there is under the name.

            ```python
            import hozon

            artifact = hozon.Api().artifact("mnist:reviewed")
            print([version.name for version in artifact.collection.artifacts()])
            #> ['mnist:v2', 'mnist:v1', 'mnist:v0']
            ```
        """
        from hozon.sdk.public.collection import (  # noqa: PLC0415  Collections list artifacts: a cycle.
            ArtifactCollection,
        )

        version = self._logged("collection")
        return ArtifactCollection(self._session, collection_of(self._session.context, version))

    def _open(self, version: Version) -> "Artifact":
        """Give users another version, over the same connections."""
        from hozon.sdk.artifact import open_version  # noqa: PLC0415  Artifacts are made of this.

        return open_version(self._session, version)
