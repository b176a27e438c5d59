"""The command line of the documentation: `python -m hozon_docs`.

Owns options, help and exit codes: 0 when done, 1 when something must be corrected, 2 for a command
that is not understood. Refuses everything else; the modules below do the work.
"""

import json
import os
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
@click.option("--publish", is_flag=True, help="Fail unless every block has its proof.")
@click.pass_obj
def build(root: Path, languages: tuple[str, ...], site_url: str | None, *, publish: bool) -> None:
    """Build the site in every language.

    All languages are built apart, two at a time, and take the place of the old site together. A
    warning is an error: the command then names the language and the page, changes nothing, and ends
    with exit code 1.

    With --publish the build also fails if the text of any block of Python or the shell differs from
    what passed in the last run of the tests, if the code has changed since, if more blocks are
    skipped than the configuration allows, or if a page is missing in a language.

    \b
    Examples:
      python -m hozon_docs build
      python -m hozon_docs build --publish
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
        publish=publish,
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
    themselves. Blocks that have not passed yet are marked so. A build that fails is shown here, and
    the last good site stays. Ctrl-C ends it.
    """
    from hozon_docs.serve import serve_site  # noqa: PLC0415 -- MkDocs is not needed for --help

    _stop_in_order()
    try:
        serve_site(load_config(root), port=port)
    except KeyboardInterrupt:
        click.echo("Stopped.")


@main.command()
@click.pass_obj
def extract(root: Path) -> None:
    """Bring the catalogs of translated docstrings in step with the code.

    Every docstring that the API reference shows is a message in <l10n>/<language>/api.po. A new one
    has no translation yet; one that changed keeps its translation as fuzzy, with the text that was
    translated; one that no page shows any more is dropped. Readers see the original until a
    translator has written the translation and deleted the mark `fuzzy`.

    \b
    Example:
      python -m hozon_docs extract
    """  # noqa: D301 -- click's own mark: keep the lines below as they are
    from rich.console import Console  # noqa: PLC0415 -- not needed for --help

    from hozon_docs.catalogs import update_catalogs, updates_table  # noqa: PLC0415 -- the same
    from hozon_docs.reference import collect_docstrings  # noqa: PLC0415 -- the same

    config = load_config(root)
    Console().print(updates_table(update_catalogs(config, collect_docstrings(config))))


@main.command()
@click.option(
    "--lang", "languages", multiple=True, help="Check this language only; give it again for more."
)
@click.argument("pages", nargs=-1, metavar="[PAGE]...")
@click.pass_obj
def words(root: Path, languages: tuple[str, ...], pages: tuple[str, ...]) -> None:
    """Check the words of the pages: terms, conventions, grammar and spelling.

    \b
    Terms        what <l10n>/glossary.yml says, against the original passage
    Conventions  what <l10n>/prose/<language>.toml says of spaces, endings, numbers, quotation marks
    Linters      textlint and cspell, where .textlintrc.<language>.yml and cspell.<language>.yml are

    The linters need Node.js 20.18 or newer and `npm ci`. Where they are missing the command says so
    and goes on; with CI=true in the environment that is an error. A PAGE is named as in the tree,
    without its language and its ending.

    \b
    Examples:
      python -m hozon_docs words
      python -m hozon_docs words --lang ja guides/delete
    """  # noqa: D301 -- click's own mark: keep the lines below as they are
    from rich.console import Console  # noqa: PLC0415 -- not needed for --help

    from hozon_docs.words import check_words, words_table  # noqa: PLC0415 -- the same

    names = [page.removesuffix(".md") for page in pages]
    checked = list(check_words(load_config(root), languages=languages, names=names))
    for one in checked:
        for finding in one.findings:
            click.echo(str(finding))
        if one.linted.skipped:
            click.echo(f"{one.language}: {one.linted.skipped}", err=True)
    Console().print(words_table(checked))
    unrun = any(one.linted.skipped for one in checked) and os.environ.get("CI") == "true"
    if unrun or any(one.findings for one in checked):
        sys.exit(1)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON, for programs.")
