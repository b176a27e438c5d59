"""The built site, served on loopback, and a real Chromium that looks at it.

Where no Chromium is installed the tests are skipped with a word about how to get one; on continuous
integration (`CI=true`) its absence is a failure.
"""

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from typing_extensions import override

from browser.watching import Watched
from built import ADDRESS, HOST, built_site
from hozon_docs.config import Config, load_config

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@functools.cache
def _config() -> Config:
    return load_config(Path(__file__).parents[2])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a language in each."""
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", list(_config().languages))


@pytest.fixture(scope="session")
def docs_config() -> Config:
    """Give the configuration of this project's documentation."""
    return _config()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of the system's Chromium."""
    found = os.environ.get("HOZON_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        reason = "no Chromium: install the package `chromium`, or set HOZON_CHROMIUM to its path"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


class _QuietHandler(SimpleHTTPRequestHandler):
    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a failing test speaks for itself."""


@pytest.fixture(scope="session")
def port(
    chromium: str, docs_config: Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """Give the port of loopback at which the built site is served."""
    assert chromium
    site = built_site(docs_config, tmp_path_factory)
    handler = functools.partial(_QuietHandler, directory=str(site.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser(chromium: str, port: int) -> Iterator[Browser]:
    """Give the browser, started once, which finds the site where it says that it stands."""
    found = f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, found])
        yield browser
        browser.close()


@pytest.fixture
def address() -> str:
    """Give the address of the built site, with a slash at its end."""
    return ADDRESS


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser without memory, which may read the clipboard."""
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def watched(context: BrowserContext) -> Watched:
    """Give an empty page that notes errors and requests."""
    return Watched(context.new_page())
