"""One experiment on one page: what it says, and what it keeps to itself."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from recsys_lib.dashboard import dashboard
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.experiments import read_experiment
from recsys_lib.plotting import PALETTE

WISHES = {"left": "lower", "minutes": "higher", "clicks": "higher"}


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    n = 2000
    new = np.arange(n) % 2 == 1
    return pd.DataFrame({
        "user": np.arange(n), "arm": np.where(new, "new", "old"),
        "left": (rng.random(n) < np.where(new, 0.1, 0.2)) * 1,
        "minutes": rng.normal(100, 20, n), "clicks": rng.normal(10, 1, n) - 0.5 * new,
    })  # fmt: skip


def drawn(table, wishes=WISHES, **settings):
    ax = Figure().add_subplot()
    return dashboard(ax, read_experiment(table), wishes, **settings)


def words(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_each_metric_has_its_values_its_change_and_a_verdict(table):
    ax = drawn(table, names={"left": "left in a week"})
    said = words(ax)
    shares = table.groupby("arm")["left"].mean()
    assert said[0] == f"left in a week: {100 * shares['old']:.1f} % → {100 * shares['new']:.1f} %"
    assert said[1] == f"−{100 * (1 - shares['new'] / shares['old']):.1f} %, better"
    assert [text.split(", ")[1] for text in said[1::2]] == ["better", "not told", "worse"]
    assert "new 1,000, old 1,000" in ax.get_title(loc="left") + ax.get_title()
    colors = [text.get_color() for text in ax.texts[1::2]]
    assert colors == [PALETTE[name] for name in ("green", "grey", "red")]


def test_numbers_are_written_as_in_the_book(table):
    said = " ".join([*words(drawn(table)), drawn(table).get_xlabel()])
    assert "95 % intervals" in said and not re.search(r"\d%|-\d", said)


def test_the_mark_stands_where_the_words_say(table):
    ax = drawn(table)
    readout = read_experiment(table).table.set_index("metric")
    marks = [container.lines[0].get_xdata()[0] for container in ax.containers]
    np.testing.assert_allclose(marks, 100 * readout.loc[list(WISHES), "relative"])


def test_what_is_wished_for_decides_what_is_better(table):
    other = drawn(table, {"left": "higher", "clicks": "lower"})
    assert [text.split(", ")[1] for text in words(other)[1::2]] == ["worse", "better"]


def test_of_a_split_that_is_not_believed_nothing_is_shown(table):
    ax = drawn(table.drop(table.index[table["arm"] == "new"][:200]))
    assert not words(ax) and "NOT TO BE BELIEVED" in ax.get_title(loc="left") + ax.get_title()


@pytest.mark.parametrize(("wishes", "settings", "error", "match"), [
    ({"left": "less"}, {}, ArgumentError, "higher or lower"),
    ({"left": "lower"}, {"arm": "third"}, ArgumentError, "treated"),
    ({"stars": "higher"}, {}, DataError, "no such metric"),
])  # fmt: skip
def test_what_cannot_be_shown_is_refused(table, wishes, settings, error, match):
    with pytest.raises(error, match=match):
        drawn(table, wishes, **settings)
