"""What a session as a whole leaves behind: its end, its ledger, and what it remembers."""

import json
import sys

import pytest

from hozon_docs.ledger import text_digest
from unit.hozon_docs.inner_project import OPTIONS, InnerProject, new_project

GUIDE = "docs/de/guide.md"
PAGE = """
```python title="first.py"
print("before")
#> before
```

```python title="second.py"
def fail():
    raise ValueError("boom")


fail()
```

```python title="third.py"
print("after")
#> after
```
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> InnerProject:
    """Give a project without a page."""
    return new_project(pytester)


def _block(title: str, code: str = "x = 1") -> str:
    return f'```python title="{title}"\n{code}\n```\n\n'


def test_a_failing_block_is_one_failed_test(project: InnerProject) -> None:
    """The session goes on, later blocks run, and the exit code is that of failed tests."""
    project.write(GUIDE, PAGE)
    result = project.run_apart()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    result.stdout.fnmatch_lines([f"{GUIDE}:8: second.py: raised ValueError: boom"])


def test_what_failed_last_runs_alone(project: InnerProject) -> None:
    """`--lf` knows the items, and forgets them once they pass."""
    project.write(GUIDE, PAGE)
    project.run().assert_outcomes(passed=3, failed=1)
    project.run("--lf").assert_outcomes(failed=1)
    project.write(
        GUIDE, PAGE.replace("\nfail()", "\ntry:\n    fail()\nexcept ValueError:\n    x = 1")
    )
    project.run("--lf").assert_outcomes(passed=1)
    project.run("--lf").assert_outcomes(passed=4)


def test_a_page_is_read_as_utf_8_whatever_the_machine_says(
    project: InnerProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages, scripts and what they print are the same where the locale knows ASCII alone."""
    for name, value in {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    text = (
        '```python title="a.py"\n# 日本語\nprint("保存")\n#> 古い\n```\n\n'
        "```console\n$ echo 保存\n古い\n```\n\n"
        "```bash\npython -c 'print(\"保存\")'\n#> 古い\n```\n"
    )
    path = project.write("docs/ja/guide.md", text)
    project.run_apart("--docs-update").assert_outcomes(passed=3, deselected=1)
    assert path.read_text("utf-8") == text.replace("古い", "保存")
    project.run_apart().assert_outcomes(passed=4)


def test_the_ledger_tells_what_ran_with_which_text(project: InnerProject) -> None:
    """A proof names the page, the very text, the versions and the time."""
    project.write("docs/ja/guide.md", "Text.\n" + _block("a.py"))
    project.run()
    (entry,) = project.entries()
    assert (entry.page, entry.line, entry.title) == ("docs/ja/guide.md", 2, "a.py")
    assert (entry.language, entry.kind, entry.outcome) == ("ja", "python", "passed")
    assert entry.text == text_digest("x = 1")
    assert entry.versions.keys() == {"python"}
    assert entry.ran_at.endswith("+00:00")
    assert entry.duration_s > 0


def test_the_ledger_tells_how_a_block_failed(project: InnerProject) -> None:
    """One line is enough to find it."""
    project.write(GUIDE, _block("a.py", "1 / 0"))
    project.run()
    (entry,) = project.entries()
    reason = f"{GUIDE}:2: a.py: raised ZeroDivisionError: division by zero"
    assert (entry.outcome, entry.reason) == ("failed", reason)


def test_processes_side_by_side_write_one_ledger(project: InnerProject) -> None:
    """What each of them found out is in it, and nothing twice."""
    for language in ("de", "ja"):
        text = "".join(_block(f"{number}.py") for number in range(5))
        project.write(f"docs/{language}/guide.md", f"{text}```toml\na = 1\n```\n")
    project.run_apart("-n", "2").assert_outcomes(passed=14)
    assert len(list(project.entries())) == 12
    assert set(project.outcomes().values()) == {"passed"}
    assert [path.name for path in project.root.glob(".docs-ledger*")] == [".docs-ledger.json"]


def test_processes_side_by_side_report_skips_and_failures(project: InnerProject) -> None:
    """The summary is that of one process."""
    project.write(GUIDE, f'{PAGE}\n```{{.python title="a.py" skip="it takes an hour"}}\n1\n```\n')
    result = project.run_apart("-n", "2")
    result.assert_outcomes(passed=3, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["de: 2 of 4 python blocks passed", f"skipped {GUIDE}:19: it takes an hour"]
    )


def test_a_part_of_the_pages_adds_to_the_ledger(project: InnerProject) -> None:
    """What was proven before and still stands needs no second run."""
    project.write(GUIDE, _block("a.py"))
    project.write("docs/ja/guide.md", _block("a.py"))
    project.run("docs/de")
    project.run("docs/ja")
    assert project.outcomes() == {
        "docs/de/guide.md a.py": "passed",
        "docs/ja/guide.md a.py": "passed",
    }


def test_a_proof_outlives_a_move_of_its_block(project: InnerProject) -> None:
    """Text above a block changes its line, and nothing of what was proven."""
    project.write(GUIDE, _block("a.py") + _block("b.py", "y = 1"))
    project.run()
    project.write(GUIDE, "Text.\n\n" + _block("a.py") + _block("b.py", "y = 1"))
    project.run(f"{GUIDE}::b.py:7")
    assert set(project.outcomes()) == {f"{GUIDE} a.py", f"{GUIDE} b.py"}


def test_an_edit_ends_the_proof_of_a_block(project: InnerProject) -> None:
    """Nothing is known of the new text until it runs."""
    project.write(GUIDE, _block("a.py") + _block("b.py"))
    project.run()
    project.write(GUIDE, _block("a.py", "x = 2") + _block("b.py"))
    project.run("-k", "b.py")
    assert project.outcomes() == {f"{GUIDE} b.py": "passed"}


def test_a_failure_ends_the_proof_of_a_block(project: InnerProject) -> None:
    """What passed once and fails now is not proven, though its text is the same."""
    project.write(GUIDE, _block("a.py"))
    project.run()
    project.write("conftest.py", "def pytest_docs_statement(): assert not 'true'\n")
    project.run()
    assert [entry.outcome for entry in project.entries()] == ["failed"]


def test_another_state_of_the_package_ends_all_proofs(project: InnerProject) -> None:
    """A block ran against code that is no longer there."""
    project.write("lib/store.py", "SIZE = 1\n")
    project.write(GUIDE, _block("a.py") + _block("b.py"))
    project.run_apart()
    before = {entry.package for entry in project.entries()}
    project.write("lib/store.py", "SIZE = 2\n")
    project.run_apart("-k", "b.py")
    (entry,) = project.entries()
    assert entry.title == "b.py"
    assert entry.package not in before


def test_the_proof_of_a_page_that_is_gone_is_dropped(project: InnerProject) -> None:
    """The ledger holds what the pages hold."""
    project.write(GUIDE, _block("a.py"))
    project.write("docs/ja/guide.md", _block("a.py"))
    project.run()
    (project.root / GUIDE).unlink()
    project.run("docs/ja")
    assert set(project.outcomes()) == {"docs/ja/guide.md a.py"}


@pytest.mark.parametrize("content", [b"", b"[]", b"{\xff", b'{"format": 99}'])
def test_a_broken_ledger_is_replaced(project: InnerProject, content: bytes) -> None:
    """A run is how a ledger is repaired."""
    project.write(GUIDE, _block("a.py"))
    (project.root / ".docs-ledger.json").write_bytes(content)
    project.run().assert_outcomes(passed=2)
    assert project.outcomes() == {f"{GUIDE} a.py": "passed"}


def test_an_edited_ledger_is_replaced(project: InnerProject) -> None:
    """Who turns a failure into a success by hand gets neither."""
    project.write(GUIDE, _block("a.py", "1 / 0") + _block("b.py"))
    project.run()
    path = project.root / ".docs-ledger.json"
    path.write_text(path.read_text("utf-8").replace('"failed"', '"passed"'), "utf-8")
    project.run("-k", "b.py")
    assert project.outcomes() == {f"{GUIDE} b.py": "passed"}


def test_pages_that_have_no_block_leave_the_ledger_alone(project: InnerProject) -> None:
    """There is nothing to write down."""
    project.write(GUIDE, "Text.\n")
    project.run().assert_outcomes(passed=1)
    assert not (project.root / ".docs-ledger.json").exists()


def test_a_page_that_cannot_be_read_does_not_end_the_proof_of_another(
    project: InnerProject,
) -> None:
    """The ledger is written whatever is wrong with a page."""
    project.write(GUIDE, _block("a.py"))
    (project.root / "docs/de/broken.md").write_bytes(b"\xff")
    project.run().assert_outcomes(passed=2, failed=1)
    assert project.outcomes() == {f"{GUIDE} a.py": "passed"}


def test_the_ledger_is_data_that_any_tool_reads(project: InnerProject) -> None:
    """It is JSON, one result after the other."""
    project.write(GUIDE, _block("a.py"))
    project.run()
    ledger = json.loads((project.root / ".docs-ledger.json").read_text("utf-8"))
    assert [entry["title"] for entry in ledger["entries"]] == ["a.py"]


STRAYS = {
    "a thread": "import threading\n\nthread = threading.Thread(target=lambda: 1 / 0)\n"
    "thread.start()\nthread.join()",
    "a destructor": "class Bad:\n    __del__ = lambda self: 1 / 0\n\n\nBad()",
}


@pytest.mark.parametrize("name", STRAYS)
def test_what_fails_beside_a_block_fails_it(project: InnerProject, name: str) -> None:
    """The ledger says what the session says, though the block itself came to its end."""
    project.write(GUIDE, _block("a.py", STRAYS[name]))
    result = project.run_apart()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["de: 0 of 1 python blocks passed"])
    assert project.outcomes() == {f"{GUIDE} a.py": "failed"}


