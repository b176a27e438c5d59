"""What becomes of changes that people make at the same time."""

from datetime import timedelta

from hozon.model.notes import Notes, merge_notes
from hozon.model.tags import Tag
from hozon.model.ttl import ArtifactTTL

A, B, C, D = map(Tag, "abcd")
SEEN = Notes("old", {"n": 1}, (A, B), ArtifactTTL.INHERIT)
OTHER = Notes("theirs", {"n": 2}, (B, C), None)


def test_what_was_not_changed_is_as_it_is_now() -> None:
    """Wishing for what was seen undoes nothing of what others did."""
    assert merge_notes(OTHER, seen=SEEN, wanted=SEEN) == OTHER


def test_what_was_changed_is_as_it_was_wished() -> None:
    """Even where others changed it, too."""
    wanted = Notes("mine", {"n": 3}, (), timedelta(days=1))
    merged = merge_notes(OTHER, seen=SEEN, wanted=wanted)
    assert (merged.description, merged.metadata) == ("mine", {"n": 3})
    assert merged.ttl == timedelta(days=1)


def test_tags_are_merged_one_by_one() -> None:
    """Those that were added are added, those that were removed are removed, the rest stays."""
    wanted = Notes("old", {"n": 1}, (A, D), ArtifactTTL.INHERIT)
    assert merge_notes(OTHER, seen=SEEN, wanted=wanted).tags == (C, D)
