"""Uploads: bring what the store lacks into it, in as few objects as possible.

Owns which bytes share a key, and the proof that they arrived. Invariants: an object has a place in
the catalog only after the store gave its bytes back as they were (or keeps the very file that was
given); what has a place is never uploaded again, also after a crash; a key in which nothing has a
place is removed; nothing gets a place after its PENDING version was
given up.
"""

import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO, Final

from hozon.errors import (
    DigestMismatchError,
    HozonError,
    MissingObjectError,
    SourceFileError,
    StorageError,
)
from hozon.model.digests import CHUNK_BYTES, ContentDigest
from hozon.model.places import PACKED_FILES, Place, object_key, pack_key
from hozon.services.carrying import Part, carry
from hozon.services.contents import Contents, LocalFile
from hozon.services.context import Context
from hozon.services.leases import Upload, renew_lease
from hozon.services.parallel import for_each
from hozon.services.scratch import make_scratch_folder, remove_scratch_folder
from hozon.services.staging import staging_in

UPLOAD_THREADS: Final = 8
"""How many objects are uploaded at a time; to a store on this machine, where nobody waits for a
network, only two."""

Progress = Callable[[int], None]
"""Is told how many more bytes are done."""


@dataclass(frozen=True, slots=True)
class _Upload:
    """A file that goes to the store under a key of its own."""

    key: str
    file: LocalFile
    parts: Sequence[Part]

    @property
    def places(self) -> dict[ContentDigest, Place]:
        """Where its parts will lie."""
        return {digest: Place(self.key, at, length) for digest, at, length in self.parts}

    @property
    def size(self) -> int:
        """How many bytes are needed of it."""
        return sum(length for _, _, length in self.parts)


def upload_missing(
    context: Context, contents: Contents, upload: Upload, *, progress: Progress
) -> None:
    """Store every distinct content that the store lacks, several at a time.

    Args:
        context: The capabilities.
        contents: What is needed; its digests are pinned.
        upload: For which version.
        progress: Is told how many more bytes are done, from several threads; bytes that are
            stored already count as done.

    Raises:
        MissingObjectError: Something that was stored when it was added is so no more, and there
            is no copy of it here.
        SourceFileError: A file that was not copied has changed since it was added.
        DigestMismatchError: The store did not keep what it was given.
        StorageError: The store refused or failed; what has arrived need not be sent again.
        UploadLeaseError: The upload took so long that it was given up.
        CatalogError: The catalog failed.
    """
    with scratch_space(context) as folder:
        plan = _Plan(
            context,
            contents,
            upload_id=upload.upload_id,
            folder=folder,
            progress=progress,
        )

        def store(stored: _Upload) -> None:
            _store(context, stored, upload)
            plan.is_stored(stored)
            if stored.file.path.parent == folder:  # A file of our own: nobody needs it any more.
                stored.file.path.unlink()
            progress(stored.size)

        with closing(plan.uploads()) as uploads:
            for_each(store, uploads, threads=2 if context.store.is_local else UPLOAD_THREADS)


