"""How far people look: down the rows and along them, from what they clicked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, stats
from scipy.special import expit

from recsys_lib.errors import DataError

FEWEST = 50  # clicks; with fewer, no decay can be told
STEP = 1e-5  # of a slope by differences


class Look(NamedTuple):
    """Fitted chances: a name, its value and interval a row; shape (parameters,) each."""

    name: tuple[str, ...]
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def grid_chance(row_decay: float, position_decay: float, rows: int, positions: int) -> np.ndarray:
    """Chance that each slot is looked at: row_decay ** row * position_decay ** position.

    Rows and positions count from 0; float64 (rows, positions).

    >>> grid_chance(0.5, 0.8, 2, 2)
    array([[1. , 0.8],
           [0.5, 0.4]])
    """
    return np.outer(row_decay ** np.arange(rows), position_decay ** np.arange(positions))


def fit_grid(row, position, clicked, *, weight=None, users=None, level: float = 0.95) -> Look:
    """Fit a chance to click that falls with the row and along it.

    The parameters are those under which the clicks are likeliest:

    chance = appeal * row_decay ** row * position_decay ** position
    likelihood = sum(weight * (clicked * log(chance) + (1 - clicked) * log(1 - chance)))

    What stands on top is better as well as more looked at. So only slots whose title was drawn by
    lot tell one from the other: give these alone, or all with weight = (chance by an even lot) /
    (chance with which it was shown). Without either, decay is mistaken for taste.

    Args:
        row, position: of each slot, from 0; clicked: 0 and 1; all of shape (n,).
        weight: of each slot, at least 0; None weighs all 1.
        users: who saw each slot; the interval counts viewers, not slots. None: each by itself.
        level: how often each interval is to hold the truth.

    Returns:
        appeal, row_decay, position_decay; intervals by the sandwich of slopes summed by viewer, on
        the logarithm, so that they lie above 0.

    Raises:
        DataError: lengths differ, fewer than `FEWEST` clicks, or only one row or position.
    """
    row, position = np.asarray(row, float), np.asarray(position, float)
    clicked, weight, users = _given(clicked, weight, users, len(row))
    if len(np.unique(row)) < 2 or len(np.unique(position)) < 2:
        raise DataError("decay needs slots in at least two rows and two positions")
    design = np.column_stack([np.ones(len(row)), row, position])
    return _fitted(("appeal", "row_decay", "position_decay"), design, clicked, weight, users, level)


def fit_cascade(first, places: int, *, weight=None, users=None, level: float = 0.95) -> Look:
    """Fit a viewer who goes from slot to slot, stops at a click, and may stop without one.

    The first click is in slot k with

    chance[k] = appeal * ((1 - appeal) * stay) ** k

    Args:
        first: the slot of each page's first click, from 0; -1 for a page without one.
        places: slots of a page.
        weight, users: of each page, as for `fit_grid`.
        level: how often each interval is to hold the truth.

    Returns:
        appeal, stay; intervals by the sandwich, on the log odds.

    Raises:
        DataError: as `fit_grid`; also if a slot is none of the page's.
    """
    first = np.asarray(first)
    if places < 2 or not np.isin(first, np.arange(-1, places)).all():
        raise DataError(f"a first click is in a slot from 0 to {places - 1}, or -1 for none")
    _, weight, users = _given(first >= 0, weight, users, len(first))

    def logs(parameters):
        """Of the chance of each outcome; the last one is that of no click."""
        appeal, stay = expit(parameters)
        by_place = appeal * ((1 - appeal) * stay) ** np.arange(places)
        return np.log(np.r_[by_place, 1 - by_place.sum()])

    outcomes = np.bincount(first % (places + 1), weight, places + 1)  # -1 becomes the last
    found = optimize.minimize(lambda at: -outcomes @ logs(at), [-2.0, 1.0], method="BFGS").x
    steps = STEP * np.eye(2)
    slope = np.column_stack([(logs(found + e) - logs(found - e)) / (2 * STEP) for e in steps])
    curve = (slope.T * outcomes) @ slope  # the information, outcome by outcome
    scores = (weight[:, None] * slope[first % (places + 1)]).T
    by_user = np.column_stack([np.bincount(users, score) for score in scores])
    inverse = np.linalg.inv(curve)
    error = np.sqrt(np.diag(inverse @ (by_user.T @ by_user) @ inverse))
    reach = stats.norm.ppf((1 + level) / 2) * error
    return Look(("appeal", "stay"), *(expit(found + side) for side in (0.0, -reach, reach)))


def _fitted(names, design, clicked, weight, users, level: float) -> Look:
    """Log-linear chances by Newton-like steps, with standard errors that count viewers."""

    def loss(logs):
        chance = np.clip(np.exp(design @ logs), 1e-12, 1 - 1e-9)
        slope = weight * (clicked - chance) / (1 - chance)
        total = weight @ (clicked * np.log(chance) + (1 - clicked) * np.log1p(-chance))
        return -total, -(slope @ design)

    start = np.r_[np.log(max(clicked.mean(), 1e-6)), np.full(design.shape[1] - 1, -0.1)]
    bounds = [(-20.0, -1e-9)] + [(-5.0, 5.0)] * (design.shape[1] - 1)
    found = optimize.minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B",
                              options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9})  # fmt: skip
    error = np.sqrt(np.diag(_sandwich(design, clicked, weight, users, found.x)))
    reach = stats.norm.ppf((1 + level) / 2) * error
    return Look(names, *(np.exp(found.x + side) for side in (0.0, -reach, reach)))


def _sandwich(design, clicked, weight, users, logs) -> np.ndarray:
    chance = np.clip(np.exp(design @ logs), 1e-12, 1 - 1e-9)
    curve = weight * (1 - clicked) * chance / (1 - chance) ** 2
    inverse = np.linalg.inv((design.T * curve) @ design)
    slope = (weight * (clicked - chance) / (1 - chance))[:, None] * design
    by_user = np.column_stack([np.bincount(users, column) for column in slope.T])
    return inverse @ (by_user.T @ by_user) @ inverse


def _given(clicked, weight, users, n: int) -> tuple[np.ndarray, ...]:
    clicked = np.asarray(clicked, float)
    weight = np.ones(n) if weight is None else np.asarray(weight, float)
    users = np.arange(n) if users is None else pd.factorize(np.asarray(users))[0]
    if not len(clicked) == len(weight) == len(users) == n:
        raise DataError("each slot needs a place, a click, a weight and a viewer")
    if not np.isin(clicked, (0, 1)).all() or not (weight >= 0).all():
        raise DataError("clicks are 0 or 1 and weights at least 0")
    if clicked.sum() < FEWEST:
        raise DataError(f"{int(clicked.sum())} clicks cannot tell how far people look",
                        fix=f"Bring at least {FEWEST}.")  # fmt: skip
    return clicked, weight, users
