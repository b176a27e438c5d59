"""`Membership`: the part of `Team` that says who belongs to it."""

from hozon.model.access import Member, check_role
from hozon.model.names import EntityName
from hozon.sdk.session import Session
from hozon.services.access import add_member, list_members, remove_member


class Membership:
    """Says who belongs to a team, and what for."""

    _session: Session
    _entity: EntityName

    @property
    def members(self) -> list[Member]:
        """The members, sorted by name; none for those who do not belong to the team.

        Examples:
            One who works alone needs no members.

            ```python
            import hozon

            team = hozon.Api().team("ada")
            print(team.members)
            #> []
            ```
        """
        return list(list_members(self._session.context, self._entity))

    def add_member(self, name: str, role: str = "member") -> None:
        """Give somebody a role in the team, or another role; at once.

        The first member makes an entity a team: whoever adds it becomes an admin, too.

        Args:
            name: The user.
            role: `admin`, `member` or `viewer`.

        Raises:
            InvalidAccessError: There is no such role, or the name is reserved.
            InvalidNameError: The name breaks the rules.
            AccessDeniedError: Whoever asks is no admin.
            LastAdminError: The last admin would become something else.

        Examples:
            Let somebody read.

            ```python
            import hozon

            team = hozon.Api().team("ada")
            team.add_member("grace", role="viewer")
            for member in team.members:
                print(member.name, member.role, member.added_by)
                #> ada admin ada
                #> grace viewer ada
            ```
        """
        add_member(self._session.context, self._entity, name, check_role(role))

    def remove_member(self, name: str) -> None:
        """Remove somebody from the team; at once. What they logged stays.

        Args:
            name: The user.

        Raises:
            MemberNotFoundError: There is no such member.
            AccessDeniedError: Whoever asks is no admin.
            LastAdminError: It is the last admin.

        Examples:
            Somebody has left.

            ```python
            import hozon

            team = hozon.Api().team("ada")
            team.add_member("grace")
            team.remove_member("grace")
            print([member.name for member in team.members])
            #> ['ada']
            ```
        """
        remove_member(self._session.context, self._entity, name)
