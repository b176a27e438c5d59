"""Digests: the identity of bytes and of whole manifests.

Owns what is hashed and how. Refuses to own reading files; callers hand in bytes or an open file.
Invariant: equal digests mean equal bytes; no two manifests encode alike.

Source: SHA-256 is FIPS 180-4. The published manifest digest of W&B is the MD5 (RFC 1321) of
`wandb-artifact-manifest-v1` and one `path:digest` line per entry, in path order.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import BinaryIO, NewType

ContentDigest = NewType("ContentDigest", str)
"""SHA-256 of the bytes of one file, 64 lower-case hexadecimal digits."""

ManifestDigest = NewType("ManifestDigest", str)
"""SHA-256 of the canonical encoding of a manifest, 64 lower-case hexadecimal digits."""

Identified = tuple[str, str, int | None, str | None, Mapping[str, object]]
"""What identifies an entry: path, digest, size, URI and extra."""

CHUNK_BYTES = 1 << 20
"""How much of a file is held in memory at a time: 1 MiB."""

_COMMIT_HEADER = b"hozon-commit-v1"
_MANIFEST_HEADER = b"hozon-manifest-v1"
_REFERENCE_MARK = b"reference:"
_NO_SIZE = b"\xff" * 8  # Larger than any file.
_PUBLISHED_HEADER = b"wandb-artifact-manifest-v1\n"


def digest_of_file(file: BinaryIO) -> ContentDigest:
    """Identify the rest of an open binary file, in flat memory."""
    sha = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        sha.update(chunk)
    return ContentDigest(sha.hexdigest())


def digest_of_chunks(chunks: Iterable[bytes]) -> ContentDigest:
    """Give the SHA-256 of bytes that come in chunks."""
    sha = hashlib.sha256()
    for chunk in chunks:
        sha.update(chunk)
    return ContentDigest(sha.hexdigest())


def md5_of_chunks(chunks: Iterable[bytes]) -> str:
    """Give the Base64 MD5 of bytes that come in chunks, as W&B manifests hold it."""
    md5 = hashlib.md5(usedforsecurity=False)
    for chunk in chunks:
        md5.update(chunk)
    return base64.b64encode(md5.digest()).decode("ascii")


def digest_of_manifest(entries: Iterable[Identified]) -> ManifestDigest:
    """Identify a set of entries.

    Each field is preceded by its length, so that no field can run into the next: the entries
    `a:b` → `c` and `a` → `b:c` differ. A reference is told from a file by the mark before its
    digest, which no SHA-256 has, and is followed by its URI and by what it takes to find it again:
    another version of an object is other content, even where nothing else tells the two apart.

    Args:
        entries: Path, digest, size in bytes (None where nobody knows it), URI (None for a file that
            is kept here) and extra of each, in the order of the paths; paths are unique.

    Returns:
        The digest of the canonical encoding.
    """
    sha = hashlib.sha256()
    _feed(sha, _MANIFEST_HEADER)
    for path, digest, size, ref, extra in entries:
        _feed(sha, path.encode("utf-8"))
        _feed(sha, digest.encode("utf-8") if ref is None else _REFERENCE_MARK + digest.encode())
        sha.update(_NO_SIZE if size is None else size.to_bytes(8, "big"))
        if ref is not None:
            _feed(sha, ref.encode("utf-8"))
            _feed(sha, json.dumps(dict(extra), sort_keys=True).encode("utf-8"))
    return ManifestDigest(sha.hexdigest())


def digest_of_commit(path: str, digest: ManifestDigest) -> str:
    """Identify a commit: content that was logged as one version.

    No number of a collection is given twice, so that equal content logged as two versions gives
    two digests, and one version always the same.

    Args:
        path: The full path of the version, by number.
        digest: The identity of its content.

    Returns:
        64 lower-case hexadecimal digits.
    """
    sha = hashlib.sha256()
    for field in (_COMMIT_HEADER, path.encode("utf-8"), digest.encode("ascii")):
        _feed(sha, field)
    return sha.hexdigest()


def published_manifest_digest(entries: Iterable[tuple[str, str]]) -> str:
    """Compute the digest that W&B would publish for the same content.

    Args:
        entries: Path and Base64 MD5 of each; paths are unique.

    Returns:
        32 lower-case hexadecimal digits.

    Source:
        W&B client 0.31.0; the empty artifact gives `64e7c61456b10382e2f3b571ac24b659`.
    """
    md5 = hashlib.md5(_PUBLISHED_HEADER, usedforsecurity=False)
    for path, digest in sorted(entries):
        md5.update(f"{path}:{digest}\n".encode())
    return md5.hexdigest()


def _feed(sha: "hashlib._Hash", field: bytes) -> None:
    """Hash a field behind its length, 8 bytes big-endian."""
    sha.update(len(field).to_bytes(8, "big"))
    sha.update(field)
