"""Groups of viewers: by hand, and between one's own group and everybody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, USER
from recsys_lib.models.baselines.demographic import DemographicGroups

VIEWERS = pd.DataFrame(
    {
        USER: ["ann", "bea", "cal", "dan", "eve"],
        "gender": ["woman", "woman", "man", "man", "woman"],
        "age_band": ["18-29", "30-44", "18-29", "18-29", None],
    }
)
# Title A: Ann, Bea and Cal; title B: Cal and Dan. Eve has no history, so she is no viewer yet and
# counts nowhere; Fay is in no table.
LOG = Interactions.from_frame(
    pd.DataFrame({USER: ["ann", "bea", "cal", "cal", "dan"], ITEM: list("AAABB")}),
    users=["ann", "bea", "cal", "dan", "eve"],
)


def scores(model: DemographicGroups, users) -> np.ndarray:
    return model.fit(LOG, users=VIEWERS).score_all(users)


def test_a_groups_own_share_by_hand():
    # Of two women both watched A; of two men one watched A, both B.
    model = DemographicGroups(("gender",), shrinkage=0)
    np.testing.assert_allclose(scores(model, ["ann", "cal"]), [[1, 0], [1 / 2, 1]], atol=1e-6)


def test_shrinkage_adds_average_viewers():
    # Four more men of whom 3 in 4 watched A and 2 in 4 watched B.
    model = DemographicGroups(("gender",), shrinkage=4)
    np.testing.assert_allclose(scores(model, ["dan"]), [[(1 + 3) / 6, (2 + 2) / 6]], atol=1e-6)


def test_endless_shrinkage_is_everybodys_popularity():
    model = DemographicGroups(("gender",), shrinkage=1e12)
    np.testing.assert_allclose(scores(model, ["ann", "cal"]), [[3 / 4, 2 / 4]] * 2, atol=1e-6)


def test_who_has_no_history_gets_the_groups_who_is_in_no_table_everybodys():
    model = DemographicGroups(("gender",), shrinkage=0)
    np.testing.assert_allclose(scores(model, ["eve", "fay"]), [[1, 0], [3 / 4, 2 / 4]], atol=1e-6)


def test_combinations_of_columns_make_finer_groups_and_an_empty_cell_is_a_value():
    model = DemographicGroups(("gender", "age_band"), shrinkage=0)
    viewers = VIEWERS.assign(gender="woman", age_band=["18-29", None, "18-29", "18-29", None])
    values = model.fit(LOG, users=viewers).score_all(["ann", "bea", "eve"])
    np.testing.assert_allclose(values, [[2 / 3, 2 / 3], [1, 0], [1, 0]], atol=1e-6)
    assert model.n_groups_ == 2


def test_a_group_of_nobody_in_train_and_not_shrunk_falls_back_to_everybody():
    others = pd.DataFrame({USER: ["gil", "eve"], "gender": ["nonbinary", "agender"]})
    more = pd.concat([VIEWERS[VIEWERS[USER] != "eve"], others])
    model = DemographicGroups(("gender",), shrinkage=0).fit(LOG, users=more)
    np.testing.assert_allclose(model.score_all(["gil", "eve"]), [[3 / 4, 2 / 4]] * 2, atol=1e-6)


def test_the_order_of_the_table_of_viewers_does_not_matter():
    model = DemographicGroups(("gender",), shrinkage=2)
    turned = clone(model).fit(LOG, users=VIEWERS[::-1])
    np.testing.assert_array_equal(turned.score_all(LOG.users), scores(model, LOG.users))


def test_viewers_must_be_given_once_with_the_columns():
    model = DemographicGroups(("gender", "town"))
    with pytest.raises(DataError, match=r"needs to know the viewers. Call fit\(train, users="):
        model.fit(LOG)
    with pytest.raises(DataError, match=r"no column \['town'\] \(columns: user_id, gender"):
        model.fit(LOG, users=VIEWERS)
    with pytest.raises(DataError, match="users holds 'ann' twice"):
        DemographicGroups(("gender",)).fit(LOG, users=pd.concat([VIEWERS, VIEWERS]))
    with pytest.raises(ArgumentError, match="shrinkage must be a number of at least 0"):
        DemographicGroups(("gender",), shrinkage=-1).fit(LOG, users=VIEWERS)
    with pytest.raises(ArgumentError, match="at least one column"):
        DemographicGroups(()).fit(LOG, users=VIEWERS)
