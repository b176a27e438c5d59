"""Sound, moving pictures, pages, models and plots."""

import io
import json
import struct
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.plotting import figure
from PIL import Image as Pillow

import hozon
from folders import FolderArtifact
from hozon.errors import InvalidMediaError, MissingExtraError, SourceFileError
from hozon.sdk.objects import StoredObject, store_object

RoundTrip = Callable[[StoredObject], StoredObject | None]

HEADS = {
    "voice.flac": b"fLaC",
    "voice.m4a": b"\0\0\0\x20ftyp",
    "voice.mp3": b"ID3",
    "voice.ogg": b"OggS",
    "film.mp4": b"\0\0\0\x20ftyp",
    "film.webm": b"\x1aE\xdf\xa3",
    "film.ogg": b"OggS",
    "film.gif": b"GIF89a",
    "shape.glb": b"glTF",
    "shape.obj": b"v 0 0 0",
    "shape.PTS.json": b"[[0, 0, 0.5]]",
    "page.htm": b"<p>",
}


def made(path: Path) -> StoredObject:
    """Make the object that a file's name calls for."""
    kind = {"voice": hozon.Audio, "film": hozon.Video, "shape": hozon.Object3D}
    return kind.get(path.name.partition(".")[0], hozon.Html)(path)


def wav(samples: bytes = b"\0\0" * 4, *, form: int = 1, rate: int = 8000) -> bytes:
    """Write a WAV of 16 bits by hand."""
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, form, 1, rate, 2 * rate, 2, 16)
    chunks = head + struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(chunks), b"WAVE") + chunks


@pytest.mark.parametrize("name", HEADS)
def test_a_file_is_kept_byte_for_byte(
    name: str, tmp_path: Path, artifact: FolderArtifact, round_trip: RoundTrip
) -> None:
    """Stored under its digest, and equal when it comes back."""
    path = tmp_path / name
    path.write_bytes(HEADS[name])
    obj = made(path)
    back = round_trip(obj)
    assert back == obj
    (stored,) = artifact.paths("media/")
    assert (artifact.root / stored).read_bytes() == HEADS[name]
    assert back.path == artifact.root / stored


@pytest.mark.parametrize("name", ["voice.wav", "film.mp4", "film.gif", "shape.glb"])
def test_a_file_that_does_not_begin_as_its_format_is_refused(name: str, tmp_path: Path) -> None:
    """A download that failed is often a page of text."""
    path = tmp_path / name
    path.write_bytes(b"Not found")
    with pytest.raises(InvalidMediaError, match=rf"{name}' does not begin as "):
        made(path)


@pytest.mark.parametrize("name", ["voice.txt", "film.avi", "shape.ply"])
def test_a_file_of_another_format_is_refused(name: str, tmp_path: Path) -> None:
    """With the formats that there are."""
    path = tmp_path / name
    path.write_bytes(b"")
    with pytest.raises(InvalidMediaError, match="is of no format that") as caught:
        made(path)
    assert caught.value.hint.startswith("Formats are ")


@pytest.mark.parametrize("name", ["voice.wav", "film.mp4", "shape.glb", "page.html"])
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    """Before anything is stored."""
    with pytest.raises(SourceFileError, match=f"{name}' cannot be read"):
        made(tmp_path / name)


@pytest.mark.parametrize(
    "make",
    [
        lambda value: hozon.Audio(value, sample_rate=1),
        hozon.Video,
        hozon.Html,
        hozon.Object3D,
        hozon.Bokeh,
    ],
    ids=["Audio", "Video", "Html", "Object3D", "Bokeh"],
)
def test_another_kind_of_value_is_refused(make: Callable[[Any], object]) -> None:
    """With the kinds that are taken."""
    with pytest.raises(InvalidMediaError, match=r"^A int is no ") as caught:
        make(3)
    assert caught.value.hint.startswith("Give ")


