"""The table of deployments, as each language shows it, against the one that the code goes by."""

import re

import pytest

from hozon.model.deployments import TABLE, Deployment
from hozon_docs.config import Config

_PAGE = "guides/collect-on-your-deployment.md"
_ROW = re.compile(
    r"^\| (?P<title>[^|]+) \| `(?P<kind>[a-z-]+)` \| (?P<switch>[^|]*)\| (?P<versioning>[^|]*)\|$",
    re.MULTILINE,
)
"""A row that names a kind of deployment; a cell with text means that something is required."""

PUBLISHED = [kind for kind in Deployment if kind is not Deployment.EMBEDDED]
"""The kinds of the published table; the embedded one is ours."""


@pytest.fixture
def rows(docs_config: Config, language: str) -> list[re.Match[str]]:
    """Give the rows of the table, from the page itself."""
    return list(_ROW.finditer((docs_config.tree(language) / _PAGE).read_text("utf-8")))


def test_the_page_lists_every_kind_once(rows: list[re.Match[str]]) -> None:
    """Whoever looks for their deployment finds it, in the published order."""
    assert [row["kind"] for row in rows] == PUBLISHED


def test_the_page_requires_what_the_code_requires(rows: list[re.Match[str]]) -> None:
    """No language promises that collection runs where it refuses, or the other way round."""
    shown = {
        row["kind"]: (bool(row["switch"].strip()), bool(row["versioning"].strip())) for row in rows
    }
    assert shown == {kind: (TABLE[kind].switch, TABLE[kind].versioning) for kind in PUBLISHED}


def test_english_names_the_kinds_as_the_code_does(docs_config: Config) -> None:
    """The words on the page are those of the table in the code."""
    text = (docs_config.tree("en") / _PAGE).read_text("utf-8")
    titles = {row["kind"]: row["title"].lower() for row in _ROW.finditer(text)}
    assert titles == {kind: TABLE[kind].title for kind in PUBLISHED}
