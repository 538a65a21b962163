"""Lists by lot: fair, repeatable, each viewer's own."""

from __future__ import annotations

import zlib

import numpy as np

from recsys_lib.models import Random


def test_a_viewers_list_does_not_depend_on_who_else_is_asked_for(make_log):
    model = Random(random_state=1).fit(make_log())
    both = model.score_all([8, 7])
    np.testing.assert_array_equal(both[1], model.score_all([7])[0])
    assert (both[0] != both[1]).all()


def test_the_seed_decides(make_log):
    log = make_log()
    one, same, other = (Random(seed).fit(log).score_all(log.users) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).all()


def test_every_title_is_first_about_equally_often(make_log):
    model = Random(random_state=3).fit(make_log())
    first = model.score_all(np.arange(10_000, 14_000)).argmax(axis=1)
    counts = np.bincount(first, minlength=20)
    # 4,000 draws over 20 titles: 200 each, standard deviation 14.
    assert np.abs(counts - 200).max() < 4 * 14


def test_it_leaves_numpys_global_generator_alone(make_log):
    before = repr(np.random.get_state())  # noqa: NPY002
    Random().fit(make_log()).recommend()
    assert repr(np.random.get_state()) == before  # noqa: NPY002


def test_two_names_of_equal_checksum_have_lists_of_their_own(make_log):
    twins = ["plumless", "buckeroo"]
    assert zlib.crc32(twins[0].encode()) == zlib.crc32(twins[1].encode())
    scores = Random().fit(make_log(names=True)).score_all(twins)
    assert (scores[0] != scores[1]).all()
