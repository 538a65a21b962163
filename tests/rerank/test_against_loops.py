"""Each re-ranker against a loop that reads like its formula, and against every possible list."""

from __future__ import annotations

import math
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recsys_lib import rerank
from recsys_lib.metrics.calibration import miscalibration
from tests.rerank.worlds import (
    FEATURES,
    HISTORY,
    IN_GROUP,
    POPULARITY,
    SHARES,
    candidates,
    surprise,
    target,
)

WEIGHTS, SLOTS = st.sampled_from([0.1, 0.37, 0.8, 1.0]), st.integers(1, 6)


def naive_relevance(scores: list[float]) -> list[float]:
    low, high = min(scores), max(scores)
    return [(s - low) / (high - low) if high > low else 1.0 for s in scores]


def rows(items, scores):
    """Each list without its empty slots: viewer, titles, relevance by title."""
    for user, row in enumerate(items.tolist()):
        titles = [title for title in row if title >= 0]
        good = naive_relevance(scores[user, : len(titles)].tolist()) if titles else []
        yield user, titles, dict(zip(titles, good, strict=True))


def naive_greedy(titles, k, value) -> list[int]:
    """`value(title, chosen)` decides; max takes the first of equals, as candidates stand."""
    chosen = []
    while len(chosen) < min(k, len(titles)):
        left = [title for title in titles if title not in chosen]
        # Rounded, so that a tie in the formula is a tie in both computations.
        chosen.append(max(left, key=lambda title: round(value(title, chosen), 9)))
    return chosen


def assert_lists(result, naive) -> None:
    assert [[title for title in row if title >= 0] for row in result.tolist()] == naive


def cosine(a, b) -> float:
    length = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / length if length else 0.0


@given(drawn=candidates(), weight=WEIGHTS, k=SLOTS)
def test_mmr(drawn, weight, k):
    naive = []
    for _, titles, good in rows(*drawn):

        def value(title, chosen, good=good):
            alike = max((cosine(FEATURES[title], FEATURES[c]) for c in chosen), default=0.0)
            return (1 - weight) * good[title] - weight * alike

        naive.append(naive_greedy(titles, k, value))
    assert_lists(rerank.mmr(*drawn, FEATURES, weight=weight, k=k), naive)


def objective(chosen, good, wanted, weight, k, alpha=0.01) -> float:
    """What `calibrated` makes large, as its docstring has it."""
    total = (1 - weight) * sum(good[title] for title in chosen) / k
    for g, p in enumerate(wanted):
        if p > 0:
            mixed = (1 - alpha) * sum(SHARES[title][g] for title in chosen) / k + alpha * p
            total += weight * p * math.log(mixed / (alpha * p))
    return total


@given(drawn=candidates(), weight=WEIGHTS, k=SLOTS)
def test_calibrated(drawn, weight, k):
    naive, wanted, k = [], target(len(drawn[0])), min(k, max(drawn[0].shape[1], 1))
    for user, titles, good in rows(*drawn):

        def value(title, chosen, good=good, wanted=wanted[user]):
            both = objective([*chosen, title], good, wanted, weight, k)
            return both - objective(chosen, good, wanted, weight, k)

        naive.append(naive_greedy(titles, k, value))
    assert_lists(rerank.calibrated(*drawn, SHARES, wanted, weight=weight, k=k), naive)


@given(drawn=candidates(), weight=WEIGHTS)
def test_calibrated_reaches_its_guarantee(drawn, weight):
    items, scores = drawn
    k, wanted = max(min(3, items.shape[1]), 1), target(len(items))
    result = rerank.calibrated(items, scores, SHARES, wanted, weight=weight, k=k)
    for user, titles, good in rows(items, scores):
        best = max(
            objective(some, good, wanted[user], weight, k)
            for some in combinations(titles, min(k, len(titles)))
        )
        mine = [title for title in result[user].tolist() if title >= 0]
        assert objective(mine, good, wanted[user], weight, k) >= (1 - 1 / math.e) * best - 1e-9


