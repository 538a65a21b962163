"""Luck belongs to viewer, day and purpose."""

import numpy as np
import pytest

from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.world.lots import name_keys, pair_normals


def test_a_viewers_lot_does_not_depend_on_who_else_is_there():
    lots = Lots(3, day=5, block=1, n=50)
    some = lots.take([4, 9, 30]).take([True, False, True])
    assert len(some) == 2
    for draw in ("uniform", "normal", "exponential", "gumbel"):
        whole = getattr(lots, draw)("look", 3)
        np.testing.assert_array_equal(getattr(some, draw)("look", 3), whole[[4, 30]])


@pytest.mark.parametrize("other", [(4, 5, 1, "a"), (3, 6, 1, "a"), (3, 5, 2, "a"), (3, 5, 1, "b")])
def test_another_seed_day_block_or_purpose_is_another_lot(other):
    *key, purpose = other
    assert (Lots(3, 5, 1, 20).uniform("a") != Lots(*key, 20).uniform(purpose)).all()
    assert (Lots(3, 5, 1, 20).uniform("a") == Lots(3, 5, 1, 20).uniform("a")).all()
    assert (Lots(3, 5, 1, 20).uniform("a") != Lots(3, 5, 1, 20).named("again").uniform("a")).all()


def test_gumbel_numbers_choose_by_a_logit():
    logits = np.array([0.0, 1.0, -0.5])
    best = np.argmax(logits + Lots(0, 0, 0, 90_000).gumbel("luck", 3), axis=1)
    chance = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(np.bincount(best) / 90_000, chance, atol=0.007)


def test_the_numbers_of_pairs_are_normal_and_each_pairs_own():
    keys = name_keys([f"title {n}" for n in range(400)])
    table = pair_normals(7, "pairs", np.arange(500)[:, None], keys)
    assert abs(table.mean()) < 0.01 and table.std() == pytest.approx(1, abs=0.01)
    assert np.abs(np.corrcoef(table[:40])[np.triu_indices(40, 1)]).max() < 0.25
    assert np.abs(np.corrcoef(table[:, :40].T)[np.triu_indices(40, 1)]).max() < 0.25
    np.testing.assert_array_equal(
        pair_normals(7, "pairs", np.array([9, 3]), keys[[1, 2]]), table[[9, 3], [1, 2]]
    )
    assert (pair_normals(8, "pairs", 9, keys) != table[9]).all()
