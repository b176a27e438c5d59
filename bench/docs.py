"""What it costs to run a block of documentation: `hozon_docs` beside what others would pick.

Owns the command line, the tables and the JSON. Two measurements there are:

- `tools`: the same generated blocks with every tool, as sessions of pytest that take turns.
- `site`: the blocks of this site, each with its world.

No limit is asserted: figures are those of a machine, ratios are what to look at.

Usage: `python -m bench.docs` in the project's folder, with `bench/requirements.lock` installed.
"""

import dataclasses
import json
import os
import platform
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.sessions import BARE, Cost, MeasurementError, measure
from bench.site import SiteCost, measure_site
from bench.tools import REFERENCE, TOOLS, Tool

_NAMES = tuple(tool.name for tool in TOOLS)


@click.command()
@click.option(
    "--only", type=click.Choice(["tools", "site"]), help="Make one of the two measurements."
)
@click.option(
    "--blocks",
    type=click.IntRange(1, 10_000),
    default=400,
    show_default=True,
    help="How many blocks each tool runs.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1, 100),
    default=3,
    show_default=True,
    help="How many rounds count; one more runs before them.",
)
@click.option(
    "--tool",
    "names",
    type=click.Choice(_NAMES),
    multiple=True,
    help="Measure this tool alone; may be given again.",
)
@click.option(
    "--json",
    "path",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="Write the figures to this file, too; `-` prints them instead of the tables.",
)
def main(
    only: str | None, blocks: int, rounds: int, names: tuple[str, ...], path: Path | None
) -> None:
    """Measure what a block of documentation costs.

    The first table runs the same generated blocks with hozon_docs, pytest-examples, sybil,
    mktestdocs and pytest-markdown-docs, in sessions of pytest that take turns. A block's cost is
    that of a session with the blocks, less that of one without, divided by their number.

    The second runs every page of this project, and tells what its blocks took, worlds included.

    Close what else keeps the machine busy; then compare ratios, not milliseconds.
    """
    silent = path == Path("-")
    notes, console = Console(stderr=True), Console(quiet=silent)
    tools = [tool for tool in TOOLS if not names or tool.name in names]
    costs: list[Cost] = []
    site: SiteCost | None = None
    try:
        _refuse_place(path)
        if only != "site":
            _refuse_missing(tools)
            with tempfile.TemporaryDirectory(prefix="bench-") as name:
                costs = measure(
                    tools, blocks=blocks, rounds=rounds, folder=Path(name), tell=notes.print
                )
            console.print(tools_table(costs, blocks=blocks, rounds=rounds))
        if only != "tools":
            notes.print("the pages of this site")
            site = measure_site()
            console.print(site_table(site))
    except MeasurementError as error:
        raise click.ClickException(str(error)) from None
    if path is not None:
        _write_json(path, as_json(costs, site, blocks=blocks, rounds=rounds))


def _refuse_place(path: Path | None) -> None:
    """Say so before minutes are spent, not after."""
    if path is not None and not path.absolute().parent.is_dir():
        raise MeasurementError(f"{path.parent} is no folder; make it, or name another with --json.")


def _refuse_missing(tools: Sequence[Tool]) -> None:
    for tool in tools:
        try:
            metadata.version(tool.distribution)
        except metadata.PackageNotFoundError:
            raise MeasurementError(
                f"{tool.distribution} is not installed; run `make bench`, or leave it out with "
                "--tool."
            ) from None


def tools_table(costs: Sequence[Cost], *, blocks: int, rounds: int) -> Table:
    """Show the tools side by side.

    Args:
        costs: What a block costs, the floor among them.
        blocks: How many blocks ran.
        rounds: How many rounds counted.

    Returns:
        The table; ratios are those of processor time.
    """
    title = f"One of {blocks} blocks: milliseconds, the best and the middle of {rounds} rounds"
    caption = "wall: the middle on the wall clock; ratios: those of the best processor time"
    table = Table(title=title, caption=caption)
    table.add_column(no_wrap=True)
    for heading in ("cpu", "middle", "wall", "of check", "of exec"):
        table.add_column(heading, justify="right", no_wrap=True)
    by_name = {cost.name: cost for cost in costs}
    for cost in costs:
        table.add_row(
            cost.name,
            f"{cost.cpu_min_ms:.3f}",
            f"{cost.cpu_median_ms:.3f}",
            f"{cost.wall_median_ms:.3f}",
            _ratio(cost, by_name.get(REFERENCE), digits=2),
            _ratio(cost, by_name.get(BARE), digits=0),
        )
    return table


def _ratio(cost: Cost, other: Cost | None, *, digits: int) -> str:
    return f"{cost.cpu_min_ms / other.cpu_min_ms:.{digits}f}" if other else ""


def site_table(site: SiteCost) -> Table:
    """Show what the site costs.

    Args:
        site: The figures.

    Returns:
        The table.
    """
    table = Table(title=f"{site.blocks} Python blocks of this site, worlds included")
    for heading in ("mean, ms", "median, ms", "P95, ms", "whole session, s", "of processor, s"):
        table.add_column(heading, justify="right")
    table.add_row(
        f"{site.mean_ms:.1f}",
        f"{site.median_ms:.1f}",
        f"{site.p95_ms:.1f}",
        f"{site.session.wall_s:.1f}",
        f"{site.session.cpu_s:.1f}",
    )
    return table


def as_json(
    costs: Sequence[Cost], site: SiteCost | None, *, blocks: int, rounds: int
) -> dict[str, object]:
    """Give all figures as data.

    Args:
        costs: What a block costs with each tool; may be empty.
        site: What the site costs; None where it was not measured.
        blocks: How many blocks ran.
        rounds: How many rounds counted.

    Returns:
        What JSON can hold.
    """
    names = {tool.distribution for tool in TOOLS}
    installed = {one.name: one.version for one in metadata.distributions() if one.name in names}
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "versions": dict(sorted(installed.items())),
        "blocks": blocks,
        "rounds": rounds,
        "tools": [dataclasses.asdict(cost) for cost in costs],
        "site": dataclasses.asdict(site) if site else None,
    }


def _write_json(path: Path, figures: dict[str, object]) -> None:
    with click.open_file(str(path), "w", encoding="utf-8", atomic=path != Path("-")) as file:
        file.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
