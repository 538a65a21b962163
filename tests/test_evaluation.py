"""evaluate: the numbers by hand, the table's form, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from surprise import NormalPredictor

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError, LeakageError
from recsys_lib.evaluation import DEFAULT, evaluate
from recsys_lib.interactions import ITEM, TIME, USER, VALUE
from recsys_lib.leakage import Split
from recsys_lib.metrics.accuracy import mae, rmse
from recsys_lib.metrics.auc import auc
from recsys_lib.metrics.named import KNOWN
from recsys_lib.models import Popular, Random
from recsys_lib.models.factors.surprise_model import SurpriseModel
from recsys_lib.models.rating import RatingPredictor
from recsys_lib.splits import split_by_time, split_random

COLUMNS = ["model", "metric", "segment", "mean", "low", "high", "users", "fit_seconds",
           "recommend_seconds"]  # fmt: skip


class ItemMean(RatingPredictor):
    """Each title's mean rating: enough to test rating metrics with."""

    def _fit(self, train, items, users) -> None:
        pass

    def _predict_pairs(self, rows, columns):
        return self.item_means_[columns]


def events(*rows) -> Interactions:
    frame = pd.DataFrame(rows, columns=[USER, ITEM, VALUE])
    users, items = ["ann", "bob", "cleo", "dev"], list("ABCDE")
    return Interactions.from_frame(frame, value=VALUE, users=users, items=items)


@pytest.fixture
def by_hand() -> Split:
    """Popularity in train: A 3, B 2, C 1, D and E 0. Ann and Bob are judged, Dev is cold.

    Popular lists, k = 2:  Ann (has A, B) C D · Bob (has A) B C · Dev (nothing) A B
    """
    train = events(
        ("ann", "A", 5), ("ann", "B", 3), ("bob", "A", 4), ("cleo", "A", 3), ("cleo", "B", 1),
        ("cleo", "C", 2),
    )  # fmt: skip
    test = events(("ann", "D", 4), ("ann", "E", 1), ("bob", "B", 5), ("dev", "E", 2))
    return Split(train, test, "by hand", "none")


def table(split: Split, model=None, **more) -> pd.DataFrame:
    more = {"k": 2, "cold_below": 1, "progress": False} | more
    return evaluate({"model": model or Popular()}, split, **more).set_index(["segment", "metric"])


def test_the_means_by_hand(by_hand):
    names = ("precision", "recall", "ndcg", "coverage", "auc", "novelty", "serendipity")
    means = table(by_hand, metrics=names)["mean"]
    ann_ndcg = (1 / math.log2(3)) / (1 + 1 / math.log2(3))  # D in the second slot, of two
    expected = {
        "precision@2": (1 / 2 + 1 / 2 + 0) / 3,
        "recall@2": (1 / 2 + 1 / 1 + 0) / 3,
        "ndcg@2": (ann_ndcg + 1 + 0) / 3,
        "coverage@2": 4 / 5,
        # Ann's C beats D and E; Bob's B beats C, D, E; Dev's E loses to A, B, C and ties with D.
        "auc": (0 + 1 + 0.5 / 4) / 3,
        # Of the three who watched anything: A 0 bits, B log2(3/2), C log2(3), D as if by one.
        "novelty@2": (math.log2(3) + (math.log2(1.5) + math.log2(3)) / 2 + math.log2(1.5) / 2) / 3,
        "serendipity@2": 0,
    }
    assert means["all"].to_dict() == pytest.approx(expected)


def test_warm_and_cold_users_apart(by_hand):
    recall = table(by_hand, metrics=("recall",))
    assert recall["users"].to_dict() == {
        ("all", "recall@2"): 3,
        ("warm", "recall@2"): 2,
        ("cold", "recall@2"): 1,
    }
    assert recall.loc[("warm", "recall@2"), "mean"] == pytest.approx((1 / 2 + 1) / 2)
    assert recall.loc[("cold", "recall@2"), "mean"] == 0
    assert set(table(by_hand, metrics=("recall",), cold_below=0).index.get_level_values(0)) == {
        "all",
        "warm",
    }


