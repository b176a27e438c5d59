"""References: what a URI says by itself."""

import pytest

from hozon.errors import InvalidReferenceError, TooManyObjectsError
from hozon.model.references import at_most, base_name, check_uri, shown


@pytest.mark.parametrize(
    ("uri", "scheme"),
    [
        ("s3://bucket/key", "s3"),
        ("HTTPS://example.com/x", "https"),
        ("file:///data/x", "file"),
        ("s3://bucket/a[1] b.txt", "s3"),
        ("doi:10.5281/zenodo.1", "doi"),
        ("git+ssh://git@example.com/repo", "git+ssh"),
    ],
)
def test_a_uri_begins_with_its_scheme(uri: str, scheme: str) -> None:
    """In lower case, whatever follows; a user alone is no secret."""
    assert check_uri(uri) == scheme


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("data.csv", "'data.csv' has no scheme"),
        ("/data/x", "'/data/x' has no scheme"),
        ("C:\\data\\x", "has no scheme"),
        ("", "'' has no scheme"),
        (None, "None is not text"),
        ("http://[::1/x", "is not a URI"),
        ("s3://bucket/a\nb", "control character"),
        ("s3://bucket/\ud800", "half a character"),
    ],
)
def test_what_is_no_uri_is_named(uri: object, said: str) -> None:
    """The message shows it, the hint the way out."""
    with pytest.raises(InvalidReferenceError, match=r"The reference") as caught:
        check_uri(uri)
    assert said in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("scheme", ["http", "https", "ftp", "s3", "postgresql"])
def test_a_password_is_refused_and_not_repeated(scheme: str) -> None:
    """Whoever reads the artifact would read it; nor is it shown in a traceback."""
    with pytest.raises(InvalidReferenceError, match="carries a password") as caught:
        check_uri(f"{scheme}://ada:sesame@example.com/x?token=open")
    assert "sesame" not in str(caught.value)
    assert "open" not in str(caught.value)
    assert f"{scheme}://example.com/x?…" in caught.value.message


def test_a_password_in_what_is_no_uri_is_not_repeated() -> None:
    """Python's own message would hold it."""
    with pytest.raises(InvalidReferenceError, match="is not a URI") as caught:
        check_uri("http://ada:sesame@exam\u2100ple.com/x")
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("https://ada:x@host:1/p?q=1", "https://host:1/p?…"),
        ("https://host/p", "https://host/p"),
        ("https://host/a@b", "https://host/a@b"),
    ],
)
def test_people_are_shown_no_secret(uri: str, text: str) -> None:
    """User, password and query are left out, and nothing else."""
    assert shown(uri) == text


@pytest.mark.parametrize(("path", "name"), [("a/b.txt", "b.txt"), ("b", "b"), ("a/", ""), ("", "")])
def test_the_base_name_stands_after_the_last_slash(path: str, name: str) -> None:
    """It may be empty."""
    assert base_name(path) == name


def test_as_many_as_allowed_pass() -> None:
    """The bound itself is allowed, and none means any number."""
    assert list(at_most(range(3), 3, uri="s3://b")) == [0, 1, 2]
    assert list(at_most(range(3), None, uri="s3://b")) == [0, 1, 2]


def test_no_more_is_asked_for_than_it_takes_to_refuse() -> None:
    """A bucket of a billion objects is not listed to its end."""
    objects = iter(range(100))
    with pytest.raises(TooManyObjectsError, match="more than 2 objects behind 's3://b'") as caught:
        list(at_most(objects, 2, uri="s3://b"))
    assert next(objects) == 3
    assert "max_objects=" in caught.value.hint
