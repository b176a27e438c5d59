"""TTLs, retention policies and what is due by them, in SQL.

Owns the queries. Invariant: what applies to a version is the first that is set of its own TTL and
those of its collection, its project and its team; all queries agree on that.
"""

from collections import defaultdict
from collections.abc import Collection as Group
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    type_coerce,
    update,
)

from hozon.catalog.batches import batches
from hozon.catalog.database import streamed
from hozon.catalog.listings import AnyRow
from hozon.catalog.projects import ensure_project, find_project
from hozon.catalog.schema import (
    aliases,
    collections,
    links,
    projects,
    protected_aliases,
    runs,
    teams,
    versions,
)
from hozon.catalog.types import Microseconds
from hozon.model.expiry import Holders, TeamTtl, TtlSettings
from hozon.model.links import CollectionKind
from hozon.model.names import LATEST, CollectionName, EntityName, ProjectName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.retention import (
    RetentionPolicy,
    VersionFacts,
    decode_retention,
    encode_retention,
)
from hozon.model.runs import RunKey, comparable
from hozon.model.ttl import ArtifactTTL, Ttl
from hozon.model.versions import VersionId, VersionState
from hozon.ports.catalog import CollectionKey
from hozon.ports.retention import CollectionPolicy, GovernedCollection, TimedVersion

_SPANS_IN_BATCH: Final = 200
"""How many spans are compared by a statement: SQLite bounds how deep conditions are nested."""

_OTHER_STATES: Final = [state for state in VersionState if state is not VersionState.COMMITTED]
_COMMITTED = versions.c.state.not_in(_OTHER_STATES)
"""Written so that no index of states is used: most versions are committed, and every query here
has a better way to them."""

_EFFECTIVE = func.coalesce(versions.c.ttl, collections.c.ttl, projects.c.ttl, teams.c.ttl)
_MICROSECONDS = type_coerce(_EFFECTIVE, BigInteger)
_SPANNED = literal(0, BigInteger) < _MICROSECONDS
"""Neither NULL, which nothing sets, nor NEVER, which is below zero."""

_EXPIRES = Microseconds(versions.c.created_at) + _MICROSECONDS
"""When the time of a version comes."""


def _with_policies(*columns: ColumnElement[Any]) -> Select[Any]:
    """Select from versions together with everything above them."""
    return (
        select(*columns)
        .select_from(versions)
        .join(collections, collections.c.id == versions.c.collection_id)
        .join(projects, projects.c.id == collections.c.project_id)
        .outerjoin(teams, teams.c.entity == projects.c.entity)
    )


_leading = links.alias("leading")
_linking = versions.alias("linking")
_portfolios = collections.alias("portfolios")
_LEADS_HERE = and_(
    _leading.c.source_id == versions.c.id,
    _linking.c.id == _leading.c.version_id,
    _linking.c.state.not_in(_OTHER_STATES),
)
"""Which committed links lead to the version; none of the names is one of an enclosing query."""


