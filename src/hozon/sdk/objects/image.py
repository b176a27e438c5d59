"""`Image`: a picture, with what is drawn over it.

Owns the choice of format for pixels that come without one. Invariant: a file is kept as it is.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.annotations import BoundingBoxes2D, ImageMask
from hozon.sdk.objects.base import Reader, write_record
from hozon.sdk.objects.classes import Classes
from hozon.sdk.objects.contents import Content
from hozon.sdk.objects.inputs import check_integer, file_of
from hozon.sdk.objects.libraries import is_a, is_array
from hozon.sdk.objects.media import Media
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.pixels import (
    PILLOW_FORMATS,
    convert,
    format_of,
    load_picture,
    open_picture,
    picture_of_array,
    write_picture,
)
from hozon.sdk.objects.records import Record

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray
    from PIL import Image as PillowImage

_Drawn = TypeVar("_Drawn", ImageMask, BoundingBoxes2D)
_DEFAULT: Final = "png"


class Image(Media, type_name="image-file", folder="images", formats=PILLOW_FORMATS):
    """A picture.

    A file is kept as it is, byte for byte: PNG, JPEG, GIF, WebP, BMP or TIFF. Pixels are written
    as a PNG, unless `file_type` says otherwise.

    Of arrays, bytes (uint8) are the pixels. False and True become 0 and 255. Floats must be from 0
    to 1; they are multiplied by 255 and rounded, half to even. Nothing else is scaled. Pillow's
    images are written anew, without their metadata. Tensors of other libraries are left out: their
    `.numpy()` gives an array.

    Args:
        data_or_path: The path of a file, an image of Pillow, or a NumPy array of height by width,
            or of height by width by 1, 3 or 4 channels.
        mode: Pillow's mode to convert pixels to, such as `L` or `RGB`; not for files.
        caption: A text to show beside it.
        grouping: A number that images which belong together share; it is kept with the image.
        classes: What the class ids of masks and boxes mean: `hozon.Classes`, or what makes one.
        boxes: Boxes by name: `hozon.BoundingBoxes2D`, or the dicts that make them.
        masks: Masks by name: `hozon.ImageMask`, or the dicts that make them.
        file_type: The format of pixels: `png`, `jpg`, `gif`, `webp`, `bmp` or `tiff`; not for
            files.

    Raises:
        InvalidMediaError: The picture cannot be read or written, an array has another shape or
            type or floats outside 0 to 1, there are more pixels than Pillow takes for safe, or
            what is drawn over it does not fit.
        SourceFileError: The file cannot be read.
        MissingExtraError: Pillow is not installed.

    Examples:
        Make an image of an array.

        ```python
        import numpy as np

        import hozon

        image = hozon.Image(np.zeros((28, 28), dtype=np.uint8), caption="a dark digit")
        print(image)
        #> <Image 'a dark digit' png 28x28>
        ```

        Draw a mask over it.

        ```python
        import numpy as np

        import hozon

        mask = {"mask_data": np.eye(4, dtype=np.uint8), "class_labels": {1: "road"}}
        image = hozon.Image(np.ones((4, 4, 3)), masks={"predictions": mask})
        print(image.width, image.height, image.masks)
        #> 4 4 {'predictions': <ImageMask predictions 4x4>}
        ```
    """

    width: int
    """How wide it is, in pixels."""

    height: int
    """How high it is, in pixels."""

    grouping: int | None
    """The number that images which belong together share, or None."""

    classes: Classes | None
    """What the class ids mean, or None."""

    boxes: dict[str, BoundingBoxes2D]
    """The boxes by name."""

    masks: dict[str, ImageMask]
    """The masks by name."""

    def __init__(
        self,
        data_or_path: "str | PathLike[str] | PillowImage.Image | NDArray[Any]",
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Classes | Sequence[Mapping[str, Any]] | None = None,
        boxes: Mapping[str, BoundingBoxes2D | Mapping[str, Any]] | None = None,
        masks: Mapping[str, ImageMask | Mapping[str, Any]] | None = None,
        file_type: str | None = None,
    ) -> None:
        """Check the picture; pixels are written at once."""
        content = _content(data_or_path, mode=mode, file_type=file_type)
        picture = open_picture(content)
        self._keep(content, format=format_of(picture), caption=caption)
        self.width, self.height = picture.size
        self.grouping = None if grouping is None else check_integer(grouping, what="grouping")
        self.classes = classes if isinstance(classes, Classes | None) else Classes(classes)
        self.boxes = _drawn(boxes, BoundingBoxes2D, what="boxes")
        self.masks = _drawn(masks, ImageMask, what="masks")
        self._check_masks()

    @property
    def image(self) -> "PillowImage.Image":
        """The picture as a new image of Pillow, with its pixels decoded.

        Raises:
            InvalidMediaError: It is damaged, or has more pixels than Pillow takes for safe.
            CorruptObjectError: The artifact holds other bytes than the object file says.
            StorageError: The store refused or failed.
            MissingExtraError: Pillow is not installed.

        Examples:
            Look at a pixel.

            ```python
            import numpy as np

            import hozon

            image = hozon.Image(np.array([[0.0, 0.5], [1.0, 0.0]]))
            print(image.image.mode, image.image.getpixel((1, 0)))
            #> L 128
            ```
        """
        return load_picture(self._content)

    def _check_masks(self) -> None:
        """Insist on masks of the size of the image."""
        for name, mask in self.masks.items():
            if (mask.width, mask.height) != (self.width, self.height):
                raise InvalidMediaError(
                    f"The mask {name!r} has {mask.width} by {mask.height} pixels, and the image"
                    f" {self.width} by {self.height}",
                    hint="Give a mask of the size of the image.",
                )

    def _facts(self) -> str:
        """Say the format and the size."""
        return f"{self.format} {self.width}x{self.height}"

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:
        """Describe the picture and what is drawn over it."""
        return {
            **super()._to_record(sink),
            "width": self.width,
            "height": self.height,
            "grouping": self.grouping,
            "classes": None if self.classes is None else write_record(self.classes, sink),
            "boxes": {name: write_record(boxes, sink) for name, boxes in self.boxes.items()},
            "masks": {name: write_record(mask, sink) for name, mask in self.masks.items()},
        }

    def _recall(self, record: Record, reader: Reader) -> None:
        """Take the size, and what is drawn over the picture."""
        self.width, self.height = record.integer("width"), record.integer("height")
        self.grouping = record.values.get("grouping")
        if self.grouping is not None:
            check_integer(self.grouping, what="grouping")
        classes = record.values.get("classes")
        if classes is not None:
            classes = reader.read(record.mapping("classes"), where=record.where)
        if not isinstance(classes, Classes | None):
            record.refuse("classes", "classes")
        self.classes = classes
        self.boxes = _recalled(record, "boxes", reader, BoundingBoxes2D)
        self.masks = _recalled(record, "masks", reader, ImageMask)
        self._check_masks()


def _content(
    data: Any,  # noqa: ANN401  Whatever users give.
    *,
    mode: str | None,
    file_type: str | None,
) -> Content:
    """Take a file as it is, or write pixels."""
    content = file_of(data)
    if content is not None:
        for name, value in (("mode", mode), ("file_type", file_type)):
            if value is not None:
                raise InvalidMediaError(
                    f"The image is a file, and {name} is {value!r}",
                    hint=f"Leave {name} out: a file is kept as it is. To convert it, open it with"
                    " Pillow.",
                )
        return content
    form = {"jpeg": "jpg", "tif": "tiff"}.get(file_type or _DEFAULT, file_type or _DEFAULT)
    if form not in PILLOW_FORMATS:
        raise InvalidMediaError(
            f"The file_type {file_type!r} is unknown",
            hint=f"File types are {', '.join(PILLOW_FORMATS)}.",
        )
    if is_array(data):
        return write_picture(picture_of_array(data, mode=mode), form=form)
    if is_a(data, "PIL.Image", "Image"):
        return write_picture(convert(data, mode=mode), form=form)
    raise InvalidMediaError(
        f"A {type(data).__name__} is no image",
        hint="Give a path, an image of Pillow or a NumPy array; other tensors have a .numpy().",
    )


def _drawn(given: Any, kind: type[_Drawn], *, what: str) -> dict[str, _Drawn]:  # noqa: ANN401  Of users.
    """Make objects of the dicts among those that are drawn over the image."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InvalidMediaError(
            f"{what} is of type {type(given).__name__}",
            hint=f"Give a dict such as {{'predictions': ...}} with a {kind.__name__} each.",
        )
    return {
        str(name): drawn if isinstance(drawn, kind) else kind(drawn, name)
        for name, drawn in given.items()
    }


def _recalled(record: Record, key: str, reader: Reader, kind: type[_Drawn]) -> dict[str, _Drawn]:
    """Read what is drawn over the image."""
    found: dict[str, _Drawn] = {}
    for name, values in record.mapping(key).items():
        read: object = reader.read(values, where=record.where) if isinstance(values, dict) else None
        if not isinstance(read, kind):
            record.refuse(key, f"objects of type {kind.type_name}")
        else:
            found[name] = read
    return found