class _Plan:
    """Finds out what is missing, and puts small files together.

    It works through one local file after the other, so that memory does not grow with the number
    of entries, and asks the catalog as late as possible: what an earlier upload stored is there.
    """

    def __init__(
        self,
        context: Context,
        contents: Contents,
        *,
        upload_id: str,
        folder: Path,
        progress: Progress,
    ) -> None:
        self._context = context
        self._contents = contents
        self._folder = folder
        self._progress = progress
        self._under_way: set[ContentDigest] = set()
        self._upload_id = upload_id
        self._numbers = count()

    def is_stored(self, upload: _Upload) -> None:
        """Note that the catalog knows the places of an upload."""
        self._under_way.difference_update(digest for digest, _, _ in upload.parts)

    def uploads(self) -> Generator[_Upload]:
        """Give what has to be uploaded."""
        rest = _Rest(self._folder, pack_bytes=self._context.sizes.pack_bytes)
        try:
            yield from self._uploads(rest)
        finally:
            rest.abandon()

    def _uploads(self, rest: "_Rest") -> Iterator[_Upload]:
        for file, parts, missing in self._with_missing():
            if not missing:
                continue
            if file is None:
                yield from self._carried(missing)
            elif file.packed and len(missing) == len(parts) and _fills(file, parts):
                yield self._begin(pack_key, file, missing)
            elif self._is_large(missing):
                yield self._begin(object_key, file, missing)
            else:
                self._under_way.update(digest for digest, _, _ in missing)
                for pack, packed in rest.take(file, missing):
                    yield self._begin(pack_key, pack, packed)
        for pack, packed in rest.close():
            yield self._begin(pack_key, pack, packed)

    def _carried(self, missing: Sequence[Part]) -> Iterator[_Upload]:
        """Copy what other stores hold: it was taken over from what is theirs."""
        for file, parts in carry(self._context, missing, self._folder):
            yield self._begin(pack_key if file.packed else object_key, file, parts)

    def _begin(
        self, key: Callable[[str, int], str], file: LocalFile, parts: Sequence[Part]
    ) -> _Upload:
        self._under_way.update(digest for digest, _, _ in parts)
        return _Upload(key(self._upload_id, next(self._numbers)), file, parts)

    def _with_missing(self) -> Iterator[tuple[LocalFile | None, list[Part], list[Part]]]:
        """Give each local file with what lies in it, and what is missing of that."""
        waiting: list[tuple[LocalFile | None, list[Part]]] = []
        count = 0
        for file, parts in self._contents.by_file():
            waiting.append((file, parts))
            count += len(parts)
            if count >= PACKED_FILES:  # Files that were left in place have one part each.
                yield from self._missing(waiting)
                waiting, count = [], 0
        yield from self._missing(waiting)

    def _missing(
        self, files: Sequence[tuple[LocalFile | None, list[Part]]]
    ) -> Iterator[tuple[LocalFile | None, list[Part], list[Part]]]:
        """Leave out what is stored, on its way, or equal to another."""
        with self._context.catalog.read() as session:
            wanted = {part[0] for _, parts in files for part in parts} - self._under_way
            wanted.difference_update(session.objects.places(wanted))
        for file, parts in files:
            missing: list[Part] = []
            for part in parts:
                if part[0] in wanted:
                    wanted.remove(part[0])
                    missing.append(part)
            self._progress(sum(part[2] for part in parts) - sum(part[2] for part in missing))
            yield file, parts, missing

    def _is_large(self, missing: Sequence[Part]) -> bool:
        return len(missing) == 1 and missing[0][2] > self._context.sizes.packed_file_bytes


class _Rest:
    """Puts the bytes of several files together into packs of our own."""

    def __init__(self, folder: Path, *, pack_bytes: int) -> None:
        self._folder = folder
        self._pack_bytes = pack_bytes
        self._numbers = count()
        self._begin()

    def _begin(self) -> None:
        self._path = self._folder / f"pack-{next(self._numbers)}"
        self._out: BinaryIO | None = None
        self._parts: list[Part] = []
        self._size = 0

    def _write(self, content: bytes) -> None:
        with staging_in(self._folder):
            if self._out is None:
                self._out = self._path.open("wb")
            self._out.write(content)

    def take(
        self, file: LocalFile, parts: Sequence[Part]
    ) -> Iterator[tuple[LocalFile, Sequence[Part]]]:
        """Copy parts of a file, and give the packs that they fill."""
        with _reading(file.path) as source:
            for digest, offset, length in parts:
                if self._is_full(length):
                    yield from self.close()
                content = _read_part(source, file, offset=offset, length=length)
                _check_source(content, digest, file)
                self._write(content)
                self._parts.append((digest, self._size, length))
                self._size += length

    def close(self) -> Iterator[tuple[LocalFile, Sequence[Part]]]:
        """Give the pack that is not full yet, if there is anything in it."""
        if self._out is not None:
            with staging_in(self._folder):
                self._out.close()
            full = LocalFile(self._path, private=True, packed=True), self._parts
            self._begin()
            yield full

    def abandon(self) -> None:
        """Close the pack that is not full yet, if a failure left it so."""
        if self._out is not None:
            with suppress(OSError):
                self._out.close()

    def _is_full(self, length: int) -> bool:
        over = self._size + length > self._pack_bytes
        return bool(self._parts) and (over or len(self._parts) >= PACKED_FILES)


def put_checked(context: Context, key: str, path: Path, parts: Sequence[Part]) -> None:
    """Store a file of our own under a new key, and make sure that it arrived.

    Args:
        context: The capabilities.
        key: The key.
        path: The file, which nobody changes any more.
        parts: What lies in it, in the order of offsets.

    Raises:
        DigestMismatchError: The store did not keep what it was given.
        StorageError: The store refused or failed.
    """
    upload = _Upload(key, LocalFile(path, private=True, packed=True), parts)
    _put(context, upload)


def _store(context: Context, upload: _Upload, pending: Upload) -> None:
    """Upload a file, make sure that it arrived, and record its places."""
    try:
        _put(context, upload)
        with context.catalog.write() as session:
            renew_lease(session, context, pending)
            added = session.objects.add(upload.places, now=context.catalog.now())
    except StorageError:
        _remove_unused(context, upload)
        _check_there(upload)
        raise
    except MissingObjectError:  # The store dropped it, or a collector gave the upload up.
        _remove_unused(context, upload)
        _check_pending(context, pending)
        raise
    except BaseException:
        _remove_unused(context, upload)
        raise
    if not added:  # Another writer was first with all of it.
        _remove_unused(context, upload)


