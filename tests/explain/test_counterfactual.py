"""Counterfactuals against trying every set, and against the model's own lists."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError
from recsys_lib.explain import because, counterfactual, exact_scores, explain, without
from recsys_lib.explain.counterfactual import Shelf, _search
from recsys_lib.explain.histories import LinearHistory, added_up, history_of
from recsys_lib.interactions import ITEM, USER
from recsys_lib.models import EASE, ContentProfile, ImplicitALS, ItemKNN

MODELS = {
    "item-knn": ItemKNN(neighbors=6),
    "ease": EASE(l2=3.0),
    "ials": ImplicitALS(factors=4, iterations=20),
    "content": ContentProfile(),
}


def fitted(name: str, log: Interactions):
    genres = np.resize(["drama|crime", "comedy", "war", "crime|war"], log.n_items)
    return MODELS[name].fit(log, items=pd.DataFrame({ITEM: log.items, "genres": genres}))


def played(log: Interactions, user) -> np.ndarray:
    return log.items[log.matrix[[log.user_positions([user])[0]]].indices]


def rank(model, user, item, gone=()) -> int:
    """Place of `item` among the titles not played, scored without the plays of `gone`."""
    log = model.train_
    scores = exact_scores(model, user, without=gone)
    scores[log.item_positions(played(log, user))] = -np.inf
    order = np.lexsort((log.items, -scores))
    return int(np.flatnonzero(log.items[order] == item)[0]) + 1


def naive_sizes(model, user, item, k: int) -> int | None:
    """Size of the smallest set that does, by trying them all."""
    plays = played(model.train_, user)
    for size in range(1, len(plays)):
        for gone in combinations(plays, size):
            if rank(model, user, item, gone) > k:
                return size
    return None


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("tries", [1, 5000])
def test_sets_are_valid_irreducible_and_smallest_where_it_says_so(make_log, name, tries):
    log = make_log(8, users=25, items=24, events=180)
    model, found_sizes = fitted(name, log), []
    few = log.users[(log.user_counts >= 4) & (log.user_counts <= 8)][:6]
    for user in few:
        for item in log.items:
            if item in played(log, user) or rank(model, user, item) > 3:
                continue
            found = counterfactual(model, user, item, k=3, tries=tries)
            truth = naive_sizes(model, user, item, 3)
            if found is None:
                assert truth is None or tries == 1
                continue
            assert found.rank == rank(model, user, item) <= 3
            assert found.rank_without == rank(model, user, item, found.removed) > 3
            for play in found.removed:
                fewer = [other for other in found.removed if other != play]
                assert rank(model, user, item, fewer) <= 3
            assert len(found.removed) >= truth
            if found.smallest:
                assert len(found.removed) == truth
            if tries > 1:
                assert found.smallest
            found_sizes.append(truth)
    assert max(found_sizes) > 1 and len(found_sizes) > 4


def test_a_bound_proves_greedy_answers_smallest_for_sums_only(make_log):
    log = make_log(8, users=25, items=24, events=180)
    proven = {}
    for name in ("ease", "content"):
        model = fitted(name, log)
        answers = [
            counterfactual(model, user, item, k=3, tries=1)
            for user in log.users[log.user_counts >= 4]
            for item in log.items
            if item not in played(log, user) and rank(model, user, item) <= 3
        ]
        proven[name] = [found.smallest for found in answers if found and len(found.removed) > 1]
    assert any(proven["ease"]) and not any(proven["content"])


def test_the_models_own_list_loses_the_title():
    """Deleting the plays from the log and asking again, with the weights as they are."""
    rng = np.random.default_rng(0)
    pairs = pd.DataFrame({USER: rng.integers(40, size=700), ITEM: rng.integers(30, size=700)})
    log = Interactions.from_frame(pairs.drop_duplicates())
    model = EASE(l2=5.0).fit(log)
    for user in log.users[:5]:
        item = model.recommend([user], k=4)[ITEM][0]
        found = counterfactual(model, user, item, k=4)
        gone = (log.users[log.event_rows] == user) & np.isin(
            log.items[log.matrix.indices], found.removed
        )
        model.train_ = log.select(~gone)
        shown = model.recommend([user], k=4)[ITEM].tolist()
        others = np.setdiff1d(log.items, found.removed)
        assert item not in shown
        assert item not in model.recommend([user], k=4, items=others)[ITEM].tolist()
        model.train_ = log


def plays_of(added: np.ndarray) -> LinearHistory:
    """Plays 3, 4, ... and what each adds to titles 0, 1, 2."""
    n_plays = len(added)
    return LinearHistory(3 + np.arange(n_plays), np.hstack([added, np.zeros((n_plays,) * 2)]))


def brute_force(added: np.ndarray, column: int, k: int) -> list[set]:
    """Every set of plays without which the title is off the list, as a naive loop."""
    found = []
    for size in range(1, len(added)):
        for gone in combinations(range(len(added)), size):
            left = [play for play in range(len(added)) if play not in gone]
            score = [sum(added[play][title] for play in left) for title in range(3)]
            ahead = [t for t in range(3) if (-score[t], t) < (-score[column], column)]
            if len(ahead) >= k:
                found.append(set(gone))
    return found


@pytest.mark.parametrize(
    ("n_plays", "values", "tries"), [(3, (-1, 0, 1), 5000), (4, (0, 1), 5000), (4, (0, 1), 1)]
)
def test_all_small_cases_tied_or_not_by_brute_force(n_plays, values, tries):
    """What is said of each answer is so; tries=1 goes by growing and shedding alone."""
    wrong, cases = [], 0
    for cells in product(values, repeat=3 * n_plays):
        added = np.array(cells, float).reshape(n_plays, 3)
        for column, k in ((1, 1), (1, 2)):  # a rival on either side of it
            shelf = Shelf(plays_of(added), column, 3 + n_plays, k)
            if shelf.ranks(np.zeros((1, n_plays), bool))[0] > k:
                continue
            cases += 1
            found, truth = _search(shelf, tries), brute_force(added, column, k)
            if found is None:
                fits = not truth or tries == 1
            else:
                removed, smallest = set(np.flatnonzero(found[0])), found[1]
                fits = removed in truth and not any(removed - {play} in truth for play in removed)
                fits &= len(removed) == len(min(truth, key=len)) or not smallest
                fits &= smallest or tries == 1
            if not fits:
                wrong.append((added.tolist(), column, k, found))
    assert cases > 4000 and not wrong


@pytest.mark.parametrize(
    "added",
    [
        [[0, 0, -2], [-1, -1, -1], [-2, 1, 2], [-2, -2, -2], [2, 0, -2], [-1, -2, -1]],
        [[0, 0, 0], [2, 0, 2], [2, 2, 2], [-2, 0, -1], [-2, 2, 2], [2, 2, -2]],
    ],
)
def test_a_set_that_grew_too_large_sheds_all_that_it_can_do_without(added):
    """Both grow to where more than one play, or first one and then another, can be given back."""
    added = np.array(added, float)
    removed, _ = _search(Shelf(plays_of(added), 1, 9, 2), tries=1)
    removed, truth = set(np.flatnonzero(removed)), brute_force(added, 1, 2)
    assert removed in truth
    assert not any(removed - {play} in truth for play in removed)


def test_sums_are_taken_from_left_to_right_to_the_last_bit():
    rng = np.random.default_rng(0)
    weights, rows = rng.normal(size=(70, 300)), rng.normal(size=(300, 5))
    naive = [[sum((w * r for w, r in zip(line, column, strict=True)), 0.0) for column in rows.T]
             for line in weights]  # fmt: skip
    np.testing.assert_array_equal(added_up(weights, rows), naive)
    assert (added_up(weights, rows) != weights @ rows).any()


def test_scores_do_not_depend_on_which_sets_are_scored_together(make_log):
    for name in MODELS:
        model = fitted(name, make_log(8, users=25, items=24, events=180))
        history = history_of(model, model.train_.users[np.argmax(model.train_.user_counts)])
        removed = np.random.default_rng(0).random((90, len(history.columns))) < 0.3
        alone = np.vstack([history.without(row[None, :]) for row in removed])
        np.testing.assert_array_equal(history.without(removed), alone)


def test_a_title_that_nothing_can_displace_stays():
    # Three titles, one of them not played: it is first of one whatever goes.
    log = Interactions.from_frame(pd.DataFrame({USER: [1, 1, 2, 2, 2], ITEM: list("ABABC")}))
    model = EASE(l2=1.0).fit(log)
    assert counterfactual(model, 1, "C", k=1) is None
    assert without(None, {}) == (
        "None of the sets of plays that were tried would take it off the list."
    )


def test_only_titles_on_the_list_are_asked_about(make_log):
    log = make_log(0)
    model, user = EASE().fit(log), log.users[np.argmax(log.user_counts)]
    scores = exact_scores(model, user)
    scores[log.item_positions(played(log, user))] = np.inf
    last = log.items[np.argmin(scores)]
    for item in (last, played(log, user)[0]):
        with pytest.raises(ArgumentError, match=f"item {item} is not among the 2 best of user"):
            counterfactual(model, user, item, k=2)
    for argument in ("k", "tries"):
        with pytest.raises(ArgumentError, match=f"{argument} must be an integer of at least 1"):
            counterfactual(model, user, last, **{argument: 0})


def test_sentences_name_plays_and_places(make_log):
    log = make_log(8)
    model, user = fitted("ease", log), log.users[2]
    names = {item: f"T{item}" for item in log.items}
    item = next(i for i in log.items if i not in played(log, user) and rank(model, user, i) == 1)
    found = explain(model, user, item)
    text = because(found, names, n=1)
    best = found.parts.iloc[0]
    assert text.startswith(f"T{item} scores {found.score:.2f}. Of this, T{best[ITEM]:.0f} brings")
    away = counterfactual(model, user, item, k=1)
    said = without(away, names)
    assert all(names[play] in said for play in away.removed)
    assert said.endswith(f"would stand in place {away.rank_without} instead of 1.")
    against = found.parts.assign(contribution=-1.0)
    silent = because(type(found)(user, item, -1.0, 0.0, against), names)
    assert silent.endswith("Nothing that was played speaks for it.")
