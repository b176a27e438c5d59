"""The option that rewrites pages."""

import subprocess
import sys

from hozon_docs.config import Config


def test_pages_are_never_rewritten_from_several_processes(docs_config: Config) -> None:
    """Two processes would overwrite each other's pages, so the option refuses before any test."""
    command = [sys.executable, "-m", "pytest", "docs", "--docs-update", "-n", "2"]
    done = subprocess.run(  # noqa: S603 -- our own interpreter, no shell
        command, cwd=docs_config.root, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 4
    assert "--docs-update writes pages: run it in one process, with -n 0." in done.stderr
