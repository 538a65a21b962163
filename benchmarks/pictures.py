"""`python -m benchmarks.pictures`: ten worlds behind chapter 12, into `pictures.csv`.

One row a world, part and name: gains of choosers, regret of bandits on billboards, how often
estimators hold the truth, what pictures promise, and what tiles give away of a circle.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from benchmarks.picture_log import coverage
from recsys_lib.online import BanditWorld, BetaThompson, EpsilonGreedy, LinUCB, play
from recsys_lib.online.context import liking
from recsys_lib.simulation import live
from recsys_lib.simulation.service import choosers
from recsys_lib.simulation.service.audit import guessed, levelled, telling
from recsys_lib.simulation.service.tiles import open_pages
from recsys_lib.simulation.world.circles import CircledWorld
from recsys_lib.simulation.world.shelf import draw_hooks

RESULT = Path(__file__).with_name("pictures.csv")
SEEDS = tuple(range(21, 31))
VIEWERS, WEEKS, SHARE, TIMES = 1000, 8, 0.1, 8
WITHOUT = SEEDS[:5]  # in these, the same without any circle
CAMPAIGNS, BATCH, ROUNDS = 3, 100, 100
BANDITS = {
    "by lot": partial(EpsilonGreedy, 4, 1.0),
    "greedy": partial(EpsilonGreedy, 4, 0.0),
    "one in ten by lot": partial(EpsilonGreedy, 4, 0.1),
    "Thompson": partial(BetaThompson, 4),
    "by taste": partial(LinUCB, 4, 5, 0.2),
}


class Place:
    """One world: four weeks to know tastes by, four weeks of log, and the evening after."""

    def __init__(self, seed: int, share: float = SHARE, viewers: int = VIEWERS) -> None:
        self.world = CircledWorld(seed, share, n_viewers=viewers, weeks=WEEKS)
        early = live(self.world, weeks=WEEKS // 2)
        self.life = live(self.world, weeks=WEEKS // 2, start=early, logged=1.0)
        items = self.world.titles.rename(columns={"title_id": "item_id"})
        self.before, self.now = (liking(one.state.known.watched(), items)
                                 for one in (early, self.life))  # fmt: skip
        self.log = choosers.PictureLog.of(self.life)
        self.taste = choosers.ByTaste(self.log, self.before)
        self.pages = self.open(TIMES)

    def open(self, times: int, billboard: int | None = None):
        """Pages of the evening after the log, and pictures by lot for them."""
        tiles = open_pages(self.life, times, billboard)
        return tiles, tiles.by_lot(np.random.default_rng(self.world.seed))

    def chosen(self, tiles) -> dict[str, np.ndarray]:
        """The pictures of each chooser."""
        one = choosers.for_all(self.log, choosers.artworks(self.life, tiles))
        by_taste = self.taste.scores(tiles, self.now)
        scores = {
            "own clicks": choosers.by_own_clicks(self.log, tiles), "one for all": one,
            "by taste": by_taste, "both": one + by_taste, "knows all": tiles.pull,
        }  # fmt: skip
        return {name: tiles.best(score) for name, score in scores.items()}


def gains(place: Place) -> dict:
    """Clicks against pictures by lot: of one slot changed, and of the whole page."""
    tiles, lot = place.pages
    base, found = tiles.chances(lot), {}
    chosen = place.chosen(tiles) | {"by lot": tiles.by_lot(np.random.default_rng(0))}
    for name, picture in chosen.items():
        found["one slot", name] = tiles.chances_alone(picture, lot).sum() / base.sum() - 1
        found["page", name] = tiles.chances(picture).sum() / base.sum() - 1
    return found


def regret(place: Place) -> dict:
    """Clicks lost after each tenth of a campaign, the mean over the campaigns.

    "best for all" is what is lost by whoever knows from the start which one picture does best.
    """
    ready = place.life.state.known.pictures.count == 4
    ready &= place.life.state.known.shelf
    lots, found = np.random.default_rng([place.world.seed, 7]), {}
    for title in lots.permutation(np.flatnonzero(ready))[:CAMPAIGNS]:
        world = campaign(place, int(title))
        for name, make in BANDITS.items():
            seen = play(make(), world, rounds=ROUNDS, batch=BATCH, seed=place.world.seed)
            by_tenth = seen["regret"].groupby(seen["round"] // (ROUNDS // 10)).sum().cumsum()
            for tenth, value in by_tenth.items():
                key = "regret", name, tenth + 1
                found[key] = found.get(key, 0) + value / CAMPAIGNS
        never = world.chances.max(axis=1).mean() - world.chances.mean(axis=0).max()
        for tenth in range(1, 11):
            key = "regret", "best for all", tenth
            found[key] = found.get(key, 0) + never * BATCH * ROUNDS / 10 * tenth / CAMPAIGNS
    return found


def campaign(place: Place, title: int) -> BanditWorld:
    """One title on everybody's billboard: contexts, and the chance of a click on each picture."""
    tiles, lot = place.open(4, title)
    context = place.now[tiles.viewer, title]
    context = np.column_stack([np.ones(len(context)), context])
    return BanditWorld(context, tiles.chances_of_each(0, lot))


