"""Factors by Spark solve what the docstring says, and recommend what ours do."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import ImplicitALS, Popular
from recsys_lib.models.factors.least_squares import solve_rows
from recsys_lib.models.top_k import top_k
from recsys_lib.scale.spark import histories, implicit_als, penalty
from recsys_lib.splits import split_random
from tests.scale.spark.conftest import PARTS, written

K = 10


@pytest.fixture(scope="module")
def split(log):
    return split_random(log, 0.2, rng=np.random.default_rng(0))


@pytest.fixture(scope="module")
def learned(spark, split, tmp_path_factory):
    """W and H of Spark, a row a viewer and a title; zeros where there is none."""
    train = split.train
    events = written(train.event_rows, train.matrix.indices, tmp_path_factory.mktemp("t") / "log")
    dealt = histories(spark.read.parquet(events), train.n_items, parts=PARTS).cache()
    sides = implicit_als(dealt, train.n_items, tmp_path_factory.mktemp("rounds"))
    return [arrays(side, n) for side, n in zip(sides, train.matrix.shape, strict=True)]


def arrays(side, n: int) -> np.ndarray:
    rows = side.collect()
    factors = np.zeros((n, len(rows[0].features)))
    factors[[row.id for row in rows]] = [row.features for row in rows]
    return factors


def solved(X, H, by: float, alpha: float, row: int) -> np.ndarray:
    """A viewer's factors by the loss of the docstring, one equation after the other."""
    c, n = 1 / alpha, int(X[row].sum())
    left = H.T @ H + by * n * np.eye(H.shape[1])
    right = np.zeros(H.shape[1])
    for title in np.flatnonzero(X[row]):
        left += c * np.outer(H[title], H[title])
        right += (1 + c) * H[title]
    return np.linalg.solve(left, right)


def sizes(counts):
    return np.unique(counts[counts > 0], return_counts=True)


def strength(split, ours) -> float:
    numbers = sizes(split.train.user_counts), sizes(split.train.item_counts)
    return penalty(*numbers, split.train.n_items, ours.alpha, ours.l2, ours.nu)


def test_spark_minimises_the_loss_of_the_docstring(learned, split):
    W, H = learned
    X, ours = split.train.binary().toarray(), ImplicitALS()
    by = strength(split, ours)
    for row in np.flatnonzero(X.any(axis=1))[:40]:
        np.testing.assert_allclose(W[row], solved(X, H, by, ours.alpha, row), atol=2e-3)
        wrong = solved(X, H, 1.2 * by, ours.alpha, row)  # a fifth more would be seen
        assert np.abs(W[row] - wrong).max() > 5e-3


def test_the_penalty_is_the_formula_viewer_by_viewer(split):
    alpha, l2, nu = 0.4, 2.0, 0.7
    by_viewer, by_title = ([n for n in counts.tolist() if n] for counts in
                           (split.train.user_counts, split.train.item_counts))  # fmt: skip
    ratios = []
    for counts, others in ((by_viewer, split.train.n_items), (by_title, len(by_viewer))):
        ours = sum(l2 * (n + alpha * others) ** nu for n in counts) / len(counts)
        ratios.append(ours / (sum(counts) / len(counts)))
    expected = (1 + alpha) / alpha * (ratios[0] * ratios[1]) ** 0.5
    numbers = sizes(split.train.user_counts), sizes(split.train.item_counts)
    assert penalty(*numbers, split.train.n_items, alpha, l2, nu) == pytest.approx(expected)


def lists(W, H, split) -> np.ndarray:
    scores = W.astype(float) @ H.T.astype(float)
    return top_k(np.where(split.train.binary().toarray() > 0, -np.inf, scores), K)


def worth(columns, split) -> float:
    later = split.test.binary().toarray() > 0
    hits = np.take_along_axis(later, columns, axis=1)
    return float(np.nanmean(ndcg(hits, split.test.user_counts)))


def overlap(one, other, split) -> float:
    """Titles of ten that two lists share, mean over viewers who watched something."""
    rows = np.flatnonzero(split.train.user_counts)
    return np.mean([len(set(one[row]) & set(other[row])) for row in rows])


class WithSparksPenalty(ImplicitALS):
    """Ours, but penalised in proportion to events, as Spark does it; l2 is its regParam."""

    def _improve(self, W, H, parts, n_others) -> None:
        gram = self.alpha * (H.T @ H)
        for batch in parts:
            penalty = self.strength * batch.weights.sum(axis=1, dtype=np.float64)[:, None]
            W[batch.rows] = self._improved(W[batch.rows], H, gram, penalty, batch)

    def _solve(self, r):
        penalty = self.strength * r.astype(np.float64).sum(axis=1)
        return solve_rows(r, self.item_factors_, self.alpha, penalty).astype(np.float32)

    @property
    def strength(self) -> float:
        """Spark's loss over its scale of scores."""
        return self.l2 * self.alpha / (1 + self.alpha)


def lists_of(model, split) -> np.ndarray:
    model.fit(split.train)
    return lists(model.user_factors_, model.item_factors_, split)


def test_with_spark_s_penalty_ours_makes_spark_s_lists_within_what_a_seed_changes(learned, split):
    l2 = strength(split, ImplicitALS())
    ours = [lists_of(WithSparksPenalty(l2=l2, random_state=seed), split) for seed in (0, 1)]
    spark = lists(*learned, split)
    print(worth(spark, split), [worth(some, split) for some in ours],
          overlap(spark, ours[0], split), overlap(*ours, split))  # fmt: skip
    assert abs(worth(spark, split) - worth(ours[0], split)) < 0.005
    assert overlap(spark, ours[0], split) > overlap(*ours, split) - 0.2


def test_with_our_own_penalty_lists_are_near(learned, split):
    """nDCG@10 within 0.02; between six and seven of ten titles shared."""
    ours, spark = lists_of(ImplicitALS(), split), lists(*learned, split)
    print(worth(spark, split), worth(ours, split), overlap(spark, ours, split))
    assert abs(worth(spark, split) - worth(ours, split)) < 0.02
    assert 6 < overlap(spark, ours, split) < 7
    # The null: what does not know the viewer shares far less.
    popular = Popular().fit(split.train).score_all(split.train.users)
    same = lists(popular, np.eye(split.train.n_items), split)
    assert overlap(spark, same, split) < 4 and worth(same, split) < worth(spark, split) - 0.02


@pytest.mark.parametrize(
    "wrong", [{"factors": 0}, {"alpha": 0}, {"l2": -1}, {"nu": -1}, {"blocks": 1.5}]
)
def test_bad_arguments_are_named(dealt, log, tmp_path, wrong):
    with pytest.raises(ArgumentError, match=next(iter(wrong))):
        implicit_als(dealt, log.n_items, tmp_path, **wrong)
