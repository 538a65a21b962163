"""The headline claims of chapter 7, each over five worlds with their own viewers and tastes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import FeaturedMF, Stacked, Switching, Weighted
from recsys_lib.models.hybrids.hybrid import default_parents, standard_scores
from recsys_lib.splits import Split, cold_items, split_by_time

GROUPS = ("gender", "age_band")


@pytest.fixture(scope="module")
def evenings(small_worlds) -> list[Evenings]:
    return [Evenings(small.matinee, seed) for seed, small in enumerate(small_worlds)]


class Evenings:
    """One world: nDCG@10 of a model on a kind of evening, computed when first asked for."""

    def __init__(self, matinee, seed: int) -> None:
        watched = matinee.watched()
        self.tables = {"items": matinee.items, "users": matinee.users}
        overall = split_by_time(watched)
        fresh = cold_items(watched, 0.2, rng=np.random.default_rng(seed))
        everyone = np.flatnonzero(overall.test.user_counts)
        asked = np.flatnonzero((fresh.test.user_counts > 0) & (fresh.train.user_counts > 0))
        self.asked = {
            "overall": (overall, everyone, None),
            "new viewers": (*newcomers(watched, seed), None),
            "hidden pasts": (*newcomers(watched, seed, by="hidden pasts"), None),
            "new titles": (fresh, asked, watched.items[fresh.train.item_counts == 0]),
        }
        parents = default_parents(**self.tables)
        self.models = parents | {
            "equal weights": Weighted(parents),
            "switching": Switching(),
            "stacked": Stacked(),
            "hardly any penalty": Stacked(l2=1),
            "combined": FeaturedMF(factors=32, columns=GROUPS),
        }
        self.known = {}

    def ndcg(self, name: str, evening: str) -> float:
        if (name, evening) not in self.known:
            split, viewers, titles = self.asked[evening]
            model = self.models[name].fit(split.train, **self.tables)
            self.known[name, evening] = judge(model, split, viewers, titles)
        return self.known[name, evening]


def newcomers(watched, seed, by: str = "next evenings") -> tuple[Split, np.ndarray]:
    """A fifth of the viewers keep their last 0, 1, 2 or 3 plays before a cut in time, by turns.

    They are judged by what they watched after the cut, which is what a service would see, or by
    the plays that were hidden, which happened while the others' plays were learned from.
    """
    before = watched.times < np.quantile(watched.times, 0.8)
    rows, n = watched.event_rows, watched.n_users
    old, later = (np.bincount(rows[part], minlength=n) for part in (before, ~before))
    enough = np.flatnonzero((old >= 5) & (later > 0))
    new = np.random.default_rng(seed).permutation(enough)[: n // 5]
    kept = np.full(n, watched.n_events)
    kept[new] = np.arange(len(new)) % 4
    times = pd.Series(np.where(before, watched.times, -np.inf))
    newest = times.groupby(rows).rank(ascending=False, method="first").to_numpy()
    known = before & (newest <= kept[rows])
    test = ~before if by == "next evenings" else before & ~known
    return Split(watched.select(known), watched.select(test), by, "none"), new


def judge(model, split, viewers, titles=None) -> float:
    relevant = split.test.binary()[viewers].toarray() > 0
    lists = model.recommend(split.test.users[viewers], items=titles)
    columns = split.test.item_positions(lists["item_id"]).reshape(len(viewers), 10)
    hits = np.take_along_axis(relevant, columns, axis=1)
    return float(ndcg(hits, relevant.sum(axis=1)).mean())


def lead(evenings, evening, first, *others) -> list[float]:
    """In each world: nDCG@10 of `first` minus that of the best of `others`."""
    return [
        w.ndcg(first, evening) - max(w.ndcg(name, evening) for name in others) for w in evenings
    ]


PARENTS = ("factors", "popular", "content", "groups")


def test_a_committee_with_equal_votes_is_worse_than_its_best_member(evenings, surely_positive):
    losses = [-gain for gain in lead(evenings, "overall", "equal weights", *PARENTS)]
    assert surely_positive(losses, by=0.01)


def test_overall_the_learned_hybrid_beats_its_best_parent(evenings, surely_positive):
    assert surely_positive(lead(evenings, "overall", "stacked", *PARENTS))


def test_for_new_viewers_a_hybrid_gains_by_hidden_pasts_and_hardly_by_next_evenings(
    evenings, surely_positive
):
    """Their pasts lie in the weeks that the others' plays were learned from; hardly is < .01."""
    pasts = np.array(lead(evenings, "hidden pasts", "stacked", *PARENTS))
    ahead = np.array(lead(evenings, "new viewers", "stacked", *PARENTS))
    assert surely_positive(pasts) and surely_positive(pasts - ahead)
    assert surely_positive(0.01 - ahead)


