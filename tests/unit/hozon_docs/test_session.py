"""How a session of pytest fares when an example fails."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hozon_docs.markdown import Page

SESSION = """
from pathlib import Path

import pytest

from hozon_docs.markdown import Page, scan
from hozon_docs.runner import check_run, run_block

PAGE = Page(language="en", name="guide", path=Path("docs/en/guide.md").absolute())


@pytest.mark.parametrize("block", scan(PAGE).blocks, ids=lambda block: block.title)
def test_block(block, tmp_path):
    check_run(run_block(block, directory=tmp_path))
"""
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


def test_a_failing_block_is_one_failed_test(
    tmp_path: Path, write_page: Callable[..., Page]
) -> None:
    """The session goes on, later blocks run, and the exit code is that of failed tests."""
    write_page(PAGE)
    (tmp_path / "test_pages.py").write_text(SESSION, "utf-8")
    arguments = ["-p", "no:randomly", "-p", "no:cacheprovider", "-v", "test_pages.py"]
    session = subprocess.run(  # noqa: S603 -- our own interpreter, no shell
        [sys.executable, "-m", "pytest", "--rootdir", str(tmp_path), *arguments],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert session.returncode == 1, session.stdout
    assert "1 failed, 2 passed" in session.stdout
    assert "INTERNALERROR" not in session.stdout + session.stderr
    assert "docs/en/guide.md:9: second.py: raised ValueError: boom" in session.stdout
