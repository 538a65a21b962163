"""The card says what the tables say, no more, and refuses to be written without limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.audit import by_group
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
        "gap": [-0.2, 0.2, np.nan],
        "p": [0.049, 0.049, np.nan],
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
        "| group | mean | 95 % interval | n | gap to the others |  |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| cheap | 0.200 | 0.150 to 0.250 | 600 | -0.200 | served worse |\n"
        "| dear | 0.400 | 0.350 to 0.450 | 600 | +0.200 |  |\n"
        "| none | – | – | 0 | – |  |\n\n"
        "Marked: below the others by more than chance explains, 2 groups compared.\n\n"
        "## Limits\n\n- New titles.\n- Children.\n"
    )


def test_a_gap_that_chance_explains_is_not_marked():
    likely = BY_PLAN.assign(p=[0.05, 0.05, np.nan])
    assert "served worse" not in model_card(TABLE, "ease", groups={"g": likely}, **TEXT)


@pytest.mark.parametrize(("groups", "size"), [(20, 5), (7, 200)])
def test_where_all_are_served_alike_few_cards_bear_a_mark(groups, size):
    """Of 100 cards 5 may; 12 or more would come by chance in 4 of 1,000 such tests."""
    draw, labels, marked = np.random.default_rng(5), np.repeat(np.arange(groups), size), 0
    for _ in range(100):
        ndcg = np.where(draw.random(len(labels)) < 0.5, 0, draw.beta(1.5, 3, len(labels)))
        table = by_group(ndcg, labels, rng=draw, draws=10)
        marked += "served worse" in model_card(TABLE, "ease", groups={"g": table}, **TEXT)
    assert marked < 12


def test_a_group_that_is_served_worse_is_marked_and_no_other():
    draw, labels = np.random.default_rng(6), np.repeat(np.arange(7), 200)
    ndcg = np.where(draw.random(1400) < 0.5, 0, draw.beta(1.5, 3, 1400)) * (1 - 0.5 * (labels == 3))
    card = model_card(TABLE, "ease", groups={"g": by_group(ndcg, labels, rng=draw)}, **TEXT)
    assert [line[:4] for line in card.splitlines() if "served worse" in line] == ["| 3 "]


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
    with pytest.raises(DataError, match=r"by age has no column \['group', 'gap', 'p'\]"):
        model_card(TABLE, "ease", groups={"by age": TABLE}, **TEXT)
