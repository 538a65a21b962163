"""Our networks with a peer's habits: none is ours, each does what it says; and what is stored."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import deep_growth, deep_peers
from benchmarks.as_peers import HABITS, like, loss_after, variants
from recsys_lib.models import MultVAE, SASRec
from recsys_lib.models.deep.autoencoder import unit_length
from recsys_lib.models.deep.variational import cloud_loss

SMALL = dict(hidden=4, latent=3, l2=0.0, epochs=2, batch_size=8, held_out=0.0)
READER = dict(factors=4, length=5, negatives=6, epochs=2, batch_size=8, held_out=0.0)


@pytest.mark.parametrize(("make", "sizes"), [(MultVAE, SMALL), (SASRec, READER)])
def test_without_a_habit_it_is_ours(make, sizes, make_log):
    pytest.importorskip("jax")
    log = make_log(1)
    ours, other = (kind(**sizes).fit(log) for kind in (make, like(make, {})))
    pd.testing.assert_frame_equal(ours.recommend(log.users, 5), other.recommend(log.users, 5))


def test_the_loss_after_a_history_is_read_is_that_of_the_library():
    jax = pytest.importorskip("jax")
    rng = np.random.default_rng(0)
    y = (rng.random((6, 9)) < 0.4) * 1.0
    p = MultVAE(hidden=4, latent=3)._first(9)
    with jax.enable_x64(True):
        key, batch = jax.random.key(1), {"y": y, "beta": 0.2, "noise": 0.0, "l2": 0.0}
        found = loss_after(unit_length(y), p, batch, key)
        assert float(found) == pytest.approx(float(cloud_loss(p, batch, key)), abs=1e-12)
        assert abs(float(loss_after(y, p, batch, key)) - float(found)) > 1e-6


def test_each_habit_of_an_autoencoder_changes_what_it_says(make_log):
    pytest.importorskip("jax")
    log = make_log(2)
    ours = MultVAE(**SMALL).fit(log).score_all(log.users)
    for peer in ("Cornac", "RecBole"):
        for kind in variants(MultVAE, peer).values():
            assert not np.allclose(kind(**SMALL).fit(log).score_all(log.users), ours, atol=1e-6)
    first = like(MultVAE, {"torch_first": True})(**SMALL)._first(100)
    assert 0 < abs(first["A"]).max() <= 0.1 and 0 < abs(first["a"]).max() <= 0.1
    assert 0.4 < abs(first["V"]).max() <= 0.5  # of 4 inputs


def test_each_habit_of_a_reader_changes_what_it_says(make_log):
    pytest.importorskip("jax")
    log = make_log(3)
    ours = SASRec(**READER).fit(log).score_all(log.users)
    for kind in variants(SASRec, "RecTools").values():
        assert not np.allclose(kind(**READER).fit(log).score_all(log.users), ours, atol=1e-6)
    bare = like(SASRec, {"biases": False})(**READER).fit(log)
    np.testing.assert_array_equal(bare.parameters_["bias"], 0)
    same = like(SASRec, {"forgets": 0.999})(**READER).fit(log).score_all(log.users)
    np.testing.assert_array_equal(same, ours)


def test_a_gap_is_over_viewers_and_seeds():
    rng = np.random.default_rng(0)
    theirs = np.tile(rng.random(400), (3, 1))
    mean, low, high = deep_peers.gap(theirs + 0.01, theirs, rng)
    assert (
        mean == pytest.approx(0.01) and low == pytest.approx(0.01) and high == pytest.approx(0.01)
    )
    seeds = np.array([[-0.02], [0.0], [0.02]])  # viewers agree, seeds do not
    mean, low, high = deep_peers.gap(theirs + seeds, theirs, rng)
    assert abs(mean) < 1e-12 and low < -0.01 and high > 0.01


def test_all_rows_are_stored_those_of_100k_with_each_habit():
    table = deep_peers.stored()
    assert list(table) == deep_peers.HEAD
    for data, peer, make, _, seeds in deep_peers.CASES:
        some = table[(table["data"] == data) & (table["model"] == f"{make.__name__} {peer}")]
        run = some.groupby("library")["seed"].agg(list)
        if data == "100k":
            assert set(run.index) == {"ours", peer, *variants(make, peer)}
        assert run["ours"] == run[peer] == list(range(seeds))
    assert set(HABITS) == {peer for _, peer, *_ in deep_peers.CASES}


def test_growth_is_measured_on_a_log_with_an_order():
    pytest.importorskip("jax")
    log = deep_growth.timed_log(2_000)
    assert sorted(log.times) == list(range(log.n_events))
    settings = deep_growth.READER | {"batch_size": 8}
    begin, epoch, lists = deep_growth.measured(log, "ours", SASRec, settings, None)
    assert begin > 0 and lists >= 0 and np.isfinite(epoch)