# Sound.


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (np.array([0, -32768, 32767], dtype=np.int16), [0, -32768, 32767]),
        (np.array([0, 256], dtype=">i2"), [0, 256]),
        (np.array([0.0, 1.0, -1.0, 0.5]), [0, 32767, -32767, 16384]),
        (np.array([[0.0, 1.0], [1.0, 0.0]], dtype=np.float32), [0, 32767, 32767, 0]),
    ],
    ids=range(4),
)
def test_samples_become_a_wav(samples: object, expected: list[int], round_trip: RoundTrip) -> None:
    """Of 16 bits, with as many channels."""
    audio = round_trip(hozon.Audio(samples, sample_rate=8000, caption="a"))
    assert isinstance(audio, hozon.Audio)
    assert (audio.format, audio.sample_rate, audio.caption) == ("wav", 8000, "a")
    assert audio.duration == len(samples) / 8000
    assert audio.path is not None
    with wave.open(str(audio.path)) as reader:
        assert reader.getnchannels() == (1 if samples.ndim == 1 else samples.shape[1])
        assert np.frombuffer(reader.readframes(99), "<i2").tolist() == expected


@pytest.mark.parametrize(
    ("samples", "rate", "message"),
    [
        (np.zeros(2), None, "The samples have no sample_rate"),
        (np.zeros(2), 0, "The sample_rate is 0"),
        (np.zeros(2), 0.5, "The sample_rate is 0.5, not an integer"),
        (np.zeros((2, 100)), 8000, r"the shape \(2, 100\) is no audio"),
        (np.zeros((2, 2, 2)), 8000, "is no audio"),
        (np.zeros(2, dtype=np.int32), 8000, "An array of int32 is no audio"),
        (np.array([1.1]), 8000, "outside -1 to 1, or NaN"),
        (np.array([np.nan]), 8000, "outside -1 to 1, or NaN"),
    ],
    ids=range(8),
)
def test_samples_that_would_be_changed_are_refused(
    samples: object, rate: object, message: str
) -> None:
    """Nothing is scaled that nobody asked for."""
    with pytest.raises(InvalidMediaError, match=message):
        hozon.Audio(samples, sample_rate=rate)


def test_a_wav_says_its_rate_and_duration(tmp_path: Path) -> None:
    """And refuses another rate."""
    path = tmp_path / "a.wav"
    path.write_bytes(wav())
    audio = hozon.Audio(path, sample_rate=8000)
    assert (audio.sample_rate, audio.duration) == (8000, 0.0005)
    with pytest.raises(InvalidMediaError, match="has 8000 samples a second, not 16000"):
        hozon.Audio(path, sample_rate=16000)


def test_a_wav_of_other_samples_is_kept(tmp_path: Path) -> None:
    """Python's reader knows neither floats nor more than 4 GiB; the file is good all the same."""
    path = tmp_path / "a.wav"
    path.write_bytes(wav(form=3))
    audio = hozon.Audio(path, sample_rate=8000)
    assert (audio.sample_rate, audio.duration) == (8000, None)
    path.write_bytes(wav().replace(b"RIFF", b"RF64"))
    assert hozon.Audio(path).duration is None


@pytest.mark.parametrize(
    "content", [wav()[:20], wav()[:12], wav(rate=0), b"RIFFxxxxWAVX"], ids=range(4)
)
def test_a_damaged_wav_is_refused(content: bytes, tmp_path: Path) -> None:
    """Cut off, or with numbers that cannot be."""
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(InvalidMediaError, match=r"a\.wav' is no WAV that can be read"):
        hozon.Audio(path)


# Moving pictures.


def test_frames_become_a_gif(round_trip: RoundTrip) -> None:
    """With their pixels and their time."""
    frames = np.zeros((3, 3, 4, 5), dtype=np.uint8)
    frames[1] = 255
    video = round_trip(hozon.Video(frames, fps=2))
    assert isinstance(video, hozon.Video)
    assert (video.format, video.fps) == ("gif", 2)
    assert video.path is not None
    with Pillow.open(video.path) as picture:
        assert (picture.size, picture.n_frames) == ((5, 4), 3)
        assert picture.info["duration"] == 500
        picture.seek(1)
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_frames_have_a_rate_of_their_own() -> None:
    """Four a second if nobody says."""
    frames = np.zeros((1, 1, 2, 2), dtype=np.uint8)
    assert hozon.Video(frames).fps == 4
    assert hozon.Video(frames, fps=np.float64(50)).fps == 50


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data_or_path": np.zeros((1, 2, 2, 2), dtype=np.uint8)}, "is no video"),
        ({"data_or_path": np.zeros((0, 1, 2, 2), dtype=np.uint8)}, "is no video"),
        ({"data_or_path": np.zeros((2, 2), dtype=np.uint8)}, "is no video"),
        ({"data_or_path": np.zeros((1, 1, 2, 2))}, "An array of float64 is no video"),
        ({"data_or_path": np.zeros((1, 1, 2, 2), dtype=np.uint8), "fps": 0}, "fps is 0"),
        ({"data_or_path": np.zeros((1, 1, 2, 2), dtype=np.uint8), "fps": 51}, "fps is 51"),
        (
            {"data_or_path": np.zeros((1, 1, 2, 2), dtype=np.uint8), "format": "mp4"},
            "cannot be written as 'mp4'",
        ),
        ({"data_or_path": b"GIF89a"}, "have no format"),
        ({"data_or_path": b"GIF89a", "format": "mp4"}, "The content does not begin as mp4"),
        ({"data_or_path": b"GIF89a", "format": "avi"}, "'avi' is of no format that a video has"),
        ({"data_or_path": b"GIF89a", "format": "gif", "fps": 3}, "fps is given for a video"),
    ],
    ids=range(11),
)
def test_a_wrong_video_is_refused(arguments: dict[str, Any], message: str) -> None:
    """With what is wrong about it."""
    with pytest.raises(InvalidMediaError, match=message):
        hozon.Video(**arguments)


