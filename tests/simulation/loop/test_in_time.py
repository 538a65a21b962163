"""The stored table of thumbs and time is whole, and what its command makes."""

import numpy as np
import pandas as pd
import pytest

from recsys_lib.simulation.loop import in_time
from recsys_lib.simulation.loop.in_time import (
    HALF_LIVES,
    LUCK,
    PLAYS,
    ROUNDS,
    SEEDS,
    WORLDS,
    exploring,
    first_plays,
    never_again,
    new_titles,
    policies,
    read_in_time,
    thumbs_lost,
)

KEYS = ["study", "world", "seed", "policy", "at"]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return read_in_time()


def test_the_table_is_whole(table):
    assert not table.duplicated(KEYS).any() and table["value"].notna().all()
    runs = table.groupby("study").size()
    policies_ = len(policies()) + 1  # and the hasty one
    assert runs["never again"] == len(LUCK) * len(SEEDS)
    assert runs["forgetting"] == len(WORLDS) * len(SEEDS) * (len(HALF_LIVES) + 2)
    assert runs["exploring"] == policies_ * len(SEEDS) * ROUNDS / 10
    assert runs["one run"] == policies_ * len(SEEDS) * PLAYS


def test_one_world_of_each_button_agrees_with_the_table(table):
    stored = table.set_index(KEYS)["value"]
    for name in LUCK:
        again = never_again(name, SEEDS[0]).set_index(KEYS)["value"]
        np.testing.assert_allclose(stored.loc[again.index], again, atol=6e-5)


def test_the_quick_policies_of_one_world_agree_with_the_table(table):
    stored = table.set_index(KEYS)["value"]
    again = exploring(SEEDS[1], only=["lot", "greedy", "a tenth by lot", "UCB"])
    again = again.set_index(KEYS)["value"]
    assert len(again) == 4 * (ROUNDS / 10 + PLAYS)
    np.testing.assert_allclose(stored.loc[again.index], again, atol=6e-5)


def test_one_life_of_thompson_and_of_the_hasty_agree_with_the_table(table):
    stored = table[table["study"] == "one run"].set_index(["seed", "policy", "at"])["value"]
    for name in ("Thompson", "hasty"):
        lost = thumbs_lost(name, new_titles(SEEDS[0]), 0)
        assert (np.diff(lost) >= -1e-12).all() and len(lost) == ROUNDS
        assert stored[SEEDS[0], name, 0] == pytest.approx(lost[-1], abs=6e-5)


def test_a_short_run_of_the_forgetful_knows_its_worlds(monkeypatch):
    """At a fraction of the size: every way is there, and fading changes what is foretold."""
    monkeypatch.setattr(in_time, "WEEKS", 5)
    monkeypatch.setattr(in_time, "KNOWN", 3)
    short = in_time.forgetting("tastes drift", SEEDS[0], n_viewers=150)
    assert short["policy"].tolist() == ["nothing", *["histories"] * len(HALF_LIVES), "all"]
    assert short["value"].nunique() > 3 and short["value"].between(0.01, 0.5).all()


def test_the_chances_are_those_of_the_truth():
    chances = new_titles(SEEDS[0]).chances
    assert chances.shape == (1, in_time.TITLES)
    assert ((chances > 0.02) & (chances < 0.9)).all()
    assert not np.allclose(chances, new_titles(SEEDS[1]).chances)


def test_first_plays_are_the_first():
    plays = pd.DataFrame({"viewer_id": [1, 1, 2], "title_id": [5, 5, 5]})
    plays["started_at"] = pd.to_datetime(["2025-01-09", "2025-01-07", "2025-01-08"])
    log = first_plays(plays)
    assert log.n_events == 2 and log.matrix.data.tolist() == [1, 1]
    assert log.times[0] == pd.Timestamp("2025-01-07").timestamp()
