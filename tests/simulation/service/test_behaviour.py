"""What viewers do, one step at a time."""

import numpy as np

from recsys_lib.simulation import WorldConfig
from recsys_lib.simulation.service import behaviour as act
from recsys_lib.simulation.service.lots import Lots

CONFIG = WorldConfig()


def test_search_is_a_multinomial_logit():
    appeal, awareness = np.array([1.0, 0.0, 2.0, 9.0]), np.array([0.5, 1.0, -1.0, -np.inf])
    n = 100_000
    luck = Lots(0, 0, 0, n).gumbel("luck", 4)
    chosen = act.search(np.tile(appeal, (n, 1)), awareness, luck)
    weight = np.exp(appeal + awareness)
    chance = weight / weight.sum()
    error = np.sqrt(chance * (1 - chance) / n)
    assert (np.abs(np.bincount(chosen, minlength=4) / n - chance) <= 4.5 * error).all()


def test_each_bad_evening_in_a_row_makes_leaving_likelier():
    chance = act.leave_chance(np.arange(5), CONFIG)
    np.testing.assert_allclose(chance[1:] / chance[:-1], np.exp(CONFIG.leave_growth))
    assert act.leave_chance(np.array([20]), CONFIG)[0] == 0.5
