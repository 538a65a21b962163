"""What the feedback loop measures, by hand and beside naive loops."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from recsys_lib.interactions import Interactions
from recsys_lib.simulation.loop.measures import (
    Round,
    Traits,
    alike_to_others,
    rows_of,
    service_measures,
    tidy,
    viewer_measures,
)


def diet_of(table):
    user, item = np.nonzero(table)
    log = pd.DataFrame({"user_id": user, "item_id": item})
    return Interactions.from_frame(log, users=range(len(table)), items=range(len(table[0])))


DIET = [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
UTILITY = np.array([[4.0, 2.0, 3.0, 1.0], [1.0, 3.0, 5.0, 2.0], [2.0, 2.0, 2.0, 2.0]])
NOW = Round(
    slates=np.array([[2, 3], [0, -1], [1, 2]]),
    plays=np.array([[0, 1], [2, -1], [-1, -1]]),
    browsed=np.array([[True, True], [True, False], [False, False]]),
    clicked=np.array([[True, False], [False, False], [False, False]]),
    diet=diet_of(DIET),
    utility=UTILITY,
    utility_then=UTILITY - 1,
    shift=np.array([0.1, 0.2, 0.0]),
)
TRAITS = Traits(fame=np.array([0.25, 0.75, 0.0, 0.5]), genres=np.eye(4)[[0, 0, 1, 2]])


def test_each_measure_of_a_viewer_by_hand():
    expected = {
        "utility": [3.0, 5.0, np.nan],  # (4 + 2) / 2, then 5
        "utility_then": [2.0, 4.0, np.nan],
        "slate_utility": [2.0, 1.0, 2.0],
        "click": [0.5, 0.0, np.nan],
        "discovery": [0.5, 1.0, np.nan],  # title 0 is little known and liked, title 1 neither
        "fame": [0.5, 0.0, np.nan],
        "slate_fame": [0.25, 0.25, 0.375],
        "popularity": [(1 + 2) / 6, 1 / 3, np.nan],  # one, two and one of three diets
        "slate_popularity": [(1 + 0) / 6, 1 / 3, (2 + 1) / 6],
        "diversity": [0.0, 1.0, np.nan],  # of one genre; of two
        "alike": [1 / 3, 1 / 3, np.nan],
        "slate_alike": [(0 + 1 / 3) / 2, 0.0, (0 + 1 / 3) / 2],
        "taste_shift": [0.1, 0.2, 0.0],
    }
    found = viewer_measures(NOW, TRAITS)
    assert list(found) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, err_msg=name)


def test_each_measure_of_the_service_by_hand():
    found = service_measures(NOW)
    # Diets hold the titles 1, 2, 1 and 0 times, pages 1, 1, 2 and 1 times.
    assert found["gini"] == pytest.approx((-3 * 0 - 1 * 1 + 1 * 1 + 3 * 2) / (4 * 4))
    assert found["slate_gini"] == pytest.approx((-3 - 1 + 1 + 3 * 2) / (4 * 5))
    assert (found["coverage"], found["slate_coverage"]) == (0.75, 1.0)


def test_the_tidy_frame_holds_means_and_shares():
    frame = tidy(NOW, TRAITS, {"size": np.array(["a", "a", "b"])}, {"old": np.array([1, 0, 0, 0])})
    found = frame.set_index(["of", "group", "measure"])["value"]
    assert found["all", "all", "utility"] == 4.0  # the third viewer watched nothing
    assert found["size", "a", "slate_utility"] == 1.5
    assert np.isnan(found["size", "b", "utility"])
    assert found["old", 1, "exposure"] == pytest.approx(1 / 5)
    assert found["old", 0, "viewing"] == pytest.approx(2 / 3)
    assert not frame.duplicated(["of", "group", "measure"]).any()


def naive_alike(table):
    sets = [set(np.flatnonzero(row)) for row in table]
    result = []
    for u, own in enumerate(sets):
        others = [other for v, other in enumerate(sets) if v != u and other]
        jaccard = [len(own & other) / len(own | other) for other in others]
        result.append(np.mean(jaccard) if own and jaccard else np.nan)
    return result


@given(arrays(bool, st.tuples(st.integers(1, 7), st.integers(1, 6))))
def test_likeness_to_others_agrees_with_sets(table):
    found = alike_to_others(sparse.csr_array(table.astype(float)))
    np.testing.assert_allclose(found, naive_alike(table))


@given(arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_rows_hold_each_users_titles(table):
    rows = rows_of(diet_of(table.astype(int).tolist()))
    for row, expected in zip(rows, table, strict=True):
        np.testing.assert_array_equal(row[row >= 0], np.flatnonzero(expected))


def test_identical_pages_are_as_alike_as_can_be():
    same = replace(NOW, slates=np.tile([1, 3], (3, 1)))
    np.testing.assert_allclose(viewer_measures(same, TRAITS)["slate_alike"], 1.0)
