"""The protocol of petrov2023: the split, the ranks, and a loss beside the formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import petrov2023
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE
from recsys_lib.models import Popular, SASRec
from recsys_lib.models.sequences.network import SampledSoftmax


def ratings(n_users: int = 30) -> pd.DataFrame:
    """Everybody rates six of eight titles; a ninth has few ratings and is left out."""
    rng = np.random.default_rng(0)
    rows = [(u, i, 3.0, t) for u in range(n_users)
            for t, i in enumerate(rng.permutation(8)[:6])]  # fmt: skip
    rows += [(u, 8, 5.0, 99) for u in range(petrov2023.FEWEST - 1)]
    return pd.DataFrame(rows, columns=[USER, ITEM, VALUE, TIME]).sample(frac=1, random_state=0)


def test_the_last_is_asked_and_the_last_but_one_is_not_learned():
    table = ratings()
    learned, shown, target = petrov2023.parted(table)
    assert learned.n_items == 8 and learned.n_users == 30
    for user in range(30):
        own = table[(table[USER] == user) & (table[ITEM] < 8)].sort_values(TIME)[ITEM].tolist()
        assert target[user] == own[-1]
        assert set(shown.matrix[[user]].indices) == set(own[:-1])
        assert set(learned.matrix[[user]].indices) == set(own[:-2])
    with pytest.raises(DataError, match="no times"):
        petrov2023.parted(table.drop(columns=TIME))


def test_ranks_leave_out_what_was_rated_and_are_sober_about_ties():
    learned, shown, target = petrov2023.parted(ratings())
    model = Popular().fit(learned)
    found = petrov2023.judged(model, shown, target)
    counts = learned.item_counts
    for user in range(30):
        rated = set(shown.matrix[[user]].indices) | {target[user]}
        rank = 1 + sum(counts[i] >= counts[target[user]] for i in range(8) if i not in rated)
        expected = [1 / np.log2(1 + rank), float(rank == 1), 1.0]
        assert found[user].tolist() == pytest.approx(expected)


def test_the_loss_is_the_formula():
    rng = np.random.default_rng(1)
    right, wrong = rng.normal(size=(2, 3)), rng.normal(size=(2, 3, 4))
    wrong[0, 0, 0] = -1e30  # the next title itself, drawn by lot: it costs nothing
    for t in (0, 0.75, 1):
        found = petrov2023.GeneralisedBCE(None, 4, 0.0, t).missed(right, wrong, 21, np)
        a = 4 / 20
        b = a * (t * (1 - 1 / a) + 1 / a)
        assert b == pytest.approx({0: 1, 1: a}.get(t, b))
        for place in np.ndindex(2, 3):
            yes = 1 / (1 + np.exp(-right[place]))
            no = [1 - 1 / (1 + np.exp(-s)) for s in wrong[place] if s > -1e29]
            formula = -(b * np.log(yes) + np.log(no).sum()) / 5
            assert found[place] == pytest.approx(formula)


def test_each_model_learns_by_its_own_loss():
    sizes = dict(negatives=4, dropout=0.0)
    assert petrov2023.GSASRec(**sizes)._loss().t == petrov2023.T
    assert petrov2023.BCESASRec(**sizes)._loss().t == 0
    assert type(SASRec(**sizes)._loss()) is SampledSoftmax


def test_the_command_runs_from_ratings_to_measures(capsys, monkeypatch):
    pytest.importorskip("jax")

    class Copy:
        ratings = ratings()

    monkeypatch.setattr(petrov2023, "load_movielens", lambda name, path: Copy)
    monkeypatch.setattr(petrov2023, "SMALL", {"factors": 4, "length": 5, "blocks": 1})
    petrov2023.main(["somewhere", "--small", "--epochs", "2", "--losses", "gbce"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["popular", "gbce"]
    assert all(measure in lines[2] for measure in petrov2023.MEASURES)