def test_only_what_is_liked_is_relevant_but_every_rating_counts_for_rmse(by_hand):
    rows = table(by_hand, ItemMean(), metrics=("recall", "rmse", "mae"), relevant_from=4)
    assert rows.loc[("all", "recall@2"), "users"] == 2, "Dev liked nothing"
    # Expected of D and E, never rated, the viewer's own mean (of Ann's 5 and 3 and ten times the
    # mean of all) or the mean of all (Dev, 3); of B its mean (2).
    ann = (5 + 3 + 10 * 3) / 12
    actual, expected = np.array([4, 1, 5, 2.0]), np.array([ann, ann, 2, 3.0])
    assert rows.loc[("all", "rmse"), "mean"] == pytest.approx(rmse(actual, expected))
    assert rows.loc[("all", "mae"), "mean"] == pytest.approx(mae(actual, expected))
    assert rows.loc[("all", "mae"), "users"] == 3
    warm = rows.loc[("warm", "rmse")]
    assert warm["mean"] == pytest.approx(rmse(actual[:3], expected[:3]))
    assert math.isnan(warm["low"]) and math.isnan(warm["high"]), "two viewers give no interval"


def test_models_that_predict_no_rating_have_no_rmse(by_hand):
    models = {"popular": Popular(), "means": ItemMean()}
    rows = evaluate(models, by_hand, metrics=("recall", "rmse"), progress=False)
    assert set(rows.loc[rows["metric"] == "rmse", "model"]) == {"means"}
    assert set(rows.loc[rows["metric"] == "recall@10", "model"]) == set(models)


def test_every_metric_on_a_random_log(make_log):
    log = make_log(4)
    genres = pd.DataFrame(
        {ITEM: log.items, "genres": ["drama", "crime|drama", "comedy", "war"] * 5}
    )
    split = split_by_time(log)
    models = {"popular": Popular(), "random": Random(), "means": ItemMean()}
    rows = evaluate(models, split, k=5, metrics=KNOWN, items=genres, progress=False)
    assert rows.columns.tolist() == COLUMNS
    whole = rows[rows["segment"] == "all"].set_index(["model", "metric"])
    for name in models:
        expected = len(KNOWN) - 2 * (name != "means")
        assert len(whole.loc[name]) == expected
    assert whole["mean"].notna().all()
    certain = whole["low"].notna()
    assert set(whole.index[~certain].get_level_values(1)) == {"coverage@5", "gini@5"}
    assert (whole["low"] <= whole["mean"])[certain].all()
    assert (whole["mean"] <= whole["high"])[certain].all()
    assert whole.loc[("popular", "ndcg@5"), "mean"] > whole.loc[("random", "ndcg@5"), "mean"]
    assert (whole[["fit_seconds", "recommend_seconds"]] >= 0).all(axis=None)


def test_auc_leaves_out_what_the_user_has_seen(make_log):
    split = split_random(make_log(6), 0.3, rng=np.random.default_rng(0))
    model = Popular().fit(split.train)
    scores = model.score_all(split.test.users)
    scores[split.train.binary().toarray() > 0] = np.nan
    expected = np.nanmean(auc(scores, split.test.matrix))
    rows = evaluate({"popular": Popular()}, split, metrics=("auc",), progress=False)
    assert rows["mean"][0] == pytest.approx(expected)


def test_the_table_is_the_same_again_and_its_intervals_follow_the_generator(make_log):
    split = split_random(make_log(2), 0.3, rng=np.random.default_rng(0))
    models = {"popular": Popular(), "same": Popular(), "random": Random()}

    def run(seed=None) -> pd.DataFrame:
        chance = {} if seed is None else {"rng": np.random.default_rng(seed)}
        rows = evaluate(models, split, metrics=("ndcg",), **chance, progress=False)
        return rows.drop(columns=["fit_seconds", "recommend_seconds"])

    pd.testing.assert_frame_equal(run(), run())
    pd.testing.assert_frame_equal(run(3), run(3))
    pd.testing.assert_series_equal(run()["mean"], run(3)["mean"])
    assert (run()["low"] != run(3)["low"]).any()
    low = run().set_index(["model", "segment"])["low"]
    pd.testing.assert_series_equal(low["popular"], low["same"])


