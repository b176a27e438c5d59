"""Places: where the bytes of one digest lie in an object store.

Owns the shape of a place and of the keys of uploads. Refuses to own reading and writing.
Invariant: a key belongs to one upload only, so that deleting a key never deletes bytes that
someone uploaded since.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A range of bytes under one key of the store."""

    key: str
    """The key, relative to the store's root."""

    offset: int
    """Where the bytes start, 0 or more."""

    length: int
    """How many bytes they are, 0 or more."""


def object_key(upload_id: str, number: int) -> str:
    """Name the key of the n-th object of an upload.

    Args:
        upload_id: Unique to the upload.
        number: 0 or more, unique within the upload.

    Returns:
        A key that no other upload can ever produce.
    """
    return f"objects/{upload_id}/{number}"
