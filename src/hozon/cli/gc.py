"""`hozon gc`: garbage collection."""

import click


@click.group()
def gc() -> None:
    """Remove the bytes that no version needs any more, and nothing else.

    What is deleted can be restored for a while; see HOZON_RESTORE_WINDOW. Afterwards a collection
    purges it and removes the bytes that nothing else needs. What was removed can be recovered from
    the trash, or from old versions of the bucket, for as long as HOZON_TRASH_WINDOW says.
    """