def test_the_models_given_stay_unfitted(by_hand):
    model = Popular()
    evaluate({"popular": model}, by_hand, progress=False)
    assert not hasattr(model, "train_")


def test_lists_longer_than_the_catalogue_count_the_empty_slots(by_hand):
    rows = table(by_hand, k=50, metrics=("precision", "recall"))["mean"]["all"]
    assert rows.to_dict() == pytest.approx({"precision@50": (2 + 1 + 1) / 50 / 3, "recall@50": 1.0})


def test_progress_is_shown_only_if_asked_for(by_hand, capsys):
    evaluate({"popular": Popular()}, by_hand, progress=False)
    assert capsys.readouterr() == ("", "")
    evaluate({"popular": Popular()}, by_hand)
    assert "evaluate: 100%" in capsys.readouterr().err


def test_surprise_can_be_evaluated(make_log):
    split = split_random(make_log(2), 0.3, rng=np.random.default_rng(0))
    np.random.seed(0)  # noqa: NPY002  (NormalPredictor draws from numpy's global generator)
    models = {"normal": SurpriseModel(NormalPredictor())}
    rows = evaluate(models, split, metrics=("rmse",), progress=False)
    assert 1 < rows["mean"][0] < 3


def test_overlap_is_refused_and_named(by_hand):
    both = events(("bob", "A", 1))
    with pytest.raises(
        LeakageError, match=r"1 .*pairs are in train and in test \(\('bob', 'A'\)\)"
    ):
        evaluate({"popular": Popular()}, Split(by_hand.train, both, "mine", "none"))


def test_future_events_are_refused_and_named():
    def at(*rows) -> Interactions:
        frame = pd.DataFrame(rows, columns=[USER, ITEM, TIME])
        return Interactions.from_frame(frame, time=TIME, users=["a", "b"], items=[1, 2])

    split = Split(at(("a", 1, 10), ("b", 1, 30)), at(("a", 2, 20)), "mine", "global")
    with pytest.raises(LeakageError, match=r"not before the test \(\('b', 1\)\)"):
        evaluate({"popular": Popular()}, split)


def test_duplicates_are_refused_and_named():
    log = pd.DataFrame({USER: [1, 2, 1], ITEM: [5, 5, 5]})
    with pytest.raises(DataError, match=r"the first is \(1, 5\) \(row 2, counted from 0\)"):
        Interactions.from_frame(log)


def test_requests_that_cannot_be_met_are_refused(by_hand):
    models = {"popular": Popular()}
    with pytest.raises(ArgumentError, match=r"metrics \['nDCG'\] are not known. Choose from prec"):
        evaluate(models, by_hand, metrics=("nDCG", "recall"))
    with pytest.raises(ArgumentError, match="k must be an integer of at least 1, not 0"):
        evaluate(models, by_hand, k=0)
    for none in ({}, [Popular()]):
        with pytest.raises(ArgumentError, match="models must be a dict of at least one"):
            evaluate(none, by_hand)
    with pytest.raises(ArgumentError, match="Choose from"):
        evaluate(models, by_hand, metrics=())
    for name in ("diversity", "miscalibration"):
        with pytest.raises(DataError, match=r"genres.*Pass items="):
            evaluate(models, by_hand, metrics=(name,))
    with pytest.raises(DataError, match="no user has a relevant event"):
        evaluate(models, by_hand, relevant_from=6)


def test_one_metric_may_be_given_by_its_name_alone(by_hand):
    assert set(table(by_hand, metrics="recall").index.get_level_values(1)) == {"recall@2"}
    assert set(DEFAULT) <= set(KNOWN)


def test_a_log_in_place_of_a_split_is_told_so(by_hand):
    with pytest.raises(ArgumentError, match="must be a Split, not Interactions"):
        evaluate({"popular": Popular()}, by_hand.train)


def test_a_table_without_a_value_is_refused(by_hand):
    with pytest.raises(ArgumentError, match="Popular has no value of 'rmse'"):
        evaluate({"popular": Popular()}, by_hand, metrics=("rmse",), progress=False)
