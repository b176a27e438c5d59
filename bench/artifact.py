"""What it costs to log and to download artifacts: Hozon beside what others would pick.

Owns the command line and the order of things. `contestants` says who is measured, `rounds` how,
`goals` what is to be reached, and `report` how it is shown.

Nothing is asserted: a goal that is missed is shown as such, and the program ends well.

Usage: `python -m bench.artifact` in the project's folder, with the development dependencies.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.contestants import CONTESTANTS, PEERS, Measurement
from bench.data import Sizes
from bench.goals import judge
from bench.machine import describe
from bench.peers import DEFAULT_FOLDER, install, peers_dir_option
from bench.processes import ROOT, MeasurementError, end_on_sigterm, scratch_folder
from bench.report import Report
from bench.rounds import Plan, team_up
from bench.saved import Saved, read_saved

M = Measurement
_MEMORY = "memory"
_CHOICES: Mapping[str, Sequence[Measurement]] = {
    **{step.value: [step] for step in Measurement},
    _MEMORY: [M.LARGE, M.LARGE_DOWNLOAD],
}
_DEFAULT = Sizes()
_OURS = ("hozon", "boto3", "moto")


def _choose(
    _context: click.Context, _option: click.Parameter, names: str | None
) -> list[Measurement]:
    """Read names with commas between them, or say which there are."""
    if names is None:
        return list(Measurement)
    chosen: list[Measurement] = []
    for name in names.split(","):
        steps = _CHOICES.get(name.strip())
        if steps is None:
            raise click.BadParameter(f"{name!r} is none of {', '.join(_CHOICES)}.")
        chosen += steps
    return chosen


@click.command(context_settings={"max_content_width": 100})
@click.option(
    "--only",
    "chosen",
    callback=_choose,
    metavar="NAMES",
    help="Make these measurements alone, with commas between their names.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="How many rounds; the median counts.",
)
@click.option(
    "--files",
    type=click.IntRange(1, 1_000_000),
    default=_DEFAULT.files,
    show_default=True,
    help="How many small files.",
)
@click.option(
    "--file-bytes",
    type=click.IntRange(16, 1 << 20),
    default=_DEFAULT.file_bytes,
    show_default=True,
    help="How long each of them is.",
)
@click.option(
    "--large-bytes",
    type=click.IntRange(1, 1 << 40),
    default=_DEFAULT.large_bytes,
    show_default=True,
    help="How long the large file is.",
)
@click.option(
    "--entries",
    type=click.IntRange(1, 10_000_000),
    default=_DEFAULT.entries,
    show_default=True,
    help="How many entries the large manifest has.",
)
@click.option(
    "--peers/--no-peers", default=True, show_default=True, help="Whether peers are measured."
)
@peers_dir_option
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="On which disk it is measured. Default: the folder of temporary files.",
)
@click.option(
    "--from",
    "saved",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Measure nothing, and show the figures that --json wrote; of several files the last"
    " counts.",
)
@click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="Write the figures to this file, too; `-` prints them instead of the tables.",
)
@click.option(
    "--write",
    "markdown_path",
    type=click.Path(dir_okay=False, path_type=Path),
    is_flag=False,
    flag_value=str(ROOT / "bench" / "RESULTS.md"),
    metavar="[FILE]",
    help="Write the tables as Markdown, too. Default of FILE: bench/RESULTS.md.",
)
def main(  # noqa: PLR0913, PLR0917  Each is an option.
    chosen: list[Measurement],
    rounds: int,
    files: int,
    file_bytes: int,
    large_bytes: int,
    entries: int,
    peers: bool,  # noqa: FBT001  click gives it by name.
    peers_dir: Path | None,
    folder: Path | None,
    saved: tuple[Path, ...],
    json_path: Path | None,
    markdown_path: Path | None,
) -> None:
    r"""Measure what it costs to log and to download artifacts.

    hozon runs beside wandb (offline), mlflow, DVC and trackio, beside cp -r, sha256sum, a copy and
    a SHA-256 pass in Python, a script of thirty lines, and a script with one PUT per file. Each
    work has a process of its own, and its time is that of the work alone. Contestants take turns;
    whoever did not do all of its work is an error.

    \b
    import          importing the library
    small           first log of many small files
    small-download  downloading them, every digest checked
    again           logging them again after one was changed
    large           log of one large file
    large-download  downloading it, its digest checked
    memory          peak memory of both
    s3              first log of the small files to a mocked S3: time and requests
    entries         log of very many entries, once
    page            listing one page of them
    prefix          downloading one folder of them

    \b
    A look, in a minute:
        python -m bench.artifact --files 200 --large-bytes 8000000 --rounds 1 \
            --only import,small,again,large
    All of it, for the record; half an hour, and 10 GB of disk:
        python -m bench.artifact --write
    The tables of figures that were saved, without measuring:
        python -m bench.artifact --from all.json --from later.json --write

    Peers are installed from the package index the first time, which needs a network. Close what
    else keeps the machine busy; then compare ratios, not seconds.
    """
    end_on_sigterm()
    sizes = Sizes(files, file_bytes, large_bytes, entries)
    notes, console = Console(stderr=True), Console(quiet=json_path == Path("-"))
    try:
        _refuse_place(json_path, option="--json")
        _refuse_place(markdown_path, option="--write")
        if saved:
            figures = read_saved(saved)
        else:
            pythons, absent = _install(peers_dir, notes) if peers else ({}, {})
            teams = team_up(CONTESTANTS, pythons, peers=peers)
            plan = Plan(teams, chosen, sizes=sizes, rounds=rounds)
            with scratch_folder(folder) as scratch:
                machine = describe(scratch)
                with _progress(notes, turns=plan.turns) as tell:
                    results = plan.run(scratch, tell=tell)
            figures = Saved(results, sizes, machine, _versions(pythons), absent)
    except MeasurementError as error:
        raise click.ClickException(str(error)) from None
    report = Report(
        figures.results,
        tuple(judge(figures.results, figures.sizes)),
        sizes=figures.sizes,
        machine=figures.machine,
        versions=figures.versions,
        absent=figures.absent,
        later=figures.later,
    )
    report.print(console)
    if json_path is not None:
        _write(json_path, json.dumps(report.as_json(), indent=2) + "\n")
    if markdown_path is not None:
        _write(markdown_path, report.as_markdown())


def _refuse_place(path: Path | None, *, option: str) -> None:
    """Say so before minutes are spent, not after."""
    if path is not None and not path.absolute().parent.is_dir():
        raise MeasurementError(
            f"{path.parent} is no folder; make it, or name another with {option}."
        )


def _install(folder: Path | None, notes: Console) -> tuple[dict[str, Path], dict[str, str]]:
    """Install the peers, and tell which cannot be had."""
    place = folder or DEFAULT_FOLDER
    pythons: dict[str, Path] = {}
    absent: dict[str, str] = {}
    for peer in PEERS:
        with notes.status(f"installing {peer.requirement}"):
            installed = install(peer, place.absolute())
        if installed.python:
            pythons[peer.name] = installed.python
        else:
            absent[peer.name] = installed.reason or "unknown"
            notes.print(f"{peer.name} could not be installed: {absent[peer.name]}", markup=False)
    return pythons, absent


@contextmanager
def _progress(notes: Console, *, turns: int) -> Iterator[Callable[[str], None]]:
    """Show how far it is; without a terminal, one line a turn."""
    if not notes.is_terminal:
        yield lambda text: notes.print(text, markup=False, highlight=False)
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task("", total=turns)
        begun = False

        def tell(text: str) -> None:
            nonlocal begun
            progress.update(task, advance=int(begun), description=text)
            begun = True

        yield tell


def _versions(pythons: Mapping[str, Path]) -> dict[str, str]:
    """Tell which releases were measured."""
    peers = {peer.name: peer.version for peer in PEERS if peer.name in pythons}
    return {name: metadata.version(name) for name in _OURS} | peers


def _write(path: Path, text: str) -> None:
    with click.open_file(str(path), "w", encoding="utf-8", atomic=path != Path("-")) as file:
        file.write(text)


if __name__ == "__main__":
    main()
