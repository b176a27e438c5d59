"""Images, and what is drawn over them."""

import io
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from PIL import Image as Pillow

import hozon
from folders import FolderArtifact
from hozon.errors import (
    CorruptObjectError,
    InvalidMediaError,
    MissingExtraError,
    SourceFileError,
)
from hozon.sdk.objects import StoredObject, load_object, store_object

RoundTrip = Callable[[StoredObject], StoredObject | None]

BOX = {"position": {"minX": 0.1, "maxX": 0.4, "minY": 0.2, "maxY": 0.6}, "class_id": 1}


def written(form: str, *, mode: str = "RGB", size: tuple[int, int] = (3, 2)) -> bytes:
    """Write a picture."""
    file = io.BytesIO()
    Pillow.new(mode, size, 1).save(file, format=form)
    return file.getvalue()


def pixels(image: hozon.Image) -> list[Any]:
    """Read the pixels of an image."""
    read: list[Any] = np.asarray(image.image).tolist()
    return read


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_a_file_is_kept_byte_for_byte(form: str, tmp_path: Path, artifact: FolderArtifact) -> None:
    """Its format is found in its bytes, whatever its name says."""
    path = tmp_path / "picture.dat"
    path.write_bytes(written(form))
    image = hozon.Image(str(path))
    suffix = {"JPEG": "jpg"}.get(form, form.lower())
    assert (image.width, image.height, image.format, image.path) == (3, 2, suffix, path)
    store_object(image, "it", artifact)
    (stored,) = artifact.paths("media/")
    assert stored == f"media/images/{image.digest[:20]}.{suffix}"
    assert (artifact.root / stored).read_bytes() == path.read_bytes()


def test_an_image_comes_back(round_trip: RoundTrip, artifact: FolderArtifact) -> None:
    """With everything that was said of it."""
    image = hozon.Image(
        np.zeros((2, 3), dtype=np.uint8),
        caption="日",
        grouping=3,
        classes=[{"id": 1, "name": "road"}],
        boxes={"said": {"box_data": [BOX], "class_labels": {1: "car"}}},
        masks={"truth": {"mask_data": np.eye(2, 3, dtype=bool), "class_labels": {1: "road"}}},
    )
    back = round_trip(image)
    assert back == image
    assert isinstance(back, hozon.Image)
    assert (back.caption, back.grouping, back.classes) == ("日", 3, image.classes)
    assert (back.boxes, back.masks) == (image.boxes, image.masks)
    assert back.masks["truth"].mask_data.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert pixels(back) == [[0, 0, 0], [0, 0, 0]]
    assert back.path == artifact.root / f"media/images/{image.digest[:20]}.png"


@pytest.mark.parametrize(
    ("array", "mode", "first"),
    [
        (np.array([[7]], dtype=np.uint8), "L", 7),
        (np.array([[True]]), "L", 255),
        (np.array([[0.5]]), "L", 128),
        (np.array([[0.1]], dtype=np.float32), "L", 26),
        (np.array([[[7]]], dtype=np.uint8), "L", 7),
        (np.array([[[1, 2, 3]]], dtype=np.uint8), "RGB", (1, 2, 3)),
        (np.array([[[1, 2, 3, 4]]], dtype=np.uint8), "RGBA", (1, 2, 3, 4)),
        (np.array([[7, 8]], dtype=np.uint8)[:, ::-1], "L", 8),
    ],
    ids=range(8),
)
def test_arrays_become_pixels(array: object, mode: str, first: object) -> None:
    """Bytes as they are, booleans and floats scaled."""
    image = hozon.Image(array)
    assert (image.format, image.image.mode) == ("png", mode)
    assert image.image.getpixel((0, 0)) == first
    assert image.path is None


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 2, 2), dtype=np.uint8), r"the shape \(2, 2, 2\) is no image"),
        (np.zeros(3, dtype=np.uint8), r"the shape \(3,\) is no image"),
        (np.zeros((0, 3), dtype=np.uint8), r"the shape \(0, 3\) is no image"),
        (np.zeros((1, 1, 1, 1), dtype=np.uint8), "is no image"),
        (np.array([[300]]), "An array of int64 is no image"),
        (np.array([[1j]]), "An array of complex128 is no image"),
        (np.array([[1.5]]), "values outside 0 to 1, or NaN"),
        (np.array([[-0.1]]), "values outside 0 to 1, or NaN"),
        (np.array([[np.nan]]), "values outside 0 to 1, or NaN"),
        (np.array([[None]]), "An array of object is no image"),
        ([[1]], "A list is no image"),
        (b"png", "A bytes is no image"),
    ],
    ids=range(12),
)
def test_what_is_no_picture_is_refused(array: object, message: str) -> None:
    """Nothing is scaled that nobody asked for."""
    with pytest.raises(InvalidMediaError, match=message):
        hozon.Image(array)


