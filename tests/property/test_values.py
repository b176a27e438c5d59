"""Properties of values: round trips and injectivity."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from hozon.catalog.types import JsonDocument
from hozon.errors import InvalidAliasError, InvalidEntryPathError
from hozon.model.digests import digest_of_manifest
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.metadata import check_json_object
from hozon.model.names import Alias, check_alias, check_name
from hozon.model.paths import (
    ArtifactPath,
    CollectionPath,
    ProjectPath,
    RunPath,
    SweepPath,
    check_entry_path,
)
from hozon.model.sweep_config import parse_sweep_config

ELSEWHERE = ProjectPath.of("someone", "else")

names = st.from_regex(r"[A-Za-z0-9_.-]{1,128}", fullmatch=True).filter(lambda n: n.strip("."))
projects = st.builds(ProjectPath.of, names, names)


def is_alias(text: str) -> bool:
    """Tell whether the rules accept an alias."""
    try:
        check_alias(text)
    except InvalidAliasError:
        return False
    return True


aliases = st.text(max_size=20).filter(is_alias).map(Alias)
selectors = st.one_of(st.integers(0, 10**9).map("v{}".format), aliases)
numbers = st.floats() | st.integers()
keys = st.text() | st.sampled_from(["$float", "$", "$$float"])
documents = st.dictionaries(
    keys,
    st.recursive(
        st.none() | st.booleans() | numbers | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
entries = st.dictionaries(
    st.text(max_size=6), st.tuples(st.text(max_size=6), st.integers(0, 2**63)), max_size=4
)


@given(names)
def test_good_names_are_accepted(name: str) -> None:
    """Whatever the grammar allows."""
    assert check_name(name, kind="artifact") == name


@given(projects, names, selectors)
def test_paths_are_read_as_they_are_written(at: ProjectPath, name: str, selector: str) -> None:
    """A full path means the same wherever it is read."""
    assert ProjectPath.parse(str(at), default=ELSEWHERE) == at
    collection = CollectionPath.parse(f"{at}/{name}", default=ELSEWHERE)
    assert CollectionPath.parse(str(collection), default=ELSEWHERE) == collection
    artifact = ArtifactPath(collection, selector)
    assert ArtifactPath.parse(str(artifact), default=ELSEWHERE) == artifact
    for kind in (RunPath, SweepPath):
        path = kind.parse(name, default=at)
        assert str(path) == f"{at}/{name}"
        assert kind.parse(str(path), default=ELSEWHERE) == path


@given(st.lists(st.sampled_from(["a", ".", "..", "", "b c", "C:", "\\", "~", "日"]), min_size=1))
def test_an_accepted_entry_path_stays_inside(parts: list[str]) -> None:
    """On POSIX and on Windows, joined to any folder."""
    path = "/".join(parts)
    try:
        check_entry_path(path)
    except InvalidEntryPathError:
        return
    for separated in (path, path.replace("\\", "/")):
        assert ".." not in separated.split("/")
        assert not separated.startswith("/")
    assert path[1:2] != ":"


def flat(
    content: Mapping[str, tuple[str, int]],
) -> list[tuple[str, str, int, None, dict[str, object]]]:
    """Give entries as the digest takes them."""
    return [(path, digest, size, None, {}) for path, (digest, size) in sorted(content.items())]


@given(entries, entries)
def test_equal_digests_mean_equal_content(
    one: dict[str, tuple[str, int]], other: dict[str, tuple[str, int]]
) -> None:
    """And different content has different digests."""
    same = digest_of_manifest(flat(one)) == digest_of_manifest(flat(other))
    assert same == (one == other)


@given(st.dictionaries(st.text(min_size=1), st.binary(min_size=32, max_size=32)), st.data())
def test_the_order_of_adding_never_matters(content: dict[str, bytes], data: st.DataObject) -> None:
    """Any permutation makes the same manifest."""
    added = [ManifestEntry(path, digest.hex(), 1) for path, digest in content.items()]
    shuffled = Manifest.of(data.draw(st.permutations(added)))
    assert shuffled.digest == Manifest.of(added).digest
    assert list(shuffled) == sorted(added, key=lambda entry: entry.path)


@given(entries.filter(bool), st.data())
def test_every_small_change_changes_the_digest(
    content: dict[str, tuple[str, int]], data: st.DataObject
) -> None:
    """Characters that move between path and digest, a size that grows by one, a lost entry."""
    path, (digest, size) = data.draw(st.sampled_from(sorted(content.items())))
    rest = {other: content[other] for other in content if other != path}
    changes = [{}, {path: (digest, size + 1)}, {path: (f"{digest}x", size)}]
    if digest and f"{path}{digest[0]}" not in content:
        changes.append({f"{path}{digest[0]}": (digest[1:], size)})
    digests = {digest_of_manifest(flat({**rest, **change})) for change in changes}
    assert len(digests) == len(changes)
    assert digest_of_manifest(flat(content)) not in digests


@given(documents)
def test_documents_survive_the_json_column(document: dict[str, Any]) -> None:
    """NaN, infinity and keys that look like our own tags included."""
    checked = check_json_object(document, what="document", finite=False)
    written = json.dumps(JsonDocument().process_bind_param(checked, dialect()), allow_nan=False)
    read = JsonDocument().process_result_value(json.loads(written), dialect())
    assert repr(read) == repr(checked)


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=3),
        st.lists(st.integers(), min_size=1, max_size=4, unique=True),
        min_size=1,
        max_size=4,
    )
)
def test_the_points_of_a_grid_are_all_different(values: dict[str, list[int]]) -> None:
    """As many as the product of the counts, in the order of nested loops."""
    config = parse_sweep_config(
        {
            "method": "grid",
            "metric": {"name": "loss"},
            "parameters": {name: {"values": tried} for name, tried in values.items()},
        }
    )
    assert config.point_count is not None
    points = [tuple(config.grid_point(number).items()) for number in range(config.point_count)]
    assert len(set(points)) == config.point_count
    places = [[values[n].index(v) for n, v in p if isinstance(v, int)] for p in points]
    assert places == sorted(places)
