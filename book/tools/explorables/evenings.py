"""Four last evenings in an order: what each of the well-known titles says of the next one."""

from __future__ import annotations

import numpy as np

from book.tools.explorables.neighbours import CHOICES
from recsys_lib.datasets import load_matinee
from recsys_lib.models import Markov, RecentEASE

MOST_WATCHED = 300  # titles that may be suggested
SCALE = 10_000  # of the weights, which are sent as whole numbers


def make() -> dict:
    """All that the page computes with.

    Returns:
        titles: to choose from, the first four of `start` as it opens; catalogue: what may be
        suggested; place: of each choice among these, -1 for none; weights: a row a choice, a
        column a title of the catalogue, times `SCALE`; steps: a row a choice, [column, how many
        went on to it]; left: how many went on from each choice to any title at all; share: of
        each title of the catalogue among all steps' ends, times 100,000; prior: of `Markov`.
    """
    matinee = load_matinee()
    watched = matinee.watched()
    names = matinee.titles.set_index("title_id").loc[watched.items, "title"]
    chosen = [int(np.flatnonzero(names == choice)[0]) for choice in CHOICES]
    most = np.argsort(-watched.item_counts, kind="stable")[:MOST_WATCHED]
    ease, markov = RecentEASE().fit(watched), Markov().fit(watched)
    steps = markov.steps_[chosen]
    place = {int(column): n for n, column in enumerate(most)}
    return {
        "titles": CHOICES,
        "catalogue": names.to_numpy()[most].tolist(),
        "place": [place.get(column, -1) for column in chosen],
        "weights": np.rint(SCALE * ease.weights_[np.ix_(chosen, most)]).astype(int).tolist(),
        "scale": SCALE,
        "steps": [
            [[int(j), int(count)] for j, count in enumerate(row) if count]
            for row in steps[:, most].toarray()
        ],
        "left": steps.sum(axis=1).astype(int).tolist(),
        "share": np.rint(100_000 * markov.share_[most]).astype(int).tolist(),
        "prior": markov.prior,
    }
