"""Labels at the ends of lines: where they stand, what they say, and that none lies on another."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.optimize import minimize

from recsys_lib.labels import apart, label_ends

pytestmark = pytest.mark.usefixtures("book_style")


def boxes(ax) -> list:
    ax.figure.draw_without_rendering()
    return [text.get_window_extent() for text in ax.texts]


def test_labels_stand_at_their_lines_ends_in_their_colours():
    _, ax = plt.subplots()
    ax.plot([1, 2], [0, 1], label="up", color="#008a66")
    ax.errorbar([1, 2], [1, 0], yerr=0.1, label="down", color="#c77700")
    ax.plot([1, 2], [3, 3])
    label_ends(ax)
    assert [text.get_text() for text in ax.texts] == ["up", "down"]
    assert [text.get_color() for text in ax.texts] == ["#008a66", "#c77700"]
    for box, end in zip(boxes(ax), [(2, 1), (2, 0)], strict=True):
        x, y = ax.transData.transform(end)
        assert 0 < box.x0 - x < 20
        assert box.y0 < y < box.y1


def test_labels_of_lines_that_end_together_do_not_touch():
    _, ax = plt.subplots()
    ends = [0.5, 0.501, 0.499, 0.5, 1]
    for name, end in zip("abcde", ends, strict=True):
        ax.plot([0, 1], [0, end], label=name)
    label_ends(ax)
    drawn = sorted(boxes(ax), key=lambda box: box.y0)
    assert all(one.y1 <= other.y0 + 3 for one, other in pairwise(drawn))
    places = [box.y0 for box in boxes(ax)]
    assert list(np.argsort(places, kind="stable")) == list(np.argsort(ends, kind="stable"))


@pytest.mark.parametrize("seed", range(5))
def test_places_are_the_nearest_that_are_apart(seed):
    rng = np.random.default_rng(seed)
    heights = rng.uniform(0, 10, 5)
    order = np.argsort(heights)
    bounds = [{"type": "ineq", "fun": lambda x, i=i: x[order[i + 1]] - x[order[i]] - 2}
              for i in range(4)]  # fmt: skip
    slow = minimize(lambda x: ((x - heights) ** 2).sum(), heights, constraints=bounds)
    np.testing.assert_allclose(apart(heights, 2), slow.x, atol=1e-4)


def test_what_is_far_apart_stays():
    np.testing.assert_allclose(apart(np.array([9.0, 1.0, 5.0]), 2), [9, 1, 5])
