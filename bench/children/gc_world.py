"""What happens around a collection: `python -m bench.children.gc_world ACTION VERSIONS FILES`.

`seed` records versions as if each had been logged, half of them deleted long ago; `collect` makes
one pass and takes the time of its steps; `commit` logs one more version after the other until there
is a file `stop`. Each prints one line of JSON. The variables say where data is.

Versions are seeded by the ports of the catalog and of the store: to log a million files would take
minutes, and leaves the same rows and the same packs.
"""

import hashlib
import json
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import hozon
from bench.children.changing import (
    FILE_BYTES,
    changed_in,
    content_of,
    path_of,
    write_version,
)
from bench.children.stopwatch import NAME, peak_bytes
from hozon.bootstrap import SystemClock, open_context
from hozon.model.digests import ContentDigest
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.names import CollectionName, TypeName
from hozon.model.paths import CollectionPath
from hozon.model.places import Place, pack_key
from hozon.model.versions import VersionState
from hozon.ports.catalog import NewVersion
from hozon.services.context import Context
from hozon.services.garbage.collect import collect_garbage
from hozon.settings import load_settings
from hozon.testing.clocks import ManualClock

_LONG_AGO = timedelta(days=60)
_IDLE_COMMITS = 15

Report = dict[str, object]


def seed(versions: int, files: int) -> Report:
    """Record versions, and delete the older half of them."""
    settings = load_settings()
    clock = ManualClock(SystemClock().now() - _LONG_AGO)
    context = open_context(settings, clock=clock)
    path = CollectionPath(settings.default_path, CollectionName(NAME))
    with context.catalog.write() as session:
        collection = session.collections.ensure(path, type_name=TypeName("data"), now=clock.now())
    entries = dict[str, ManifestEntry]()
    for number in range(versions):
        places, size = _store(context, entries, version=number, files=files)
        manifest = Manifest.of(entries.values())
        now = clock.now()
        new = NewVersion(
            digest=manifest.digest,
            size=files * FILE_BYTES,
            file_count=files,
            description=None,
            metadata={},
            logged_by=None,
            created_by=context.principal,
            created_at=now,
            lease_expires_at=now,
            upload_id=uuid.uuid4().hex,
        )
        with context.catalog.write() as session:
            version = session.versions.open(collection.key, new)
            session.objects.add(places, now=now)
            index = session.collections.take_index(collection.key)
            session.versions.commit(version, index=index, manifest=manifest, now=now)
            if number < versions // 2:
                session.versions.change_state(
                    version, VersionState.DELETED, by=context.principal, now=now
                )
    context.close()
    return {"entries": versions * files, "pack_bytes": size}


def _store(
    context: Context, entries: dict[str, ManifestEntry], *, version: int, files: int
) -> tuple[dict[ContentDigest, Place], int]:
    """Store what is new in a version as one pack, and bring the entries up to date."""
    key = pack_key(uuid.uuid4().hex, 0)
    places, pack = dict[ContentDigest, Place](), bytearray()
    for number in changed_in(version, files=files):
        content = content_of(number, version)
        digest = ContentDigest(hashlib.sha256(content).hexdigest())
        places[digest] = Place(key, len(pack), len(content))
        pack += content
        path = path_of(number)
        entries[path] = ManifestEntry(path, digest, len(content))
    source = Path("pack")
    source.write_bytes(pack)
    context.store.put(key, source)
    return places, len(pack)


def collect(_versions: int, _files: int) -> Report:
    """Make one pass."""
    context = open_context(load_settings())
    begun: list[tuple[str, float]] = []
    began = time.monotonic()
    report = collect_garbage(context, tell=lambda step: begun.append((step, time.monotonic())))
    ended = time.monotonic()
    peak = peak_bytes()
    ends = [at for _, at in begun[1:]] + [ended]
    context.close()
    return {
        "began": began,
        "ended": ended,
        "steps": {step: end - at for (step, at), end in zip(begun, ends, strict=True)},
        "peak_bytes": peak,
        "versions_purged": report.versions_purged,
        "objects_condemned": report.objects_condemned,
        "keys_removed": report.keys_removed,
        "failures": len(report.failures) + len(report.missing),
    }


def commit(versions: int, files: int) -> Report:
    """Log one more version, again and again."""
    folder = Path("more")
    for version in range(versions):
        write_version(folder, version, files=files)
    commits: list[tuple[float, float]] = []
    version = versions
    with hozon.init() as run:
        while not Path("stop").exists():
            write_version(folder, version, files=files)
            began = time.monotonic()
            artifact = hozon.Artifact(NAME, type="data")
            artifact.add_dir(str(folder))
            run.log_artifact(artifact).wait()
            commits.append((began, time.monotonic()))
            version += 1
            if len(commits) == _IDLE_COMMITS:
                Path("idle").touch()
    return {"commits": commits}


_ACTIONS: dict[str, Callable[[int, int], Report]] = {
    "seed": seed,
    "collect": collect,
    "commit": commit,
}


if __name__ == "__main__":
    _action, _versions, _files = sys.argv[1:]
    sys.stdout.write(json.dumps(_ACTIONS[_action](int(_versions), int(_files))))
