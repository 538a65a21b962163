"""Viewers' answers as columns: by hand, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import DataError
from recsys_lib.interactions import USER
from recsys_lib.models.baselines.viewer_features import viewer_groups

USERS = pd.DataFrame({USER: ["bob", "ann"], "plan": ["cheap", "dear"], "age": [40, 8]})


def test_each_value_of_each_column_is_a_column():
    groups = viewer_groups(USERS, ("plan", "age"), np.array(["ann", "bob", "cat"], object))
    assert groups.columns.tolist() == [
        ("plan", "cheap"),
        ("plan", "dear"),
        ("age", "40"),
        ("age", "8"),
    ]
    assert groups.loc["ann"].tolist() == [False, True, False, True]
    assert groups.index.tolist() == ["bob", "ann"]


def test_without_columns_there_is_nothing_to_know():
    groups = viewer_groups(None, (), ["ann", "cat"])
    assert groups.shape == (2, 0) and groups.columns.names == ["block", "feature"]


def test_tables_that_cannot_answer_are_refused():
    with pytest.raises(DataError, match=r"columns \['plan'\] of the viewers are needed.*Call fit"):
        viewer_groups(None, ("plan",), np.array(["ann"], object))
    with pytest.raises(DataError, match=r"no column \['colour'\] \(columns: user_id, plan, age"):
        viewer_groups(USERS, ("plan", "colour"), np.array(["ann"], object))
    with pytest.raises(DataError, match="users holds 'bob' twice"):
        viewer_groups(pd.concat([USERS, USERS[:1]]), ("plan",), np.array(["ann"], object))
