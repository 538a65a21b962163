"""Run the comparisons and write results.md: `python -m benchmarks [part ...]`; see README.md."""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

RESULT = Path(__file__).with_name("results.md")
DATED = "measured on"  # the last column of tables whose rows are not all of one run
PACKAGES = (
    "numpy", "scipy", "pandas", "implicit", "skrecsys", "cornac", "scikit-surprise", "numba",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--pairs", type=int, default=7, help="timed pairs of a race")
    parser.add_argument("--of", nargs="+", help="race only these of ours; other rows stay")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    try:
        versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    except importlib.metadata.PackageNotFoundError as missing:
        print(f"{missing.name} is not installed here; see benchmarks/README.md", file=sys.stderr)
        return 2
    stored = _stored()
    for name in asked.parts or PARTS:
        section = PARTS[name](asked)
        dated = "" if DATED in section else f"\n\nMeasured on {datetime.date.today()}."
        stored[name] = section + dated
    sections = [f"<!-- {name} -->\n{stored[name]}" for name in PARTS if name in stored]
    RESULT.write_text("\n\n".join([_head(versions), *sections]) + "\n", encoding="utf-8")
    return 0


def _stored() -> dict[str, str]:
    """The sections of results.md as it is, by part."""
    text = RESULT.read_text(encoding="utf-8") if RESULT.exists() else ""
    pieces = re.split(r"<!-- (\w+) -->\n", text)[1:]
    return {name: section.strip() for name, section in zip(pieces[::2], pieces[1::2], strict=True)}


def _stored_rows(part: str) -> list[list[str]]:
    """The rows of a section's table as it is."""
    lines = [line for line in _stored().get(part, "").splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def _head(versions: dict[str, str]) -> str:
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        "# Results\n\nWritten by `python -m benchmarks`: "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"{named}. What the columns mean: [README.md](README.md)."
    )


def _races(asked: argparse.Namespace) -> str:
    from benchmarks import contenders, protocol

    rows = {tuple(row[:2]): row for row in _stored_rows("races")}
    run = [pair for pair in contenders.RACES if not asked.of or pair[0] in asked.of]
    for ours, peer in tqdm(run, desc="races"):
        two, load = (contenders.ALL[ours](), contenders.ALL[peer]()), os.getloadavg()[0]
        times = protocol.race(*two, protocol.movielens(), asked.pairs)
        rows[ours, peer] = [ours, peer, *times, f"{load:.1f}", datetime.date.today()]
    head = ["ours", "peer", "ours, s", "peer, s", "ratio", "load", DATED]
    title = "## Speed: learning, and ten titles for every viewer of MovieLens 1M"
    return f"{title}\n\n{_table(head, [rows[pair] for pair in contenders.RACES if pair in rows])}"


def _accuracy(asked: argparse.Namespace) -> str:
    from benchmarks import contenders, protocol

    split, rows = protocol.movielens(), []
    for name, make in tqdm(contenders.ALL.items(), desc="accuracy and memory"):
        run = protocol.alone(make, split.train)
        shown = len(set(run.columns.ravel().tolist()) - {-1}) / split.train.n_items
        score = protocol.accuracy(run.columns, split)
        rows.append([name, f"{score:.4f}", shown, f"{run.seconds:.1f}", f"{run.peak:.0f}"])
    head = ["model", "nDCG@10", "coverage", "seconds, once", "peak memory, MB"]
    return f"## Accuracy and memory on MovieLens 1M\n\n{_table(head, rows)}"


def _ratings(asked: argparse.Namespace) -> str:
    from benchmarks.ratings import measure

    head = ["model", "MovieLens", "step", "ours, s", "Surprise, s", "ratio",
            "our RMSE", "Surprise's"]  # fmt: skip
    title = "## Predicting stars, beside Surprise"
    return f"{title}\n\n{_table(head, measure(asked.pairs))}"


def _metrics(asked: argparse.Namespace) -> str:
    from benchmarks.metrics_time import measure

    rows = [[name, value] for name, value in measure(asked.pairs).items()]
    title = "## Metrics of every viewer of MovieLens 1M at k = 10"
    return f"{title}\n\n{_table(['step', 'seconds'], rows)}"


def _growth(asked: argparse.Namespace) -> str:
    from benchmarks import growth

    growth.main([])
    return _growth_section()


def _growth_section() -> str:
    from benchmarks import growth

    return f"## Growth of time and memory\n\n{_table(growth.HEAD, growth.table())}"


def _table(head: list[str], rows: list[list]) -> str:
    cells = [[f"{x:.3f}" if isinstance(x, float) else str(x) for x in row] for row in rows]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


PARTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "races": _races,
    "accuracy": _accuracy,
    "ratings": _ratings,
    "metrics": _metrics,
    "growth": _growth,
}
"""Name → what measures it and writes its section; the argument is what was asked for."""


if __name__ == "__main__":
    sys.exit(main())
