"""The program: one file a command; what is wrong is said in one line, in the options' words.

Results go to standard output. What is wrong with the input is said in one line on standard error,
the exit code is then 2, and no file has been written.
"""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from recsys_lib.cli import describe, evaluate, experiment, models, recommend, serve, train
from recsys_lib.cli.words import in_options
from recsys_lib.errors import ArgumentError, RecsysError

COMMANDS = (describe, evaluate, recommend, train, serve, experiment, models)
EXAMPLES = """\
examples:
  python -m recsys_lib describe loans.csv
  python -m recsys_lib evaluate matinee --models popular,item-knn
  python -m recsys_lib evaluate ml-100k.zip --models popular,demographic -o table.csv
  python -m recsys_lib evaluate loans.csv --user-col reader --item-col book --time-col lent_on
  python -m recsys_lib recommend matinee --user 17 --model item-knn --why
  python -m recsys_lib experiment test.csv --user-col member --arm-col group --control A
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0, or 2 if something is wrong with the input."""
    if hasattr(sys.stdout, "reconfigure"):  # a title must not fail on a narrow terminal encoding
        sys.stdout.reconfigure(errors="replace")
    try:
        options = _parser().parse_args(arguments)
        options.arguments = sys.argv[1:] if arguments is None else arguments
        options.run(options)
    except RecsysError as error:
        problem = in_options(str(error))
    except MemoryError:
        problem = (
            "there is not enough memory for this: leave out rare items or users, with"
            " --min-item-events and --min-user-events, or choose a smaller model, such as item-knn."
        )
    else:
        return 0
    print("recsys_lib:", " ".join(problem.split()), file=sys.stderr)
    return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ArgumentError(message, fix=f"See {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m recsys_lib",
        description="Look at a table of events, compare recommenders on it, or ask one.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2]
        summary = command.__doc__.splitlines()[0].rstrip(".")
        added = commands.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=command.run)
        command.add_options(added)
    return parser
