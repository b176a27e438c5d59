"""What a session of pytest collects of the documentation, and what its options do."""

import pytest

from unit.hozon_docs.inner_project import InnerProject, new_project

GUIDE = """
# Delete {#delete}

```python title="delete_one.py"
print("one")
#> one
```

```{.python title="delete_unaliased.py"}
x = 1
```

```console
$ echo deleted
deleted
```

```toml title="config.toml"
a = 1
```

```text
Never run.
```
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> InnerProject:
    """Give a project with one page in two languages, a README and a package."""
    made = new_project(pytester)
    made.write("docs/de/guides/delete.md", GUIDE)
    made.write("docs/ja/guides/delete.md", GUIDE.replace("# Delete", "# 削除"))
    made.write("README.md", '# Read\n\n```python title="first.py"\nx = 1\n```\n')
    made.write(
        "lib/store.py",
        '''
        def read() -> int:
            """Read it.

            ```python
            print(1)
            #> 1
            ```
            """
        ''',
    )
    made.write("lib/plain.py", "print('imported')\n")
    return made


def _page(folder: str) -> list[str]:
    names = ["page", "delete_one.py:3", "delete_unaliased.py:8", "console:12", "config.toml:17"]
    return [f"docs/{folder}/guides/delete.md::{name}" for name in names]


def test_every_page_is_collected_with_an_item_for_each_block(project: InnerProject) -> None:
    """Path, title and line are the id; text that is only shown has no item."""
    assert project.ids() == [
        *_page("de"),
        *_page("ja"),
        "lib/store.py::page",
        "lib/store.py::read:4",
        "README.md::page",
        "README.md::first.py:3",
    ]


def test_one_page_is_selected_by_its_path(project: InnerProject) -> None:
    """What a contributor types first works."""
    assert project.ids("docs/ja/guides/delete.md") == _page("ja")


def test_one_block_is_selected_by_its_id(project: InnerProject) -> None:
    """The id that a report shows can be given back."""
    wanted = "docs/ja/guides/delete.md::delete_unaliased.py:8"
    assert project.ids(wanted) == [wanted]


def test_blocks_are_selected_by_title(project: InnerProject) -> None:
    """A block is found in every language by its name."""
    assert project.ids("-k", "delete_unaliased") == [_page("de")[2], _page("ja")[2]]


def test_blocks_are_selected_by_page_and_language(project: InnerProject) -> None:
    """Parts of the path are names, too."""
    assert project.ids("-k", "ja and delete_one") == [_page("ja")[1]]


def test_other_files_are_left_to_others(project: InnerProject) -> None:
    """Tests of Python are collected beside the pages, and other Markdown is not."""
    project.write("CHANGELOG.md", '```python title="a.py"\n1 / 0\n```\n')
    project.write("test_own.py", "def test_it(): pass\n")
    assert set(project.ids(".")) == {*project.ids(), "test_own.py::test_it"}


def test_the_docstrings_of_a_package_run_without_importing_it_again(project: InnerProject) -> None:
    """A second import would give every class of it twice."""
    project.write("lib/__init__.py", "raise RuntimeError\n")
    project.run("lib").assert_outcomes(passed=2)


def test_the_plug_in_can_be_named_in_the_conftest_of_the_project(project: InnerProject) -> None:
    """A project switches it on once and for all."""
    project.write("conftest.py", 'pytest_plugins = ["hozon_docs.pytest_plugin"]\n')
    result = project.pytester.runpytest_subprocess("-p", "no:randomly", "docs/de")
    result.assert_outcomes(passed=5)


def test_the_summary_counts_what_passed_in_each_language(project: InnerProject) -> None:
    """Each language stands with its kinds of blocks, and the ledger is named."""
    result = project.run()
    result.assert_outcomes(passed=14)
    rest = "1 of 1 shell blocks passed, 1 of 1 data blocks passed"
    result.stdout.fnmatch_lines_random(
        [
            f"de: 4 of 4 python blocks passed, {rest}",
            f"ja: 2 of 2 python blocks passed, {rest}",
            "ledger: .docs-ledger.json",
        ]
    )


def test_a_session_without_a_block_says_nothing(project: InnerProject) -> None:
    """Who runs other tests is not told about documentation."""
    project.write("test_own.py", "def test_it(): pass\n")
    result = project.run("test_own.py")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*documentation*")
    assert not (project.root / ".docs-ledger.json").exists()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[tool.hozon_docs]\nlanguage = 'de'\n", "*unknown field `language`*"),
        ("[tool.hozon_docs]\nsource = 'fr'\n", "*source is 'fr', which is not among*"),
        (
            "[tool.hozon_docs]\ndistributions = ['no-such-thing']\n",
            "*distributions names 'no-such-thing', which is not installed;*",
        ),
    ],
    ids=["unknown key", "unknown source", "distribution that is missing"],
)
def test_a_faulty_configuration_ends_the_session_with_its_reason(
    project: InnerProject, settings: str, message: str
) -> None:
    """It is an error of usage, without a traceback."""
    project.write("pyproject.toml", settings)
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    result.stderr.no_fnmatch_line("*Traceback*")


OLD = """
# Counting {#count}

=== "Tab"

    ```python title="count.py"
    for i in range(2):
        print(i)
        #> 7
    ```

