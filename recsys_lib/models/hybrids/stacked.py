"""Several recommenders, weighed by how much is known of the viewer and of the title."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from recsys_lib.errors import DataError, check_above
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.hybrids.hybrid import Hybrid, fit_parents, standard_scores
from recsys_lib.models.hybrids.rehearsal import draw_pairs
from recsys_lib.splits import split_by_time

HALF_KNOWN_PLAYS, HALF_KNOWN_VIEWERS = 5, 20
KNOWN = ("always", "viewer", "title", "both")  # what a weight grows with
NO_PARENT = "(no parent)"


class Stacked(Hybrid):
    """A title scores by how likely the viewer is to watch it, given what the parents say.

    score[u, i] = w[0, u, i] + sum over parents m of w[m, u, i] * z[m, u, i]
    w[m, u, i]  = weights[m] · (1, viewer[u], title[i], viewer[u] * title[i])
    viewer[u]   = plays[u] / (plays[u] + 5),  title[i] = viewers[i] / (viewers[i] + 20)

    z are standardised scores, see `hybrid.standard_scores`; plays[u] and viewers[i] count the
    events in `train`. The score is the logit of a logistic regression, learned in a rehearsal: the
    parents are fitted on the older events of `train`, and the regression predicts which of the
    titles not yet seen were watched in the newer ones (see `rehearsal`). Then the parents are
    fitted on all of `train`. Without a firm penalty the weights fit the few new viewers and titles
    of the rehearsal too closely.

    Args:
        models: name → recommender, cloned in fit; None takes `hybrid.default_parents`.
        fraction: share of `train` that is its newer part, between 0 and 1.
        l2: penalty on the squared weights, above 0.
        random_state: seed of which pairs are drawn.

    Attributes:
        parents_: name → recommender fitted on `train`.
        weights_: DataFrame, rows `NO_PARENT` (w[0]) and the parents, columns `KNOWN`.

    Raises:
        ArgumentError: no models, or a number outside its values.
        DataError: `train` has no times, or a parent needs a table that was not given.

    Sources: `burke2002` for hybrids; weights that depend on what is known are our own choice.
    """

    def __init__(
        self,
        models: dict[str, Recommender] | None = None,
        fraction: float = 0.2,
        l2: float = 100.0,
        random_state: int = 0,
    ) -> None:
        self.models = models
        self.fraction = fraction
        self.l2 = l2
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        check_above("l2", self.l2, 0)
        if train.times is None:
            fix = "Pass time= to Interactions.from_frame, or use Weighted."
            raise DataError("Stacked learns on a split by time, and train has no times", fix=fix)
        rng = np.random.default_rng(self.random_state)
        split = split_by_time(train, self.fraction)
        self.parents_ = fit_parents(self.models, split.train, items, users)
        features, watched = self._examples(split.train, draw_pairs(split, rng=rng))
        regression = LogisticRegression(
            C=1 / self.l2, fit_intercept=False, solver="newton-cholesky"
        )
        with threadpool_limits(1, user_api="blas"):  # the same sums with one thread and with two
            learned = regression.fit(features, watched).coef_.reshape(-1, len(KNOWN))
        self.weights_ = pd.DataFrame(learned, [NO_PARENT, *self.parents_], KNOWN)
        self.parents_ = fit_parents(self.models, train, items, users)

    def _examples(self, early: Interactions, pairs) -> tuple[np.ndarray, np.ndarray]:
        """Features (n_pairs, (1 + n_parents) * 4) of the rehearsal's pairs; which were watched."""
        features, labels = [], []
        for rows, columns, watched in pairs:
            known = _known(early.user_counts[rows], early.item_counts[columns])
            known = np.column_stack(known)
            viewers, place = np.unique(rows, return_inverse=True)
            says = [standard_scores(m, early.users[viewers]) for m in self.parents_.values()]
            parts = [known, *(known * z[place, columns][:, None] for z in says)]
            features.append(np.hstack(parts))
            labels.append(watched)
        return np.vstack(features), np.concatenate(labels)

    def trust(self, plays: int, viewers: int) -> pd.Series:
        """w[m] of each parent, for a viewer with so many plays and a title with so many viewers."""
        check_is_fitted(self, "weights_")
        known = _known(np.array([plays]), np.array([viewers]))
        return self.weights_.drop(NO_PARENT) @ pd.Series([part.item() for part in known], KNOWN)

    def _combine(self, opinion, users: np.ndarray, plays: np.ndarray) -> np.ndarray:
        known = _known(plays[:, None], self.item_counts_)
        total = _weighted(self.weights_.loc[NO_PARENT], known)
        for name in self.parents_:
            total += _weighted(self.weights_.loc[name], known) * opinion(name)
        return total


def _known(plays: np.ndarray, viewers: np.ndarray) -> tuple[np.ndarray, ...]:
    """1, viewer, title and viewer * title of the docstring of `Stacked`; shapes are broadcast."""
    viewer = plays / (plays + HALF_KNOWN_PLAYS)
    title = viewers / (viewers + HALF_KNOWN_VIEWERS)
    both = viewer * title
    return np.ones_like(both), viewer, title, both


def _weighted(weights: pd.Series, known: tuple[np.ndarray, ...]) -> np.ndarray:
    return sum(weights[name] * part for name, part in zip(KNOWN, known, strict=True))
