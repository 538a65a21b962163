"""Who fills the pages of the feedback loop: by lot, by the truth, by what was learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from sklearn.base import clone

from recsys_lib.errors import ArgumentError, DataError, check_at_least, check_choice
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.top_k import top_k
from recsys_lib.simulation.service.known import DAY
from recsys_lib.simulation.service.pages import EMPTY, SLOTS
from recsys_lib.simulation.service.policies import PagePolicy
from recsys_lib.simulation.world.config import START

WEEK = 7 * DAY  # seconds
PAGES = 2  # stream of random numbers


class Policy(Protocol):
    """Anything that fills pages; asked once a round, in order, anew for every run."""

    def slates(self, history: Interactions, k: int, rng: np.random.Generator) -> np.ndarray:
        """The k titles to show each viewer until the next round, first slot first.

        Args:
            history: who watched what lately; its users are all viewers, its items all titles,
                and its times the rounds, a week each.
            k: slots of a page.
            rng: the round's generator, the same for every policy.

        Returns:
            int (n_users, k), columns of `history.items`, no title twice in a row; -1 leaves a
            slot empty.
        """


class Lottery:
    """Titles drawn by lot among those not watched lately: what an idle service would show."""

    def slates(self, history: Interactions, k: int, rng: np.random.Generator) -> np.ndarray:
        """See `Policy`."""
        return best_unseen(rng.random(history.matrix.shape), history, k)[0]


class Oracle:
    """The titles of highest true utility, by the tastes that viewers came with.

    Args:
        world: whose truth is shown; no real service has it.
    """

    def __init__(self, world) -> None:
        self.utility = world.true_utility(week=0)

    def candidates(self, history: Interactions, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Titles and their utility in stars, see `Learned.candidates`."""
        return best_unseen(self.utility, history, n)

    def slates(self, history: Interactions, k: int, rng: np.random.Generator) -> np.ndarray:
        """See `Policy`."""
        return self.candidates(history, k)[0]


class Learned:
    """The best titles of a recommender that is fitted again as the service goes on.

    What a viewer watched lately is read in every round, whatever the age of the weights and
    whichever log they were learned from, so that policies differ in their weights alone.

    Args:
        model: any recommender of the contract; it is cloned, not changed.
        every: rounds between fits; None fits once, in the first round, and never again.
        lessons: histories to learn from, one a round, in place of the service's own:
            `LoopRun.histories` of another run, which this policy had no part in.
        items: the titles with a column `item_id`, for models that read them.
        profiles: "now" reads what viewers watched lately; "then" what they had watched in the log
            that was last learned from, so that the profiles age with the weights.

    Raises:
        ArgumentError: every is below 1.
    """

    def __init__(
        self,
        model: Recommender,
        every: int | None = 1,
        lessons: Sequence[Interactions] | None = None,
        items=None,
        profiles: str = "now",
    ) -> None:
        check_choice("profiles", profiles, ("now", "then"))
        if every is not None:
            check_at_least("every", every, 1, integer=True)
        self.model, self.every, self.lessons, self.items = model, every, lessons, items
        self.profiles = profiles
        self.round, self.fitted = 0, None

    def candidates(self, history: Interactions, n: int) -> tuple[np.ndarray, np.ndarray]:
        """The n best titles of each viewer that are not in `history`, and their scores.

        Returns:
            int and float (n_users, n), best first; -1 and -inf where there are fewer.
        """
        lesson = history if self.lessons is None else self._lesson()
        due = self.every is not None and self.round % self.every == 0
        if self.fitted is None or due:
            self.fitted = clone(self.model).fit(lesson, items=self.items)
        self.round += 1
        if self.profiles == "then":
            return best_unseen(self.fitted.score_all(history.users), history, n)
        return best_unseen(self.fitted.score_histories(history), history, n)

    def _lesson(self) -> Interactions:
        if self.round >= len(self.lessons):
            fix = "Give the histories of a run that is at least as long."
            raise ArgumentError(f"there are lessons for {len(self.lessons)} rounds only", fix=fix)
        return self.lessons[self.round]

    def slates(self, history: Interactions, k: int, rng: np.random.Generator) -> np.ndarray:
        """See `Policy`."""
        return self.candidates(history, k)[0]


