"""Requests in plain words: what is wanted, what is not, and examples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, RANK, SCORE
from recsys_lib.models.content.request_search import RequestSearch

TITLES = pd.DataFrame(
    {
        ITEM: [1, 2, 3, 4, 5, 6],
        "title": ["Dark", "Dark City", "Bakery", "Night Boat", "Robot", "Her"],
        "synopsis": [
            "Two detectives search a cave for lost children.",
            "A bleak town where detectives sleep.",
            "A baker falls in love and makes bread.",
            "Smugglers cross the sea; a cave hides the gold.",
            "A machine learns to love its maker.",
            "",
        ],
    }
)


@pytest.fixture(scope="module")
def search() -> RequestSearch:
    return RequestSearch(columns=("synopsis",)).fit(TITLES)


def found(search, request, **arguments) -> list:
    return search.search(request, **arguments)[ITEM].tolist()


def test_shared_words_find_and_the_rest_is_left_out(search):
    answers = search.search("smugglers and gold")
    assert answers.columns.tolist() == [ITEM, SCORE, RANK]
    assert answers[ITEM].tolist()[0] == 4 and answers[RANK].tolist()[0] == 1
    assert (answers[SCORE] > 0).all() and 6 not in answers[ITEM].tolist()


def test_a_part_of_a_word_is_enough(search):
    assert set(found(search, "a detective")[:2]) == {1, 2}
    assert found(search, "baking")[0] == 3


def test_what_is_not_wanted_counts_against(search):
    assert found(search, "detectives, nothing bleak")[0] == 1
    with_word = search.score("detectives, bleak")
    without = search.score("detectives, nothing bleak")
    assert without[1] < search.score("detectives")[1] < with_word[1]


def test_an_example_is_a_title_after_like_and_not_an_answer(search):
    assert search.named("something like Dark, please").tolist() == [0]
    assert search.named("something like Dark City").tolist() == [1]  # not also Dark
    assert search.named("something dark, like a bakery").tolist() == []
    assert search.named("I liked Bakery and loved Her").tolist() == [2, 5]
    answers = found(search, "something like Dark")
    assert 1 not in answers and set(answers[:2]) <= {2, 4}


def test_only_the_titles_asked_for_answer(search):
    assert found(search, "love", items=[5, 6]) == [5]
    assert found(search, "love", k=1) in ([3], [5])


def test_a_naive_loop_gives_the_same_scores(search):
    query = [v.transform(["lost gold"]).toarray()[0] for v in search.vectorizers_]
    for place, text in enumerate(TITLES["synopsis"]):
        rows = [v.transform([text]).toarray()[0] for v in search.vectorizers_]
        naive = sum(float(np.dot(a, b)) for a, b in zip(rows, query, strict=True))
        assert search.score("lost gold")[place] == pytest.approx(naive)


def test_the_order_of_the_catalogue_does_not_matter(search):
    turned = RequestSearch(columns=("synopsis",)).fit(TITLES[::-1])
    pd.testing.assert_frame_equal(turned.search("love and gold"), search.search("love and gold"))


def test_what_cannot_be_met_is_refused(search):
    for request in ("", "  ", None, 3):
        with pytest.raises(ArgumentError, match="request must be a text with words"):
            search.search(request)
    with pytest.raises(ArgumentError, match="k must be an integer of at least 1"):
        search.search("love", k=0)
    with pytest.raises(ArgumentError, match=r"items \[99\] are not in the catalogue"):
        search.search("love", items=[1, 99])
    with pytest.raises(DataError, match=r"no column \['tone'\]"):
        RequestSearch(columns=("tone",)).fit(TITLES)
    with pytest.raises(DataError, match="RequestSearch needs to know the titles"):
        RequestSearch().fit(None)
