"""Blocks that share a namespace, a folder and a fate."""

from collections.abc import Callable

import pytest

from unit.hozon_docs.inner_project import InnerProject, new_project

Ran = Callable[..., pytest.RunResult]
GUIDE = "docs/de/guide.md"


@pytest.fixture
def project(pytester: pytest.Pytester) -> InnerProject:
    """Give a project without a page."""
    return new_project(pytester)


@pytest.fixture
def ran(project: InnerProject) -> Ran:
    """Give a function that writes one page and runs it, its heading in line 1."""

    def run(text: str, *arguments: str) -> pytest.RunResult:
        project.write(GUIDE, f"# Guide {{#guide}}\n\n{text}")
        return project.run("-rA", *(arguments or ("docs",)))

    return run


SHARED = """\
```{.python title="first.py" group="store"}
size = 1


def show():
    return size


print(show())
#> 1
```

Between them, another group and a block by itself.

```{.python title="other.py" group="other"}
size = 5
```

```python title="alone.py"
print("size" in globals())
#> False
```

```{.python title="second.py" group="store"}
size = 2
print(show())
#> 2
```

```{.python title="third.py" group="store"}
size += 1
print(show())
#> 3
```
"""


def test_the_blocks_of_a_group_share_a_namespace(ran: Ran) -> None:
    """Names and functions of earlier blocks are known, functions see what later ones assign."""
    ran(SHARED).assert_outcomes(passed=6)


def test_any_block_of_a_group_runs_alone(ran: Ran) -> None:
    """The earlier blocks of the group run before it, whatever was selected."""
    ran(SHARED, f"{GUIDE}::third.py:32").assert_outcomes(passed=1)


def test_the_blocks_of_a_group_share_a_folder(ran: Ran) -> None:
    """What an earlier block wrote, a later one reads."""
    ran(
        '```{.python title="a.py" group="g"}\nopen("x", "w").close()\n```\n'
        '```{.python title="b.py" group="g"}\nimport os\nprint(os.listdir())\n#> [\'x\']\n```\n'
        '```python title="c.py"\nimport os\nprint(os.listdir())\n#> []\n```\n'
    ).assert_outcomes(passed=4)


DEFINED = """\
```{.python title="first.py" group="g"}
def double(x):
    return 2 * x


def unused():
    return 1
```

```{.python title="second.py" group="g"}
print(double(2))
#> 4
open("second", "w").close()
```
"""


def test_a_function_may_be_called_in_a_later_block(ran: Ran) -> None:
    """All blocks of a group together must reach every statement."""
    text = DEFINED.replace("\n\ndef unused():\n    return 1\n", "")
    ran(text).assert_outcomes(passed=3)


def test_a_function_that_no_later_block_calls_fails(ran: Ran) -> None:
    """Being in a group is no excuse for an idle statement."""
    result = ran(DEFINED)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines([f"{GUIDE}:9: first.py: this statement was never executed*"])


def test_what_must_be_true_is_asked_before_later_blocks_run(
    ran: Ran, project: InnerProject
) -> None:
    """A statement is about the world after its block, not after the group."""
    project.write(
        "conftest.py",
        """
        import contextlib
        from types import SimpleNamespace

        FOLDERS = []

        @contextlib.contextmanager
        def world(folder):
            FOLDERS.append(folder)
            yield SimpleNamespace(directory=folder)

        def pytest_docs_world(folder):
            return world(folder)

        def pytest_docs_statement(block):
            written = [path.name for path in FOLDERS[-1].iterdir()]
            assert written == (["second"] if block.title == "second.py" else [])
        """,
    )
    text = DEFINED.replace("\n\ndef unused():\n    return 1\n", "")
    ran(text).assert_outcomes(passed=3)


def test_the_outputs_of_a_group_are_rewritten_together(ran: Ran, project: InnerProject) -> None:
    """An output that is to be rewritten does not skip the blocks below it."""
    ran(SHARED.replace("#> 1", "#> 7").replace("#> 2\n", ""), "--docs-update", "docs")
    text = (project.root / GUIDE).read_text("utf-8")
    assert text == f"# Guide {{#guide}}\n\n{SHARED}"


def test_a_wrong_output_skips_the_rest_of_its_group(ran: Ran) -> None:
    """A block that shows something wrong has failed as one that raises."""
    result = ran(SHARED.replace("#> 1", "#> 7"))
    result.assert_outcomes(passed=3, failed=1, skipped=2)


BROKEN = """\
```{.python title="first.py" group="g"}
x = 1
```

```{.python title="second.py" group="g"}
1 / 0
```

```{.python title="third.py" group="g"}
print(x)
#> 1
```

```python title="alone.py"
y = 1
```
"""


def test_a_failing_block_skips_the_rest_of_its_group(ran: Ran) -> None:
    """What comes after it cannot be judged; the message names the block at fault."""
    result = ran(BROKEN)
    result.assert_outcomes(passed=3, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            f"SKIPPED [[]1] {GUIDE}:11: group 'g': second.py, in line 7, failed before it",
            f"FAILED {GUIDE}::second.py:7 *",
        ]
    )


def test_a_block_that_never_began_is_not_proven(ran: Ran, project: InnerProject) -> None:
    """A skip that no page asked for is no excuse."""
    ran(BROKEN)
    assert project.outcomes() == {
        f"{GUIDE} first.py": "passed",
        f"{GUIDE} second.py": "failed",
        f"{GUIDE} third.py": "failed",
        f"{GUIDE} alone.py": "passed",
    }


def test_a_group_goes_on_after_an_error_that_is_named(ran: Ran) -> None:
    """The error is part of what the page shows."""
    ran(
        '```{.python title="a.py" group="g" raises="KeyError: 1"}\nx = 1\nraise KeyError(x)\n```\n'
        '```{.python title="b.py" group="g"}\nprint(x)\n#> 1\n```\n'
    ).assert_outcomes(passed=3)


def test_an_edit_of_an_earlier_block_ends_the_proof_of_a_later_one(
    project: InnerProject,
) -> None:
    """It ran after another text than the one that stands above it now."""
    page = project.write(GUIDE, SHARED)
    project.run()
    page.write_text(SHARED.replace('group="store"}\nsize = 1', 'group="store"}\nsize = 1  # m'))
    project.run("-k", "first.py")
    assert set(project.outcomes()) == {f"{GUIDE} {name}.py" for name in ("first", "other", "alone")}


def test_a_skipped_block_does_not_run_for_a_later_one(ran: Ran, project: InnerProject) -> None:
    """Where it cannot run, it cannot run on behalf of another either."""
    ran(
        '```{.python title="a.py" group="g" skip="needs a GPU"}\nopen("ran", "w").close()\n```\n\n'
        '```{.python title="b.py" group="g"}\nimport os\n\nprint(os.listdir())\n#> []\n```\n'
    ).assert_outcomes(passed=2, skipped=1)
    assert project.outcomes()[f"{GUIDE} b.py"] == "passed"
