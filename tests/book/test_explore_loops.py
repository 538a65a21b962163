"""The stored numbers of the bookshop and the bubble, made anew, and what the pages say of them."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from book.tools.explorables import bookshop as explore_bookshop
from book.tools.explorables import bubble as explore_bubble
from book.tools.explorables.bookshop import MEN, OWN, REMEDIES
from recsys_lib.simulation.bookshop import long_run_share

ROOT = Path(__file__).resolve().parents[2]


def stored(name: str) -> dict:
    return json.loads((ROOT / f"book/explore/{name}.json").read_text(encoding="utf-8"))


# The bookshop -----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["none/80/60", "lot 30/80/60", "floor 40/95/75", "showing/55/50"])
def test_ten_shops_ended_as_stored(key):
    remedy, men, own = key.split("/")
    shares, found = explore_bookshop.last_month(remedy, int(men), int(own)), stored("bookshop")
    assert found["ends"][key] == [round(100 * share, 1) for share in shares]
    half = 2.262157 * np.std(shares, ddof=1) / np.sqrt(10)
    ends = np.clip([shares.mean(), shares.mean() - half, shares.mean() + half], 0, 1)
    assert found["mean"][key] == pytest.approx(100 * ends, abs=0.051)
    assert explore_bookshop.interval(shares) == pytest.approx(ends)


def test_every_setting_of_the_controls_has_its_shops():
    keys = {"/".join(map(str, setting)) for setting in product(REMEDIES, MEN, OWN)}
    assert keys == set(stored("bookshop")["ends"]) == set(stored("bookshop")["mean"])


def test_what_the_bookshop_s_page_says_is_so():
    assert [round(long_run_share(0.55, own), 9) for own in (0.75, 0.6)] == [0.4, 0.25]
    assert long_run_share(0.6, 0.6) == 0
    wide = {own: np.std(stored("bookshop")["ends"][f"none/50/{own}"]) for own in OWN}
    assert min(wide[50], wide[55]) > 2 * wide[75]  # a strong lean pulls back, a weak one does not


# The bubble -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def of_chapter_15() -> pd.DataFrame:
    """The first month of the policies that chapter 15 has, too."""
    table = explore_bubble.of_chapter_15()
    return table[table["month"] == 0]


def test_one_remedy_alone_is_the_policy_of_chapter_15(of_chapter_15):
    seed, measures = explore_bubble.SEEDS[0], [*explore_bubble.MEASURES]
    stored_there = of_chapter_15[of_chapter_15["seed"] == seed].set_index("policy")[measures]
    alone = ("0/0", "0/60", "20/0")
    months = explore_bubble.live(seed, alone, rounds=4).set_index("policy")[measures]
    np.testing.assert_allclose(months, stored_there.loc[list(alone)], atol=0.00051)


def test_both_remedies_together_run_as_stored(of_chapter_15):
    months = [explore_bubble.live(seed, ["20/60"], rounds=4) for seed in explore_bubble.SEEDS]
    again, found = explore_bubble.summary(pd.concat([of_chapter_15, *months])), stored("bubble")
    for name in ("20/60", "20/0", "by lot"):
        for measure, rows in again["policies"][name].items():
            assert rows["is"] == found["policies"][name][measure]["is"][:1]
            assert rows["change"] == found["policies"][name][measure]["change"][:1]


def test_mmr_s_choice_goes_to_the_front():
    rng = np.random.default_rng(0)
    items = np.array([rng.permutation(9) for _ in range(20)])
    items[:, -2:] = -1
    first = np.array([rng.choice(row[:7], 3, replace=False) for row in items])
    naive = [[*best, *(item for item in row if item not in set(best))]
             for row, best in zip(items.tolist(), first.tolist(), strict=True)]  # fmt: skip
    assert explore_bubble.to_front(items, first).tolist() == naive


def test_an_interval_by_hand():
    seeds = pd.DataFrame([[1.0, 2.0, 3.0], [4.0, 4.0, 4.0]])
    half = 4.302653 / np.sqrt(3)  # Student's t with two degrees of freedom, times the error
    assert explore_bubble.interval(seeds) == [
        [2.0, round(2 - half, 4), round(2 + half, 4)],
        [4.0, 4.0, 4.0],
    ]


def test_what_the_bubble_s_page_says_is_so():
    policies = stored("bubble")["policies"]
    for explore in ("0", "20", "50"):
        varied = policies[f"{explore}/60"]
        assert varied["diversity"]["is"][-1][1] > policies["by lot"]["diversity"]["is"][-1][2]
    assert all(policies[f"0/{weight}"]["alike"]["change"][-1][1] > -0.001 for weight in (30, 60))
    taken = policies["50/0"]["alike"]["change"][-1]
    of_all = policies["by lot"]["alike"]["change"][-1][0]
    assert all(0.2 < end / of_all < 0.3 for end in taken)  # about a quarter, whatever its interval
    felt = {name: np.array(policies[name]["utility"]["change"])
            for name in policies.keys() - {"0/0", "by lot"}}  # fmt: skip
    assert len(felt) == 8 and all((felt[f"0/{weight}"][:, 1] <= 0).all() for weight in (30, 60))
    some = np.array([felt[name][:, 1] > 0 for name in ("20/0", "50/0", "50/30")])
    assert some.any(axis=1).all() and not some.all(axis=1).any()
    means = np.array(list(felt.values()))[:, :, 0]
    assert round(means.max(), 2) == 0.02
    assert round(-means.min(), 2) == 0.03 and means.argmin() % 10 == 0


def test_the_stored_sentences_are_those_of_the_stored_numbers():
    shop, loop = stored("bookshop"), stored("bubble")
    assert shop["finding"] == explore_bookshop.in_words(*shop["mean"]["lot 30/80/60"])
    assert loop["finding"] == explore_bubble.in_words(loop)
