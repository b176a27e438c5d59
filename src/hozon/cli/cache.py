"""`hozon cache`: what was read from a bucket and is kept on this machine."""

import click

from hozon.bootstrap import open_cache, open_file_index
from hozon.cli.options import JSON
from hozon.cli.printing import counted, print_facts, print_json
from hozon.cli.printing import size as words
from hozon.model.sizes import parse_size
from hozon.ports.object_cache import CacheUsage
from hozon.settings import Settings, load_settings

_INDEX = "files.db"


@click.group()
def cache() -> None:
    """Show and clean up what is kept on this machine.

    Files that were read from a bucket are kept, so that the next download of the same content needs
    no network. Beside them lies an index of local files, so that unchanged ones are not read again
    when they are logged. Nothing is lost with either: what is missing is read again.

    HOZON_CACHE_DIR says where they are, HOZON_CACHE_SIZE how much may be kept. Downloads keep to
    that bound by themselves.
    """


@cache.command()
@JSON
def info(*, as_json: bool) -> None:
    """Show where the cache is and how much is in it.

    \b
      hozon cache info
    """  # noqa: D301  click knows the character \b.
    settings = load_settings()
    usage = open_cache(settings).usage()
    figures: dict[str, object] = {
        "folder": str(settings.cache_dir),
        "files": usage.files,
        "size_bytes": usage.size_bytes,
        "bound_bytes": settings.cache_bytes,
        "index_bytes": _index_bytes(settings),
    }
    if as_json:
        print_json(figures)
        return
    print_facts(
        {
            "Folder": str(settings.cache_dir),
            "Kept": _described(usage),
            "Bound": words(settings.cache_bytes),
            "Index": words(_index_bytes(settings)),
        }
    )


@cache.command(short_help="Remove what was not used for longest.")
@click.option(
    "--size",
    required=True,
    metavar="SIZE",
    help="How much may stay, such as 500MB, 5GB or 10GiB; 0 empties it.",
)
@JSON
def cleanup(size: str, *, as_json: bool) -> None:
    """Remove what was not used for longest, until the rest fits into SIZE.

    It is safe at any time, also while downloads are under way: what they need and no longer find
    they read from the bucket. So it does not ask. With --size 0 the index of local files is
    forgotten, too.

    \b
      hozon cache cleanup --size 5GB
    """  # noqa: D301  click knows the character \b.
    bound = parse_size(size)
    settings = load_settings()
    done = open_cache(settings).clean_up(size_bytes=bound)
    if not bound:
        open_file_index(settings).clear()
    if as_json:
        print_json(done)
    else:
        print_facts({"Removed": _described(done.removed), "Kept": _described(done.kept)})


def _described(usage: CacheUsage) -> str:
    """Write how many files there are, and how large they are together."""
    return f"{counted(usage.files, 'file')}, {words(usage.size_bytes)}"


def _index_bytes(settings: Settings) -> int:
    """Measure the index of local files, with what its database keeps beside it."""
    return sum(path.stat().st_size for path in settings.cache_dir.glob(f"{_INDEX}*"))
