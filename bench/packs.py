"""What pack sizes cost: Hozon with other values beside Hozon with its defaults.

Owns which values are tried, and on what. `data` makes the files, `processes` runs the programs.

Nothing is asserted but that each did its work: the defaults are judged by whoever reads the ratios.

Usage: `python -m bench.packs` in the project's folder, with the development dependencies.
"""

import json
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click
from rich.console import Console
from rich.table import Table

from bench.children.stopwatch import Job
from bench.data import Source, digest_of_files, make_mixed, warm
from bench.processes import (
    Bucket,
    Figures,
    MeasurementError,
    end_on_sigterm,
    our_paths,
    run_program,
    scratch_folder,
    serving_bucket,
)

_BUCKET = "packs"
_STORES = ("local", "s3")
_VALUES = ("packs", "files", "gap")
_ACTIONS = ("log", "download", "download_apart")
_TITLES = {"log": "log", "download": "download", "download_apart": "apart"}
_READING = ("download_apart",)


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to set the sizes; what it does not name has its default."""

    name: str
    """What it is called in the tables."""
    variables: Mapping[str, str]
    """The variables that set it."""
    reads_only: bool = False
    """Whether it makes no difference to what is stored, nor to whoever reads all of it."""


DEFAULT = Setting("defaults", {})
"""What the others are compared with."""

SETTINGS = (
    DEFAULT,
    *(Setting(f"packs {size}", {"HOZON_PACK_SIZE": size}) for size in ("16MiB", "256MiB")),
    *(Setting(f"files {size}", {"HOZON_PACKED_FILE_SIZE": size}) for size in ("0", "1MiB")),
    Setting("files 16MiB", {"HOZON_PACKED_FILE_SIZE": "16MiB"}),
    *(
        Setting(f"gap {size}", {"HOZON_READ_GAP": size}, reads_only=True)
        for size in ("0", "256KiB", "4MiB")
    ),
)
"""All settings, each with one value changed."""

Results = dict[tuple[str, str, str], list[Figures]]
"""The figures, one a round, by store, setting and action."""


@click.command(context_settings={"max_content_width": 100})
@click.option(
    "--rounds",
    type=click.IntRange(1, 100),
    default=3,
    show_default=True,
    help="How many rounds; the median of the ratios counts.",
)
@click.option(
    "--divide",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="Take so many times fewer files, for a look.",
)
@click.option(
    "--store",
    "stores",
    type=click.Choice(_STORES),
    multiple=True,
    default=_STORES,
    show_default=True,
    help="Where it is stored: a folder, or a mocked S3 in a process of its own.",
)
@click.option(
    "--vary",
    "varied",
    type=click.Choice(_VALUES),
    multiple=True,
    default=_VALUES,
    show_default=True,
    help="Which values are changed.",
)
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="On which disk it is measured. Default: the folder of temporary files.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead.")
def main(
    rounds: int,
    divide: int,
    stores: Sequence[str],
    varied: Sequence[str],
    folder: Path | None,
    as_json: bool,  # noqa: FBT001  click gives it by name.
) -> None:
    r"""Measure what other pack sizes would cost.

    4,000 files of 4 KiB, 200 of 256 KiB, 60 of 1 MiB and 20 of 3 MiB, in folders, are logged,
    downloaded, and downloaded again where every second folder is there already. Each setting has
    one value changed, and is compared with the defaults of the same round; settings take turns,
    and each work has a process of its own.

    \b
    packs   HOZON_PACK_SIZE         16, 64, 256 MiB
    files   HOZON_PACKED_FILE_SIZE  0, 1, 4, 16 MiB
    gap     HOZON_READ_GAP          0, 256 KiB, 1, 4 MiB

    A mocked S3 on loopback answers faster than a real one, and shares the cores with who asks it:
    there, count requests.
    """
    end_on_sigterm()
    notes = Console(stderr=True)
    chosen = [one for one in SETTINGS if one is DEFAULT or one.name.split()[0] in varied]
    try:
        with scratch_folder(folder) as scratch:
            notes.print("making the files")
            source = make_mixed(scratch / "source", divide=divide)
            results: Results = defaultdict(list)
            for store in stores:
                with serving_bucket(scratch) if store == "s3" else nullcontext() as bucket:
                    _measure(
                        results,
                        _Bench(source, scratch / "turn", bucket),
                        chosen,
                        rounds=rounds,
                        tell=lambda text: notes.print(text, markup=False, highlight=False),
                    )
    except MeasurementError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(list(_rows(results)), indent=2))
    else:
        for store in stores:
            _print(Console(), results, store, source=source, rounds=rounds)


class _Bench:
    """Does the works of one setting in a folder that is new and goes afterwards."""

    def __init__(self, source: Source, folder: Path, bucket: Bucket | None) -> None:
        self._source = source
        self._folder = folder
        self._bucket = bucket

    @property
    def store(self) -> str:
        return "local" if self._bucket is None else "s3"

    def run(self, written: Setting, read: Sequence[Setting]) -> Iterator[tuple[str, str, Figures]]:
        """Log with a setting, and read with it and with those that only read otherwise."""
        (self._folder / "store").mkdir(parents=True)
        if self._bucket:
            self._bucket.empty()
        try:
            for action in _ACTIONS:
                yield written.name, action, self._work(action, written)
            for setting in read:
                for action in _READING:
                    yield setting.name, action, self._work(action, setting)
        finally:
            shutil.rmtree(self._folder)

    def _work(self, action: str, setting: Setting) -> Figures:
        store, target = self._folder / "store", self._folder / "target"
        variables = {"HOZON_HOME": str(store), "HOZON_CACHE_SIZE": "0", **setting.variables}
        if self._bucket:
            variables |= self._bucket.variables
            variables["HOZON_STORAGE_URL"] = f"s3://{_BUCKET}/hozon"
        bucket = _BUCKET if self._bucket else None
        job = Job(action, self._source.path, store, target, bucket=bucket)
        if action == "log":
            warm(self._source)
        os.sync()
        figures = run_program(
            Path(sys.executable),
            "with_packs",
            job,
            paths=our_paths(),
            variables=variables,
            folder=self._folder,
        )
        self._prove(figures, f"{setting.name}, {action}")
        shutil.rmtree(target, ignore_errors=True)
        return figures

    def _prove(self, figures: Figures, what: str) -> None:
        """Refuse the figures of a work that was not done."""
        answer, source = figures.answer, self._source
        given = (answer.files, answer.size_bytes, answer.digest)
        if given != (source.files, source.size_bytes, source.digest):
            raise MeasurementError(f"{what}: logged {given}; look at bench/children/with_packs.py.")
        if answer.root is not None and digest_of_files(Path(answer.root)) != source.digest:
            raise MeasurementError(f"{what}: brought other bytes back; its figures mean nothing.")


def _measure(
    results: Results,
    bench: _Bench,
    settings: Sequence[Setting],
    *,
    rounds: int,
    tell: Callable[[str], None],
) -> None:
    """Let settings take turns."""
    written = [setting for setting in settings if not setting.reads_only]
    reading = [setting for setting in settings if setting.reads_only]
    for number in range(rounds):
        at = number % len(written)
        for setting in (*written[at:], *written[:at]):
            tell(f"{bench.store}, round {number + 1}: {setting.name}")
            others = reading if setting is DEFAULT else []
            for name, action, figures in bench.run(setting, others):
                results[bench.store, name, action].append(figures)


def _rows(results: Results) -> Iterator[dict[str, object]]:
    """Compare each setting with the defaults of the same round."""
    for (store, name, action), figures in results.items():
        base = results[store, DEFAULT.name, action]
        pairs = list(zip(figures, base, strict=True))
        requests = figures[0].answer.requests
        yield {
            "store": store,
            "setting": name,
            "action": action,
            "seconds": [one.seconds for one in figures],
            "time_ratio": median(one.seconds / other.seconds for one, other in pairs),
            "requests": requests,
            "requests_ratio": requests / (base[0].answer.requests or 1) if requests else None,
        }


def _print(console: Console, results: Results, store: str, *, source: Source, rounds: int) -> None:
    """Show ratios, and of the defaults the figures themselves."""
    with_requests = store == "s3"
    table = Table(
        title=f"{source.files:,} files, {source.size_bytes / (1 << 20):,.0f} MiB, {store}",
        caption="defaults: packs 64 MiB, files 4 MiB, gap 1 MiB; others: ratios to them,"
        f" median of {rounds}. apart: every second folder of a download, the others being there.",
    )
    table.add_column("")
    for action in _ACTIONS:
        table.add_column(_TITLES[action], justify="right")
        if with_requests:
            table.add_column("requests", justify="right")
    rows = {(row["setting"], row["action"]): row for row in _rows(results) if row["store"] == store}
    for setting in dict.fromkeys(name for name, _ in rows):
        cells: list[str] = []
        for action in _ACTIONS:
            row = rows.get((setting, action))
            cells += _cells(row, is_base=setting == DEFAULT.name, with_requests=with_requests)
        table.add_row(str(setting), *cells)
    console.print(table)


def _cells(row: dict[str, object] | None, *, is_base: bool, with_requests: bool) -> list[str]:
    if row is None:
        return ["", ""] if with_requests else [""]
    seconds = row["seconds"]
    assert isinstance(seconds, list)  # noqa: S101  As `_rows` makes it.
    time = f"{median(seconds):.2f} s" if is_base else f"{row['time_ratio']:.2f}"
    ratio = row["requests_ratio"]
    requests = f"{row['requests']}" + ("" if is_base or ratio is None else f" ({ratio:.2f})")
    return [time, requests] if with_requests else [time]


if __name__ == "__main__":
    main()
