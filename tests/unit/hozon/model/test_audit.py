"""Audit: what a record names, and what may be asked."""

import pytest

from hozon.errors import InvalidAccessError, InvalidNameError
from hozon.model.audit import Act, AuditQuery, Subject, parse_audited
from hozon.model.names import EntityName, RunId
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, RunPath

AT = ProjectPath.of("ada", "digits")
MNIST = CollectionPath.parse("mnist", default=AT)


@pytest.mark.parametrize(
    ("thing", "path"),
    [
        (EntityName("ada"), "ada"),
        (AT, "ada/digits"),
        (MNIST, "ada/digits/mnist"),
        (ArtifactPath.at_index(MNIST, 0), "ada/digits/mnist:v0"),
        (RunPath(AT, RunId("train")), "ada/digits/train"),
    ],
)
def test_a_subject_is_written_as_a_path(
    thing: EntityName | ProjectPath | CollectionPath | ArtifactPath | RunPath, path: str
) -> None:
    """Teams, projects, collections, versions and runs."""
    subject = Subject.of(thing)
    assert str(subject) == path
    assert subject.at == ("ada" if path == "ada" else AT)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (None, AuditQuery(AT.entity, AT.project)),
        ("vision", AuditQuery(EntityName("vision"))),
        ("ada/digits", AuditQuery(AT.entity, AT.project)),
        ("ada/digits/mnist", AuditQuery(AT.entity, AT.project, "mnist")),
        ("ada/digits/mnist:v3", AuditQuery(AT.entity, AT.project, "mnist", 3)),
    ],
)
def test_a_question_is_read_from_the_left(path: str | None, query: AuditQuery) -> None:
    """The team, the project, the name, the version."""
    assert parse_audited(path, default=AT) == query
    assert query.at == (query.entity if query.project is None else AT)


@pytest.mark.parametrize(
    "path", ["a/b/c/d", "a/b/c:latest", "a/b/c:", "a:v3", "a/b:v3", "a/b/c:v3/d"]
)
def test_a_malformed_question_is_refused(path: str) -> None:
    """The hint shows the form."""
    with pytest.raises(InvalidAccessError, match=r"entity\[/project\[/name\[:version\]\]\]"):
        parse_audited(path, default=AT)


def test_names_in_a_question_follow_the_rules() -> None:
    """The part at fault is named."""
    with pytest.raises(InvalidNameError, match="The project name is empty"):
        parse_audited("ada/", default=AT)


def test_acts_are_asked_for_by_name() -> None:
    """The hint lists them."""
    assert parse_audited(None, default=AT, action="purge").action is Act.PURGE
    with pytest.raises(InvalidAccessError, match="Choose one of create, alias, unalias"):
        parse_audited(None, default=AT, action="burn")
