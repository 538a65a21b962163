"""Counts or factors of a log by Spark, in stages: python -m recsys_lib.scale.spark.

The folder holds the finished stages as parquet. Stopped at any moment, the same command goes on
after the last stage that stands.
"""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from recsys_lib.errors import ArgumentError, DataError, RecsysError
from recsys_lib.interactions import ITEM, USER
from recsys_lib.scale.spark.als import implicit_als
from recsys_lib.scale.spark.checkpoints import Checkpoints, files_at
from recsys_lib.scale.spark.counts import co_occurrence_rows, histories
from recsys_lib.scale.spark.sessions import session

EXAMPLES = """\
examples:
  python -m recsys_lib.scale.spark counts log.parquet work --titles 4000 --master local[2,4]
  python -m recsys_lib.scale.spark als hdfs:///log hdfs:///work --titles 4000 --master yarn
"""
OF_ALS = {"factors": int, "alpha": float, "l2": float, "nu": float, "iterations": int,
          "random_state": int, "blocks": int}  # fmt: skip


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ArgumentError(message, fix=f"See {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m recsys_lib.scale.spark",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("counts", "als"),
                        help="viewers in common of each two titles, or factors")  # fmt: skip
    parser.add_argument("log", help="parquet, one event a row: a file or a folder of parts")
    parser.add_argument("folder", help="where stages are written, seen by all workers")
    parser.add_argument("--titles", type=int, required=True, help="of the whole catalogue")
    parser.add_argument(
        "--master", default="local[*,4]", help="Spark's address (default %(default)s)"
    )
    parser.add_argument("--memory", default="2g", help="of the driver (default %(default)s)")
    parser.add_argument("--user-col", default=USER)
    parser.add_argument("--item-col", default=ITEM)
    parser.add_argument("--parts", type=int, default=16, help="into which viewers are dealt")
    for name, kind in OF_ALS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help="als: as in ImplicitALS")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0, or 2 if something is wrong with the input, or 1 if Spark gave up."""
    try:
        options = _parser().parse_args(arguments)
        given = {name: getattr(options, name) for name in OF_ALS
                 if getattr(options, name) is not None}  # fmt: skip
        if given and options.what == "counts":
            raise ArgumentError(f"--{next(iter(given))} is for als")
        options_of_spark = {"spark.sql.shuffle.partitions": str(options.parts)}
        spark = session(options.master, memory=options.memory, options=options_of_spark)
    except RecsysError as error:
        return _failed(error, 2)
    try:
        run(spark, options, given)
    except RecsysError as error:
        return _failed(error, 2)
    except Exception as error:
        if not type(error).__module__.startswith(("py4j", "pyspark")):
            raise
        first = str(error).strip().splitlines()[0]
        return _failed(f"Spark gave up: {first} Stages that are done stand in {options.folder};"
                       " the same command goes on from there.", 1)  # fmt: skip
    finally:
        spark.stop()
    return 0


def _failed(problem, code: int) -> int:
    print("recsys_lib:", " ".join(str(problem).split()), file=sys.stderr)
    return code


def run(spark, options: argparse.Namespace, given: dict) -> None:
    """The stages that were asked for, each from the one before."""
    work = Checkpoints(spark, options.folder, lambda line: print(line, flush=True))
    source = [list(file) for file in files_at(spark, options.log)]
    if not source:
        raise DataError("There is no log", where=options.log, fix="Give parquet: a file, or a"
                        " folder of parts.")  # fmt: skip
    settings = {"log": options.log, "files of the log": source, "titles": options.titles,
                "user-col": options.user_col, "item-col": options.item_col,
                "parts": options.parts}  # fmt: skip

    def dealt():
        log = spark.read.parquet(options.log)
        return work.stage("histories", settings, lambda: histories(
            log, options.titles, user=options.user_col, item=options.item_col,
            parts=options.parts))  # fmt: skip

    if options.what == "counts":
        work.stage("counts", settings, lambda: co_occurrence_rows(dealt(), options.titles))
        return

    def learned():
        from pyspark.sql import functions as F

        viewers, titles = implicit_als(dealt(), options.titles, work.address("als-rounds"), **given)
        sides = ((viewers, "viewer"), (titles, "title"))
        one, other = (side.select(F.lit(name).alias("side"), "id", "features")
                      for side, name in sides)  # fmt: skip
        return one.unionByName(other)

    work.stage("factors", settings | given, learned)
    work._delete("als-rounds")


if __name__ == "__main__":
    sys.exit(main())
