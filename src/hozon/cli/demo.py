"""`hozon demo`: create the data of a documentation page in a scratch store."""

import shlex
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from hozon.cli.options import JSON
from hozon.cli.printing import advise, print_json, print_table
from hozon.demo import SCENES, Scene, find_scene
from hozon.sdk.active import teardown
from hozon.sdk.session import use_settings
from hozon.settings import load_settings


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer the pages that have demo data."""
    return [page for page in SCENES if page.startswith(incomplete)]


@click.command()
@click.argument("page", required=False, shell_complete=_complete)
@JSON
def demo(page: str | None, *, as_json: bool) -> None:
    """Create the data that a page of the documentation begins with.

    PAGE is the page's path, such as guides/delete; without it the pages are listed. The data goes
    into a new scratch folder: your own store is not touched. Standard output is shell code that
    makes this shell use it:

    \b
      eval "$(hozon demo guides/delete)"
      python snippet.py
    """  # noqa: D301  click knows the character \b.
    if page is None:
        pages = [(scene.page, scene.summary) for scene in SCENES.values()]
        if as_json:
            print_json([{"page": name, "summary": summary} for name, summary in pages])
        else:
            print_table(("PAGE", "DATA"), pages)
        return
    scene = find_scene(page)
    home = Path(tempfile.mkdtemp(prefix="hozon-demo-"))
    exports = {
        "HOZON_HOME": str(home),
        "HOZON_ENTITY": scene.entity,
        "HOZON_USER": scene.user,
        "HOZON_PROJECT": scene.project,
        # Named although they are the defaults: a configuration file may say otherwise.
        "HOZON_CATALOG_URL": f"sqlite:///{home / 'catalog.db'}",
        "HOZON_STORAGE_URL": (home / "objects").as_uri(),
    }
    try:
        _build(scene, exports)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    advise(f"# The data of {scene.page} is in {home}: {scene.summary}.")
    advise("# Remove that folder when you are done with it.")
    if as_json:
        print_json({"page": scene.page, "folder": home, "variables": exports})
        return
    for key, value in exports.items():
        click.echo(f"export {key}={shlex.quote(value)};")


def _build(scene: Scene, exports: Mapping[str, str]) -> None:
    """Log the world of a scene into a scratch store."""
    with use_settings(load_settings(exports)):
        scene.build()
    teardown()
