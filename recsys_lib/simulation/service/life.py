"""The one door: let the viewers of a world live some weeks under a page policy.

What a page policy is, in ten lines: every Monday this one fits a model on all that was watched,
and every evening it shows each visitor the best that is new to them, one slot in ten by lot.

>>> from recsys_lib.models import ItemKNN
>>> from recsys_lib.simulation import PagePolicy, World, live
>>> class Favourites(PagePolicy):
...     def learn(self, known):
...         if known.day % 7 == 0:
...             log = known.watched()
...             self.scores = ItemKNN().fit(log).score_all(log.users)
...
...     def page(self, visit):
...         return visit.best(visit.unseen(self.scores[visit.viewer]), explore=0.1)
>>> world = World(seed=1, n_viewers=40, weeks=4)
>>> before = live(world, weeks=2)  # under Matinee's own policy
>>> life = live(world, Favourites(), weeks=2, start=before)
>>> life
Lived(days 14 to 27, Favourites)
>>> sorted(life.impressions.columns[-4:])
['row_kind', 'row_propensity', 'row_subject', 'team']
>>> list(world.truth.value(life).columns[:4])
['viewers', 'satisfaction', 'satisfaction_se', 'minutes']

Luck belongs to viewer, day and purpose. So a life under another policy from the same start meets
the same viewers, on the same evenings, in the same moods, with the same luck for every title: what
differs between the two is the policies' doing alone.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property

import numpy as np
import pandas as pd
from tqdm import trange

from recsys_lib.datasets.matinee import COLUMNS
from recsys_lib.errors import ArgumentError, check_at_least
from recsys_lib.simulation.service.days import Days
from recsys_lib.simulation.service.diary import Tables
from recsys_lib.simulation.service.home_page import HomePage
from recsys_lib.simulation.service.policies import PagePolicy
from recsys_lib.simulation.world.config import START


class Lived:
    """What a life leaves behind; made by `live`.

    Attributes:
        world, policy: the policy is the copy that lived, with what it learned.
        first, day: the days from `first` up to, not including, `day` were lived under it.
        state: `Days`, from which another life may go on.
    """

    def __init__(self, state: Days, first: int) -> None:
        self.state, self.first, self.day = state, first, state.day
        self.world, self.policy = state.world, state.policy

    def __repr__(self) -> str:
        name = type(self.policy).__name__
        return f"Lived(days {self.first} to {self.day - 1}, {name})"

    @cached_property
    def tables(self) -> Tables:
        """The seven published tables, from the very first day on."""
        made = {
            name: self.state.diary.table(name)[COLUMNS[name].split()]
            for name in ("sessions", "plays", "feedback")
        }
        made["impressions"] = self.impressions[COLUMNS["impressions"].split()]
        left = np.where(self.state.left < self.day, self.state.left, np.iinfo(np.int64).min)
        viewers = self.world.viewers.assign(left_on=START + left.astype("timedelta64[D]"))
        return Tables(self.world.titles, viewers, artwork=self.world.artwork, **made)

    @cached_property
    def impressions(self) -> pd.DataFrame:
        """The logged slots, from the very first day on, with more than is published.

        Beside the columns of `data/README.md`: row_kind, see `KINDS`; row_subject, the title_id (as
        text) that a row "because" is there for, or the genre of a row "genre", else empty;
        row_propensity, see `Pages`; team, the name of whose slot it is.
        """
        table = self.state.diary.table("impressions")
        about = table["row_subject"].to_numpy()
        subject = np.full(len(table), "", dtype=object)
        because, genre = (table["row_kind"].to_numpy() == kind for kind in ("because", "genre"))
        subject[because] = (about[because] + 1).astype(str)
        subject[genre] = self.world.wishes.genres[about[genre]]
        names = np.array(self.policy.names, dtype=object)
        team = names[np.minimum(table["team"], len(names) - 1)]
        return table.assign(row_subject=subject, team=team)

    @cached_property
    def evenings(self) -> pd.DataFrame:
        """The truth about every evening under the policy, one row a session.

        session_id, viewer_id, day; arm, the policy's name for it; opened, the page was; clicked,
        something on it was taken; minutes watched; satisfaction in stars, with the last title
        watched, or one star below a bad evening if nothing was; left, after this evening for good.
        """
        table = self.state.diary.table("evenings")
        table = table[table["day"] >= self.first].reset_index(drop=True)
        names = np.array(self.policy.names, dtype=object)
        arm = self.policy.arm_of(table["viewer_id"].to_numpy() - 1)
        table.insert(3, "arm", pd.Categorical(names[arm], categories=list(names)))
        return table

    def by_viewer(self) -> pd.DataFrame:
        """The same, a row for each viewer who came, indexed by viewer_id.

        arm; evenings; satisfaction, mean stars; minutes a week, of the weeks lived, until the end
        whether or not the viewer stayed; click, share of opened pages with a click (NaN if none was
        opened); left, 0 or 1.
        """
        table = self.evenings
        groups = table.groupby("viewer_id")
        each = groups.agg(
            arm=("arm", "first"), evenings=("day", "size"), satisfaction=("satisfaction", "mean"),
            minutes=("minutes", "sum"), left=("left", "max"),
        )  # fmt: skip
        opened = table[table["opened"]].groupby("viewer_id")["clicked"].mean()
        each["minutes"] *= 7 / (self.day - self.first)
        each["left"] = each["left"].astype(float)
        return each.assign(click=opened.reindex(each.index))


def live(
    world,
    policy: PagePolicy | None = None,
    *,
    weeks: int | None = None,
    start: Lived | None = None,
    logged: float | None = None,
    progress: bool = False,
) -> Lived:
    """Let the viewers of a world live some weeks under a page policy.

    Args:
        world: is not changed.
        policy: fills the pages; copied before use. None is Matinee's own, `HomePage(world)`.
            `ByLot` compares several in one life, `Interleaved` two in one page.
        weeks: how long; None means to the end of the world's window. Beyond that window tastes
            stay as they were last.
        start: a life to go on from, in the same world; it stays as it was. None starts anew, from
            the first day, when the log is empty.
        logged: share of pages whose impressions are kept; None means `config.logged`.
        progress: show a progress bar, one step a day.

    Raises:
        ArgumentError: weeks below 1, or the start was lived in another world.
    """
    if start is not None and start.world is not world:
        raise ArgumentError("the start was lived in another world", fix="Give the same World.")
    done = 0 if start is None else start.day
    days = max(world.weeks * 7 - done, 7) if weeks is None else 7 * weeks
    check_at_least("weeks", days / 7, 1)
    policy = HomePage(world) if policy is None else deepcopy(policy)
    state = Days(world, policy) if start is None else deepcopy(start.state)
    state.policy = policy
    state.logged = world.config.logged if logged is None else logged
    for _ in trange(days, desc="Days at Matinee", unit="day", disable=not progress):
        state.live()
    return Lived(state, done)


def simulate(world, progress: bool = False) -> Tables:
    """The tables of a life through a world's whole window under Matinee's own policy.

    The same world gives the same tables.

    Args:
        world: is not changed.
        progress: show a progress bar, one step a day.
    """
    return live(world, progress=progress).tables
