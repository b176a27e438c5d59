"""The command line of the documentation: `python -m hozon_docs`.

Owns options, help and exit codes: 0 when done, 1 when something must be corrected, 2 for a command
that is not understood. Refuses everything else; the modules below do the work.
"""

import signal
import sys
from pathlib import Path

import click

from hozon_docs.config import load_config
from hozon_docs.findings import DocsError, shown


@click.group()
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The project's folder: the one with pyproject.toml. Default: the current one.",
)
@click.pass_context
def main(context: click.Context, root: Path) -> None:
    """Build and serve a documentation site in several languages.

    What the site is made of stands in the table [tool.hozon_docs] of pyproject.toml; the theme and
    the navigation stand in mkdocs.yml.
    """
    context.obj = root


def _stop_in_order() -> None:
    """Make a stop from outside as orderly as Ctrl-C: processes ended, folders removed."""
    # A shell's background job ignores Ctrl-C otherwise.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows knows no SIGHUP.
        if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
            continue  # Who ignores SIGHUP was started by `nohup`, to outlive the terminal.
        signal.signal(number, signal.default_int_handler)


@main.command()
@click.option(
    "--lang", "languages", multiple=True, help="Build this language only; give it again for more."
)
@click.option("--site-url", help="The address at which the site will stand.")
@click.pass_obj
def build(root: Path, languages: tuple[str, ...], site_url: str | None) -> None:
    """Build the site in every language.

    All languages are built apart, two at a time, and take the place of the old site together. A
    warning is an error: the command then names the language and the page, changes nothing, and ends
    with exit code 1.

    \b
    Examples:
      python -m hozon_docs build
      python -m hozon_docs build --lang ja --lang ko
      python -m hozon_docs build --site-url https://docs.example.org/
    """  # noqa: D301 -- click's own mark: keep the lines below as they are
    from hozon_docs.serve import describe  # noqa: PLC0415 -- MkDocs is not needed for --help
    from hozon_docs.site import build_site  # noqa: PLC0415 -- the same

    _stop_in_order()
    config = load_config(root)
    build_site(
        config,
        languages=languages or None,
        site_url=site_url,
        report=lambda built: click.echo(describe(built)),
    )
    click.echo(f"The site is in {shown(config.site)}.")


@main.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="The port to try first; the next free one is taken otherwise.",
)
@click.pass_obj
def serve(root: Path, port: int) -> None:
    """Serve the site on loopback and rebuild what changes.

    A change to a page rebuilds its language, any other change rebuilds all; open pages reload by
    themselves. A build that fails is shown here, and the last good site stays. Ctrl-C ends it.
    """
    from hozon_docs.serve import serve_site  # noqa: PLC0415 -- MkDocs is not needed for --help

    _stop_in_order()
    try:
        serve_site(load_config(root), port=port)
    except KeyboardInterrupt:
        click.echo("Stopped.")


def run() -> None:
    """Run the command line; print what must be corrected instead of a traceback."""
    try:
        main(prog_name="python -m hozon_docs")
    except DocsError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    run()
