"""`Audio`: sound.

Owns the writing of samples as WAV. Refuses to decode. Invariant: a file is kept as it is.
"""

import io
import wave
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.base import Reader
from hozon.sdk.objects.contents import BytesContent, LocalContent
from hozon.sdk.objects.inputs import (
    check_head,
    check_integer,
    describe,
    file_of,
    suffix_of,
)
from hozon.sdk.objects.libraries import is_array
from hozon.sdk.objects.media import Media
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.records import Record

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

_FORMATS: Final = MappingProxyType(
    {name: name for name in ("aac", "flac", "m4a", "mp3", "ogg", "opus", "wav")}
)
_STARTS: Final = MappingProxyType(
    {
        "flac": ((0, b"fLaC"),),
        "m4a": ((4, b"ftyp"),),
        "ogg": ((0, b"OggS"),),
        "opus": ((0, b"OggS"),),
        "wav": ((0, b"RIFF"), (0, b"RF64")),
    }
)
_MOST_CHANNELS: Final = 64
_MOST_RATE: Final = 2**31 - 1
_PEAK: Final = 32_767


class Audio(Media, type_name="audio-file", folder="audio", formats=_FORMATS):
    """Sound.

    A file is kept as it is, byte for byte: WAV, MP3, OGG, Opus, FLAC, M4A or AAC. Samples are
    written as a WAV of 16 bits: integers of 16 bits stay as they are, floats must be from -1 to 1;
    they are multiplied by 32,767 and rounded, half to even. Nothing else is scaled.

    Args:
        data_or_path: The path of a file, or a NumPy array of samples, or of samples by channels.
        sample_rate: Samples a second, 1 or more. Arrays need it. A WAV says it itself.
        caption: A text to show beside it.

    Raises:
        InvalidMediaError: The file is of another format, or is damaged; the rate is missing or is
            not that of the file; or the array has another shape or type, or floats outside -1 to 1.
        SourceFileError: The file cannot be read.

    Examples:
        Half a second of a tone.

        ```python
        import numpy as np

        import hozon

        time = np.arange(4000) / 8000
        tone = hozon.Audio(np.sin(2 * np.pi * 440 * time), sample_rate=8000, caption="a")
        print(tone, tone.duration)
        #> <Audio 'a' wav 8000 Hz> 0.5
        ```
    """

    sample_rate: int | None
    """Samples a second, or None if neither the file nor the caller says it."""

    duration: float | None
    """How long it is, in seconds; None for a file that is no WAV of plain samples."""

    def __init__(
        self,
        data_or_path: "str | PathLike[str] | NDArray[Any]",
        sample_rate: int | None = None,
        caption: str | None = None,
    ) -> None:
        """Check the file, or write the samples."""
        rate = None if sample_rate is None else _rate(sample_rate)
        file = file_of(data_or_path)
        if file is None:
            content, form = _wav(data_or_path, rate), "wav"
            self._keep(content, format=form, caption=caption)
        else:
            form = suffix_of(file.path, _FORMATS, what="audio")
            check_head(file, form, _STARTS)
            self._keep(file, format=form, caption=caption)
        said, self.duration = _facts_of(file or content) if form == "wav" else (None, None)
        if said is not None and rate is not None and rate != said:
            raise InvalidMediaError(
                f"{describe(self._content)} has {said} samples a second, not {rate}",
                hint="Leave sample_rate out.",
            )
        self.sample_rate = said or rate

    def _facts(self) -> str:
        """Say the format and the rate."""
        return self.format if self.sample_rate is None else f"{self.format} {self.sample_rate} Hz"

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:
        """Describe the bytes, the rate and the duration."""
        return {
            **super()._to_record(sink),
            "sample_rate": self.sample_rate,
            "duration": self.duration,
        }

    def _recall(self, record: Record, reader: Reader) -> None:  # noqa: ARG002  It has no parts.
        """Take rate and duration."""
        self.sample_rate = record.optional_integer("sample_rate")
        self.duration = record.optional_number("duration")


def _rate(value: object) -> int:
    """Accept a sample rate."""
    rate = check_integer(value, what="sample_rate")
    if 1 <= rate <= _MOST_RATE:
        return rate
    raise InvalidMediaError(f"The sample_rate is {rate}", hint="Give 1 or more, such as 44100.")


def _wav(samples: object, rate: int | None) -> BytesContent:
    """Write samples as a WAV."""
    if not is_array(samples):
        raise InvalidMediaError(
            f"A {type(samples).__name__} is no audio", hint="Give a path or a NumPy array."
        )
    if rate is None:
        raise InvalidMediaError(
            "The samples have no sample_rate", hint="Give it, such as sample_rate=44100."
        )
    if samples.ndim not in {1, 2} or (samples.ndim == 2 and samples.shape[1] not in _CHANNELS):  # noqa: PLR2004  Sides.
        raise InvalidMediaError(
            f"An array of the shape {samples.shape} is no audio",
            hint=f"Give samples, or samples by channels, with at most {_MOST_CHANNELS} channels.",
        )
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(_integers(samples).astype("<i2").tobytes())
    return BytesContent.of(file.getvalue())


_CHANNELS: Final = range(1, _MOST_CHANNELS + 1)


def _integers(samples: Any) -> Any:  # noqa: ANN401  Arrays, untyped here.
    """Turn samples into integers of 16 bits."""
    if samples.dtype.kind == "i" and samples.dtype.itemsize == 2:  # noqa: PLR2004  16 bits.
        return samples
    if samples.dtype.kind != "f":
        raise InvalidMediaError(
            f"An array of {samples.dtype} is no audio", hint="Give int16, or floats of -1 to 1."
        )
    if not ((samples >= -1) & (samples <= 1)).all():
        raise InvalidMediaError(
            "The samples have values outside -1 to 1, or NaN", hint="Scale them to -1 to 1."
        )
    return (samples.astype("float64") * _PEAK).round()


def _facts_of(content: BytesContent | LocalContent) -> tuple[int | None, float | None]:
    """Read rate and duration of a WAV; None for samples that Python's reader does not know."""
    try:
        source = (
            io.BytesIO(content.data)
            if isinstance(content, BytesContent)
            else content.path.open("rb")
        )
        with source, wave.open(source) as reader:
            rate = reader.getframerate()
            return rate, reader.getnframes() / rate
    except wave.Error as error:
        # Known to be a WAV by its head: of a kind for more than 4 GiB, or with other samples.
        if "RIFF id" in str(error) or "unknown format" in str(error):
            return None, None
        raise _damaged(content, error) from error
    except (EOFError, OSError, RuntimeError, ZeroDivisionError) as error:
        raise _damaged(content, error) from error


def _damaged(content: BytesContent | LocalContent, error: Exception) -> InvalidMediaError:
    """Say that a WAV cannot be read."""
    return InvalidMediaError(
        f"{describe(content)} is no WAV that can be read ({str(error) or 'it ends too early'})",
        hint="Check that the file is whole.",
    )
