"""`AuditApi`: the part of `Api` that tells who did what."""

from datetime import datetime

from hozon.errors import InputError
from hozon.model.audit import AuditRecord, parse_audited
from hozon.model.paths import ProjectPath
from hozon.sdk.pages import Paginator
from hozon.sdk.session import Session
from hozon.services.audit import read_audit


class AuditApi:
    """Tells who did what."""

    _session: Session
    _default: ProjectPath

    def audit_log(
        self,
        path: str | None = None,
        *,
        who: str | None = None,
        action: str | None = None,
        since: datetime | None = None,
        per_page: int = 50,
    ) -> Paginator[AuditRecord]:
        """List who did what, the newest act first.

        Every act is written in the transaction in which it is done, and no row is ever changed or
        removed. Members of the team read it; in private projects others find nothing.

        Args:
            path: `entity`, `entity/project`, `entity/project/name` or
                `entity/project/name:version`; None for the default project. The name is that of an
                artifact, a portfolio or a run.
            who: A user, or `collector`; None for all.
            action: Such as `create`, `alias`, `delete`; None for all. See `Act`.
            since: Only what was done from then on, with a time zone; None for all.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InvalidAccessError: The path is malformed, or there is no such action.
            InvalidNameError: A part of the path breaks the rules for names.
            InputError: `since` has no time zone, or `per_page` is below 1.
            AccessDeniedError: The project may be read, and its log by members only.

        Examples:
            Find out who took an alias away.

            ```python
            import hozon

            api = hozon.Api()
            model = api.artifact("classifier:production")
            model.aliases.remove("production")
            model.save()
            for record in api.audit_log("ada/digits/classifier", action="unalias"):
                print(record.who, record.path, record.details)
                #> ada ada/digits/classifier:v1 {'alias': 'production'}
            ```
        """
        if since is not None and since.tzinfo is None:
            raise InputError(
                f"since is {since.isoformat()}, and nobody knows in which time zone",
                hint="Give it one, such as datetime(2026, 1, 31, tzinfo=UTC).",
            )
        query = parse_audited(path, default=self._default, who=who, action=action, since=since)
        return Paginator(
            read_audit(self._session.context, query), lambda record: record, per_page=per_page
        )
