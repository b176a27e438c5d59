"""What may be done with links and portfolios."""

import pytest

from hozon.errors import CollectionKindError, LinkedVersionError
from hozon.model.links import CollectionKind, check_kind, check_unlinked
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath

AT = ProjectPath.of("ada", "digits")
MNIST = CollectionPath.parse("mnist", default=AT)


@pytest.mark.parametrize("kind", CollectionKind)
def test_a_collection_is_used_as_what_it_is(kind: CollectionKind) -> None:
    """Links into portfolios, logged versions into sequences."""
    check_kind(MNIST, kind=kind, wanted=kind)


def test_links_do_not_go_where_versions_are_logged() -> None:
    """The message names the collection, the hint the way on."""
    with pytest.raises(CollectionKindError, match="digits/mnist holds logged versions") as caught:
        check_kind(MNIST, kind=CollectionKind.SEQUENCE, wanted=CollectionKind.PORTFOLIO)
    assert caught.value.hint.startswith("Link to another name")


def test_versions_are_not_logged_where_links_are() -> None:
    """The message names the portfolio, the hint the way on."""
    with pytest.raises(CollectionKindError, match="digits/mnist is a portfolio") as caught:
        check_kind(MNIST, kind=CollectionKind.PORTFOLIO, wanted=CollectionKind.SEQUENCE)
    assert caught.value.hint.startswith("Log under another name")


def test_links_hold_what_they_lead_to() -> None:
    """The message lists them, the hint names the argument."""
    links = [ArtifactPath.at_index(MNIST, number) for number in range(2)]
    with pytest.raises(
        LinkedVersionError, match=r"^x:v0 has the links ada/digits/mnist:v0, ada/digits/mnist:v1\."
    ) as caught:
        check_unlinked("x:v0", links=links, force_links=False)
    assert "force_links=True" in caught.value.hint
    check_unlinked("x:v0", links=links, force_links=True)
    check_unlinked("x:v0", links=[], force_links=False)


def test_five_links_are_listed_and_the_rest_is_counted() -> None:
    """A message stays readable, whatever a portfolio holds."""
    links = [ArtifactPath.at_index(MNIST, number) for number in range(7)]
    with pytest.raises(LinkedVersionError, match="mnist:v4 and 2 more") as caught:
        check_unlinked("x:v0", links=links, force_links=False)
    assert "mnist:v5" not in caught.value.message