def test_calibration_falls_as_its_weight_rises():
    rng = np.random.default_rng(3)
    items = np.array([rng.permutation(40) for _ in range(50)])
    scores = -np.sort(-rng.random(items.shape), axis=1)
    shares = rng.dirichlet(np.full(4, 0.3), 40)
    history = sparse.csr_array((rng.random((50, 40)) < 0.3).astype(float))
    wanted = history @ shares
    wanted /= wanted.sum(axis=1, keepdims=True)
    divergence = [
        miscalibration(
            rerank.calibrated(items, scores, shares, wanted, weight=weight, k=8), history, shares
        ).mean()
        for weight in (0, 0.2, 0.5, 0.9, 1)
    ]
    assert (np.diff(divergence) < 0).all() and divergence[-1] < 0.1 * divergence[0]


def naive_minimum_share(titles, member, share, k) -> list[int]:
    chosen = []
    for slot in range(1, min(k, len(titles)) + 1):
        left = [title for title in titles if title not in chosen]
        group = [title for title in left if member[title]]
        due = sum(member[title] for title in chosen) < math.floor(share * slot + 1e-9)
        chosen.append(group[0] if due and group else left[0])
    return chosen


@given(drawn=candidates(), share=st.sampled_from([0.1, 0.3, 0.5, 1.0]), k=SLOTS)
def test_minimum_share(drawn, share, k):
    result = rerank.minimum_share(*drawn, IN_GROUP, share=share, k=k)
    every = list(rows(*drawn))
    assert_lists(result, [naive_minimum_share(t, IN_GROUP, share, k) for _, t, _ in every])
    for (_, titles, good), row in zip(every, result.tolist(), strict=True):
        available = sum(IN_GROUP[title] for title in titles)
        for length in range(1, min(k, len(titles)) + 1):
            bound = min(math.floor(share * length + 1e-9), available)
            first = row[:length]
            assert sum(IN_GROUP[title] for title in first) >= bound
            allowed = (
                sum(good[title] for title in some)
                for some in combinations(titles, length)
                if sum(IN_GROUP[title] for title in some) >= bound
            )
            assert sum(good[title] for title in first) == pytest.approx(max(allowed))


@given(drawn=candidates(), share=st.floats(0, 1), k=SLOTS)
def test_amortised_share_is_reached_where_it_can_be(drawn, share, k):
    items, scores = drawn
    result = rerank.amortised_share(items, scores, IN_GROUP, share=share, k=k)
    most = rerank.minimum_share(items, scores, IN_GROUP, share=1, k=k)
    if (result >= 0).any():
        assert group_share(result) >= min(share, group_share(most)) - 1e-12


def group_share(columns) -> float:
    return IN_GROUP[columns[columns >= 0]].mean()


@pytest.mark.parametrize("attention", [None, np.array([1.0, 0.4])])
def test_no_other_lists_give_the_group_as_much_for_less(attention):
    rng, weight = np.random.default_rng(8), np.ones(2) if attention is None else attention
    for share in (0.3, 0.6):
        items = np.array([rng.permutation(9)[:4] for _ in range(3)])
        scores = -np.sort(-rng.random(items.shape), axis=1)
        result = rerank.amortised_share(
            items, scores, IN_GROUP, share=share, k=2, attention=attention
        )
        every = list(rows(items, scores))

        def worth(lists, every=every):
            good = sum(
                sum(w * row[2][title] for w, title in zip(weight, chosen, strict=True))
                for row, chosen in zip(every, lists, strict=True)
            )
            return good, sum((weight * IN_GROUP[list(chosen)]).sum() for chosen in lists)

        mine = worth(result.tolist())
        for lists in product(*(permutations(titles, 2) for _, titles, _ in every)):
            good, shown = worth(lists)
            assert good <= mine[0] + 1e-5 or shown < mine[1] - 1e-9


