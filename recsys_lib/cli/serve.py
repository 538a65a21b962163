"""Answer over HTTP from a model that train saved."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from functools import partial

from recsys_lib.cli import data as source
from recsys_lib.cli.saved import is_saved
from recsys_lib.datasets.tables.titles import read_titles
from recsys_lib.errors import ArgumentError
from recsys_lib.models.saved import load
from recsys_lib.scale import serving
from recsys_lib.scale.serving import Answers, Holder, Limits
from recsys_lib.scale.serving.server import Address, uvicorn

UNKNOWN = ("fallback", "error")


def add_options(command: argparse.ArgumentParser) -> None:
    """The model, whose histories it may use, where it listens and how much it takes in."""
    known = "each user's history: a table or a known data set; without it, ask with history="
    command.add_argument("model", metavar="MODEL.zip", help="what train saved")
    command.add_argument("--log", dest="data", metavar="PATH_OR_NAME", help=known)
    command.add_argument("--host", default=Address.host, help="default: this machine alone")
    command.add_argument("--port", type=source.whole(0), default=Address.port,
                         help=f"default {Address.port}; 0: any that is free")  # fmt: skip
    stranger = "a user who is not in the log: a stranger's list, or 404"
    command.add_argument("--unknown", choices=UNKNOWN, default=UNKNOWN[0], help=stranger)
    command.add_argument("--precompute", type=source.whole(0), default=0, metavar="K",
                         help="make lists of K titles for all users beforehand")  # fmt: skip
    command.add_argument("--most-k", type=source.whole(1), default=Limits.k, metavar="K",
                         help=f"titles in an answer at most (default {Limits.k})")  # fmt: skip
    command.add_argument("--in-flight", type=source.whole(1), default=Limits.in_flight, metavar="N",
                         help="requests at a time; more are told to come back"
                              f" (default {Limits.in_flight})")  # fmt: skip
    command.add_argument("--threads", type=source.whole(1), help="default: one a core")
    look = "how often to look for a newer model (default 1; 0: never)"
    command.add_argument("--watch", type=float, default=1.0, metavar="SECONDS", help=look)
    source.add_table_options(command)


def run(options: argparse.Namespace) -> None:
    """Load, and serve until SIGTERM or Ctrl-C."""
    uvicorn()  # if it is missing, say so before the work
    if not 0 <= options.watch < 1e6:
        raise ArgumentError(f"--watch must be at least 0, not {options.watch}")
    if not is_saved(options.model):
        raise ArgumentError("serve needs a model that train saved", where=options.model,
                            fix="Make one: train DATA --model ease -o model.zip.")  # fmt: skip
    address = Address(options.host, options.port)
    if address.port > 65_535:
        raise ArgumentError(f"--port must be at most 65535, not {address.port}")
    holder = Holder(partial(read, options), options.model)
    limits = Limits(in_flight=options.in_flight, k=options.most_k)
    if not address.is_loopback:
        limits = dataclasses.replace(limits, hosts=None)
        print("recsys_lib: whoever reaches this address can ask for anybody's list and reasons.",
              file=sys.stderr)  # fmt: skip

    def ready(url: str) -> None:
        about = holder.health()
        print(f"{about['model']}: {about['titles']:,} titles, {about['viewers']:,} users.")
        print(f"Listening at {url}, until Ctrl-C.", flush=True)

    serving.run(holder, address, limits=limits, watch=options.watch, threads=options.threads,
                ready=ready)  # fmt: skip


def read(options: argparse.Namespace) -> Answers:
    """The model, the log and the titles, as the files are now."""
    model, log, titles = load(options.model), None, None
    if options.data is not None:
        data = source.open_data(options)
        log, titles = data.interactions, data.items
    elif options.items:
        titles = read_titles(options.items, None, model.items_)
    return Answers(model, log=log, titles=titles, unknown=options.unknown,
                   precompute=options.precompute)  # fmt: skip
