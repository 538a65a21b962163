"""The worlds of the chapter on filter bubbles, and the policies that live in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from recsys_lib import rerank
from recsys_lib.interactions import ITEM, Interactions
from recsys_lib.metrics.genres import genre_shares
from recsys_lib.models import EASE, ItemKNN, Popular
from recsys_lib.simulation.loop.policies import Learned, Lottery, Oracle, Policy, Reranked
from recsys_lib.simulation.world.catalogue import read_catalogue
from recsys_lib.simulation.world.config import FIRST_SEASON, WorldConfig
from recsys_lib.simulation.world.world import World

SETTINGS = {"n_viewers": 600, "rounds": 40, "memory": 12}
L2 = 100.0  # of EASE, for a log of this size
WORLDS = {
    "searching": {"search": 0.7, "drift": 0.0},  # as on Matinee: seven evenings of ten
    "browsing": {"search": 0.2, "drift": 0.0},
    "drifting": {"search": 0.2, "drift": 0.03},
}
"""Name → share of evenings that begin with a search, and pull of what is watched on taste."""


def make_world(seed: int, search: float) -> World:
    """The world of a seed, with every second title, where this share of evenings is a search."""
    titles = read_catalogue().iloc[::2].reset_index(drop=True)
    config = WorldConfig(search=search, **FIRST_SEASON)
    return World(seed, SETTINGS["n_viewers"], 1, config, titles)


def shares_of(world: World) -> np.ndarray:
    """p(genre | title), float64 (n_titles, n_genres)."""
    titles = world.titles.rename(columns={"title_id": ITEM})
    return genre_shares(titles, titles[ITEM].to_numpy()).to_numpy()


def learned(model=None, **settings) -> Learned:
    """EASE, fitted every week."""
    return Learned(EASE(L2) if model is None else model, **settings)


def reranked(function: Callable, n: int | None = 100) -> Reranked:
    """Weekly EASE, its candidates put into another order."""
    return Reranked(learned(), function, n)


def plain_policies(world: World, clean: list[Interactions]) -> dict[str, Policy]:
    """Pages by lot, by popularity, by the truth, and learned: weekly, once, or from a clean log.

    With old weights, or a twin's, the profiles are still the viewers' own of today. Two policies
    change that alone: "EASE once, old profiles" and "EASE clean, twin's profiles".

    Args:
        clean: `histories` of a run with pages by lot.
    """
    policies = {"by lot": Lottery(), "popular": learned(Popular()), "truth": Oracle(world)}
    for name, model in {"EASE": EASE(L2), "ItemKNN": ItemKNN()}.items():
        policies[f"{name} weekly"] = learned(model)
        policies[f"{name} once"] = learned(model, every=None)
        policies[f"{name} clean"] = learned(model, lessons=clean)
    policies["EASE once, old profiles"] = learned(every=None, profiles="then")
    policies["EASE clean, twin's profiles"] = learned(lessons=clean, profiles="then")
    return policies


def remedies(world: World) -> dict[str, Policy]:
    """Weekly EASE with each of the re-rankers, mild and strong."""
    shares = shares_of(world)

    def mmr(weight, items, scores, history, k, rng):
        return rerank.mmr(items, scores, shares, weight=weight, k=k)

    def calibrated(weight, items, scores, history, k, rng):
        target = genres_of(history, shares)
        return rerank.calibrated(items, scores, shares, target, weight=weight, k=k)

    def discounted(weight, items, scores, history, k, rng):
        order = np.argsort(history.item_counts, kind="stable")
        place = np.argsort(order, kind="stable") / history.n_items
        return rerank.popularity_discounted(items, scores, place, weight=weight, k=k)

    def surprising(slots, items, scores, history, k, rng):
        surprise = rerank.unexpectedness(items, history.binary(), shares)
        return rerank.serendipity_slots(items, scores, surprise, slots=slots, k=k)

    def exploring(epsilon, items, scores, history, k, rng):
        return rerank.epsilon_greedy(items, scores, epsilon=epsilon, k=k, rng=rng)

    def thompson(scale, items, scores, history, k, rng):
        sd = 1 / np.sqrt(1 + history.item_counts[items])
        return rerank.thompson(items, scores, sd, scale=scale, k=k, rng=rng)

    made = {
        "MMR": (mmr, (0.3, 0.6), 100), "calibrated": (calibrated, (0.5, 0.9), 100),
        "discounted": (discounted, (0.3, 0.6), 100), "serendipity": (surprising, (6,), 100),
        "explore": (exploring, (0.05, 0.2), None), "Thompson": (thompson, (0.2,), None),
    }  # fmt: skip
    return {
        f"{name} {value}": reranked(partial(function, value), n)
        for name, (function, values, n) in made.items()
        for value in values
    }


def genres_of(history: Interactions, shares: np.ndarray) -> np.ndarray:
    """Each viewer's mix of genres, rows that sum to 1 (0 without history)."""
    total = history.binary() @ shares
    return total / np.maximum(total.sum(axis=1, keepdims=True), 1e-12)


def taste_groups(world: World) -> np.ndarray:
    """Viewers by whom they are like: the fifth whose taste is least for known titles is "niche",
    the fifth whose is most "mainstream", the others "between"; str (n_viewers,).

    The lean of a viewer is the correlation over titles of true utility with awareness.
    """
    utility, known = world.true_utility(week=0), world.awareness
    utility = utility - utility.mean(axis=1, keepdims=True)
    lean = utility @ (known - known.mean()) / np.sqrt((utility**2).sum(axis=1))
    low, high = np.quantile(lean, [0.2, 0.8])
    return np.where(lean < low, "niche", np.where(lean > high, "mainstream", "between"))


def groups_of(world: World) -> dict[str, dict[str, np.ndarray]]:
    """The groupings of viewers and titles that the runs report."""
    led = np.where(world.titles["woman_led"], "women", "others")
    return {"viewer_groups": {"taste": taste_groups(world)}, "title_groups": {"makers": led}}


def policies_in(
    name: str, world: World, clean: list[Interactions], chosen: Sequence[Interactions] = ()
) -> dict[str, Policy]:
    """The policies that live in a world of `WORLDS`.

    Args:
        clean: `histories` of a run with pages by lot.
        chosen: those of the run of "EASE once", whose pages a recommender chose that never learns
            again: what "EASE, once's log" learns from every week. It may be filled later.
    """
    plain = plain_policies(world, clean)
    if name == "browsing":
        return plain | remedies(world) | {"EASE, once's log": learned(lessons=chosen)}
    return {key: policy for key, policy in plain.items() if "ItemKNN" not in key}
