"""The table of long runs is what its command makes, as far as a short run can tell."""

import gzip

import numpy as np
import pandas as pd
import pytest

from recsys_lib.simulation.loop.feedback_loop import run_loop
from recsys_lib.simulation.loop.policies import Lottery
from recsys_lib.simulation.loop.study import (
    KEYS,
    MONTH,
    SEEDS,
    TABLE,
    judged,
    read_study,
    study,
    write_study,
)
from recsys_lib.simulation.loop.worlds import (
    SETTINGS,
    WORLDS,
    genres_of,
    make_world,
    policies_in,
    shares_of,
    taste_groups,
)


@pytest.fixture(scope="module")
def table():
    return read_study()


@pytest.mark.parametrize("name", ["browsing", "drifting"])
def test_a_short_run_agrees_with_the_table(table, name):
    """The first month does not know how long the run will be."""
    only = ("by lot", "EASE weekly", "explore 0.05")
    short = study(name, SEEDS[0], rounds=MONTH, only=only).set_index(KEYS)
    stored = table.set_index(KEYS).loc[short.index, short.columns]
    assert len(short) >= 2 * 6
    np.testing.assert_allclose(stored, short, atol=0.00051)


def test_the_table_is_whole(table):
    months = SETTINGS["rounds"] // MONTH
    runs = table[table["of"] == "all"].groupby(["world", "policy", "seed"]).size()
    assert (runs == months).all()
    seeds = runs.groupby(["world", "policy"]).size()
    assert (seeds == len(SEEDS)).all() and len(SEEDS) >= 10
    assert set(table["world"]) == set(WORLDS)
    for name in WORLDS:
        named = policies_in(name, make_world(1, 0.5), [])
        assert set(seeds[name].index) == set(named)


def test_the_table_is_small_and_its_text_depends_on_its_numbers_alone(table, tmp_path):
    assert TABLE.stat().st_size < 350_000
    write_study(table, tmp_path / "again.csv.gz")
    again, bundled = (tmp_path / "again.csv.gz").read_bytes(), TABLE.read_bytes()
    assert gzip.decompress(again) == gzip.decompress(bundled)  # how it is packed is zlib's choice
    pd.testing.assert_frame_equal(read_study(tmp_path / "again.csv.gz"), table)


def test_taste_groups_are_fifths_by_the_fame_of_what_viewers_like():
    world = make_world(5, 0.5)
    groups = taste_groups(world)
    utility = world.true_utility(week=0)
    best = np.argsort(-utility, axis=1)[:, :50]
    fame = pd.Series(world.awareness[best].mean(axis=1)).groupby(groups).mean()
    assert fame["niche"] < fame["between"] < fame["mainstream"]
    assert (groups == "niche").mean() == pytest.approx(0.2, abs=0.01)
    one = np.corrcoef(utility[0], world.awareness)[0, 1]
    lean = [np.corrcoef(row, world.awareness)[0, 1] for row in utility]
    assert (groups[0] == "niche") == (one < np.quantile(lean, 0.2))


def test_a_mix_of_genres_sums_to_one():
    world = make_world(5, 0.5)
    history = run_loop(world, Lottery(), rounds=1, memory=2).histories[0]
    mix = genres_of(history, shares_of(world))
    some = history.user_counts > 0
    np.testing.assert_allclose(mix[some].sum(axis=1), 1)
    assert (mix[~some] == 0).all() and some.any()


def test_the_exam_is_ndcg_for_the_last_month_and_the_truth_is_utility():
    """Popular, title by title and viewer by viewer."""
    world = make_world(5, 0.5)
    run = run_loop(world, Lottery(), rounds=2, memory=6)
    found = judged(run).set_index("group").loc["Popular"]
    log = run.histories[-1]
    late = log.times >= np.unique(log.times)[-MONTH]
    train, test = log.select(~late).matrix.toarray() > 0, log.select(late).matrix.toarray() > 0
    order = np.lexsort((np.arange(log.n_items), -train.sum(axis=0)))
    exams, truths = [], []
    for viewer in range(log.n_users):
        unseen = [title for title in order if not train[viewer, title]][:20]
        hits = [test[viewer, title] for title in unseen]
        ideal = sum(1 / np.log2(rank + 2) for rank in range(min(test[viewer].sum(), 20)))
        if ideal:
            gained = sum(hit / np.log2(rank + 2) for rank, hit in enumerate(hits))
            exams.append(gained / ideal)
        fresh = [title for title in order if not (train | test)[viewer, title]][:20]
        truths += list(run.utility[viewer, fresh])
    assert found["offline"] == pytest.approx(np.mean(exams))
    assert found["slate_utility"] == pytest.approx(np.mean(truths))
