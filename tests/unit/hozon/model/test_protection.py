"""Which changes override a protection."""

import pytest

from hozon.errors import InvalidAliasError, ProtectedAliasError
from hozon.model.aliases import Pointers
from hozon.model.names import LATEST, Alias
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.protection import check_protectable, check_unprotected, overridden
from hozon.model.versions import VersionId

BEST, GOOD = Alias("best"), Alias("good")
ONE, TWO = VersionId(1), VersionId(2)
MNIST = CollectionPath.parse("mnist", default=ProjectPath.of("ada", "digits"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({BEST: ONE}, {BEST: TWO}, ("best",)),
        ({BEST: ONE}, {}, ("best",)),
        ({BEST: ONE}, {BEST: ONE, GOOD: TWO}, ()),
        ({}, {BEST: ONE}, ()),
        ({GOOD: ONE}, {GOOD: TWO}, ()),
        ({LATEST: ONE}, {LATEST: TWO}, ()),
    ],
)
def test_a_protected_alias_neither_moves_nor_goes(
    before: Pointers, after: Pointers, expected: tuple[str, ...]
) -> None:
    """It may be given where none has it; the others move as ever, `latest` always."""
    assert overridden(before, after, protected=[BEST, LATEST]) == expected


def test_the_error_names_alias_version_and_the_next_step() -> None:
    """The version is the one that has the alias."""
    with pytest.raises(
        ProtectedAliasError, match=r"^ada/digits/mnist:v1 has the protected alias 'best'"
    ) as caught:
        check_unprotected(
            {BEST: ONE},
            {},
            protected=[BEST],
            path_of=lambda version: ArtifactPath.at_index(MNIST, version),
        )
    assert "unprotect_alias('best', 'ada/digits')" in caught.value.hint


def test_what_is_no_alias_cannot_be_protected() -> None:
    """Neither can `latest`, which moves by itself."""
    assert check_protectable("best") == "best"
    for alias in ("latest", "v3", "a/b", 7):
        with pytest.raises(InvalidAliasError):
            check_protectable(alias)
