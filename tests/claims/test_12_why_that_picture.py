"""The headline claims of chapter 12, each over five worlds and its null, or over the stored ten."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from benchmarks import pictures
from benchmarks.picture_log import estimates
from recsys_lib import offpolicy
from recsys_lib.online import BetaThompson, EpsilonGreedy, play
from recsys_lib.simulation.service import choosers
from recsys_lib.simulation.service.audit import guessed, telling

SEEDS = (11, 12, 13, 14, 15)
SOUND = ("replay", "IPS", "SNIPS", "doubly robust")
ROOMY = 25  # logits: with so much else to do, hardly a tile is clicked and none competes


@pytest.fixture(scope="module")
def places():
    return [pictures.Place(seed, viewers=500) for seed in SEEDS]


@pytest.fixture(scope="module")
def chosen(places):
    return [place.chosen(place.pages[0]) for place in places]


@pytest.fixture(scope="module")
def stored():
    return pd.read_csv(pictures.RESULT)


def by_seed(stored, part: str, **where) -> pd.DataFrame:
    """A row a world, a column a name."""
    rows = stored[stored["part"] == part]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows.pivot(index="seed", columns="name", values="value")


# What exploring costs


def test_whoever_learns_saves_two_fifths_and_the_ways_cannot_be_told_apart(stored, surely_positive):
    last = by_seed(stored, "regret", step=10)
    assert len(last) == 10
    for name in ("greedy", "one in ten by lot", "Thompson", "by taste"):
        assert surely_positive(1 - last[name] / last["by lot"], by=0.25)
        if name != "Thompson":
            apart = last[name] - last["Thompson"]
            assert not surely_positive(apart) and not surely_positive(-apart)


def test_even_the_best_picture_for_all_loses_most_of_what_learners_lose(stored, surely_positive):
    last = by_seed(stored, "regret", step=10)
    assert surely_positive(last["best for all"] / last["Thompson"], by=0.5)


class Deaf(BetaThompson):
    """The null: it hears the clicks of its batch, each of another viewer's picture."""

    def learn(self, context, action, reward):
        return super().learn(context, action, np.random.default_rng(0).permutation(reward))


def test_learning_saves_in_other_worlds_and_clicks_of_others_teach_nothing(places, surely_positive):
    saved = {}
    for place in places:
        known = place.life.state.known
        ready = np.flatnonzero((known.pictures.count == 4) & known.shelf)
        titles = np.random.default_rng(place.world.seed).permutation(ready)[:4]
        campaigns = [pictures.campaign(place, int(title)) for title in titles]
        lost = {
            name: sum(play(make(), world, rounds=20, batch=200, seed=seed)["regret"].sum()
                      for seed, world in enumerate(campaigns))
            for name, make in {"lot": partial(EpsilonGreedy, 4, 1.0), "deaf": partial(Deaf, 4),
                               "Thompson": partial(BetaThompson, 4)}.items()
        }  # fmt: skip
        for name in ("deaf", "Thompson"):
            saved.setdefault(name, []).append(1 - lost[name] / lost["lot"])
    assert surely_positive(saved["Thompson"], by=0.1)
    assert not surely_positive(saved["deaf"])


# One for all, or by taste


def gain(place, picture) -> float:
    tiles, lot = place.pages
    return tiles.chances_alone(picture, lot).sum() / tiles.chances(lot).sum() - 1


def test_one_for_all_and_taste_gain_and_the_taste_of_others_does_not(
    places, chosen, surely_positive
):
    gains = pd.DataFrame([{name: gain(place, picture) for name, picture in made.items()}
                          for place, made in zip(places, chosen, strict=True)])  # fmt: skip
    assert surely_positive(gains["one for all"], by=0.02)
    assert surely_positive(gains["by taste"], by=0.02)
    assert surely_positive(gains["by taste"] - gains["own clicks"], by=0.02)
    others = []
    for place in places:
        tiles = place.pages[0]
        strangers = place.now[np.random.default_rng(1).permutation(len(place.now))]
        others.append(gain(place, tiles.best(place.taste.scores(tiles, strangers))))
    assert surely_positive(gains["by taste"] - others, by=0.02)
    by_lot = [gain(place, place.pages[0].by_lot(np.random.default_rng(9))) for place in places]
    assert not surely_positive(by_lot)


