"""tune: the best on validation data wins, and the test is never looked at."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.evaluation import evaluate
from recsys_lib.leakage import Split
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.models.factors.biased_mf import BiasedMF
from recsys_lib.models.factors.ease import EASE
from recsys_lib.models.hybrids.weighted import Weighted
from recsys_lib.splits import (
    cold_items,
    cold_users,
    k_fold,
    leave_last_out,
    split_by_time,
    split_random,
)
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


def warm_share(part: Split) -> float:
    """The share of test events whose title has an event in train."""
    return (part.train.item_counts[part.test.matrix.indices] > 0).mean()


def test_a_cold_split_is_validated_on_titles_that_train_lacks(log):
    split = cold_items(log, 0.3, rng=np.random.default_rng(1))
    for part in (split, validation(split, 0.25, rng=rng())):
        part.check()
        assert warm_share(part) == 0
    assert part.name == "cold items"
    assert (part.test.item_counts > 0).sum() == round(0.25 * (split.train.item_counts > 0).sum())


def test_a_split_of_cold_viewers_is_validated_on_viewers_as_cold(log):
    split = cold_users(log, 0.3, known=2, rng=np.random.default_rng(1))
    part = validation(split, 0.25, rng=rng())
    asked = part.test.user_counts > 0
    assert (part.train.user_counts[asked] == 2).all()
    assert not (asked & (split.test.user_counts > 0)).any(), "these have nothing left to hide"
    assert asked.sum() == round(0.25 * (split.train.user_counts > 2).sum())


def test_as_many_last_events_are_left_out_as_in_the_split(log):
    for n in (1, 5):
        split = leave_last_out(log, n)
        part = validation(split, rng=rng())
        assert part.name == f"last {n} out"
        enough = split.train.user_counts > n
        assert (part.test.user_counts == np.where(enough, n, 0)).all()


def test_a_fold_is_validated_on_a_random_share_of_the_events(log):
    split = next(k_fold(log, 4, rng=np.random.default_rng(1)))
    part = validation(split, 0.3, rng=rng())
    assert len(part.test) == round(0.3 * len(split.train))


@pytest.mark.parametrize("order", ["global", "user", "none"])
def test_a_split_made_by_hand_is_validated_as_its_order_says(log, order):
    made = SPLITS[order](log)
    part = validation(Split(made.train, made.test, "mine", order), rng=rng())
    assert part.test.to_frame().equals(validation(made, rng=rng()).test.to_frame())


def test_a_split_remembers_how_it_was_made_in_a_pickle_too(log):
    split = pickle.loads(pickle.dumps(cold_items(log, 0.3, rng=np.random.default_rng(1))))
    assert warm_share(validation(split, rng=rng())) == 0
    assert repr(split.recipe) == "Recipe(cold_items)"
    assert repr(leave_last_out(log, 5).recipe) == "Recipe(leave_last_out, n=5)"


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
    before = model.get_params()
    tune(model, GRID, split, progress=False)
    assert model.get_params() == before and model.l2 == 42 and not hasattr(model, "weights_")


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


def test_a_parents_setting_is_tuned_under_its_name(log):
    """In a grid as anywhere: `parent__setting`; and what was given stays as it is."""
    split = split_by_time(log)
    crowd, famous = EASE(l2=1e9), Popular()
    hybrid = Weighted({"crowd": crowd, "famous": famous}, {"crowd": 1, "famous": 0.01})
    grid = {"crowd__l2": [0.001, 30.0, 1e9], "famous__half_life_days": [None, 0.05]}
    tuned = tune(hybrid, grid, split, rng=rng(), progress=False)
    assert len(tuned.table) == 6 and set(tuned.best) == set(grid)
    assert tuned.table.loc[0, "crowd__l2"] == tuned.best["crowd__l2"]
    assert tuned.model.parents_["crowd"].l2 == tuned.best["crowd__l2"]
    assert tuned.model.parents_["famous"].half_life_days == tuned.best["famous__half_life_days"]
    assert (crowd.l2, famous.half_life_days) == (1e9, None)
    part = validation(split, rng=rng())
    means = {}
    for l2 in grid["crowd__l2"]:
        parents = {"crowd": EASE(l2=l2), "famous": Popular(tuned.best["famous__half_life_days"])}
        model = Weighted(parents, hybrid.weights)
        table = evaluate({"it": model}, part, metrics=("ndcg",), progress=False)
        means[l2] = table.loc[table["segment"] == "all", "mean"].item()
    assert len(set(means.values())) > 1
    assert tuned.best["crowd__l2"] == max(means, key=means.get)
    with pytest.raises(ArgumentError, match=r"Weighted has no settings \['crowd__l3'\].*crowd__l2"):
        tune(hybrid, {"crowd__l3": [1]}, split, progress=False)
