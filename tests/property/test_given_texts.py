"""Whatever text is given as a path, a prefix or a name: a result, or an error of ours."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hozon
from hozon.errors import HozonError
from hozon.sdk.session import current_session, use_settings
from hozon.settings import load_settings

SURROGATES = st.integers(0xD800, 0xDFFF).map(chr)
TEXTS = st.one_of(
    st.text(max_size=12),
    st.lists(st.one_of(SURROGATES, st.sampled_from(["\0", "/", ".", "a", "é", "~", ":"]))).map(
        "".join
    ),
    st.sampled_from(["a", "a/", "t", "t.table.json", "x" * 300, "y/" * 3000]),
)
INSIDE = TEXTS.map(lambda text: "r" + text.replace("/", "").replace(".", ""))
"""The names of folders that lie in the folder of the test: what is written stays there."""

Use = Callable[[hozon.Artifact, str], object]


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hozon.Artifact]:
    """Give a version with a file and a table, and a working folder with a file."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "work").mkdir()
    (folder / "work" / "local").write_text("x")
    given_settings = load_settings(
        {"HOZON_HOME": str(folder / "home"), "XDG_CONFIG_HOME": str(folder / "config")}
    )
    with pytest.MonkeyPatch.context() as patch, use_settings(given_settings):
        patch.chdir(folder / "work")
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("a") as file:
            file.write("1")
        artifact["t"] = table()
        artifact.save()
        session = current_session()
        yield artifact
        session.close()


def table() -> hozon.Table:
    """Give a small object."""
    return hozon.Table(columns=["x"], data=[[1]])


def draft() -> hozon.Artifact:
    """Begin a draft."""
    return hozon.Artifact("mnist", type="dataset")


def write(name: str, encoding: str | None = None) -> None:
    """Write a file straight into a draft."""
    with draft().new_file(name, encoding=encoding) as file:
        file.write("x")


def here(uri: str) -> str:
    """Give the URI of something in the working folder."""
    return f"{Path.cwd().as_uri()}/{uri}"


NAMES: dict[str, Use] = {
    "download(path_prefix)": lambda v, text: v.download("r", path_prefix=text),
    "files": lambda v, text: (len(v.files([text])), list(v.files([text]))),
    "get_entry": lambda v, text: v.get_entry(text),
    "get_path": lambda v, text: v.get_path(text),
    "get": lambda v, text: v.get(text),
    "[]": lambda v, text: v[text],
    "manifest.entries": lambda v, text: v.manifest.entries[text],
    "link": lambda v, text: v.link(text),
    "link(aliases)": lambda v, text: v.link("portfolio", [text]),
    "add": lambda _, text: draft().add(table(), text),
    "[]=": lambda _, text: draft().__setitem__(text, table()),
    "add_file": lambda _, text: draft().add_file(f"./{text}"),
    "add_file(name)": lambda _, text: draft().add_file("local", name=text),
    "add_dir(name)": lambda _, text: draft().add_dir(".", name=text),
    "new_file": lambda _, text: write(text),
    "new_file(encoding)": lambda _, text: write("x", encoding=text),
    "new_file(mode)": lambda _, text: draft().new_file("x", mode=text).__enter__(),
    "add_reference": lambda _, text: draft().add_reference(f"x:{text}"),
    "add_reference(file)": lambda _, text: draft().add_reference(here(text), name="x"),
    "add_reference(name)": lambda _, text: draft().add_reference(here("local"), name=text),
    "add_reference(entry)": lambda v, text: draft().add_reference(v.get_entry("a"), name=text),
    "remove": lambda _, text: draft().remove(text),
    "get_added_local_path_name": lambda _, text: draft().get_added_local_path_name(text),
}
"""What takes the path of a file, its beginning, or a name."""

FOLDERS: dict[str, Use] = {
    "download": lambda v, text: v.download(text),
    "file": lambda v, text: v.file(text),
    "checkout": lambda v, text: v.checkout(text),
    "checkout(dry_run)": lambda v, text: v.checkout(text, dry_run=True),
    "verify": lambda v, text: v.verify(text),
    "entry.download": lambda v, text: v.get_entry("a").download(text),
    "add_dir": lambda _, text: draft().add_dir(text),
}
"""What takes the path of a local folder."""


def use(version: hozon.Artifact, what: Use, text: str) -> None:
    """Call it, and let nothing pass but errors of ours, which can be printed."""
    try:
        what(version, text)
    except (HozonError, KeyError) as error:
        str(error).encode()


@pytest.mark.parametrize("what", NAMES.values(), ids=NAMES)
@given(text=TEXTS)
@settings(max_examples=40)
def test_any_text_may_be_given_as_a_name(version: hozon.Artifact, what: Use, text: str) -> None:
    """Lone surrogates and NUL included."""
    use(version, what, text)


@pytest.mark.parametrize("what", FOLDERS.values(), ids=FOLDERS)
@given(text=INSIDE)
@settings(max_examples=40)
def test_any_text_may_be_given_as_a_folder(version: hozon.Artifact, what: Use, text: str) -> None:
    """The same."""
    use(version, what, text)
