"""Does the course's story come out? Which titles models take for most like *Friends*.

python -m benchmarks.story        # in the worlds of seeds 1 to 10, about a minute each
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from tqdm import tqdm

from recsys_lib.interactions import ITEM, USER, Interactions
from recsys_lib.models import BPR, EASE, ContentProfile, ImplicitALS, ItemKNN, RP3beta
from recsys_lib.models.base import Recommender
from recsys_lib.simulation import World, live

STORY = {
    "Friends": (10, ("Cheers", "Seinfeld", "The Office")),
    "Breaking Bad": (15, ("Dexter", "The Wire")),
}
"""Title → in how many of the first places one expects which titles."""
SEEDS = range(1, 11)
MODELS: dict[str, Callable[[], Recommender]] = {
    "shrunk lift": lambda: ItemKNN(similarity="lift", shrinkage=20, neighbors=200),
    "item neighbours": ItemKNN,
    "RP3beta": RP3beta,
    "EASE": EASE,
    "iALS": ImplicitALS,
    "BPR": BPR,
    "content": ContentProfile,
}


def places(watched: Interactions, titles: pd.DataFrame) -> pd.DataFrame:
    """In which place each model has each title of the story.

    A factor model is asked for the titles whose factors have the largest cosine with the title's,
    any other for its list for a stranger who has watched that title and nothing else.

    Args:
        watched: who watched what; titles: item_id, title and what the content model reads.

    Returns:
        DataFrame with one row a pair: title, kin, first (places), one column a model, counted from
        1; a title that a model does not list stands behind all.
    """
    ids = titles.drop_duplicates("title").set_index("title")[ITEM]
    strangers = {title: -1 - row for row, title in enumerate(STORY)}
    theirs = pd.DataFrame({USER: strangers.values(), ITEM: ids[list(STORY)].to_numpy()})
    log = Interactions.from_frame(pd.concat([watched.to_frame()[[USER, ITEM]], theirs]))
    rows = [(title, kin, first) for title, (first, kins) in STORY.items() for kin in kins]
    found = pd.DataFrame(rows, columns=["title", "kin", "first"])
    for name, make in MODELS.items():
        model = make().fit(log, items=titles)
        lists = {title: _nearest(model, strangers[title], ids[title]) for title in STORY}
        found[name] = [_place(lists[title], ids[kin]) for title, kin, _ in rows]
    return found


def _nearest(model: Recommender, stranger: int, item) -> list:
    """The ids of all other titles, those first that the model takes for most like `item`."""
    if not hasattr(model, "item_factors_"):
        return model.recommend([stranger], k=model.train_.n_items)[ITEM].tolist()
    factors, items = model.item_factors_.astype(np.float64), model.train_.items
    factors /= np.maximum(np.linalg.norm(factors, axis=1, keepdims=True), 1e-12)
    cosine = factors @ factors[model.train_.item_positions([item])[0]]
    return [other for other in items[np.argsort(-cosine, kind="stable")] if other != item]


def _place(items: list, item) -> int:
    return items.index(item) + 1 if item in items else len(items) + 1


def told(found: pd.DataFrame) -> pd.Series:
    """In how many of the models each title of the story stands where one expects it."""
    right = found[list(MODELS)].le(found["first"], axis=0).sum(axis=1)
    return pd.Series(right.to_numpy(), found["title"] + " → " + found["kin"])


def world_places(world: World) -> pd.DataFrame:
    """`places` in what the viewers of a world watch in its whole window."""
    tables = live(world).tables
    pairs = tables.plays[["viewer_id", "title_id"]].drop_duplicates()
    watched = Interactions.from_frame(pairs, user="viewer_id", item="title_id")
    return places(watched, tables.titles.rename(columns={"title_id": ITEM}))


def main() -> None:
    """Print where the titles of the story stand in each world, then how many models tell it."""
    counts = {}
    for seed in tqdm(SEEDS, desc="Worlds", unit="world"):
        found = world_places(World(seed=seed))
        tqdm.write(f"seed {seed}\n{found.to_string(index=False)}")
        counts[seed] = told(found)
    print(f"of {len(MODELS)} models", pd.DataFrame(counts).to_string(), sep="\n")


if __name__ == "__main__":
    main()
