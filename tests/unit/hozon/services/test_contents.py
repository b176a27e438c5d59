"""Contents: entries by path, and the local ranges behind them."""

from pathlib import Path

import pytest

from hozon.model.manifest import Manifest, ManifestEntry
from hozon.services.contents import Contents, LocalFile, LocalRange, StagedFile

FILE = LocalFile(Path("one"), private=True, packed=True)
OTHER = LocalFile(Path("two"), private=False)
REFERENCE = ManifestEntry("r", "etag", None, "s3://bucket/key", {"versionID": "1"})
LINKED = ManifestEntry("linked", "ee" * 32, 9, "hozon-artifact://7/a")


def staged(path: str, digest: str, at: LocalRange | None, size: int = 3) -> StagedFile:
    """Describe a file."""
    return StagedFile(ManifestEntry(path, digest * 32, size), at)


def contents(*files: StagedFile) -> Contents:
    """Put files together."""
    made = Contents()
    for file in files:
        made.put(file)
    return made


A = staged("a", "aa", LocalRange(FILE, 0, 3))
B = staged("b", "bb", LocalRange(FILE, 3, 3))
C = staged("c", "cc", LocalRange(OTHER, 0, 3))
STORED = staged("d", "dd", None)


def test_entries_come_out_as_they_went_in() -> None:
    """In path order, whatever the order of adding; references as they are."""
    files = [StagedFile(REFERENCE, None), STORED, C, B, A, StagedFile(LINKED, None)]
    made = contents(*files)
    assert list(made) == sorted(files, key=lambda file: file.entry.path)
    assert [made[file.entry.path] for file in files] == files
    assert list(made.entries()) == [file.entry for file in made]
    assert made.manifest == Manifest.of(file.entry for file in files)


def test_what_is_not_there_is_none() -> None:
    """By asking; by index it is an error, as in a dictionary."""
    made = contents(A)
    assert ("a" in made, "x" in made) == (True, False)
    assert (made.get("x"), made.entry("x")) == (None, None)
    for ask in (made.__getitem__, made.remove):
        with pytest.raises(KeyError):
            ask("x")


def test_a_path_has_one_entry() -> None:
    """The last one counts, and counts alone; also between files and references."""
    made = contents(A, StagedFile(REFERENCE, None))
    for entry in (
        ManifestEntry("a", "99" * 32, 7),
        ManifestEntry("a", "etag", None, "s3://b/k"),
        ManifestEntry("a", "99" * 32, 7),
    ):
        made.put(StagedFile(entry, None))
        assert (len(made), made.size) == (2, entry.size or 0)
        assert made.entry("a") == entry


def test_what_was_removed_counts_no_more() -> None:
    """Neither in the sum nor for the store; it may be put again."""
    made = contents(A, B, StagedFile(REFERENCE, None))
    made.remove("a")
    made.remove("r")
    assert (list(made.paths()), made.size) == (["b"], 3)
    assert list(made.by_file()) == [(FILE, [("bb" * 32, 3, 3)])]
    made.put(A)
    assert made["a"] == A


def test_bytes_are_given_file_by_file() -> None:
    """In the order of offsets; last what must be stored already, and nothing of what is outside."""
    made = contents(B, StagedFile(REFERENCE, None), STORED, C, A, StagedFile(LINKED, None))
    assert list(made.by_file()) == [
        (FILE, [("aa" * 32, 0, 3), ("bb" * 32, 3, 3)]),
        (OTHER, [("cc" * 32, 0, 3)]),
        (None, [("dd" * 32, 0, 3), ("ee" * 32, 0, 9)]),
    ]


def test_what_is_empty_comes_before_what_begins_where_it_lies() -> None:
    """So that a stream of the file is taken apart without going back."""
    empty = staged("z", "00", LocalRange(FILE, 0, 0), size=0)
    (found,) = contents(A, B, empty).by_file()
    assert found[1] == [("00" * 32, 0, 0), ("aa" * 32, 0, 3), ("bb" * 32, 3, 3)]
