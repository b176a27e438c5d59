"""`hozon sweep`: create sweeps, look at them, pause and end them."""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

import click

from hozon.cli.completing import complete_project, complete_sweep
from hozon.cli.opening import Opened, opened
from hozon.cli.options import JSON, YES, confirm
from hozon.cli.printing import print_facts, print_json, print_table, read
from hozon.errors import InvalidSweepError, MissingExtraError
from hozon.model.sweeps import Sweep, SweepAction
from hozon.sdk.sweeps import sweep as create_sweep
from hozon.services.sweeps import (
    act_on_sweep,
    find_best_run,
    find_sweep,
    list_sweep_runs,
    list_sweeps,
    sweep_order,
)

_SWEEP = click.argument("sweep", shell_complete=complete_sweep)


class _SweepGroup(click.Group):
    """A group in which the name of a file stands for `create` and that file."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or read the first word as a configuration."""
        if args[0] not in self.commands and ("." in args[0] or "/" in args[0]):
            return "create", self.commands["create"], args
        return super().resolve_command(ctx, args)


@click.group(cls=_SweepGroup)
def sweep() -> None:
    """Create sweeps, look at them, pause and end them.

    'hozon sweep sweep.json' creates a sweep as the file describes it; it is short for 'hozon sweep
    create sweep.json'. To try the points of a sweep, run 'hozon agent'.

    SWEEP is [[entity/]project/]id. What is left out comes from HOZON_ENTITY and HOZON_PROJECT.

    \b
      hozon sweep sweep.json --id depth-search
      hozon agent depth-search -- python train.py
      hozon sweep show depth-search
    """  # noqa: D301  click knows the character \b.


@sweep.command()
@click.argument("config", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "sweep_id", metavar="ID", help="What to call it; by default made up.")
@click.option("--entity", metavar="ENTITY", help="The owner of the project.")
@click.option("--project", metavar="PROJECT", help="The project.", shell_complete=complete_project)
@JSON
def create(
    config: Path, *, sweep_id: str | None, entity: str | None, project: str | None, as_json: bool
) -> None:
    """Create a sweep as CONFIG describes it, and print its id.

    CONFIG is a file in JSON, TOML, or, with the extra 'yaml', YAML; its ending tells which.

    \b
      hozon sweep create sweep.json --id depth-search
    """  # noqa: D301  click knows the character \b.
    with opened():
        made = create_sweep(_read(config), entity, project, sweep_id)
    if as_json:
        print_json({"id": made})
    else:
        click.echo(made)


@sweep.command(short_help="List the sweeps of a project.")
@click.argument("project", required=False, shell_complete=complete_project)
@JSON
def ls(project: str | None, *, as_json: bool) -> None:
    """List the sweeps of PROJECT, by default the default one, earliest first.

    \b
      hozon sweep ls
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        found = read(list_sweeps(at.context, at.project(project)))
        _print([_facts(at, each) for each in found], as_json=as_json)


@sweep.command(short_help="Show how far a sweep has come.")
@_SWEEP
@JSON
def show(sweep: str, *, as_json: bool) -> None:
    """Show how far SWEEP has come, and its best run; with --json, its configuration, too.

    \b
      hozon sweep show depth-search
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        found = find_sweep(at.context, at.sweep(sweep))
        order = sweep_order(found)
        best = find_best_run(at.context, found) if order else None
        facts = {
            **_facts(at, found),
            "order": str(order) if order else None,
            "best_run": str(best.id) if best else None,
        }
    if as_json:
        print_json({**facts, "config": found.config.source})
    else:
        print_facts({_label(name): value for name, value in facts.items()})


@sweep.command(short_help="Hand out no points until the sweep is resumed.")
@_SWEEP
@JSON
def pause(sweep: str, *, as_json: bool) -> None:
    """Hand out no points of SWEEP until it is resumed; what runs goes on, and agents wait.

    \b
      hozon sweep pause depth-search
    """  # noqa: D301  click knows the character \b.
    _act(sweep, SweepAction.PAUSE, as_json=as_json)


@sweep.command()
@_SWEEP
@JSON
def resume(sweep: str, *, as_json: bool) -> None:
    """Hand out points of SWEEP again.

    \b
      hozon sweep resume depth-search
    """  # noqa: D301  click knows the character \b.
    _act(sweep, SweepAction.RESUME, as_json=as_json)


@sweep.command()
@_SWEEP
@YES
@JSON
def stop(sweep: str, *, yes: bool, as_json: bool) -> None:
    """Hand out no more points of SWEEP, for good; what runs goes on.

    \b
      hozon sweep stop depth-search
    """  # noqa: D301  click knows the character \b.
    confirm(f"Stop the sweep {sweep} for good?", yes=yes)
    _act(sweep, SweepAction.STOP, as_json=as_json)


@sweep.command()
@_SWEEP
@YES
@JSON
def cancel(sweep: str, *, yes: bool, as_json: bool) -> None:
    """Hand out no more points of SWEEP, for good, and end what runs.

    \b
      hozon sweep cancel depth-search
    """  # noqa: D301  click knows the character \b.
    confirm(f"Cancel the sweep {sweep} and end its runs?", yes=yes)
    _act(sweep, SweepAction.CANCEL, as_json=as_json)


def _act(sweep: str, action: SweepAction, *, as_json: bool) -> None:
    """Ask something of a sweep, and tell where it stands then."""
    with opened() as at:
        facts = _facts(at, act_on_sweep(at.context, at.sweep(sweep), action))
    if as_json:
        print_json(facts)
    else:
        click.echo(f"{facts['path']}  {facts['state']}")


def _facts(at: Opened, sweep: Sweep) -> dict[str, object]:
    """Give what a program may want to know of a sweep."""
    return {
        "path": str(sweep.path),
        "state": str(sweep.state),
        "method": str(sweep.config.method),
        "runs": list_sweep_runs(at.context, sweep).count(),
        "expected_runs": sweep.config.point_count,
    }


def _label(name: str) -> str:
    """Turn a key into words."""
    return name.replace("_", " ").capitalize()


def _print(facts: Iterable[dict[str, object]], *, as_json: bool) -> None:
    """Print a line a sweep."""
    rows = list(facts)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("SWEEP", "STATE", "METHOD", "RUNS"),
        [(row["path"], row["state"], row["method"], _progress(row)) for row in rows],
    )


def _progress(row: dict[str, object]) -> str:
    """Write how many runs there are, of how many."""
    end = row["expected_runs"]
    return f"{row['runs']}" if end is None else f"{row['runs']}/{end}"


def _read(path: Path) -> dict[str, object]:
    """Read a configuration by the ending of its file."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix in {".yaml", ".yml"}:
            found = _read_yaml(text)
        else:
            found = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise InvalidSweepError(
            f"{path} cannot be read ({error})", hint="Write JSON, TOML or YAML."
        ) from error
    if not isinstance(found, dict):
        raise InvalidSweepError(f"{path} holds no mapping", hint="Begin with 'method'.")
    return found


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
