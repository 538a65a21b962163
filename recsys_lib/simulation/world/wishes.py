"""What an evening is in the mood for: tones by the hour, and one genre."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.simulation.world.config import PARTS_OF_DAY, WorldConfig
from recsys_lib.simulation.world.lots import normals


class Wishes:
    """The chances of tones and genres to be wished for.

    P(tone | part of day, weekend) is proportional to exp(clock_mood * z), z standard normal, one
    for each tone, part and weekend or not; with clock_mood 0 all tones are alike.
    P(genre) is the share of titles whose first genre it is.

    Attributes:
        tone: float64 (parts of day, 2, n_tones), 0 a weekday and 1 the weekend; sums to 1.
        genre: float64 (n_genres,); genres: their names, sorted.
    """

    def __init__(self, titles: pd.DataFrame, tones: list[str], config: WorldConfig, *, seed: int):
        lots = normals(seed, "moods", tones, 2 * len(PARTS_OF_DAY)).T
        lots = lots.reshape(len(PARTS_OF_DAY), 2, len(tones))
        odds = np.exp(config.clock_mood * lots)
        self.tone = np.round(odds / odds.sum(axis=2, keepdims=True), 9)
        first = titles["genres"].str.split("|").str[0]
        self.genres = np.array(sorted({g for cell in titles["genres"] for g in cell.split("|")}))
        self.genre = first.value_counts(normalize=True).reindex(self.genres, fill_value=0.0)
        self.genre = self.genre.to_numpy()

    def draw(self, part, weekend: bool, tone_lot, genre_lot) -> tuple[np.ndarray, np.ndarray]:
        """Indices of a tone and a genre for each evening, int (n,), from two lots from 0 to 1."""
        edges = np.cumsum(self.tone[part, int(weekend)], axis=1)
        edges /= edges[:, -1:]
        tone = (np.asarray(tone_lot)[:, None] >= edges[:, :-1]).sum(axis=1)
        edges = np.cumsum(self.genre)
        genre = np.searchsorted(edges[:-1] / edges[-1], genre_lot, side="right")
        return tone, genre


def genre_matrix(titles: pd.DataFrame, genres: np.ndarray) -> np.ndarray:
    """Whether each title is of each genre, float64 0 or 1, (n_genres, n_titles)."""
    named = titles["genres"].str.split("|")
    return np.array([[float(genre in cell) for cell in named] for genre in genres])
