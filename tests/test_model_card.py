"""The card says what the tables say, no more, and refuses to be written without limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.evaluation import evaluate
from recsys_lib.model_card import model_card
from recsys_lib.models import EASE, Popular
from recsys_lib.splits import split_random

TABLE = pd.DataFrame(
    [
        ("popular", "ndcg@10", "all", 0.1, 0.05, 0.15, 1200),
        ("ease", "ndcg@10", "all", 0.3, 0.25, 0.35, 1200),
        ("ease", "ndcg@10", "cold", 0.2, 0.1, 0.3, 40),
        ("popular", "ndcg@10", "cold", 0.15, 0.1, 0.2, 40),
        ("ease", "coverage@10", "all", 0.5, np.nan, np.nan, 1200),
    ],
    columns=["model", "metric", "segment", "mean", "low", "high", "users"],
)
BY_PLAN = pd.DataFrame(
    {
        "group": ["cheap", "dear", "none"],
        "mean": [0.2, 0.4, np.nan],
        "low": [0.15, 0.35, np.nan],
        "high": [0.25, 0.45, np.nan],
        "users": [600, 600, 0],
    }
)
TEXT = {"use": "A row of ten.", "data": "Plays.", "limits": ["New titles.", "Children."]}


def test_a_card_by_hand():
    card = model_card(TABLE, "ease", groups={"nDCG@10 by plan": BY_PLAN}, **TEXT)
    assert card == (
        "# Model card: ease\n\n"
        "## Intended use\n\nA row of ten.\n\n"
        "## Data\n\nPlays.\n\n"
        "## Measured\n\n"
        "| metric | model | viewers | mean | 95 % interval | n |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| coverage@10 | ease | all viewers | 0.500 | – | 1,200 |\n"
        "| ndcg@10 | ease | all viewers | 0.300 | 0.250 to 0.350 | 1,200 |\n"
        "| ndcg@10 | ease | new viewers | 0.200 | 0.100 to 0.300 | 40 |\n"
        "| ndcg@10 | popular | all viewers | 0.100 | 0.050 to 0.150 | 1,200 |\n\n"
        "## nDCG@10 by plan\n\n"
        "| group | mean | 95 % interval | n |  |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| cheap | 0.200 | 0.150 to 0.250 | 600 | served worse |\n"
        "| dear | 0.400 | 0.350 to 0.450 | 600 |  |\n"
        "| none | – | – | 0 |  |\n\n"
        "## Limits\n\n- New titles.\n- Children.\n"
    )


def test_an_interval_that_reaches_the_mean_is_not_marked():
    touching = BY_PLAN.assign(high=[0.3, 0.45, np.nan])  # the mean of 0.2 and 0.4
    assert "served worse" not in model_card(TABLE, "ease", groups={"g": touching}, **TEXT)


def test_it_is_made_from_an_evaluation(make_log):
    split = split_random(make_log(0), rng=np.random.default_rng(0))
    table = evaluate({"ease": EASE(), "popular": Popular()}, split, k=5, progress=False)
    card = model_card(table, "ease", **TEXT)
    mean = table[(table["model"] == "ease") & (table["metric"] == "ndcg@5")]["mean"].iloc[0]
    assert f"| ndcg@5 | ease | all viewers | {mean:.3f} |" in card
    assert "| ndcg@5 | popular | all viewers |" in card


def test_what_cannot_be_said_is_refused():
    with pytest.raises(ArgumentError, match=r"no model 'best'\. Choose from popular, ease"):
        model_card(TABLE, "best", **TEXT)
    with pytest.raises(ArgumentError, match="limits must state at least one"):
        model_card(TABLE, "ease", use="x", data="y", limits=[])
    with pytest.raises(DataError, match=r"table has no column \['users'\]"):
        model_card(TABLE.drop(columns="users"), "ease", **TEXT)
    with pytest.raises(DataError, match=r"by age has no column \['group'\]"):
        model_card(TABLE, "ease", groups={"by age": TABLE}, **TEXT)
