"""One recommender for those it knows, others for new viewers and for new titles."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.hybrids.hybrid import Hybrid, default_parents, fit_parents


class Switching(Hybrid):
    """A title scores by the one parent that is in charge of the viewer and of the title.

    score[u, i] = z[new_viewer, u, i]  if plays[u] < min_plays
                  z[new_title, u, i]   else if viewers[i] < min_viewers
                  z[known, u, i]       else

    plays[u] and viewers[i] count the events in `train`. z are standardised scores, see
    `hybrid.standard_scores`: only so can titles scored by different parents share a list.

    Args:
        known, new_viewer, new_title: recommenders, cloned in fit. None takes, of
            `hybrid.default_parents`, the factors, the groups and the content; where fit was not
            given the table for it, popularity instead of groups and the factors instead of content.
        min_plays: plays from which a viewer is known, at least 0.
        min_viewers: viewers from which a title is known, at least 0.

    Attributes:
        parents_: "known", "new_viewer", "new_title" → fitted recommender.

    Raises:
        ArgumentError: a threshold below 0.
        DataError: a parent needs `items` or `users` that were not given.

    Source: the switching hybrid of `burke2002`.
    """

    def __init__(
        self,
        known: Recommender | None = None,
        new_viewer: Recommender | None = None,
        new_title: Recommender | None = None,
        min_plays: int = 4,
        min_viewers: int = 1,
    ) -> None:
        self.known = known
        self.new_viewer = new_viewer
        self.new_title = new_title
        self.min_plays = min_plays
        self.min_viewers = min_viewers

    def _fit(self, train: Interactions, items, users) -> None:
        check_at_least("min_plays", self.min_plays, 0, integer=True)
        check_at_least("min_viewers", self.min_viewers, 0, integer=True)
        usual = default_parents(items, users)
        chosen = {
            "known": self.known or usual["factors"],
            "new_viewer": self.new_viewer or usual.get("groups", usual["popular"]),
            "new_title": self.new_title or usual.get("content", usual["factors"]),
        }
        self.parents_ = fit_parents(chosen, train, items, users)

    def _combine(self, opinion, users: np.ndarray, plays: np.ndarray) -> np.ndarray:
        new_viewer, stranger = plays < self.min_plays, plays == 0
        new_title = self.item_counts_ < self.min_viewers
        scores = opinion("known")
        if new_title.any() and not stranger.all():
            scores[:, new_title] = opinion("new_title")[:, new_title]
        if new_viewer.any():
            scores[new_viewer] = opinion("new_viewer")[new_viewer]
        return scores
