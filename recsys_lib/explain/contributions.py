"""What each of a viewer's plays adds to the score of one title."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from recsys_lib.errors import ArgumentError
from recsys_lib.explain.histories import history_of, plays_of
from recsys_lib.interactions import ITEM
from recsys_lib.models.base import Recommender
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.histories import binary, event_weights
from recsys_lib.models.neighbours.user_knn import UserKNN
from recsys_lib.models.ranking import columns_of

PART = "contribution"


@dataclass(frozen=True)
class Explanation:
    """A score taken apart: score = base + parts["contribution"].sum().

    Attributes:
        user_id: whose score.
        item_id: of which title.
        score: float, from the model's numbers in float64.
        base: what is there without any play; 0 except for ContentProfile, where it is minus what
            the mean viewer's profile gives the title.
        parts: DataFrame item_id (a play), contribution; largest first, equal ones by item id.
            Parts can be negative: such a play speaks against the title.
    """

    user_id: object
    item_id: object
    score: float
    base: float
    parts: pd.DataFrame


def explain(model: Recommender, user_id, item_id, *, history=None, values=None) -> Explanation:
    """What each play of a viewer adds to the score of a title.

    - ItemKNN: its similarity to the title, if it is kept. EASE: its weight.
    - ImplicitALS: its part in the solution of the viewer's fold-in, as in `hu2008`.
    - ContentProfile: its share of the profile times its likeness to the title.
    - UserKNN: a neighbour's vote is divided evenly among the plays shared with that neighbour.

    The parts sum to `score` within 1e-8; `score` is what `exact_scores` gives, before `score_all`
    rounds it to float32.

    Args:
        model: a fitted model of one of these kinds.
        user_id: a viewer with history in `train`.
        item_id: a title of `train`.
        history, values: titles, and what they are worth (default 1 each), to explain by instead of
            the viewer's own in the log, as in `recommend_for`; user_id may then be None.

    Raises:
        ArgumentError: a viewer without history, an unknown title, or another kind of model.
    """
    column = item_column(model, item_id)
    if isinstance(model, UserKNN):
        columns, added, score = _votes(model, user_id, column, history, values)
        return _explanation(model.items_, user_id, item_id, columns, (score, 0.0, added))
    plays = history_of(model, user_id, history, values)
    base, added = plays.parts(column)
    score = plays.without(np.zeros((1, len(plays.columns)), bool))[0, column]
    return _explanation(model.items_, user_id, item_id, plays.columns, (float(score), base, added))


def feature_contributions(
    model: ContentProfile, user_id, item_id, *, history=None, values=None
) -> pd.DataFrame:
    """What each thing said of a title adds to its score for a viewer.

    contribution[f] = features[item, f] * (profile[user, f] - mean profile[f])

    Args:
        model, user_id, item_id, history, values: as in `explain`.

    Returns:
        DataFrame block, feature, contribution for what is said of the title, largest first; they
        sum to the score within 1e-8.

    Raises:
        ArgumentError: a viewer without history, an unknown title, or another kind of model.
    """
    if not isinstance(model, ContentProfile):
        raise ArgumentError(f"{type(model).__name__} does not know what is said of titles",
                            fix="Give a fitted ContentProfile.")  # fmt: skip
    plays = plays_of(model, user_id, history, values)
    said = model.features_[[item_column(model, item_id)]]
    weight = model._profiles(plays).toarray()[0] - model.mean_profile_
    found = model.feature_names_.iloc[said.indices]
    found = found.assign(**{PART: said.data * weight[said.indices]})
    return found.sort_values(PART, ascending=False, kind="stable").reset_index(drop=True)


def item_column(model: Recommender, item_id) -> int:
    """The column of a title.

    Raises:
        ArgumentError: it is not in train.items.
    """
    check_is_fitted(model, "train_")
    return int(columns_of([item_id], model.items_)[0])


def _votes(model: UserKNN, user_id, column: int, history, values):
    """Plays, what each adds, and the score: the sum of the votes of who watched it."""
    plays = plays_of(model, user_id, history, values)
    kept, columns = model._near(np.array([user_id], object), plays), plays.indices
    said = event_weights(model.histories_, model.weighted).astype(np.float64)
    votes = kept.data * said[kept.indices][:, [column]].toarray()[:, 0]
    shared = binary(model.histories_).astype(np.float64)[kept.indices][:, columns].toarray()
    each = votes / np.maximum(shared.sum(axis=1), 1)
    return columns, each @ shared, float(votes.sum())


def _explanation(items, user_id, item_id, columns, numbers) -> Explanation:
    score, base, added = numbers
    parts = pd.DataFrame({ITEM: items[columns], PART: added})
    parts = parts.sort_values(PART, ascending=False, kind="stable").reset_index(drop=True)
    return Explanation(user_id, item_id, score, base, parts)
