"""What every hybrid shares: its parents, and their scores brought to one scale."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.base import clone

from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.demographic import DemographicGroups
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.factors.ials import ImplicitALS


def default_parents(items=None, users=None) -> dict[str, Recommender]:
    """The crowd, and what else can speak: the titles' descriptions and the viewers' groups.

    Args:
        items, users: as in `Recommender.fit`; a parent that reads a table is left out where that
            table, or a column that it reads, is not given.
    """
    parents = {"factors": ImplicitALS(factors=32), "popular": Popular()}
    if items is not None:
        parents["content"] = ContentProfile()
    groups = DemographicGroups()
    if users is not None and set(groups.columns) <= set(users.columns):
        parents["groups"] = groups
    return parents


def fit_parents(
    models: Mapping[str, Recommender] | None, train: Interactions, items, users
) -> dict[str, Recommender]:
    """Fitted copies of `models` (None: of `default_parents`), in the same order.

    Raises:
        ArgumentError: `models` is no mapping of names to recommenders, or an empty one.
    """
    if models is None:
        models = default_parents(items, users)
    is_mapping = isinstance(models, Mapping) and len(models) > 0
    if not is_mapping or not all(isinstance(model, Recommender) for model in models.values()):
        fix = 'For example {"crowd": EASE(), "content": ContentProfile()}.'
        raise ArgumentError("models must be a dict of at least one name and model", fix=fix)
    return {
        name: clone(model).fit(train, items=items, users=users) for name, model in models.items()
    }


def standard_scores(model: Recommender, users: np.ndarray) -> np.ndarray:
    """Each viewer's scores with mean 0 and standard deviation 1 over the unseen titles.

    z[u, i] = (score[u, i] - mean over unseen of score[u]) / sd over unseen of score[u]

    Factors score from 0 to 1, popularity in viewers: a sum of raw scores obeys whichever is
    largest. Ranks would be comparable too, but tell first from second as little as 501st from
    502nd, while a z says how far ahead a title is. A model that scores all unseen titles alike has
    no opinion: z = 0.

    Args:
        model: fitted.
        users: labels, shape (n,); unknown ones have seen nothing.

    Returns:
        float64 (n, n_items), also for titles that were seen.
    """
    scores = model.score_all(users).astype(np.float64)
    rows = model.train_.user_positions(users)
    unseen = np.ones(scores.shape, bool)
    known = np.flatnonzero(rows >= 0)
    seen = model.train_.matrix[rows[known]]
    unseen[np.repeat(known, np.diff(seen.indptr)), seen.indices] = False
    return _standard(scores, unseen)


def _standard(scores: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Rows with mean 0 and standard deviation 1 over the cells of the bool array `among`."""
    size = np.maximum(among.sum(axis=1, keepdims=True), 1)
    # Scores are float32, so the float64 mean of equal ones is exact and leaves exact zeros.
    scores = scores - np.where(among, scores, 0).sum(axis=1, keepdims=True) / size
    sd = np.sqrt(np.where(among, scores**2, 0).sum(axis=1, keepdims=True) / size)
    return np.divide(scores, sd, out=np.zeros_like(scores), where=sd > 0)
