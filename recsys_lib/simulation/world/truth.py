"""The truth that no service sees, asked for in one place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import ArgumentError, check_choice
from recsys_lib.pages import grid_chance
from recsys_lib.simulation.world.config import PARTS_OF_DAY, POSITIONS, ROWS
from recsys_lib.simulation.world.lots import pair_normals


class Truth:
    """What is true in a world, whatever its tables say: `world.truth`.

    Args:
        world: not changed.
    """

    def __init__(self, world) -> None:
        self._world = world

    def utility(self, viewers=None, titles=None, week: int | None = None) -> np.ndarray:
        """The satisfaction, in stars, that each viewer would have on average with each title.

        utility[v, t] = base_stars + quality_stars * quality[t] + taste_stars * affinity[v, t]
                        + pair_stars * luck[v, t]

        where luck is the pair's own, for good. One evening's satisfaction is this and luck with
        sd evening_stars.

        Args:
            viewers, titles: ids, in any order; None means all.
            week: counted from 0; None means the average over the window.

        Returns:
            float64 (len(viewers), len(titles)); neither rounded nor cut to 1..5.

        Raises:
            ArgumentError: an id or a week that is not in this world.
        """
        world = self._world
        if week is not None and week not in range(world.weeks):
            raise ArgumentError(f"week must be from 0 to {world.weeks - 1}, not {week!r}")
        rows = _positions("viewer", viewers, world.n_viewers)
        columns = _positions("title", titles, len(world.titles))
        usual = world.worth(columns) + world.config.taste_stars * world.affinity(
            week, rows, columns
        )
        if not world.config.pair_stars:
            return usual
        return usual + self.lasting_luck(rows[:, None], columns)

    def lasting_luck(self, rows, columns) -> np.ndarray:
        """What belongs to a viewer and a title for good, in stars; of the common shape.

        Args:
            rows, columns: positions of viewers and of titles, from 0.
        """
        world = self._world
        luck = pair_normals(world.seed, "pairs", rows, world.title_keys[columns])
        return world.config.pair_stars * luck

    def stars(self, viewers=None, titles=None, week: int | None = None) -> np.ndarray:
        """The whole stars, 1..5, that each viewer would give each title on an average evening."""
        rows = _positions("viewer", viewers, self._world.n_viewers)
        kindness = self._world.habits["generosity"].to_numpy()[rows]
        return to_stars(self.utility(viewers, titles, week) + kindness[:, None])

    def mood(self, part: str = "evening", weekend: bool = False) -> pd.Series:
        """Chance of each tone to be the one wished for, by its name.

        Args:
            part: of the day: "daytime" (to 17:00), "evening" or "night" (from 22:00).
        """
        check_choice("part", part, tuple(PARTS_OF_DAY))
        chance = self._world.wishes.tone[list(PARTS_OF_DAY).index(part), int(weekend)]
        return pd.Series(chance, index=self._world.tone_names, name="chance")

    def genre_wish(self) -> pd.Series:
        """Chance of each genre to be the one wished for tonight, by its name."""
        wishes = self._world.wishes
        return pd.Series(wishes.genre, index=wishes.genres, name="chance")

    def examination(self) -> pd.DataFrame:
        """Chance that a slot of the page is looked at: a row a row, a column a position, from 1."""
        config = self._world.config
        chance = grid_chance(config.row_decay, config.position_decay, ROWS, POSITIONS)
        names = pd.RangeIndex(1, ROWS + 1, name="row"), pd.RangeIndex(1, POSITIONS + 1)
        return pd.DataFrame(chance, index=names[0], columns=names[1].rename("position"))

    def hooks(self) -> np.ndarray:
        """What each picture adds to a slot's appeal whoever looks, in logits, (n_artworks,)."""
        return self._world.hooks

    def value(self, life) -> pd.DataFrame:
        """What a life under a policy was worth: one row an arm.

        Args:
            life: as `live(world, policy)` gives it; only its own days count.

        Returns:
            DataFrame, one row an arm, with viewers (who came at all); satisfaction, stars of an
            evening, mean over viewers; minutes, a viewer and week; click, share of opened pages
            from which something was taken; left, share of viewers who left; and for each of the
            last four its standard error, `..._se`, over viewers.
        """
        each = life.by_viewer()
        grouped = each.groupby("arm", observed=True)
        table = grouped.size().rename("viewers").to_frame()
        for name in ("satisfaction", "minutes", "click", "left"):
            table[name] = grouped[name].mean()
            table[f"{name}_se"] = grouped[name].sem()
        return table


def to_stars(satisfaction: np.ndarray) -> np.ndarray:
    """Satisfaction rounded to whole stars from 1 to 5, int64."""
    return np.clip(np.rint(satisfaction), 1, 5).astype(np.int64)


def _positions(name: str, ids, count: int) -> np.ndarray:
    positions = np.arange(count) if ids is None else np.atleast_1d(np.asarray(ids)) - 1
    if len(positions) and not (positions.min() >= 0 and positions.max() < count):
        raise ArgumentError(f"{name} ids must be from 1 to {count}")
    return positions