def test_one_for_all_and_taste_cannot_be_told_apart_and_both_gain_more(stored, surely_positive):
    gains = by_seed(stored, "one slot")
    apart = gains["by taste"] - gains["one for all"]
    assert not surely_positive(apart) and not surely_positive(-apart)
    assert surely_positive(gains["both"] - gains["one for all"])


# What the log can say


def truths(tiles, new, lot) -> dict[str, float]:
    """Clicks a page: with the lot, with one slot changed at a time, and with all."""
    return {"lot": tiles.chances(lot).sum(axis=1).mean(),
            "slot": tiles.chances_alone(new, lot).sum(axis=1).mean(),
            "page": tiles.chances(new).sum(axis=1).mean()}  # fmt: skip


def test_estimates_are_right_for_one_slot_and_far_too_hopeful_for_the_page(
    places, chosen, surely_positive
):
    """Ten logs a world. The model is far from either truth, and says so least."""
    off = {(name, of): [] for name in (*SOUND, "model") for of in ("slot", "page")}
    for place, made in zip(places, chosen, strict=True):
        tiles, lot = place.pages
        rng, new, slots = np.random.default_rng(place.world.seed), made["by taste"], lot.shape[1]
        taste = place.taste.scores(tiles, place.now)
        model = choosers.expected(place.life, place.log, tiles, taste)
        truth = truths(tiles, new, lot)
        logs = [estimates(tiles, new, model, tiles.viewer, rng) for _ in range(10)]
        for name, of in off:
            said = slots * np.mean([log[name].value for log in logs])
            off[name, of].append(said - truth[of])
        gained = truth["slot"] - truth["lot"], truth["page"] - truth["lot"]
        assert gained[0] > 4 * gained[1] > 0
    for name in SOUND:
        assert not surely_positive(off[name, "slot"])
        assert not surely_positive(-np.array(off[name, "slot"]))
        assert surely_positive(off[name, "page"], by=0.03)
    assert surely_positive(off["model", "slot"], by=0.05)


def test_where_slots_do_not_compete_the_sum_of_slots_is_the_page(places, chosen):
    """The null: the same tiles before viewers who have so much else that they hardly click."""
    for place, made in zip(places, chosen, strict=True):
        tiles, lot = place.pages
        truth = truths(replace(tiles, outside=tiles.outside + ROOMY), made["by taste"], lot)
        gained = truth["slot"] - truth["lot"], truth["page"] - truth["lot"]
        assert gained[0] == pytest.approx(gained[1], rel=0.05)


def test_two_hundred_logs_hold_one_slot_and_not_the_page(stored):
    slot, page = (by_seed(stored, f"held {of}").iloc[0] for of in ("one slot", "page"))
    assert slot[list(SOUND)].between(0.92, 0.98).all()
    assert (page[list(SOUND)] < 0.3).all()
    assert slot["model"] == page["model"] == 0


def page_answers(tiles, new, rng) -> dict[str, offpolicy.Estimate]:
    """What three assumptions make of one log by lot, asked for pages that are all new."""
    lot = tiles.by_lot(rng)
    log = tiles.click(lot, rng) * 1.0, 1 / tiles.count, (new == lot) * 1.0
    return {"in line": offpolicy.reward_interaction_ips(*log, users=tiles.viewer),
            "parts": offpolicy.pseudo_inverse(*log, users=tiles.viewer),
            "alone": offpolicy.independent_ips(*log, users=tiles.viewer)}  # fmt: skip


def test_only_a_sum_of_parts_holds_the_whole_page_and_it_sees_nothing_small(
    places, chosen, surely_positive
):
    """Eight logs a world. Where tiles do not compete, *alone* is right: see the null above."""
    held, reach, gain, low, too_hopeful = [], [], [], [], []
    for place, made in zip(places, chosen, strict=True):
        (tiles, lot), new = place.pages, made["by taste"]
        truth = truths(tiles, new, lot)
        logs = [page_answers(tiles, new, np.random.default_rng([place.world.seed, again]))
                for again in range(8)]  # fmt: skip
        for said in logs:
            low.append(said["in line"].high < truth["page"])
            held.append(said["parts"].low <= truth["page"] <= said["parts"].high)
            reach.append((said["parts"].high - said["parts"].low) / 2)
        too_hopeful.append(np.mean([said["alone"].value for said in logs]) - truth["page"])
        gain.append(truth["page"] - truth["lot"])
    assert np.mean(held) > 0.85
    assert np.mean(low) > 0.7  # too few pages are left, and their interval does not know it
    assert surely_positive(np.array(too_hopeful), by=0.02)
    assert min(reach) > 5 * max(gain)


