"""What happens when a block runs, and how its failure is reported."""

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


def test_a_block_may_end_with_the_error_that_it_names(ran: Ran) -> None:
    """Type and message are what the page says."""
    ran(
        '```{.python title="a.py" raises="ValueError: boom"}\nraise ValueError("boom")\n```\n'
    ).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        ('raise KeyError("boom")', 4, "raised KeyError: 'boom'"),
        ('raise ValueError("bang")', 4, "raised ValueError: bang"),
        ("x = 1", 4, "raised nothing, but says that it ends with ValueError: boom."),
        ('raise ValueError("boom")\nx = 1', 5, "this statement was never executed*"),
    ],
    ids=["type", "message", "nothing", "statements after it"],
)
def test_an_error_that_is_named_wrongly_fails(ran: Ran, code: str, line: int, reason: str) -> None:
    """Each way of not ending as the page says is a failure at its line."""
    result = ran(f'```{{.python title="a.py" raises="ValueError: boom"}}\n{code}\n```\n')
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"{GUIDE}:{line}: a.py: {reason}"])


SKIPPED = """\
```{.python title="a.py" skip="it needs a queue"}
raise RuntimeError
```

```{.console skip="it installs something"}
$ exit 1
```

```{.json skip="it is only half of a file"}
{
```
"""


def test_a_skip_is_reported_with_its_reason(ran: Ran) -> None:
    """Any kind of block may be skipped, and the summary says which and why."""
    result = ran(SKIPPED)
    result.assert_outcomes(passed=1, skipped=3)
    result.stdout.fnmatch_lines(
        [
            "de: 0 of 1 python *, 0 of 1 shell *, 0 of 1 data blocks passed",
            f"skipped {GUIDE}:3: it needs a queue",
            f"skipped {GUIDE}:7: it installs something",
            f"skipped {GUIDE}:11: it is only half of a file",
        ],
        consecutive=True,
    )
    result.stdout.fnmatch_lines_random([f"SKIPPED [[]1] {GUIDE}:3: it needs a queue"])


def test_a_skip_stands_in_the_ledger_with_its_reason(ran: Ran, project: InnerProject) -> None:
    """The page that lists the skips is made from it."""
    ran(SKIPPED)
    assert [(one.kind, one.outcome, one.reason) for one in project.entries()] == [
        ("python", "skipped", "it needs a queue"),
        ("shell", "skipped", "it installs something"),
        ("data", "skipped", "it is only half of a file"),
    ]


def test_a_skip_without_a_reason_fails_the_page(ran: Ran) -> None:
    """Nobody is told why, so the block runs, and the page has a fault."""
    result = ran('```{.python title="a.py" skip}\nx = 1\n```\n')
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"{GUIDE}:3: a skip without a reason; write *"])


SHELL = """\
```console
$ mkdir data && cd data
$ echo "3 files in 12 ms" | tee log
3 files in ... ms
$ cat log; echo $TERM $COLUMNS $NO_COLOR
...
dumb 80 1
```

```{.bash title="exit.sh" exit="1"}
test -d data
```

```bash
python -c 'import sys; print(sys.flags.utf8_mode, "保存")'
#> 1 保存
test "$HOME" = "$PWD"
```
"""


def test_shell_blocks_run_in_a_plain_terminal(ran: Ran) -> None:
    """Each has a folder of its own that is its home, and nothing of the user's terminal."""
    ran(SHELL).assert_outcomes(passed=4)


