"""`Project` and `Team`: what holds for all collections of a project, or all projects of an owner.

Owns the attributes that can be set, until `save()` stores them. Refuses to own the rules; those are
`hozon.model.expiry`.
"""

from dataclasses import replace
from datetime import datetime

from hozon.errors import InvalidTtlError
from hozon.model.access import Visibility, check_visibility
from hozon.model.expiry import TeamTtl
from hozon.model.names import EntityName
from hozon.model.paths import ProjectPath
from hozon.model.ttl import Ttl, check_ttl
from hozon.sdk.notebooks import card
from hozon.sdk.pages import Paginator
from hozon.sdk.public.artifact_type import ArtifactType
from hozon.sdk.public.membership import Membership
from hozon.sdk.public.types import types_of
from hozon.sdk.session import Session
from hozon.services.access import read_visibility, set_visibility
from hozon.services.projects import project_created_at
from hozon.services.ttl import (
    read_project_ttl,
    read_team_ttl,
    set_project_ttl,
    set_team_ttl,
)


class Project:
    """What holds for all collections of a project. `Api.project` returns it.

    Examples:
        Let all of a project's versions live for ninety days, unless they say otherwise.

        ```python
        from datetime import timedelta

        import hozon

        project = hozon.Api().project("digits")
        print(project.name, project.entity, project.ttl)
        #> digits ada ArtifactTTL.INHERIT
        print(project.created_at.tzinfo, hozon.Api().project("letters").created_at)
        #> UTC None
        project.ttl = timedelta(days=90)
        project.save()
        print(hozon.Api().artifact("mnist:v0").effective_ttl)
        #> 90 days, 0:00:00
        ```
    """

    def __init__(self, session: Session, path: ProjectPath) -> None:
        """Name a project; nothing is read yet."""
        self._session = session
        self._path = path
        self._changed: tuple[Ttl] | None = None
        self._visibility: Visibility | None = None

    def __repr__(self) -> str:
        """Show the path."""
        return f"<Project {self._path}>"

    @property
    def name(self) -> str:
        """The name."""
        return self._path.project

    @property
    def entity(self) -> str:
        """The owner."""
        return self._path.entity

    def _repr_html_(self) -> str:
        """Show it as a table in a notebook."""
        return card(f"Project {self._path}", [("created", self.created_at)])

    @property
    def created_at(self) -> datetime | None:
        """When it was made, or first written to, UTC; None for one that there is not."""
        return project_created_at(self._session.context, self._path)

    def artifacts_types(self, per_page: int = 50) -> Paginator[ArtifactType]:
        """List the types of its collections, by name.

        Args:
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InputError: `per_page` is below 1.

        Examples:
            See what every project holds.

            ```python
            import hozon

            for project in hozon.Api().projects():
                print(project.name, [kind.name for kind in project.artifacts_types()])
                #> digits ['dataset', 'model']
            ```
        """
        return types_of(self._session, self._path, per_page=per_page)

    @property
    def ttl(self) -> Ttl:
        """How long the versions of this project live. After a change, `save()` stores it.

        A `timedelta` from one second to 36,500 days; None for never; `ArtifactTTL.INHERIT`, the
        default, for what is set on the team. What is set on a version wins, then what is set on
        its collection, then this. It holds at once for the versions that are there.

        Raises:
            InvalidTtlError: What is set is no `timedelta`, or too short or too long.
        """
        if self._changed is not None:
            return self._changed[0]
        return read_project_ttl(self._session.context, self._path)

    @ttl.setter
    def ttl(self, value: Ttl) -> None:
        self._changed = (check_ttl(value),)

    @property
    def visibility(self) -> str:
        """Who sees this project: `private`, `public` or `open`. After a change, `save()` stores it.

        A private project is for members of its team; to others it looks as if it did not exist. A
        public one everyone reads, and members write; an open one everyone reads and writes.

        Raises:
            InvalidAccessError: What is set is none of these.
            ProjectNotFoundError: There is none, or you may not see it.

        Examples:
            Let everyone read.

            ```python
            import hozon

            project = hozon.Api().project("digits")
            print(project.visibility)
            #> private
            project.visibility = "public"
            project.save()
            print(hozon.Api().project("digits").visibility)
            #> public
            ```
        """
        return str(self._visibility or read_visibility(self._session.context, self._path))

    @visibility.setter
    def visibility(self, value: str) -> None:
        self._visibility = check_visibility(value)

    def save(self) -> None:
        """Store what was changed; a project that nobody logged to yet is made.

        Raises:
            AccessDeniedError: The visibility is for admins to change, and the TTL for members if
                the team lets them.

        Examples:
            Keep everything of a project, whatever the team says.

            ```python
            from datetime import timedelta

            import hozon

            api = hozon.Api()
            team = api.team("ada")
            team.ttl = timedelta(days=365)
            team.save()
            print(api.artifact("mnist:v0").expires_at is None)
            #> False
            project = api.project("digits")
            project.ttl = None
            project.save()
            print(api.artifact("mnist:v0").expires_at is None)
            #> True
            ```
        """
        if self._changed is not None:
            set_project_ttl(self._session.context, self._path, self._changed[0])
            self._changed = None
        if self._visibility is not None:
            set_visibility(self._session.context, self._path, self._visibility)
            self._visibility = None


