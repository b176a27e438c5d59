"""Whether two blocks of code are the same block."""

import pytest

from hozon_docs.code_parity import Difference, compare_code

PYTHON = """for name in names:
    print(name)  # each
    #> v0
done()
"""


@pytest.mark.parametrize(
    ("language", "source", "translation"),
    [
        ("python", PYTHON, PYTHON.replace("# each", "# 하나씩")),
        ("python", PYTHON, PYTHON.replace("(name) ", "( name )")),
        ("python", "x = 'a'\n", 'x = "a"\n'),
        ("python", "print(\n", "print(  # 열린\n"),
        ("bash", "# list\nls  # all\n", "# 目録\n\nls  # すべて\n"),
        ("console", "$ ls  # all\na\n", "$ ls  # すべて\na\n"),
        ("json", '{"a": [1, true], "b": null}', '{\n  "b": null,\n  "a": [1, true]\n}'),
        ("yaml", "a: 1  # one\nb: [x]\n", "# 하나\na: 1\nb:\n  - x\n"),
        ("yml", "a: 2020-01-02\n", "a:   2020-01-02\n"),
        ("toml", "a = 1 # one\nb = 'x'\n", '# uno\nb = "x"\na = 1\n'),
        ("json", "{broken", "{broken"),
        ("text", "a  b\n", "a  b\n"),
    ],
    ids=[
        "comment",
        "spacing",
        "quotation marks",
        "no program",
        "script",
        "terminal",
        "order in json",
        "yaml",
        "date",
        "toml",
        "no json",
        "text",
    ],
)
def test_what_says_the_same_is_the_same(language: str, source: str, translation: str) -> None:
    """A harmless edit is no difference, in either direction."""
    assert list(compare_code(source, translation, language=language)) == []
    assert list(compare_code(translation, source, language=language)) == []


@pytest.mark.parametrize(
    ("language", "source", "translation", "expected"),
    [
        (
            "python",
            PYTHON,
            "# why\n" + PYTHON.replace("done()", "gone()"),
            Difference(5, 4, "the code is `gone()`, not `done()`"),
        ),
        (
            "python",
            PYTHON,
            PYTHON.replace("done()", "    done()"),
            Difference(4, 4, "`done ( )` is indented by 4, not by 0"),
        ),
        (
            "python",
            PYTHON,
            PYTHON.replace("done()\n", ""),
            Difference(2, 4, "the code is nothing, not `done()`"),
        ),
        (
            "python",
            PYTHON,
            PYTHON.replace("#> v0", "#> v1"),
            Difference(3, 3, "the output is `#> v1`, not `#> v0`"),
        ),
        (
            "python",
            PYTHON,
            PYTHON.replace("    #> v0\n", ""),
            Difference(0, 3, "the output is nothing, not `#> v0`"),
        ),
        (
            "python",
            "print(\n",
            "prin(\n",
            Difference(1, 1, "the code is `prin(`, not `print(`"),
        ),
        (
            "bash",
            "# list\nls\n",
            "ls -a\n",
            Difference(1, 2, "the text is `ls -a`, not `ls`"),
        ),
        (
            "console",
            "$ ls\n# shown\n",
            "$ ls\n# 表示\n",
            Difference(2, 2, "the text is `# 表示`, not `# shown`"),
        ),
        (
            "json",
            '{"a": 1}\n',
            '{"a": true}\n',
            Difference(1, 1, 'the text is `{"a": true}`, not `{"a": 1}`'),
        ),
        (
            "json",
            '{"a": 1}\n',
            '{"a": 1\n',
            Difference(1, 1, 'the text is `{"a": 1`, not `{"a": 1}`'),
        ),
        (
            "yaml",
            "a: '1'\n",
            "a: 1\n",
            Difference(1, 1, "the text is `a: 1`, not `a: '1'`"),
        ),
        (
            "toml",
            "a = 1\nb = 1.0\n",
            "a = 1\nb = 1\n",
            Difference(2, 2, "the text is `b = 1`, not `b = 1.0`"),
        ),
        (
            "sql",
            "SELECT 1  -- one\n",
            "SELECT 1  -- 一\n",
            Difference(1, 1, "the text is `SELECT 1  -- 一`, not `SELECT 1  -- one`"),
        ),
        ("text", "a\n", "a\nb\n", Difference(2, 1, "the text is `b`, not nothing")),
    ],
    ids=[
        "statement",
        "indentation",
        "statement gone",
        "output",
        "output gone",
        "no program",
        "command",
        "shown line",
        "type in json",
        "broken json",
        "type in yaml",
        "type in toml",
        "comment in sql",
        "line more",
    ],
)
def test_a_difference_is_found_at_its_line(
    language: str, source: str, translation: str, expected: Difference
) -> None:
    """What a program would see is one difference, with the line in each of the two texts."""
    assert list(compare_code(source, translation, language=language)) == [expected]


def test_code_and_output_are_two_differences() -> None:
    """A wrong argument and a wrong output are two faults, to be corrected one by one."""
    found = compare_code(PYTHON, PYTHON.replace("done", "gone").replace("v0", "v1"), language="py")
    assert [difference.line for difference in found] == [4, 3]
