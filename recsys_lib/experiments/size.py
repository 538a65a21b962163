"""How many viewers an experiment needs before it is worth starting."""

from __future__ import annotations

import math

from recsys_lib.errors import check_above, check_between


def viewers_needed(effect: float, sd: float, *, power: float = 0.8, level: float = 0.95) -> int:
    """Viewers an arm, of two of equal size, so that a true effect is seen as often as asked.

    n = about 2 * (z((1 + level) / 2) + z(power))**2 * sd**2 / effect**2

    Half the effect needs four times the viewers. z is the quantile of the normal distribution; what
    is returned is solved with Student's t, by statsmodels, and a viewer or two larger.

    Args:
        effect: the difference of means worth finding, in the metric's unit, not 0.
        sd: standard deviation of the metric between viewers; sqrt(share * (1 - share)) for a share.
        power: how often an effect of that size is to be found, between 0 and 1.
        level: 1 less the share of false alarms where there is no effect.

    Raises:
        ArgumentError: effect 0, sd not above 0, power or level outside 0 to 1, power no more than
            the share of false alarms.

    >>> viewers_needed(effect=1, sd=10)  # 2 * (1.96 + .84)**2 * 100 = 1,570
    1571
    """
    _check(sd, level, effect)
    check_between("power", power, 1 - level, 1)  # chance alone gives 1 - level
    from statsmodels.stats.power import TTestIndPower

    n = TTestIndPower().solve_power(abs(effect) / sd, alpha=1 - level, power=power)
    return max(math.ceil(float(n)), 2)


def power(n: int, effect: float, sd: float, *, level: float = 0.95) -> float:
    """How often `n` viewers an arm show a true effect, at the given level.

    Args: as for `viewers_needed`; n is at least 2.

    >>> round(power(1571, effect=1, sd=10), 2)
    0.8
    """
    _check(sd, level, effect)
    check_above("n", n, 1)
    from statsmodels.stats.power import TTestIndPower

    return float(TTestIndPower().power(abs(effect) / sd, n, alpha=1 - level))


def _check(sd: float, level: float, effect: float) -> None:
    check_above("sd", sd, 0)
    check_between("level", level, 0, 1)
    check_above("abs(effect)", abs(effect), 0)
