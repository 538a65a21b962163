"""What a saved model answers: lists for a log's viewers or a history, titles alike, reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.errors import ArgumentError, DataError, check_choice
from recsys_lib.explain import because, explain
from recsys_lib.explain.contributions import PART
from recsys_lib.interactions import ITEM, RANK, SCORE, Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.histories import on_titles
from recsys_lib.models.ranking import bar, ranked
from recsys_lib.parallel import in_order
from recsys_lib.scale.serving.limits import Refused

KNOWN_OF_ITEMS = ("title", "year", "genres")


class Answers:
    """A model, the viewers of a log and the titles' names, ready to be asked by many threads.

    Nothing in it changes once it is made: a newer model is another `Answers`. Answers are plain
    dicts of what JSON has. Labels come as text, as they stand in an address.

    Args:
        model: a fitted model that scores histories, such as `load` returns.
        log: what each viewer watched; titles that the model does not know are left out. Without it
            there are no viewers, only histories.
        titles: DataFrame item_id, title and perhaps year and genres.
        unknown: for a viewer who is not in the log, "fallback" gives what a stranger gets from
            this model, mostly the popular list, and "error" refuses (404).
        precompute: titles of a list that is made beforehand for every viewer of the log; 0: none.
            It takes 8 bytes a title and viewer.

    Raises:
        UnsupportedError: the model knows only the viewers that it was fitted on.
        ArgumentError: labels of the log's titles are of another kind than the model's.
    """

    def __init__(
        self,
        model: Recommender,
        *,
        log: Interactions | None = None,
        titles: pd.DataFrame | None = None,
        unknown: str = "fallback",
        precompute: int = 0,
    ) -> None:
        check_choice("unknown", unknown, ("fallback", "error"))
        model._check_takes_histories()
        self.model, self.unknown = model, unknown
        self.items = model.items_
        self._columns = {str(label): place for place, label in enumerate(self.items)}
        self._about = _described(titles)
        self._names = {item: str(item) for item in self.items.tolist()}
        self._names |= {item: about["title"] for item, about in self._about.items()}
        self._users, self._matrix = np.empty(0, object), sparse.csr_array((0, len(self.items)))
        if log is not None:
            self._users, self._matrix = on_titles(log, self.items, "ignore")
        self._rows = {str(label): place for place, label in enumerate(self._users)}
        self._lists = self._made_beforehand(min(precompute, len(self.items)))

    @property
    def n_viewers(self) -> int:
        """How many viewers have a history here."""
        return len(self._users)

    def recommend(self, k: int, user: str | None = None, history: list[str] | None = None) -> dict:
        """The k best titles that a viewer, or who has that history, has not had.

        Raises:
            Refused: neither or both are given, or one is unknown.
        """
        row, label, watched = self._whom(user, history)
        if row is not None and self._lists is not None and k <= self._lists[0].shape[1]:
            columns, scores = (part[row] for part in self._lists)
            columns, scores = columns[columns >= 0][:k], scores[columns >= 0][:k]
            way = "made beforehand"
        else:
            columns, scores = self._best(np.array([label], object), watched, k)[1:]
            way = "scored on request"
        places = zip(columns.tolist(), scores.tolist(), strict=True)
        found = [{RANK: rank, **self._item(column), SCORE: score}
                 for rank, (column, score) in enumerate(places, 1)]  # fmt: skip
        known = user is None or row is not None
        return {"user": _plain(label) if known else user, "known": known, "way": way,
                "items": found}  # fmt: skip

    def similar(self, item: str, k: int) -> dict:
        """The k titles most like one.

        Raises:
            Refused: an unknown title.
            UnsupportedError: the model does not compare titles.
        """
        column = self._column(item, 404)
        table = self.model.similar_items(self.items[column], min(k, len(self.items)))
        found = [{RANK: rank, **self._item(self._columns[str(label)]), SCORE: float(score)}
                 for rank, (label, score) in enumerate(zip(table[ITEM], table[SCORE], strict=True),
                                                       1)]  # fmt: skip
        return {**self._item(column), "items": found}

    def why(self, item: str, k: int, user: str | None = None, history: list[str] | None = None):
        """The k plays that speak most for a title, and a sentence.

        Raises:
            Refused: as in `recommend`, an unknown title, a history without plays, or a model that
                cannot say why (501).
        """
        row, label, watched = self._whom(user, history)
        column = self._column(item, 404)
        if user is not None and row is None:
            raise Refused(404, f"There is no user {user!r}, and so nothing to say why from.")
        if watched.nnz == 0:
            raise Refused(404, "Nothing was watched that this model knows.")
        try:
            found = explain(self.model, label, self.items[column],
                            history=self.items[watched.indices], values=watched.data)  # fmt: skip
        except ArgumentError as error:
            kinds = "item-knn, user-knn, ease, ials and content can"
            raise Refused(501, f"{error.what}. Models that can say why: {kinds}.") from None
        parts = found.parts.head(k)
        plays = [{**self._item(self._columns[str(play)]), PART: float(part)}
                 for play, part in zip(parts[ITEM], parts[PART], strict=True)]  # fmt: skip
        return {"user": _plain(label), **self._item(column), SCORE: float(found.score),
                "base": float(found.base), "plays": plays,
                "why": because(found, self._names)}  # fmt: skip

    def try_out(self) -> None:
        """Ask for one list of a stranger and one of somebody.

        Raises:
            DataError: there is none; what the file holds does not fit together.
        """
        try:
            for history in ([], [0]):
                self._best(np.array([None], object), self._history(history), 1)
        except Exception as error:  # whatever numpy says of arrays that do not fit
            raise DataError(f"the model cannot answer: {type(error).__name__}",
                            fix="Fit and save it again.") from None  # fmt: skip

    def _whom(self, user, history) -> tuple[int | None, object, sparse.csr_array]:
        """The viewer's row, the label, and what was watched."""
        if (user is None) == (history is None):
            raise Refused(400, "Name a user or a history: user=ID, or history=ID,ID.")
        if history is not None:
            return None, None, self._history([self._column(label, 400) for label in history])
        row = self._rows.get(user.strip())
        if row is None:
            if not self._rows:
                what = "This server was given no log, so it knows no users. Ask with history=ID,ID."
                raise Refused(404, what)
            if self.unknown == "error":
                raise Refused(404, f"There is no user {user!r}.")
            return None, None, self._history([])
        start, stop = self._matrix.indptr[row : row + 2]
        return row, self._users[row], self._history(self._matrix.indices[start:stop],
                                                    self._matrix.data[start:stop])  # fmt: skip

    def _history(self, columns, values=None) -> sparse.csr_array:
        values = np.ones(len(columns), np.float32) if values is None else values
        columns = np.asarray(columns, np.int32)
        order = np.argsort(columns, kind="stable")
        parts = values[order], columns[order], np.array([0, len(columns)], np.int32)
        return sparse.csr_array(parts, shape=(1, len(self.items)))

    def _best(self, users: np.ndarray, watched: sparse.csr_array, k: int):
        """Row, column and score of the k best of each history, as `recommend_for` ranks them."""
        scores = self.model._answer(users, watched)
        bar(scores, np.arange(len(users)), watched)
        return ranked(scores, min(k, len(self.items)))[:3]

    def _made_beforehand(self, k: int, chunk: int = 256) -> tuple[np.ndarray, np.ndarray] | None:
        """Columns and scores of every viewer's list, (n_viewers, k); column -1 where it ends."""
        if k == 0 or not self.n_viewers:
            return None
        columns = np.full((self.n_viewers, k), -1, np.int32)
        scores = np.zeros((self.n_viewers, k), np.float32)

        def fill(start: int) -> None:
            part = np.arange(start, min(start + chunk, self.n_viewers))
            row, column, score = self._best(self._users[part], self._matrix[part], k)
            place = np.arange(len(row)) - np.searchsorted(row, row)
            columns[start + row, place], scores[start + row, place] = column, score

        for _ in in_order(fill, range(0, self.n_viewers, chunk)):
            pass
        return columns, scores

    def _column(self, label: str, status: int) -> int:
        column = self._columns.get(label.strip())
        if column is None:
            some = ", ".join(map(str, self.items[:3]))
            raise Refused(status, f"The model knows no title {label!r}. Titles are {some}, ...")
        return column

    def _item(self, column: int) -> dict:
        label = _plain(self.items[column])
        return {ITEM: label, **self._about.get(label, {})}


def _plain(label: object) -> object:
    """A label as JSON has it: an integer or a text."""
    return label.item() if isinstance(label, np.generic) else label


def _described(titles: pd.DataFrame | None) -> dict:
    """What is known of each title, by label, without what is missing."""
    if titles is None or "title" not in titles:
        return {}
    names = [name for name in KNOWN_OF_ITEMS if name in titles]
    rows = zip(titles[ITEM].tolist(), *(titles[name].tolist() for name in names), strict=True)
    return {
        label: {name: str(value) if name != "year" else int(value)
                for name, value in zip(names, values, strict=True) if not pd.isna(value)}
        for label, *values in rows
    }  # fmt: skip
