"""From what a title is to where it lies: similar titles get similar vectors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.simulation.world.config import WorldConfig
from recsys_lib.simulation.world.lots import normals

LISTED = {
    "genre": ("genres",),
    "theme": ("themes",),
    "mood": ("tone",),
    "place": ("country", "language"),
    "people": ("directors_or_creators", "cast"),
    "cycle": ("cycles",),
}


def title_parts(titles: pd.DataFrame, axes: int, *, seed: int) -> dict[str, np.ndarray]:
    """One vector a title for each kind of attribute, float64 (n_titles, dimensions).

    part = indicator @ directions, centred over the titles, with mean squared length 1

    Each kind lies along axes of its own (its part is 0 on all others), so that no genre is near an
    actor by accident. A kind of at most `axes` values has an axis for each of them; one of more
    (people) has `axes` axes, and each value a random Gaussian direction among them, which depends
    on the seed and the value alone.
    """
    indicators = {part: _listed(titles, columns) for part, columns in LISTED.items()}
    indicators["era"] = _era(titles["year"])
    indicators["form"] = _form(titles["kind"] == "series", titles["runtime_min"])
    own = {part: _on_axes(part, table, axes, seed) for part, table in indicators.items()}
    after, before, parts = sum(part.shape[1] for part in own.values()), 0, {}
    for part, vectors in own.items():
        after -= vectors.shape[1]
        parts[part] = np.pad(vectors, ((0, 0), (before, after)))
        before += vectors.shape[1]
    return parts


def _on_axes(part: str, indicator: pd.DataFrame, axes: int, seed: int) -> np.ndarray:
    """The vectors of one kind along its own axes."""
    vectors = indicator.to_numpy()
    if vectors.shape[1] > axes:
        directions = normals(seed, part, indicator.columns, axes)
        vectors = np.einsum("tv,vd->td", vectors, directions)
    vectors = vectors - vectors.mean(axis=0)
    length = np.sqrt((vectors**2).sum(axis=1).mean())
    return np.round(vectors / max(length, 1e-9), 9)


def title_vectors(parts: dict[str, np.ndarray], config: WorldConfig) -> np.ndarray:
    """The weighted sum of the parts, each title's vector scaled to length 1."""
    total = sum(getattr(config, part) * vectors for part, vectors in parts.items())
    length = np.sqrt((total**2).sum(axis=1, keepdims=True))
    return np.round(total / np.maximum(length, 1e-9), 9)


def tone_matrix(titles: pd.DataFrame) -> np.ndarray:
    """Whether each title has each tone, float64 0 or 1, (n_tones, n_titles)."""
    return (_listed(titles, ("tone",)).to_numpy() > 0).T.astype(np.float64)


def _listed(titles: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """How much each title has of each value: 1 for the one named first, then 0.75, 0.56, ..."""
    tables = []
    for column in columns:
        lists = titles[column].str.split("|")
        values = sorted({value for cell in lists for value in cell if value})
        place = {value: index for index, value in enumerate(values)}
        table = np.zeros((len(titles), len(values)))
        for row, cell in enumerate(lists):
            for rank, value in enumerate(filter(None, cell)):
                table[row, place[value]] = 0.75**rank
        tables.append(pd.DataFrame(table, columns=values))
    return pd.concat(tables, axis=1)


def _era(years: pd.Series) -> pd.DataFrame:
    """Each year shared between the two turns of a decade that it lies between."""
    decades = np.arange(1920, 2040, 10)
    distance = np.abs(years.to_numpy()[:, None] - decades) / 10
    return pd.DataFrame(np.clip(1 - distance, 0, None), columns=decades.astype(str))


def _form(series: pd.Series, minutes: pd.Series) -> pd.DataFrame:
    """Film, series of half-hours, or series of hours: one column each."""
    short = series & (minutes <= 35)
    forms = {"film": ~series, "half-hours": short, "hours": series & ~short}
    return pd.DataFrame(forms).astype(np.float64)