def test_bytes_and_open_files_are_kept(round_trip: RoundTrip, tmp_path: Path) -> None:
    """Where their format is said; a file says it itself, and no other."""
    one = hozon.Video(b"GIF89a", format="gif")
    assert hozon.Video(io.BytesIO(b"GIF89a"), format="gif") == one == round_trip(one)
    assert one.path is None
    path = tmp_path / "film.gif"
    path.write_bytes(b"GIF89a")
    assert hozon.Video(path, format="gif") == one
    with pytest.raises(InvalidMediaError, match=r"film\.gif' is no mp4"):
        hozon.Video(path, format="mp4")


# Pages.


def test_a_page_comes_from_text_a_path_or_a_file(tmp_path: Path, round_trip: RoundTrip) -> None:
    """And is the same from all of them."""
    path = tmp_path / "page.html"
    path.write_text("<p>日", "utf-8")
    page = hozon.Html("<p>日")
    for data in (path, str(path), io.StringIO("<p>日"), io.BytesIO("<p>日".encode())):
        assert hozon.Html(data) == page
    back = round_trip(page)
    assert isinstance(back, hozon.Html)
    assert back.html == "<p>日"


@pytest.mark.parametrize("text", ["page", "see <a href='page.html", "two\nlines.html", ""])
def test_text_is_no_path(text: str) -> None:
    """Unless it looks like nothing else."""
    assert hozon.Html(text).html == text


def test_a_page_is_utf_8(tmp_path: Path) -> None:
    """Others are refused, and surrogates, too."""
    path = tmp_path / "page.html"
    path.write_bytes(b"\xff")
    with pytest.raises(InvalidMediaError, match=r"page\.html' is no text in UTF-8"):
        hozon.Html(path)
    with pytest.raises(InvalidMediaError, match=r"The content is .* not text"):
        hozon.Html("\ud800")


# Models and points.


@pytest.mark.parametrize(
    "points", [np.arange(6).reshape(2, 3), np.ones((1, 4)) / 3, np.zeros((0, 3)), np.ones((2, 6))]
)
def test_points_come_back(points: object, round_trip: RoundTrip) -> None:
    """In every digit."""
    cloud = round_trip(hozon.Object3D(points))
    assert isinstance(cloud, hozon.Object3D)
    assert cloud.format == "pts.json"
    assert cloud.points.tolist() == points.tolist()


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((2, 5)), r"the shape \(2, 5\) is no cloud"),
        (np.zeros(3), "is no cloud of points"),
        (np.array([["a", "b", "c"]]), "An array of <U1 is no cloud"),
        (np.array([[0, 0, np.nan]]), "NaN or infinity"),
        (np.array([[0, 0, -np.inf]]), "NaN or infinity"),
    ],
    ids=range(5),
)
def test_points_that_lie_nowhere_are_refused(points: object, message: str) -> None:
    """So that the JSON is valid."""
    with pytest.raises(InvalidMediaError, match=message):
        hozon.Object3D(points)


