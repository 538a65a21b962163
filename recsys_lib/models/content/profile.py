"""More of what you finished: titles and viewers described by the same words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.errors import ArgumentError, check_at_least
from recsys_lib.interactions import ITEM, Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.content.title_features import BLOCKS, check_titles, title_features

WEIGHTS = {
    "synopsis": 1.0, "genres": 1.0, "themes": 1.0, "tone": 1.0, "people": 1.0, "country": 0.5,
    "era": 0.5,
}  # fmt: skip


class ContentProfile(Recommender):
    """A title scores by how much it resembles what the viewer finished.

    profile[u] = sum over j in history[u] of value[u, j] * features[j] / sum of abs(value[u, j])
    score[u, i] = features[i] · (profile[u] - mean profile)

    features[i] are the TF-IDF blocks of `recsys_lib.models.content.title_features`, so that a dot
    product of two titles is a weighted mean of cosines. With value = completion a title left early
    says little; a value below 0 pushes away. What the mean viewer watches is taken off, because it
    is no sign of this viewer's taste. Needs no other viewer of a title, so new titles are scored
    too; one that `items` does not describe gets 0.

    Args:
        weights: block → weight of at least 0, blocks as in `title_features.BLOCKS`; None takes
            `WEIGHTS` for those blocks whose columns `items` has.

    Raises:
        ArgumentError: an unknown block, or weights that are negative or all 0.
        DataError: no `items` were given to fit, a column is missing, or a title is in it twice.

    Source: `lops2011`.
    """

    def __init__(self, weights: dict[str, float] | None = None) -> None:
        self.weights = weights

    def _fit(self, train: Interactions, items, users) -> None:
        weights = self._weights(items)
        check_titles(items, (), "ContentProfile", train.items)
        table = items.set_index(ITEM)
        described = table.loc[table.index.isin(train.items)].sort_index()
        features, self.feature_names_ = title_features(described, weights)
        row = train.item_positions(described.index)
        place = sparse.csr_array(
            (np.ones(len(row)), (row, np.arange(len(row)))), shape=(train.n_items, len(row))
        )
        self.features_ = (place @ features).tocsr()
        active = np.flatnonzero(train.user_counts)
        self.mean_profile_ = self.features_.T @ self._shares(train.matrix[active]).mean(axis=0)
        self.generic_ = self.features_ @ self.mean_profile_

    def _weights(self, items) -> dict[str, float]:
        if self.weights is None:
            check_titles(items, (), "ContentProfile")
            known = {b: w for b, w in WEIGHTS.items() if set(BLOCKS[b]) <= set(items.columns)}
            check_titles(items, () if known else BLOCKS["genres"], "ContentProfile")
            return known
        unknown = sorted(set(self.weights) - set(BLOCKS))
        if unknown:
            raise ArgumentError(f"there is no block {unknown[0]!r}",
                                fix=f"Choose from {', '.join(BLOCKS)}.")  # fmt: skip
        for block, weight in self.weights.items():
            check_at_least(f"the weight of {block}", weight, 0)
        weights = {block: weight for block, weight in self.weights.items() if weight}
        if not weights:
            raise ArgumentError("weights must hold one that is above 0")
        columns = [column for block in weights for column in BLOCKS[block]]
        check_titles(items, columns, "ContentProfile")
        return weights

    def _shares(self, histories: sparse.csr_array) -> sparse.csr_array:
        """value[u, j] / sum of abs(value[u, j]), the weights of the titles in a profile."""
        values = histories.astype(np.float64)
        size = np.asarray(abs(values).sum(axis=1)).ravel()
        size[size == 0] = 1  # nothing was finished: an empty profile
        return sparse.diags_array(1 / size) @ values

    def _profiles(self, histories: sparse.csr_array) -> sparse.csr_array:
        return (self._shares(histories) @ self.features_).tocsr()

    def _likeness(self, column: int) -> np.ndarray:
        return (self.features_ @ self.features_[[column]].T).toarray()[:, 0]

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        near = (self._profiles(histories) @ self.features_.T).toarray()
        return (near - self.generic_).astype(np.float32)

    def profile(self, user_id, k: int = 10, block: str | None = None) -> pd.DataFrame:
        """What sets the viewer apart: the k features furthest above the mean viewer's.

        Args:
            user_id: a viewer with history in `train`.
            k: at least 1.
            block: only features of this block; None means all.

        Returns:
            DataFrame block, feature, weight (profile minus mean profile), highest first; only
            weights above 0, so perhaps fewer than k.

        Raises:
            ArgumentError: a viewer without history, k below 1, or a block that was not learned.
        """
        log = self._log()
        check_at_least("k", k, 1, integer=True)
        _, row = self._rows([user_id])
        if row[0] < 0 or not log.user_counts[row[0]]:
            raise ArgumentError(f"user {user_id!r} has no history in train")
        weight = self._profiles(log.matrix[row]).toarray()[0] - self.mean_profile_
        found = self.feature_names_.assign(weight=weight)
        if block is not None:
            found = found[found["block"] == block]
            if found.empty:
                raise ArgumentError(f"block {block!r} was not learned")
        found = found[found["weight"] > 0].sort_values("weight", ascending=False, kind="stable")
        return found.head(int(k)).reset_index(drop=True)
