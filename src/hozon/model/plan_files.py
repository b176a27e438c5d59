"""Plans in files: a delete plan as JSON that people read and programs check.

Owns the format. Refuses to own files; who saves and loads them brings the text. Invariant:
`decode_plan(encode_plan(plan)) == plan`, and what is not a whole plan is refused.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from hozon.errors import HozonError, InvalidPlanError
from hozon.model.digests import ManifestDigest
from hozon.model.names import EntityName, check_alias, check_name
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.model.plans import DeletePlan, LeftOut, LeftOutReason, PlannedVersion

FORMAT: Final = 1
"""The number of the format that is written; others are not read."""

_KIND = "hozon delete plan"
_ANYWHERE = ProjectPath.of("none", "none")
_DIGEST = re.compile(r"[0-9a-f]{64}")

T = TypeVar("T")


def encode_plan(plan: DeletePlan) -> str:
    """Write a plan as JSON, a line for each value, so that two of them can be compared."""
    document = {
        "kind": _KIND,
        "format": FORMAT,
        "project": str(plan.at),
        "created_at": _written(plan.created_at),
        "created_by": plan.created_by,
        "delete_aliases": plan.delete_aliases,
        "force_links": plan.force_links,
        "freed_bytes": plan.freed_bytes,
        "versions": [
            {
                "path": str(version.path),
                "digest": version.digest,
                "size_bytes": version.size_bytes,
                "aliases": list(version.aliases),
                "links": list(map(str, version.links)),
                "updated_at": _written(version.updated_at),
            }
            for version in plan.versions
        ],
        "left_out": [
            {"path": str(item.path), "reason": item.reason.value, "names": list(item.names)}
            for item in plan.left_out
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def decode_plan(text: str | bytes, *, name: str) -> DeletePlan:
    """Read a plan.

    Args:
        text: What `encode_plan` wrote; lines for versions may have been taken out since.
        name: What to call it in the message.

    Raises:
        InvalidPlanError: It is no JSON, no plan, of a format that this release does not know, or
            a value in it is missing or malformed; the message says which.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _invalid(name, f"is no JSON ({error})") from error
    except RecursionError:
        raise _invalid(name, "is nested too deeply") from None
    if not isinstance(document, dict) or document.get("kind") != _KIND:
        raise _invalid(name, "is no delete plan")
    if document.get("format") != FORMAT or document["format"] is True:
        raise InvalidPlanError(
            f"{name} has the format {document.get('format')!r}; this release reads {FORMAT}",
            hint="Make the plan again with this release.",
        )
    return _plan(_Fields(document, name=name, at=""))


class _Fields:
    """The fields of one JSON object, read with a complaint that says where."""

    def __init__(self, values: Mapping[str, Any], *, name: str, at: str) -> None:
        self._values = values
        self._name = name
        self._at = at

    def take(self, key: str, kind: type[T]) -> T:
        value = self._values.get(key)
        # True is an int to Python, and none to whoever wrote the file.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(key)
        return value

    def count(self, key: str) -> int:
        value = self.take(key, int)
        if value < 0:
            raise self.wrong(key)
        return value

    def read(self, key: str, parse: Callable[[str], T]) -> T:
        return self._parsed(key, self.take(key, str), parse)

    def read_all(self, key: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        values = self.take(key, list)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key)
        return tuple(self._parsed(key, value, parse) for value in values)

    def objects(self, key: str) -> list["_Fields"]:
        values = self.take(key, list)
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(key)
        return [
            _Fields(value, name=self._name, at=f"{key}[{place}].")
            for place, value in enumerate(values)
        ]

    def wrong(self, key: str) -> InvalidPlanError:
        shown = repr(self._values[key])[:60] if key in self._values else "missing"
        return _invalid(self._name, f"has no valid {self._at}{key}: it is {shown}")

    def _parsed(self, key: str, value: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(value)
        except (HozonError, ValueError) as error:
            raise self.wrong(key) from error


def _plan(fields: _Fields) -> DeletePlan:
    """Read the whole."""
    versions = tuple(map(_version, fields.objects("versions")))
    if len({version.path for version in versions}) < len(versions):
        raise fields.wrong("versions")
    return DeletePlan(
        at=fields.read("project", _project),
        created_at=fields.read("created_at", _time),
        created_by=fields.read(
            "created_by", lambda text: EntityName(check_name(text, kind="entity"))
        ),
        delete_aliases=fields.take("delete_aliases", bool),
        force_links=fields.take("force_links", bool),
        versions=versions,
        left_out=tuple(map(_left_out, fields.objects("left_out"))),
        freed_bytes=fields.count("freed_bytes"),
    )


def _version(fields: _Fields) -> PlannedVersion:
    """Read a planned version."""
    return PlannedVersion(
        path=fields.read("path", _numbered),
        digest=fields.read("digest", _digest),
        size_bytes=fields.count("size_bytes"),
        aliases=fields.read_all("aliases", check_alias),
        links=fields.read_all("links", _numbered),
        updated_at=fields.read("updated_at", _time),
    )


def _left_out(fields: _Fields) -> LeftOut:
    """Read what was spared."""
    return LeftOut(
        path=fields.read("path", _numbered),
        reason=fields.read("reason", LeftOutReason),
        names=fields.read_all("names", _printable),
    )


def _project(text: str) -> ProjectPath:
    """Read a project with its entity."""
    return _whole(text, ProjectPath.parse(text, default=_ANYWHERE))


def _numbered(text: str) -> ArtifactPath:
    """Read the full path of a version, by number."""
    path = _whole(text, ArtifactPath.parse(text, default=_ANYWHERE))
    if path.index is None:
        raise ValueError(text)
    return path


def _whole(text: str, path: T) -> T:
    """Refuse what leaves a part of a path to defaults."""
    if str(path) != text:
        raise ValueError(text)
    return path


def _digest(text: str) -> ManifestDigest:
    """Read a digest."""
    if not _DIGEST.fullmatch(text):
        raise ValueError(text)
    return ManifestDigest(text)


def _printable(text: str) -> str:
    """Read what is only shown."""
    if not text.isprintable():
        raise ValueError(text)
    return text


def _written(time: datetime) -> str:
    """Write a time, in UTC."""
    return time.astimezone(UTC).isoformat()


def _time(text: str) -> datetime:
    """Read a time that has a zone."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(text)
    return value.astimezone(UTC)


def _invalid(name: str, what: str) -> InvalidPlanError:
    """Say what is wrong with a file."""
    return InvalidPlanError(
        f"{name} {what}", hint="Save the plan again, or name a file that a plan was saved to."
    )