```bash
echo shell
#> old
```

```console
$ echo kept
...
```
"""
NEW = OLD.replace("    #> 7\n", "    #> 0\n        #> 1\n").replace("#> old", "#> shell")


def _write_old(project: InnerProject) -> None:
    for language in ("de", "ja"):
        project.write(f"docs/{language}/guides/delete.md", OLD)
    project.write("README.md", '```python title="a.py"\nprint(1)\n```\n')


def test_outputs_are_rewritten_in_every_language_at_once(project: InnerProject) -> None:
    """Python and shell, pages and README: everything that shows output is written from one run."""
    _write_old(project)
    project.run("--docs-update").assert_outcomes(passed=8, deselected=4)
    for language in ("de", "ja"):
        path = project.root / f"docs/{language}/guides/delete.md"
        assert path.read_text("utf-8") == NEW.lstrip("\n")
    readme = (project.root / "README.md").read_text("utf-8")
    assert readme == '```python title="a.py"\nprint(1)\n#> 1\n```\n'


def test_rewritten_pages_pass(project: InnerProject) -> None:
    """What an update writes is what the next session wants."""
    _write_old(project)
    project.run().assert_outcomes(passed=7, failed=5)
    project.run("--docs-update")
    project.run("docs").assert_outcomes(passed=8)


def test_the_outputs_of_a_docstring_are_rewritten(project: InnerProject) -> None:
    """A module is a page like any other."""
    path = project.root / "lib/store.py"
    true = path.read_text("utf-8")
    project.write("lib/store.py", true.replace("#> 1", "#> 2"))
    project.run("--docs-update", "lib")
    assert path.read_text("utf-8") == true


def test_an_update_writes_no_ledger(project: InnerProject) -> None:
    """The texts that ran are no longer those of the pages."""
    project.run("--docs-update")
    assert not (project.root / ".docs-ledger.json").exists()


@pytest.mark.parametrize(
    "failing",
    [
        '```python title="failing.py"\n1 / 0\n```\n',
        '```python title="failing.py"\nif []:\n    print(1)\n```\n',
        "```bash\nfalse\n```\n",
        "```console\n$ exit 1\n```\n",
    ],
    ids=["error", "idle statement", "script", "terminal"],
)
def test_nothing_is_written_where_a_block_failed(project: InnerProject, failing: str) -> None:
    """What a failed run printed is no truth to write down, in no language."""
    _write_old(project)
    project.write("docs/ja/failing.md", failing)
    project.run("--docs-update").assert_outcomes(passed=8, failed=1, deselected=5)
    for language in ("de", "ja"):
        path = project.root / f"docs/{language}/guides/delete.md"
        assert path.read_text("utf-8") == OLD.lstrip("\n")


def test_nothing_is_written_where_a_session_ended_early(project: InnerProject) -> None:
    """A block that was not reached might have failed."""
    _write_old(project)
    project.write("conftest.py", "import pytest\ndef pytest_runtest_teardown(): pytest.exit('!')\n")
    result = project.run("--docs-update")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    path = project.root / "docs/de/guides/delete.md"
    assert path.read_text("utf-8") == OLD.lstrip("\n")


def test_no_page_is_written_where_one_changed_meanwhile(project: InnerProject) -> None:
    """An editor at work beside the session must not lose a page to it, nor find half of a set."""
    _write_old(project)
    project.write(
        "conftest.py",
        "def pytest_docs_world(page):\n"
        "    if page.language == 'ja': page.path.write_text('Edited.')\n",
    )
    result = project.run("--docs-update")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stderr.fnmatch_lines(
        ["Exit: docs/ja/guides/delete.md:*: the page changed while its blocks ran; run it again."]
    )
    path = project.root / "docs/de/guides/delete.md"
    assert path.read_text("utf-8") == OLD.lstrip("\n")


def test_pages_are_never_rewritten_from_several_processes(project: InnerProject) -> None:
    """Two processes would overwrite each other's pages."""
    _write_old(project)
    result = project.run_apart("--docs-update", "-n", "2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --docs-update writes pages: run it in one process, with -n 0."]
    )
    path = project.root / "docs/de/guides/delete.md"
    assert path.read_text("utf-8") == OLD.lstrip("\n")


def test_windows_line_ends_survive_an_update(project: InnerProject) -> None:
    """A file keeps its line ends."""
    path = project.root / "docs/de/guides/delete.md"
    path.write_bytes(OLD.replace("\n", "\r\n").encode())
    project.run("--docs-update", "docs/de").assert_outcomes(passed=3, deselected=1)
    assert path.read_bytes() == NEW.replace("\n", "\r\n").encode()


def test_a_skipped_block_is_left_as_it_is(project: InnerProject) -> None:
    """What was not run has nothing to write."""
    text = '```{.python title="a.py" skip="it takes an hour"}\nprint(1)\n#> 2\n```\n'
    path = project.write("docs/de/guides/delete.md", text)
    project.run("--docs-update", "docs/de").assert_outcomes(skipped=1, deselected=1)
    assert path.read_text("utf-8") == text


def test_the_options_are_explained(project: InnerProject) -> None:
    """The help of pytest names them and says when they may be used."""
    result = project.run("--help")
    result.stdout.fnmatch_lines(["documentation that is run (hozon_docs):", "  --docs-update*"])