def _check_pending(context: Context, pending: Upload) -> None:
    """Refuse to go on with an upload that was given up."""
    with context.catalog.write() as session:
        renew_lease(session, context, pending)


def _put(context: Context, upload: _Upload) -> None:
    """Upload a file, and read it back where that tells anything."""
    context.store.put(upload.key, upload.file.path, may_link=upload.file.private)
    if not (context.store.is_local and upload.file.private):
        _read_back(context, upload)


def _read_back(context: Context, upload: _Upload) -> None:
    """Compare what the store keeps with what it was given."""
    end = max((at + length for _, at, length in upload.parts), default=0)
    chunks = context.store.read(Place(upload.key, 0, end))
    for (digest, _, _), found in zip(upload.parts, _digests(chunks, upload.parts), strict=True):
        if found != digest:
            source = f"{upload.key} in {context.store.url}"
            _check_unchanged(upload)
            raise DigestMismatchError(
                f"The store keeps {found[:12]}… instead of {digest[:12]}… as {source}",
                hint="Log it again; if it stays so, the store damages what it is given.",
            )


def _digests(chunks: Iterable[bytes], parts: Sequence[Part]) -> Iterator[str]:
    """Identify the parts of a stream, which come in the order of their offsets."""
    source, rest, at = iter(chunks), b"", 0
    for _, offset, length in parts:
        sha, left = hashlib.sha256(), length
        skip = offset - at
        while skip or left:
            rest = rest or next(source, b"")
            if not rest:
                break  # Too short: the digest will tell.
            skipped = min(skip, len(rest))
            rest, skip = rest[skipped:], skip - skipped
            taken = rest[:left] if not skip else b""
            sha.update(taken)
            rest, left = rest[len(taken) :], left - len(taken)
        at = offset + length
        yield sha.hexdigest()


def _check_unchanged(upload: _Upload) -> None:
    """Blame a file that was not copied and has changed before blaming the store."""
    if not upload.file.private:
        for digest, offset, length in upload.parts:
            with _reading(upload.file.path) as source:
                content = _chunks(source, offset=offset, length=length)
                found = next(_digests(content, [(digest, 0, length)]))
            if found != digest:
                raise _changed(upload.file)


def _check_there(upload: _Upload) -> None:
    """Blame a file that was not copied and is gone, or cut off, before blaming the store."""
    if not upload.file.private:
        with _reading(upload.file.path) as source:
            if os.fstat(source.fileno()).st_size < max(
                at + length for _, at, length in upload.parts
            ):
                raise _changed(upload.file)


def _remove_unused(context: Context, upload: _Upload) -> None:
    """Remove the key if no place is in it; when that cannot be told, leave it to the collector."""
    with suppress(HozonError):
        # As a writer, so that a transaction that may still be recording places ends first.
        with context.catalog.write() as session:
            places = session.objects.places(upload.places)
        if all(place.key != upload.key for place in places.values()):
            context.store.delete([upload.key])


def _fills(file: LocalFile, parts: Sequence[Part]) -> bool:
    """Tell whether parts are all that is in a file."""
    with _reading(file.path) as source:
        return sum(length for _, _, length in parts) == os.fstat(source.fileno()).st_size


@contextmanager
def scratch_space(context: Context) -> Iterator[Path]:
    """Give a folder for packs that have to be put together; it goes with the block."""
    with staging_in(context.staging):
        folder = make_scratch_folder(context.staging)
    try:
        yield folder
    finally:
        remove_scratch_folder(folder, owner=os.getpid())


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    """Open a file that was staged, or left where it was."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise SourceFileError(
            f"{str(path)!r} cannot be read any more ({error.strerror or error})",
            hint="Add it again; with policy='mutable' it is copied when it is added.",
        ) from error


def _read_part(source: BinaryIO, file: LocalFile, *, offset: int, length: int) -> bytes:
    """Read a small part of a file."""
    source.seek(offset)
    content = source.read(length)
    if not file.private and source.read(1):
        raise _changed(file)
    return content


def _chunks(source: BinaryIO, *, offset: int, length: int) -> Iterator[bytes]:
    """Read a part of a file in chunks."""
    source.seek(offset)
    while length and (chunk := source.read(min(length, CHUNK_BYTES))):
        length -= len(chunk)
        yield chunk


def _check_source(content: bytes, digest: ContentDigest, file: LocalFile) -> None:
    """Refuse a file that is no longer what was added."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise _changed(file)


def _changed(file: LocalFile) -> SourceFileError:
    return SourceFileError(
        f"{str(file.path)!r} has changed since it was added",
        hint="Add it again; with policy='mutable' it is copied when it is added.",
    )
