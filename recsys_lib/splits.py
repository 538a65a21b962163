"""What a model may learn from, and what it is judged on.

Every part keeps the axes of the full data: a viewer or a title without events in `train` is an
empty row or column there, never a missing label.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from recsys_lib.errors import ArgumentError, DataError, check_at_least, check_choice
from recsys_lib.interactions import Interactions
from recsys_lib.leakage import Recipe, Split
from recsys_lib.randomness import Rng, generator


def split_by_time(data: Interactions, test_fraction: float = 0.2, *, cut: object = None) -> Split:
    """Cut the whole log at one moment: train < cut <= test.

    Args:
        data: events with times.
        test_fraction: share of events to put at or after the cut, between 0 and 1; events at the
            same second stay together, so the share is met as nearly as that allows, and of two
            cuts equally near the earlier is made.
        cut: the moment itself (a datetime or an ISO string, UTC where no zone is given) instead.

    Raises:
        DataError: the data has no times.
        ArgumentError: a fraction outside (0, 1), or a cut with no event on one side.
    """
    times = _times(data, "split_by_time")
    if cut is None:
        _check_fraction(test_fraction)
        seconds = _nearest_cut(np.sort(times), test_fraction)
    else:
        seconds = _moment(cut)
    later = times >= seconds
    if later.all() or not later.any():
        first, last = pd.to_datetime([times.min(), times.max()], unit="s")
        raise ArgumentError(
            "the cut leaves no event on one side", where=f"events run from {first} to {last}"
        )
    recipe = Recipe("split_by_time")
    return Split(data.select(~later), data.select(later), "by time", "global", recipe)


def leave_last_out(data: Interactions, n: int = 1) -> Split:
    """Each user's `n` newest events are the test; users with `n` events or fewer are all train.

    Events of one user at the same second cannot be told apart in time, so those level with the
    first test event go to the test too: it may hold more than `n` of a user, even all.

    Beware: train then holds events of one viewer that lie after the test events of another, so a
    model sees the future of the catalogue (`ji2023`). Use `split_by_time` to compare models.
    """
    check_at_least("n", n, 1, integer=True)
    times = _times(data, "leave_last_out")
    rows = data.event_rows
    counts = data.user_counts[rows]
    last = (_places(rows, times, data.matrix.indptr) >= counts - n) & (counts > n)
    first = np.full(data.n_users, np.iinfo(np.int64).max)
    np.minimum.at(first, rows[last], times[last])
    last |= times >= first[rows]
    recipe = Recipe("leave_last_out", {"n": n})
    return Split(data.select(~last), data.select(last), f"last {n} out", "user", recipe)


def split_random(data: Interactions, test_fraction: float = 0.2, *, rng: Rng) -> Split:
    """A random share of each user's events is the test: round(test_fraction * events) of them.

    Times play no part, so a model may learn from events after those it is judged on.
    """
    _check_fraction(test_fraction)
    place = _random_places(data, generator(rng))
    chosen = place < np.round(test_fraction * data.user_counts)[data.event_rows]
    return _parted(data, chosen, "random", Recipe("split_random"))


def k_fold(data: Interactions, n_splits: int = 5, *, rng: Rng) -> Iterator[Split]:
    """`n_splits` splits whose test parts are disjoint and together hold every event once."""
    check_at_least("n_splits", n_splits, 2, integer=True)
    if data.n_events < n_splits:
        raise ArgumentError(f"{n_splits} folds need as many events, not {data.n_events}")
    fold = generator(rng).permutation(data.n_events) % n_splits
    recipe = Recipe("k_fold")
    return (_parted(data, fold == number, f"fold {number}", recipe) for number in range(n_splits))


def cold_users(data: Interactions, fraction: float = 0.2, *, known: int = 0, rng: Rng) -> Split:
    """A random share of users keeps only `known` events in train; their others are the test.

    It is a share of the users with more events than that: the others have nothing to test. The
    known events are the oldest where the data has times, else random ones.
    """
    _check_fraction(fraction)
    check_at_least("known", known, 0, integer=True)
    rng = generator(rng)
    cold = _random_share(data.user_counts > known, fraction, rng)
    place = _random_places(data, rng)
    if data.times is not None:
        place = _places(data.event_rows, data.times, data.matrix.indptr)
    test = cold[data.event_rows] & (place >= known)
    return _parted(data, test, f"cold users, {known} known", Recipe("cold_users", {"known": known}))


def cold_items(data: Interactions, fraction: float = 0.2, *, rng: Rng) -> Split:
    """A random share of the titles with events has none in train; their events are the test."""
    _check_fraction(fraction)
    cold = _random_share(data.item_counts > 0, fraction, generator(rng))[data.matrix.indices]
    return _parted(data, cold, "cold items", Recipe("cold_items"))


def again(recipe: Recipe, data: Interactions, fraction: float, *, rng: Rng) -> Split:
    """Split `data` as `recipe` says: the same kind, with the same settings.

    Args:
        recipe: of another split, `split.recipe`.
        data: for example the train part of that split.
        fraction: share of the test: of events (`split_by_time`, `split_random`, a fold), of users
            or of titles (`cold_users`, `cold_items`); `leave_last_out` has none.
        rng: decides what is left to chance.
    """
    make = {
        "split_by_time": lambda: split_by_time(data, fraction),
        "leave_last_out": lambda: leave_last_out(data, **recipe.settings),
        "split_random": lambda: split_random(data, fraction, rng=rng),
        "k_fold": lambda: _another_fold(data, fraction, generator(rng)),
        "cold_users": lambda: cold_users(data, fraction, **recipe.settings, rng=rng),
        "cold_items": lambda: cold_items(data, fraction, rng=rng),
    }
    check_choice("recipe.name", recipe.name, tuple(make))
    return make[recipe.name]()


def _another_fold(data: Interactions, fraction: float, rng: np.random.Generator) -> Split:
    """A share of all events, whoever's they are, as a fold is."""
    _check_fraction(fraction)
    chosen = _random_share(np.ones(data.n_events, bool), fraction, rng)
    return _parted(data, chosen, "a fold", Recipe("k_fold"))


