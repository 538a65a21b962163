"""The data of a class: the same log for everybody in it, another for the next class."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.datasets import load_matinee, load_movielens
from recsys_lib.interactions import Interactions


def class_plays(data: str, variant: int, viewers: int = 600) -> pd.DataFrame:
    """The plays of `viewers` viewers drawn by the class's number.

    One row is one sitting: user_id, item_id, time, and completion, the share of the title that was
    watched (0..1). MovieLens knows no sittings: there one row is one rating, and stars / 5 stands
    in for completion.
    """
    if data == "matinee":
        names = {"viewer_id": "user_id", "title_id": "item_id", "started_at": "time"}
        plays = load_matinee().plays.rename(columns=names)
    else:
        ratings = load_movielens(data.removeprefix("movielens-")).ratings
        when = ratings["time"].dt.tz_localize(None)
        plays = ratings.assign(time=when, completion=ratings["value"] / 5)
    rng = np.random.default_rng([2026, variant])
    everybody = np.unique(plays["user_id"])
    chosen = rng.choice(everybody, size=min(viewers, len(everybody)), replace=False)
    mine = plays[plays["user_id"].isin(chosen)]
    columns = ["user_id", "item_id", "time", "completion"]
    return mine[columns].sort_values("time", kind="stable", ignore_index=True)


def all_titles(data: str) -> pd.DataFrame:
    """Every title of the catalogue, watched or not: item_id, title."""
    if data == "matinee":
        return load_matinee().items[["item_id", "title"]]
    return load_movielens(data.removeprefix("movielens-")).items[["item_id", "title"]]


def viewing_table(plays: pd.DataFrame, titles: pd.DataFrame) -> pd.DataFrame:
    """How often each viewer sat down with each title: one row a viewer, one column a title."""
    counts = pd.crosstab(plays["user_id"], plays["item_id"])
    return counts.reindex(columns=titles["item_id"], fill_value=0)


def class_stars(data: str, variant: int, viewers: int = 600) -> pd.DataFrame:
    """The stars that the class's viewers gave: user_id, item_id, time, stars, oldest first."""
    if data == "matinee":
        given = load_matinee().feedback
        names = {"viewer_id": "user_id", "title_id": "item_id", "at": "time", "value": "stars"}
        stars = given[given["kind"] == "stars"].rename(columns=names)
    else:
        ratings = load_movielens(data.removeprefix("movielens-")).ratings
        stars = ratings.rename(columns={"value": "stars"})
    everybody = np.unique(stars["user_id"])
    rng = np.random.default_rng([2027, variant])
    chosen = rng.choice(everybody, size=min(viewers, len(everybody)), replace=False)
    columns = ["user_id", "item_id", "time", "stars"]
    mine = stars.loc[stars["user_id"].isin(chosen), columns]
    return mine.astype({"stars": float}).sort_values("time", kind="stable", ignore_index=True)


def title_features(data: str) -> pd.DataFrame:
    """What each title is about: one row a title, one column of 0 and 1 a genre or theme."""
    if data == "matinee":
        items = load_matinee().items
        about = items["genres"] + "|" + items["themes"].fillna("")
    else:
        items = load_movielens(data.removeprefix("movielens-")).items
        about = items["genres"]
    return about.str.get_dummies("|").set_index(items["item_id"])


def title_group(data: str) -> pd.Series:
    """Which titles the audit asks about, True or False by item_id.

    Matinee: directed or created by a woman, alone or jointly. MovieLens does not know that; there
    it is the films from before 1980.
    """
    if data == "matinee":
        return load_matinee().items.set_index("item_id")["woman_led"].astype(bool)
    items = load_movielens(data.removeprefix("movielens-")).items
    return items.set_index("item_id")["year"].fillna(9999) < 1980


