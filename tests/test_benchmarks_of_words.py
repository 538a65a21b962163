"""Requests in plain words: what is judged, and that the stored table is what the searches do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import plain_words
from recsys_lib.datasets import load_matinee
from recsys_lib.datasets.matinee import FOLDER


@pytest.fixture(scope="module")
def titles() -> pd.DataFrame:
    return load_matinee().items


def test_fifty_new_requests_name_titles_of_the_catalogue_few_each(titles):
    table = plain_words.by_plot(titles)
    assert len(table) == 50 and table["request"].is_unique
    old = pd.read_csv(FOLDER / "requests.csv")["request"]
    assert not set(table["request"]) & set(old)
    for names, right in zip(table["titles"], table["right"], strict=True):
        assert 3 <= len(right) == len(names.split("|")) <= 15


def test_the_stored_table_has_every_search_of_every_request(titles):
    stored = plain_words.stored()
    sizes = stored.groupby(["requests", "search"]).size()
    assert sizes.loc["by label"].to_dict() == dict.fromkeys(plain_words.SEARCHES, 48)
    assert sizes.loc["by plot"].to_dict() == dict.fromkeys(plain_words.SEARCHES, 50)
    assert stored["ndcg"].between(0, 1).all()


@pytest.mark.parametrize("name", ["by label", "by plot"])
def test_the_searches_by_words_still_find_what_is_stored(name, titles):
    table = {"by label": plain_words.by_label, "by plot": plain_words.by_plot}[name](titles)

    def no_model(texts: list[str]) -> np.ndarray:
        return np.zeros((len(texts), 2))

    log = load_matinee().watched()
    found = plain_words.answers(table["request"].tolist(), titles, log, no_model)
    stored = plain_words.stored().query("requests == @name").pivot(
        index="request_id", columns="search", values="ndcg"
    )  # fmt: skip
    for search in ("lot", "popular", "words", "words, labels"):
        now = [plain_words.judged(listed, right)
               for listed, right in zip(found[search], table["right"], strict=True)]  # fmt: skip
        np.testing.assert_allclose(stored[search], now, atol=6e-5, err_msg=search)


def test_ranks_are_added_up():
    assert plain_words.merged([7, 8, 9], [9, 7, 5]).tolist() == [7, 9, 8, 5]
    assert len(plain_words.merged(range(20), range(20))) == 10


def test_a_list_is_judged_by_what_is_right():
    assert plain_words.judged([1, 2, 3], {1, 2, 3}) == pytest.approx(1)
    assert plain_words.judged([], {4}) == 0
    assert plain_words.judged([9, 4], {4}) == pytest.approx(1 / np.log2(3))
