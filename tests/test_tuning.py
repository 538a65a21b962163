"""tune: the best on validation data wins, and the test is never looked at."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.evaluation import evaluate
from recsys_lib.leakage import Split
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.models.factors.biased_mf import BiasedMF
from recsys_lib.models.factors.ease import EASE
from recsys_lib.splits import leave_last_out, split_by_time, split_random
from recsys_lib.tuning import tune, validation

GRID = {"l2": [0.1, 3.0, 100.0]}
SPLITS = {
    "global": split_by_time,
    "user": leave_last_out,
    "none": lambda log: split_random(log, rng=np.random.default_rng(1)),
}


@pytest.fixture
def log(make_log):
    return make_log(3, users=80, items=30, events=900)


@pytest.fixture(params=SPLITS)
def split(request, log) -> Split:
    return SPLITS[request.param](log)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_the_winner_is_the_best_on_validation_data_and_fitted_on_all_of_train(split):
    tuned = tune(EASE(), GRID, split, rng=rng(), progress=False)
    part = validation(split, rng=rng())
    models = {str(l2): EASE(l2) for l2 in GRID["l2"]}
    table = evaluate(models, part, metrics=("ndcg",), progress=False)
    means = table[table["segment"] == "all"].set_index("model")["mean"]
    assert tuned.best == {"l2": float(means.idxmax())}
    assert tuned.table["l2"].tolist() == [
        float(name) for name in means.sort_values(ascending=False, kind="stable").index
    ]
    np.testing.assert_array_equal(tuned.table.set_index("l2").loc[3.0, "mean"], means["3.0"])
    again = EASE(**tuned.best).fit(split.train)
    np.testing.assert_array_equal(tuned.model.weights_, again.weights_)


def test_validation_is_carved_from_train_in_the_way_of_the_split(split):
    part = validation(split, rng=rng())
    part.check()
    assert part.order == split.order
    assert part.train.n_events + part.test.n_events == split.train.n_events
    both = part.train.binary() + part.test.binary()
    assert (both != split.train.binary()).nnz == 0


def test_the_test_is_never_looked_at(split):
    nothing = split.test.select(np.zeros(split.test.n_events, bool))
    blind = dataclasses.replace(split, test=nothing)
    tables = [tune(EASE(), GRID, s, rng=rng(), progress=False).table for s in (split, blind)]
    columns = ["l2", "mean", "low", "high", "users"]
    assert tables[0][columns].equals(tables[1][columns])


def test_the_lowest_error_wins(split):
    tuned = tune(
        BiasedMF(factors=3), {"epochs": [1, 30], "learning_rate": [1e-6, 0.02]}, split,
        metric="rmse", rng=rng(), progress=False,
    )  # fmt: skip
    assert len(tuned.table) == 4
    assert tuned.table["mean"].is_monotonic_increasing
    assert tuned.table["mean"].iloc[0] < tuned.table["mean"].iloc[-1]
    assert tuned.model.get_params().items() >= tuned.best.items()


def test_of_equals_the_first_in_the_grid_wins(split):
    grid = [{"half_life_days": [None]}, {"half_life_days": [1e9]}]
    tuned = tune(Popular(), grid, split, progress=False)
    assert tuned.best == {"half_life_days": None}
    assert tuned.table["mean"].nunique() == 1


def test_the_model_that_is_given_stays_as_it_is(split):
    model = EASE(l2=42)
    tune(model, GRID, split, progress=False)
    assert model.get_params() == {"l2": 42} and not hasattr(model, "weights_")


def test_what_cannot_be_tuned_is_refused(split):
    for grid in ({}, []):
        with pytest.raises(ArgumentError, match="the grid is empty"):
            tune(EASE(), grid, split)
    for grid in ({"l2": []}, {"l2": 3}, "l2"):
        with pytest.raises(ArgumentError, match=r"this is no grid: .*For example"):
            tune(EASE(), grid, split)
    with pytest.raises(ArgumentError, match=r"EASE has no settings \['L2'\].*It has: l2"):
        tune(EASE(), {"L2": [1]}, split)
    with pytest.raises(ArgumentError, match="metric='nDCG' is not known"):
        tune(EASE(), GRID, split, metric="nDCG")
    with pytest.raises(ArgumentError, match="EASE has no value of 'rmse'"):
        tune(EASE(), GRID, split, metric="rmse", progress=False)
