"""What commands work on: the installation that the settings name, opened and closed again.

Owns how a command gets at the services and at the public API, and how it reads the paths that
people type. Refuses to own what is done with either.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, RunPath, SweepPath
from hozon.sdk.session import Session, current_session
from hozon.services.context import Context
from hozon.settings import Settings

if TYPE_CHECKING:
    from hozon.sdk.public.api import Api


@dataclass(frozen=True, slots=True)
class Opened:
    """An installation; it is opened by the first thing that needs it."""

    session: Session
    """The connections, which the SDK shares."""

    @property
    def settings(self) -> Settings:
        """What is configured."""
        return self.session.settings

    @property
    def context(self) -> Context:
        """What services need."""
        return self.session.context

    @property
    def default(self) -> ProjectPath:
        """Where names without entity or project are looked up."""
        return self.session.settings.default_path

    def api(self, at: ProjectPath | None = None) -> "Api":
        """Give the public API.

        Args:
            at: Where names are looked up; None for the default.
        """
        from hozon.sdk.public.api import Api  # noqa: PLC0415  Most commands do without.

        return Api({"entity": at.entity, "project": at.project} if at is not None else None)

    def project(self, text: str | None) -> ProjectPath:
        """Read `[entity/]project`; nothing means the default project.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidNameError: A part breaks the rules for names.
        """
        return ProjectPath.parse(text or "", default=self.default)

    def collection(self, text: str, *, at: ProjectPath | None = None) -> CollectionPath:
        """Read `[[entity/]project/]name`.

        Args:
            text: What was typed.
            at: Where names are looked up; None for the default.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidNameError: A part breaks the rules for names.
        """
        return CollectionPath.parse(text, default=at or self.default)

    def version(self, text: str, *, at: ProjectPath | None = None) -> ArtifactPath:
        """Read `[[entity/]project/]name[:version-or-alias]`.

        Args:
            text: What was typed.
            at: Where names are looked up; None for the default.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidNameError: A part breaks the rules for names.
            InvalidAliasError: What follows the colon is neither a version nor an alias.
        """
        return ArtifactPath.parse(text, default=at or self.default)

    def run(self, text: str) -> RunPath:
        """Read `[[entity/]project/]run_id`.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidNameError: A part breaks the rules for names.
        """
        return RunPath.parse(text, default=self.default)

    def sweep(self, text: str) -> SweepPath:
        """Read `[[entity/]project/]sweep_id`.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidNameError: A part breaks the rules for names.
        """
        return SweepPath.parse(text, default=self.default)


@contextmanager
def opened() -> Iterator[Opened]:
    """Open what the settings name, and close it when the command is done.

    Raises:
        InvalidSettingError: The configuration cannot be used.
        InvalidNameError: The entity, the project or the user breaks the rules for names.
    """
    session = current_session()
    try:
        yield Opened(session)
    finally:
        session.close()
