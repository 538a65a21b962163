"""Attention and the two networks beside loops; what they learn; what they must not see."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, TIME, USER
from recsys_lib.models import GRU4Rec, SASRec
from recsys_lib.models.deep.training import _compiled
from recsys_lib.models.sequences.attention import attention, earlier, normed
from tests.models.processors import printed_on

SMALL = dict(factors=4, length=5, negatives=6, epochs=2, batch_size=8)


def a_round(n_users: int = 120, n_items: int = 9) -> Interactions:
    """Everybody walks once round a circle of titles, from a start of their own."""
    rng = np.random.default_rng(0)
    rows = [
        (user, (start + step) % n_items, step)
        for user, start in enumerate(rng.integers(0, n_items, n_users))
        for step in range(5)
    ]
    return Interactions.from_frame(pd.DataFrame(rows, columns=[USER, ITEM, TIME]), time=TIME)


def test_attention_is_a_weighted_mean_of_what_came_before():
    rng = np.random.default_rng(1)
    queries, keys, values = rng.normal(size=(3, 4, 2))
    taken, weights = attention(queries, keys, values, earlier(4))
    for t in range(4):
        powers = [np.exp(queries[t] @ keys[s] / np.sqrt(2)) for s in range(t + 1)]
        shares = [power / sum(powers) for power in powers]
        np.testing.assert_allclose(weights[t], shares + [0] * (3 - t), atol=1e-12)
        expected = sum(share * values[s] for s, share in enumerate(shares))
        np.testing.assert_allclose(taken[t], expected, atol=1e-12)


def test_attention_in_jax_is_attention_in_numpy():
    jax = pytest.importorskip("jax")
    rng = np.random.default_rng(2)
    three = rng.normal(size=(3, 2, 6, 4))
    with jax.enable_x64(True):
        theirs = attention(*map(jax.numpy.asarray, three), earlier(6), jax.numpy)
    for ours, other in zip(attention(*three, earlier(6)), theirs, strict=True):
        np.testing.assert_allclose(ours, np.asarray(other), atol=1e-12)


def test_a_normed_vector_has_mean_0_and_variance_1():
    x = np.random.default_rng(3).normal(5, 3, (2, 50))
    found = normed(x, 1.0, 0.0)
    np.testing.assert_allclose(found.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(found.var(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("kind", [SASRec, GRU4Rec])
def test_scoring_in_numpy_is_the_network_that_jax_trained(kind, make_log):
    jax = pytest.importorskip("jax")
    model = kind(**SMALL).fit(make_log(1))
    seen = np.array([[20, 20, 3, 1, 4], [0, 1, 2, 3, 4]])  # 20 pads
    ours = model._states(model.parameters_, seen, lambda x, place: x, np)
    with jax.enable_x64(True):
        arrays = {name: jax.numpy.asarray(value) for name, value in model.parameters_.items()}
        theirs = model._states(arrays, seen, lambda x, place: x, jax.numpy)
    np.testing.assert_allclose(ours, np.asarray(theirs), atol=1e-10)


def test_the_memory_is_rewritten_evening_by_evening(make_log):
    model = GRU4Rec(**SMALL).fit(make_log(2))
    p, memory = model.parameters_, np.zeros(4)
    for column in (3, 1, 4):
        x = p["titles"][column]
        keep = 1 / (1 + np.exp(-(x @ p["in_keep"] + memory @ p["back_keep"] + p["bias_keep"])))
        use = 1 / (1 + np.exp(-(x @ p["in_use"] + memory @ p["back_use"] + p["bias_use"])))
        new = np.tanh(x @ p["in_new"] + (use * memory) @ p["back_new"] + p["bias_new"])
        memory = keep * memory + (1 - keep) * new
    seen = np.array([[20, 20, 3, 1, 4]])
    found = model._states(p, seen, lambda x, place: x, np)[0, -1]
    np.testing.assert_allclose(found, memory, atol=1e-12)


@pytest.mark.parametrize("kind", [SASRec, GRU4Rec])
def test_no_evening_sees_a_later_one_nor_what_pads(kind, make_log):
    model = kind(**SMALL).fit(make_log(3))
    seen = np.array([[20, 20, 3, 1, 4], [20, 20, 3, 1, 7]])
    one, other = model._states(model.parameters_, seen, lambda x, place: x, np)
    np.testing.assert_array_equal(one[:4], other[:4])
    assert not np.allclose(one[4], other[4])
    pad = {**model.parameters_, "titles": model.parameters_["titles"].copy()}
    pad["titles"][-1] = 7.0
    again = model._states(pad, seen[:1], lambda x, place: x, np)[0]
    np.testing.assert_allclose(again[2:], one[2:], atol=1e-12)


@pytest.mark.parametrize("kind", [SASRec, GRU4Rec])
def test_it_learns_what_comes_next(kind):
    log = a_round()
    model = kind(factors=16, length=5, negatives=8, epochs=60, batch_size=32, patience=60,
                 dropout=0.0, learning_rate=0.02).fit(log)  # fmt: skip

    def first(*history: int) -> int:
        return model.recommend_for(list(history), 1, exclude_seen=False)[ITEM].item()

    assert sum(first(a, (a + 1) % 9) == (a + 2) % 9 for a in range(9)) >= 8
    assert sum(first((a + 1) % 9, a) != (a + 2) % 9 for a in range(9)) >= 8  # the order matters
    assert model.history_["loss"].iloc[-1] < model.history_["loss"].iloc[0]


def test_what_the_last_evening_looks_at_sums_to_one(make_log):
    log = make_log(4)
    model = SASRec(**SMALL).fit(log)
    weights = model.looks_at(log)
    assert weights.shape == (log.n_users, 5) and (weights >= 0).all()
    told = log.user_counts > 0
    np.testing.assert_allclose(weights[told].sum(axis=1), 1)
    short = np.flatnonzero(told & (log.user_counts < 5))
    for row in short:
        np.testing.assert_array_equal(weights[row, : 5 - log.user_counts[row]], 0)
    with pytest.raises(DataError, match="histories has no times"):
        model.looks_at(Interactions(log.users, log.items, log.matrix))
    with pytest.raises(ArgumentError, match="99"):
        model.looks_at(
            Interactions.from_frame(pd.DataFrame({USER: [1], ITEM: [99], TIME: [1]}), time=TIME)
        )


@pytest.mark.parametrize("kind", [SASRec, GRU4Rec])
def test_a_second_fit_with_the_same_sizes_compiles_nothing(kind, make_log):
    pytest.importorskip("jax")
    kind(**SMALL).fit(make_log(5))
    before = _compiled.cache_info()
    kind(**SMALL, random_state=1).fit(make_log(6))
    after = _compiled.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)
    kind(**SMALL | {"negatives": 7}).fit(make_log(5))
    assert _compiled.cache_info().misses == after.misses + 1


def lists() -> list:
    """What both networks recommend after a few epochs, one list after the other."""
    log, sizes = a_round(), dict(factors=16, length=5, negatives=8, epochs=4, batch_size=16)
    found = [kind(**sizes).fit(log).recommend(log.users, 5)[ITEM] for kind in (SASRec, GRU4Rec)]
    return [*np.concatenate(found)]


@pytest.mark.parametrize("isa", ["SSE4_2", "AVX2"])
def test_other_processors_recommend_the_same(isa):
    pytest.importorskip("jax")
    assert printed_on(isa, lists) == " ".join(map(str, lists()))


@pytest.mark.parametrize("kind", [SASRec, GRU4Rec])
def test_settings_and_logs_from_which_nothing_can_be_learned_are_refused(kind, make_log):
    log = make_log()
    for name in ("factors", "length", "negatives", "epochs", "batch_size", "patience"):
        with pytest.raises(ArgumentError, match=f"{name} must be an integer of at least 1"):
            kind(**{name: 0}).fit(log)
    for name, wrong in (("learning_rate", 0), ("dropout", -0.1), ("dropout", 1), ("held_out", 1)):
        with pytest.raises(ArgumentError, match=name):
            kind(**{name: wrong}).fit(log)
    alone = pd.DataFrame({USER: [1, 2], ITEM: [1, 2], TIME: [1, 2]})
    with pytest.raises(DataError, match="nobody in train watched two titles"):
        kind().fit(Interactions.from_frame(alone, time=TIME))
    with pytest.raises(DataError, match="train has no times"):
        kind().fit(Interactions(log.users, log.items, log.matrix))