def test_on_new_titles_hybrids_have_many_times_the_quality_of_the_crowd(evenings, surely_positive):
    for hybrid in ("switching", "stacked", "combined"):
        crowd = [w.ndcg("factors", "new titles") for w in evenings]
        gains = [
            w.ndcg(hybrid, "new titles") - 1.5 * c for w, c in zip(evenings, crowd, strict=True)
        ]
        assert surely_positive(gains, by=0.05), hybrid


def test_the_combined_model_beats_content_on_new_titles_and_factors_overall(
    evenings, surely_positive
):
    assert surely_positive(lead(evenings, "new titles", "combined", "content"), by=0.01)
    assert surely_positive(lead(evenings, "overall", "combined", "factors"))


def test_no_parent_but_content_knows_new_titles_and_content_fails_new_viewers(
    evenings, surely_positive
):
    others = ("factors", "popular", "groups")
    assert surely_positive(lead(evenings, "new titles", "content", *others), by=0.05)
    for other in others:
        assert surely_positive(lead(evenings, "new viewers", other, "content"), by=0.01), other


def test_a_firm_penalty_is_worth_having(evenings, surely_positive):
    assert surely_positive(lead(evenings, "overall", "stacked", "hardly any penalty"))


def test_the_regression_trusts_groups_at_first_and_factors_later(small_worlds, surely_positive):
    at_first, later = [], []
    for small in small_worlds:
        model = Stacked().fit(
            small.matinee.watched(), items=small.matinee.items, users=small.matinee.users
        )
        trust = model.trust(plays=0, viewers=100), model.trust(plays=40, viewers=100)
        at_first.append(trust[0]["groups"] - trust[0]["factors"])
        later.append(trust[1]["factors"] - trust[1]["groups"])
    assert surely_positive(at_first)
    assert surely_positive(later)


def test_shown_to_the_right_tenth_a_new_title_meets_more_than_twice_its_share_of_first_viewers(
    small_worlds, surely_positive
):
    reached = [reach_of_first_week(small.matinee) for small in small_worlds]
    assert surely_positive(np.array(reached) - 0.1, by=0.1)


def reach_of_first_week(matinee) -> float:
    """Share of the viewers of a hidden title that the combined model finds in a tenth of all."""
    watched, tables = matinee.watched(), {"items": matinee.items, "users": matinee.users}
    split = cold_items(watched, 0.1, rng=np.random.default_rng(0))
    model = FeaturedMF(factors=32, columns=GROUPS).fit(split.train, **tables)
    known = np.flatnonzero(split.train.user_counts > 3)
    new = np.flatnonzero((split.train.item_counts == 0) & (split.test.item_counts > 0))
    fit = standard_scores(model, watched.users[known])[:, new]
    chosen = np.argsort(-fit, axis=0, kind="stable")[: len(known) // 10]
    seen = split.test.binary()[known].toarray()[:, new] > 0
    return np.take_along_axis(seen, chosen, axis=0).sum() / seen.sum()
