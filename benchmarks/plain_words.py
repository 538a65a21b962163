"""Requests in plain words: the search of chapter 6 beside sentence embeddings, for chapter 8.

``python -m benchmarks.plain_words`` writes plain_words.csv, nDCG@10 of each request and search, in
a few seconds. It needs wordllama, whose wheel ships a small model (Llama 2's token vectors, cut to
256 numbers, of which a sentence is the mean); nothing is fetched.

Two sets of requests: the 48 of chapter 6, judged by rules over labels, and 50 by plot
(requests_by_plot.csv), judged by title by title. Whoever wrote the 50 had read every synopsis and
neither the code of the search nor an answer of it or of the embeddings; they were stored in the
repository before either was asked. They avoid the words of the labels, where the 48 use many. No
setting was chosen with either set.

- lot, popular: what no search needs to beat by much.
- words: `RequestSearch` over title and synopsis; words, labels: over all its columns.
- embedding: cosine with title and synopsis; embedding, labels: with genres, themes and tone too.
- both: 1 / (60 + rank) of words and of embedding, added up.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_lib.datasets import load_matinee
from recsys_lib.datasets.matinee import FOLDER
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import RequestSearch
from recsys_lib.models.content.request_search import COLUMNS

RESULT = Path(__file__).with_name("plain_words.csv")
BY_PLOT = Path(__file__).with_name("requests_by_plot.csv")
HEAD = ["requests", "request_id", "search", "ndcg"]
SEARCHES = ("lot", "popular", "words", "words, labels", "embedding", "embedding, labels", "both")
PLAIN, LABELS = ("title", "synopsis"), ("title", "synopsis", "genres", "themes", "tone")
DEPTH = 60  # usual where ranks are added up; not chosen here


def main() -> int:
    matinee = load_matinee()
    titles = matinee.items
    embed = sentence_model()
    rows = []
    for name, table in (("by label", by_label(titles)), ("by plot", by_plot(titles))):
        found = answers(table["request"].tolist(), titles, matinee.watched(), embed)
        for search in SEARCHES:
            for number, (right, listed) in enumerate(
                zip(table["right"], found[search], strict=True), start=1
            ):
                rows.append([name, number, search, round(judged(listed, right), 4)])
    pd.DataFrame(rows, columns=HEAD).to_csv(RESULT, index=False, lineterminator="\n")
    print(summary(stored()).to_string(index=False))
    return 0


def by_label(titles: pd.DataFrame) -> pd.DataFrame:
    """The requests of chapter 6, and the item ids that are right by their rules."""
    table = pd.read_csv(FOLDER / "requests.csv")
    rules = [set(titles.query(rule, engine="python")["item_id"]) for rule in table["rule"]]
    return table.assign(right=rules)


def by_plot(titles: pd.DataFrame) -> pd.DataFrame:
    """The requests by plot, and the item ids that are right by hand."""
    table = pd.read_csv(BY_PLOT)
    item = titles.set_index("title")["item_id"]
    hand = [set(item.loc[names.split("|")]) for names in table["titles"]]
    return table.assign(right=hand)


def sentence_model():
    """From texts to vectors of length 1, with the weights that the package ships."""
    import wordllama

    # The tokens' file is shipped in a folder in which this release does not look by itself.
    shipped = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=shipped, disable_download=True)
    return lambda texts: model.embed(texts, norm=True)


def answers(requests: list[str], titles: pd.DataFrame, log, embed) -> dict[str, list]:
    """Ten item ids or fewer for each request, by each search."""
    rng, item = np.random.default_rng(0), titles["item_id"].to_numpy()
    most = log.items[np.argsort(-log.item_counts, kind="stable")[:10]]
    words = {columns: RequestSearch(columns).fit(titles) for columns in (PLAIN, COLUMNS)}
    asked = embed(requests)
    cosines = {columns: asked @ embed(texts(titles, columns)).T for columns in (PLAIN, LABELS)}
    near = {columns: item[np.argsort(-value, axis=1, kind="stable")]
            for columns, value in cosines.items()}  # fmt: skip
    return {
        "lot": [rng.choice(item, 10, replace=False) for _ in requests],
        "popular": [most for _ in requests],
        "words": [words[PLAIN].search(text)["item_id"] for text in requests],
        "words, labels": [words[COLUMNS].search(text)["item_id"] for text in requests],
        "embedding": list(near[PLAIN][:, :10]),
        "embedding, labels": list(near[LABELS][:, :10]),
        "both": [merged(words[PLAIN].search(text, k=100)["item_id"], ranked[:100])
                 for text, ranked in zip(requests, near[PLAIN], strict=True)],
    }  # fmt: skip


def texts(titles: pd.DataFrame, columns: tuple[str, ...]) -> list[str]:
    """One text a title."""
    return titles[list(columns)].fillna("").agg(". ".join, axis=1).str.replace("|", ", ").tolist()


def merged(*lists) -> np.ndarray:
    """The ten with the largest sum of 1 / (DEPTH + rank) over the lists.

    >>> merged([7, 8, 9], [9, 7, 5])[:3]
    array([7, 9, 8])
    """
    points: dict[int, float] = {}
    for each in lists:
        for rank, item in enumerate(each, start=1):
            points[item] = points.get(item, 0) + 1 / (DEPTH + rank)
    return np.array(sorted(points, key=lambda item: (-points[item], item))[:10])


def judged(listed, right: set) -> float:
    """nDCG@10 of one list."""
    hits = np.zeros((1, 10), bool)
    hits[0, : len(listed)] = [item in right for item in listed]
    return float(ndcg(hits, np.array([len(right)]))[0])


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean nDCG@10 of each search on each set with its 95 % interval over requests."""
    rows = []
    for name, part in table.groupby("requests", sort=False):
        wide = part.pivot(index="request_id", columns="search", values="ndcg")[list(SEARCHES)]
        spread = bootstrap_interval(wide.to_numpy(), rng=np.random.default_rng(0))
        rows += [[name, *line] for line in zip(SEARCHES, *spread, strict=True)]
    return pd.DataFrame(rows, columns=["requests", "search", "ndcg", "low", "high"]).round(3)


def stored() -> pd.DataFrame:
    """What the last run wrote."""
    return pd.read_csv(RESULT)


if __name__ == "__main__":
    sys.exit(main())
