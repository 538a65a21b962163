"""ImplicitALS: its loss, the exact solutions, the package implicit's settings, folding in."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_lib import parallel
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import Interactions
from recsys_lib.models.factors import compiled, ials
from recsys_lib.models.factors.ials import ImplicitALS
from recsys_lib.models.factors.least_squares import batches, conjugate_gradients, solve_rows

EXACT = {"factors": 4, "steps": 8}  # as many steps as arrive, for so few factors


def penalties(model: ImplicitALS, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n_viewers, n_items = r.any(axis=1).sum(), r.shape[1]
    users = model.l2 * (r.sum(axis=1) + model.alpha * n_items) ** model.nu
    items = model.l2 * (r.sum(axis=0) + model.alpha * n_viewers) ** model.nu
    return users, items


def loss(model: ImplicitALS, r: np.ndarray) -> float:
    W, H = model.user_factors_.astype(float), model.item_factors_.astype(float)
    total = 0.0
    for u in range(len(W)):
        for i in range(len(H)):
            score = W[u] @ H[i]
            total += r[u, i] * (score - 1) ** 2 + model.alpha * score**2
    users, items = penalties(model, r)
    return total + (users * (W**2).sum(axis=1)).sum() + (items * (H**2).sum(axis=1)).sum()


def naive_half(H: np.ndarray, r: np.ndarray, alpha: float, penalty: np.ndarray) -> np.ndarray:
    """Each row's least-squares problem, set up cell by cell and solved exactly."""
    rows = []
    for weights, l2 in zip(r, penalty, strict=True):
        left, right = l2 * np.eye(H.shape[1]), np.zeros(H.shape[1])
        for weight, h in zip(weights, H, strict=True):
            left += (weight + alpha) * np.outer(h, h)
            right += weight * h
        rows.append(np.linalg.solve(left, right))
    return np.array(rows)


def first_H(log: Interactions, factors: int) -> np.ndarray:
    H = np.random.default_rng(0).normal(0, 0.1 / np.sqrt(factors), (log.n_items, factors))
    return H * (log.item_counts > 0)[:, None]


def test_factors_equal_those_of_exact_alternating_solutions(make_log):
    log = make_log(1)
    model = ImplicitALS(alpha=0.2, l2=0.1, iterations=3, **EXACT).fit(log)
    r = log.binary().toarray().astype(float)
    users, items = penalties(model, r)
    H = first_H(log, 4)
    for _ in range(3):
        W = naive_half(H, r, 0.2, users)
        H = naive_half(W, r.T, 0.2, items)
    W = naive_half(H, r, 0.2, users)  # viewers are solved for once more, at the end
    np.testing.assert_allclose(model.user_factors_, W, atol=2e-4)
    np.testing.assert_allclose(model.item_factors_, H, atol=2e-4)
    assert abs(W).max() > 0.1


def test_the_package_implicits_settings_give_the_same_scores_up_to_one_factor(make_log):
    log = make_log(2)
    confidence, regularization = 5.0, 3.0
    mapped = {"alpha": 1 / (confidence - 1), "l2": regularization / confidence, "nu": 0}
    model = ImplicitALS(iterations=4, **mapped, **EXACT).fit(log)
    # implicit: sum of c * (p - score) ** 2 + regularization * squares; c is 1 or its confidence.
    r, shrink = log.binary().toarray().astype(float), (confidence - 1) / confidence
    H = first_H(log, 4) / np.sqrt(shrink)
    for _ in range(4):
        W = implicit_half(H, r, confidence, regularization)
        H = implicit_half(W, r.T, confidence, regularization)
    W = implicit_half(H, r, confidence, regularization)
    scores = model.user_factors_ @ model.item_factors_.T
    np.testing.assert_allclose(scores, shrink * (W @ H.T), atol=1e-3)
    assert scores.max() > 0.3


def implicit_half(H, r, confidence, regularization) -> np.ndarray:
    rows = []
    for seen in r:
        c = np.where(seen > 0, confidence, 1.0)
        left = (H.T * c) @ H + regularization * np.eye(H.shape[1])
        rows.append(np.linalg.solve(left, (H.T * c) @ seen))
    return np.array(rows)


@pytest.mark.parametrize("nu", [0.0, 0.5, 1.0])
def test_the_loss_falls_round_by_round_to_where_its_slope_is_none(make_log, nu):
    log = make_log(3)
    r = log.binary().toarray().astype(float)
    models = [
        ImplicitALS(3, alpha=0.3, l2=0.05, nu=nu, iterations=n).fit(log) for n in (1, 2, 5, 200)
    ]
    losses = [loss(model, r) for model in models]
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.99 * losses[0]
    last, slopes = models[-1], []
    for row, factor in np.ndindex(5, 3):
        up, down = (nudged(last, row, factor, step) for step in (1e-3, -1e-3))
        slopes.append((loss(up, r) - loss(down, r)) / 2e-3)
    assert np.abs(slopes).max() < 2e-3 * losses[-1]


