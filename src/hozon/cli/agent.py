"""`hozon agent`: run a program for each point of a sweep."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import click

from hozon.cli.completing import complete_sweep
from hozon.cli.opening import opened
from hozon.cli.options import JSON
from hozon.errors import NoRunError, SweepStateError
from hozon.model.metadata import JsonValue
from hozon.model.runs import RunState
from hozon.sdk.sweep_points import VARIABLE, HeldPoint, PointQueue
from hozon.sdk.sweeps import MOST_FAILURES
from hozon.services.sweeps import find_sweep

_ARGUMENTS: Final = "${args}"
_LOOK: Final = 0.1
"""How often to see whether the program has ended, or is to be ended, in seconds."""

_GRACE: Final = 5
"""How long a program may take to end when it is asked to, in seconds."""


@click.command(
    context_settings={"ignore_unknown_options": True},
    short_help="Try the points of a sweep with a program.",
)
@click.argument("sweep", shell_complete=complete_sweep)
@click.option(
    "--count", type=click.IntRange(min=1), metavar="N", help="Try this many points at most."
)
@JSON
@click.argument("program", nargs=-1, required=True, type=click.UNPROCESSED)
def agent(sweep: str, program: tuple[str, ...], *, count: int | None, as_json: bool) -> None:
    """Run PROGRAM for each point of SWEEP, one after the other, until none is left.

    The parameters are added as arguments, such as --depth=4 or --model.depth=4, or stand in the
    place of ${args}. In the program, hozon.init() begins a run that has the point in its config and
    belongs to the sweep.

    Several agents may share a sweep. What a killed one had is tried again once HOZON_SWEEP_LEASE is
    over. The agent stops after three failures in a row, and ends the program when the sweep is
    canceled, or at Ctrl-C. With --json it prints a document for each point, a line each.

    \b
      hozon agent depth-search -- python train.py
      hozon agent --count 5 depth-search -- python train.py --epochs=3 '${args}'
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        path = at.sweep(sweep)
        points = PointQueue(at.session, find_sweep(at.context, path))
        tried = in_a_row = 0
        while (count is None or tried < count) and (held := points.next()) is not None:
            tried += 1
            state = _try(held, program, sweep_id=path.sweep_id, as_json=as_json)
            in_a_row = in_a_row + 1 if state != RunState.FINISHED else 0
            if in_a_row == MOST_FAILURES:
                raise click.ClickException(f"The program failed {MOST_FAILURES} times in a row.")


def _try(held: HeldPoint, program: Sequence[str], *, sweep_id: str, as_json: bool) -> str:
    """Run the program for a point, tell what came of it, and give the state of the run."""
    with held:
        code = _run(held, program)
        run = held.close()
    if isinstance(held.refusal, SweepStateError):
        raise held.refusal
    if run is None and code == 0 and held.refusal is None:
        raise NoRunError(
            f"The program of the agent of sweep {sweep_id} began no run",
            hint="Call hozon.init() in it, so that the point is recorded.",
        )
    point = held.claim.point
    state = str(run.state) if run is not None else str(RunState.FAILED)
    run_id = str(run.id) if run is not None else None
    if as_json:  # A line for each, while the rest is still to be tried.
        facts = {"point": point.number, "values": point.values, "run": run_id, "state": state}
        click.echo(json.dumps(facts))
    else:
        arguments = " ".join(_arguments(point.values))
        click.echo(f"{point.number}  {run_id or '-'}  {state}  {arguments}")
    return state


def _run(held: HeldPoint, program: Sequence[str]) -> int:
    """Run the program for a point, and end it if the point is lost or the sweep canceled."""
    arguments = list(_arguments(held.values))
    command = list[str]()
    for word in program:
        command += arguments if word == _ARGUMENTS else [word]
    if _ARGUMENTS not in program:
        command += arguments
    try:
        process = subprocess.Popen(  # noqa: S603  The user's own program.
            command, env={**os.environ, VARIABLE: held.variable}
        )
    except OSError as error:
        raise click.ClickException(f"{command[0]} cannot be run: {error}.") from error
    try:
        while held.refusal is None:
            try:
                return process.wait(timeout=_LOOK)
            except subprocess.TimeoutExpired:
                continue
    finally:  # Whatever ends the agent ends the program.
        _end(process)
    return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program to end; make it end if it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _arguments(values: Mapping[str, JsonValue], above: str = "") -> Iterator[str]:
    """Write the values of a point as arguments; texts as they are, the rest as JSON."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _arguments(value, f"{above}{name}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value)
            yield f"--{above}{name}={text}"