@pytest.mark.parametrize(("file_type", "form"), [("jpeg", "jpg"), ("webp", "webp"), (None, "png")])
def test_a_format_may_be_chosen_for_pixels(file_type: str | None, form: str) -> None:
    """And a mode, for arrays and images of Pillow alike."""
    for data in (np.zeros((2, 2, 3), dtype=np.uint8), Pillow.new("RGB", (2, 2))):
        image = hozon.Image(data, mode="L", file_type=file_type)
        assert image.format == form
        assert image.image.convert("L").getpixel((0, 0)) == 0


def test_a_mode_that_the_format_lacks_is_refused() -> None:
    """With what to do; and so is a mode or a format that there is not."""
    picture = Pillow.new("RGBA", (1, 1))
    with pytest.raises(InvalidMediaError, match="mode 'RGBA' cannot be written as jpg") as caught:
        hozon.Image(picture, file_type="jpg")
    assert "another mode" in caught.value.hint
    with pytest.raises(InvalidMediaError, match="cannot be converted to 'XYZ'"):
        hozon.Image(picture, mode="XYZ")
    with pytest.raises(InvalidMediaError, match="The file_type 'pdf' is unknown"):
        hozon.Image(picture, file_type="pdf")


@pytest.mark.parametrize("argument", [{"mode": "L"}, {"file_type": "png"}], ids=str)
def test_a_file_is_not_converted(argument: dict[str, Any], tmp_path: Path) -> None:
    """It is kept, and whoever asks for more is told."""
    path = tmp_path / "a.png"
    path.write_bytes(written("PNG"))
    with pytest.raises(InvalidMediaError, match="The image is a file, and"):
        hozon.Image(path, **argument)


@pytest.mark.parametrize("content", [b"", b"text", written("PNG")[:20], written("ICO")], ids=len)
def test_a_file_that_is_no_picture_is_named(content: bytes, tmp_path: Path) -> None:
    """Empty, text, cut off, or of a format that is not read."""
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(InvalidMediaError, match=r"a\.png' is no image that can be read"):
        hozon.Image(path)


def test_a_picture_that_is_cut_off_is_found_when_it_is_decoded(tmp_path: Path) -> None:
    """Its head is whole."""
    path = tmp_path / "a.png"
    path.write_bytes(written("PNG", size=(64, 64))[:-30])
    image = hozon.Image(path)
    with pytest.raises(InvalidMediaError, match="is no image that can be read"):
        _ = image.image


@pytest.mark.parametrize("most", [5, 2], ids=["warned of", "refused"])
@pytest.mark.parametrize("action", ["error", "ignore"])
def test_a_decompression_bomb_is_an_error(
    most: int, action: Literal["error", "ignore"], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether Pillow only warns of it or refuses it, and whatever becomes of warnings."""
    warnings.simplefilter(action, Pillow.DecompressionBombWarning)
    path = tmp_path / "a.png"
    path.write_bytes(written("PNG"))
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", most)
    with pytest.raises(InvalidMediaError, match="too many pixels") as caught:
        hozon.Image(path)
    assert "MAX_IMAGE_PIXELS" in caught.value.hint
    for data in (np.zeros((2, 3)), Pillow.new("L", (3, 2))):
        with pytest.raises(InvalidMediaError, match="3 by 2 pixels is too large"):
            hozon.Image(data)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With what the system says."""
    with pytest.raises(SourceFileError, match=r"absent\.png' cannot be read \(No such file"):
        hozon.Image(tmp_path / "absent.png")


def test_a_file_that_changes_is_not_stored_under_the_old_name(
    tmp_path: Path, artifact: FolderArtifact
) -> None:
    """What is named after its content has this content."""
    path = tmp_path / "a.png"
    path.write_bytes(written("PNG"))
    image = hozon.Image(path)
    path.write_bytes(written("PNG", size=(9, 9)))
    with pytest.raises(SourceFileError, match="has changed since the object was made"):
        store_object(image, "it", artifact)
    assert artifact.files == []


def test_pictures_are_equal_by_content(tmp_path: Path) -> None:
    """Not by where they come from; the caption counts."""
    image = hozon.Image(np.zeros((2, 3), dtype=np.uint8))
    path = tmp_path / "a.png"
    file = io.BytesIO()
    image.image.save(file, format="PNG")
    path.write_bytes(file.getvalue())
    assert hozon.Image(path) == image
    assert hozon.Image(path, caption="b") != image
    assert hozon.Image(np.ones((2, 3))) != image
    assert image != "image"


def test_a_read_image_can_be_stored_in_another_artifact(
    round_trip: RoundTrip, tmp_path: Path
) -> None:
    """Its bytes go along."""
    image = hozon.Image(np.zeros((2, 3)))
    back = round_trip(image)
    other = FolderArtifact(tmp_path / "other")
    assert back is not None
    assert load_object(store_object(back, "it", other), other) == image


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"caption": 3}, "The caption is 3, not text"),
        ({"caption": "\ud800"}, "The caption is .* not text"),
        ({"grouping": "a"}, "The grouping is 'a', not an integer"),
        ({"classes": 3}, "class_set is of type int"),
        ({"boxes": [BOX]}, "boxes is of type list"),
        ({"boxes": {"a": BOX}}, "The set of boxes has the unknown key"),
        ({"masks": {"a": {"mask_data": np.zeros((9, 9), dtype=int)}}}, "The mask 'a' has 9 by 9"),
    ],
    ids=range(7),
)
def test_what_does_not_fit_the_image_is_refused(arguments: dict[str, Any], message: str) -> None:
    """Text, numbers, and what is drawn over it."""
    with pytest.raises(InvalidMediaError, match=message):
        hozon.Image(np.zeros((2, 3)), **arguments)


