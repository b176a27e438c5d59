"""What is drawn over an image: masks and boxes.

Owns their numbers and labels. Refuses to own colours: whoever shows them chooses. Invariant: a mask
has one class id for each pixel, a box lies where its numbers say.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.base import Reader, StoredObject
from hozon.sdk.objects.contents import Content
from hozon.sdk.objects.inputs import check_integer, check_labels, check_text, file_of
from hozon.sdk.objects.libraries import is_array, need
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.pixels import (
    format_of,
    load_picture,
    open_picture,
    picture_of_array,
    write_picture,
)
from hozon.sdk.objects.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_CLASSES: Final = 256
_MASK_MODES: Final = frozenset({"1", "L", "P"})
"""Pillow's modes with one number for each pixel."""

_MASK_KEYS: Final = frozenset({"mask_data", "path", "class_labels"})
_BOXES_KEYS: Final = frozenset({"box_data", "class_labels"})
_BOX_KEYS: Final = frozenset({"position", "class_id", "box_caption", "scores", "domain"})
_POSITIONS: Final = MappingProxyType(
    {
        frozenset({"minX", "maxX", "minY", "maxY"}): ("minX", "maxX", "minY", "maxY"),
        frozenset({"middle", "width", "height"}): ("width", "height"),
    }
)


class ImageMask(StoredObject, type_name="mask"):
    """A class for each pixel of an image.

    Args:
        val: A dict with `mask_data`, an array of height by width integers of 0 to 255, or `path`, a
            PNG with one channel, which is kept as it is; and, if you like, `class_labels`, a
            mapping from these integers to text.
        key: What the mask shows, such as `ground_truth`.

    Raises:
        InvalidMediaError: The dict has other keys, the array another shape or other numbers, or
            the file is no such PNG.
        SourceFileError: The file cannot be read.
        MissingExtraError: Pillow or NumPy is not installed.

    Examples:
        Label the pixels of an image of 2 by 2.

        ```python
        import numpy as np

        import hozon

        pixels = np.array([[0, 0], [1, 1]])
        mask = hozon.ImageMask(
            {"mask_data": pixels, "class_labels": {0: "sky", 1: "road"}}, key="ground_truth"
        )
        print(mask, mask.class_labels)
        #> <ImageMask ground_truth 2x2> {0: 'sky', 1: 'road'}
        ```
    """

    key: str
    """What the mask shows."""

    class_labels: dict[int, str]
    """What the class ids mean; empty if that was not said."""

    width: int
    """How wide it is, in pixels."""

    height: int
    """How high it is, in pixels."""

    def __init__(self, val: Mapping[str, Any], key: str) -> None:
        """Check the pixels, and write them as a PNG."""
        _check_keys(val, _MASK_KEYS, what="mask")
        if ("mask_data" in val) == ("path" in val):
            raise InvalidMediaError(
                "A mask has mask_data or a path, and not both", hint="Give one of the two."
            )
        self.key = check_text(key, what="key of the mask")
        self.class_labels = check_labels(val.get("class_labels"))
        content: Content | None = (
            file_of(val["path"]) if "path" in val else _mask_content(val["mask_data"])
        )
        if content is None:
            raise InvalidMediaError(
                f"The path of the mask is {val['path']!r}", hint="Give the path of a PNG."
            )
        picture = open_picture(content)
        if format_of(picture) != "png" or picture.mode not in _MASK_MODES:
            raise InvalidMediaError(
                f"A {format_of(picture)} of mode {picture.mode!r} is no mask",
                hint="Give a PNG with one channel of 8 bits.",
            )
        self._content = content
        self.width, self.height = picture.size

    def __repr__(self) -> str:
        """Show what it shows, and its size."""
        return f"<ImageMask {self.key} {self.width}x{self.height}>"

    @property
    def mask_data(self) -> "NDArray[Any]":
        """The class ids, as an array of height by width bytes.

        Raises:
            CorruptObjectError: The artifact holds other bytes than the object file says.
            StorageError: The store refused or failed.
            MissingExtraError: Pillow or NumPy is not installed.

        Examples:
            Count the pixels of a class.

            ```python
            import numpy as np

            import hozon

            mask = hozon.ImageMask({"mask_data": np.array([[0, 0], [1, 0]])}, key="cars")
            print(int((mask.mask_data == 1).sum()))
            #> 1
            ```
        """
        numpy = need("numpy", what="A mask")
        ids: NDArray[Any] = numpy.asarray(load_picture(self._content)).astype("uint8")
        return ids

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:
        """Describe the PNG and its labels."""
        return {
            **sink.add(self._content, folder="masks", suffix=".png"),
            "key": self.key,
            "class_labels": _labels_record(self.class_labels),
            "width": self.width,
            "height": self.height,
        }

    @classmethod
    def _of_record(cls, record: Record, reader: Reader) -> Self:
        """Find the PNG, without fetching it."""
        made = cls.__new__(cls)
        made._content = record.content(reader.source)  # noqa: SLF001  Its own.
        made.key = record.text("key")
        made.class_labels = _labels_of_record(record)
        made.width, made.height = record.integer("width"), record.integer("height")
        return made


