from __future__ import annotations

import os
import sys
import threading
import time

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from recsys_lib.parallel import MOST, in_order, one_blas_thread, workers


def test_results_come_in_the_order_of_the_pieces_however_long_each_takes():
    def slow_first(piece: int) -> int:
        time.sleep(0.02 if piece == 0 else 0)
        return piece * 10

    assert list(in_order(slow_first, range(5))) == [0, 10, 20, 30, 40]
    assert list(in_order(slow_first, [])) == []


def test_an_exception_comes_where_its_result_would_have():
    results = in_order(lambda piece: 1 / piece, [2, 1, 0, 4])
    assert [next(results), next(results)] == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_no_more_is_made_than_a_little_ahead_of_its_use():
    made = []
    results = in_order(made.append, range(100))
    next(results)
    time.sleep(0.05)
    assert len(made) <= workers() + 1


def test_pieces_are_made_by_other_threads():
    threads = {thread.name for thread in in_order(lambda _: threading.current_thread(), range(20))}
    assert threading.current_thread().name not in threads
    assert len(threads) <= workers()


def test_in_a_browser_no_thread_is_started(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    here = threading.current_thread()
    assert list(in_order(lambda _: threading.current_thread(), range(3))) == [here] * 3


def test_there_are_as_many_workers_as_cores_but_not_without_end(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(3)), raising=False)
    assert workers() == 3
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(128)), raising=False)
    assert workers() == MOST
    monkeypatch.delattr(os, "sched_getaffinity")
    for cores, expected in ((6, 6), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert workers() == expected


def test_products_keep_to_one_thread_inside_and_to_as_many_as_before_outside():
    def threads() -> set[int]:
        found = threadpool_info()
        return {pool["num_threads"] for pool in found if pool["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        before = threads()
        with one_blas_thread():
            assert threads() <= {1}
        assert threads() == before
        with pytest.raises(ZeroDivisionError), one_blas_thread():
            raise ZeroDivisionError
        assert threads() == before
