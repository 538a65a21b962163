"""The four evenings of the explorable: what is stored, and what its page says."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from book.tools.explorables import make as explore
from book.tools.explorables.neighbours import CHOICES
from recsys_lib.datasets import load_matinee


@pytest.fixture(scope="module")
def data() -> dict:
    return json.loads((explore.FOLDER / "evenings.json").read_text(encoding="utf-8"))


def test_what_is_stored_is_as_fresh():
    stored = (explore.FOLDER / "evenings.json").read_text(encoding="utf-8")
    assert explore.as_json("evenings") == stored, "run python -m book.tools.explorables evenings"


def test_the_steps_by_a_loop(data):
    matinee = load_matinee()
    watched = matinee.watched()
    events = watched.to_frame().sort_values(["user_id", "time", "item_id"], kind="stable")
    names = matinee.titles.set_index("title_id")["title"].to_dict()
    friends, went = CHOICES.index("Friends"), {}
    for _, one in events.groupby("user_id"):
        titles = [names[item] for item in one["item_id"]]
        for before, after in pairwise(titles):
            if before == "Friends":
                went[after] = went.get(after, 0) + 1
    assert data["left"][friends] == sum(went.values())
    stored = {data["catalogue"][column]: count for column, count in data["steps"][friends]}
    known = {name: count for name, count in went.items() if name in data["catalogue"]}
    assert stored == known


def test_all_alike_no_title_depends_on_the_order(data):
    chosen = [CHOICES.index(name) for name in ("Breaking Bad", "The Wire", "Friends", "Seinfeld")]
    weights = np.array(data["weights"])
    assert (weights[chosen].sum(axis=0) == weights[chosen[::-1]].sum(axis=0)).all()

    def eight(memory: float, order: list[int]) -> set[int]:
        faded = (0.5 ** (np.arange(4) / memory)) @ weights[order]
        faded[[data["place"][one] for one in order if data["place"][one] >= 0]] = -np.inf
        return {*np.argsort(-faded, kind="stable")[:8].tolist()}

    moved = [len(eight(m, chosen) - eight(m, chosen[::-1])) for m in (0.1, 1, 4, 1e9)]
    assert moved == sorted(moved, reverse=True) and moved[0] > moved[2] and moved[-1] == 0
