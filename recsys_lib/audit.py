"""Fairness by group, with intervals: who is served how well, and who is shown how much."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import DataError

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
    values: np.ndarray, groups: np.ndarray, *, rng: np.random.Generator, draws: int = 1000
) -> pd.DataFrame:
    """Mean of each group of viewers, for example of their nDCG or true satisfaction.

    Args:
        values: one a viewer, (n_users,); NaN where nothing can be said.
        groups: label of each viewer's group, (n_users,).
        rng: decides the bootstrap.

    Returns:
        DataFrame group, mean, low, high (95 % bootstrap interval over viewers), users; sorted by
        group; NaN for a group without values.

    >>> by_group([1.0, 1.0, 4.0], ["a", "a", "b"], rng=np.random.default_rng(0)).round(2)
      group  mean  low  high  users
    0     a   1.0  1.0   1.0      2
    1     b   4.0  4.0   4.0      1
    """
    return _table(values, np.ones(len(values)), groups, rng, draws)


def gap(
    values: np.ndarray,
    in_group: np.ndarray,
    *,
    rng: np.random.Generator,
    draws: int = 1000,
) -> tuple[float, float, float]:
    """Mean of the group less mean of the others, with its 95 % bootstrap interval.

    Args:
        values: one a viewer, (n_users,); NaN where nothing can be said.
        in_group: bool (n_users,).
        rng: decides the bootstrap, which draws from both sides separately.

    Returns:
        difference, low, high.

    >>> gap([1.0, 1.0, 4.0], np.array([False, False, True]), rng=np.random.default_rng(0))
    (3.0, 3.0, 3.0)
    """
    values, member = np.asarray(values, np.float64), np.asarray(in_group, bool)
    _check_lengths(values, member)
    sides = [values[side & ~np.isnan(values)] for side in (member, ~member)]
    if not all(len(side) for side in sides):
        raise DataError("a gap needs viewers with a value on both sides")
    drawn = np.subtract(*(_ratios(side, np.ones(len(side)), rng, draws) for side in sides))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(sides[0].mean() - sides[1].mean()), float(low), float(high)


def lift_by_group(
    list_popularity: np.ndarray,
    history_popularity: np.ndarray,
    groups: np.ndarray,
    *,
    rng: np.random.Generator,
    draws: int = 1000,
) -> pd.DataFrame:
    """`metrics.fairness.popularity_lift` of each group of viewers, with intervals.

    lift[g] = mean list_popularity of g / mean history_popularity of g - 1

    Returns:
        As `by_group`; viewers for whom either value is NaN are left out.

    >>> lift_by_group([0.3, 0.3], [0.2, 0.2], ["a", "a"], rng=np.random.default_rng(0)).round(2)
      group  mean  low  high  users
    0     a   0.5  0.5   0.5      2
    """
    table = _table(list_popularity, history_popularity, groups, rng, draws)
    return table.assign(**{name: table[name] - 1 for name in ("mean", "low", "high")})


def exposure_against(
    exposure: np.ndarray,
    references: dict[str, np.ndarray | float],
    *,
    rng: np.random.Generator,
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

    >>> exposure_against([0.1, 0.3], {"availability": 0.4}, rng=np.random.default_rng(0)).iloc[0]
    reference                                         availability
    exposure                                                   0.2
    share                                                      0.4
    ratio                                                      0.5
    low                                                       0.25
    high                                                      0.75
    meaning      exposure in proportion to the titles on the shelf
    Name: 0, dtype: object
    """
    rows = []
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
            low, high = np.percentile(drawn, [2.5, 97.5])
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
