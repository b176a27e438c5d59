"""`Object3D`: a model or a cloud of points in three dimensions.

Owns the writing of points as JSON. Refuses to read models. Invariant: a file is kept as it is.
"""

import json
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, Final

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.contents import BytesContent, Content, LocalContent
from hozon.sdk.objects.inputs import (
    bytes_of,
    check_head,
    describe,
    file_of,
    refuse_format,
    suffix_of,
)
from hozon.sdk.objects.libraries import is_array, need
from hozon.sdk.objects.media import Media

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

_POINTS: Final = "pts.json"
_FORMATS: Final = MappingProxyType(
    {name: name for name in ("babylon", "glb", "gltf", "obj", _POINTS, "stl", "usdz")}
)
_STARTS: Final = MappingProxyType({"glb": ((0, b"glTF"),), "usdz": ((0, b"PK\x03\x04"),)})
_SIDES: Final = (3, 4, 6)


class Object3D(Media, type_name="object3D-file", folder="object3D", formats=_FORMATS):
    """A model or a cloud of points in three dimensions.

    A file, and bytes, are kept as they are: GLB, glTF, OBJ, STL, Babylon, USDZ, or points as
    `pts.json`. Points of an array are written as such a JSON list of lists. Scenes as dicts of
    points, boxes and vectors are left out, because only a viewer of W&B shows them.

    Args:
        data_or_path: The path of a file; bytes, or a file open for reading; or a NumPy array of
            points by 3 (x, y, z), 4 (and a category) or 6 (and red, green, blue).
        caption: A text to show beside it.
        file_type: The format of bytes: `glb`, `gltf`, `obj`, `stl`, `babylon`, `usdz` or
            `pts.json`. A file says it by its name.

    Raises:
        InvalidMediaError: The format is unknown, missing, or not that of the bytes; or the array
            has another shape or type, NaN or infinity.
        SourceFileError: The file cannot be read.

    Examples:
        Keep a cloud of points.

        ```python
        import numpy as np

        import hozon

        corners = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0]])
        print(hozon.Object3D(corners, caption="corners"))
        #> <Object3D 'corners' pts.json>
        ```
    """

    def __init__(
        self,
        data_or_path: "str | PathLike[str] | bytes | IO[str] | IO[bytes] | NDArray[Any]",
        caption: str | None = None,
        file_type: str | None = None,
    ) -> None:
        """Check the bytes, or write the points."""
        if is_array(data_or_path):
            content: BytesContent | LocalContent = _points(data_or_path)
            form = _POINTS
            if file_type not in {None, form}:
                raise InvalidMediaError(
                    f"Points cannot be written as {file_type!r}", hint="Leave file_type out."
                )
        else:
            content, form = _kept(data_or_path, file_type)
            check_head(content, form, _STARTS)
        if form == _POINTS:
            _read_points(content)
        self._keep(content, format=form, caption=caption)

    @property
    def points(self) -> "NDArray[Any]":
        """The points, as an array of points by 3, 4 or 6.

        Raises:
            InvalidMediaError: It is a model, not a cloud of points.
            MissingExtraError: NumPy is not installed.
            CorruptObjectError: The artifact holds other bytes than the object file says.
            StorageError: The store refused or failed.

        Examples:
            Find the middle of a cloud.

            ```python
            import numpy as np

            import hozon

            cloud = hozon.Object3D(np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 4.0]]))
            print(cloud.points.mean(axis=0))
            #> [0.5 1.  2. ]
            ```
        """
        if self.format != _POINTS:
            raise InvalidMediaError(
                f"The object is a {self.format}, not a cloud of points",
                hint="Read its file at path with a library for that format.",
            )
        numpy = need("numpy", what="A cloud of points")
        points: NDArray[Any] = numpy.array(_read_points(self._content))
        return points


def _kept(data: object, file_type: str | None) -> tuple[BytesContent | LocalContent, str]:
    """Find bytes and their format."""
    if file_type is not None and file_type not in _FORMATS:
        refuse_format(file_type, _FORMATS, what="a 3D object")
    file = file_of(data)
    if file is not None:
        form = suffix_of(file.path, _FORMATS, what="a 3D object")
        if file_type not in {None, form}:
            raise InvalidMediaError(
                f"{str(file.path)!r} is no {file_type}",
                hint="Leave file_type out, or rename the file.",
            )
        return file, form
    content = bytes_of(data)
    if content is None:
        raise InvalidMediaError(
            f"A {type(data).__name__} is no 3D object",
            hint="Give a path, bytes or a NumPy array of points.",
        )
    if file_type is None:
        raise InvalidMediaError(
            "The bytes of the 3D object have no format", hint="Give it, such as file_type='glb'."
        )
    return content, file_type


def _points(array: "NDArray[Any]") -> BytesContent:
    """Write points as JSON."""
    if array.ndim != 2 or array.shape[1] not in _SIDES:  # noqa: PLR2004  Points and numbers.
        raise InvalidMediaError(
            f"An array of the shape {array.shape} is no cloud of points",
            hint="Give points by 3, 4 or 6.",
        )
    if array.dtype.kind not in "iuf":
        raise InvalidMediaError(
            f"An array of {array.dtype} is no cloud of points", hint="Give numbers."
        )
    if array.dtype.kind == "f" and not (abs(array) < float("inf")).all():
        raise InvalidMediaError(
            "The points have NaN or infinity", hint="Leave out points that lie nowhere."
        )
    return BytesContent.of(json.dumps(array.tolist(), separators=(",", ":")).encode())


def _read_points(content: Content) -> list[list[float]]:
    """Read points, and check each."""
    try:
        points = json.loads(content.read())
    except (ValueError, RecursionError) as error:
        raise InvalidMediaError(
            f"{describe(content)} is no JSON ({error})", hint="Give a JSON list of points."
        ) from error
    if isinstance(points, list) and all(map(_is_point, points)):
        return points
    raise InvalidMediaError(
        f"{describe(content)} is no list of points",
        hint="Give a JSON list with a list of 3, 4 or 6 numbers for each point.",
    )


def _is_point(point: object) -> bool:
    """Tell whether a value is a point."""
    return (
        isinstance(point, list)
        and len(point) in _SIDES
        and all(type(number) in {int, float} for number in point)
    )
