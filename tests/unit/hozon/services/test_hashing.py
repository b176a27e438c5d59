"""Hashing while writing: read once, identified on the way."""

import hashlib
import threading
from collections.abc import Iterator
from io import BytesIO

import pytest

from hozon.services.hashing import ALONE_CHUNKS, write_hashed

COUNTS = [0, 1, ALONE_CHUNKS, ALONE_CHUNKS + 1, ALONE_CHUNKS + 40]


def chunks_of(count: int) -> list[bytes]:
    """Give chunks that differ."""
    return [bytes([number % 256]) * 1000 for number in range(count)]


@pytest.mark.parametrize("count", COUNTS)
def test_what_is_written_is_identified(count: int) -> None:
    """One chunk or many, in the order given."""
    chunks, sink = chunks_of(count), BytesIO()
    digest, size = write_hashed(chunks, sink)
    assert sink.getvalue() == b"".join(chunks)
    assert (digest, size) == (hashlib.sha256(sink.getvalue()).hexdigest(), 1000 * count)


@pytest.mark.parametrize("count", COUNTS)
def test_one_thread_does_it_all_where_no_other_can_be_started(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """As while the interpreter ends."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    chunks, sink = chunks_of(count), BytesIO()
    digest, size = write_hashed(chunks, sink)
    assert (digest, size) == (hashlib.sha256(sink.getvalue()).hexdigest(), 1000 * count)


class FullSink(BytesIO):
    """Takes so many chunks."""

    room = ALONE_CHUNKS + 3

    def write(self, chunk: object, /) -> int:
        """Fail when there is no room."""
        self.room -= 1
        if self.room < 0:
            raise OSError("No space left on device")
        return super().write(chunk)  # type: ignore[arg-type]


def broken() -> Iterator[bytes]:
    """Give some chunks, and then fail."""
    yield from chunks_of(ALONE_CHUNKS + 3)
    raise EOFError("torn")


def test_failures_come_out_and_leave_no_thread() -> None:
    """Of reading and of writing."""
    before = threading.active_count()
    with pytest.raises(OSError, match="No space"):
        write_hashed(chunks_of(100), FullSink())
    with pytest.raises(EOFError, match="torn"):
        write_hashed(broken(), BytesIO())
    assert threading.active_count() == before
