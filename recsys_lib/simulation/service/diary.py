"""What is written down: the published tables, and beside them the truth about each evening."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from recsys_lib.simulation.service.behaviour import Evenings
from recsys_lib.simulation.service.pages import KINDS, Pages, places
from recsys_lib.simulation.service.sitting import Sittings
from recsys_lib.simulation.world.config import DEVICES, START


@dataclass(frozen=True, repr=False)
class Tables:
    """The seven tables, as DataFrames; `data/README.md` says what each column means."""

    titles: pd.DataFrame
    viewers: pd.DataFrame
    sessions: pd.DataFrame
    plays: pd.DataFrame
    feedback: pd.DataFrame
    impressions: pd.DataFrame
    artwork: pd.DataFrame

    def __repr__(self) -> str:
        sizes = (f"{field.name} {len(getattr(self, field.name)):,}" for field in fields(self))
        return f"Tables({', '.join(sizes)})"


class Diary:
    """Collects each day's events column by column, and makes tables of them at the end."""

    def __init__(self) -> None:
        self.n_sessions = 0
        names = ("sessions", "plays", "feedback", "impressions", "evenings")
        self._days: dict[str, list[dict]] = {name: [] for name in names}

    def sessions(self, day: int, evenings: Evenings) -> np.ndarray:
        """Number the day's sessions in the order in which they begin; their session_id."""
        order = np.lexsort((evenings.viewer, evenings.start))
        ids = np.empty(len(order), np.int64)
        ids[order] = self.n_sessions + 1 + np.arange(len(order))
        self.n_sessions += len(order)
        self._days["sessions"].append({
            "session_id": ids[order],
            "viewer_id": evenings.viewer[order] + 1,
            "started_at": _moments(day, evenings.start[order]),
            "device": np.array(DEVICES, dtype=object)[evenings.device[order]],
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

    def impressions(self, session, pages: Pages, slot) -> None:
        """The filled slots of home pages, and the slot that was clicked (-1 for none)."""
        shown = pages.titles >= 0
        page, place = np.nonzero(shown)
        row, position = places(shown.shape[1])
        self._days["impressions"].append({
            "session_id": session[page],
            "row": row[place],
            "position": position[place],
            "title_id": pages.titles[shown] + 1,
            "artwork_id": pages.artwork[shown] + 1,
            "propensity": np.round(pages.propensity[shown], 6),
            "artwork_propensity": np.round(pages.artwork_propensity[shown], 6),
            "uniform": pages.uniform[shown],
            "clicked": slot[page] == place,
            "row_kind": np.array(KINDS, dtype=object)[pages.kind[shown]],
            "row_subject": pages.subject[shown],
            "row_propensity": np.round(pages.row_propensity[shown], 6),
            "team": pages.team[shown],
        })  # fmt: skip

    def evenings(self, day: int, session, viewer, **columns) -> None:
        """What each evening truly was; see `Lived.evenings`."""
        known = {"session_id": session, "viewer_id": viewer + 1, "day": np.full(len(viewer), day)}
        self._days["evenings"].append(known | columns)

    def columns(self, name: str) -> dict[str, np.ndarray]:
        """One table's columns so far, in the order of writing."""
        days = self._days[name]
        if len(days) > 1:  # so that asking every day stays cheap
            self._days[name] = days = [
                {key: np.concatenate([day[key] for day in days]) for key in days[0]}
            ]
        return days[0]

    def table(self, name: str) -> pd.DataFrame:
        """sessions, plays, feedback, impressions or evenings, in the order of time."""
        order = {
            "plays": ["session_id", "started_at"], "impressions": ["session_id", "row", "position"],
            "feedback": ["at", "viewer_id", "title_id", "kind"],
        }.get(name, ["session_id"])  # fmt: skip
        made = pd.DataFrame(self.columns(name))
        return made.sort_values(order, kind="stable", ignore_index=True)


def _moments(day: int, minute: np.ndarray) -> np.ndarray:
    start = (START + day).astype("datetime64[s]")
    return start + (60 * minute).astype("timedelta64[s]")