@given(drawn=candidates(), weight=WEIGHTS, k=SLOTS)
def test_popularity_discounted(drawn, weight, k):
    naive = [
        naive_greedy(
            titles,
            k,
            lambda title, _, good=good: (1 - weight) * good[title] - weight * POPULARITY[title],
        )
        for _, titles, good in rows(*drawn)
    ]
    assert_lists(rerank.popularity_discounted(*drawn, POPULARITY, weight=weight, k=k), naive)


@given(drawn=candidates(), slots=st.integers(0, 4), k=SLOTS)
def test_serendipity_slots(drawn, slots, k):
    items, scores = drawn
    naive, surprises, k = [], surprise(items), min(k, items.shape[1])
    for user, titles, good in rows(items, scores):
        unexpected = dict(zip(titles, surprises[user, : len(titles)].tolist(), strict=True))

        def value(title, chosen, good=good, unexpected=unexpected, titles=titles):
            if len(chosen) < k - slots:
                return -titles.index(title)
            return good[title] * unexpected[title]

        naive.append(naive_greedy(titles, k, value))
    assert_lists(rerank.serendipity_slots(items, scores, surprises, slots=slots, k=k), naive)


def test_unexpectedness():
    items = np.array([[0, 1, 2], [3, 4, -1], [5, 6, 7]])
    values = rerank.unexpectedness(items, HISTORY[:3], FEATURES)
    dense = HISTORY.toarray()
    for user, row in enumerate(items.tolist()):
        profile = [sum(dense[user, i] * FEATURES[i, f] for i in range(9)) for f in range(3)]
        naive = [1 - cosine(FEATURES[t], profile) if t >= 0 else 0.0 for t in row]
        np.testing.assert_allclose(values[user], naive, atol=1e-12)


def test_without_a_history_everything_is_unexpected():
    values = rerank.unexpectedness(np.array([[0, 1]]), sparse.csr_array((1, 9)), FEATURES)
    assert values.tolist() == [[1.0, 1.0]]


def test_epsilon_explores_that_share_of_slots_and_draws_fairly():
    n, items = 4000, np.tile(np.arange(10), (4000, 1))
    scores = np.tile(-np.arange(10.0), (n, 1))
    first = rerank.epsilon_greedy(items, scores, epsilon=0.4, k=3, rng=np.random.default_rng(0))[
        :, 0
    ]
    shares = np.bincount(first, minlength=10) / n
    # The best title comes first unless the slot explores, and then still once in ten.
    np.testing.assert_allclose(shares, [0.6 + 0.04] + [0.04] * 9, atol=0.02)


def test_a_larger_epsilon_explores_the_same_slots_and_more():
    items, scores = np.tile(np.arange(50), (200, 1)), np.tile(-np.arange(50.0), (200, 1))
    changed = [
        rerank.epsilon_greedy(items, scores, epsilon=x, k=1, rng=np.random.default_rng(2))
        != items[:, :1]
        for x in (0.1, 0.3, 0.9)
    ]
    assert changed[0].sum() < changed[1].sum() < changed[2].sum()
    assert (changed[0] <= changed[1]).all() and (changed[1] <= changed[2]).all()


def test_thompson_puts_the_better_of_two_first_as_often_as_their_doubt_says():
    n = 4000
    items, scores = np.tile([0, 1], (n, 1)), np.tile([1.0, 0.0], (n, 1))
    result = rerank.thompson(items, scores, 1.0, rng=np.random.default_rng(0))
    right = 0.5 * (1 + math.erf(1 / math.sqrt(2) / math.sqrt(2)))  # P(N(1, 2) > 0)
    assert (result[:, 0] == 0).mean() == pytest.approx(right, abs=0.02)


def test_doubt_about_one_title_moves_that_title():
    items, scores = np.tile([0, 1, 2], (2000, 1)), np.tile([3.0, 2.0, 1.0], (2000, 1))
    sd = np.tile([0.0, 0.0, 2.0], (2000, 1))
    result = rerank.thompson(items, scores, sd, rng=np.random.default_rng(0))
    among_the_sure = np.array([[title for title in row if title < 2] for row in result])
    assert (among_the_sure == [0, 1]).all() and (result[:, 0] == 2).mean() > 0.1
