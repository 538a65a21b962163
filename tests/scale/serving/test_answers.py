"""What is served is what the library's own calls give, however many ask at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError, UnsupportedError
from recsys_lib.explain import explain
from recsys_lib.models import Random
from recsys_lib.models.factors.bpr import BPR
from recsys_lib.scale.serving import Answers, Refused


def listed(found: dict) -> list:
    return [place["item_id"] for place in found["items"]]


def of_library(fitted, user, k) -> list:
    return fitted.recommend([user], k)["item_id"].tolist()


@pytest.mark.parametrize("name", ["ease", "ials", "item-knn", "content", "popular"])
@pytest.mark.parametrize("precompute", [0, 5, 100])
def test_every_viewer_s_list_is_the_library_s(name, precompute, fitted, saved, log):
    answers = Answers(saved[name], log=log, precompute=precompute)
    for user in log.users:
        for k in (1, 5, 7, 100):
            found = answers.recommend(k, user=str(user))
            beforehand = found["way"] == "made beforehand"
            assert listed(found) == of_library(fitted[name], user, k)
            assert found["known"] and beforehand == (k <= min(precompute, log.n_items))
            scores = fitted[name].recommend([user], k)["score"]
            np.testing.assert_allclose([p["score"] for p in found["items"]], scores, rtol=1e-4)
            assert [place["rank"] for place in found["items"]] == [*range(1, len(scores) + 1)]


def test_who_had_everything_has_an_empty_list(answers, log):
    assert answers.recommend(10, user=log.users[5])["items"] == []


def test_many_at_once_get_what_one_gets(fitted, saved, log):
    answers = Answers(saved["ials"], log=log)
    wanted = {user: of_library(fitted["ials"], user, 8) for user in log.users}
    asked = np.random.default_rng(0).choice(log.users, 400)
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda user: listed(answers.recommend(8, user=user)), asked)
        assert list(found) == [wanted[user] for user in asked]
    assert len({tuple(some) for some in wanted.values()}) > 10  # the null: they do differ


@pytest.mark.parametrize("name", ["ease", "ials", "content"])
def test_a_history_is_answered_in_whatever_order_it_is_told(name, saved, log):
    answers = Answers(saved[name])
    history = log.items[[11, 2, 7, 15, 4, 9, 13]].tolist()
    wanted = saved[name].recommend_for(history, 6)
    for told in (history, history[::-1], sorted(history)):
        found = answers.recommend(6, history=told)
        assert listed(found) == wanted["item_id"].tolist()
        # To the last bit: sums are made in the order of the titles.
        assert [place["score"] for place in found["items"]] == wanted["score"].tolist()
    assert not set(history) & set(wanted["item_id"])


def test_titles_of_the_log_that_the_model_does_not_know_are_left_out(saved, make_log, log):
    wider = make_log(3, names=True, items=25)
    assert set(wider.items) - set(log.items)
    answers = Answers(saved["ease"], log=wider)
    known = [item for item in wider.items[wider.matrix[[0]].indices] if item in set(log.items)]
    wanted = saved["ease"].recommend_for(known, 6)["item_id"].tolist()
    assert listed(answers.recommend(6, user=wider.users[0])) == wanted


def test_a_stranger_gets_the_fallback_or_a_refusal(saved, fitted, log):
    found = Answers(saved["ease"], log=log).recommend(5, user="nobody")
    assert (found["user"], found["known"]) == ("nobody", False)
    assert listed(found) == of_library(fitted["ease"], "nobody", 5)
    with pytest.raises(Refused, match="no user 'nobody'") as refused:
        Answers(saved["ease"], log=log, unknown="error").recommend(5, user="nobody")
    assert refused.value.status == 404
    with pytest.raises(Refused, match="no log") as refused:
        Answers(saved["ease"]).recommend(5, user=log.users[0])
    assert refused.value.status == 404
    with pytest.raises(ArgumentError, match="unknown"):
        Answers(saved["ease"], unknown="guess")


def test_titles_alike_are_the_library_s_with_their_names(answers, fitted, log, about):
    found = answers.similar(log.items[3], 6)
    table = fitted["ease"].similar_items(log.items[3], 6)
    assert listed(found) == table["item_id"].tolist() and len(table) > 2
    titles = dict(zip(about["item_id"], about["title"], strict=True))
    assert [place["title"] for place in found["items"]] == table["item_id"].map(titles).tolist()
    assert found["title"] == titles[log.items[3]] and found["year"] == 1993
    assert "year" not in answers.similar(log.items[0], 1)  # what is missing is left out


def test_reasons_are_the_library_s(answers, fitted, log):
    user, item = log.users[0], log.items[15]
    found, wanted = answers.why(item, 3, user=user), explain(fitted["ease"], user, item)
    parts = wanted.parts.head(3)
    assert [play["item_id"] for play in found["plays"]] == parts["item_id"].tolist()
    np.testing.assert_allclose([play["contribution"] for play in found["plays"]],
                               parts["contribution"])  # fmt: skip
    assert found["score"] == pytest.approx(wanted.score) and "The name" in found["why"]
    history = log.items[log.matrix[[0]].indices].tolist()
    assert answers.why(item, 3, history=history)["score"] == pytest.approx(wanted.score)


@pytest.mark.parametrize(
    ("call", "status", "says"),
    [
        (lambda a, log: a.why(log.items[1], 3, user="nobody"), 404, "no user"),
        (lambda a, log: a.why(log.items[1], 3, user=log.users[4]), 404, "Nothing was watched"),
        (lambda a, log: a.why("no such", 3, user=log.users[0]), 404, "no title 'no such'"),
        (lambda a, log: a.similar("no such", 3), 404, "no title 'no such'"),
        (lambda a, log: a.recommend(3, history=["no such"]), 400, "no title 'no such'"),
        (lambda a, log: a.recommend(3), 400, "user=ID"),
        (lambda a, log: a.recommend(3, user="a", history=["b"]), 400, "user=ID"),
    ],
)
def test_what_cannot_be_answered_is_said(call, status, says, answers, log):
    with pytest.raises(Refused, match=says) as refused:
        call(answers, log)
    assert refused.value.status == status


def test_what_a_model_cannot_do_is_said(saved, log):
    popular = Answers(saved["popular"], log=log)
    with pytest.raises(Refused, match="Models that can say why") as refused:
        popular.why(log.items[1], 3, user=log.users[0])
    assert refused.value.status == 501
    with pytest.raises(UnsupportedError, match="vectors"):
        popular.similar(log.items[1], 3)
    with pytest.raises(UnsupportedError, match="only the viewers"):
        Answers(BPR(epochs=1).fit(log))


def test_labels_that_are_numbers_stay_numbers(make_log):
    log = make_log(1)
    answers = Answers(Random(0).fit(log), log=log)
    found = json.loads(json.dumps(answers.recommend(3, user=str(log.users[0]))))
    assert found["user"] == log.users[0] and isinstance(found["user"], int)
    assert all(isinstance(item, int) for item in listed(found))
