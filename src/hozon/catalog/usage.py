"""How many bytes versions hold, in SQL.

Owns what counts as held by somebody else. Refuses to own what is done about it. Invariant: it is
the same that a collector calls reached, so that nothing is promised that no collector frees.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    tuple_,
)

from hozon.catalog.batches import batches
from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.looks import committed_looks, looks_at, versions_of
from hozon.catalog.schema import (
    collections,
    entries,
    entry_sources,
    objects,
    pins,
    projects,
    versions,
)
from hozon.model.links import CollectionKind
from hozon.model.names import CollectionName, EntityName, ProjectName, TypeName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.plans import VersionLook
from hozon.model.usage import CollectionUsage, NamePatterns, VersionUsage
from hozon.model.versions import VersionId, VersionState
from hozon.ports.paging import Listing

_COMMITTED, _DELETED = VersionState.COMMITTED, VersionState.DELETED
_HOLDING = versions.c.state.in_((_COMMITTED, _DELETED))
_OTHER = versions.alias("other")
_OTHER_ENTRIES = entries.alias("other_entries")
_OTHER_HOLDING = _OTHER.c.state.in_((_COMMITTED, _DELETED))


def _held_by(*others: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell objects that such another version holds."""
    return exists().where(
        _OTHER_ENTRIES.c.digest == objects.c.digest,
        _OTHER.c.id == _OTHER_ENTRIES.c.version_id,
        _OTHER.c.store == objects.c.store,
        *others,
    )


def _pinned() -> ColumnElement[bool]:
    """Tell objects that an upload holds."""
    return exists().where(
        pins.c.digest == objects.c.digest,
        _OTHER.c.id == pins.c.version_id,
        _OTHER.c.store == objects.c.store,
    )


def _is_in(held: FromClause) -> ColumnElement[bool]:
    """Tell the objects of what is held."""
    return and_(objects.c.digest == held.c.digest, objects.c.store == held.c.store)