def served(data: str, variant: int, k: int = 60) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the class's viewers watched, and what the service's recommender would show them.

    Returns:
        history with user_id, item_id; candidates with user_id, item_id, score (0..1 for each
        viewer) and rank, the best `k` that the viewer has not watched.
    """
    from recsys_lib.models import ItemKNN  # a second to import, and only the audit needs it

    plays = class_plays(data, variant)
    history = plays[["user_id", "item_id"]].drop_duplicates(ignore_index=True)
    titles = all_titles(data)["item_id"]
    model = ItemKNN(neighbors=50).fit(Interactions.from_frame(history, items=titles))
    shown = model.recommend(k=k)
    best = shown.groupby("user_id")["score"].transform("max")
    return history, shown.assign(score=(shown["score"] / best).astype(float))


def shrinkage_trial(
    plays: pd.DataFrame, titles: pd.DataFrame, strengths: list[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Recall@10 of neighbours of titles at each strength of shrinkage: one row a viewer.

    The pairs are cut in time. For validation the first 60 % are learned from and the next 20 % are
    judged on; for test, 80 % and the last 20 %. `nan` where a viewer has nothing to be judged on.

    Returns:
        validation and test, float arrays of shape (n_viewers, n_strengths).
    """
    from recsys_lib.models import ItemKNN

    pairs = plays.groupby(["user_id", "item_id"], as_index=False)["time"].min()
    pairs = pairs.sort_values(["time", "user_id", "item_id"], kind="stable", ignore_index=True)
    cuts = [round(len(pairs) * share) for share in (0.6, 0.8, 1.0)]
    viewers, shelf = np.unique(pairs["user_id"]), titles["item_id"]
    trials = []
    for start, end in (cuts[:2], cuts[1:]):
        past, later = pairs[:start], pairs[start:end]
        log = Interactions.from_frame(past[["user_id", "item_id"]], users=viewers, items=shelf)
        wanted = later.groupby("user_id")["item_id"].agg(set)
        values = np.full((len(viewers), len(strengths)), np.nan)
        for column, strength in enumerate(strengths):
            model = ItemKNN(neighbors=50, shrinkage=strength).fit(log)
            shown = model.recommend(list(wanted.index), k=10).groupby("user_id")["item_id"].agg(set)
            for viewer, titles_wanted in wanted.items():
                row = np.searchsorted(viewers, viewer)
                hits = len(titles_wanted & shown.get(viewer, set()))
                values[row, column] = hits / len(titles_wanted)
        trials.append(values)
    return trials[0], trials[1]


