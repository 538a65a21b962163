"""Ways to choose a picture for every slot, learned from a log in which pictures went by lot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from recsys_lib.simulation.service.tiles import MOST, Tiles, pictures_of
from recsys_lib.simulation.world.shelf import EMPHASES

TRUST = 30  # impressions of a title's mean that a picture's own click rate is mixed with


@dataclass(frozen=True)
class PictureLog:
    """What was shown and clicked; arrays of shape (n,), indices from 0.

    viewer, title, artwork; emphasis: index in `EMPHASES`; propensity: of the picture, given the
    title; clicked: 0 or 1; owner: title of every picture of the catalogue, (n_artworks,).
    """

    viewer: np.ndarray
    title: np.ndarray
    artwork: np.ndarray
    emphasis: np.ndarray
    propensity: np.ndarray
    clicked: np.ndarray
    owner: np.ndarray

    @staticmethod
    def of(life) -> PictureLog:
        """The logged slots of a life's own days."""
        slots = life.impressions.merge(life.evenings[["session_id", "viewer_id"]], on="session_id")
        art = life.world.artwork
        shown = slots["artwork_id"].to_numpy() - 1
        shows = art["emphasis"].map({name: index for index, name in enumerate(EMPHASES)})
        return PictureLog(
            slots["viewer_id"].to_numpy() - 1, slots["title_id"].to_numpy() - 1, shown,
            shows.to_numpy()[shown], slots["artwork_propensity"].to_numpy(),
            slots["clicked"].to_numpy().astype(float), art["title_id"].to_numpy() - 1,
        )  # fmt: skip

    def rates(self) -> np.ndarray:
        """Click rate of every picture, drawn to its title's, and that to all titles'.

        rate = (clicks + TRUST * rate of the title) / (shown + TRUST), the title's likewise
        """
        of_title = _drawn(self.title, self.clicked, self.owner.max() + 1, self.clicked.mean())
        return _drawn(self.artwork, self.clicked, len(self.owner), of_title[self.owner])


def _drawn(which, clicked, size: int, to) -> np.ndarray:
    shown = np.bincount(which, minlength=size)
    return (np.bincount(which, clicked, size) + TRUST * to) / (shown + TRUST)


def artworks(life, tiles: Tiles) -> np.ndarray:
    """Index of each slot's pictures, (n, slots, 4); 0 where there is none."""
    first = life.state.known.pictures.first[tiles.titles][:, :, None] + np.arange(MOST)
    return np.where(tiles.emphasis >= 0, first, 0)


class Shelf(NamedTuple):
    """Every title for every viewer, as `Tiles` has them for the slots of a page."""

    viewer: np.ndarray
    titles: np.ndarray
    emphasis: np.ndarray


def every_title(life) -> Shelf:
    """All titles of a life's world, whoever looks at them; shapes (n,), (n, titles), (…, 4)."""
    n, titles = life.world.n_viewers, np.arange(len(life.world.titles))
    emphasis = pictures_of(life, titles[None, :])
    return Shelf(
        np.arange(n), *(np.broadcast_to(x, (n, *x.shape[1:])) for x in (titles[None], emphasis))
    )


def for_all(log: PictureLog, artwork: np.ndarray) -> np.ndarray:
    """Scores of one picture for everybody: the logarithm of its click rate; (n, slots, 4).

    Args:
        artwork: index of each slot's pictures, see `artworks`.
    """
    return np.log(log.rates())[artwork]


def by_own_clicks(log: PictureLog, tiles: Tiles) -> np.ndarray:
    """Scores by how often the viewer clicked on pictures that show the same; (n, slots, 4)."""
    rate = np.bincount(log.emphasis, log.clicked) / np.bincount(log.emphasis)
    cell = log.viewer * MOST + log.emphasis
    size = (max(log.viewer.max(), tiles.viewer.max()) + 1) * MOST
    own = _drawn(cell, log.clicked, size, np.tile(rate, size // MOST)) / np.tile(rate, size // MOST)
    return own.reshape(-1, MOST)[tiles.viewer[:, None, None], tiles.emphasis]


class ByTaste:
    """How much liking what a picture shows adds to a click, learned over all titles at once.

    logit of a click = ... + weight[e] * liking of what the picture shows, for emphasis e

    where ... is how likely the title is to be clicked whatever its picture: its rate, and how it
    suits the viewer by all four kinds of statement. Only `weight` is used to choose.

    Args:
        log: pictures by lot. liking: (n_viewers, n_titles, 4), from before the log.
    """

    def __init__(self, log: PictureLog, liking: np.ndarray) -> None:
        shown = np.eye(MOST)[log.emphasis]
        suits = liking[log.viewer, log.title]
        own = np.take_along_axis(suits, log.emphasis[:, None], axis=1)
        rate = np.log(log.rates())[log.artwork]
        table = np.column_stack([shown * own, shown, suits, rate])
        model = LogisticRegression(max_iter=500).fit(table, log.clicked)
        self.weights = pd.Series(model.coef_[0][:MOST].round(6), list(EMPHASES), name="weight")

    def scores(self, tiles: Tiles, liking: np.ndarray) -> np.ndarray:
        """weight * liking of what each picture shows; (n, slots, 4)."""
        place = tiles.viewer[:, None, None], tiles.titles[:, :, None], tiles.emphasis
        return self.weights.to_numpy()[tiles.emphasis] * liking[place]


def expected(life, log: PictureLog, tiles: Tiles, taste: np.ndarray) -> np.ndarray:
    """What a log lets one expect of each picture in each slot, a chance; (n, slots, 4).

    expected = rate of the picture * rate of the place / rate of all * exp(taste)

    Args:
        taste: scores of `ByTaste`, (n, slots, 4).
    """
    clicks = life.impressions.groupby(["row", "position"])["clicked"].mean().to_numpy()
    place = clicks / log.clicked.mean()
    return np.clip(log.rates()[artworks(life, tiles)] * place[:, None] * np.exp(taste), 0, 1)
