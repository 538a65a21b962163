"""Chance alone marks no more tables than it may; what is there is found."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_lib.errors import DataError
from recsys_lib.significance import group_gaps, holm


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def holm_by_steps(p: list[float]) -> list[float]:
    """Test the smallest against level / m, the next against level / (m - 1), until one fails."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    corrected, worst = [0.0] * len(p), 0.0
    for rank, i in enumerate(order):
        worst = max(worst, min((len(p) - rank) * p[i], 1))
        corrected[i] = worst
    return corrected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_equals_its_steps(p):
    np.testing.assert_allclose(holm(p), holm_by_steps(p))


def test_holm_leaves_out_what_was_not_tested():
    np.testing.assert_allclose(holm([math.nan, 0.01, 0.04]), [math.nan, 0.02, 0.04])
    assert holm([]).tolist() == []
    assert holm([0, 1]).tolist() == [0, 1]
    for wrong in (-0.1, 1.1):
        with pytest.raises(DataError, match="between 0 and 1"):
            holm([0.5, wrong])


def welch_t(one: list[float], other: list[float]) -> float:
    a, b = (np.var(side, ddof=1) / len(side) for side in (one, other))
    return float((np.mean(one) - np.mean(other)) / math.sqrt(a + b))


def test_p_is_the_share_of_all_ways_to_deal_out_the_labels():
    values, groups = [1.0, 2.0, 4.0, 8.0, 9.0, 7.5, 11.0], list("aaabbbb")
    labels, gap, p = group_gaps(np.array(values), np.array(groups), rng=rng())
    assert labels.tolist() == ["a", "b"]
    assert gap.tolist() == pytest.approx([7 / 3 - 35.5 / 4, 35.5 / 4 - 7 / 3])
    observed = abs(welch_t(values[:3], values[3:]))
    every = [abs(welch_t(list(way[:3]), list(way[3:]))) for way in permutations(values)]
    expected = np.mean([t >= observed - 1e-9 for t in every])
    assert p == pytest.approx([expected, expected], abs=0.02)


def test_equal_values_differ_by_nothing_and_opposite_ones_by_all():
    _, gap, p = group_gaps(np.full(30, 0.1), np.arange(30) % 3, rng=rng())
    assert np.abs(gap).max() < 1e-12 and (p == 1).all()
    groups = np.arange(40) % 2
    _, gap, p = group_gaps(groups.astype(float), groups, rng=rng())
    assert gap.tolist() == [-1, 1] and (p < 0.001).all()


def test_a_group_alone_or_of_one_has_no_p():
    _, gap, p = group_gaps(np.array([1.0, 2.0]), np.array(["a", "a"]), rng=rng())
    assert np.isnan(gap).all() and np.isnan(p).all()
    _, gap, p = group_gaps(np.array([1.0, 2.0, 6.0]), np.array(["a", "a", "b"]), rng=rng())
    assert gap.tolist() == [-4.5, 4.5] and np.isnan(p[1]) and not np.isnan(p[0])


SHAPES = {
    "ndcg": lambda draw, n: np.where(draw.random(n) < 0.5, 0, draw.beta(1.5, 3, n)),
    "hits": lambda draw, n: (draw.random(n) < 0.3) * 1.0,
    "waiting times": lambda draw, n: draw.exponential(size=n),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("groups", "size"), [(20, 5), (7, 200)])
def test_where_nothing_is_going_on_few_tables_show_anything(shape, groups, size):
    """Of 100 tables 5 may; 12 or more would come by chance in 4 of 1,000 such tests."""
    draw, labels = rng(1), np.repeat(np.arange(groups), size)
    tables = (group_gaps(SHAPES[shape](draw, len(labels)), labels, rng=draw) for _ in range(100))
    assert sum((holm(p) < 0.05).any() for _, _, p in tables) < 12


def test_groups_of_equal_mean_and_unequal_spread_are_not_told_apart():
    """One small group spreads ten times as wide: a test of pooled values would often see a gap."""
    draw, labels = rng(2), np.r_[np.zeros(20, int), np.ones(300, int)]
    values = (np.r_[draw.normal(0, 10, 20), draw.normal(0, 1, 300)] for _ in range(150))
    seen = sum(group_gaps(one, labels, rng=draw)[2][0] < 0.05 for one in values)
    assert seen < 18  # 7.5 expected, standard deviation 2.7


def test_a_gap_that_is_there_is_found():
    draw, labels = rng(3), np.repeat(np.arange(7), 200)
    values = SHAPES["ndcg"](draw, 1400)
    values[labels == 4] *= 0.5
    _, gap, p = group_gaps(values, labels, rng=draw)
    assert np.flatnonzero(holm(p) < 0.05).tolist() == [4] and gap[4] < 0


def test_the_generator_decides_and_the_order_of_the_viewers_does_not_matter_to_the_gap():
    values, labels = rng(4).random(60), np.arange(60) % 4
    one, same, other = (group_gaps(values, labels, rng=rng(seed))[2] for seed in (0, 0, 1))
    assert (one == same).all() and (one != other).any()
    turned = group_gaps(values[::-1], labels[::-1], rng=rng())[1]
    np.testing.assert_allclose(turned, group_gaps(values, labels, rng=rng())[1])