def promise(place: Place) -> dict:
    """Clicks and stars a click with the pictures' common pull, against the same without it.

    "luck" is a pull that is as strong and has nothing to do with how good the title is. Clicks are
    also counted by half: on the titles below the median of true quality, and on the others.
    """
    (tiles, lot), world = place.pages, place.world
    art, config = choosers.artworks(place.life, tiles), replace(world.config, hook_quality=0.0)
    by_luck = draw_hooks(world.titles, world.artwork, world.quality, config, seed=world.seed)
    plain, found = tiles.pull - world.hooks[art], {}
    weaker = (world.quality < np.median(world.quality))[tiles.titles]
    measures = {}
    for name, pull in {"none": 0.0, "promise": world.hooks[art], "luck": by_luck[art]}.items():
        chance = replace(tiles, pull=plain + pull).chances(lot)
        clicks = {"clicks": chance, "on weaker titles": chance[weaker],
                  "on better titles": chance[~weaker]}  # fmt: skip
        measures[name] = {part: value.sum() for part, value in clicks.items()}
        measures[name]["stars"] = (chance * tiles.stars).sum() / chance.sum()
    for name in ("promise", "luck"):
        for part, value in measures[name].items():
            before = measures["none"][part]
            found[name, part] = value - before if part == "stars" else value / before - 1
    return found


def circles(place: Place) -> dict:
    """How often an outsider guesses a circle from a hundred titles' pictures, and the price.

    Remedies are learned from one half of the viewers, and the other half is guessed. "half for
    all": the half of all titles whose pictures tell most have one picture for everybody.
    """
    world, tiles = place.world, place.pages[0]
    lots = np.random.default_rng([world.seed, 3])
    titles = lots.permutation(len(world.titles))[:100]
    told = lots.permutation(world.n_viewers) % 2 == 0
    everyone = choosers.every_title(place.life)
    there = everyone.emphasis >= 0
    scores = np.where(there, place.taste.scores(everyone, place.now), -np.inf)
    rates = choosers.for_all(place.log, choosers.artworks(place.life, everyone))
    by_taste, one = scores.argmax(axis=2), np.where(there, rates, -np.inf).argmax(axis=2)
    tell = telling(by_taste[told], world.circle[told])
    level = levelled(scores, world.circle, told).argmax(axis=2)
    shown = {"by taste": by_taste, "levelled": level,
             "half for all": np.where(tell > np.median(tell), one, by_taste),
             "one for all": one}  # fmt: skip
    lot, found = tiles.by_lot(np.random.default_rng(world.seed)), {}
    base = tiles.chances(lot).sum()
    for name, picture in shown.items():
        right = guessed(picture[~told][:, titles], world.circle[~told])
        found["guessed", name] = right.mean()
        on_pages = picture[tiles.viewer[:, None], tiles.titles]
        found["kept", name] = tiles.chances_alone(on_pages, lot).sum() / base - 1
    return found


def rows(seed: int):
    """All that is measured in the worlds of one seed."""
    place = Place(seed)
    for part in (gains, regret, promise, circles):
        yield from ((SHARE, *key, value) for key, value in part(place).items())
    if seed in WITHOUT:
        yield from ((0.0, *key, value) for key, value in circles(Place(seed, 0.0)).items())
    if seed == SEEDS[0]:
        yield from coverage(place)


def table(found) -> pd.DataFrame:
    """A frame share, part, name, step, value; step is 0 but for regret."""
    lines = [(share, part, name, *(rest if len(rest) == 2 else (0, *rest)))
             for share, part, name, *rest in found]  # fmt: skip
    frame = pd.DataFrame(lines, columns=["share", "part", "name", "step", "value"])
    return frame.round({"value": 5})


def main() -> None:
    parts = [table(rows(seed)).assign(seed=seed) for seed in tqdm(SEEDS, file=sys.stderr)]
    pd.concat(parts).to_csv(RESULT, index=False)


if __name__ == "__main__":
    main()
