"""Re-ranking what `recommend` returned."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import DataError
from recsys_lib.models import Popular
from recsys_lib.rerank import minimum_share, rerank_frame


def test_a_share_of_zero_gives_the_frame_itself(make_log):
    train = make_log(1)
    frame = Popular().fit(train).recommend(train.users[::-1], k=7)
    same = rerank_frame(frame, train, partial(minimum_share, in_group=np.zeros(20), share=0))
    pd.testing.assert_frame_equal(same, frame, check_dtype=False)


def test_users_items_and_scores_stay_together(make_log):
    train = make_log(2)
    frame = Popular().fit(train).recommend([30, 8], k=14)
    group = np.arange(train.n_items) % 4 == 0
    shown = rerank_frame(frame, train, partial(minimum_share, in_group=group, share=0.5, k=4))
    assert shown["user_id"].tolist() == [30] * 4 + [8] * 4
    assert shown["rank"].tolist() == [1, 2, 3, 4] * 2
    merged = shown.merge(frame, on=["user_id", "item_id"], suffixes=("", "_before"))
    assert len(merged) == 8 and (merged["score"] == merged["score_before"]).all()
    in_group = group[train.item_positions(shown["item_id"])]
    assert (in_group.reshape(2, 4).cumsum(axis=1) >= [0, 1, 1, 2]).all()


def test_short_lists_stay_short(make_log):
    train = make_log(3)
    frame = Popular().fit(train).recommend(train.users[:2], k=5)
    frame = frame.drop(index=[3, 4])  # the first user has three left
    shown = rerank_frame(frame, train, lambda items, scores: items)
    assert shown.groupby("user_id").size().tolist() == [3, 5]


def test_bad_frames_are_refused(make_log):
    train = make_log(4)
    frame = Popular().fit(train).recommend(train.users[:2], k=3)
    with pytest.raises(DataError, match="'rank' is missing"):
        rerank_frame(frame.drop(columns="rank"), train, lambda items, scores: items)
    with pytest.raises(DataError, match="unknown item"):
        rerank_frame(frame.assign(item_id=-5), train, lambda items, scores: items)


def test_an_empty_frame_stays_empty(make_log):
    train = make_log(5)
    frame = Popular().fit(train).recommend(train.users[:1], k=3).iloc[:0]
    assert rerank_frame(frame, train, lambda items, scores: items).empty
