"""Unfit for an age: the marks, the threshold's formula, and what it promises."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM
from recsys_lib.models.content.maturity import READ, MaturityClassifier, unfit_for


def drawn(n: int, seed: int = 0) -> pd.DataFrame:
    """Titles whose tone gives their mark away four times in five."""
    rng = np.random.default_rng(seed)
    unfit = rng.random(n) < 0.6
    tells = rng.random(n) < 0.8
    return pd.DataFrame(
        {
            ITEM: range(n),
            "synopsis": rng.choice(["a boat sails", "a house burns", "rain falls"], n),
            "genres": rng.choice(["drama", "comedy|drama"], n),
            "themes": rng.choice(["love", "nature"], n),
            "tone": np.where(unfit == tells, "dark", "cosy"),
            "maturity": np.where(unfit, "16+", "7+"),
        }
    )


@pytest.fixture(scope="module")
def titles() -> pd.DataFrame:
    return drawn(300)


def test_a_mark_above_the_age_is_unfit():
    marks = pd.Series(["all", "7+", "10+", "13+", "16+", "18+"])
    assert unfit_for(marks, 11).tolist() == [False] * 3 + [True] * 3
    assert unfit_for(marks, 13).tolist() == [False] * 4 + [True] * 2
    with pytest.raises(DataError, match=r"holds 'PG'. Use one of all, 7\+"):
        unfit_for(pd.Series(["all", "PG"]), 11)


def test_the_threshold_is_the_mth_smallest_chance_of_an_unfit_title(titles):
    model = MaturityClassifier(miss=0.1).fit(titles)
    unfit = (titles["maturity"] == "16+").to_numpy()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    chance = cross_val_predict(
        model.pipeline_, titles[list(READ)], unfit, cv=folds, method="predict_proba"
    )[:, 1]
    m = int(0.1 * (unfit.sum() + 1))
    assert model.threshold_ == sorted(chance[unfit])[m - 1]
    assert (chance[unfit] < model.threshold_).sum() == m - 1


def test_about_the_promised_share_is_missed_among_new_titles():
    missed = []
    for seed in range(4):
        model = MaturityClassifier(miss=0.2).fit(drawn(300, seed))
        new = drawn(1000, seed + 100)
        missed.append((~model.predict(new))[(new["maturity"] == "16+").to_numpy()].mean())
    assert 0.1 < np.mean(missed) < 0.26


def test_a_smaller_promise_flags_more(titles):
    flagged = [MaturityClassifier(miss=miss).fit(titles).predict(titles).sum()
               for miss in (0.3, 0.1, 0.001)]  # fmt: skip
    assert flagged[0] <= flagged[1] <= flagged[2] == len(titles)


def test_the_mark_is_not_read_when_a_title_is_judged(titles):
    model = MaturityClassifier().fit(titles)
    blind = titles.drop(columns="maturity")
    np.testing.assert_array_equal(model.predict(blind), model.predict(titles))
    assert (model.chance_unfit(blind) >= model.threshold_).tolist() == model.predict(blind).tolist()


def test_what_cannot_be_met_is_refused(titles):
    for miss in (0, 1, -0.1):
        with pytest.raises(ArgumentError, match="miss must be above 0 and below 1"):
            MaturityClassifier(miss=miss).fit(titles)
    with pytest.raises(ArgumentError, match="C must be above 0"):
        MaturityClassifier(C=0).fit(titles)
    with pytest.raises(ArgumentError, match="age must be a number of at least 0"):
        MaturityClassifier(age=-1).fit(titles)
    with pytest.raises(DataError, match="fewer than 5 titles are fit, or unfit, for age 18"):
        MaturityClassifier(age=18).fit(titles)
    with pytest.raises(DataError, match=r"no column \['maturity'\]"):
        MaturityClassifier().fit(titles.drop(columns="maturity"))
