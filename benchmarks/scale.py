"""All tables of chapter 18, one after the other: `python -m benchmarks.scale [table ...]`.

Each is made by a command of its own in an environment of its own, as the README lists them. What
this machine cannot run is named before anything starts, and so is what failed at the end; the
tables of both stay as they are, and the command ends with 1.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from recsys_lib.errors import MissingPackageError
from recsys_lib.scale.spark import java

ROOT = Path(__file__).resolve().parents[1]
SPARK = ROOT / "_build" / "spark"


@dataclass(frozen=True)
class Table:
    """One command: `python -m benchmarks.NAME`, which writes NAME.csv.

    Attributes:
        name: of the module.
        needs: "" for the book's environment alone, "Spark" beside it, or that of the "peers".
        arguments: after the command.
    """

    name: str
    needs: str = ""
    arguments: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        room = ROOT / (".venv-bench" if self.needs == "peers" else ".venv")
        return room / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def command(self) -> list[str]:
        return [str(self.python), "-m", f"benchmarks.{self.name}", *self.arguments]

    @property
    def environment(self) -> dict[str, str]:
        paths = [str(ROOT), *([str(SPARK)] if self.needs == "Spark" else [])]
        return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


TABLES = (
    Table("growth_fine"),
    Table("out_of_core"),
    Table("nearest", "peers"),
    Table("on_request"),
    Table("two_cuts"),
    Table("serving"),
    Table("spark", "Spark", ("measure",)),
)


def missing(table: Table) -> str | None:
    """Why this table cannot be made here, and what to do; None if it can."""
    if not table.python.exists():
        return f"there is no {table.python.relative_to(ROOT)}: run make scale-bench"
    if table.needs == "Spark":
        if not SPARK.exists():
            return "Spark is not in _build/spark: run make scale-bench"
        try:
            java()
        except MissingPackageError as error:
            return str(error)
    return None


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("tables", nargs="*", help=f"of {', '.join(t.name for t in TABLES)}")
    parser.add_argument("--dry", action="store_true", help="say what would run, and what cannot")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.tables) - {table.name for table in TABLES}:
        parser.error(f"there is no table {', '.join(sorted(unknown))}")
    wanted = [table for table in TABLES if table.name in asked.tables or not asked.tables]
    not_made = {table.name: why for table in wanted if (why := missing(table))}
    for name, why in not_made.items():
        print(f"{name}: cannot be made here. {why}", file=sys.stderr)
    able = [table for table in wanted if table.name not in not_made]
    for number, table in enumerate(able, start=1):
        print(f"[{number}/{len(able)}] python {' '.join(table.command[1:])}", flush=True)
        if not asked.dry and not made(table):
            not_made[table.name] = "it failed"
    if not_made:
        print(f"Not made: {', '.join(not_made)}", file=sys.stderr)
    return int(bool(not_made))


def made(table: Table) -> bool:
    """Run its command, which shows its own progress. A table half written is put back."""
    result = ROOT / "benchmarks" / f"{table.name}.csv"
    before, start, done = result.read_bytes(), time.perf_counter(), False
    try:
        done = subprocess.run(table.command, cwd=ROOT, env=table.environment).returncode == 0
    finally:  # also where somebody interrupts it
        if not done:
            result.write_bytes(before)
    print(f"      {(time.perf_counter() - start) / 60:.1f} minutes", flush=True)
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
