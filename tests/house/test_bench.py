"""The measurements: they start, and what they measure is what should run."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from hozon_docs.markdown import Page, scan

ROOT = Path(__file__).parents[2]
BLOCKS = 6
MEASURED = {
    *("import", "small", "small-download", "again", "large", "large-download", "s3", "entries"),
}


def bench(*arguments: str, module: str = "bench.docs") -> subprocess.CompletedProcess[str]:
    """Run a measurement, by default that of the documentation."""
    return subprocess.run(  # noqa: S603 -- our own interpreter, no shell
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_measurement_explains_itself() -> None:
    """`--help` names the tools that are compared."""
    done = bench("--help")
    assert done.returncode == 0, done.stderr
    for name in ("hozon_docs", "pytest-examples", "sybil", "mktestdocs", "pytest-markdown-docs"):
        assert name in done.stdout


def test_generated_blocks_are_proven_and_measured() -> None:
    """Every generated block passes under our own tool: a session that lacks one is an error."""
    done = bench(
        *("--only", "tools", "--tool", "hozon_docs", "--rounds", "1"),
        *("--blocks", str(BLOCKS), "--json", "-"),
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["blocks"] == BLOCKS
    assert [tool["name"] for tool in figures["tools"]] == ["bare exec", "hozon_docs"]


def test_generated_pages_are_without_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block of a titled page is found, and the page has no finding."""
    monkeypatch.syspath_prepend(str(ROOT))
    from bench.blocks import make_pages  # noqa: PLC0415 -- `bench` is no package of the project

    (page,) = make_pages(BLOCKS)
    path = tmp_path / "page.md"
    path.write_text(page.markdown(titled=True), "utf-8")
    found = scan(Page(language="en", name="page", path=path))
    assert [block.source for block in found.blocks] == list(page.blocks)
    assert found.findings == ()


def test_the_measurement_of_artifacts_explains_itself() -> None:
    """`--help` names who is compared."""
    done = bench("--help", module="bench.artifact")
    assert done.returncode == 0, done.stderr
    for name in ("hozon", "wandb", "mlflow", "DVC", "trackio", "cp -r", "sha256sum"):
        assert name in done.stdout


