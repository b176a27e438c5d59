"""What a project tells the pytest plug-in: the world of a block, and what must be true after it.

Owns the hooks that a project implements in its `conftest.py`, and the shape of a world. Refuses to
implement any: without them, a block runs in an empty folder with the variables of the process.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest

from hozon_docs.markdown import Block, Fence, Page


class World(Protocol):
    """What surrounds the blocks of a group while they run."""

    @property
    def directory(self) -> Path:
        """Give the working directory, empty when the first block starts."""
        ...

    def environment(self) -> Mapping[str, str]:
        """Give the variables that lead another process into this world, on top of the usual ones.

        It is asked for shell blocks only, so a server may be started here.
        """
        ...


@pytest.hookspec(firstresult=True)
def pytest_docs_world(
    page: Page, folder: Path, config: pytest.Config
) -> AbstractContextManager[World] | None:
    """Make the world of a block, or of a group of blocks, of a page.

    Args:
        page: The page.
        folder: An empty folder for whatever the world needs.
        config: The configuration of the session.

    Returns:
        A context manager that builds the world, and takes it down afterwards.
    """


@pytest.hookspec(firstresult=True)
def pytest_docs_statement(block: Block, config: pytest.Config) -> bool | None:
    """Assert what must be true in the world after a block.

    Args:
        block: The block that has just run as its page says.
        config: The configuration of the session.

    Returns:
        True where something was asserted.

    Raises:
        AssertionError: The block did something else than it should have.
    """


@pytest.hookspec(firstresult=True)
def pytest_docs_load(fence: Fence, page: Page, config: pytest.Config) -> bool | None:
    """Load a block of data by the code that reads such data, if it is a configuration.

    Args:
        fence: The block, which has been parsed.
        page: Its page.
        config: The configuration of the session.

    Returns:
        True where it was loaded; None where it is no configuration.

    Raises:
        Exception: It is a configuration, and the code refuses it.
    """
