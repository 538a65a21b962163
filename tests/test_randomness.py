"""A seed does as well as a generator, at every public door, and nothing else does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import audit, comparison, evaluation, intervals, splits, tuning
from recsys_lib.errors import ArgumentError
from recsys_lib.experiments import interleaving
from recsys_lib.interactions import Interactions
from recsys_lib.models import EASE, Popular
from recsys_lib.next_title import shuffled
from recsys_lib.randomness import generator
from recsys_lib.rerank import exploration
from recsys_lib.significance import group_gaps
from recsys_lib.simulation.bookshop import Bookshop

DRAWN = np.random.default_rng(5)
PAIRS = np.argwhere(DRAWN.random((40, 20)) < 0.4)
LOG = Interactions.from_frame(
    pd.DataFrame(PAIRS, columns=["user_id", "item_id"]).assign(at=range(len(PAIRS))), time="at"
)
SPLIT = splits.split_random(LOG, rng=np.random.default_rng(3))
VALUES, GROUPS = DRAWN.random(40), np.repeat(["a", "b"], 20)
ITEMS, SCORES = np.arange(12).reshape(2, 6), -np.sort(DRAWN.random((2, 6)))
PER_USER = evaluation.evaluate({"popular": Popular(), "EASE": EASE()}, SPLIT, per_user=True,
                               progress=False)  # fmt: skip

DOORS = {
    "split_random": lambda rng: splits.split_random(LOG, rng=rng).test,
    "k_fold": lambda rng: next(splits.k_fold(LOG, 3, rng=rng)).test,
    "cold_users": lambda rng: splits.cold_users(LOG, rng=rng).test,
    "cold_items": lambda rng: splits.cold_items(LOG, rng=rng).test,
    "again": lambda rng: splits.again(splits.Recipe("k_fold"), LOG, 0.3, rng=rng).test,
    "validation": lambda rng: tuning.validation(SPLIT, rng=rng).test,
    "tune": lambda rng: tuning.tune(EASE(), {"l2": [9]}, SPLIT, rng=rng, progress=False).table[
        ["mean", "low", "high"]
    ],
    "evaluate": lambda rng: evaluation.evaluate(
        {"popular": Popular()}, SPLIT, rng=rng, progress=False
    )[["mean", "low", "high"]],
    "compare": lambda rng: comparison.compare(PER_USER, "EASE", rng=rng),
    "bootstrap_interval": lambda rng: intervals.bootstrap_interval(VALUES, rng=rng),
    "seed_noise": lambda rng: intervals.seed_noise([VALUES[:1], VALUES[1:2]], 9, rng),
    "group_gaps": lambda rng: group_gaps(VALUES, GROUPS, rng=rng),
    "by_group": lambda rng: audit.by_group(VALUES, GROUPS, rng=rng),
    "gap": lambda rng: audit.gap(VALUES, GROUPS == "a", rng=rng),
    "lift_by_group": lambda rng: audit.lift_by_group(VALUES, VALUES[::-1], GROUPS, rng=rng),
    "exposure_against": lambda rng: audit.exposure_against(VALUES, {"all": 0.5}, rng=rng),
    "epsilon_greedy": lambda rng: exploration.epsilon_greedy(ITEMS, SCORES, epsilon=0.5, rng=rng),
    "thompson": lambda rng: exploration.thompson(ITEMS, SCORES, 0.5, rng=rng),
    "team_draft": lambda rng: interleaving.team_draft("abcdef", "fedcba", 6, rng=rng),
    "shuffled": lambda rng: shuffled(LOG, rng).times,
    "bookshop": lambda rng: Bookshop().run(3, rng=rng),
}


def shown(found) -> str:
    """What was found, in full, so that two runs can be compared whatever they return."""
    if isinstance(found, Interactions):
        return f"{found.event_rows.tolist()} {found.matrix.indices.tolist()}"
    return found.to_csv() if isinstance(found, pd.DataFrame) else repr(found)


@pytest.mark.parametrize("door", DOORS)
def test_a_seed_is_a_new_generator_with_it(door):
    by_seed = shown(DOORS[door](11))
    assert by_seed == shown(DOORS[door](np.random.default_rng(11)))
    assert any(by_seed != shown(DOORS[door](seed)) for seed in (12, 13, 14))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("wrong", [None, -1, 0.5, "7", True])
def test_anything_else_is_refused_by_name(door, wrong):
    with pytest.raises(ArgumentError, match="rng must be a numpy generator or a seed"):
        DOORS[door](wrong)


def test_a_generator_goes_on_where_it_ended():
    rng = np.random.default_rng(1)
    assert generator(rng) is rng
    assert generator(np.int64(4)).random() == np.random.default_rng(4).random()
