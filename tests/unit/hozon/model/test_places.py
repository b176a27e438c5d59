"""Places: where bytes lie in a store."""

from hozon.model.places import object_key


def test_keys_of_two_uploads_never_meet() -> None:
    """Deleting what one upload wrote never deletes what another wrote."""
    keys = {object_key(upload, number) for upload in ("aa", "a") for number in (0, 1, 10)}
    assert len(keys) == 6


def test_keys_lie_below_one_prefix() -> None:
    """Objects can be listed without what else lies in the store."""
    assert object_key("abc", 7) == "objects/abc/7"
