"""A request in plain words → titles."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.validation import check_is_fitted

from recsys_lib.columns import as_labels, asked, positions
from recsys_lib.errors import ArgumentError, check_at_least
from recsys_lib.interactions import ITEM, RANK, SCORE
from recsys_lib.models.content.title_features import check_titles
from recsys_lib.models.top_k import top_k

COLUMNS = ("title", "synopsis", "genres", "themes", "tone", "directors_or_creators", "cast",
           "country", "language")  # fmt: skip
UNWANTED = re.compile(r"\b(?:not|no|nothing|without|never)\b([^,.;:!?]*)", re.IGNORECASE)
LIKE = r"\b(?:like|liked|loved|enjoyed)\s+"


class RequestSearch(BaseEstimator):
    """Titles whose description shares rare words, and parts of words, with a request.

    score[i] = text[i] · (wanted - unwanted + sum over named titles j of text[j])

    text[i] is the TF-IDF of the title's `columns` over words and over pieces of 4 or 5 letters
    (so that "detectives" finds "detective"); wanted and unwanted are that of the request's words.
    Unwanted is what follows "not", "no", "nothing", "without" or "never" up to the next mark. A
    title is named if it follows "like", "liked", "loved" or "enjoyed" as it is written in the
    catalogue; it is an example, so it is not an answer. Numbers, such as an age, are only words
    here: restrict the answers with `items`.

    Args:
        columns: columns of the catalogue that are read; "title" is read for examples in any case.

    Raises:
        DataError: a column is missing, or a title is in the catalogue twice.

    Source: the task is that of `bogers2017`, the representation that of `lops2011`.
    """

    def __init__(self, columns: tuple[str, ...] = COLUMNS) -> None:
        self.columns = columns

    def fit(self, items: pd.DataFrame) -> RequestSearch:
        """Read the catalogue: one row a title, with item_id, title and `columns`."""
        check_titles(items, ["title", *self.columns], "RequestSearch")
        items = items.sort_values(ITEM, kind="stable")
        text = items[list(self.columns)].fillna("").astype(str).agg(" | ".join, axis=1)
        vectorizers = [
            TfidfVectorizer(stop_words="english", sublinear_tf=True).fit(text),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 5), sublinear_tf=True).fit(text),
        ]
        labels = as_labels(items[ITEM], f"column {ITEM!r}")
        # Nothing below can fail: a catalogue that cannot be read leaves the search as it was.
        self.items_, self.titles_ = labels, items["title"].tolist()
        longest_first = sorted(set(self.titles_), key=len, reverse=True)
        names = "|".join(map(re.escape, longest_first))
        self.example_ = re.compile(rf"{LIKE}({names})(?!\w)")
        self.vectorizers_ = vectorizers
        self.text_ = self._vectors(text)
        return self

    def _vectors(self, texts) -> sparse.csr_array:
        return sparse.csr_array(sparse.hstack([v.transform(texts) for v in self.vectorizers_]))

    def named(self, request: str) -> np.ndarray:
        """Positions of the titles that the request gives as examples; of two, the longer name."""
        check_is_fitted(self, "text_")
        found = set(self.example_.findall(request))
        return np.flatnonzero([title in found for title in self.titles_])

    def score(self, request: str) -> np.ndarray:
        """The score of every title, in the order of `items_`; examples get -inf."""
        check_is_fitted(self, "text_")
        if not isinstance(request, str) or not request.strip():
            raise ArgumentError(f"request must be a text with words in it, not {request!r}")
        examples = self.named(request)
        rest = self.example_.sub(" ", request)  # "Please Like Me" is not what "like" asks for
        wanted, unwanted = UNWANTED.sub(" ", rest), " ".join(UNWANTED.findall(rest))
        query = self._vectors([wanted]) - self._vectors([unwanted])
        query = query + self.text_[examples].sum(axis=0).reshape(1, -1)
        score = np.asarray(self.text_ @ np.asarray(query).ravel()).ravel()
        score[examples] = -np.inf
        return score

    def search(self, request: str, k: int = 10, *, items=None) -> pd.DataFrame:
        """The k best titles for the request.

        Args:
            request: plain words.
            k: at least 1.
            items: answer only with these labels; None means every title.

        Returns:
            DataFrame item_id, score, rank; equal scores by item id; only scores above 0, so
            perhaps fewer than k.

        Raises:
            ArgumentError: an empty request, k below 1, or an unknown label in `items`.
        """
        check_at_least("k", k, 1, integer=True)
        score = self.score(request)
        if items is not None:
            items = asked(items, self.items_, "items")
            unknown = items[positions(self.items_, items) < 0]
            if len(unknown):
                raise ArgumentError(f"items {unknown[:5].tolist()} are not in the catalogue")
            score[~np.isin(self.items_, items)] = -np.inf
        score[score <= 0] = -np.inf
        best = top_k(score[None, :], int(k))[0]
        best = best[best >= 0]
        rank = np.arange(1, len(best) + 1)
        return pd.DataFrame({ITEM: self.items_[best], SCORE: score[best], RANK: rank})
