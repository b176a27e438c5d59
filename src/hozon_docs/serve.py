"""Serving the site on loopback while it is being written.

Owns the choice of the port, the watching and which languages a change touches. Refuses to serve
beyond loopback. The server is MkDocs's own live-reloading one: it carries all languages as one
folder, since it asks only for a function that builds.

Invariants: a build that fails is shown and leaves the last good site in place; a change below one
language's tree rebuilds that language only, any other change rebuilds all; a change counts as done
once a build with it succeeded, and not before; the port is held before the first build begins.
"""

import contextlib
import errno
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from mkdocs.livereload import LiveReloadServer
from typing_extensions import override

from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.site import BuildError, Built, build_site

HOST = "127.0.0.1"
"""Loopback: a site in the making is for its writer."""
_PORTS = 100

Snapshot = dict[Path, tuple[int, int]]
"""The time of change (nanoseconds) and the size (bytes) of each watched file."""


def free_port(first: int) -> int:
    """Find a port that nobody listens on.

    Args:
        first: The port to try first, 1 to 65535; the 99 after it follow.

    Returns:
        The port.

    Raises:
        DocsError: All of them are taken, or this user may not use one; name another with `--port`.
    """
    last = min(first + _PORTS, 65536)
    for port in range(first, last):
        with socket.socket() as probe:
            # As the server does: a port that was just closed counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                raise _unusable(port, error) from error
            return port
    raise DocsError(f"the ports {first} to {last - 1} are taken; name another with --port.")


def _unusable(port: int, error: OSError) -> DocsError:
    wanted = "one above 1023" if isinstance(error, PermissionError) else "another"
    return DocsError(f"port {port} cannot be used: {error.strerror}; name {wanted} with --port.")


def watched_paths(config: Config) -> list[Path]:
    """List what the site is made of.

    Args:
        config: The project.

    Returns:
        The pages, the MkDocs configuration, the theme, the sources and the ledger, as far as they
        exist.
    """
    folders = [config.docs, config.root / "overrides", config.root / "src", *config.packages]
    paths = dict.fromkeys([*folders, config.mkdocs, config.ledger])
    return [path for path in paths if path.exists()]


def take_snapshot(config: Config) -> Snapshot:
    """Note the state of everything that is watched.

    Args:
        config: The project.

    Returns:
        The state by file; compiled Python is left out.
    """
    snapshot: Snapshot = {}
    for path in watched_paths(config):
        for file in [path, *path.rglob("*")]:
            if "__pycache__" in file.parts or not file.is_file():
                continue
            # Editors remove files at any moment, also between the two looks.
            with contextlib.suppress(FileNotFoundError):
                status = file.stat()
                snapshot[file] = (status.st_mtime_ns, status.st_size)
    return snapshot


def touched_languages(config: Config, *, before: Snapshot, after: Snapshot) -> list[str]:
    """Work out which languages a change calls for.

    Args:
        config: The project.
        before: The state at the last build.
        after: The state now.

    Returns:
        The languages to build, in their order; none where nothing changed.
    """
    changed = {path for path, _ in before.items() ^ after.items()}
    trees = {language: config.tree(language) for language in config.languages}
    own = {
        language: {path for path in changed if path.is_relative_to(tree)}
        for language, tree in trees.items()
    }
    if changed - set().union(*own.values()):
        return list(config.languages)
    return [language for language in config.languages if own[language]]


def serve_site(config: Config, *, port: int, echo: Callable[[str], None] = click.echo) -> None:
    """Build the site, serve it, and keep it fresh until Ctrl-C.

    Args:
        config: What to serve.
        port: The port to try first; the next free one is taken otherwise.
        echo: Prints a line.

    Raises:
        DocsError: The first build failed, or no port can be used. The message says what to correct.
    """
    with tempfile.TemporaryDirectory(prefix="hozon-docs-") as folder:
        root = Path(folder) / "site"
        root.mkdir()
        chosen = free_port(port)
        builder = _Builder(config, root, f"http://{HOST}:{chosen}/", echo)
        server = _Server(builder, port=chosen, root=root)
        try:
            server.claim()
            builder.build(list(config.languages))
            for path in watched_paths(config):
                server.watch(str(path))
            # Where the ledger is, or will be: a run of the blocks brings the marks up to date.
            server.watch(str(config.ledger.parent), recursive=False)
            server.serve()  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped.
        except KeyboardInterrupt:
            echo("Stopped.")
        finally:
            server.shutdown()


class _Server(LiveReloadServer):
    """MkDocs's server, which says where it is once it answers and watches, and not before."""

    def __init__(self, builder: "_Builder", *, port: int, root: Path) -> None:
        super().__init__(builder.refresh, HOST, port, str(root), polling_interval=0.5)
        self._announcements = [builder.announce, self._catch_up]
        self._port = port
        self._claimed = False

    def claim(self) -> None:
        """Take the port now: a build lasts seconds, in which somebody else could take it."""
        try:
            self.server_bind()
            # Only a port that listens is closed to others; who asks early waits for the build.
            self.server_activate()
        except OSError as error:
            raise _unusable(self._port, error) from error
        self._claimed = True

    @override
    def server_bind(self) -> None:
        # `serve` binds as well, and a socket is bound once.
        if not self._claimed:
            super().server_bind()

    @override
    def service_actions(self) -> None:
        super().service_actions()
        while self._announcements:
            self._announcements.pop(0)()

    def _catch_up(self) -> None:
        """Ask for what changed before the watching began, in the thread that builds."""
        with self._rebuild_cond:
            self._want_rebuild = True
            self._rebuild_cond.notify_all()


class _Builder:
    """What the server calls when something changed."""

    def __init__(
        self, config: Config, root: Path, address: str, echo: Callable[[str], None]
    ) -> None:
        self._config = config
        self._root = root
        self._address = address
        self._echo = echo
        self._snapshot = take_snapshot(config)

    def build(self, languages: list[str]) -> None:
        self._echo(f"Building {', '.join(languages)} …")
        build_site(
            self._config,
            languages=languages,
            site=self._root,
            site_url=self._address,
            report=lambda built: self._echo(describe(built)),
        )

    def refresh(self) -> None:
        now = take_snapshot(self._config)
        languages = touched_languages(self._config, before=self._snapshot, after=now)
        if not languages:
            return
        try:
            self.build(languages)
        except BuildError as error:
            # Raising here would make the server wait for a good build with every request.
            self._echo(f"{error}\nThe last good site is still served.")
        else:
            # A change whose build failed stays pending: the next build takes it up again.
            self._snapshot = now

    def announce(self) -> None:
        self._echo(f"Serving {self._address} (Ctrl-C ends it)")
        for language, name in self._config.languages.items():
            self._echo(f"  {self._address}{language}/  {name}")


def describe(built: Built) -> str:
    """Say in one line what was built.

    Args:
        built: A language that was built.

    Returns:
        The line.
    """
    return f"  {built.language}: {built.pages} pages in {built.seconds:.1f} s"
