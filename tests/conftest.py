"""What several tests share: small random logs, MovieLens where it is at hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from recsys_lib import plotting
from recsys_lib.interactions import ITEM, TIME, USER, VALUE, Interactions

settings.register_profile("watch-next", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("watch-next")

NAMES = np.array([f"name {number:04}" for number in range(1000)], dtype=object)


@pytest.fixture
def make_log() -> Callable[..., Interactions]:
    """A function that draws a random log of ratings at distinct seconds."""
    return draw_log


def draw_log(
    seed: int = 0, *, users: int = 30, items: int = 20, events: int = 240, names: bool = False
) -> Interactions:
    rng = np.random.default_rng(seed)
    popularity = 1 / np.arange(1, items + 1)
    pairs = rng.choice(
        users * items,
        events,
        replace=False,
        p=np.tile(popularity, users) / popularity.sum() / users,
    )
    row, column = np.divmod(pairs, items)
    user_labels, item_labels = (NAMES, NAMES) if names else (np.arange(7, 2007), np.arange(3, 2003))
    frame = pd.DataFrame(
        {
            USER: user_labels[row],
            ITEM: item_labels[column],
            VALUE: rng.integers(1, 6, events).astype(float),
            TIME: rng.permutation(events) * 60,
        }
    )
    axes = {"users": user_labels[:users], "items": item_labels[:items]}
    return Interactions.from_frame(frame, value=VALUE, time=TIME, **axes)


@pytest.fixture
def book_style() -> Iterator[None]:
    """The book's look for figures, which are closed afterwards."""
    with mpl.rc_context():
        mpl.use("agg")
        plotting.use_style()
        yield
        plt.close("all")


@pytest.fixture
def movielens_folder(monkeypatch) -> Callable[[str], Path]:
    """A function from the name of a MovieLens folder to its path; skips where it is absent.

    The library looks in the same place from then on, so that no test asks the network.
    """

    def find(name: str) -> Path:
        beside = Path(__file__).resolve().parents[2] / "shared" / "datasets"
        folder = Path(os.environ.get("RECSYS_DATA", beside)) / name
        if not folder.is_dir():
            pytest.skip(f"{name} is not at hand: set RECSYS_DATA to the folder that holds it")
        monkeypatch.setenv("RECSYS_DATA", str(folder.parent))
        return folder

    return find
