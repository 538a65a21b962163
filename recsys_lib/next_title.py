"""What comes next, asked again and again: a question a title, and histories in another order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.randomness import Rng, generator


@dataclass(frozen=True)
class Questions:
    """For each question: what somebody had watched by then, and what came next.

    Attributes:
        histories: a row a question, labelled 0, 1, 2, …; columns and times as in the log.
        answers: column of the title that came next, shape (n_questions,).
        viewers: row in the log of the viewer, shape (n_questions,).
        times: of the answers, seconds since 1970-01-01 UTC, shape (n_questions,).
    """

    histories: Interactions
    answers: np.ndarray
    viewers: np.ndarray
    times: np.ndarray


def next_titles(
    log: Interactions, later: np.ndarray, *, least: int = 3, most: int | None = None
) -> Questions:
    """A question for each later event: what was watched after all that came before it?

    Args:
        log: with times; events of the same second follow one another by item id.
        later: bool, in the order of `log.matrix.data`: events to ask about. A viewer's others must
            be older. Later ones belong to the histories of the questions that follow them.
        least: titles that a history must hold.
        most: questions a viewer, the first ones; None means all.

    Raises:
        DataError: the log has no times, or no question is left.
        ArgumentError: `later` is no mask of the events.
    """
    later = np.asarray(later)
    if later.shape != (log.n_events,) or later.dtype != bool:
        raise ArgumentError("later must be a bool for each event of the log")
    check_at_least("least", least, 1, integer=True)
    order, place = _in_order(log)
    rows, columns = log.event_rows[order], log.matrix.indices[order]
    number = np.cumsum(later[order]) - 1
    first = number[np.searchsorted(rows, rows)] + ~later[order][np.searchsorted(rows, rows)]
    asked = later[order] & (place >= least)
    if most is not None:
        check_at_least("most", most, 1, integer=True)
        asked &= number - first < most
    where = np.flatnonzero(asked)
    if len(where) == 0:
        raise DataError("nobody watched a title later, after so many", where=f"least={least}")
    size = place[where]
    question = np.repeat(np.arange(len(where)), size)
    source = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    source += np.repeat(where - size, size)
    sort = np.lexsort((columns[source], question))
    question, source = question[sort], source[sort]
    histories = Interactions._build(
        np.arange(len(where)), log.items, question, columns[source],
        log.matrix.data[order[source]], log.times[order[source]],
    )  # fmt: skip
    return Questions(histories, columns[where], rows[where], log.times[order[where]])


def is_found(scores: np.ndarray, questions: Questions, k: int = 10) -> np.ndarray:
    """Whether each answer is among the k best titles that the history does not hold; bool.

    Args:
        scores: (n_questions, n_items); of equal ones the lower column comes first.
    """
    each = np.arange(len(questions.answers))
    scores = np.array(scores)
    scores[questions.histories.event_rows, questions.histories.matrix.indices] = -np.inf
    own = scores[each, questions.answers][:, None]
    before = np.arange(scores.shape[1]) < questions.answers[:, None]
    return ((scores > own) | ((scores == own) & before)).sum(axis=1) < k


def finds(model: Recommender, questions: Questions, k: int = 10) -> np.ndarray:
    """`is_found` for the scores that a fitted model gives the histories; bool (n_questions,)."""
    return is_found(model.score_histories(questions.histories), questions, k)


def shuffled(log: Interactions, rng: Rng, *, sitting: int | None = None) -> Interactions:
    """The same events of everybody, in an order drawn by lot.

    Args:
        log: with times.
        rng: decides the order.
        sitting: seconds; then the order is drawn only within sittings, which are parted by pauses
            of at least so long. None draws the order of the whole history.

    Returns:
        Interactions with new times, 1, 2, 3, … for each row.
    """
    rng, (order, _) = generator(rng), _in_order(log)
    rows, times = log.event_rows[order], log.times[order]
    group = np.zeros(len(order), np.int64)
    if sitting is not None:
        pause = np.r_[True, (np.diff(times) >= sitting) | (np.diff(rows) != 0)]
        group = np.cumsum(pause)
    drawn = order[np.lexsort((rng.random(len(order)), group, rows))]
    new = np.empty(log.n_events, np.int64)
    new[drawn] = np.arange(log.n_events) - log.matrix.indptr[log.event_rows[drawn]] + 1
    return Interactions(log.users, log.items, log.matrix, new)


def _in_order(log: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """The events by row and time, and how many of its row came before each of these."""
    if log.times is None:
        raise DataError("the log has no times, so the order of what was watched is unknown",
                        fix="Pass time= to Interactions.from_frame.")  # fmt: skip
    order = np.lexsort((log.times, log.event_rows))
    return order, np.arange(log.n_events) - log.matrix.indptr[log.event_rows[order]]
