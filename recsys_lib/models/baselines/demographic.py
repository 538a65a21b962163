"""What people like you watched: one popularity list a group, shrunk toward everybody's."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.interactions import USER, Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.viewer_features import check_viewers
from recsys_lib.models.histories import event_weights


class DemographicGroups(Recommender):
    """Every viewer gets the titles that their group watched most.

    share[i]    = viewers of title i / n_viewers
    score[g, i] = (viewers of i in group g + shrinkage * share[i]) / (size of g + shrinkage)

    n_viewers, and the size of a group, count who has an event in `train`: someone who never watched
    anything did not pass these titles over. With weighted=True the values of events (minutes,
    plays) are added up in place of viewers, so that a score is what a viewer of the group gives the
    title on average. A group is every combination of values of `columns` that occurs. With
    shrinkage = 0 a group's own share is used as it is; the larger the shrinkage, the more viewers a
    group needs before it is believed against the whole. Viewers without history are scored too:
    that is the point. A viewer who is not in `users` gets share[i].

    Args:
        columns: columns of `users` whose combinations make the groups.
        shrinkage: in viewers, at least 0.
        weighted: whether values are weights; they must then be at least 0.

    Raises:
        ArgumentError: `columns` is empty, or shrinkage below 0.
        DataError: no `users` were given to fit, a column is missing, or a user is in it twice; or
            weighted=True and a value is below 0.

    Source: the demographic recommender of `pazzani1999`, reduced to counting.
    """

    def __init__(
        self,
        columns: tuple[str, ...] = ("gender", "age_band"),
        shrinkage: float = 50.0,
        weighted: bool = False,
    ) -> None:
        self.columns = columns
        self.shrinkage = shrinkage
        self.weighted = weighted

    def _fit(self, train: Interactions, items, users) -> None:
        check_at_least("shrinkage", self.shrinkage, 0)
        group_of_user = self._groups(users, train.users)
        self.group_of_user_ = group_of_user
        self.n_groups_ = int(group_of_user.max()) + 1
        group = group_of_user.reindex(train.users).fillna(-1).astype(int).to_numpy()
        grouped = np.flatnonzero((group >= 0) & (train.user_counts > 0))
        member = sparse.csr_array(
            (np.ones(len(grouped)), (group[grouped], grouped)),
            shape=(self.n_groups_, train.n_users),
        )
        events = event_weights(train.matrix, self.weighted).astype(np.float64)
        share = events.sum(axis=0) / train.active_users
        size = np.asarray(member.sum(axis=1)).reshape(-1, 1)
        viewers = (member @ events).toarray()
        total = size + self.shrinkage
        with np.errstate(invalid="ignore"):
            score = (viewers + self.shrinkage * share) / total
        score = np.where(total > 0, score, share)  # an empty group, not shrunk: nothing is known
        self.group_scores_ = np.vstack([score, share]).astype(np.float32)  # last row: no group

    def _groups(self, users, labels: np.ndarray) -> pd.Series:
        if users is None:
            raise DataError("DemographicGroups needs to know the viewers",
                            fix="Call fit(train, users=frame), one row a viewer.")  # fmt: skip
        columns = list(self.columns)
        if not columns:
            raise ArgumentError("columns must name at least one column of users")
        check_viewers(users, columns, labels)
        number = users.groupby(columns, observed=True, dropna=False, sort=True).ngroup()
        return pd.Series(number.to_numpy(), index=users[USER].to_numpy())

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return self._score_strangers(users)

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        group = self.group_of_user_.reindex(users).fillna(self.n_groups_).astype(int)
        return self.group_scores_[group.to_numpy()]
