"""What tiles give away: how well an outsider guesses a viewer's circle from the pictures."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from recsys_lib.errors import DataError


def guessed(pictures: np.ndarray, circle: np.ndarray, folds: int = 5) -> np.ndarray:
    """Whether an outsider guesses each viewer's circle from the pictures that the viewer is shown.

    The outsider knows the circles of four fifths of the viewers, learns from their tiles by a
    logistic regression with a column for each picture of each title, and guesses the others'.

    Args:
        pictures: number of the picture of each title, int (n_viewers, n_titles).
        circle: 0 or 1 of each viewer.

    Returns:
        bool (n_viewers,); its mean is one half where the tiles say nothing.

    Raises:
        DataError: shapes differ, or a circle has fewer members than there are folds.
    """
    pictures, circle = np.asarray(pictures), np.asarray(circle)
    if pictures.ndim != 2 or len(pictures) != len(circle):
        raise DataError("each viewer needs a row of pictures and a circle")
    if len(np.unique(circle)) != 2 or np.bincount(circle).min() < folds:
        raise DataError(f"both circles need {folds} members or more")
    columns = [pictures == number for number in np.unique(pictures)]
    table = np.concatenate(columns, axis=1).astype(float)
    table = table[:, table.std(axis=0) > 0]
    if not table.shape[1]:  # one picture for everybody
        return circle == 0
    model = LogisticRegression(C=0.05, max_iter=500)
    return cross_val_predict(model, table, circle, cv=folds) == circle


def levelled(scores: np.ndarray, circle: np.ndarray, told: np.ndarray | None = None) -> np.ndarray:
    """Scores of which no circle has more of any picture on average than all viewers have.

    levelled[u, t, k] = scores[u, t, k] - mean over the circle of u + mean over all

    Whoever levels must know the circles. Where scores hardly differ between viewers, what is added
    decides the picture, and it is one for each circle: then the remedy itself tells.

    Args:
        scores: (n_viewers, n_titles, n_pictures), finite or -inf. circle: 0 or 1 of each viewer.
        told: bool (n_viewers,), whom the means are taken over; None for all. Those whom an outsider
            is to guess must not be among them: what is level with them is not without them.
    """
    told = np.ones(len(circle), bool) if told is None else np.asarray(told, bool)
    there = np.isfinite(scores)
    level = np.where(there, scores, 0.0)
    mean = level[told].mean(axis=0)
    for one in np.unique(circle):
        level[circle == one] += mean - level[told & (circle == one)].mean(axis=0)
    return np.where(there, level, -np.inf)


def telling(pictures: np.ndarray, circle: np.ndarray) -> np.ndarray:
    """How much each title's picture tells of the circle: 0 nothing, 1 all.

    telling[t] = 1/2 * sum over pictures k of |share of k in one circle - share of k in the other|

    Args:
        pictures: number of the picture of each title, int (n_viewers, n_titles).
        circle: 0 or 1 of each viewer.

    Returns:
        float64 (n_titles,).
    """
    pictures, circle = np.asarray(pictures), np.asarray(circle)
    gap = np.zeros(pictures.shape[1])
    for number in np.unique(pictures):
        shown = pictures == number
        gap += np.abs(shown[circle == 0].mean(axis=0) - shown[circle == 1].mean(axis=0))
    return gap / 2
