"""`Video`: moving pictures.

Owns the writing of frames as an animated GIF. Refuses to decode. Invariant: bytes that come in a
format are kept as they are.
"""

import io
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, Final

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.base import Reader
from hozon.sdk.objects.contents import BytesContent, LocalContent
from hozon.sdk.objects.inputs import (
    bytes_of,
    check_head,
    file_of,
    refuse_format,
    suffix_of,
)
from hozon.sdk.objects.libraries import is_array
from hozon.sdk.objects.media import Media
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.pixels import picture_of_array
from hozon.sdk.objects.records import Record

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

_FORMATS: Final = MappingProxyType({name: name for name in ("gif", "mp4", "ogg", "webm")})
_STARTS: Final = MappingProxyType(
    {
        "gif": ((0, b"GIF87a"), (0, b"GIF89a")),
        "mp4": ((4, b"ftyp"),),
        "ogg": ((0, b"OggS"),),
        "webm": ((0, b"\x1aE\xdf\xa3"),),
    }
)
_DEFAULT_FPS: Final = 4
_MOST_FPS: Final = 50
_TICK_MS: Final = 10
"""A GIF counts in hundredths of a second."""


class Video(Media, type_name="video-file", folder="videos", formats=_FORMATS):
    """Moving pictures.

    A file, and bytes, are kept as they are: MP4, WebM, OGG or GIF. An array is written as an
    animated GIF, whose frames last a multiple of 10 ms, and in which equal frames that follow one
    another become one. To keep every pixel, write a video yourself and give its path. A batch of
    videos in one array is left out: make an object of each.

    Args:
        data_or_path: The path of a file; bytes, or a file open for reading; or a NumPy array of
            time by channels by height by width, with 1 or 3 channels of bytes (uint8).
        caption: A text to show beside it.
        fps: Frames a second for arrays, more than 0 and at most 50; 4 by default. A file says it
            itself.
        format: `mp4`, `webm`, `ogg` or `gif`. Bytes need it; a file says it by its name.

    Raises:
        InvalidMediaError: The format is unknown, missing, or not that of the bytes; the array has
            another shape or type; or fps is out of bounds or given for a file.
        SourceFileError: The file cannot be read.
        MissingExtraError: Pillow is not installed; arrays need it.

    Examples:
        Make a video of frames.

        ```python
        import numpy as np

        import hozon

        frames = np.zeros((3, 1, 8, 8), dtype=np.uint8)
        frames[1] = 255
        video = hozon.Video(frames, fps=2, caption="a flash")
        print(video, video.fps)
        #> <Video 'a flash' gif> 2
        ```
    """

    fps: float | None
    """Frames a second of an array; None for a file."""

    def __init__(
        self,
        data_or_path: "str | PathLike[str] | bytes | IO[bytes] | NDArray[Any]",
        caption: str | None = None,
        fps: float | None = None,
        format: str | None = None,
    ) -> None:
        """Check the bytes, or write the frames."""
        self.fps = None
        if is_array(data_or_path):
            self.fps = _DEFAULT_FPS if fps is None else _rate(fps)
            if format not in {None, "gif"}:
                raise InvalidMediaError(
                    f"An array cannot be written as {format!r}", hint="Leave format out: GIF it is."
                )
            content = _gif(data_or_path, self.fps)
            self._keep(content, format="gif", caption=caption)
            return
        if fps is not None:
            raise InvalidMediaError(
                "fps is given for a video that has frames already", hint="Leave fps out."
            )
        kept, form = _kept(data_or_path, format)
        check_head(kept, form, _STARTS)
        self._keep(kept, format=form, caption=caption)

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:
        """Describe the bytes and the rate."""
        return {**super()._to_record(sink), "fps": self.fps}

    def _recall(self, record: Record, reader: Reader) -> None:  # noqa: ARG002  It has no parts.
        """Take the rate."""
        record.optional_number("fps")
        self.fps = record.values.get("fps")


def _kept(data: object, format: str | None) -> tuple[BytesContent | LocalContent, str]:
    """Find bytes and their format."""
    if format is not None and format not in _FORMATS:
        refuse_format(format, _FORMATS, what="a video")
    file = file_of(data)
    if file is not None:
        form = suffix_of(file.path, _FORMATS, what="a video")
        if format not in {None, form}:
            raise InvalidMediaError(
                f"{str(file.path)!r} is no {format}", hint="Leave format out, or rename the file."
            )
        return file, form
    content = bytes_of(data)
    if content is None:
        raise InvalidMediaError(
            f"A {type(data).__name__} is no video", hint="Give a path, bytes or a NumPy array."
        )
    if format is None:
        raise InvalidMediaError(
            "The bytes of the video have no format", hint="Give it, such as format='mp4'."
        )
    return content, format


def _rate(fps: Any) -> float:  # noqa: ANN401  Whatever users give.
    """Accept a rate."""
    rate = fps.item() if hasattr(fps, "item") else fps
    if isinstance(rate, (int, float)) and not isinstance(rate, bool) and 0 < rate <= _MOST_FPS:
        return rate
    raise InvalidMediaError(f"fps is {fps!r}", hint=f"Give a number above 0, at most {_MOST_FPS}.")


def _gif(frames: "NDArray[Any]", fps: float) -> BytesContent:
    """Write frames as an animated GIF."""
    if frames.ndim != 4 or 0 in frames.shape or frames.shape[1] not in {1, 3}:  # noqa: PLR2004  Sides.
        raise InvalidMediaError(
            f"An array of the shape {frames.shape} is no video",
            hint="Give time by channels by height by width, with 1 or 3 channels.",
        )
    if frames.dtype != "uint8":
        raise InvalidMediaError(
            f"An array of {frames.dtype} is no video",
            hint="Give uint8: array.astype('uint8') converts.",
        )
    first, *rest = (picture_of_array(frame.transpose(1, 2, 0), mode=None) for frame in frames)
    file = io.BytesIO()
    milliseconds = max(round(1000 / fps / _TICK_MS), 1) * _TICK_MS
    first.save(file, format="GIF", save_all=True, append_images=rest, duration=milliseconds, loop=0)
    return BytesContent.of(file.getvalue())