def test_the_python_of_a_shell_block_is_that_of_the_session(ran: Ran) -> None:
    """What a page calls on the command line is what is installed here."""
    import sys  # noqa: PLC0415 -- the interpreter is named for this test alone

    ran(
        f"```bash\npython -c 'import sys; print(sys.prefix)'\n#> {sys.prefix}\n```\n"
    ).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```console\n$ true\n$ false\n```\n", f"{GUIDE}:5: console: ended with status 1, not 0:"),
        ("```bash\necho a\n#> b\n```\n", f"{GUIDE}:4: bash: prints something else than its*"),
        ('```{.sh title="x" exit="z"}\ntrue\n```\n', f"{GUIDE}:3: x: exit='z' is no status; *"),
        ('```{.json title="x.json"}\n{\n```\n', f"{GUIDE}:3: x.json: is not valid: Expecting *"),
        ("```yaml\na: [\n```\n", f"{GUIDE}:3: yaml: is not valid: while parsing*"),
        ("```toml\na\n```\n", f"{GUIDE}:3: toml: is not valid: Expected*line 1*"),
        ("```sql\nSELEC 1\n```\n", f"{GUIDE}:3: sql: is not valid: Invalid expression*"),
        ("```js\n1\n```\n", f"{GUIDE}:3: nothing checks a fence in 'js'; name one of *"),
        ("```\n1\n```\n", f"{GUIDE}:3: nothing checks a fence without a language; name *"),
        ("    ```console\n    $ a\n    ```\n", None),
    ],
    ids=["status", "output", "exit", "json", "yaml", "toml", "sql", "js", "wordless", "shown"],
)
def test_a_fault_of_another_block_names_page_and_line(
    ran: Ran, text: str, message: str | None
) -> None:
    """Whatever the language, the report begins with the place."""
    result = ran(text)
    if message is None:
        result.assert_outcomes(passed=1)
    else:
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines([message])


def test_a_shell_block_that_does_not_end_is_ended(
    ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session goes on, and the command is named."""
    monkeypatch.setattr("hozon_docs.shell.TIMEOUT_S", 0.3)
    result = ran("```console\n$ sleep 60\n```\n\n```console\n$ true\n```\n")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines([f"{GUIDE}:4: console: did not end within 0.3 s."])


NESTED = """\
=== "Tab"

    ```python title="tab.py"
    print("tab")
    #> wrong
    ```

!!! note

    ```python title="note.py"
    print("note")
    #> wrong
    ```

??? tip "More"

    ```python title="details.py"
    print("details")
    #> wrong
    ```

1. Item

    - Inner

        ```python title="item.py"
        print("item")
        #> wrong
        ```
"""


def test_blocks_in_tabs_admonitions_details_and_lists_fail_at_their_lines(ran: Ran) -> None:
    """Their indentation is none of the code's."""
    result = ran(NESTED)
    result.assert_outcomes(passed=1, failed=4)
    result.stdout.fnmatch_lines(
        [
            f"{GUIDE}:{line}: {name}.py: prints something else than its page says."
            for name, line in {"tab": 7, "note": 14, "details": 21, "item": 30}.items()
        ]
    )


def test_windows_line_ends_change_no_line(project: InnerProject) -> None:
    """Lines are those that an editor shows."""
    path = project.write(GUIDE, f"# Guide {{#guide}}\n\n{NESTED}")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    result = project.run()
    result.stdout.fnmatch_lines([f"{GUIDE}:30: item.py: prints something else *"])


def test_wrong_output_is_reported_in_full(ran: Ran) -> None:
    """Page, line, the code with the line marked, both outputs, and the way out: nothing else."""
    result = ran('```python title="a.py"\nfor x in "ab":\n    print(x)\n    #> a\n```\n')
    text = result.stdout.str()
    report = text.partition(" de/guide.md:3 a.py ")[2].partition("\n")[2]
    assert report.startswith(
        """\
docs/de/guide.md:6: a.py: prints something else than its page says.

     4 | for x in "ab":
     5 |     print(x)
>    6 |     #> a

--- the page says
+++ the run printed
@@ -2,2 +2,3 @@
     print(x)
     #> a
+    #> b

Correct the code, or rewrite the output: pytest --docs-update
===="""
    )


def test_an_error_is_reported_with_the_frames_of_the_library(ran: Ran) -> None:
    """From the block's own line into the library that raised, and not through the tools."""
    result = ran('```python title="a.py"\nimport json\n\njson.loads("{")\n```\n')
    result.stdout.fnmatch_lines(
        [
            f"{GUIDE}:6: a.py: raised json.decoder.JSONDecodeError: Expecting property name *",
            ">    6 | json.loads(*",
            "Traceback (most recent call last):",
            f'  File "{GUIDE}", line 6, in <module>',
            '    json.loads("{")',
            '  File "*/json/__init__.py", line *, in loads',
            '  File "*/json/decoder.py", line *, in decode',
            "json.decoder.JSONDecodeError: Expecting *",
        ]
    )
    result.stdout.no_fnmatch_line("*hozon_docs/*")


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        ("x = 1\ny = = 2", 5, "SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)", 5, "raised SystemExit: 3"),
        ("raise KeyboardInterrupt\n#> never", 4, "raised KeyboardInterrupt"),
        ('import warnings\nwarnings.warn("old")', 5, "raised UserWarning: old"),
        ('x = "\\d"\ny = 1', 4, "SyntaxError: *invalid escape sequence*"),
        ("import pytest\npytest.skip('no')", 5, "raised Skipped: no"),
        ("import os\nos._x", 5, "raised AttributeError: *"),
    ],
    ids=["SyntaxError", "SystemExit", "KeyboardInterrupt", "warning", "escape", "skip", "error"],
)
def test_whatever_ends_a_block_points_at_the_page(
    ran: Ran, code: str, line: int, reason: str
) -> None:
    """The session goes on to the next block."""
    result = ran(f'```python title="a.py"\n{code}\n```\n\n```python title="b.py"\nx = 1\n```\n')
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines([f"{GUIDE}:{line}: a.py: {reason}", f">    {line} | *"])