@pytest.mark.parametrize(
    "text",
    ["{", "{}", "[1]", "[[1, 2]]", '[["a", 1, 2]]', "[[true, 1, 2]]", "[" * 100_000],
    ids=len,
)
def test_a_file_of_points_is_checked(text: str, tmp_path: Path) -> None:
    """Each point is 3, 4 or 6 numbers."""
    path = tmp_path / f"{len(text)}.pts.json"
    path.write_text(text)
    with pytest.raises(InvalidMediaError, match=r"pts\.json' is no (JSON|list of points)"):
        hozon.Object3D(path)


def test_bytes_of_a_model_need_a_format(tmp_path: Path) -> None:
    """A file says it itself, and no other."""
    model = hozon.Object3D(io.StringIO("v 0 0 0"), file_type="obj")
    assert model == hozon.Object3D(b"v 0 0 0", file_type="obj")
    path = tmp_path / "a.obj"
    path.write_bytes(b"v 0 0 0")
    assert hozon.Object3D(path, file_type="obj") == model
    for arguments, message in (
        ((b"",), "have no format"),
        ((b"", None, "ply"), "'ply' is of no format"),
        ((path, None, "glb"), r"a\.obj' is no glb"),
        ((np.zeros((1, 3)), None, "glb"), "Points cannot be written as 'glb'"),
    ):
        with pytest.raises(InvalidMediaError, match=message):
            hozon.Object3D(*arguments)
    with pytest.raises(InvalidMediaError, match="The object is a obj, not a cloud"):
        _ = model.points


# Plots.


def test_a_plot_comes_back(round_trip: RoundTrip) -> None:
    """With its data, and the figure still belongs to nobody."""
    plot = figure(title="Loss")
    plot.line(np.arange(3.0), [0.9, float("nan"), 0.4])
    back = round_trip(hozon.Bokeh(plot, caption="loss"))
    assert isinstance(back, hozon.Bokeh)
    (root,) = back.document.roots
    assert root.title.text == "Loss"
    assert plot.document is None


def test_a_plot_may_be_a_document_or_a_file(tmp_path: Path) -> None:
    """The file is what Bokeh writes of the document."""
    document = Document()
    document.add_root(figure(title="Loss"))
    plot = hozon.Bokeh(document)
    assert hozon.Bokeh(document.roots[0]) == plot
    path = tmp_path / "plot.json"
    path.write_text(json.dumps(document.to_json(deferred=False)))
    assert hozon.Bokeh(path) == plot


@pytest.mark.parametrize("text", ["{", "[]", "{}", "\xff"])
def test_a_file_that_is_no_plot_is_refused(text: str, tmp_path: Path) -> None:
    """It is named."""
    path = tmp_path / "plot.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidMediaError, match=r"plot\.json' is no (JSON|document of Bokeh)"):
        hozon.Bokeh(path)


# Missing libraries.


@pytest.mark.parametrize(
    ("library", "extra"), [("bokeh", "bokeh"), ("numpy", "media"), ("PIL", "media")]
)
def test_a_missing_library_is_named(
    library: str, extra: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the command that installs it."""
    document = Document()
    path = tmp_path / "plot.json"
    path.write_text(json.dumps(document.to_json(deferred=False)))
    plot, cloud = hozon.Bokeh(path), hozon.Object3D(np.zeros((1, 3)))
    frames = np.zeros((1, 1, 2, 2), dtype=np.uint8)
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match="which is not installed") as caught:
        _ = {
            "bokeh": lambda: plot.document,
            "numpy": lambda: cloud.points,
            "PIL": lambda: hozon.Video(frames),
        }[library]()
    assert f"pip install 'hozon[{extra}]'" in caught.value.hint


def test_media_can_be_cells(artifact: FolderArtifact, round_trip: RoundTrip) -> None:
    """Every class but tables; columns have their kind."""
    cells: list[StoredObject] = [
        hozon.Audio(np.zeros(4), sample_rate=8),
        hozon.Video(b"GIF89a", format="gif"),
        hozon.Html("<p>"),
        hozon.Object3D(np.zeros((1, 3))),
        hozon.Bokeh(figure()),
        hozon.Image(np.zeros((1, 1))),
        hozon.ImageMask({"mask_data": np.zeros((1, 1), dtype=int)}, "a"),
        hozon.BoundingBoxes2D({"box_data": []}, "a"),
        hozon.Classes([]),
    ]
    table = hozon.Table([cell.type_name for cell in cells], [cells])
    assert table.column_types == {cell.type_name: cell.type_name for cell in cells}
    assert round_trip(table) == table
    assert store_object(table, "again", artifact) == "again.table.json"
