"""`hozon sweep`: create sweeps, look at them, pause and end them."""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

import click

from hozon.errors import InvalidSweepError, MissingExtraError
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.sweeps import Sweep, SweepAction
from hozon.sdk.session import Session, current_session
from hozon.sdk.sweeps import sweep as create_sweep
from hozon.services.sweeps import (
    act_on_sweep,
    find_best_run,
    find_sweep,
    list_sweep_runs,
    list_sweeps,
    sweep_order,
)

_PAGE = 500


@click.group()
def sweep() -> None:
    """Create sweeps, look at them, pause and end them.

    SWEEP is [[entity/]project/]id. What is left out comes from HOZON_ENTITY and HOZON_PROJECT. To
    try the points of a sweep, run 'hozon agent'.
    """


@sweep.command()
@click.argument("config", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "sweep_id", help="What to call the sweep; by default made up.")
@click.option("--entity", help="The owner of the project.")
@click.option("--project", help="The project.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create(
    config: Path, *, sweep_id: str | None, entity: str | None, project: str | None, as_json: bool
) -> None:
    """Create a sweep as CONFIG describes it, and print its id.

    CONFIG is a file in JSON, TOML, or, with the extra 'yaml', YAML; its ending tells which.
    """
    made = create_sweep(_read(config), entity, project, sweep_id)
    click.echo(json.dumps({"id": made}) if as_json else made)


@sweep.command()
@click.argument("project", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def ls(project: str | None, *, as_json: bool) -> None:
    """List the sweeps of PROJECT, by default the default one, earliest first."""
    session = current_session()
    default = session.settings.default_path
    at = ProjectPath.parse(project, default=default) if project else default
    listing, found, after = list_sweeps(session.context, at), list[Sweep](), None
    while page := listing.page(after=after, limit=_PAGE):
        found.extend(item.value for item in page)
        after = page[-1].key
    _print([_facts(session, each) for each in found], as_json=as_json)


@sweep.command()
@click.argument("sweep")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, configuration included.")
def show(sweep: str, *, as_json: bool) -> None:
    """Show how far SWEEP has come, and its best run."""
    session = current_session()
    found = find_sweep(session.context, _path(session, sweep))
    facts = _facts(session, found)
    best = find_best_run(session.context, found) if sweep_order(found) else None
    facts |= {
        "order": str(sweep_order(found)) if sweep_order(found) else None,
        "best_run": str(best.id) if best else None,
    }
    if as_json:
        click.echo(json.dumps(facts | {"config": found.config.source}, indent=2))
        return
    width = max(len(name) for name in facts) + 2
    for name, value in facts.items():
        click.echo(f"{name:<{width}}{'-' if value is None else value}")


@sweep.command()
@click.argument("sweep")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def pause(sweep: str, *, as_json: bool) -> None:
    """Hand out no points of SWEEP until it is resumed; what runs goes on, and agents wait."""
    _act(sweep, SweepAction.PAUSE, as_json=as_json)


@sweep.command()
@click.argument("sweep")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def resume(sweep: str, *, as_json: bool) -> None:
    """Hand out points of SWEEP again."""
    _act(sweep, SweepAction.RESUME, as_json=as_json)


@sweep.command()
@click.argument("sweep")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stop(sweep: str, *, as_json: bool) -> None:
    """Hand out no more points of SWEEP, for good; what runs goes on."""
    _act(sweep, SweepAction.STOP, as_json=as_json)


@sweep.command()
@click.argument("sweep")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cancel(sweep: str, *, as_json: bool) -> None:
    """Hand out no more points of SWEEP, for good, and end what runs."""
    _act(sweep, SweepAction.CANCEL, as_json=as_json)


def _path(session: Session, sweep: str) -> SweepPath:
    """Read the path of a sweep."""
    return SweepPath.parse(sweep, default=session.settings.default_path)


def _act(sweep: str, action: SweepAction, *, as_json: bool) -> None:
    """Ask something of a sweep, and tell where it stands then."""
    session = current_session()
    changed = act_on_sweep(session.context, _path(session, sweep), action)
    _print([_facts(session, changed)], as_json=as_json)


def _facts(session: Session, sweep: Sweep) -> dict[str, object]:
    """Give what a program may want to know of a sweep."""
    listing, runs, after = list_sweep_runs(session.context, sweep), 0, None
    while page := listing.page(after=after, limit=_PAGE):
        runs += len(page)
        after = page[-1].key
    return {
        "path": str(sweep.path),
        "state": str(sweep.state),
        "method": str(sweep.config.method),
        "runs": runs,
        "expected_runs": sweep.config.point_count,
    }


def _print(facts: Iterable[dict[str, object]], *, as_json: bool) -> None:
    """Print a line a sweep."""
    rows = list(facts)
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    width = max((len(str(row["path"])) for row in rows), default=0) + 2
    for row in rows:
        end = row["expected_runs"]
        count = f"{row['runs']}" if end is None else f"{row['runs']}/{end}"
        click.echo(f"{row['path']:<{width}}{row['state']:<10}{row['method']:<8}{count} runs")


def _read(path: Path) -> dict[str, object]:
    """Read a configuration by the ending of its file."""
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix in {".yaml", ".yml"}:
            read = _read_yaml(text)
        else:
            read = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise InvalidSweepError(
            f"{path} cannot be read ({error})", hint="Write JSON, TOML or YAML."
        ) from error
    if not isinstance(read, dict):
        raise InvalidSweepError(f"{path} holds no mapping", hint="Begin with 'method'.")
    return read


def _read_yaml(text: str) -> object:
    """Read YAML, if there is what reads it."""
    try:
        import yaml  # noqa: PLC0415  An extra.
    except ImportError as error:
        raise MissingExtraError(
            "YAML needs PyYAML, which is not installed",
            hint="Install it with: pip install 'hozon[yaml]'. Or write JSON or TOML.",
        ) from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