class BoundingBoxes2D(StoredObject, type_name="bounding-boxes"):
    """Boxes on an image.

    Args:
        val: A dict with `box_data`, a list of boxes, and, if you like, `class_labels`, a mapping
            from class ids to text. Each box is a dict with a `position` and a `class_id`, and may
            have a `box_caption`, `scores`, a mapping from text to numbers, and a `domain`. A
            position has `minX`, `maxX`, `minY` and `maxY`, or `middle` (a pair), `width` and
            `height`. They are fractions of the image from 0 to 1; with the domain `pixel`, pixels.
        key: What the boxes show, such as `predictions`.

    Raises:
        InvalidMediaError: A box has other keys, or a number of it is missing, no number, or
            outside its bounds; the box is named.

    Examples:
        Mark what a model found.

        ```python
        import hozon

        box = {
            "position": {"minX": 0.1, "maxX": 0.4, "minY": 0.2, "maxY": 0.6},
            "class_id": 1,
            "scores": {"confidence": 0.9},
        }
        boxes = hozon.BoundingBoxes2D(
            {"box_data": [box], "class_labels": {1: "car"}}, key="predictions"
        )
        print(boxes, boxes.class_labels[boxes.box_data[0]["class_id"]])
        #> <BoundingBoxes2D predictions: 1 box> car
        ```
    """

    key: str
    """What the boxes show."""

    box_data: list[dict[str, Any]]
    """The boxes, in the order given."""

    class_labels: dict[int, str]
    """What the class ids mean; empty if that was not said."""

    def __init__(self, val: Mapping[str, Any], key: str) -> None:
        """Copy the boxes, and check each."""
        _check_keys(val, _BOXES_KEYS, what="set of boxes")
        boxes = val.get("box_data")
        if not isinstance(boxes, (list, tuple)):
            raise InvalidMediaError(
                f"box_data is of type {type(boxes).__name__}", hint="Give a list of boxes."
            )
        self.key = check_text(key, what="key of the boxes")
        self.box_data = [_box(box, number) for number, box in enumerate(boxes)]
        self.class_labels = check_labels(val.get("class_labels"))

    def __repr__(self) -> str:
        """Show what they show, and how many there are."""
        count = len(self.box_data)
        return f"<BoundingBoxes2D {self.key}: {count} box{'' if count == 1 else 'es'}>"

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:  # noqa: ARG002  It has no bytes.
        """Describe the boxes."""
        return {
            "key": self.key,
            "box_data": self.box_data,
            "class_labels": _labels_record(self.class_labels),
        }

    @classmethod
    def _of_record(cls, record: Record, reader: Reader) -> Self:  # noqa: ARG003  The same.
        """Check the boxes as those of a user."""
        labels = _labels_of_record(record)
        return cls(
            {"box_data": record.items("box_data"), "class_labels": labels}, record.text("key")
        )


def _check_keys(val: object, known: frozenset[str], *, what: str) -> Mapping[str, Any]:
    """Insist on a dict with known keys."""
    if not isinstance(val, Mapping):
        raise InvalidMediaError(
            f"The {what} is of type {type(val).__name__}",
            hint=f"Give a dict with the keys {', '.join(sorted(known))}.",
        )
    strange = next((key for key in val if key not in known), None)
    if strange is not None:
        raise InvalidMediaError(
            f"The {what} has the unknown key {strange!r}",
            hint=f"Known keys are {', '.join(sorted(known))}.",
        )
    return val


