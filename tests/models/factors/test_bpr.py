"""BPR: the slope of its gain, the draws of what was not watched, and that it learns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.special import expit

from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import Interactions
from recsys_lib.models.factors.bpr import BPR, draw_unseen


def gain(model: BPR, triples) -> float:
    W, H, bias = model.user_factors_, model.item_factors_, model.item_bias_
    total = 0.0
    for u, i, j in zip(*triples, strict=True):
        lead = bias[i] + W[u] @ H[i] - bias[j] - W[u] @ H[j]
        squares = W[u] @ W[u] + H[i] @ H[i] + H[j] @ H[j] + bias[i] ** 2 + bias[j] ** 2
        total += np.log(1 / (1 + np.exp(-lead))) - model.l2 / 2 * squares
    return total


@pytest.mark.parametrize(("viewers", "titles"), [(9, 11), (4, 5)])
def test_the_gradient_is_the_slope_of_the_gain(viewers, titles):
    rng = np.random.default_rng(0)
    model = BPR(l2=0.3)
    model.user_factors_ = rng.normal(size=(viewers, 3))
    model.item_factors_ = rng.normal(size=(titles, 3))
    model.item_bias_ = rng.normal(size=titles)
    # Viewer 1 and title 2 occur in several triples, title 4 in none.
    triples = np.array([0, 1, 1, 3]), np.array([2, 2, 0, 1]), np.array([0, 3, 2, 2])
    parameters = model.user_factors_, model.item_factors_, model.item_bias_
    moves = model._gradients(*triples)
    if viewers == 9:
        assert [rows.tolist() for rows, _ in moves] == [[0, 1, 3], [0, 1, 2, 3], [0, 1, 2, 3]]
    else:  # more than half of all: then all, in place
        assert [rows for rows, _ in moves] == [slice(None)] * 3
    for parameter, (rows, slope) in zip(parameters, moves, strict=True):
        gradient = np.zeros_like(parameter)
        gradient[rows] = slope
        for place in np.ndindex(parameter.shape):
            slopes = []
            for step in (1e-5, -1e-5):
                parameter[place] += step
                slopes.append(gain(model, triples) / (2 * step))
                parameter[place] -= step
            assert gradient[place] == pytest.approx(sum(slopes), abs=1e-5)


def test_what_is_drawn_was_not_watched_and_each_such_title_is_as_likely(make_log):
    log = make_log(1)
    rng = np.random.default_rng(0)
    seen = log.binary().toarray() > 0
    row = int(np.argmax(log.user_counts))
    drawn = draw_unseen(log, np.full(20_000, row), rng=rng)
    counts = np.bincount(drawn, minlength=log.n_items)
    assert not counts[seen[row]].any()
    expected = 20_000 / (~seen[row]).sum()
    assert abs(counts[~seen[row]] - expected).max() < 5 * np.sqrt(expected)
    rows = rng.integers(log.n_users, size=5000)
    assert not seen[rows, draw_unseen(log, rows, rng=rng)].any()


class EveryRow(BPR):
    """The same steps, each taken by every number there is, whether a triple touches it or not."""

    def _gradients(self, u, i, j):
        W, H, bias = self.user_factors_, self.item_factors_, self.item_bias_
        lead = bias[i] - bias[j] + np.einsum("nf,nf->n", W[u], H[i] - H[j])
        pull = expit(-lead)
        pairs = np.r_[pull, -pull], (np.r_[u, u], np.r_[i, j])
        pulls = sparse.coo_array(pairs, shape=(len(W), len(H))).tocsr()
        user_l2 = (self.l2 * np.bincount(u, minlength=len(W))).astype(np.float32)
        item_l2 = (self.l2 * np.bincount(np.r_[i, j], minlength=len(H))).astype(np.float32)
        gradients = (
            pulls @ H - user_l2[:, None] * W,
            pulls.T @ W - item_l2[:, None] * H,
            pulls.sum(axis=0) - item_l2 * bias,
        )
        return [(slice(None), gradient) for gradient in gradients]


def test_moving_only_what_a_batch_touches_changes_no_bit(make_log):
    log = make_log(4, users=200, items=60, events=1500)
    few, every = (kind(factors=5, epochs=4, batch_size=64).fit(log) for kind in (BPR, EveryRow))
    for name in ("user_factors_", "item_factors_", "item_bias_"):
        np.testing.assert_array_equal(getattr(few, name), getattr(every, name))


def test_a_step_costs_what_its_batch_touches_however_many_viewers_there_are(monkeypatch):
    """No array of a batch's work has a row for each viewer."""
    events = pd.DataFrame({"user_id": np.arange(3000) % 1000, "item_id": np.arange(3000) // 300})
    model, largest = BPR(factors=4, epochs=1, batch_size=50), []
    moves = BPR._gradients

    def spied(self, u, i, j):
        result = moves(self, u, i, j)
        largest.append(max(len(gradient) for _, gradient in result))
        return result

    monkeypatch.setattr(BPR, "_gradients", spied)
    model.fit(Interactions.from_frame(events))
    assert len(largest) == 60 and max(largest) <= 50


def two_tastes(rng: np.random.Generator) -> Interactions:
    """Viewers 0 to 19 watch titles 0 to 9, the others titles 10 to 19: each seven of the ten."""
    events = [
        (viewer, 10 * (viewer // 20) + title)
        for viewer in range(40)
        for title in rng.permutation(10)[:7]
    ]
    return Interactions.from_frame(pd.DataFrame(events, columns=["user_id", "item_id"]))


def test_it_learns_which_titles_go_together():
    log = two_tastes(np.random.default_rng(0))
    frame = BPR(factors=4, epochs=60).fit(log).recommend(k=3)
    assert (frame["item_id"] // 10 == frame["user_id"] // 20).all()
    untaught = BPR(factors=4, epochs=1, learning_rate=1e-6).fit(log).recommend(k=3)
    assert (untaught["item_id"] // 10 != untaught["user_id"] // 20).any()


def test_who_watched_everything_teaches_nothing():
    every = pd.DataFrame({"user_id": np.repeat([1, 2], 3), "item_id": np.tile([1, 2, 3], 2)})
    model = BPR(factors=2, epochs=5).fit(Interactions.from_frame(every))
    assert not model.item_bias_.any()
    with_a_third = pd.concat([every, pd.DataFrame({"user_id": [3], "item_id": [2]})])
    model.fit(Interactions.from_frame(with_a_third))
    assert model.item_bias_[1] > max(model.item_bias_[[0, 2]])


def test_the_size_of_a_batch_changes_the_steps_not_the_lesson():
    log = two_tastes(np.random.default_rng(1))
    for size in (20, 10_000):
        frame = BPR(factors=4, epochs=60, batch_size=size).fit(log).recommend(k=3)
        assert (frame["item_id"] // 10 == frame["user_id"] // 20).mean() > 0.95


def test_another_seed_is_another_model(make_log):
    log = make_log(2)
    first, second = (BPR(factors=3, epochs=2, random_state=seed).fit(log) for seed in (0, 1))
    assert not np.allclose(first.item_factors_, second.item_factors_)


@pytest.mark.parametrize(
    ("argument", "wrong", "right"),
    [("factors", 0, 1), ("epochs", 0, 1), ("batch_size", 0, 1), ("learning_rate", 0, 1e-9),
     ("l2", -0.1, 0)],
)  # fmt: skip
def test_arguments_outside_their_values_are_refused(make_log, argument, wrong, right):
    with pytest.raises(ArgumentError, match=f"{argument} must be"):
        BPR(**{argument: wrong}).fit(make_log())
    BPR(**{"epochs": 2, argument: right}).fit(make_log())
