"""Equal to trec_eval, called through pytrec_eval, on random lists and on MovieLens 100K.

pytrec_eval is not built for every system. Its means are kept in trec_eval.json, so that our
measures are compared with them everywhere; where it is at hand, user by user as well.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.interactions import ITEM, RANK, USER
from recsys_lib.metrics.lists import make_lists
from recsys_lib.models import Popular, Random
from recsys_lib.per_user import per_user, relevant_events
from recsys_lib.splits import Split, split_random

STORED = json.loads(Path(__file__).with_name("trec_eval.json").read_text("utf-8"))
SAME = {
    "precision": "P_{}",
    "recall": "recall_{}",
    "ndcg": "ndcg_cut_{}",
    "map[all]": "map_cut_{}",
    "mrr": "recip_rank",
    "hit_rate": "success_{}",
}
MODELS = {"popular": Popular(), "random": Random(random_state=3)}
ON_A_RANDOM_LOG = pytest.mark.parametrize(
    ("model", "k"), [(model, k) for model in MODELS for k in (1, 5, 10)]
)
ON_MOVIELENS = pytest.mark.parametrize("k", [10, 50])


def ours(split: Split, model, k: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Our value of each measure, one row a user, and the lists that it was computed from."""
    rows, relevant = relevant_events(split.test)
    users = split.test.users[rows]
    frame = model.fit(split.train).recommend(users, k)
    values = per_user(make_lists(frame, users, k, split.train, relevant), tuple(SAME))
    return pd.DataFrame({name: np.asarray(values[name]) for name in SAME}, users.astype(str)), frame


def theirs(frame: pd.DataFrame, test: Interactions, k: int) -> pd.DataFrame:
    """trec_eval's value of each measure, one row a user, by its label as a string."""
    reason = "pytrec_eval is not installed, and not built for Linux on Arm; its means are stored"
    pytrec_eval = pytest.importorskip("pytrec_eval", reason=reason)
    true = test.to_frame().astype({USER: str, ITEM: str})
    relevant = {user: dict.fromkeys(part[ITEM], 1) for user, part in true.groupby(USER)}
    listed = frame.astype({USER: str, ITEM: str}).assign(score=1.0 / frame[RANK])
    run = {
        user: dict(zip(part[ITEM], part["score"], strict=True))
        for user, part in listed.groupby(USER)
    }
    wanted = {f"{name}.{k}" for name in ("P", "recall", "ndcg_cut", "map_cut", "success")}
    evaluator = pytrec_eval.RelevanceEvaluator(relevant, wanted | {"recip_rank"})
    values = pd.DataFrame(evaluator.evaluate(run)).T
    return pd.DataFrame({name: values[measure.format(k)] for name, measure in SAME.items()})


@pytest.fixture
def random_log(make_log) -> Split:
    log = make_log(5, users=60, items=25, events=700)
    return split_random(log, 0.4, rng=np.random.default_rng(0))


@pytest.fixture
def movielens(movielens_folder) -> Split:
    columns = [USER, ITEM, "value", "time"]
    frame = pd.read_csv(movielens_folder("ml-100k") / "u.data", sep="\t", names=columns)
    return split_random(Interactions.from_frame(frame), rng=np.random.default_rng(0))


def compare_with_stored(case: str, values: pd.DataFrame) -> None:
    assert values["ndcg"].mean() > 0, "a comparison of zeros shows nothing"
    assert values.mean().to_dict() == pytest.approx(STORED[case], abs=1e-6)


def compare_with_trec_eval(case: str, split: Split, model, k: int) -> None:
    values, frame = ours(split, model, k)
    peer = theirs(frame, split.test, k).loc[values.index]
    pd.testing.assert_frame_equal(values, peer, atol=1e-6, rtol=0, check_dtype=False)
    compare_with_stored(case, peer)


@ON_A_RANDOM_LOG
def test_means_equal_the_stored_ones_on_a_random_log(random_log, model, k):
    compare_with_stored(f"random log, {model}@{k}", ours(random_log, MODELS[model], k)[0])


@ON_A_RANDOM_LOG
def test_equal_user_by_user_on_a_random_log(random_log, model, k):
    compare_with_trec_eval(f"random log, {model}@{k}", random_log, MODELS[model], k)


@ON_MOVIELENS
def test_means_equal_the_stored_ones_on_movielens_100k(movielens, k):
    compare_with_stored(f"MovieLens 100K, popular@{k}", ours(movielens, Popular(), k)[0])


@ON_MOVIELENS
def test_equal_user_by_user_on_movielens_100k(movielens, k):
    compare_with_trec_eval(f"MovieLens 100K, popular@{k}", movielens, Popular(), k)


def test_a_wrong_measure_would_be_seen(random_log):
    values, _ = ours(random_log, Popular(), 5)
    with pytest.raises(AssertionError):
        compare_with_stored("random log, popular@5", values.assign(ndcg=values["ndcg"] + 1e-5))
