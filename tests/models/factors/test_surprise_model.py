"""Surprise behind the contract: its own predictions, unchanged."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from surprise import SVD, BaselineOnly, Dataset, KNNBasic, Reader

from recsys_lib import Interactions
from recsys_lib.errors import DataError, MissingPackageError
from recsys_lib.models.factors.surprise_model import SurpriseModel


@pytest.mark.parametrize(
    "make",
    [
        lambda: SVD(n_factors=5, n_epochs=4, random_state=3),
        lambda: BaselineOnly(verbose=False),
        lambda: KNNBasic(k=5, verbose=False),
    ],
)
@pytest.mark.parametrize("names", [False, True])
def test_predictions_equal_surprises_own(make_log, make, names):
    log = make_log(names=names)
    frame = log.to_frame()
    data = Dataset.load_from_df(frame[["user_id", "item_id", "value"]], Reader(rating_scale=(1, 5)))
    direct = make().fit(data.build_full_trainset())
    ours = SurpriseModel(make()).fit(log)
    users, items = np.repeat(log.users, log.n_items), np.tile(log.items, log.n_users)
    pairs = zip(users, items, strict=True)
    expected = [direct.predict(user, item).est for user, item in pairs]
    np.testing.assert_allclose(ours.predict(users, items), expected, atol=1e-12)


def test_the_algorithm_given_is_not_trained(make_log):
    algorithm = SVD(n_epochs=1, random_state=0)
    model = SurpriseModel(algorithm).fit(make_log())
    assert model.algorithm is algorithm and not hasattr(algorithm, "trainset")
    assert model.algorithm_.trainset.n_ratings == 240


def test_what_is_no_surprise_algorithm_is_refused(make_log):
    for wrong in (SVD, "SVD", None):
        with pytest.raises(DataError, match="must be a Surprise algorithm, not"):
            SurpriseModel(wrong).fit(make_log())


def test_without_surprise_there_is_a_clear_error(make_log, monkeypatch):
    algorithm = SVD()
    monkeypatch.setitem(sys.modules, "surprise", None)
    with pytest.raises(MissingPackageError, match="pip install scikit-surprise"):
        SurpriseModel(algorithm).fit(make_log())


def test_the_algorithms_are_surprises_own_or_a_sentence_says_what_to_do(monkeypatch):
    from recsys_lib.models.surprise import SVD as same
    from recsys_lib.models.surprise import KNNBasic as likewise

    assert same is SVD and likewise is KNNBasic
    with pytest.raises(ImportError, match="cannot import name 'NoSuch'"):
        from recsys_lib.models.surprise import NoSuch  # noqa: F401
    monkeypatch.setitem(sys.modules, "surprise", None)
    with pytest.raises(MissingPackageError, match=r"pip install scikit-surprise \(for Intel Macs"):
        from recsys_lib.models.surprise import NMF  # noqa: F401


def test_a_log_of_one_value_is_predicted_to_be_that_value(make_log):
    log = make_log()
    same = log.to_frame().assign(value=4.0)
    fitted = SurpriseModel(BaselineOnly(verbose=False)).fit(
        Interactions.from_frame(same, value="value")
    )
    assert set(fitted.predict(log.users, log.items[[0] * log.n_users])) == {4.0}