def from_nothing(tiles, new, lot) -> float:
    """Share of the clicks that a better picture wins which no other tile of the page loses."""
    base = tiles.chances(lot)
    won = tiles.chances_alone(new, lot) - base
    none = 1 - base.sum(axis=1, keepdims=True)
    return (none / (1 - base) * won).sum() / won.sum()


def test_clicks_that_are_won_were_clicks_on_neighbours(places, chosen):
    for place, made in zip(places, chosen, strict=True):
        tiles, lot = place.pages
        assert from_nothing(tiles, made["by taste"], lot) < 0.15
        roomy = replace(tiles, outside=tiles.outside + ROOMY)
        assert from_nothing(roomy, made["by taste"], lot) > 0.9


# A picture that promises too much


def test_pull_of_weaker_titles_moves_clicks_to_them_and_costs_stars(places, surely_positive):
    found = pd.DataFrame([pd.Series(pictures.promise(place)) for place in places])
    ours, luck = found["promise"], found["luck"]
    assert surely_positive(ours["on weaker titles"], by=0.05)
    assert surely_positive(-ours["on better titles"], by=0.02)
    assert surely_positive(luck["stars"] - ours["stars"], by=0.02)
    assert (ours["clicks"].abs() < 0.01).all()
    assert not surely_positive(luck["on weaker titles"], by=0.05)


def test_over_ten_worlds_pull_by_luck_costs_a_third_or_less(stored, surely_positive):
    ours, luck = (by_seed(stored, part)["stars"] for part in ("promise", "luck"))
    assert surely_positive(-ours, by=0.03) and surely_positive(luck * 3 - ours)


# The actors on the tiles


def test_pictures_give_away_a_circle_that_nobody_named(places, surely_positive):
    told, shuffled, all_alike = [], [], []
    for place in places:
        shelf = choosers.every_title(place.life)
        there, circle = shelf.emphasis >= 0, place.world.circle
        taste = np.where(there, place.taste.scores(shelf, place.now), -np.inf).argmax(axis=2)
        rates = choosers.for_all(place.log, choosers.artworks(place.life, shelf))
        one = np.where(there, rates, -np.inf).argmax(axis=2)
        told.append(guessed(taste[:, :100], circle).mean() - 0.5)
        other = np.random.default_rng(place.world.seed).permutation(circle)
        shuffled.append(guessed(taste[:, :100], other).mean() - 0.5)
        all_alike.append(guessed(one[:, :100], circle).mean() - 0.5)
        assert telling(taste, circle).mean() > telling(taste, other).mean()
    assert surely_positive(told, by=0.1)
    assert not surely_positive(shuffled)
    assert (np.array(all_alike) == 0).all()


def test_over_ten_worlds_remedies_hide_a_part_and_no_circles_leave_no_trace(
    stored, surely_positive
):
    told, none = by_seed(stored, "guessed", share=0.1), by_seed(stored, "guessed", share=0.0)
    assert surely_positive(told["by taste"], by=0.65)
    assert len(none) == 5 and not surely_positive(none["by taste"], by=0.5)
    assert (none["by taste"] < told["by taste"].min()).all()
    for name in ("levelled", "half for all"):
        assert surely_positive(told["by taste"] - told[name])
        assert surely_positive(told[name], by=0.55)
    assert not surely_positive(told["one for all"], by=0.5)


def test_levelling_tells_of_circles_where_there_are_none(stored, surely_positive):
    none = by_seed(stored, "guessed", share=0.0)
    assert surely_positive(none["levelled"], by=0.5)
    assert not surely_positive(none["half for all"], by=0.5)
