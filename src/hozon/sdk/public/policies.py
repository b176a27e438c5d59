"""`Policies`: the part of `Api` that says how long versions live, and lets those go that are due.

Owns the look-ups of projects and teams, and the call that expires. Refuses to own the rules; those
are `hozon.model.expiry` and `hozon.model.retention`.
"""

from hozon.model.names import EntityName, check_name
from hozon.model.paths import ProjectPath
from hozon.sdk.public.project import Project, Team
from hozon.sdk.session import Session
from hozon.services.expire import ExpiryReport, expire


class Policies:
    """How long versions live, and the call that lets those go that are due."""

    _session: Session
    _default: ProjectPath

    def project(self, name: str = "", entity: str | None = None) -> Project:
        """Give a project, to read or set what holds for all its collections.

        Args:
            name: The project, or `entity/project`; empty for the default project.
            entity: The owner; None for the one that `name` has, or else for the default.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidNameError: A name breaks the rules.

        Examples:
            Let what is logged to a scratch project live for a week.

            ```python
            from datetime import timedelta

            import hozon

            scratch = hozon.Api().project("scratch")
            scratch.ttl = timedelta(weeks=1)
            scratch.save()
            print(hozon.Api().project("scratch"), hozon.Api().project("scratch").ttl)
            #> <Project ada/scratch> 7 days, 0:00:00
            ```
        """
        default = self._default
        if entity is not None:
            default = ProjectPath.of(entity, default.project)
        return Project(self._session, ProjectPath.parse(name, default=default))

    def team(self, team: str = "") -> Team:
        """Give a team, to read or set what holds for all its projects.

        Args:
            team: The owner of the projects, a team or a user; empty for the default entity.

        Raises:
            InvalidNameError: The name breaks the rules.

        Examples:
            Let versions live for two years where only the team says how long.

            ```python
            from datetime import timedelta

            import hozon

            team = hozon.Api().team("ada")
            team.ttl = timedelta(days=730)
            team.save()
            print(team, hozon.Api().artifact("mnist:v0").effective_ttl)
            #> <Team ada> 730 days, 0:00:00
            ```
        """
        name = check_name(team, kind="entity") if team else self._default.entity
        return Team(self._session, EntityName(name))

    def expire(self, dry_run: bool = False) -> ExpiryReport:
        """Soft-delete, in all projects, what has expired and what no retention policy keeps.

        First go the versions whose TTL has run out, then those that the retention policies of
        their collections do not keep. Their aliases go with them and are remembered; `latest`
        falls to the newest version that is left. Each version is judged again at the moment at
        which it is deleted, by the clock of the catalog.

        Danger:
            Whoever looks an expired version up by path or alias no longer finds it.

        Args:
            dry_run: Whether only to say what would go.

        Returns:
            What went, or would go.

        Raises:
            InvalidRetentionError: A stored policy is of a newer release.

        Examples:
            See what would go, and then let it go.

            ```python
            import hozon

            api = hozon.Api()
            datasets = api.artifact_collection("dataset", "mnist")
            datasets.retention = hozon.RetentionPolicy(keep_aliased=True)
            datasets.save()
            print(api.expire(dry_run=True).by_retention, len(datasets.artifacts()))
            #> ('ada/digits/mnist:v1',) 3
            print(api.expire().by_retention, len(datasets.artifacts()))
            #> ('ada/digits/mnist:v1',) 2
            ```
        """
        return expire(self._session.context, dry_run=dry_run)
