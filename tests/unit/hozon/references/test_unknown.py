"""References with a scheme that nobody knows."""

from pathlib import Path

import pytest

from hozon.errors import InvalidReferenceError
from hozon.model.manifest import ManifestEntry
from hozon.references.unknown import UnknownReferences

URI = "doi:10.5281/zenodo.1"
ENTRY = ManifestEntry("paper.pdf", URI, None, URI)


@pytest.mark.parametrize("checksum", [True, False])
def test_the_uri_is_all_that_is_recorded(checksum: bool) -> None:  # noqa: FBT001  A parameter.
    """It is the digest; there is no size, no name and nothing in `extra`."""
    (found,) = UnknownReferences().find(URI, checksum=checksum, max_objects=None)
    assert (found.ref, found.digest, found.size, found.extra) == (URI, URI, None, {})
    assert (found.name, found.single) == ("", True)


def test_nobody_can_read_it() -> None:
    """The message names the URI, the hint the path inside the artifact."""
    with pytest.raises(InvalidReferenceError, match=f"cannot read '{URI}'") as caught:
        UnknownReferences().read(ENTRY)
    assert "'paper.pdf'" in caught.value.hint


def test_nobody_can_tell_whether_a_file_matches(tmp_path: Path) -> None:
    """Whatever it holds."""
    (tmp_path / "paper.pdf").write_bytes(b"hello")
    assert not UnknownReferences().matches(ENTRY, tmp_path / "paper.pdf")


def test_the_target_is_the_uri() -> None:
    """Other programs may open it; closing does nothing."""
    UnknownReferences().close()
    assert UnknownReferences().target(ENTRY) == URI