def nudged(model: ImplicitALS, row: int, factor: int, step: float) -> ImplicitALS:
    other = ImplicitALS(**model.get_params())
    other.item_factors_, other.user_factors_ = (
        model.item_factors_,
        model.user_factors_.astype(float),
    )
    other.user_factors_[row, factor] += step
    return other


def test_the_order_of_summation_leaves_no_trace(make_log):
    """Another processor adds up in another order, as it is here with the viewers reversed."""
    log = make_log(8, users=300, items=60, events=4000)
    turned = Interactions.from_frame(log.to_frame().assign(user_id=lambda t: -t["user_id"]))
    ours, theirs = (ImplicitALS(16).fit(events).item_factors_ for events in (log, turned))
    np.testing.assert_allclose(ours, theirs, atol=1e-7)  # a last digit at most
    assert abs(ours).max() > 0.1


def test_the_number_of_threads_leaves_no_trace(make_log, monkeypatch):
    log = make_log(8, users=300, items=60, events=4000)
    monkeypatch.setattr(ials, "TOGETHER", 1)  # enough pieces for all threads
    monkeypatch.setattr(ials, "CELLS", 64)
    fitted = []
    for threads in (1, 4):
        monkeypatch.setattr(parallel, "workers", lambda threads=threads: threads)
        fitted.append(ImplicitALS(16).fit(log))
    for name in ("item_factors_", "user_factors_"):
        np.testing.assert_array_equal(*(getattr(model, name) for model in fitted))


@pytest.mark.parametrize("cells", [1, 300, 2**18])
def test_rows_solved_in_parts_equal_each_solved_alone(make_log, cells):
    rng, r = np.random.default_rng(1), make_log(5, users=80, events=500).matrix
    H, penalty = rng.normal(size=(r.shape[1], 4)), rng.uniform(1, 2, r.shape[0])
    toward = rng.normal(size=(r.shape[0], 4))
    found = solve_rows(r, H, 0.3, penalty, toward, cells)
    for row, weights in enumerate(r.toarray()):
        left = 0.3 * H.T @ H + (weights[:, None] * H).T @ H + penalty[row] * np.eye(4)
        right = weights @ H + penalty[row] * toward[row]
        np.testing.assert_allclose(left @ found[row], right, atol=1e-9)


def test_a_viewer_folded_in_gets_the_factors_that_fitting_gave(make_log):
    log = make_log(4)
    model = ImplicitALS(factors=6, iterations=1, l2=0.1, steps=1).fit(log)  # far from its end
    for row in np.flatnonzero(log.user_counts):
        watched = log.items[log.matrix.indices[log.event_rows == row]]
        np.testing.assert_array_equal(model.fold_in(watched), model.user_factors_[row])


def test_folding_in_solves_the_least_squares_of_that_viewer(make_log):
    log = make_log(5)
    model = ImplicitALS(factors=3, weighted=True).fit(log)
    weights = np.zeros((1, log.n_items))
    weights[0, [1, 4, 7]] = 2.0, 0.5, 3.0
    penalty, _ = penalties(model, weights)
    naive = naive_half(model.item_factors_.astype(float), weights, model.alpha, penalty)[0]
    folded = model.fold_in(log.items[[1, 4, 7]], [2.0, 0.5, 3.0])
    np.testing.assert_allclose(folded, naive, rtol=1e-5)
    assert not np.allclose(folded, model.fold_in(log.items[[1, 4, 7]]))


def test_a_new_event_raises_the_score_of_what_is_like_it(make_log):
    log = make_log(6)
    model = ImplicitALS(factors=4).fit(log)
    before = model.item_factors_ @ model.fold_in(log.items[[0, 2]])
    after = model.item_factors_ @ model.fold_in(log.items[[0, 2, 9]])
    assert after[9] > before[9]
    assert (model.fold_in([]) == 0).all()


def test_what_cannot_be_folded_in_is_refused(make_log):
    model = ImplicitALS(factors=2).fit(make_log())
    known = model.train_.items[0]
    with pytest.raises(ArgumentError, match=r"items \[-5\] are not in train.items"):
        model.fold_in([known, -5])
    for values in ([1.0, 2.0], [-1.0], 1.0):
        with pytest.raises(ArgumentError, match="one number of at least 0 for each"):
            model.fold_in([known], values)


