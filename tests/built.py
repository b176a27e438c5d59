"""The built site, for all who look at it: those who read its files, and those who open a browser.

Owns that it is built once, however many processes run the tests, and where it says that it stands.
"""

from pathlib import Path
from typing import Final

import pytest
from filelock import FileLock

from hozon_docs.config import Config
from hozon_docs.site import build_site

HOST: Final = "docs.localhost"
"""The host of the site: browsers trust it as they trust one that they reach by https."""

ADDRESS: Final = f"http://{HOST}/hozon/"
"""Where the site says that it stands; nothing listens there."""


def built_site(config: Config, factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the built site; the first process that needs it builds it for all.

    Args:
        config: What to build.
        factory: Gives the folder of the session.

    Returns:
        The folder, whose name and place are those of the address.
    """
    shared = factory.getbasetemp()
    # Below xdist each worker has a folder of its own in the one of the session.
    shared = shared.parent if shared.name.startswith("popen-") else shared
    folder = shared / "site" / "hozon"
    with FileLock(shared / "site.lock"):
        if not folder.exists():
            build_site(config, site=folder, site_url=ADDRESS)
    return folder