def _parted(data: Interactions, test: np.ndarray, name: str, recipe: Recipe) -> Split:
    """The events where the mask `test` is true, and the others; times play no part."""
    return Split(data.select(~test), data.select(test), name, "none", recipe)


def _random_share(eligible: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    """A mask of a random share of the places where the mask `eligible` is true."""
    order = rng.permutation(len(eligible))
    order = order[eligible[order]]
    mask = np.zeros(len(eligible), bool)
    mask[order[: round(fraction * len(order))]] = True
    return mask


def _random_places(data: Interactions, rng: np.random.Generator) -> np.ndarray:
    return _places(data.event_rows, rng.random(data.n_events), data.matrix.indptr)


def _places(rows: np.ndarray, keys: np.ndarray, indptr: np.ndarray) -> np.ndarray:
    """Place of each event (0, 1, ...) among its user's events ordered by `keys`."""
    order = np.lexsort((keys, rows))
    place = np.empty(len(rows), np.int64)
    place[order] = np.arange(len(rows)) - indptr[rows[order]]
    return place


def _times(data: Interactions, function: str) -> np.ndarray:
    if data.times is None:
        raise DataError(
            f"{function} needs times and the data has none",
            fix="Pass time= to Interactions.from_frame, or use split_random.",
        )
    if not data.n_events:
        raise DataError(f"{function} needs at least one event")
    return data.times


def _nearest_cut(ordered: np.ndarray, test_fraction: float) -> int:
    """The time in `ordered` from which on the share of events is nearest to `test_fraction`."""
    sizes = np.flatnonzero(np.diff(ordered)) + 1  # of train, wherever a new second begins
    if not len(sizes):
        return ordered[0]
    wanted = round(len(ordered) * (1 - test_fraction))
    return ordered[sizes[np.argmin(np.abs(sizes - wanted))]]


def _moment(cut: object) -> float:
    """Seconds since 1970 of a datetime or an ISO string, UTC where it has no zone."""
    try:
        moment = pd.Timestamp(cut) if isinstance(cut, str | date | np.datetime64) else pd.NaT
    except ValueError:
        moment = pd.NaT
    if moment is pd.NaT:
        raise ArgumentError(f"cut={cut!r} is not a moment", fix='For example cut="2025-06-01".')
    moment = moment.tz_localize("UTC") if moment.tz is None else moment
    return moment.timestamp()


def _check_fraction(fraction: float) -> None:
    if not 0 < fraction < 1:
        raise ArgumentError(f"a fraction must lie between 0 and 1, not {fraction!r}")
