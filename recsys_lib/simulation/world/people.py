"""The viewers: who they are, how often they come, what they like."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.datasets.movielens_labels import AGE_BANDS, age_bands
from recsys_lib.simulation.world.config import GENDERS, START, WorldConfig

COUNTRIES = {
    "United States": 0.36, "United Kingdom": 0.12, "India": 0.09, "Brazil": 0.07,
    "Canada": 0.06, "Germany": 0.06, "Mexico": 0.05, "Australia": 0.05, "France": 0.05,
    "Spain": 0.04, "South Korea": 0.03, "Nigeria": 0.02,
}  # fmt: skip
HOUSEHOLDS = {"single": 0.28, "couple": 0.30, "family": 0.32, "shared": 0.10}
PLANS = {"with adverts": 0.35, "standard": 0.45, "premium": 0.20}


def draw_viewers(n: int, weeks: int, config: WorldConfig, *, rng: np.random.Generator):
    """Who the viewers are: DataFrame viewer_id, age, gender, country, household, plan, joined_on.

    Viewers are numbered in the order in which they joined. Age and gender have a small bearing on
    taste, drawn at random; `leanings.py` says what else tells of it; the plan is noise.
    """
    span = weeks * 7
    joined = -rng.integers(1, 3 * 365, size=n)
    new = rng.random(n) < config.newcomers
    joined = np.sort(np.where(new, rng.integers(0, max(span * 6 // 7, 1), size=n), joined))
    age = np.clip(np.rint(rng.gamma(5.0, 5.6, size=n) + 12), 13, 90).astype(np.int64)
    return pd.DataFrame({
        "viewer_id": np.arange(1, n + 1),
        "age": age,
        "gender": np.array(GENDERS)[_pick(n, (0.495, 0.49, 0.015), rng)],
        "country": np.array(list(COUNTRIES))[_pick(n, COUNTRIES.values(), rng)],
        "household": np.array(list(HOUSEHOLDS))[_pick(n, HOUSEHOLDS.values(), rng)],
        "plan": np.array(list(PLANS))[_pick(n, PLANS.values(), rng)],
        "joined_on": START + joined,
    })  # fmt: skip


def draw_tastes(viewers, dimensions: int, weeks: int, config: WorldConfig, *, rng) -> np.ndarray:
    """Each viewer's taste in each week, float64 (weeks, n_viewers, dimensions), variance 1.

    taste[w] = sqrt(group_share) * group + sqrt(1 - group_share) * personal[w]
    personal[w + 1] = drift * personal[w] + sqrt(1 - drift ** 2) * noise

    The group vectors are drawn at random for each age band and gender: they say nothing about
    what any real group likes.
    """
    groups = rng.standard_normal((len(AGE_BANDS), len(GENDERS), dimensions))
    shared = np.sqrt(config.group_share) * groups[_groups(viewers)]
    personal = rng.standard_normal(shared.shape)
    tastes = np.empty((weeks, *shared.shape))
    for week in range(weeks):
        tastes[week] = shared + np.sqrt(1 - config.group_share) * personal
        noise = rng.standard_normal(shared.shape)
        personal = config.drift * personal + np.sqrt(1 - config.drift**2) * noise
    return tastes


def draw_habits(viewers: pd.DataFrame, config: WorldConfig, *, rng) -> pd.DataFrame:
    """How often each viewer comes, on what device, and how readily and kindly each one rates.

    generosity = rater_sd * (sqrt(group_rater) * group + sqrt(1 - group_rater) * personal), in stars
    """
    n = len(viewers)
    activity = rng.lognormal(-(config.activity_sd**2) / 2, config.activity_sd, size=n)
    group = rng.standard_normal((len(AGE_BANDS), len(GENDERS)))[_groups(viewers)]
    share = config.group_rater
    kindness = np.sqrt(share) * group + np.sqrt(1 - share) * rng.standard_normal(n)
    return pd.DataFrame({
        "evenings": np.minimum(config.evenings * activity, 0.95),
        "device": _pick(n, (0.62, 0.16, 0.08, 0.14), rng),
        "stars": rng.random(n),
        "thumb": rng.random(n),
        "generosity": config.rater_sd * kindness,
    })  # fmt: skip


def _groups(viewers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The index of each viewer's age band and of the gender."""
    bands = pd.Index(AGE_BANDS.values()).get_indexer(age_bands(viewers["age"]))
    return bands, pd.Index(GENDERS).get_indexer(viewers["gender"])


def _pick(n: int, shares, rng: np.random.Generator) -> np.ndarray:
    edges = np.cumsum(list(shares))
    return np.searchsorted(edges[:-1] / edges[-1], rng.random(n), side="right")
