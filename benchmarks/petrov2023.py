"""The protocol of `petrov2023` on MovieLens 1M, for readers who have its ratings with their times.

    python -m benchmarks.petrov2023 path/to/ml-1m
    python -m benchmarks.petrov2023 path/to/ml-1m --losses gbce softmax --epochs 50
    python -m benchmarks.petrov2023 path/to/ml-100k --set 100k --small

prints nDCG@10, recall@1 and recall@10 with intervals over viewers. **It has not been tried on the
full MovieLens 1M**: the copy that this library was written with has no times. Its parts are tested,
and the whole ran on a made-up log.

As there: titles with fewer than five ratings are left out; of each viewer the last rating is
asked about and the last but one is not learned from; all titles that the viewer has not rated are
ranked, none is sampled; 200 evenings, 256 numbers, 3 blocks, 1 head, dropout .1, 256 negatives,
batches of 128, t = .75 (from the authors' repository asash/gSASRec-pytorch, config_ml1m.py).

Otherwise: ties in time go by item id (theirs are not known); negatives are drawn once a batch, not
for each evening; a title has a bias; 512 viewers are held out to stop early by their loss, where
the authors stop by the nDCG of the last rating but one; an epoch is every viewer once, where theirs
is 100 batches. In float64 on one core the full size takes days; --small is a tenth of it.

    gbce:    -(b * ln(sigmoid(right)) + sum of ln(1 - sigmoid(wrong))) / (negatives + 1)
             b = a * (t * (1 - 1 / a) + 1 / a),  a = negatives / (titles - 1)
    bce:     the same with one negative and t = 0, as SASRec was published
    softmax: the sampled softmax of `SASRec`
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_lib.datasets import load_movielens
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE, Interactions
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.models import Popular, SASRec
from recsys_lib.models.sequences.network import SampledSoftmax

FULL = {"factors": 256, "length": 200, "blocks": 3, "negatives": 256, "dropout": 0.1,
        "batch_size": 128, "learning_rate": 0.001, "patience": 20}  # fmt: skip
SMALL = {"factors": 32, "length": 50, "blocks": 1}
FEWEST, HELD, T = 5, 512, 0.75
MEASURES = ("nDCG@10", "recall@1", "recall@10")


@dataclass(frozen=True)
class GeneralisedBCE(SampledSoftmax):
    """Each title is yes or no by itself; b makes up for most negatives not being drawn.

    Args:
        t: from 0, plain binary cross-entropy, to 1, which undoes the draw wholly.

    Source: `petrov2023`.
    """

    t: float

    def missed(self, right, wrong, n_items: int, xp):
        """As in `SampledSoftmax`."""
        a = self.negatives / (n_items - 1)
        b = a * (self.t * (1 - 1 / a) + 1 / a)
        # -ln(sigmoid(s)) = ln(1 + exp(-s)), and -ln(1 - sigmoid(s)) = ln(1 + exp(s))
        no = xp.logaddexp(0.0, wrong).sum(-1)
        return (b * xp.logaddexp(0.0, -right) + no) / (self.negatives + 1)


class GSASRec(SASRec):
    """`SASRec` that learns by `GeneralisedBCE`, with the `t` of this class."""

    t = T

    def _loss(self) -> GeneralisedBCE:
        return GeneralisedBCE(SASRec._states, int(self.negatives), float(self.dropout), self.t)


class BCESASRec(GSASRec):
    """SASRec as it was published: one negative, plain cross-entropy."""

    t = 0.0


LOSSES = {
    "gbce": (GSASRec, {}),
    "bce": (BCESASRec, {"negatives": 1}),
    "softmax": (SASRec, {}),
}


def main(words: list[str]) -> int:
    asked = arguments(words)
    learned, shown, target = parted(load_movielens(asked.set, asked.path).ratings)
    sizes = FULL | (SMALL if asked.small else {}) | {"epochs": asked.epochs}
    sizes["held_out"] = min(0.1, HELD / learned.n_users)
    print(f"{learned.n_users:,} viewers, {learned.n_items:,} titles, {sizes}", flush=True)
    models = {"popular": Popular()}
    for loss in asked.losses:
        make, own = LOSSES[loss]
        models[loss] = make(**sizes | own, progress=True)
    for name, model in models.items():
        values = judged(model.fit(learned), shown, target)
        spread = bootstrap_interval(values, rng=np.random.default_rng(0))
        said = [f"{measure} {mean:.4f} [{low:.4f}, {high:.4f}]"
                for measure, mean, low, high in zip(MEASURES, *spread, strict=True)]  # fmt: skip
        print(f"{name:8}", *said, flush=True)
    return 0


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.petrov2023")
    parser.add_argument("path", help="the folder or zip of the set")
    parser.add_argument("--set", default="1m", choices=("1m", "100k", "latest-small"))
    parser.add_argument("--losses", nargs="+", default=list(LOSSES), choices=list(LOSSES))
    parser.add_argument("--epochs", type=int, default=300, help="at most")
    parser.add_argument("--small", action="store_true", help="a network of a tenth of the size")
    return parser.parse_args(words)


def parted(ratings: pd.DataFrame) -> tuple[Interactions, Interactions, np.ndarray]:
    """What is learned, what is shown at the end, and the column asked about, one a viewer.

    Raises:
        DataError: the ratings have no times.
    """
    if TIME not in ratings:
        raise DataError("these ratings have no times, so nobody's last one is known",
                        fix="Use ratings.dat as published, with four fields.")  # fmt: skip
    counts = ratings.groupby(ITEM)[ITEM].transform("size")
    ratings = ratings[counts >= FEWEST]
    ratings = ratings[ratings.groupby(USER)[USER].transform("size") >= 3]
    ratings = ratings.sort_values([USER, TIME, ITEM], kind="stable")
    from_end = ratings.groupby(USER).cumcount(ascending=False)
    axes = {"users": np.unique(ratings[USER]), "items": np.unique(ratings[ITEM])}
    learned, shown = (
        Interactions.from_frame(ratings[from_end > last], value=VALUE, time=TIME, **axes)
        for last in (1, 0)
    )
    return learned, shown, np.searchsorted(axes["items"], ratings.loc[from_end == 0, ITEM])


def judged(model, shown: Interactions, target: np.ndarray) -> np.ndarray:
    """Each viewer's `MEASURES`; of equal scores the one asked about comes last.

    Returns:
        float64 (n_viewers, 3).
    """
    if isinstance(model, Popular):
        score = model.score_all(shown.users)
    else:
        score = model.score_histories(shown)
    own = score[np.arange(len(target)), target].copy()
    score[shown.event_rows, shown.matrix.indices] = -np.inf
    score[np.arange(len(target)), target] = -np.inf
    rank = 1 + (score >= own[:, None]).sum(axis=1)
    return np.column_stack([(rank <= 10) / np.log2(1 + rank), rank <= 1, rank <= 10]).astype(float)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
