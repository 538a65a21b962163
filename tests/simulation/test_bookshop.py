"""The bookshop: worked by hand, against a loop over buyers, and in the long run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.simulation.bookshop import Bookshop, long_run_share, sales_share, utility

MEN = (0.5, 0.6, 0.7, 0.8, 0.95)
SEEDS = range(10)


def shown_at_last(shop: Bookshop, months: int = 24, seed: int = 0) -> float:
    return shop.run(months, rng=np.random.default_rng(seed))["shown"].iloc[-1]


def test_the_first_two_months_by_hand():
    # Month 1: half and half; 80 % men of whom 40 % buy a woman's book, 20 % women of whom 60 % do.
    first, second = Bookshop(men=0.8, own=0.6).expect(2).to_dict("records")
    assert first["shown"] == pytest.approx(0.5)
    assert first["sold"] == pytest.approx(0.8 * 0.4 + 0.2 * 0.6)
    # Month 2: 44 % is shown; a man buys one of it with .44 * .4 / (.44 * .4 + .56 * .6).
    man, woman = 0.176 / (0.176 + 0.336), 0.264 / (0.264 + 0.224)
    assert second["shown"] == pytest.approx(0.44)
    assert second["sold"] == pytest.approx(0.8 * man + 0.2 * woman)
    assert second["utility_women"] == pytest.approx(math.log((0.44 * 0.6 + 0.56 * 0.4) / 0.5))
    assert second["utility_men"] == pytest.approx(math.log((0.56 * 0.6 + 0.44 * 0.4) / 0.5))


def naive_month(shown: list[float], n_books: int, men: float, own: float, buyers: int, rng):
    """Sales of each book, buyer by buyer: walk to a book, take it if it appeals, else walk on."""
    sales = [0] * len(shown)
    for _ in range(buyers):
        man = rng.random() < men
        while True:
            book = int(rng.choice(len(shown), p=shown))
            own_gender = (book >= n_books) == man
            if rng.random() < (own if own_gender else 1 - own):
                sales[book] += 1
                break
    return sales


def test_a_month_equals_a_loop_over_buyers_who_walk_along_the_shelves():
    shop, rng = Bookshop(men=0.7, own=0.65, books=2, buyers=200), np.random.default_rng(3)
    shown = np.array([0.1, 0.2, 0.3, 0.4])
    naive = [naive_month(shown, 2, 0.7, 0.65, 200, rng) for _ in range(60)]
    naive = np.array(naive) / 200
    chances = 0.7 * shop._chances(shown, men=True) + 0.3 * shop._chances(shown, men=False)
    error = naive.std(axis=0, ddof=1) / np.sqrt(len(naive))
    assert (np.abs(naive.mean(axis=0) - chances) < 3 * error).all()


def test_many_buyers_come_close_to_what_is_expected():
    shop = Bookshop(men=0.7, buyers=200_000)
    run = shop.run(12, rng=np.random.default_rng(0))
    np.testing.assert_allclose(run, shop.expect(12), atol=0.01)


def test_women_s_share_of_equal_books_falls_with_the_share_of_men_among_buyers():
    expected = [Bookshop(men=men).expect(24)["shown"].iloc[-1] for men in MEN]
    assert (np.diff(expected) < 0).all()
    drawn = np.array([[shown_at_last(Bookshop(men=men), 6, seed) for men in MEN] for seed in SEEDS])
    falls = np.diff(drawn, axis=1)
    margin = 2.262 * falls.std(axis=0, ddof=1) / math.sqrt(len(SEEDS))
    assert (falls.mean(axis=0) + margin < 0).all()


@pytest.mark.parametrize("own", [0.51, 0.6, 0.75, 0.9])
@pytest.mark.parametrize("men", [0.0, 0.3, 0.45, 0.5, 0.55, 0.7, 1.0])
def test_the_long_run_is_where_sales_repeat_the_showing(men, own):
    share = long_run_share(men, own)
    assert sales_share(share, men, own) == pytest.approx(share)
    if 0 < share < 1:  # it draws from both sides
        assert sales_share(share + 0.01, men, own) < share + 0.01
        assert sales_share(share - 0.01, men, own) > share - 0.01
    else:
        inside = abs(share - 0.01)
        assert abs(sales_share(inside, men, own) - share) < 0.01


@pytest.mark.parametrize("men", [0.5, 0.53, 0.57, 0.8])
def test_the_shop_gets_there(men):
    far = Bookshop(men=men).expect(1500)["shown"].iloc[-1]
    assert far == pytest.approx(long_run_share(men, 0.6), abs=0.002)


def test_without_a_preference_or_a_majority_nothing_is_driven_out():
    for shop in (Bookshop(men=0.9, own=0.5), Bookshop(men=0.5, own=0.6)):
        assert shop.expect(24)["shown"].to_list() == pytest.approx([0.5] * 24)
        ends = np.array([shown_at_last(shop, 6, seed) for seed in range(30)])
        error = ends.std(ddof=1) / math.sqrt(len(ends))
        assert abs(ends.mean() - 0.5) < 2.045 * error


REMEDIES = {
    "explore": {"explore": 0.3},
    "sales per showing": {"learns_from": "sales per showing"},
    "floor": {"floor": 0.4},
}


@pytest.mark.parametrize("remedy", REMEDIES.values(), ids=REMEDIES)
def test_remedies_bring_the_books_back(remedy):
    plain = [shown_at_last(Bookshop(), seed=seed) for seed in SEEDS]
    mended = [shown_at_last(Bookshop(**remedy), seed=seed) for seed in SEEDS]
    assert max(plain) < 0.05 and min(mended) > 0.3


def test_a_floor_above_one_half_holds_from_the_first_month_on():
    run = Bookshop(floor=0.7).run(5, rng=np.random.default_rng(0))
    assert run["shown"].to_list() == pytest.approx([0.7] * 5)
    assert Bookshop(men=1, own=1, floor=0.2).expect(3)["shown"].iloc[-1] == pytest.approx(0.2)


def test_the_same_seed_gives_the_same_months():
    one, two = (Bookshop().run(5, rng=np.random.default_rng(9)) for _ in range(2))
    assert one.equals(two) and not one.equals(Bookshop().run(5, rng=np.random.default_rng(8)))


def test_what_the_majority_gains_is_less_than_what_the_minority_loses():
    """Each, not all together: there are fewer of the minority."""
    last = Bookshop().expect(36).iloc[-1]
    assert last["utility_men"] > 0 > last["utility_women"]
    assert -last["utility_women"] > last["utility_men"]
    assert utility(0.5, 0.9) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"men": 1.1}, {"men": -0.1}, {"own": 0.4}, {"explore": 2}, {"floor": -1}, {"books": 0},
        {"buyers": 1.5}, {"learns_from": "rumours"},
    ],
)  # fmt: skip
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ArgumentError):
        Bookshop(**wrong)


def test_no_months_and_no_preference_are_refused():
    with pytest.raises(ArgumentError, match="months"):
        Bookshop().expect(0)
    with pytest.raises(ArgumentError, match="own must be above"):
        long_run_share(0.8, 0.5)
