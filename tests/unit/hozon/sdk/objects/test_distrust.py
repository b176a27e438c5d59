"""Whatever stands in an object file, the answer is an object or an error of ours."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from bokeh.plotting import figure

import hozon
from folders import FolderArtifact
from hozon.errors import HozonError
from hozon.sdk.objects import StoredObject, load_object, store_object

BOX = {
    "position": {"middle": [0.5, 0.5], "width": 0.1, "height": 0.2},
    "class_id": 1,
    "box_caption": "a car",
    "scores": {"confidence": 0.9},
    "domain": "pixel",
}
MASK = {"mask_data": np.zeros((2, 2), dtype=np.uint8), "class_labels": {0: "sky"}}
CLASSES = hozon.Classes([{"id": 0, "name": "sky"}])
IMAGE = hozon.Image(
    np.zeros((2, 2)),
    caption="a",
    grouping=1,
    classes=CLASSES,
    boxes={"said": {"box_data": [BOX], "class_labels": {1: "car"}}},
    masks={"truth": MASK},
)
TABLE = hozon.Table(
    ["image", "float", "array", "nested"],
    [[IMAGE, float("nan"), np.zeros((1, 2)), [{"$a": b"b"}]]],
)
OBJECTS = [
    TABLE,
    IMAGE,
    CLASSES,
    hozon.JoinedTable(TABLE, TABLE, ("float", "float")),
    hozon.PartitionedTable("parts"),
    hozon.ImageMask(MASK, "truth"),
    hozon.BoundingBoxes2D({"box_data": [BOX], "class_labels": {1: "car"}}, "said"),
    hozon.Audio(np.zeros(4), sample_rate=8),
    hozon.Video(np.zeros((1, 1, 2, 2), dtype=np.uint8)),
    hozon.Html("<p>"),
    hozon.Object3D(np.zeros((1, 3))),
    hozon.Bokeh(figure()),
]
JUNK = (None, True, -1, 0.5, 10**400, "", "../x", "\ud800", [], [None], {}, {"_type": "table"})


def places(value: object, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Find the way to every value in a JSON value, the outermost first."""
    if here:
        yield here
    items = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else items:
        yield from places(inner, (*here, key))


def changed(record: dict[str, Any], place: tuple[Any, ...], junk: object) -> dict[str, Any]:
    """Copy a record with another value at a place."""
    copied = copy.deepcopy(record)
    holder: Any = copied
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = junk
    return copied


@pytest.mark.parametrize("obj", OBJECTS, ids=lambda obj: type(obj).__name__)
def test_a_record_with_any_wrong_value_is_an_object_or_an_error(
    obj: StoredObject, artifact: FolderArtifact
) -> None:
    """At every place, and for every kind of value; nothing else is ever raised."""
    path = store_object(obj, "it", artifact)
    record = artifact.record(path)
    tried = refused = 0
    for place in places(record):
        for junk in JUNK:
            artifact.local(path).write_text(json.dumps(changed(record, place, junk)), "utf-8")
            tried += 1
            try:
                read = load_object(path, artifact)
                assert isinstance(read, StoredObject)
                assert (read == obj) in {True, False}
                assert repr(read)
            except HozonError:
                refused += 1
    assert tried >= 3 * len(JUNK)
    assert refused > tried / 2


def test_the_objects_above_are_of_all_classes() -> None:
    """None is left out."""
    assert len({type(obj) for obj in OBJECTS}) == len(OBJECTS) == 12
