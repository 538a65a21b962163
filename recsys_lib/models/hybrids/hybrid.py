"""What every hybrid shares: its parents, and their scores brought to one scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy import sparse
from sklearn.base import clone

from recsys_lib.errors import ArgumentError, UnsupportedError
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
    if not _is_parents(models):
        fix = 'For example {"crowd": EASE(), "content": ContentProfile()}.'
        raise ArgumentError("models must be a dict of at least one name and model", fix=fix)
    return {
        name: clone(model).fit(train, items=items, users=users) for name, model in models.items()
    }


def _is_parents(models) -> bool:
    filled = isinstance(models, Mapping) and len(models) > 0
    return filled and all(isinstance(model, Recommender) for model in models.values())


class Hybrid(Recommender):
    """A recommender whose score is made of its parents' (`parents_`: name → fitted recommender).

    A hybrid's file overrides `_fit` and `_combine`. Parents given in a dict `models` are settings
    like any other: `set_params(crowd__l2=100)` reaches the `l2` of `models["crowd"]`, and so do
    the grids of `tune`.
    """

    def get_params(self, deep: bool = True) -> dict:
        """The settings; with `deep`, those of the parents too, as `name__setting`."""
        params = super().get_params(deep=deep)
        for name, model in self._models().items() if deep else ():
            params[name] = model
            params |= {f"{name}__{key}": value for key, value in model.get_params().items()}
        return params

    def set_params(self, **params) -> Hybrid:
        """Change settings; `name=model` exchanges a parent. Models that were given stay as are."""
        parents = self._models()
        if any(name.partition("__")[0] in parents for name in params):
            given = {name: params.pop(name) for name in list(params) if name in parents}
            self.models = {n: given.get(n, clone(model)) for n, model in self.models.items()}
        super().set_params(**params)
        return self

    def _models(self) -> dict[str, Recommender]:
        """The unfitted parents by name, as far as they were given in a dict.

        One that has the name of a setting of the hybrid cannot be told from it, and is left out.
        """
        models, own = getattr(self, "models", None), self._get_param_names()
        given = models if _is_parents(models) else {}
        return {name: model for name, model in given.items() if name not in own}

    def _check_size(self, train: Interactions) -> None:
        given = [*self.get_params(deep=False).values(), *self._models().values()]
        for model in given:
            if isinstance(model, Recommender):
                model._check_size(train)

    def _combine(
        self, opinion: Callable[[str], np.ndarray], users: np.ndarray, plays: np.ndarray
    ) -> np.ndarray:
        """Scores, float array (n, n_items).

        Args:
            opinion: parent's name → its standardised scores, float64 (n, n_items).
            users: labels, shape (n,).
            plays: how many titles each of them watched, shape (n,).
        """
        raise NotImplementedError

    def _score(self, rows: np.ndarray) -> np.ndarray:
        users = self.train_.users[rows]
        return self._combined(users, self.train_.matrix[rows], lambda p: p.score_all(users))

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return self._combined(users, histories, lambda p: p._answer(users, histories))

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        nothing = sparse.csr_array((len(users), len(self.items_)), dtype=np.float32)
        return self._combined(users, nothing, lambda p: p._answer(users, nothing))

    def _combined(self, users, seen: sparse.csr_array, ask) -> np.ndarray:
        def opinion(name: str) -> np.ndarray:
            return standardised(ask(self.parents_[name]), seen)

        return self._combine(opinion, users, np.diff(seen.indptr)).astype(np.float32)

    def _check_takes_histories(self) -> None:
        super()._check_takes_histories()
        for parent in self.parents_.values():
            parent._check_takes_histories()
            if getattr(parent, "reads_order", False):
                what = f"{type(parent).__name__} reads the order, which a hybrid does not pass on"
                raise UnsupportedError(what, fix="Ask it, or the hybrid, for viewers of the log.")


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
    log = model.train_
    seen = log.with_axes(users=np.union1d(log.users, users)) if len(users) else log
    return standardised(model.score_all(users), seen.matrix[seen.user_positions(users)])


def standardised(scores: np.ndarray, seen: sparse.csr_array) -> np.ndarray:
    """`standard_scores` of scores (n, n_items); an entry of `seen` is a title that was seen."""
    unseen = np.ones(scores.shape, bool)
    unseen[np.repeat(np.arange(len(scores)), np.diff(seen.indptr)), seen.indices] = False
    return _standard(scores.astype(np.float64), unseen)


def _standard(scores: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Rows with mean 0 and standard deviation 1 over the cells of the bool array `among`."""
    size = np.maximum(among.sum(axis=1, keepdims=True), 1)
    # Scores are float32, so the float64 mean of equal ones is exact and leaves exact zeros.
    scores = scores - np.where(among, scores, 0).sum(axis=1, keepdims=True) / size
    sd = np.sqrt(np.where(among, scores**2, 0).sum(axis=1, keepdims=True) / size)
    return np.divide(scores, sd, out=np.zeros_like(scores), where=sd > 0)