class Reranked:
    """Another policy's candidates in another order.

    Args:
        base: a policy with `candidates`: `Learned` or `Oracle`.
        rerank: function of items, scores (n_users, n), history, k and rng that returns
            int (n_users, k); see `recsys_lib.rerank`.
        n: candidates a viewer; None means the whole catalogue.
    """

    def __init__(self, base, rerank: Callable[..., np.ndarray], n: int | None = 100) -> None:
        self.base, self.rerank, self.n = base, rerank, n

    def slates(self, history: Interactions, k: int, rng: np.random.Generator) -> np.ndarray:
        """See `Policy`."""
        n = history.n_items if self.n is None else self.n
        items, scores = self.base.candidates(history, n)
        return self.rerank(items, np.where(items >= 0, scores, 0.0), history, k, rng)


def best_unseen(scores: np.ndarray, history: Interactions, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n highest scores of each row among titles not in `history`: columns and scores.

    Both (n_users, n), best first, equal scores by lower column; -1 and -inf where there are fewer.
    """
    seen = history.event_rows, history.matrix.indices
    scores = scores.copy()
    scores[seen] = -np.inf
    best = top_k(scores, n)
    best = np.pad(best, ((0, 0), (0, n - best.shape[1])), constant_values=-1)
    values = np.take_along_axis(scores, np.maximum(best, 0), axis=1)
    return best, np.where(best >= 0, values, -np.inf)


class Weekly(PagePolicy):
    """A `Policy` as a page policy of any life: asked every Monday, its slates stand for a week.

    Args:
        policy: what fills the slates.
        memory: weeks of the log that it is given; None means all.
        k: slots to fill, the first of a page; the others stay empty.
        seed: of the generators that it is given, one a week.

    Attributes:
        history: what it was given last; shown: its answer, int (n_viewers, k).
    """

    def __init__(
        self, policy: Policy, memory: int | None = None, k: int = SLOTS, seed: int = 0
    ) -> None:
        self.policy, self.memory, self.k, self.seed = policy, memory, k, seed
        self.history = self.shown = None

    def learn(self, known) -> None:
        """See `PagePolicy`."""
        if self.shown is not None and known.day % 7:
            return
        days = None if self.memory is None else 7 * self.memory
        self.history = by_week(known.watched(days))
        rng = np.random.default_rng([self.seed, PAGES, known.day // 7])
        slates = self.policy.slates(self.history, self.k, rng)
        self.shown = check_slates(slates, self.history, self.k)

    def page(self, visit):
        """See `PagePolicy`."""
        titles = np.full((len(visit.viewer), visit.slots), EMPTY)
        titles[:, : self.k] = self.shown[visit.viewer]
        return visit.pages(titles)


def by_week(history: Interactions) -> Interactions:
    """The same events, each at the beginning of its week."""
    start = START.astype("datetime64[s]").astype(np.int64)
    return replace(history, times=history.times - (history.times - start) % WEEK)


def check_slates(slates, history: Interactions, k: int) -> np.ndarray:
    """The slates as an array, refused if they are not what `Policy` promises."""
    slates = np.asarray(slates)
    if slates.shape != (history.n_users, k) or slates.dtype.kind not in "iu":
        raise DataError(
            f"a policy must return integers ({history.n_users}, {k})",
            where=f"shape {slates.shape}, dtype {slates.dtype}",
        )
    if slates.min() < EMPTY or slates.max() >= history.n_items:
        raise DataError(f"slates must hold columns below {history.n_items}, or -1")
    ordered = np.sort(slates, axis=1)
    if ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any():
        raise DataError("a policy showed the same title twice on a page")
    return slates
