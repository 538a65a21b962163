"""Equal to trec_eval, called through pytrec_eval, on random lists and on MovieLens 100K."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import pytrec_eval

from recsys_lib import Interactions
from recsys_lib.interactions import ITEM, RANK, USER
from recsys_lib.metrics.lists import make_lists
from recsys_lib.models import Popular, Random
from recsys_lib.per_user import per_user, relevant_events
from recsys_lib.splits import Split, split_random

SAME = {
    "precision": "P_{}",
    "recall": "recall_{}",
    "ndcg": "ndcg_cut_{}",
    "map[all]": "map_cut_{}",
    "mrr": "recip_rank",
    "hit_rate": "success_{}",
}


def assert_equal_to_trec_eval(split: Split, model, k: int) -> None:
    rows, relevant = relevant_events(split.test)
    users = split.test.users[rows]
    frame = model.fit(split.train).recommend(users, k)
    ours = per_user(make_lists(frame, users, k, split.train, relevant), tuple(SAME))
    theirs = trec_eval(frame, split.test, k).loc[users.astype(str)]
    assert ours["ndcg"].mean() > 0, "a comparison of zeros shows nothing"
    for name, measure in SAME.items():
        column = theirs[measure.format(k)].to_numpy()
        np.testing.assert_allclose(ours[name], column, atol=1e-6, err_msg=name)


def trec_eval(frame: pd.DataFrame, test: Interactions, k: int) -> pd.DataFrame:
    """trec_eval's value of each measure, one row a user, by its label as a string."""
    true = test.to_frame().astype({USER: str, ITEM: str})
    relevant = {user: dict.fromkeys(part[ITEM], 1) for user, part in true.groupby(USER)}
    listed = frame.astype({USER: str, ITEM: str}).assign(score=1.0 / frame[RANK])
    run = {
        user: dict(zip(part[ITEM], part["score"], strict=True))
        for user, part in listed.groupby(USER)
    }
    wanted = {f"{name}.{k}" for name in ("P", "recall", "ndcg_cut", "map_cut", "success")}
    evaluator = pytrec_eval.RelevanceEvaluator(relevant, wanted | {"recip_rank"})
    return pd.DataFrame(evaluator.evaluate(run)).T


@pytest.mark.parametrize("k", [1, 5, 10])
@pytest.mark.parametrize("model", [Popular(), Random(random_state=3)])
def test_equal_on_a_random_log(make_log, model, k):
    log = make_log(5, users=60, items=25, events=700)
    split = split_random(log, 0.4, rng=np.random.default_rng(0))
    assert_equal_to_trec_eval(split, model, k)


@pytest.mark.parametrize("k", [10, 50])
def test_equal_on_movielens_100k(movielens_folder, k):
    columns = [USER, ITEM, "value", "time"]
    frame = pd.read_csv(movielens_folder("ml-100k") / "u.data", sep="\t", names=columns)
    split = split_random(Interactions.from_frame(frame), rng=np.random.default_rng(0))
    assert_equal_to_trec_eval(split, Popular(), k)
