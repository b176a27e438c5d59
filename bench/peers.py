"""The environments of the peers.

Owns their making and their place. Each peer has one of its own, because together they would hold
one another's libraries back; it is made once, and again when another release is measured.
"""

import os
import shutil
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import click
import platformdirs

from bench.contestants import Peer
from bench.processes import MeasurementError, run

_READY = ".ready"

DEFAULT_FOLDER = platformdirs.user_cache_path("hozon") / "bench-peers"
"""Where environments are made, unless somebody says otherwise."""

peers_dir_option = click.option(
    "--peers-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where peers are installed, once. Default: your cache folder.",
)
"""Lets a program be told where."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A peer, and what came of installing it."""

    peer: Peer
    """The peer."""
    python: Path | None
    """Its interpreter; None where it could not be installed."""
    reason: str | None = None
    """Why not."""


def install(peer: Peer, folder: Path) -> Installed:
    """Install a peer, unless it is there already.

    Args:
        peer: The peer.
        folder: The folder of all environments; made if need be.

    Returns:
        Where its interpreter is, or why it has none.
    """
    place = folder / peer.name
    bin_folder = place / ("Scripts" if os.name == "nt" else "bin")
    python, mark = bin_folder / "python", place / _READY
    # Another interpreter than the one that made it may be gone, or older than ours.
    wanted = f"{peer.requirement} {sys.version.split()[0]}"
    if mark.is_file() and mark.read_text("utf-8") == wanted:
        return Installed(peer, python)
    shutil.rmtree(place, ignore_errors=True)
    try:
        venv.create(place, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        environment = {**os.environ, "PYTHONPATH": ""}
        run([*command, peer.requirement], folder=place, environment=environment)
    except (MeasurementError, OSError) as error:
        shutil.rmtree(place, ignore_errors=True)
        return Installed(peer, None, str(error).strip().splitlines()[-1])
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    mark.write_text(wanted, "utf-8")
    return Installed(peer, python)
