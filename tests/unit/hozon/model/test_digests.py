"""What is hashed, and how."""

import hashlib
import io
from base64 import b64encode

import pytest

from hozon.model.digests import (
    ManifestDigest,
    digest_of_commit,
    digest_of_file,
    digest_of_manifest,
    md5_of_chunks,
    published_manifest_digest,
)

Entry = tuple[str, str, int | None, str | None, dict[str, object]]


def md5_base64(content: bytes) -> str:
    """Give the Base64 MD5 of some bytes, as hashlib and base64 give it."""
    return b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def test_a_file_is_identified_by_sha256() -> None:
    """The digest of `abc` is the one that FIPS 180-4 gives as an example."""
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest_of_file(io.BytesIO(b"abc")) == expected


def test_a_large_file_is_identified_as_a_whole() -> None:
    """Reading in chunks changes nothing."""
    content = b"0123456789" * 250_000
    assert digest_of_file(io.BytesIO(content)) == hashlib.sha256(content).hexdigest()


def test_the_md5_of_chunks_is_that_of_the_whole() -> None:
    """Where the chunks end does not matter."""
    assert md5_of_chunks([b"he", b"", b"llo"]) == md5_base64(b"hello")
    assert md5_of_chunks([]) == "1B2M2Y8AsgTpgAmY7PhCfg=="


def test_the_manifest_digest_hashes_lengths_before_fields() -> None:
    """The canonical encoding, written out: every field stands behind its 8-byte length."""
    encoded = (
        b"\0\0\0\0\0\0\0\x11hozon-manifest-v1"
        b"\0\0\0\0\0\0\0\x05a.txt"
        b"\0\0\0\0\0\0\0\x02ab"
        b"\0\0\0\0\0\0\0\x07"
        b"\0\0\0\0\0\0\0\x05b.txt"
        b"\0\0\0\0\0\0\0\x02cd"
        b"\0\0\0\0\0\0\x01\0"
    )
    entries = [("a.txt", "ab", 7, None, {}), ("b.txt", "cd", 256, None, {})]
    assert digest_of_manifest(entries) == hashlib.sha256(encoded).hexdigest()


def test_a_reference_is_marked_and_brings_its_uri() -> None:
    """The canonical encoding of a reference without a size, written out."""
    encoded = (
        b"\0\0\0\0\0\0\0\x11hozon-manifest-v1"
        b"\0\0\0\0\0\0\0\x05a.txt"
        b"\0\0\0\0\0\0\0\x0creference:ab"
        b"\xff\xff\xff\xff\xff\xff\xff\xff"
        b"\0\0\0\0\0\0\0\x07x://y/z"
        b'\0\0\0\0\0\0\0\x12{"versionID": "1"}'
    )
    entries = [("a.txt", "ab", None, "x://y/z", {"versionID": "1"})]
    assert digest_of_manifest(entries) == hashlib.sha256(encoded).hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([("a:b", "c", 1, None, {})], [("a", "b:c", 1, None, {})]),
        ([("a\nb", "c", 1, None, {})], [("a", "\nbc", 1, None, {})]),
        ([("a", "c", 1, None, {})], [("a", "c", 2, None, {})]),
        ([("a", "c", 1, None, {})], [("b", "c", 1, None, {})]),
        ([("a", "c", 1, None, {})], [("a", "d", 1, None, {})]),
        ([], [("a", "c", 0, None, {})]),
        (
            [("a", "x", 1, None, {}), ("b", "y", 1, None, {})],
            [("a", "y", 1, None, {}), ("b", "x", 1, None, {})],
        ),
        ([("a", "c", 1, None, {})], [("a", "c", 1, "s3://b/a", {})]),
        ([("a", "c", 1, "s3://b/a", {})], [("a", "c", 1, "s3://b/c", {})]),
        ([("a", "c", 0, "s3://b/a", {})], [("a", "c", None, "s3://b/a", {})]),
        ([("a", "c", 0, "s3://b/a", {})], [("a", "c", 0, "s3://b/a", {"versionID": "1"})]),
    ],
    ids=[
        *("colon", "newline", "size", "path", "digest", "none", "swapped"),
        *("reference", "uri", "unknown size", "version"),
    ],
)
def test_different_manifests_have_different_digests(one: list[Entry], other: list[Entry]) -> None:
    """No field runs into the next, and none is left out."""
    assert digest_of_manifest(one) != digest_of_manifest(other)


def test_the_published_digest_of_nothing_is_known() -> None:
    """W&B gives the empty artifact this digest."""
    assert published_manifest_digest([]) == "64e7c61456b10382e2f3b571ac24b659"


def test_the_published_digest_hashes_one_line_an_entry() -> None:
    """The published algorithm, worked out by hand for two files in the wrong order."""
    hashed = (
        b"wandb-artifact-manifest-v1\n"
        b"a.txt:XUFAKrxLKna5cZ2REBfFkg==\n"  # The MD5 of `hello`.
        b"b/c.txt:fXkwN6B2AYZXSwKC8vQ15w==\n"  # The MD5 of `world`.
    )
    entries = [("b/c.txt", md5_base64(b"world")), ("a.txt", md5_base64(b"hello"))]
    expected = hashlib.md5(hashed, usedforsecurity=False).hexdigest()
    assert published_manifest_digest(entries) == expected


def test_the_digest_of_a_commit_hashes_lengths_before_fields() -> None:
    """Worked out by hand: a header, the path and the digest, each behind its length."""
    fields = (b"hozon-commit-v1", b"ada/digits/mnist:v0", b"ab" * 32)
    hashed = b"".join(len(field).to_bytes(8, "big") + field for field in fields)
    found = digest_of_commit("ada/digits/mnist:v0", ManifestDigest("ab" * 32))
    assert found == hashlib.sha256(hashed).hexdigest()