def _mask_content(data: object) -> Content:
    """Write class ids as a PNG."""
    if not is_array(data) or data.ndim != 2 or data.dtype.kind not in "biu":  # noqa: PLR2004  Sides.
        found = f"{data.dtype} {data.shape}" if is_array(data) else type(data).__name__
        raise InvalidMediaError(
            f"mask_data is {found}", hint="Give a NumPy array of height by width integers."
        )
    if data.size and not 0 <= int(data.min()) <= int(data.max()) < _MOST_CLASSES:
        raise InvalidMediaError(
            f"mask_data has class ids from {data.min()} to {data.max()}",
            hint=f"Use class ids of 0 to {_MOST_CLASSES - 1}.",
        )
    return write_picture(picture_of_array(data.astype("uint8"), mode=None), form="png")


def _labels_record(labels: Mapping[int, str]) -> dict[str, str]:
    """Write labels with the text keys that JSON has."""
    return {str(key): label for key, label in labels.items()}


def _labels_of_record(record: Record) -> dict[int, str]:
    """Read labels."""
    try:
        return check_labels({int(key): v for key, v in record.mapping("class_labels").items()})
    except ValueError:
        return dict(record.refuse("class_labels", "integers as keys"))


def _box(box: object, number: int) -> dict[str, Any]:
    """Accept one box."""
    try:
        return _checked_box(_check_keys(box, _BOX_KEYS, what="box"))
    except InvalidMediaError as error:
        raise InvalidMediaError(f"Box {number}: {error.message}", hint=error.hint) from None


def _checked_box(box: Mapping[str, Any]) -> dict[str, Any]:
    """Check the numbers and texts of a box."""
    domain = box.get("domain")
    if domain not in (None, "pixel"):  # A list has no hash.
        raise InvalidMediaError(
            f"The domain is {domain!r}", hint="Use 'pixel', or leave it out for fractions."
        )
    checked = {
        "position": _position(box.get("position"), most=math.inf if domain else 1.0),
        "class_id": check_integer(box.get("class_id"), what="class_id"),
    }
    if domain is not None:
        checked["domain"] = domain
    if box.get("box_caption") is not None:
        checked["box_caption"] = check_text(box["box_caption"], what="box_caption")
    if box.get("scores") is not None:
        _check_mapping(box["scores"])
        checked["scores"] = {
            check_text(name, what="name of a score"): _number(score, what=f"score {name!r}")
            for name, score in box["scores"].items()
        }
    return checked


def _check_mapping(scores: object) -> None:
    """Insist on a mapping of scores."""
    if not isinstance(scores, Mapping):
        raise InvalidMediaError(
            f"scores is of type {type(scores).__name__}",
            hint="Give a mapping such as {'confidence': 0.9}.",
        )


def _position(position: object, *, most: float) -> dict[str, Any]:
    """Check where a box lies."""
    keys = frozenset(position) if isinstance(position, Mapping) else frozenset()
    sides = _POSITIONS.get(keys)
    if sides is None or not isinstance(position, Mapping):
        raise InvalidMediaError(
            f"The position is {position!r}",
            hint="Give minX, maxX, minY and maxY, or middle, width and height.",
        )
    checked: dict[str, Any] = {
        side: _number(position[side], what=side, least=0, most=most) for side in sides
    }
    if "middle" in position:
        checked["middle"] = _middle(position["middle"], most=most)
    for low, high in (("minX", "maxX"), ("minY", "maxY")):
        if low in checked and checked[low] > checked[high]:
            raise InvalidMediaError(
                f"{low} is {checked[low]}, more than {high}, {checked[high]}",
                hint="Exchange the two.",
            )
    return checked


def _middle(middle: Any, *, most: float) -> list[float]:  # noqa: ANN401  Whatever users give.
    """Check the middle of a box."""
    if is_array(middle):
        middle = list(middle)
    if not isinstance(middle, (list, tuple)) or len(middle) != 2:  # noqa: PLR2004  x and y.
        raise InvalidMediaError(f"The middle is {middle!r}", hint="Give a pair of x and y.")
    return [_number(side, what="middle", least=0, most=most) for side in middle]


def _number(
    value: Any,  # noqa: ANN401  Whatever users give.
    *,
    what: str,
    least: float = -math.inf,
    most: float = math.inf,
) -> float:
    """Accept a finite number within bounds; an integer stays one."""
    number = value.item() if hasattr(value, "item") else value
    if (
        not isinstance(number, (int, float))
        or isinstance(number, bool)
        or not least <= number <= most  # NaN is not.
        or number in {math.inf, -math.inf}
    ):
        bounds = "" if least == -math.inf else f" of 0 to {most}"
        raise InvalidMediaError(
            f"{what} is {value!r}",
            hint=f"Give a finite number{bounds}.".replace("of 0 to inf", "of 0 or more"),
        )
    return number