def test_a_page_that_cannot_be_read_is_one_failure(ran: Ran, project: InnerProject) -> None:
    """The other pages run, and the report says what to do."""
    path = project.root / "docs/ja/broken.md"
    path.parent.mkdir(parents=True)
    path.write_bytes("# 保存\n".encode("shift_jis"))
    result = ran('```python title="a.py"\nx = 1\n```\n')
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["docs/ja/broken.md:1: the file is not UTF-8; save it as UTF-8."])


def test_a_module_that_does_not_compile_is_one_failure(ran: Ran, project: InnerProject) -> None:
    """The pages run all the same."""
    project.write("lib/broken.py", '"""```"""\nx = = 1\n')
    result = ran("Text.\n", "docs", "lib")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["lib/broken.py:2: the module does not compile: *"])


def test_every_fault_of_a_page_is_in_one_report(ran: Ran) -> None:
    """An author sees them all at once, each with its line."""
    result = ran("## No id\n\n```python\nx = 1\n```\n\n```js\n1\n```\n")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"{GUIDE}:3: the heading 'No id' has no explicit id; *",
            f"{GUIDE}:5: a Python block without a title; *",
            f"{GUIDE}:9: nothing checks a fence in 'js'; *",
        ],
        consecutive=True,
    )


def test_the_blocks_of_a_docstring_run(project: InnerProject) -> None:
    """A failure names the module, its line, and what the docstring documents."""
    project.write(
        "lib/store.py",
        '''
        LIMIT = 3
        """How many.

        ```python
        print(1)
        #> 1
        ```

        ```python
        print(2)
        #> 3
        ```
        """
        ''',
    )
    result = project.run("lib")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["lib/store.py:11: LIMIT#2: prints something else than its page says.", ">   11 | #> 3"]
    )


def test_a_block_leaves_the_process_as_it_was(ran: Ran) -> None:
    """Folder, environment and main module of one block are not those of the next."""
    ran(
        '```python title="a.py"\nimport os\n\nos.environ["LEFT"] = "1"\nos.chdir("/")\nx = 1\n```\n'
        '```python title="b.py"\nimport __main__, os\n\nprint("LEFT" in os.environ)\n#> False\n'
        'print(os.getcwd() == "/", hasattr(__main__, "x"))\n#> False False\n```\n'
    ).assert_outcomes(passed=3)
