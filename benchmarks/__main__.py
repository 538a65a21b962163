"""Run every comparison and write results.md: `python -m benchmarks`; see README.md."""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import sys
from pathlib import Path

from tqdm import tqdm

RESULT = Path(__file__).with_name("results.md")
PACKAGES = ("numpy", "scipy", "pandas", "implicit")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--pairs", type=int, default=11, help="timed pairs of a race")
    pairs = parser.parse_args().pairs
    try:
        versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    except importlib.metadata.PackageNotFoundError as missing:
        print(f"{missing.name} is not installed here; see benchmarks/README.md", file=sys.stderr)
        return 2
    parts = [_head(versions), _races(pairs), _accuracy(), _metrics()]
    RESULT.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))
    return 0


def _head(versions: dict[str, str]) -> str:
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"# Results\n\nWritten by `python -m benchmarks` on {datetime.date.today()}: "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"{named}. What the columns mean: [README.md](README.md)."
    )


def _races(pairs: int) -> str:
    from benchmarks import contenders, protocol

    rows = []
    for ours, peer in tqdm(contenders.RACES, desc="races"):
        two = contenders.make(ours), contenders.make(peer)
        rows.append([ours, peer, *protocol.race(*two, protocol.movielens_1m(), pairs)])
    head = ["ours", "peer", "ours, s", "peer, s", "ratio"]
    title = "## Speed: learning, and ten titles for every viewer of MovieLens 1M"
    return f"{title}\n\n{_table(head, rows)}"


def _accuracy() -> str:
    from benchmarks import contenders, protocol

    rows = []
    for name, (make, *args) in tqdm(contenders.ALL.items(), desc="accuracy and memory"):
        split = protocol.movielens_1m()
        columns = make(*args)(split.train)
        shown = len(set(columns.ravel().tolist()) - {-1}) / split.train.n_items
        score = protocol.accuracy(columns, split)
        rows.append([name, f"{score:.4f}", shown, f"{protocol.peak_memory(make, *args):.0f}"])
    head = ["model, neighbours", "nDCG@10", "coverage", "peak memory, MB"]
    return f"## Accuracy and memory on MovieLens 1M\n\n{_table(head, rows)}"


def _metrics() -> str:
    from benchmarks.metrics_time import measure

    rows = [[name, value] for name, value in measure().items()]
    title = "## Metrics of every viewer of MovieLens 1M at k = 10"
    return f"{title}\n\n{_table(['step', 'seconds'], rows)}"


def _table(head: list[str], rows: list[list]) -> str:
    cells = [[f"{x:.3f}" if isinstance(x, float) else str(x) for x in row] for row in rows]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
