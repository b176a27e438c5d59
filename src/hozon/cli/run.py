"""`hozon run`: list runs, and show one with the artifacts that it logged and used."""

from collections.abc import Mapping
from typing import Any

import click

from hozon.cli.completing import complete_run
from hozon.cli.opening import opened
from hozon.cli.options import JSON, LIMIT, PROJECT, JsonObject
from hozon.cli.printing import print_facts, print_json, print_table, read, tell_rest
from hozon.model.filters import parse_filter
from hozon.model.orders import Order
from hozon.model.runs import Run, RunState
from hozon.services.lineage import list_logged, list_used
from hozon.services.run_queries import list_runs
from hozon.services.runs import find_run


@click.group()
def run() -> None:
    """List runs, and show what one tried, logged and used.

    PATH is [[entity/]project/]run_id. What is left out comes from HOZON_ENTITY and HOZON_PROJECT.
    """


@run.command()
@PROJECT
@click.option(
    "--filters",
    type=JsonObject(),
    metavar="JSON",
    help="Which runs, as Api.runs takes it: a JSON object in the notation of MongoDB.",
)
@click.option(
    "--state", type=click.Choice([str(state) for state in RunState]), help="Only runs that are so."
)
@click.option(
    "--order",
    default="+created_at",
    show_default=True,
    metavar="FIELD",
    help="+ or - and a field, such as -created_at or +summary_metrics.loss.",
)
@LIMIT
@JSON
def ls(
    *,
    project: str | None,
    filters: Mapping[str, Any] | None,
    state: str | None,
    order: str,
    limit: int,
    as_json: bool,
) -> None:
    """List the runs of a project, earliest first.

    \b
      hozon run ls --state crashed
      hozon run ls --order +summary_metrics.loss --limit 5
      hozon run ls --filters '{"job_type": "train", "config.epochs": {"$gt": 2}}'
    """  # noqa: D301  click knows the character \b.
    asked = [part for part in (filters, {"state": state} if state else None) if part]
    chosen = parse_filter({"$and": asked} if asked else None)
    sorting = Order.parse(order)
    with opened() as at:
        listing = list_runs(at.context, at.project(project), filters=chosen, order=sorting)
        found = read(listing, limit=limit)
        if as_json:
            print_json(list(map(_facts, found)))
        else:
            print_table(
                ("RUN", "STATE", "JOB TYPE", "SWEEP", "CREATED", "NAME"),
                [
                    (r.path, r.state, r.job_type, r.sweep_id, r.created_at, r.details.name)
                    for r in found
                ],
            )
        tell_rest(listing, shown=len(found), limit=limit)


@run.command(short_help="Show a run, and the artifacts that it logged and used.")
@click.argument("path", shell_complete=complete_run)
@JSON
def show(path: str, *, as_json: bool) -> None:
    """Show what is known of the run PATH, and which artifacts it logged and used.

    \b
      hozon run show train-model
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        found = find_run(at.context, at.run(path))
        facts = {
            **_facts(found),
            "logged_artifacts": [str(v.path) for v in read(list_logged(at.context, found.key))],
            "used_artifacts": [str(v.path) for v in read(list_used(at.context, found.key))],
        }
    if as_json:
        print_json(facts)
    else:
        print_facts(_shown(facts))


def _facts(run: Run) -> dict[str, object]:
    """Give what a program may want to know of a run."""
    return {
        "path": str(run.path),
        "name": run.details.name,
        "state": run.state,
        "exit_code": run.exit_code,
        "job_type": run.job_type,
        "group": run.details.group,
        "sweep": run.sweep_id,
        "tags": run.details.tags,
        "notes": run.details.notes,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "config": run.config,
        "summary": run.summary,
    }


def _shown(facts: Mapping[str, object]) -> Mapping[str, object]:
    """Leave out what says nothing, and put words to the rest."""
    rows: dict[str, object] = {}
    for name, value in facts.items():
        label = name.removesuffix("_at").replace("_", " ").capitalize()
        if isinstance(value, Mapping):
            rows |= {f"{label} {key}": item for key, item in value.items()}
        elif value is not None and (value or name.endswith("_artifacts") or name == "exit_code"):
            rows[label] = value
    return rows
