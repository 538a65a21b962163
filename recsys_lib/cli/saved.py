"""Ask a saved model: for a history that is given, since it knows no users."""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_lib.datasets.tables.titles import read_titles
from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import ITEM, RANK, SCORE
from recsys_lib.models.saved import MANIFEST, load, made_with
from recsys_lib.report import save_csv


def is_saved(path: str) -> bool:
    """Whether a file is a model that `train` saved."""
    if not Path(path).is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return MANIFEST in archive.namelist()


def ask(options: argparse.Namespace) -> None:
    """Print what the model is, and its list for the history."""
    if options.history is None:
        raise ArgumentError("a saved model knows no users",
                            fix="Name some titles: --history ID,ID,…")  # fmt: skip
    if options.why:
        raise ArgumentError("a saved model holds no log to say --why from",
                            fix="Ask the data: recommend FILE --user ID --why.")  # fmt: skip
    model, about = load(options.data), made_with(options.data)
    labels = [_label(text, model.items_) for text in options.history.split(",") if text.strip()]
    table = model.recommend_for(labels, k=min(options.k, len(model.items_)))
    if options.items:
        table = table.merge(read_titles(options.items, None, model.items_), on=ITEM, how="left")
    if options.out:
        save_csv(table, options.out)
    print(f"{about['model']}, fitted on {about['fitted on']}")
    shown = [name for name in table if name not in (RANK, SCORE)]
    empty = "This history holds everything there is: nothing is left to recommend."
    print(empty if table.empty else table[[RANK, *shown, SCORE]].to_string(index=False))


def _label(text: str, items: np.ndarray) -> object:
    row = pd.Index(items.astype(str)).get_indexer([text.strip()])[0]
    if row < 0:
        examples = ", ".join(map(str, items[:3]))
        raise ArgumentError(f"the model knows no title {text.strip()!r}",
                            fix=f"Titles are {examples}, ...")  # fmt: skip
    return items[row]