def test_bytes_that_are_not_those_of_the_object_file_are_refused(
    artifact: FolderArtifact, round_trip: RoundTrip
) -> None:
    """The artifact holds them, and yet they are others."""
    back = round_trip(hozon.Image(np.zeros((2, 3))))
    assert isinstance(back, hozon.Image)
    (path,) = artifact.paths("media/")
    artifact.local(path).write_bytes(written("PNG"))
    with pytest.raises(CorruptObjectError, match="holds other bytes than the object file says"):
        _ = back.image


@pytest.mark.parametrize("library", ["PIL", "numpy"])
def test_a_missing_library_is_named(
    library: str, round_trip: RoundTrip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The image is there; looking at it needs the library."""
    mask = round_trip(hozon.ImageMask({"mask_data": np.zeros((1, 1), dtype=int)}, "a"))
    assert isinstance(mask, hozon.ImageMask)
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match="which is not installed") as caught:
        _ = mask.mask_data
    assert "pip install 'hozon[media]'" in caught.value.hint


@pytest.mark.parametrize(
    "data", [np.array([[0, 255]]), np.array([[True, False]]), np.array([[3]], dtype=np.uint64)]
)
def test_a_mask_comes_back(data: object, round_trip: RoundTrip) -> None:
    """As bytes, with its labels."""
    mask = hozon.ImageMask({"mask_data": data, "class_labels": {3: "car"}}, key="truth")
    back = round_trip(mask)
    assert back == mask
    assert isinstance(back, hozon.ImageMask)
    assert back.mask_data.tolist() == data.astype(int).tolist()
    assert (back.key, back.class_labels) == ("truth", {3: "car"})


def test_a_mask_may_be_a_file(tmp_path: Path) -> None:
    """A PNG with one channel, and nothing else."""
    path = tmp_path / "mask.png"
    path.write_bytes(written("PNG", mode="P"))
    assert hozon.ImageMask({"path": path}, "a").mask_data.tolist() == [[1, 1, 1], [1, 1, 1]]
    for content, found in ((written("PNG"), "png of mode 'RGB'"), (written("GIF"), "gif of mode")):
        path.write_bytes(content)
        with pytest.raises(InvalidMediaError, match=f"A {found}"):
            hozon.ImageMask({"path": path}, "a")


@pytest.mark.parametrize(
    ("val", "message"),
    [
        ([], "The mask is of type list"),
        ({}, "has mask_data or a path"),
        ({"mask_data": 1, "path": 1}, "has mask_data or a path"),
        ({"path": 1}, "The path of the mask is 1"),
        ({"data": 1}, "unknown key 'data'"),
        ({"mask_data": [[1]]}, "mask_data is list"),
        ({"mask_data": np.zeros((2, 2))}, r"mask_data is float64 \(2, 2\)"),
        ({"mask_data": np.zeros(2, dtype=int)}, r"mask_data is int64 \(2,\)"),
        ({"mask_data": np.array([[-1]])}, "class ids from -1 to -1"),
        ({"mask_data": np.array([[256]])}, "class ids from 256 to 256"),
        ({"mask_data": np.array([[1]]), "class_labels": {"a": "b"}}, "class id is 'a', not an"),
        ({"mask_data": np.array([[1]]), "class_labels": {1: 2}}, "label of class 1 is 2"),
        ({"mask_data": np.array([[1]]), "class_labels": ["b"]}, "class_labels is of type list"),
    ],
    ids=range(13),
)
def test_a_wrong_mask_is_refused(val: object, message: str) -> None:
    """With what is wrong about it."""
    with pytest.raises(InvalidMediaError, match=message):
        hozon.ImageMask(val, "a")


@pytest.mark.parametrize(
    "box",
    [
        BOX,
        {**BOX, "box_caption": "a car", "scores": {"loss": np.float64(0.5)}},
        {
            "position": {"middle": [3, 4], "width": 300, "height": 2},
            "domain": "pixel",
            "class_id": 0,
        },
        {"position": {"middle": (0.5, np.float32(0.5)), "width": 0, "height": 1}, "class_id": 0},
    ],
    ids=range(4),
)
def test_boxes_come_back(box: dict[str, Any], round_trip: RoundTrip) -> None:
    """Either kind of position, in fractions and in pixels."""
    boxes = hozon.BoundingBoxes2D({"box_data": [box], "class_labels": {0: "sky"}}, key="said")
    back = round_trip(boxes)
    assert back == boxes
    assert isinstance(back, hozon.BoundingBoxes2D)
    assert back.box_data == boxes.box_data
    assert back.class_labels == {0: "sky"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position": {"minX": 0}}, "Box 0: The position is"),
        ({"position": None}, "Box 0: The position is None"),
        ({"position": {**BOX["position"], "maxX": 2}}, "Box 0: maxX is 2"),
        ({"position": {**BOX["position"], "minX": -1}}, "Box 0: minX is -1"),
        ({"position": {**BOX["position"], "minX": 0.9}}, "minX is 0.9, more than maxX"),
        ({"position": {**BOX["position"], "minX": float("nan")}}, "minX is nan"),
        ({"position": {"middle": 1, "width": 0, "height": 0}}, "The middle is 1"),
        ({"class_id": "car"}, "The class_id is 'car'"),
        ({"class_id": True}, "The class_id is True"),
        ({"domain": "inch"}, "The domain is 'inch'"),
        ({"scores": [1]}, "scores is of type list"),
        ({"scores": {"a": "b"}}, "score 'a' is 'b'"),
        ({"box_caption": 1}, "The box_caption is 1"),
        ({"color": 1}, "unknown key 'color'"),
    ],
    ids=range(14),
)
def test_a_wrong_box_is_refused(change: dict[str, Any], message: str) -> None:
    """And named by its number."""
    with pytest.raises(InvalidMediaError, match=message):
        hozon.BoundingBoxes2D({"box_data": [{**BOX, **change}]}, "a")


def test_boxes_are_a_list() -> None:
    """One box is a list of one."""
    with pytest.raises(InvalidMediaError, match="box_data is of type dict"):
        hozon.BoundingBoxes2D({"box_data": BOX}, "a")


def test_classes_come_back(round_trip: RoundTrip) -> None:
    """In their order, numbers of NumPy included."""
    classes = hozon.Classes([{"id": np.int64(2), "name": "road"}, {"id": 0, "name": "sky"}])
    back = round_trip(classes)
    assert back == classes
    assert isinstance(back, hozon.Classes)
    assert back.class_set == [{"id": 2, "name": "road"}, {"id": 0, "name": "sky"}]


@pytest.mark.parametrize(
    ("class_set", "message"),
    [
        ("sky", "class_set is of type str"),
        (["sky"], "'sky' is no class"),
        ([{"id": 0}], "is no class"),
        ([{"id": "0", "name": "sky"}], "The class id is '0'"),
        ([{"id": 0, "name": 1}], "The class name is 1"),
        ([{"id": 0, "name": "a"}, {"id": 0, "name": "b"}], "The class id 0 is there twice"),
    ],
    ids=range(6),
)
def test_wrong_classes_are_refused(class_set: object, message: str) -> None:
    """A number has one name."""
    with pytest.raises(InvalidMediaError, match=message):
        hozon.Classes(class_set)


@pytest.mark.parametrize(
    "change",
    [
        {"width": 9},
        {"width": -1},
        {"format": "../png"},
        {"sha256": "00"},
        {"size": "1"},
        {"path": "../../secret"},
        {"path": "/etc/passwd"},
        {"path": "media/images/absent.png"},
        {"caption": 3},
        {"classes": {"_type": "table"}},
        {"masks": {"truth": 3}},
        {"boxes": {"said": {"_type": "classes", "class_set": []}}},
    ],
    ids=str,
)
def test_a_record_of_an_image_is_not_trusted(
    change: dict[str, Any], artifact: FolderArtifact
) -> None:
    """Sizes, digests, paths, and what is drawn over it."""
    mask = {"mask_data": np.zeros((2, 3), dtype=int)}
    path = store_object(hozon.Image(np.zeros((2, 3)), masks={"truth": mask}), "it", artifact)
    artifact.change(path, **change)
    with pytest.raises(CorruptObjectError, match=r"it\.image-file\.json"):
        load_object("it", artifact)
