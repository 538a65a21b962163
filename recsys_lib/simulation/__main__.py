"""`python -m recsys_lib.simulation`: make the bundled tables anew."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from recsys_lib.errors import RecsysError
from recsys_lib.simulation.files import write_tables
from recsys_lib.simulation.service.life import simulate
from recsys_lib.simulation.world.catalogue import CATALOGUE
from recsys_lib.simulation.world.world import SEED, World


def main(arguments: list[str] | None = None) -> int:
    """Simulate a world and write its tables; 0, or 2 after an error of the caller's."""
    parser = argparse.ArgumentParser(prog="python -m recsys_lib.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the world (default {SEED})")
    parser.add_argument("--viewers", type=int, default=3000, help="how many (default 3000)")
    parser.add_argument("--weeks", type=int, default=26, help="how long (default 26)")
    parser.add_argument("--out", type=Path, default=CATALOGUE.parent, help="folder for the tables")
    options = parser.parse_args(arguments)
    try:
        world = World(seed=options.seed, n_viewers=options.viewers, weeks=options.weeks)
        tables = simulate(world, progress=True)
        write_tables(tables, options.out)
    except (RecsysError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{tables!r}\nwritten to {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