def interval_of(values) -> tuple[float, float]:
    """The 95 % interval of a mean over viewers: 2,000 draws of as many, with replacement."""
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    drawn = np.random.default_rng(0).integers(0, len(values), (2000, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def class_beginnings(data: str, variant: int) -> pd.DataFrame:
    """When each viewer of the class first sat down with each title: viewer, title, time.

    `title` is the title's position in `all_titles`, from 0. Oldest first.
    """
    plays = class_plays(data, variant)
    first = plays.groupby(["user_id", "item_id"], as_index=False)["time"].min()
    position = pd.Index(all_titles(data)["item_id"]).get_indexer(first["item_id"])
    begun = pd.DataFrame({"viewer": first["user_id"], "title": position, "time": first["time"]})
    return begun.sort_values(["time", "viewer", "title"], kind="stable", ignore_index=True)


def order_trial(begun: pd.DataFrame, n_titles: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three models of the library asked for next titles; one row a question.

    `plain` is EASE, which reads no order; `fading` the same with a history that fades, with a
    half-life of 20 titles; `chain` goes by the last title alone. "chain, shuffled" and
    "fading, shuffled" are learned and asked with every order drawn by lot. For validation the
    first 60 % of the beginnings are learned from and the next 20 % are asked about; for test, 80 %
    and the last 20 %.

    Returns:
        validation and test: viewer, and for each model 1 where the title was among its ten, else 0.
    """
    from recsys_lib.models import EASE, Markov, RecentEASE
    from recsys_lib.next_title import Questions, finds, next_titles, shuffled

    rng, trials = np.random.default_rng(0), []
    cuts = [round(len(begun) * share) for share in (0.6, 0.8, 1.0)]
    for start, end in (cuts[:2], cuts[1:]):
        log = Interactions.from_frame(
            begun[:end], user="viewer", item="title", time="time", items=range(n_titles)
        )
        later = log.times >= begun["time"][start].timestamp()
        asked, train = next_titles(log, later, most=5), log.select(~later)
        mixed = shuffled(asked.histories, rng)
        mixed = Questions(mixed, asked.answers, asked.viewers, asked.times)
        found = {"viewer": log.users[asked.viewers]}
        fading, chain = RecentEASE(l2=100, half_life=20).fit(train), Markov().fit(train)
        found["plain"] = finds(EASE(l2=100).fit(train), asked)
        found["fading"], found["chain"] = finds(fading, asked), finds(chain, asked)
        found["fading, shuffled"] = finds(fading, mixed)
        found["chain, shuffled"] = finds(Markov().fit(shuffled(train, rng)), mixed)
        trials.append(pd.DataFrame(found).astype({name: int for name in found if name != "viewer"}))
    return trials[0], trials[1]


RANKERS = ["popular", "EASE", "content", "lot"]  # what may fill a page


def shown_by_old(known: np.ndarray) -> np.ndarray:
    """With which chance the service let each of `RANKERS` fill a page, a row a viewer.

    It leaves a little to chance, more with viewers who have watched six titles or more; it never
    filled a page by lot.
    """
    newcomer, others = [0.84, 0.15, 0.01, 0.0], [0.68, 0.30, 0.02, 0.0]
    return np.where(np.asarray(known)[:, None] < 6, newcomer, others)


def shown_by_new(known: np.ndarray) -> np.ndarray:
    """The same under proposal A: EASE for whoever has watched six titles, popular for the rest."""
    return np.where(np.asarray(known)[:, None] < 6, [1.0, 0, 0, 0], [0, 1.0, 0, 0])


def log_and_experiments(
    variant: int, share: float, viewers: int = 1000
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """A week's log of Matinee's simulator, and two experiments that follow from it.

    Three weeks under Matinee's own page come first. Then, evening by evening, a draw decides which
    recommender fills the page. In each experiment a lot gave a share of the viewers proposal A for
    two weeks, and the others the service's own mix. A table need not hold everybody who took part.

    Returns:
        log, a row a page: viewer, known (titles watched before), ranker, propensity, clicked;
        first and second, a row a viewer: viewer, arm, pages, clicks, minutes (a page).
    """
    from recsys_lib.simulation import World, WorldConfig, live

    season = 700 + variant
    world = World(season, viewers, 6, WorldConfig(search=0.2))
    before = live(world, weeks=3, logged=0.0)
    nobody = np.zeros(viewers, bool)
    pages = _pages(live(world, _drawn_policy(nobody), weeks=1, start=before, logged=0.0))
    log = pages.assign(ranker=np.array(RANKERS)[pages["ranker"]])
    columns = ["viewer", "known", "ranker", "propensity", "clicked"]
    tables, floors = [], ((6, 0), (0, 0))
    for number, floor in enumerate(floors, start=1):
        new = np.random.default_rng([season, number]).random(viewers) < share
        life = live(world, _drawn_policy(new), weeks=2, start=before, logged=0.0)
        groups = _pages(life).groupby("viewer")
        table = groups.agg(pages=("clicked", "size"), clicks=("clicked", "sum"),
                           minutes=("minutes", "mean"), known=("known", "first"))  # fmt: skip
        inside = new[table.index - 1]
        table.insert(0, "arm", np.where(inside, "new", "old"))
        counted = table["known"] >= np.where(inside, *floor)
        tables.append(table[counted].drop(columns="known").reset_index())
    return log[columns], *tables


def _drawn_policy(new: np.ndarray):
    """A page policy that draws for each page which recommender fills it, and writes it down."""
    from recsys_lib.models import EASE, ContentProfile, Popular
    from recsys_lib.simulation import PagePolicy, Recommended
    from recsys_lib.simulation.service.known import NEVER
    from recsys_lib.simulation.service.pages import Pages

    class Lot(PagePolicy):
        def page(self, visit):
            return visit.best(
                visit.unseen(np.zeros((len(visit.viewer), visit.known.last.shape[1])))
            )

    class Drawn(PagePolicy):
        def __init__(self):
            self.rankers = [
                Recommended(model) for model in (Popular(), EASE(100.0), ContentProfile())
            ]
            self.rankers.append(Lot())
            self.rows = []

        def learn(self, known):
            for ranker in self.rankers:
                ranker.learn(known)

        def page(self, visit):
            known = (visit.known.last[visit.viewer] > NEVER).sum(axis=1)
            chance = np.where(new[visit.viewer][:, None], shown_by_new(known), shown_by_old(known))
            drawn = visit.lots.uniform("ranker", 1) >= chance.cumsum(axis=1)
            ranker = np.minimum(drawn.sum(axis=1), len(RANKERS) - 1)
            rows = {"viewer": visit.viewer + 1, "day": visit.day, "known": known, "ranker": ranker}
            rows["propensity"] = np.take_along_axis(chance, ranker[:, None], axis=1)[:, 0]
            self.rows.append(pd.DataFrame(rows))
            here = [np.flatnonzero(ranker == number) for number in range(len(RANKERS))]
            parts = [
                one.page(visit.take(some)) for one, some in zip(self.rankers, here, strict=True)
            ]
            return Pages.merged(parts, here)

    return Drawn()


def _pages(life) -> pd.DataFrame:
    """Every page that was opened in a life under `_drawn_policy`, and what came of it."""
    nights = life.evenings.rename(columns={"viewer_id": "viewer"})
    nights = nights[["viewer", "day", "clicked", "minutes"]]
    pages = pd.concat(life.policy.rows).merge(nights, on=["viewer", "day"])
    pages = pages.astype({"clicked": int})
    return pages.sort_values(["day", "viewer"], ignore_index=True, kind="stable")