@click.pass_obj
def status(root: Path, *, as_json: bool) -> None:
    """Show what there is to do in each language.

    \b
    Missing      pages that only the source has
    Unequal      places that differ from the source in more than words
    Stale        headings, paragraphs, rows and comments older than their source
    Unstamped    those that nobody has compared with their source since they changed
    Proof        blocks that passed as they stand, and all

    Each place is listed below the table with its line. The exit code is 1 if there is any, and 0 if
    nothing is left to do; the proof does not count.

    \b
    Examples:
      python -m hozon_docs status
      python -m hozon_docs status --json
    """  # noqa: D301 -- click's own mark: keep the lines below as they are
    from rich.console import Console  # noqa: PLC0415 -- not needed for --help

    from hozon_docs.ledger import Ledger, package_digest, read_ledger  # noqa: PLC0415 -- the same
    from hozon_docs.proof_report import make_report  # noqa: PLC0415 -- the same
    from hozon_docs.status import read_status, status_data, status_table  # noqa: PLC0415 -- the same

    config = load_config(root)
    try:
        ledger = read_ledger(config.ledger)
    except DocsError as error:
        click.echo(str(error), err=True)  # What is left to translate does not depend on it.
        ledger = Ledger()
    report = make_report(config, ledger=ledger, package=package_digest(config))

    def proof(language: str) -> str:
        count = report.total(language)
        return f"{count.proven} of {count.whole}"

    found = read_status(config, proof=proof)
    if as_json:
        click.echo(json.dumps(status_data(found), ensure_ascii=False, indent=2))
    else:
        Console().print(status_table(found))
        for finding in found.findings:
            click.echo(str(finding))
    if not found.is_done:
        sys.exit(1)


@main.command()
@click.option(
    "--lang", "languages", multiple=True, help="Stamp this language only; give it again for more."
)
@click.option(
    "--still-true",
    "still_true",
    multiple=True,
    type=click.IntRange(min=1),
    metavar="LINE",
    help="A line of the translation that needs no change; give it again for more.",
)
@click.argument("pages", nargs=-1, metavar="[PAGE]...")
@click.pass_obj
def stamp(
    root: Path, languages: tuple[str, ...], still_true: tuple[int, ...], pages: tuple[str, ...]
) -> None:
    """Record that a translation was compared with its source.

    The lock <l10n>/sync.lock then holds the digests of both texts as they stand. When the source
    changes later, the translation is stale until it is changed and stamped again. A PAGE is named
    as in the tree, without its language and its ending; with none, all pages are stamped.

    A page is refused if it differs from its source in more than words, or if a text of the source
    has changed and its translation has not, or if a text of several words is that of the source,
    word for word. If it is right so, for example because only a typing error was corrected, confirm
    its line with --still-true; that takes one --lang and one PAGE. When anything is refused,
    nothing is stamped.

    \b
    Examples:
      python -m hozon_docs stamp --lang ja guides/delete
      python -m hozon_docs stamp --lang ja guides/delete --still-true 34
    """  # noqa: D301 -- click's own mark: keep the lines below as they are
    from hozon_docs.stamping import stamp_pages  # noqa: PLC0415 -- not needed for --help

    done = stamp_pages(load_config(root), languages=languages, names=pages, still_true=still_true)
    stamps = f"{done.changed} new, {done.forgotten} gone"
    click.echo(f"Pages compared: {done.pages}. Stamps: {stamps}.")


@main.command()
@click.pass_obj
def api(root: Path) -> None:
    """Show how many public names the blocks exercise, and which none does.

    The names come from the modules under `api` and the command line under `commands` in
    [tool.hozon_docs]; what exercises them, from the last run of the blocks. A name without a block,
    and an excuse that is not right, ends the command with exit code 1.
    """
    from hozon_docs.coverage import coverage_findings, describe, measure  # noqa: PLC0415 -- not needed for --help
    from hozon_docs.inventory import read_inventory  # noqa: PLC0415 -- the same
    from hozon_docs.ledger import package_digest, read_ledger  # noqa: PLC0415 -- the same

    config = load_config(root)
    package = package_digest(config)
    entries = [one for one in read_ledger(config.ledger).entries if one.package == package]
    coverage = measure(entries, read_inventory(config), config=config)
    for line in describe(coverage):
        click.echo(line)
    findings = coverage_findings(coverage, config=config)
    if findings:
        raise DocsError("\n".join(map(str, findings)))


def run() -> None:
    """Run the command line; print what must be corrected instead of a traceback."""
    try:
        main(prog_name="python -m hozon_docs")
    except DocsError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    run()
