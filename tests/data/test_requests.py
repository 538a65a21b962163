"""The judged requests: enough of them, each with a rule that finds some titles and not most."""

import inspect

import pandas as pd
import pytest

from recsys_lib.datasets import load_matinee
from recsys_lib.datasets.matinee import FOLDER
from recsys_lib.models.content import request_search

REQUESTS = pd.read_csv(FOLDER / "requests.csv")


def test_there_are_at_least_forty_different_requests_and_rules():
    assert REQUESTS.columns.tolist() == ["request_id", "request", "rule"]
    assert len(REQUESTS) >= 40
    assert REQUESTS["request_id"].tolist() == list(range(1, len(REQUESTS) + 1))
    assert REQUESTS["request"].is_unique and REQUESTS["rule"].is_unique


@pytest.mark.parametrize("rule", REQUESTS["rule"])
def test_a_rule_finds_some_titles_and_few_of_all(rule):
    titles = load_matinee().titles
    assert 3 <= len(titles.query(rule, engine="python")) <= 0.15 * len(titles)
    assert "synopsis" not in rule  # rules judge by columns; the synopsis is for the retriever


def test_the_retriever_does_not_read_the_requests():
    assert "requests.csv" not in inspect.getsource(request_search)
