"""`hozon gc`: garbage collection, and whether it may run here."""

import click

from hozon.bootstrap import open_versioned, report_gate
from hozon.cli.options import JSON
from hozon.cli.printing import print_json
from hozon.model.deployments import Requirement
from hozon.services.gate import GateReport
from hozon.settings import load_settings


@click.group(short_help="Collect garbage: free the bytes that nothing needs.")
def gc() -> None:
    """Remove the bytes that no version needs any more, and nothing else.

    What is deleted can be restored for a while; see HOZON_RESTORE_WINDOW. Afterwards a collection
    purges it and removes the bytes that nothing else needs. What was removed can be recovered from
    the trash, or from old versions of the bucket, for as long as HOZON_TRASH_WINDOW says.
    """


@gc.command(short_help="Show what collection requires here.")
@click.option(
    "--storage",
    metavar="URL",
    help="Check this store instead: s3://…, gs://…, az://account/container or file:///….",
)
@JSON
@click.pass_context
def status(ctx: click.Context, *, storage: str | None, as_json: bool) -> None:
    """Show what collection requires here, and the command that fixes what is missing.

    HOZON_DEPLOYMENT says what kind of installation this is; by default it is embedded. The exit
    code is 1 while something that is required is missing.

    \b
      hozon gc status
    """  # noqa: D301  click knows the character \b.
    settings = load_settings()
    store = open_versioned(storage or settings.storage_url)
    try:
        report = report_gate(settings, store, with_connectors=storage is None)
    finally:
        store.close()
    if as_json:
        print_json(_described(report))
    else:
        _print(report)
    if not report.is_open:
        ctx.exit(1)


def _described(report: GateReport) -> dict[str, object]:
    """Describe a report for programs."""
    return {
        "deployment": report.deployment.value,
        "may_collect": report.is_open,
        "requirements": report.requirements,
    }


def _print(report: GateReport) -> None:
    """Print a report for people; commands stand alone on their lines, to be copied."""
    click.echo(f"Deployment  {report.deployment.value}")
    click.echo(f"Collection  {'may run' if report.is_open else 'does not run'}")
    for each in report.requirements:
        click.echo(f"\n{_state(each)}  {each.name}")
        click.echo(f"    {each.detail}.")
        if each.fix:
            click.echo(f"    {each.fix}")


def _state(requirement: Requirement) -> str:
    """Say in two words how things stand."""
    if requirement.missing:
        return "unknown" if requirement.met is None else "missing"
    if requirement.warns:
        return "warning"
    return "met" if requirement.met else "not required"
