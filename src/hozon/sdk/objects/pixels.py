"""Pixels: arrays and Pillow's images to bytes, and bytes to Pillow's images.

Owns which arrays are pictures and which formats are read. Invariant: no picture of more pixels than
Pillow takes for safe is opened or made; what it warns of is an error here.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.contents import BytesContent, Content
from hozon.sdk.objects.inputs import describe
from hozon.sdk.objects.libraries import need

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image as PillowImage

PILLOW_FORMATS: Final = MappingProxyType(
    {
        "bmp": "BMP",
        "gif": "GIF",
        "jpg": "JPEG",
        "png": "PNG",
        "tiff": "TIFF",
        "webp": "WEBP",
    }
)
"""The formats that are read and written, with Pillow's names for them."""


def open_picture(content: Content) -> "PillowImage.Image":
    """Open a picture without decoding its pixels.

    Raises:
        InvalidMediaError: It is of no format that is read here, damaged, or has too many pixels.
        MissingExtraError: Pillow is not installed.
    """
    pillow = need("PIL.Image", what="An image")
    source = io.BytesIO(content.read())
    with _decoding(describe(content)):
        opened: PillowImage.Image = pillow.open(source, formats=[*PILLOW_FORMATS.values()])
    # Pillow warns of many pixels and refuses twice as many: filters of warnings decide, and cannot
    # be set for one thread alone.
    if _are_too_many(opened.width * opened.height):
        raise _bomb(describe(content), f"{opened.width} by {opened.height}")
    return opened


def load_picture(content: Content) -> "PillowImage.Image":
    """Open a picture and decode its pixels.

    Raises:
        InvalidMediaError: It is of no format that is read here, damaged, or has too many pixels.
        MissingExtraError: Pillow is not installed.
    """
    picture = open_picture(content)
    with _decoding(describe(content)):
        picture.load()
    return picture


def format_of(picture: "PillowImage.Image") -> str:
    """Name the format of an opened picture, as the name of a file ends."""
    (name,) = (name for name, known in PILLOW_FORMATS.items() if known == picture.format)
    return name


def picture_of_array(array: "NDArray[Any]", *, mode: str | None) -> "PillowImage.Image":
    """Make a picture of an array.

    Args:
        array: Height by width, or height by width by 1, 3 or 4 channels. Bytes (uint8) stay as they
            are, False and True become 0 and 255, floats of 0 to 1 are multiplied by 255 and
            rounded.
        mode: Pillow's mode to convert it to; None for L, RGB or RGBA by the channels.

    Raises:
        InvalidMediaError: The array has another shape, another type, or floats outside 0 to 1.
        MissingExtraError: Pillow is not installed.
    """
    if array.ndim not in {2, 3} or array.size == 0 or array.shape[2:] not in {(), (1,), (3,), (4,)}:
        raise InvalidMediaError(
            f"An array of the shape {array.shape} is no image",
            hint="Give height by width, or height by width by 1, 3 or 4 channels.",
        )
    pillow = need("PIL.Image", what="An image")
    height, width = array.shape[:2]
    check_pixels(width, height)
    pixels = _bytes(array)
    picture = pillow.fromarray(pixels[:, :, 0] if array.shape[2:] == (1,) else pixels)
    return convert(picture, mode=mode)


def convert(picture: "PillowImage.Image", *, mode: str | None) -> "PillowImage.Image":
    """Convert a picture to one of Pillow's modes, or leave it.

    Raises:
        InvalidMediaError: There is no such mode, or no way to it.
    """
    if mode is None or mode == picture.mode:
        return picture
    try:
        return picture.convert(mode)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidMediaError(
            f"An image of mode {picture.mode!r} cannot be converted to {mode!r}",
            hint="Use a mode of Pillow, such as 'L', 'RGB' or 'RGBA'.",
        ) from error


def write_picture(picture: "PillowImage.Image", *, form: str) -> BytesContent:
    """Write a picture in a format.

    Raises:
        InvalidMediaError: The format has no such pixels, or the picture too many.
    """
    check_pixels(picture.width, picture.height)
    file = io.BytesIO()
    try:
        picture.save(file, format=PILLOW_FORMATS[form])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InvalidMediaError(
            f"An image of mode {picture.mode!r} cannot be written as {form} ({error})",
            hint="Give another mode, such as 'RGB', or another file_type.",
        ) from error
    return BytesContent.of(file.getvalue())


def check_pixels(width: int, height: int) -> None:
    """Refuse a picture that could not be opened again.

    Raises:
        InvalidMediaError: It has no pixels, or more than Pillow takes for safe.
    """
    if width * height == 0 or _are_too_many(width * height):
        raise InvalidMediaError(
            f"An image of {width} by {height} pixels is too"
            f" {'large' if width * height else 'small'}",
            hint="PIL.Image.MAX_IMAGE_PIXELS says how many pixels Pillow opens at most.",
        )


def _are_too_many(pixels: int) -> bool:
    """Tell whether Pillow takes so many pixels for dangerous."""
    most = need("PIL.Image", what="An image").MAX_IMAGE_PIXELS
    return most is not None and pixels > most


def _bomb(what: str, found: object) -> InvalidMediaError:
    """Say that decoding an image might take all memory."""
    return InvalidMediaError(
        f"{what} is an image with too many pixels ({found})",
        hint="If you trust it, raise PIL.Image.MAX_IMAGE_PIXELS.",
    )


def _bytes(array: Any) -> Any:  # noqa: ANN401  Arrays, untyped here.
    """Turn the values of an array into bytes."""
    kind = array.dtype.kind
    if array.dtype == "uint8":
        return array
    if kind == "b":
        return array.astype("uint8") * 255
    if kind != "f":
        raise InvalidMediaError(
            f"An array of {array.dtype} is no image",
            hint="Give uint8, bool, or floats of 0 to 1: array.astype('uint8') converts.",
        )
    if not ((array >= 0) & (array <= 1)).all():
        raise InvalidMediaError(
            "An array of floats has values outside 0 to 1, or NaN",
            hint="Scale it to 0 to 1, or convert it to uint8.",
        )
    return (array.astype("float64") * 255).round().astype("uint8")


@contextmanager
def _decoding(what: str) -> Iterator[None]:
    """Turn what Pillow says of bad or dangerous pictures into our errors."""
    pillow = need("PIL.Image", what="An image")
    try:
        yield
    except (pillow.DecompressionBombWarning, pillow.DecompressionBombError) as error:
        raise _bomb(what, error) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise InvalidMediaError(
            f"{what} is no image that can be read ({error})",
            hint=f"Formats are {', '.join(PILLOW_FORMATS)}; check that the file is whole.",
        ) from error