class Team(Membership):
    """What holds for all projects of a team or a user. `Api.team` returns it.

    Examples:
        Let versions live for a year, and let only admins change that.

        ```python
        from datetime import timedelta

        import hozon

        team = hozon.Api().team("ada")
        print(team.name, team.ttl, team.members_may_set_ttl)
        #> ada ArtifactTTL.INHERIT True
        team.ttl = timedelta(days=365)
        team.members_may_set_ttl = False
        team.save()
        again = hozon.Api().team("ada")
        print(again.ttl, again.members_may_set_ttl)
        #> 365 days, 0:00:00 False
        ```
    """

    def __init__(self, session: Session, entity: EntityName) -> None:
        """Name a team; nothing is read yet."""
        self._session = session
        self._entity = entity
        self._seen: TeamTtl | None = None
        self._wanted: TeamTtl | None = None

    def __repr__(self) -> str:
        """Show the name."""
        return f"<Team {self._entity}>"

    @property
    def name(self) -> str:
        """The name."""
        return self._entity

    @property
    def ttl(self) -> Ttl:
        """How long the versions of this team's projects live. After a change, `save()` stores it.

        A `timedelta` from one second to 36,500 days; None for never; `ArtifactTTL.INHERIT`, the
        default, which means never here, because nothing stands above a team. What is set on a
        version wins, then what is set on its collection, then on its project, then this. It holds
        at once for the versions that are there.

        Raises:
            InvalidTtlError: What is set is no `timedelta`, or too short or too long.
        """
        return self._settings.ttl

    @ttl.setter
    def ttl(self, value: Ttl) -> None:
        self._wanted = replace(self._settings, ttl=check_ttl(value))

    @property
    def members_may_set_ttl(self) -> bool:
        """Whether members may set TTLs, or only admins. After a change, `save()` stores it.

        Raises:
            InvalidTtlError: What is set is neither True nor False.
        """
        return self._settings.members_may_set_ttl

    @members_may_set_ttl.setter
    def members_may_set_ttl(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise InvalidTtlError(f"members_may_set_ttl is {value!r}", hint="Give True or False.")
        self._wanted = replace(self._settings, members_may_set_ttl=value)

    def save(self) -> None:
        """Store what was changed; what was not is left as it is.

        Raises:
            AccessDeniedError: Whoever asks is no admin of the team.

        Examples:
            Give the default back.

            ```python
            from datetime import timedelta

            import hozon

            team = hozon.Api().team("ada")
            for ttl in (timedelta(days=30), hozon.ArtifactTTL.INHERIT):
                team.ttl = ttl
                team.save()
                print(hozon.Api().artifact("mnist:v0").effective_ttl)
                #> 30 days, 0:00:00
                #> None
            ```
        """
        wanted = self._settings
        set_team_ttl(self._session.context, self._entity, seen=self._seen or wanted, wanted=wanted)
        self._seen = self._wanted = None

    @property
    def _settings(self) -> TeamTtl:
        """The settings as the user wants them; read from the catalog when they are first needed."""
        if self._wanted is None:
            self._seen = self._wanted = read_team_ttl(self._session.context, self._entity)
        return self._wanted
