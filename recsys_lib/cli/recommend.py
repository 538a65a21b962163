"""Say what one user, some or all should watch next, and why."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_lib.cli import data as source
from recsys_lib.cli.estimate import expected
from recsys_lib.cli.models import SETTINGS, check_needs, make
from recsys_lib.cli.progress import alive
from recsys_lib.cli.saved import ask, is_saved
from recsys_lib.datasets.source import Dataset
from recsys_lib.errors import ArgumentError, FetchError, UnknownUserError
from recsys_lib.explain import because, explain
from recsys_lib.interactions import ITEM, RANK, SCORE, USER, Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.report import save_csv

KNOWN_OF_ITEMS = ("title", "year", "genres")


def add_options(command: argparse.ArgumentParser) -> None:
    """For whom, by which model, how many, and where the lists go."""
    source.add_options(command)
    whom = command.add_mutually_exclusive_group(required=True)
    whom.add_argument("--history", metavar="ID,ID", help="titles; for a model saved by train")
    whom.add_argument("--user", metavar="ID", help="the user's label in the data")
    whom.add_argument("--users-file", type=Path, metavar="FILE", help="labels, one a line")
    whom.add_argument("--all", action="store_true", help="every user")
    command.add_argument("--model", default="item-knn", help=f"a model's name. {SETTINGS}")
    command.add_argument("--k", type=source.whole(1), default=10, help="titles a list (default 10)")
    command.add_argument("--why", action="store_true", help="say what speaks for each title")
    command.add_argument("-o", "--out", type=Path, metavar="FILE.csv", help="save the lists too")


def run(options: argparse.Namespace) -> None:
    """Fit the model, and print or save the lists."""
    source.check_out(options.out)
    if is_saved(options.data):
        ask(options)
        return
    if options.history is not None:
        raise ArgumentError("--history is for a model saved by train, and this is data",
                            fix="Name a user of it: --user ID.")  # fmt: skip
    if options.user is None and options.out is None:
        raise ArgumentError("lists for many users need a file", fix="Name it with -o lists.csv.")
    model = make(options.model, options.seed)
    data = source.open_data(options)
    check_needs(options.model, model, data)
    users = _users(data.interactions, options)
    takes = expected(model, data.interactions, items=data.items, users=data.users)
    with alive(f"fitting {options.model}", takes):
        model.fit(data.interactions, items=data.items, users=data.users)
        table = model.recommend(users, k=min(options.k, data.interactions.n_items))
    table = _titled(table, data)
    if options.why:
        table["why"] = _reasons(model, table, data)
    if options.out:
        save_csv(table, options.out)
    print("\n\n".join(part for part in (source.found_text(data), _text(table, users, options))
                      if part))  # fmt: skip


def _text(table: pd.DataFrame, users: np.ndarray, options: argparse.Namespace) -> str:
    empty = len(users) - table[USER].nunique()
    if options.user is None:
        more = f" {empty:,} users have had everything and have no list." if empty else ""
        return f"Saved {len(users) - empty:,} lists in {options.out}.{more}"
    if empty:
        return f"User {users[0]} has had everything there is: nothing is left to recommend."
    shown = [name for name in table if name not in (USER, RANK, SCORE, "why")]
    text = table[[RANK, *shown, SCORE]].to_string(index=False)
    if "why" not in table:
        return text
    reasons = (f"{rank}. {why}" for rank, why in zip(table[RANK], table["why"], strict=True))
    return "\n".join([text, "", *reasons])


def _titled(table: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    if data.items is None:
        return table
    known = [name for name in KNOWN_OF_ITEMS if name in data.items]
    return table.merge(data.items[[ITEM, *known]], on=ITEM, how="left")


def _reasons(model: Recommender, table: pd.DataFrame, data: Dataset) -> list[str]:
    names = {item: str(item) for item in data.interactions.items}
    if data.items is not None and "title" in data.items:
        names |= dict(zip(data.items[ITEM], data.items["title"].astype(str), strict=True))
    return [_reason(model, user, item, names) for user, item in zip(table[USER], table[ITEM],
                                                                   strict=True)]  # fmt: skip


def _reason(model: Recommender, user, item, names: dict) -> str:
    try:
        return because(explain(model, user, item), names)
    except ArgumentError as error:
        kinds = "item-knn, user-knn, ease, ials and content can"
        raise ArgumentError(
            f"--why: {error.what}", fix=f"Models that can say why: {kinds}."
        ) from None


def _users(data: Interactions, options: argparse.Namespace) -> np.ndarray:
    if options.all:
        return data.users
    if options.user is not None:
        return np.array([find_user(data, options.user)])
    try:
        lines = options.users_file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FetchError(f"the file cannot be read: {error}",
                         where=str(options.users_file)) from None  # fmt: skip
    labels = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not labels:
        raise FetchError("the file names no user", where=str(options.users_file))
    return np.array([find_user(data, label) for label in labels])


def find_user(data: Interactions, label: str) -> object:
    """The user of that label.

    Raises:
        UnknownUserError: there is none; the message names some that there are.
    """
    row = pd.Index(data.users.astype(str)).get_indexer([label.strip()])[0]
    if row < 0:
        examples = ", ".join(map(str, data.users[:3]))
        raise UnknownUserError(f"there is no user {label!r}", fix=f"Users are {examples}, ...")
    return data.users[row]
