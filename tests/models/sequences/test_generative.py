"""Spelling beside loops; what is learned of letters; codes dealt by lot, the null."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, TIME, USER
from recsys_lib.models import GenerativeRetrieval
from recsys_lib.models.sequences.generative import Spelling, log_chances, remembered
from tests.models.processors import printed_on

SMALL = dict(levels=2, codes=2, factors=4, length=5, epochs=2, batch_size=8)
SIZES = (3, 2, 2)


def drawn(sizes=SIZES, d: int = 4, seed: int = 0) -> dict[str, np.ndarray]:
    """Parameters of the spelling part, by lot."""
    rng, p = np.random.default_rng(seed), {}
    for level, size in enumerate(sizes):
        p[f"letters {level}"] = rng.normal(size=(size, d))
        p[f"bias {level}"] = rng.normal(size=size)
        p[f"keep {level}"], p[f"tell {level}"] = rng.normal(size=(2, d, d))
    return p


def naive_log_chance(p: dict, h: np.ndarray, code) -> float:
    """The formula, letter by letter."""
    total = 0.0
    for level, c in enumerate(code):
        powers = [np.exp(h @ one + b) for one, b in
                  zip(p[f"letters {level}"], p[f"bias {level}"], strict=True)]  # fmt: skip
        total += np.log(powers[c] / sum(powers))
        h = np.tanh(h @ p[f"keep {level}"] + p[f"letters {level}"][c] @ p[f"tell {level}"])
    return total


def test_scores_are_those_of_a_loop_and_chances_of_all_spellings_sum_to_one():
    p, state = drawn(), np.random.default_rng(1).normal(size=(3, 4))
    codes = np.array(list(product(*map(range, SIZES))))
    found = log_chances(p, state, codes)
    expected = [[naive_log_chance(p, h, code) for code in codes] for h in state]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1)


def test_titles_of_one_code_tie_and_codes_of_no_title_have_the_rest():
    p, state = drawn(), np.random.default_rng(2).normal(size=(3, 4))
    codes = np.array([[2, 0, 1], [0, 1, 1], [2, 0, 1], [2, 0, 0]])
    found = log_chances(p, state, codes)
    np.testing.assert_array_equal(found[:, 0], found[:, 2])
    assert (np.exp(found[:, [0, 1, 3]]).sum(axis=1) < 1).all()
    order = [3, 1, 0, 2]
    np.testing.assert_allclose(log_chances(p, state, codes[order]), found[:, order], atol=1e-12)


def genres_in_turn(n_users: int = 150, new: bool = True):
    """Everybody watches a title of each of four genres in turn; a title a genre is never watched.

    Returns:
        The log of 24 titles, the table of their genres, and the columns of the four.
    """
    rng, rows = np.random.default_rng(0), []
    for user, start in enumerate(rng.integers(0, 4, n_users)):
        for step in range(5):
            genre = (start + step) % 4
            rows.append((user, 6 * genre + rng.integers(1, 6), step))
    frame = pd.DataFrame(rows, columns=[USER, ITEM, TIME]).drop_duplicates([USER, ITEM])
    log = Interactions.from_frame(frame, time=TIME, items=range(24))
    genres = np.repeat(["drama", "comedy", "war", "crime"], 6)
    return log, pd.DataFrame({ITEM: range(24), "genres": genres}), np.arange(0, 24, 6)


LEARNING = dict(levels=1, codes=4, factors=16, length=5, epochs=30, batch_size=32, dropout=0.0)


class Dealt(GenerativeRetrieval):
    """The null: the same codes, dealt by lot among the titles."""

    def _codes(self, train, items):
        return np.random.default_rng(1).permutation(super()._codes(train, items))


def placed_right(model: GenerativeRetrieval) -> int:
    """For how many histories of one title the new title of the next genre is best of the four."""
    log, items, new = genres_in_turn()
    model.fit(log, items=items)
    right = 0
    for column in np.setdiff1d(np.arange(24), new):
        best = model.recommend_for([column], 1, items=new, exclude_seen=False)[ITEM].item()
        right += best == 6 * ((column // 6 + 1) % 4)
    return right


def test_titles_that_nobody_watched_are_spelled_and_not_if_codes_are_dealt_by_lot():
    assert placed_right(GenerativeRetrieval(last=False, **LEARNING)) == 20
    assert placed_right(Dealt(last=False, **LEARNING)) <= 10


def test_a_last_number_tells_titles_of_one_code_apart():
    log, items, _ = genres_in_turn()
    for last in (True, False):
        model = GenerativeRetrieval(last=last, **LEARNING).fit(log, items=items)
        scores = model.score_all(log.users[:5])
        assert model.codes_.shape == (24, 2 if last else 1)
        assert (len(np.unique(scores[0])) == 4) is not last


def test_the_loss_is_that_of_a_loop_and_its_slope_that_of_a_nudge(make_log):
    jax = pytest.importorskip("jax")
    log = make_log(1)
    items = pd.DataFrame({ITEM: log.items, "genres": np.resize(["drama|crime", "war", "comedy"],
                                                              log.n_items)})  # fmt: skip
    model = GenerativeRetrieval(**SMALL).fit(log, items=items)
    p, codes = model.parameters_, model.codes_
    seen = np.array([[20, 20, 3, 1, 4, 7], [0, 1, 2, 3, 4, 5]])  # 20 pads
    memory = remembered(p, codes, seen[:, :-1], lambda x, place: x)
    expected = -np.mean([naive_log_chance(p, memory[u, t], codes[seen[u, t + 1]])
                         for u in range(2) for t in range(5) if seen[u, t + 1] < 20])  # fmt: skip
    batch, loss = {"seen": seen, "codes": codes}, Spelling(dropout=0.0)
    with jax.enable_x64(True):
        key = jax.random.key(0)
        value, slopes = jax.value_and_grad(loss)(p, batch, key)
        assert float(value) == pytest.approx(expected, abs=1e-10)
        for name in ("letters 0", "tell 0", "keep 1", "in_new"):
            nudged = p | {name: p[name].copy()}
            nudged[name][0, 1] += 1e-6
            slope = (float(loss(nudged, batch, key)) - float(value)) / 1e-6
            assert float(slopes[name][0, 1]) == pytest.approx(slope, abs=1e-5), name


def test_no_evening_sees_a_later_one(make_log):
    log = make_log(3)
    items = pd.DataFrame({ITEM: log.items, "genres": np.resize(["drama", "war"], log.n_items)})
    model = GenerativeRetrieval(**SMALL).fit(log, items=items)
    seen = np.array([[20, 20, 3, 1, 4], [20, 20, 3, 1, 7]])
    one, other = remembered(model.parameters_, model.codes_, seen, lambda x, place: x)
    np.testing.assert_array_equal(one[:4], other[:4])
    assert not np.allclose(one[4], other[4])
    np.testing.assert_array_equal(one[:2], 0)  # nothing is remembered before the first title


def lists() -> list:
    """What it recommends after a few epochs, one list after the other."""
    log, items, _ = genres_in_turn()
    model = GenerativeRetrieval(levels=2, codes=4, factors=16, length=5, epochs=4, batch_size=16)
    return [*model.fit(log, items=items).recommend(log.users, 5)[ITEM]]


@pytest.mark.parametrize("isa", ["SSE4_2", "AVX2"])
def test_other_processors_recommend_the_same(isa):
    pytest.importorskip("jax")
    assert printed_on(isa, lists) == " ".join(map(str, lists()))


def test_settings_and_tables_from_which_nothing_can_be_learned_are_refused(make_log):
    log = make_log()
    items = pd.DataFrame({ITEM: log.items, "genres": "drama"})
    for name in ("levels", "codes", "components", "factors", "length", "epochs", "batch_size"):
        with pytest.raises(ArgumentError, match=f"{name} must be an integer of at least 1"):
            GenerativeRetrieval(**{name: 0}).fit(log, items=items)
    for name, wrong in (("learning_rate", 0), ("dropout", 1), ("held_out", 1)):
        with pytest.raises(ArgumentError, match=name):
            GenerativeRetrieval(**{name: wrong}).fit(log, items=items)
    with pytest.raises(DataError, match="GenerativeRetrieval"):
        GenerativeRetrieval().fit(log)
    with pytest.raises(DataError, match="train has no times"):
        GenerativeRetrieval().fit(Interactions(log.users, log.items, log.matrix), items=items)
