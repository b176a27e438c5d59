"""What is a comment in a block, and what is not."""

import pytest

from hozon_docs.comments import cut_comments


@pytest.mark.parametrize(
    ("language", "source", "comments", "code"),
    [
        (
            "python",
            '# first\nx = "# no"  # last\n    # inside\n#> # printed\n',
            [(1, "first"), (2, "last"), (3, "inside")],
            [(2, 'x = "# no"'), (4, "#> # printed")],
        ),
        (
            "bash",
            "# first\ncat <<EOF\n# no\nEOF\necho $# '# no' # last\n#> # printed\n",
            [(1, "first"), (5, "last")],
            [(2, "cat <<EOF"), (3, "# no"), (4, "EOF"), (5, "echo $# '# no'"), (6, "#> # printed")],
        ),
        (
            "console",
            "$ ls # last\n# shown\n> shown\n$ a \\\n> b # more\n",
            [(1, "last"), (5, "more")],
            [(1, "$ ls"), (2, "# shown"), (3, "> shown"), (4, "$ a \\"), (5, "> b")],
        ),
        (
            "yaml",
            'a: 1  # last\n# own\nb: |\n  # no\nc: "# no"\n',
            [(1, "last"), (2, "own")],
            [(1, "a: 1"), (3, "b: |"), (4, "  # no"), (5, 'c: "# no"')],
        ),
        (
            "toml",
            'a = 1  # last\n\n# own\nb = "# no"\n',
            [(1, "last"), (3, "own")],
            [(1, "a = 1"), (4, 'b = "# no"')],
        ),
        ("json", '{"a": "# no"}\n', [], [(1, '{"a": "# no"}')]),
        ("text", "# no\n", [], [(1, "# no")]),
    ],
    ids=["python", "script", "terminal", "yaml", "toml", "json", "text"],
)
def test_comments_are_told_from_code(
    language: str, source: str, comments: list[tuple[int, str]], code: list[tuple[int, str]]
) -> None:
    """Strings, here-documents and outputs hold no comments, and every line keeps its number."""
    cut = cut_comments(source, language=language)
    assert list(cut.comments) == comments
    assert list(cut.code) == code


def test_a_program_that_does_not_compile_still_has_comments() -> None:
    """A fault in the code hides no comment."""
    assert cut_comments("print(  # why\n", language="python").comments == ((1, "why"),)
