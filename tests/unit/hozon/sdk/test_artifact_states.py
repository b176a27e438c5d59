"""What works on an artifact in which state, as the reference page says it.

The page is the specification: its table names every public member, and every cell is tried. A new
member needs its name in the table and, if it is a method, a call below.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import hozon
from hozon import errors

PAGE = Path(__file__).parents[4] / "docs" / "en" / "reference" / "artifact.md"
STATES = ("Draft", "Finalized", "Logged", "Deleted")
WORKS = "yes"

Call = Callable[[hozon.Artifact], object]

CALLS: Mapping[str, Call] = {
    "add": lambda artifact: artifact.add(hozon.Table(columns=["a"]), "table"),
    "add_dir": lambda artifact: artifact.add_dir("."),
    "add_file": lambda artifact: artifact.add_file("data.txt"),
    "add_reference": lambda artifact: artifact.add_reference("other://y", name="reference"),
    "checkout": lambda artifact: artifact.checkout(),
    "delete": lambda artifact: artifact.delete(delete_aliases=True),
    "download": lambda artifact: artifact.download(),
    "file": lambda artifact: artifact.file(),
    "files": lambda artifact: artifact.files(),
    "finalize": lambda artifact: artifact.finalize(),
    "get": lambda artifact: artifact.get("table"),
    "get_added_local_path_name": lambda artifact: artifact.get_added_local_path_name("data.txt"),
    "get_entry": lambda artifact: artifact.get_entry("data.txt"),
    "get_path": lambda artifact: artifact.get_path("data.txt"),
    "is_draft": lambda artifact: artifact.is_draft(),
    "json_encode": lambda artifact: artifact.json_encode(),
    "link": lambda artifact: artifact.link("other"),
    "logged_by": lambda artifact: artifact.logged_by(),
    "new_draft": lambda artifact: artifact.new_draft(),
    "new_file": lambda artifact: artifact.new_file("new.txt").__enter__(),
    "remove": lambda artifact: artifact.remove("data.txt"),
    "restore": lambda artifact: artifact.restore(),
    "save": lambda artifact: artifact.save(),
    "unlink": lambda artifact: artifact.unlink(),
    "used_by": lambda artifact: artifact.used_by(),
    "verify": lambda artifact: artifact.verify(),
    "wait": lambda artifact: artifact.wait(),
    "wandb_digest": lambda artifact: artifact.wandb_digest(),
}
"""Method → a call that works in at least one state. Properties are read, and set if they can be."""

FOR_LINKS = {"unlink"}
"""What is tried on a link instead of a version."""


def read_table() -> Iterator[tuple[str, str, str]]:
    """Give each member with each state and what the page says of it."""
    _, _, section = PAGE.read_text("utf-8").partition("{#artifact-states}")
    rows = re.findall(r"^\| (.+) \|$", section.partition("\n::: ")[0], re.MULTILINE)
    header, _, *body = [row.split(" | ") for row in rows]
    assert tuple(header[1:]) == STATES
    for members, *cells in body:
        for name in re.findall(r"`(\w+)`", members):
            for state, cell in zip(STATES, cells, strict=True):
                yield name, state, cell.strip("`")


TABLE = list(read_table())


def public_members() -> dict[str, object]:
    """Find what users can call, read or set."""
    return {name: getattr(hozon.Artifact, name) for name in dir(hozon.Artifact) if name[0] != "_"}


def in_state(state: str, *, link: bool) -> hozon.Artifact:
    """Make an artifact and bring it into a state."""
    artifact = hozon.Artifact("mnist", type="dataset")
    with artifact.new_file("data.txt") as file:
        file.write("hello")
    if state == "Finalized":
        artifact.finalize()
    elif state in {"Logged", "Deleted"}:
        artifact.save()
        artifact = artifact.link("shared") if link else artifact
    if state == "Deleted":
        artifact.delete(delete_aliases=True)
    return artifact


def use(artifact: hozon.Artifact, name: str) -> None:
    """Call a method; read a property, and set it to what it is."""
    if name in CALLS:
        CALLS[name](artifact)
        return
    value = getattr(artifact, name)
    if getattr(hozon.Artifact, name).fset is not None:
        setattr(artifact, name, value)


def error_named(name: str) -> type[errors.HozonError]:
    """Find an error by the name that the page gives."""
    found = getattr(hozon, name, None) or getattr(errors, name)
    assert issubclass(found, errors.HozonError)
    return found


@pytest.mark.parametrize(("name", "state", "said"), TABLE)
def test_the_table_is_true(name: str, state: str, said: str) -> None:
    """A call works where the page says so, and elsewhere raises the error that it names."""
    Path("data.txt").write_text("hello", "utf-8")
    artifact = in_state(state, link=name in FOR_LINKS)
    if said == WORKS:
        use(artifact, name)
        return
    with pytest.raises(errors.HozonError) as caught:
        use(artifact, name)
    assert type(caught.value) is error_named(said)


def test_every_public_member_is_in_the_table_once() -> None:
    """The lists are complete, and name nothing else."""
    named = sorted(name for name, state, _ in TABLE if state == STATES[0])
    assert named == sorted(public_members())


def test_every_method_is_called() -> None:
    """None is only looked at."""
    methods = {name for name, member in public_members().items() if callable(member)}
    assert methods == set(CALLS)


@pytest.mark.parametrize("state", ["Draft", "Finalized"])
def test_what_cannot_be_read_cannot_be_set(state: str) -> None:
    """Setting raises what reading raises."""
    artifact = in_state(state, link=False)
    settable = {n for n, m in public_members().items() if getattr(m, "fset", None)}
    assert settable >= {"aliases", "description", "metadata", "tags", "ttl"}
    for name in settable - {n for n, s, said in TABLE if s == state and said == WORKS}:
        with pytest.raises(hozon.ArtifactNotLoggedError, match=name):
            setattr(artifact, name, [])


def test_what_is_being_logged_counts_as_finalized() -> None:
    """Until it has a version, whatever the speed of the upload."""
    artifact = in_state("Draft", link=False)
    with hozon.init() as run:
        run.log_artifact(artifact)
        with pytest.raises(hozon.ArtifactFinalizedError):
            artifact.add_file("data.txt")
        with pytest.raises(hozon.ArtifactNotLoggedError):
            _ = artifact.version
        assert artifact.wait().version == "v0"
