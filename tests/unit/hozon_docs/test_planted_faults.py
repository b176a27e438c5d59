"""Faults planted into a faithful pair of pages: each is caught by the check meant for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.markdown import Page, scan
from hozon_docs.parity import compare_scans
from hozon_docs.runner import BlockFailedError, check_run, run_block

SOURCE = """# Delete {#delete}

```python title="delete.py"
names = ["v0", "v1", "v2"]
names.remove("v0")
print(names)
#> ['v1', 'v2']
```

=== "Python"

    ```python title="tab.py"
    print("kept")
    #> kept
    ```
"""


def _faults(source: Page, translation: Page, directory: Path) -> list[str]:
    """Say what every check says about a translated page."""
    ours, theirs = scan(source), scan(translation)
    found = [str(finding) for finding in (*theirs.findings, *compare_scans(ours, theirs))]
    for block in theirs.blocks:
        try:
            check_run(run_block(block, directory=directory))
        except BlockFailedError as error:
            found.append(str(error))
    return found


def test_the_faithful_pair_is_clean(write_page: Callable[..., Page], empty: Path) -> None:
    """Nothing is reported before a fault is planted."""
    assert _faults(write_page(SOURCE), write_page(SOURCE, language="ko"), empty) == []


@pytest.mark.parametrize(
    ("language", "old", "new", "expected"),
    [
        (
            "ko",
            'remove("v0")',
            'remove("v1")',
            [
                ':5: delete.py: the code is `names.remove("v1")`, not `names.remove("v0")` as in ',
                ":7: delete.py: prints something else than its page says.",
            ],
        ),
        (
            "es",
            "#> ['v1', 'v2']",
            "#> ['v1']",
            [
                ":7: delete.py: the output is `#> ['v1']`, not `#> ['v1', 'v2']` as in ",
                ":7: delete.py: prints something else than its page says.",
            ],
        ),
        (
            "ja",
            '=== "Python"\n',
            '=== "新"\n\n    ```python title="new.py"\n    1 / 0\n    ```\n\n=== "Python"\n',
            [
                ":12: the block's title is 'new.py', not 'tab.py' as in ",
                ":13: new.py: raised ZeroDivisionError: division by zero",
            ],
        ),
    ],
    ids=["argument in Korean", "output in Spanish", "raising block in a Japanese tab"],
)
def test_a_planted_fault_names_file_line_and_reason(
    write_page: Callable[..., Page],
    empty: Path,
    language: str,
    old: str,
    new: str,
    expected: list[str],
) -> None:
    """The checks meant for the fault, and no others, speak up, at the line of the translation."""
    assert SOURCE.count(old) == 1
    source = write_page(SOURCE)
    translation = write_page(SOURCE.replace(old, new), language=language)
    found = _faults(source, translation, empty)
    assert len(found) == len(expected)
    for fault, words in zip(found, expected, strict=True):
        assert fault.startswith(f"{translation.path.as_posix()}{words}")
