"""What the service writes down, in the shape of the published tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.simulation.first_season.behaviour import Evenings, Sittings
from recsys_lib.simulation.first_season.home_page import SLOTS, Pages
from recsys_lib.simulation.world.config import DEVICES, POSITIONS, START


class Diary:
    """Collects each day's events column by column, and makes tables of them at the end."""

    def __init__(self, world) -> None:
        self.logged = world.config.logged
        self.n_sessions = 0
        self._days = {name: [] for name in ("sessions", "plays", "feedback", "impressions")}

    def sessions(self, day: int, evenings: Evenings) -> np.ndarray:
        """Number the day's sessions in the order in which they begin; their session_id."""
        ids = self.n_sessions + 1 + np.arange(len(evenings.viewer))
        self.n_sessions += len(ids)
        self._days["sessions"].append({
            "session_id": ids,
            "viewer_id": evenings.viewer + 1,
            "started_at": _moments(day, evenings.start),
            "device": np.array(DEVICES, dtype=object)[evenings.device],
        })  # fmt: skip
        return ids

    def plays(self, day, session, viewer, title, clock, sittings: Sittings) -> None:
        """Sittings that begin at minute `clock` of the day."""
        self._days["plays"].append({
            "session_id": session,
            "viewer_id": viewer + 1,
            "title_id": title + 1,
            "episode": sittings.episode,
            "started_at": _moments(day, clock),
            "minutes": sittings.minutes,
            "completion": sittings.completion,
            "pauses": sittings.pauses,
            "finished": sittings.finished,
        })  # fmt: skip

    def feedback(self, day, viewer, title, kind: str, value, clock) -> None:
        """Opinions of one kind, given at minute `clock` of the day."""
        self._days["feedback"].append({
            "viewer_id": viewer + 1,
            "title_id": title + 1,
            "kind": np.full(len(viewer), kind, dtype=object),
            "value": value,
            "at": _moments(day, clock),
        })  # fmt: skip

    def impressions(self, session, pages: Pages, slot, *, rng: np.random.Generator) -> None:
        """The slots of a sample of home pages, and the slot that was clicked (-1 for none)."""
        keep = rng.random(len(session)) < self.logged
        place = np.tile(np.arange(SLOTS), keep.sum())
        self._days["impressions"].append({
            "session_id": np.repeat(session[keep], SLOTS),
            "row": place // POSITIONS + 1,
            "position": place % POSITIONS + 1,
            "title_id": pages.titles[keep].ravel() + 1,
            "artwork_id": pages.artwork[keep].ravel() + 1,
            "propensity": np.round(pages.propensity[keep].ravel(), 6),
            "artwork_propensity": np.round(pages.artwork_propensity[keep].ravel(), 6),
            "uniform": pages.uniform[keep].ravel(),
            "clicked": np.repeat(slot[keep], SLOTS) == place,
        })  # fmt: skip

    def tables(self) -> dict[str, pd.DataFrame]:
        """sessions, plays, feedback and impressions, each in the order of time."""
        made = {
            name: pd.DataFrame({
                column: np.concatenate([day[column] for day in days]) for column in days[0]
            })
            for name, days in self._days.items()
        }  # fmt: skip
        made["plays"] = _sorted(made["plays"], ["session_id", "started_at"])
        made["feedback"] = _sorted(made["feedback"], ["at", "viewer_id", "title_id", "kind"])
        return made


def _moments(day: int, minute: np.ndarray) -> np.ndarray:
    start = (START + day).astype("datetime64[s]")
    return start + (60 * minute).astype("timedelta64[s]")


def _sorted(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return table.sort_values(columns, kind="stable", ignore_index=True)