def test_weights_are_the_values_if_asked_for(make_log):
    log = make_log(7)
    ones = Interactions(log.users, log.items, log.binary())
    plain, rated = ImplicitALS(factors=3), ImplicitALS(factors=3, weighted=True)
    expected = plain.fit(ones).score_all(log.users)
    np.testing.assert_array_equal(plain.fit(log).score_all(log.users), expected)
    np.testing.assert_array_equal(rated.fit(ones).score_all(log.users), expected)
    assert not np.allclose(rated.fit(log).score_all(log.users), expected)
    below = log.to_frame().assign(value=lambda frame: frame["value"] - 2)
    with pytest.raises(DataError, match="needs values of at least 0"):
        rated.fit(Interactions.from_frame(below, value="value"))


def test_a_title_that_nobody_watched_scores_nothing(make_log):
    log = make_log(8, items=40, events=90)
    unwatched = log.item_counts == 0
    scores = ImplicitALS(factors=3).fit(log).score_all(log.users[log.user_counts > 0])
    assert unwatched.any() and (scores[:, unwatched] == 0).all()


@pytest.mark.parametrize("cells", [1, 16, 10_000])
def test_batches_hold_each_event_once_and_padding_weighs_nothing(make_log, cells):
    matrix = make_log(9, items=40, events=90).matrix
    rebuilt = np.zeros(matrix.shape)
    for batch in batches(matrix, cells):
        assert len(batch.rows) == 1 or batch.columns.size <= cells
        for row, columns, weights in zip(batch.rows, batch.columns, batch.weights, strict=True):
            np.add.at(rebuilt[row], columns, weights)
    np.testing.assert_array_equal(rebuilt, matrix.toarray())


def test_conjugate_gradients_arrive_in_as_many_steps_as_unknowns():
    rng = np.random.default_rng(0)
    roots = rng.normal(size=(6, 5, 5))
    matrices = roots @ roots.transpose(0, 2, 1) + np.eye(5)
    target = rng.normal(size=(6, 5))
    target[2] = 0  # nothing to solve: no division by the zero that is left
    found = conjugate_gradients(
        lambda x: (matrices @ x[:, :, None])[:, :, 0], target, np.zeros((6, 5)), 5
    )
    expected = np.linalg.solve(matrices, target[:, :, None])[:, :, 0]
    np.testing.assert_allclose(found, expected, atol=1e-8)


@pytest.mark.parametrize(
    ("argument", "wrong", "right"),
    [("factors", 0, 1), ("iterations", 0, 1), ("steps", 1.5, 1), ("nu", -0.1, 0),
     ("alpha", 0, 1e-3), ("l2", 0, 1e-3)],
)  # fmt: skip
def test_arguments_outside_their_values_are_refused(make_log, argument, wrong, right):
    with pytest.raises(ArgumentError, match=f"{argument} must be"):
        ImplicitALS(**{argument: wrong}).fit(make_log())
    ImplicitALS(**{argument: right}).fit(make_log())


def test_compiled_steps_are_for_much_work():
    events_of_movielens_1m, walks = 800_000, 2 * 12 * (3 + 1)
    assert compiled.worth(events_of_movielens_1m, 64, walks)
    assert not compiled.worth(events_of_movielens_1m // 10, 64, walks)


def test_without_numba_a_large_log_is_learned_by_numpy(make_log, monkeypatch):
    log = make_log(8)
    monkeypatch.setattr(compiled, "available", lambda: pytest.fail("it asked"))
    expected = ImplicitALS(4).fit(log).recommend(k=5)  # too small even to ask
    monkeypatch.setattr(compiled, "WORTH", 0)
    monkeypatch.setattr(compiled, "available", lambda: False)
    assert ImplicitALS(4).fit(log).recommend(k=5).equals(expected)


def test_the_compiled_steps_read_the_same_uncompiled(make_log, monkeypatch):
    log = make_log(8, users=60, items=30, events=400)
    expected = ImplicitALS(5, iterations=2).fit(log).item_factors_
    monkeypatch.setattr(compiled, "WORTH", 0)
    monkeypatch.setattr(compiled, "PIECE", 100)
    monkeypatch.setattr(compiled, "available", lambda: True)
    monkeypatch.setattr(compiled, "fast", lambda function, *called, any_order: function)
    found = ImplicitALS(5, iterations=2).fit(log).item_factors_
    np.testing.assert_allclose(found, expected, rtol=2e-7, atol=1e-9)


@pytest.mark.parametrize("piece", [1, 7, 10**6])
def test_pieces_hold_each_row_once(make_log, monkeypatch, piece):
    monkeypatch.setattr(compiled, "PIECE", piece)
    r = make_log(9, items=40, events=90).matrix
    rows = [row for part in compiled.pieces(r.indptr) for row in range(r.shape[0])[part]]
    assert rows == list(range(r.shape[0]))
