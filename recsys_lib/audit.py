"""Fairness by group, with intervals: who is served how well, and who is shown how much."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import DataError
from recsys_lib.intervals import between
from recsys_lib.randomness import Rng, generator
from recsys_lib.significance import group_gaps, holm

DEFINITIONS = {
    "availability": "exposure in proportion to the titles on the shelf",
    "consumption": "exposure in proportion to what viewers watch",
    "true preference": "exposure in proportion to what viewers would like best",
    "equal opportunity": "a title that suits a viewer is as likely listed, whoever made it",
    "equal utility": "lists are worth as much to every group of viewers",
    "true to taste": "no group's lists are more popular than what the group watches",
}
"""What each idea of fairness asks for, in a line."""


def by_group(
    values: np.ndarray, groups: np.ndarray, *, rng: Rng, draws: int = 1000
) -> pd.DataFrame:
    """Mean of each group of viewers, for example of their nDCG or true satisfaction.

    Args:
        values: one a viewer, (n_users,); NaN where nothing can be said.
        groups: label of each viewer's group, (n_users,).
        rng: decides the bootstrap and, apart from it, the re-labellings behind p.

    Returns:
        DataFrame group, mean, low, high (95 % bootstrap interval over viewers, NaN below
        `intervals.FEWEST`), users, gap (mean less the mean of the others), p (how often chance
        does as much, corrected for the number of groups: `significance.holm`); sorted by group;
        NaN for a group without values.

    >>> values, groups = [*[1.0, 3.0] * 8, *[5.0, 7.0] * 8], ["a"] * 16 + ["b"] * 16
    >>> by_group(values, groups, rng=np.random.default_rng(0)).round(2)
      group  mean  low  high  users  gap    p
    0     a   2.0  1.5   2.5     16 -4.0  0.0
    1     b   6.0  5.5   6.5     16  4.0  0.0
    """
    rng = generator(rng)
    apart = rng.spawn(1)[0]
    table = _table(values, np.ones(len(values)), groups, rng, draws)
    values, groups = np.asarray(values, np.float64), np.asarray(groups)
    known = ~np.isnan(values)
    labels, gaps, p = group_gaps(values[known], groups[known], rng=apart)
    against = pd.DataFrame({"gap": gaps, "p": holm(p)}, index=labels).reindex(table["group"])
    return table.assign(gap=against["gap"].to_numpy(), p=against["p"].to_numpy())


def gap(
    values: np.ndarray,
    in_group: np.ndarray,
    *,
    rng: Rng,
    draws: int = 1000,
) -> tuple[float, float, float]:
    """Mean of the group less mean of the others, with its 95 % bootstrap interval.

    Args:
        values: one a viewer, (n_users,); NaN where nothing can be said.
        in_group: bool (n_users,).
        rng: decides the bootstrap, which draws from both sides separately.

    Returns:
        difference, low, high; the interval is NaN if a side has fewer than `intervals.FEWEST`.

    >>> values, member = [1.0] * 10 + [4.0] * 10, np.arange(20) > 9
    >>> gap(values, member, rng=np.random.default_rng(0))
    (3.0, 3.0, 3.0)
    """
    rng = generator(rng)
    values, member = np.asarray(values, np.float64), np.asarray(in_group, bool)
    _check_lengths(values, member)
    sides = [values[side & ~np.isnan(values)] for side in (member, ~member)]
    if not all(len(side) for side in sides):
        raise DataError("a gap needs viewers with a value on both sides")
    drawn = np.subtract(*(_ratios(side, np.ones(len(side)), rng, draws) for side in sides))
    low, high = between(drawn[:, None], [min(map(len, sides))])  # the smaller side decides
    return float(sides[0].mean() - sides[1].mean()), float(low[0]), float(high[0])


def lift_by_group(
    list_popularity: np.ndarray,
    history_popularity: np.ndarray,
    groups: np.ndarray,
    *,
    rng: Rng,
    draws: int = 1000,
) -> pd.DataFrame:
    """`metrics.fairness.popularity_lift` of each group of viewers, with intervals.

    lift[g] = mean list_popularity of g / mean history_popularity of g - 1

    Returns:
        DataFrame group, mean, low, high, users, as from `by_group`; viewers for whom either value
        is NaN are left out.

    >>> listed, watched, groups = [0.3] * 10, [0.2] * 10, ["a"] * 10
    >>> lift_by_group(listed, watched, groups, rng=np.random.default_rng(0)).round(2)
      group  mean  low  high  users
    0     a   0.5  0.5   0.5     10
    """
    table = _table(list_popularity, history_popularity, groups, generator(rng), draws)
    return table.assign(**{name: table[name] - 1 for name in ("mean", "low", "high")})


def exposure_against(
    exposure: np.ndarray,
    references: dict[str, np.ndarray | float],
    *,
    rng: Rng,
    draws: int = 1000,
) -> pd.DataFrame:
    """A group of titles' exposure as a multiple of what each idea of fairness would give it.

    ratio = mean exposure / mean reference; 1 is fair by that idea, below 1 is too little

    Args:
        exposure: the group's share of each viewer's list, (n_users,), see `creators.list_share`.
        references: by name (those of `DEFINITIONS` are explained): the share that it should have,
            one number or one a viewer, for example `creators.history_share`.
        rng: decides the bootstrap.

    Returns:
        DataFrame reference, exposure, share (the mean reference), ratio, low, high (95 % bootstrap
        interval over viewers), meaning. A viewer counts for a reference if both values are known.

    >>> shares, fair = [0.2] * 10, {"availability": 0.4}
    >>> exposure_against(shares, fair, rng=np.random.default_rng(0)).round(2).iloc[0]
    reference                                         availability
    exposure                                                   0.2
    share                                                      0.4
    ratio                                                      0.5
    low                                                        0.5
    high                                                       0.5
    meaning      exposure in proportion to the titles on the shelf
    Name: 0, dtype: object
    """
    rng, rows = generator(rng), []
    for name, reference in references.items():
        reference = np.broadcast_to(np.asarray(reference, np.float64), np.shape(exposure))
        row = _table(exposure, reference, np.zeros(len(reference)), rng, draws).iloc[0]
        both = ~np.isnan(np.asarray(exposure) + reference)
        means = np.asarray(exposure)[both].mean(), reference[both].mean()
        meaning = DEFINITIONS.get(name, "")
        rows.append((name, *means, row["mean"], row["low"], row["high"], meaning))
    columns = ["reference", "exposure", "share", "ratio", "low", "high", "meaning"]
    return pd.DataFrame(rows, columns=columns)


def _table(top, bottom, groups, rng: np.random.Generator, draws: int) -> pd.DataFrame:
    """Sum of `top` over sum of `bottom` in each group, over viewers for whom both are known."""
    top, bottom = np.asarray(top, np.float64), np.asarray(bottom, np.float64)
    groups = np.asarray(groups)
    _check_lengths(top, bottom, groups)
    known, rows = ~np.isnan(top + bottom), []
    for group in np.unique(groups):
        here = known & (groups == group)
        mean = low = high = np.nan
        if here.any():
            with np.errstate(invalid="ignore", divide="ignore"):
                mean = top[here].sum() / bottom[here].sum()
                drawn = _ratios(top[here], bottom[here], rng, draws)
            (low,), (high,) = between(drawn[:, None], [here.sum()])
        rows.append((group, mean, low, high, int(here.sum())))
    return pd.DataFrame(rows, columns=["group", "mean", "low", "high", "users"])


def _ratios(top: np.ndarray, bottom: np.ndarray, rng: np.random.Generator, draws: int):
    """Sum of `top` over sum of `bottom` in resamples of the viewers, (draws,)."""
    n, result = len(top), np.empty(draws)
    for draw in range(draws):
        counts = np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)
        # Not @, whose order of adding depends on the number of threads.
        result[draw] = np.einsum("u,u->", counts, top) / np.einsum("u,u->", counts, bottom)
    return result


def _check_lengths(*arrays: np.ndarray) -> None:
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) > 1 or not lengths[0]:
        raise DataError(
            "there must be one value and one group a viewer", where=f"lengths {lengths}"
        )
