"""`hozon artifact`: the group of commands on artifacts.

Owns their order. Refuses to own what they do; that is in `artifact_files`, `artifact_lists` and
`artifact_changes`.
"""

import click

from hozon.cli.artifact_changes import alias, delete, restore
from hozon.cli.artifact_files import get, put
from hozon.cli.artifact_lists import ls, show


class _InOrder(click.Group):
    """A group that shows its commands in the order in which they are used."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Name the commands."""
        return list(self.commands)


@click.group(cls=_InOrder, short_help="Log, bring, list, delete and restore artifacts.")
def artifact() -> None:
    """Log artifacts, bring them, list them, and delete and restore versions.

    A path is [[entity/]project/]name, followed by :version or :alias where one version is meant.
    What is left out comes from HOZON_ENTITY and HOZON_PROJECT; without a version it is latest.

    \b
      hozon artifact put data/ mnist --type dataset --alias reviewed
      hozon artifact ls mnist
      hozon artifact get mnist:reviewed --root data
    """  # noqa: D301  click knows the character \b.


for command in (put, get, ls, show, alias, delete, restore):
    artifact.add_command(command)
