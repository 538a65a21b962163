"""Compiled code is for large logs and optional. (With Numba: tests/models/compiled.)"""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy import sparse

from recsys_lib.models import ItemKNN, RP3beta
from recsys_lib.models.neighbours import compiled


@pytest.fixture
def no_numba(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)  # an import of it fails
    compiled.available.cache_clear()
    yield
    compiled.available.cache_clear()


@pytest.mark.parametrize("model", [ItemKNN(5), RP3beta(neighbors=5)])
def test_without_numba_a_large_log_is_learned_by_numpy(make_log, monkeypatch, no_numba, model):
    log = make_log(3, users=150, items=40, events=900)
    expected = model.fit(log).recommend(k=5)
    monkeypatch.setattr(compiled, "worth", lambda events, n_titles: True)
    assert not compiled.available()
    assert model.fit(log).recommend(k=5).equals(expected)
    assert model.large_


def test_a_small_log_does_not_even_ask_for_numba(make_log, monkeypatch):
    monkeypatch.setattr(compiled, "available", lambda: pytest.fail("it asked"))
    log = make_log(3, users=150, items=40, events=900)
    ItemKNN(5).fit(log).recommend()
    RP3beta().fit(log).recommend()


def test_large_and_sparse_logs_are_worth_it():
    one_hundred_each = np.full(20_000, 100)  # 2 * 10 ** 8 multiplications
    assert compiled.worth(one_hundred_each, 4_000)
    assert not compiled.worth(one_hundred_each[:5_000], 4_000)  # too few
    assert not compiled.worth(one_hundred_each, 500)  # a fifth of all cells is filled


def test_what_is_compiled_reads_the_same_uncompiled(monkeypatch):
    monkeypatch.setattr(compiled, "fast", lambda function: function)
    rng = np.random.default_rng(0)
    left, right = (sparse.random_array(shape, density=0.4, format="csr", rng=rng)
                   for shape in ((6, 8), (8, 9)))  # fmt: skip
    np.testing.assert_allclose(compiled.product(left, right), (left @ right).toarray())
    values = rng.integers(-1, 4, (5, 30)).astype(np.float32)
    columns, best = compiled.highest(values, 6)
    for row, column, kept in zip(values, columns, best, strict=True):
        expected = [j for j in np.argsort(-row, kind="stable")[:6] if row[j] > 0]
        assert sorted(column[kept > 0]) == sorted(expected)