def _is_named(*names: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether the version has an alias that meets conditions, if any."""
    return exists().where(aliases.c.version_id == versions.c.id, *names)


def _is_linked() -> ColumnElement[bool]:
    """Tell whether a committed link leads to the version."""
    return exists().where(_LEADS_HERE)


def _is_protected() -> ColumnElement[bool]:
    """Tell whether a protected alias points at the version."""
    return exists().where(
        aliases.c.version_id == versions.c.id,
        protected_aliases.c.alias == aliases.c.alias,
        protected_aliases.c.project_id == collections.c.project_id,
    )


def _is_protected_by_link() -> ColumnElement[bool]:
    """Tell whether a protected alias points at a committed link to the version."""
    return exists().where(
        _LEADS_HERE,
        _portfolios.c.id == _linking.c.collection_id,
        aliases.c.version_id == _linking.c.id,
        protected_aliases.c.alias == aliases.c.alias,
        protected_aliases.c.project_id == _portfolios.c.project_id,
    )


_SUSPENDED = or_(_is_linked(), _is_protected())
"""Whether something keeps the version from expiring."""


_TIMED = _with_policies(
    versions.c.id,
    versions.c.collection_id,
    versions.c.index.label("number"),
    versions.c.created_at,
    versions.c.ttl,
    collections.c.ttl.label("collection_ttl"),
    projects.c.ttl.label("project_ttl"),
    teams.c.ttl.label("team_ttl"),
    collections.c.name.label("collection"),
    projects.c.name.label("project"),
    projects.c.entity,
    _SUSPENDED.label("suspended"),
).where(
    _COMMITTED,
    _SPANNED,
    ~exists().where(links.c.version_id == versions.c.id),
)
"""What `_timed` reads: committed versions with a span, links left out."""


class SqlRetention:
    """TTLs and retention policies within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def project_ttl(self, at: ProjectPath) -> Ttl:
        """Read the TTL of a project."""
        query = select(projects.c.ttl).where(projects.c.id == find_project(self._connection, at))
        row = self._connection.execute(query).one_or_none()
        return row.ttl if row else ArtifactTTL.INHERIT

    def set_project_ttl(self, at: ProjectPath, ttl: Ttl, *, now: datetime) -> None:
        """Set the TTL of a project, which is made if need be."""
        key = ensure_project(self._connection, at, now=now)
        self._connection.execute(update(projects).where(projects.c.id == key).values(ttl=ttl))

    def team_ttl(self, entity: EntityName) -> TeamTtl:
        """Read what is set for all projects of an entity."""
        query = select(teams.c.ttl, teams.c.members_may_set_ttl).where(teams.c.entity == entity)
        row = self._connection.execute(query).one_or_none()
        return TeamTtl(row.ttl, row.members_may_set_ttl) if row else TeamTtl()

    def set_team_ttl(self, entity: EntityName, settings: TeamTtl) -> None:
        """Set what holds for all projects of an entity."""
        values = {"ttl": settings.ttl, "members_may_set_ttl": settings.members_may_set_ttl}
        changed = update(teams).where(teams.c.entity == entity).values(values)
        if not self._connection.execute(changed).rowcount:
            self._connection.execute(insert(teams).values(entity=entity, **values))

    def collection_policy(self, key: CollectionKey) -> CollectionPolicy:
        """Read what the versions of a collection live by."""
        query = select(collections.c.ttl, collections.c.retention).where(collections.c.id == key)
        row = self._connection.execute(query).one()
        return CollectionPolicy(row.ttl, _policy(row.retention))

    def set_collection_policy(self, key: CollectionKey, policy: CollectionPolicy) -> None:
        """Set what the versions of a collection live by."""
        encoded = encode_retention(policy.retention) if policy.retention else None
        changed = update(collections).where(collections.c.id == key)
        self._connection.execute(changed.values(ttl=policy.ttl, retention=encoded))

    def settings(self, version_id: VersionId) -> TtlSettings:
        """Read the TTLs on a version and above it."""
        query = _with_policies(
            versions.c.ttl,
            collections.c.ttl.label("collection_ttl"),
            projects.c.ttl.label("project_ttl"),
            teams.c.ttl.label("team_ttl"),
        ).where(versions.c.id == version_id)
        return _settings(self._connection.execute(query).one())

    def holders(self, held: Iterable[VersionId]) -> Mapping[VersionId, Holders]:
        """Find what keeps versions from expiring."""
        leading = defaultdict[VersionId, list[ArtifactPath]](list)
        protected = defaultdict[VersionId, list[ArtifactPath]](list)
        for batch in batches(held):
            for row in self._connection.execute(_links_to(batch)):
                leading[row.held].append(ArtifactPath.at_index(_path(row), row.number))
            for query in (_protecting(batch), _protecting_links(batch)):
                for row in self._connection.execute(query):
                    protected[row.held].append(ArtifactPath(_path(row), row.alias))
        return {
            version: Holders(tuple(protected[version]), tuple(leading[version]))
            for version in [*leading, *(key for key in protected if key not in leading)]
        }

    def count_timed(self, at: ProjectPath) -> int:
        """Count the committed versions of a project to which a TTL applies."""
        counted = _within(at).with_only_columns(func.count())
        return int(self._connection.execute(counted).scalar_one())

    def timed(self, at: ProjectPath, *, limit: int | None = None) -> Iterator[TimedVersion]:
        """Read the committed versions of a project to which a TTL applies, in flat memory."""
        query = _within(at).order_by("suspended", _EXPIRES, versions.c.id).limit(limit)
        return map(_timed, streamed(self._connection, query))

    def spans(self) -> Sequence[timedelta]:
        """List the distinct spans that apply to any committed version, the shortest first."""
        query = _with_policies(_EFFECTIVE.label("span")).where(_COMMITTED, _SPANNED).distinct()
        return sorted(self._connection.execute(query).scalars())

    def expired(
        self,
        cutoffs: Mapping[timedelta, datetime],
        *,
        after: VersionId | None = None,
        among: Group[VersionId] | None = None,
        limit: int,
    ) -> Sequence[TimedVersion]:
        """Find committed versions whose TTL has run out and is not suspended."""
        query = _TIMED.where(~_SUSPENDED)
        if after is not None:
            query = query.where(versions.c.id > after)
        found: list[TimedVersion] = []
        for batch in [None] if among is None else batches(among):
            here = query if batch is None else query.where(versions.c.id.in_(batch))
            for pairs in batches(cutoffs.items(), size=_SPANS_IN_BATCH):
                due = here.where(or_(*(_created_by(span, latest) for span, latest in pairs)))
                rows = self._connection.execute(due.order_by(versions.c.id).limit(limit))
                found.extend(map(_timed, rows))
        return sorted(found, key=lambda version: version.id)[:limit]

    def governed(
        self, kind: CollectionKind, *, after: CollectionKey | None, limit: int
    ) -> Sequence[GovernedCollection]:
        """List collections that have a retention policy, in the order of their keys."""
        query = (
            select(
                collections.c.id,
                collections.c.name.label("collection"),
                collections.c.retention,
                projects.c.name.label("project"),
                projects.c.entity,
            )
            .join_from(collections, projects)
            .where(collections.c.kind == kind, collections.c.retention.is_not(null()))
            .order_by(collections.c.id)
            .limit(limit)
        )
        if after is not None:
            query = query.where(collections.c.id > after)
        return [
            GovernedCollection(CollectionKey(row.id), _path(row), decode_retention(row.retention))
            for row in self._connection.execute(query)
        ]

    def facts(self, key: CollectionKey, *, metric: str | None) -> Sequence[VersionFacts]:
        """Read what a policy needs to know of all committed versions of a collection."""
        content = versions.alias("content")
        query = (
            _with_policies(
                versions.c.id,
                versions.c.index.label("number"),
                versions.c.created_at,
                _is_named().label("aliased"),
                _is_named(aliases.c.alias == LATEST).label("latest"),
                _is_linked().label("linked"),
                or_(_is_protected(), _is_protected_by_link()).label("protected"),
                func.coalesce(versions.c.logged_by, content.c.logged_by).label("run"),
            )
            .outerjoin(links, links.c.version_id == versions.c.id)
            .outerjoin(content, content.c.id == links.c.source_id)
            .where(versions.c.collection_id == key, _COMMITTED)
            .order_by(versions.c.index)
        )
        rows = self._connection.execute(query).all()
        results = self._results({row.run for row in rows if row.run is not None}, metric)
        return [
            VersionFacts(
                id=VersionId(row.id),
                index=row.number,
                created_at=row.created_at,
                aliased=bool(row.aliased),
                latest=bool(row.latest),
                linked=bool(row.linked),
                protected=bool(row.protected),
                result=results.get(row.run),
            )
            for row in rows
        ]

    def _results(self, keys: Iterable[RunKey], metric: str | None) -> Mapping[RunKey, float]:
        """Read one number of the summaries of runs; a summary is not held longer than that."""
        found: dict[RunKey, float] = {}
        for batch in batches(keys) if metric is not None else ():
            query = select(runs.c.id, runs.c.summary).where(runs.c.id.in_(batch))
            for row in self._connection.execute(query):
                result = comparable(row.summary, str(metric))
                if result is not None:
                    found[row.id] = result
        return found


def _links_to(batch: Sequence[VersionId]) -> Select[Any]:
    """Select the committed links to versions, oldest first."""
    return (
        _with_paths(links.c.source_id.label("held"), versions.c.index.label("number"))
        .join(links, links.c.version_id == versions.c.id)
        .where(links.c.source_id.in_(batch), _COMMITTED)
        .order_by(versions.c.id)
    )


def _protecting(batch: Sequence[VersionId]) -> Select[Any]:
    """Select the protected aliases that point at versions."""
    return (
        _with_protected_aliases(versions.c.id)
        .where(versions.c.id.in_(batch))
        .order_by(aliases.c.alias)
    )


def _protecting_links(batch: Sequence[VersionId]) -> Select[Any]:
    """Select the protected aliases that point at committed links to versions."""
    return (
        _with_protected_aliases(links.c.source_id)
        .join(links, links.c.version_id == versions.c.id)
        .where(links.c.source_id.in_(batch), _COMMITTED)
        .order_by(versions.c.id, aliases.c.alias)
    )


def _with_protected_aliases(held: ColumnElement[int]) -> Select[Any]:
    """Select versions with each of their protected aliases."""
    protecting = and_(
        protected_aliases.c.alias == aliases.c.alias,
        protected_aliases.c.project_id == projects.c.id,
    )
    return (
        _with_paths(held.label("held"), aliases.c.alias)
        .join(aliases, aliases.c.version_id == versions.c.id)
        .join(protected_aliases, protecting)
    )


def _with_paths(*columns: ColumnElement[Any]) -> Select[Any]:
    """Select from versions together with what names them."""
    return (
        select(
            *columns,
            collections.c.name.label("collection"),
            projects.c.name.label("project"),
            projects.c.entity,
        )
        .select_from(versions)
        .join(collections, collections.c.id == versions.c.collection_id)
        .join(projects, projects.c.id == collections.c.project_id)
    )


def _created_by(span: timedelta, latest: datetime) -> ColumnElement[bool]:
    """Choose the versions that live for a span and were created by a moment, itself included."""
    return and_(literal(span, versions.c.ttl.type) == _EFFECTIVE, versions.c.created_at <= latest)


def _path(row: AnyRow) -> CollectionPath:
    """Say which collection a row is about."""
    at = ProjectPath(EntityName(row.entity), ProjectName(row.project))
    return CollectionPath(at, CollectionName(row.collection))


def _settings(row: AnyRow) -> TtlSettings:
    """Read the TTLs of a row; there may be no row of the team."""
    return TtlSettings(row.ttl, row.collection_ttl, row.project_ttl, row.team_ttl)


def _within(at: ProjectPath) -> Select[Any]:
    """Read what `_timed` reads of one project."""
    return _TIMED.where(projects.c.entity == at.entity, projects.c.name == at.project)


def _timed(row: AnyRow) -> TimedVersion:
    """Turn a row of `_TIMED` into a version."""
    return TimedVersion(
        id=VersionId(row.id),
        collection=CollectionKey(row.collection_id),
        path=ArtifactPath.at_index(_path(row), row.number),
        created_at=row.created_at,
        settings=_settings(row),
        suspended=bool(row.suspended),
    )


def _policy(source: object) -> RetentionPolicy | None:
    """Read a stored policy, if there is one."""
    return None if source is None else decode_retention(source)
