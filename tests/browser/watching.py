"""A page of the browser that remembers what went wrong and where its requests went."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request


@dataclass  # Without slots: Playwright keeps its handlers on the object.
class Watched:
    """A page, with what its console called an error and the hosts that it asked."""

    page: Page
    """The page."""
    errors: list[str] = field(default_factory=list)
    """Errors of scripts and of the console, in order."""
    hosts: set[str] = field(default_factory=set)
    """The hosts of all requests, with their ports."""

    def __post_init__(self) -> None:
        """Begin to listen."""
        self.page.on("request", self._note_host)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note_error)

    def _note_host(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).netloc)

    def _note_error(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)