class SqlUsage:
    """Usage within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def by_collection(
        self, at: ProjectPath, *, names: NamePatterns, type_name: TypeName | None
    ) -> Listing[CollectionUsage]:
        """List what the collections of a project hold, oldest first."""
        query = (
            select(
                collections.c.id,
                collections.c.name,
                collections.c.type,
                projects.c.entity,
                projects.c.name.label("project"),
            )
            .join_from(collections, projects)
            .where(
                projects.c.entity == at.entity,
                projects.c.name == at.project,
                collections.c.kind == CollectionKind.SEQUENCE,
                exists().where(versions.c.collection_id == collections.c.id, _HOLDING),
            )
        )
        if names.expression is not None:
            query = query.where(collections.c.name.regexp_match(names.expression))
        if type_name is not None:
            query = query.where(collections.c.type == type_name)
        return SqlListing(
            self._connection, query, key=collections.c.id, decode=self._collection_usages
        )

    def by_version(self, path: CollectionPath) -> Listing[VersionUsage]:
        """List what the versions of a collection hold, newest first."""
        query = versions_of(path, versions.c.id, versions.c.index.label("number"), versions.c.state)
        query = query.where(_HOLDING)
        return SqlListing(
            self._connection,
            query,
            key=versions.c.index,
            decode=lambda rows: self._version_usages(path, rows),
            newest_first=True,
        )

    def freed_bytes(self, chosen: Iterable[VersionId]) -> int:
        """Sum up what only these versions hold."""
        going = self._without_sources(set(chosen))
        if not going:
            return 0
        ids = self._ids(going).cte("going")
        within = (
            select(versions.c.store, entries.c.digest)
            .join_from(entries, versions, versions.c.id == entries.c.version_id)
            .where(entries.c.version_id.in_(select(ids.c.id)))
        )
        others = _OTHER.c.id.not_in(select(ids.c.id))
        query = select(func.coalesce(func.sum(objects.c.length_bytes), 0)).where(
            tuple_(objects.c.store, objects.c.digest).in_(within),
            ~_held_by(_OTHER_HOLDING, others),
            ~_pinned(),
        )
        return int(self._connection.execute(query).scalar_one())

    def looks(self, path: CollectionPath) -> Iterator[VersionLook]:
        """Look at the committed versions of a collection, newest first."""
        return committed_looks(self._connection, path)

    def looks_at(self, path: CollectionPath, indexes: Sequence[int]) -> Mapping[int, VersionLook]:
        """Look at versions by number, whatever their state."""
        return looks_at(self._connection, path, indexes)

    def _collection_usages(self, rows: Sequence[AnyRow]) -> list[CollectionUsage]:
        """Measure collections, some hundred at a time."""
        found: list[CollectionUsage] = []
        for batch in batches(rows):
            keys = [row.id for row in batch]
            counts, figures = self._counts(keys), self._collection_figures(keys)
            for row in batch:
                total, unique, deleted = figures.get(row.id, (0, 0, 0))
                at = ProjectPath(EntityName(row.entity), ProjectName(row.project))
                found.append(
                    CollectionUsage(
                        path=CollectionPath(at, CollectionName(row.name)),
                        type=TypeName(row.type),
                        versions=counts.get((row.id, _COMMITTED), 0),
                        total_bytes=total,
                        unique_bytes=unique,
                        deleted_versions=counts.get((row.id, _DELETED), 0),
                        deleted_bytes=deleted,
                    )
                )
        return found

    def _counts(self, keys: Sequence[int]) -> Mapping[tuple[int, str], int]:
        """Count versions by collection and state."""
        query = (
            select(versions.c.collection_id, versions.c.state, func.count())
            .where(versions.c.collection_id.in_(keys), _HOLDING)
            .group_by(versions.c.collection_id, versions.c.state)
        )
        return {(key, state): count for key, state, count in self._connection.execute(query)}

    def _collection_figures(self, keys: Sequence[int]) -> Mapping[int, tuple[int, int, int]]:
        """Sum up, by collection, what is held, held by no other, and held by deleted ones only."""
        held = (
            select(
                versions.c.collection_id,
                versions.c.store,
                entries.c.digest,
                func.max(case((versions.c.state == _COMMITTED, 1), else_=0)).label("live"),
            )
            .join_from(entries, versions, versions.c.id == entries.c.version_id)
            .where(versions.c.collection_id.in_(keys), _HOLDING)
            .group_by(versions.c.collection_id, versions.c.store, entries.c.digest)
            .subquery("held")
        )
        live = held.c.live == 1
        elsewhere = _OTHER.c.collection_id != held.c.collection_id
        alone = ~_held_by(_OTHER_HOLDING, elsewhere)
        forgotten = ~_held_by(_OTHER.c.state == _COMMITTED)
        free = ~_pinned()
        query = (
            select(
                held.c.collection_id,
                _length(live),
                _length(live, free, alone),
                _length(~live, free, forgotten),
            )
            .join_from(held, objects, _is_in(held))
            .group_by(held.c.collection_id)
        )
        return {
            key: (int(total), int(unique), int(deleted))
            for key, total, unique, deleted in self._connection.execute(query)
        }

    def _version_usages(self, path: CollectionPath, rows: Sequence[AnyRow]) -> list[VersionUsage]:
        """Measure versions of one collection, some hundred at a time."""
        found: list[VersionUsage] = []
        for batch in batches(rows):
            figures = self._version_figures([row.id for row in batch])
            for row in batch:
                total, unique = figures.get(row.id, (0, 0))
                at = ArtifactPath.at_index(path, row.number)
                found.append(VersionUsage(at, VersionState(row.state), total, unique))
        return found

    def _version_figures(self, keys: Sequence[int]) -> Mapping[int, tuple[int, int]]:
        """Sum up, by version, what is held, and what no other version holds."""
        held = (
            select(entries.c.version_id, versions.c.store, entries.c.digest)
            .join_from(entries, versions, versions.c.id == entries.c.version_id)
            .where(entries.c.version_id.in_(keys))
            .distinct()
            .subquery("held")
        )
        alone = ~_held_by(_OTHER_HOLDING, _OTHER.c.id != held.c.version_id)
        query = (
            select(held.c.version_id, _length(), _length(~_pinned(), alone))
            .join_from(held, objects, _is_in(held))
            .group_by(held.c.version_id)
        )
        return {
            key: (int(total), int(unique)) for key, total, unique in self._connection.execute(query)
        }

    def _without_sources(self, going: set[VersionId]) -> set[VersionId]:
        """Leave out what a collector keeps because entries of other versions refer to it."""
        referring = _OTHER.c.id == entry_sources.c.version_id
        query = (
            select(entry_sources.c.source_id, entry_sources.c.version_id)
            .join_from(entry_sources, _OTHER, referring)
            .where(entry_sources.c.source_id.in_(self._ids(going)), _OTHER_HOLDING)
        )
        referred: dict[VersionId, set[VersionId]] = defaultdict(set)
        for source, version in self._connection.execute(query):
            referred[VersionId(source)].add(VersionId(version))
        left = set(going)
        while staying := {s for s, by in referred.items() if s in left and not by <= left}:
            left -= staying
        return left

    def _ids(self, chosen: Iterable[VersionId]) -> Select[Any]:
        """Bring any number of keys into a statement, as one parameter: `IN` takes only so many."""
        text = literal(json.dumps(sorted(chosen)), Text())
        if self._connection.dialect.name == "postgresql":
            each = func.json_array_elements_text(cast(text, JSON)).table_valued("value")
        else:
            each = func.json_each(text).table_valued("value")
        return select(cast(each.c.value, Integer).label("id"))


def _length(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """Sum up the lengths of objects that meet some conditions."""
    length = objects.c.length_bytes
    counted = case((and_(*conditions), length), else_=0) if conditions else length
    return func.coalesce(func.sum(counted), 0)
