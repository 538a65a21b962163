"""What a catalogue says about a title, as numbers: one block of features a kind of statement."""

from __future__ import annotations

from functools import lru_cache, reduce

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from recsys_lib.columns import asked
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM

BLOCKS = {
    "synopsis": ("synopsis",),
    "genres": ("genres",),
    "themes": ("themes",),
    "tone": ("tone",),
    "people": ("directors_or_creators", "cast"),
    "country": ("country",),
    "era": ("year",),
}
"""Block → the columns it reads."""


def split_labels(text: str) -> list[str]:
    """The labels of a cell: "drama|crime" holds two; an empty cell none."""
    return [label for label in text.split("|") if label]


def vectorizer(block: str) -> TfidfVectorizer:
    """The unfitted TF-IDF of a block: words for the synopsis, whole labels for the others.

    tfidf[i, f] = tf[i, f] * (ln((1 + n_titles) / (1 + titles with f)) + 1), each title's vector
    then divided by its length, so that dot products are cosines.
    """
    if block == "synopsis":
        return TfidfVectorizer(stop_words="english")
    return TfidfVectorizer(analyzer=split_labels)


def block_text(items: pd.DataFrame, block: str) -> pd.Series:
    """What `items` says in that block, one text a title; a missing value says nothing.

    Years become decades ("1990s").
    """
    columns = BLOCKS[block]
    if block == "era":
        decade = items["year"].astype("Int64") // 10 * 10
        return (decade.astype("string") + "s").fillna("").astype(str)
    texts = [items[column].fillna("").astype(str) for column in columns]
    return reduce(lambda left, right: left + "|" + right, texts)


def title_features(
    items: pd.DataFrame, weights: dict[str, float]
) -> tuple[sparse.csr_array, pd.DataFrame]:
    """TF-IDF of each block, weighted so that dot products are weighted sums of cosines.

    features[i] · features[j] = sum over blocks b of weights[b] * cosine_b[i, j] / sum of weights

    Returns:
        float64 array (n_titles, n_features), and a DataFrame block, feature with a row for each of
        its columns.
    """
    total = sum(weights.values())
    parts, names = [], []
    for block, weight in weights.items():
        text = tuple(block_text(items, block))
        if not _is_said(block, text):
            continue
        features, labels = _tfidf(block, text)
        parts.append(features * (weight / total) ** 0.5)
        names.append(pd.DataFrame({"block": block, "feature": labels}))
    if not parts:
        raise DataError("items says nothing about any title", where=f"blocks: {list(weights)}")
    return sparse.csr_array(sparse.hstack(parts)), pd.concat(names, ignore_index=True)


def _is_said(block: str, text: tuple[str, ...]) -> bool:
    """Whether any title has a word or a label in that block."""
    return any(map(vectorizer(block).build_analyzer(), text))


@lru_cache(maxsize=len(BLOCKS))  # a hybrid fits its content again and again, on the same titles
def _tfidf(block: str, text: tuple[str, ...]) -> tuple[sparse.csr_array, list[str]]:
    """The block's TF-IDF of each title, and the names of its columns."""
    tfidf = vectorizer(block)
    return tfidf.fit_transform(text), tfidf.get_feature_names_out().tolist()


def check_titles(items, columns, what: str, labels: np.ndarray | None = None) -> None:
    """Refuse a table of titles that is absent, lacks one of `columns`, or holds a title twice.

    `labels` are the titles of `train`, if there is one: the table's must be of the same kind.
    """
    if not isinstance(items, pd.DataFrame):
        raise DataError(f"{what} needs to know the titles",
                        fix="Pass items=frame, one row a title.")  # fmt: skip
    missing = [column for column in [ITEM, *columns] if column not in items.columns]
    if missing:
        known = ", ".join(map(str, items.columns))
        raise DataError(f"items has no column {missing}", where=f"columns: {known}")
    if items[ITEM].duplicated().any():
        twice = items.loc[items[ITEM].duplicated(), ITEM].tolist()[0]
        raise DataError(f"items holds {twice!r} twice")
    if labels is not None:
        asked(items[ITEM], labels, f"{ITEM} of items")
