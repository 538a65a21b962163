"""Every name makes a fresh, unfitted model and is described in one line."""

import re
import sys

import pytest

from recsys_lib.errors import ArgumentError, MissingPackageError
from recsys_lib.models.base import Recommender
from recsys_lib.models.registry import MODELS, describe, make_model


@pytest.mark.parametrize("name", MODELS)
def test_each_name_makes_a_recommender(name):
    model = make_model(name)
    assert isinstance(model, Recommender)
    assert not hasattr(model, "train_")
    assert make_model(name) is not model
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert 10 < len(describe(name)) <= 85
    assert describe(name).endswith(".")


def test_the_seed_reaches_the_models_that_draw():
    assert make_model("random", seed=7).random_state == 7
    assert make_model("svd", seed=7).algorithm.random_state == 7
    assert "random_state" not in make_model("popular", seed=7).get_params()


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ArgumentError, match=r"no model 'best'\. Choose from random, popular"):
        make_model("best")


def test_svd_without_surprise_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "surprise", None)
    with pytest.raises(MissingPackageError, match="pip install scikit-surprise"):
        make_model("svd")