def test_a_failure_while_a_world_is_taken_down_ends_the_proof(project: InnerProject) -> None:
    """A block that leaves the process broken is no block to publish."""
    project.write(GUIDE, _block("a.py"))
    project.write("conftest.py", "def pytest_runtest_teardown(item): assert item.name == 'page'\n")
    project.run()
    (entry,) = project.entries()
    assert (entry.outcome, entry.reason[:25]) == ("failed", "failed beside its own cod")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("-n", "1"), "def pytest_docs_statement():\n    import os\n    os._exit(1)\n"),
        ((), "def pytest_runtest_setup(item): assert item.name == 'page'\n"),
    ],
    ids=["a process that ends", "a test that cannot begin"],
)
def test_a_block_that_leaves_no_word_keeps_no_proof(
    project: InnerProject, options: tuple[str, ...], code: str
) -> None:
    """What passed before must not stand where the same text has just failed."""
    project.write(GUIDE, _block("a.py"))
    project.write("docs/ja/guide.md", _block("a.py"))
    project.run()
    project.write("conftest.py", code)
    assert project.run_apart(*options, GUIDE).ret != pytest.ExitCode.OK
    assert project.outcomes() == {"docs/ja/guide.md a.py": "passed"}


def test_an_error_that_is_no_text_is_written_down(project: InnerProject) -> None:
    """A name of a file may hold what UTF-8 cannot; the failure is recorded nevertheless."""
    project.write(GUIDE, _block("a.py", 'raise ValueError("\\udcff")'))
    project.run().assert_outcomes(passed=1, failed=1)
    assert next(project.entries()).reason.endswith("raised ValueError: \\udcff")


def test_a_change_of_what_a_page_says_about_a_block_ends_its_proof(project: InnerProject) -> None:
    """A skip that was taken away is no reason any more, and the text alone proves nothing."""
    skipped = '```{.python title="a.py" skip="slow"}\nx = 1\n```\n\n'
    project.write(GUIDE, skipped + _block("b.py"))
    project.run()
    project.write(GUIDE, _block("a.py") + _block("b.py"))
    project.run("-k", "b.py")
    assert project.outcomes() == {f"{GUIDE} b.py": "passed"}


def test_a_session_without_assertions_is_refused(project: InnerProject) -> None:
    """`python -O` would leave statements that state nothing, and every block would pass."""
    project.write(GUIDE, _block("a.py"))
    ignored = ("-W", "ignore::pytest.PytestConfigWarning")
    command = (sys.executable, "-O", "-m", "pytest", *OPTIONS, *ignored, "docs")
    result = project.pytester.run(*command)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*python -O takes every assertion away*; run without it."])
