"""Rating prediction beside Surprise: learning with a test's pairs, and whole rows of the matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import surprise

from benchmarks.protocol import movielens, race
from recsys_lib.interactions import Interactions
from recsys_lib.metrics.accuracy import rmse
from recsys_lib.models import BiasedMF, RatingKNN
from recsys_lib.models.rating import RatingPredictor

VIEWERS = 50  # whose whole rows are timed: Surprise needs some seconds for these already
ROWS = f"all titles for {VIEWERS} viewers"


@dataclass(frozen=True)
class Rivals:
    """A model of ours and the same of Surprise, on a MovieLens set."""

    data: str
    ours: Callable[[], RatingPredictor]
    theirs: Callable[[], surprise.AlgoBase]


ALL = {
    "BiasedMF, 100 factors": Rivals("1m", BiasedMF, lambda: surprise.SVD(random_state=0)),
    "RatingKNN, 40 viewers": Rivals(
        "100k", RatingKNN, lambda: surprise.KNNWithMeans(verbose=False)
    ),
    "RatingKNN, 40 titles": Rivals(
        "100k",
        lambda: RatingKNN(by="item", base="baseline"),
        lambda: surprise.KNNBaseline(
            sim_options={"name": "msd", "user_based": False}, verbose=False
        ),
    ),
}
"""Name → the two, with equal settings."""


def measure(pairs: int) -> list[list]:
    """Rows of the table: model, data, step, seconds of each, ratio, RMSE of each."""
    return [row for name, rivals in ALL.items() for row in _rows(name, rivals, pairs)]


def _rows(name: str, rivals: Rivals, pairs: int) -> list[list]:
    split = movielens(rivals.data)
    test = _labels(split.test)
    trainset = _trainset(split.train)

    def ours(train: Interactions) -> np.ndarray:
        return rivals.ours().fit(train).predict(*test)

    def theirs(_: Interactions) -> np.ndarray:
        return _predicted(rivals.theirs().fit(trainset), *test)

    model, algorithm = rivals.ours().fit(split.train), rivals.theirs().fit(trainset)
    viewers, titles = split.train.users[:VIEWERS], split.train.items
    whole = np.repeat(viewers, len(titles)), np.tile(titles, len(viewers))
    steps = {
        "learn, predict the test": (ours, theirs),
        ROWS: (lambda _: model.score_all(viewers), lambda _: _predicted(algorithm, *whole)),
    }
    stars = split.test.matrix.data
    errors = rmse(stars, model.predict(*test)), rmse(stars, _predicted(algorithm, *test))
    return [
        [name, rivals.data, step, *race(*two, split, pairs), *(f"{error:.4f}" for error in errors)]
        for step, two in steps.items()
    ]


def _labels(log: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """Viewer and title of each rating."""
    return log.users[log.event_rows], log.items[log.matrix.indices]


def _trainset(train: Interactions) -> surprise.Trainset:
    reader = surprise.Reader(rating_scale=(1, 5))
    frame = train.to_frame()[["user_id", "item_id", "value"]]
    return surprise.Dataset.load_from_df(frame, reader).build_full_trainset()


def _predicted(algorithm: surprise.AlgoBase, users: np.ndarray, items: np.ndarray) -> np.ndarray:
    asked = list(zip(users.tolist(), items.tolist(), [0.0] * len(users), strict=True))
    return np.array([prediction.est for prediction in algorithm.test(asked)])