def test_artifacts_are_logged_and_measured() -> None:
    """Whoever did not do all of its work would be an error; goals are held to what was measured."""
    done = bench(
        *("--files", "20", "--large-bytes", "1000000", "--entries", "30", "--rounds", "1"),
        *("--only", ",".join(MEASURED), "--no-peers", "--json", "-"),
        module="bench.artifact",
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert set(figures["measurements"]) == MEASURED
    for name, rows in figures["measurements"].items():
        (ours,) = (row for row in rows if row["contestant"] == "hozon")
        assert len(ours["seconds"]) == 1, name
        assert ours["median_s"] > 0, name
    s3 = {row["contestant"]: row["requests"] for row in figures["measurements"]["s3"]}
    assert s3["PUTs, one by one"] == s3["PUTs, 8 threads"] == [20]
    unknown = [goal["goal"] for goal in figures["goals"] if goal["met"] is None]
    assert len(unknown) == 4, unknown
    assert all("peer" in goal or "DVC" in goal for goal in unknown)


def test_a_pass_is_measured_alone_and_beside_commits() -> None:
    """Each did its work, or it would be an error; every goal is judged."""
    done = bench(
        *("--catalog", "sqlite", "--versions", "4", "--versions", "10", "--files", "100"),
        "--no-peers",
        module="bench.gc",
    )
    assert done.returncode == 0, done.stderr
    for goal in ("condemn pass", "peak memory", "growth of the whole pass", "worst delay"):
        assert goal in done.stdout
    assert len(re.findall("reached|missed", done.stdout)) == 4


def test_pack_sizes_are_measured_beside_the_defaults() -> None:
    """All settings brought the same files back, or it would be an error; requests are counted."""
    done = bench(
        *("--rounds", "1", "--divide", "1000", "--store", "s3", "--vary", "gap", "--json"),
        module="bench.packs",
    )
    assert done.returncode == 0, done.stderr
    rows = {(row["setting"], row["action"]): row for row in json.loads(done.stdout)}
    assert {setting for setting, _ in rows} == {"defaults", "gap 0", "gap 256KiB", "gap 4MiB"}
    assert all(row["requests"] > 0 for row in rows.values())
    assert [rows["defaults", action]["time_ratio"] for action in ("log", "download")] == [1, 1]


def test_a_contestant_that_did_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that claims to have copied, and did not, has no figures."""
    monkeypatch.syspath_prepend(str(ROOT))
    from bench.contestants import Contestant, Measurement  # noqa: PLC0415  As above.
    from bench.data import Sizes  # noqa: PLC0415  The same.
    from bench.processes import MeasurementError  # noqa: PLC0415  The same.
    from bench.rounds import Plan, team_up  # noqa: PLC0415  The same.

    # A digest is no content: nothing is in its store but what was logged before the clock starts.
    idler = Contestant("idler", program="with_commands", actions={Measurement.SMALL: "check"})
    plan = Plan(
        team_up([idler], {}, peers=False), [Measurement.SMALL], sizes=Sizes(3, 99, 1, 1), rounds=1
    )
    with pytest.raises(MeasurementError, match=r"idler stored \d\d bytes instead of 297"):
        plan.run(tmp_path, tell=lambda _: None)


def test_a_measurement_that_is_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither a folder nor a process: the latter would hold its end of the pipe open."""
    process = subprocess.Popen(  # noqa: S603  Our own interpreter, no shell.
        [
            *(sys.executable, "-m", "bench.artifact", "--no-peers", "--only", "small"),
            *("--files", "20", "--rounds", "100", "--folder", str(tmp_path)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    while "round 2" not in process.stderr.readline():
        assert process.poll() is None
    assert list(tmp_path.iterdir())
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_a_goal_says_by_how_much_it_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fastest peer counts, medians are compared, and what was not measured is not judged."""
    monkeypatch.syspath_prepend(str(ROOT))
    from bench.contestants import Measurement  # noqa: PLC0415  As above.
    from bench.data import Sizes  # noqa: PLC0415  The same.
    from bench.goals import judge  # noqa: PLC0415  The same.
    from bench.rounds import Runs  # noqa: PLC0415  The same.

    small = {"hozon": [1, 3, 9], "thirty lines": [1], "mlflow": [9], "trackio": [2], "cp -r": [0.1]}
    results = {Measurement.SMALL: {name: Runs(list(took)) for name, took in small.items()}}
    verdicts = {one.goal: one for one in judge(results, Sizes())}
    lines = verdicts["First log of small files, beside the thirty lines"]
    assert (lines.value, lines.met, lines.missed_by) == (3, True, 0)
    peer = verdicts["First log of small files, beside the fastest peer"]
    assert (peer.value, peer.met, peer.missed_by) == (1.5, False, 0.5)
    assert [one.met for one in verdicts.values()].count(None) == len(verdicts) - 2


def test_a_missed_goal_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that only copies is named, beside the fastest that computes a digest, too."""
    monkeypatch.syspath_prepend(str(ROOT))
    from bench.contestants import Measurement  # noqa: PLC0415  As above.
    from bench.data import Sizes  # noqa: PLC0415  The same.
    from bench.goals import judge  # noqa: PLC0415  The same.
    from bench.rounds import Runs  # noqa: PLC0415  The same.

    def cause(**seconds: float) -> str:
        runs = {name: Runs([took]) for name, took in seconds.items()}
        verdicts = judge({Measurement.LARGE: runs}, Sizes())
        (one,) = (
            one for one in verdicts if one.goal.endswith("large file, beside the fastest peer")
        )
        return one.cause

    said = cause(hozon=6, mlflow=1, dvc=5, trackio=4)
    assert said.startswith("mlflow copies, and computes no digest")
    assert "(trackio, SHA-256) it is 1.50" in said
    assert cause(hozon=6, mlflow=1) == "mlflow copies, and computes no digest."
    assert not cause(hozon=6, mlflow=5, trackio=4)


def saved(path: Path, *, entries: int = 9, **seconds: Sequence[float]) -> str:
    """Save figures of our own, as `--json` does, by measurement."""
    machine = dict.fromkeys(("processor", "file_system", "kernel", "python"), "some")
    sizes = {"files": 3, "file_bytes": 99, "large_bytes": 9, "entries": entries}
    figures = {
        step: [{"contestant": "hozon", "seconds": took, "over_idle_bytes": [], "requests": []}]
        for step, took in seconds.items()
    }
    content = {
        "machine": machine | {"cores": 2, "memory_gib": 1.0},
        "versions": {"hozon": "0.1.0"},
        "absent": {},
        "sizes": sizes,
        "measurements": figures,
    }
    path.write_text(json.dumps(content), "utf-8")
    return str(path)


def test_figures_are_shown_again_without_measuring(tmp_path: Path) -> None:
    """Of two files the later one counts, which the page tells, and goals are held to it."""
    first = saved(tmp_path / "first.json", **{"import": [9, 9, 9], "large": [1, 2, 3]})
    later = saved(tmp_path / "later.json", **{"import": [0.1]})
    page, merged = tmp_path / "page.md", tmp_path / "merged.json"
    done = bench(
        *("--from", first, "--from", later, "--json", str(merged), "--write", str(page)),
        module="bench.artifact",
    )
    assert done.returncode == 0, done.stderr
    told = page.read_text("utf-8")
    assert "| Import | 150 ms | 100 ms | \N{CHECK MARK} |" in told
    assert "medians of 3 rounds" in told
    assert "- Measured in one round: `import`." in told
    assert "- Measured in a later run: `import`." in told
    again = tmp_path / "again.md"
    bench("--from", str(merged), "--write", str(again), module="bench.artifact")
    assert again.read_text("utf-8") == told


def test_figures_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    """Neither those of other sizes, nor a file that holds none."""
    first = saved(tmp_path / "first.json", large=[1])
    other = saved(tmp_path / "other.json", entries=8, large=[1])
    done = bench("--from", first, "--from", other, module="bench.artifact")
    assert done.returncode == 1
    assert "the sizes of two runs differ" in done.stderr
    (tmp_path / "none.json").write_text("[]", "utf-8")
    done = bench("--from", str(tmp_path / "none.json"), module="bench.artifact")
    assert done.returncode == 1
    assert "holds no figures" in done.stderr
