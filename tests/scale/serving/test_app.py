"""Requests that are wrong, too large or too many are refused in a sentence, and are counted."""

from __future__ import annotations

import asyncio
import threading
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys_lib.scale.serving import Limits
from recsys_lib.scale.serving.limits import PARAMETERS
from tests.scale.serving.conftest import called

SIX = ",".join(f"name {number:04}" for number in range(6))
MANY = ",".join(f"name {number:04}" for number in range(501))


@pytest.mark.parametrize(
    ("target", "status", "says"),
    [
        ("/", 404, "Paths are /recommend"),
        ("/recommend/", 404, "Paths are"),
        ("/recommend", 400, "Name a user or a history"),
        ("/recommend?user=name 0001&history=name 0002", 400, "Name a user or a history"),
        ("/recommend?user=", 400, "user is empty"),
        ("/recommend?user=%20", 400, "user is empty"),
        ("/recommend?user=a&user=b", 400, "given twice"),
        ("/recommend?user=a&k=1&k=1&k=1", 400, "too many parameters. /recommend takes user"),
        ("/recommend?usr=a", 400, "no parameter 'usr'"),
        ("/recommend?user=%ff", 400, "not UTF-8"),
        ("/recommend?user=" + "a" * 201, 400, "more than 200 characters"),
        ("/recommend?user=" + "a" * 8192, 414, "8,192 characters"),
        ("/recommend?user=a&k=0", 400, "k must be a whole number from 1 to 100, not '0'"),
        ("/recommend?user=a&k=101", 400, "from 1 to 100"),
        ("/recommend?user=a&k=-1", 400, "whole number"),
        ("/recommend?user=a&k=1.0", 400, "whole number"),
        ("/recommend?user=a&k=" + "9" * 100, 400, "whole number"),
        ("/recommend?user=a&k=" + quote("٣"), 400, "whole number"),
        ("/recommend?history=,", 400, "names no title"),
        ("/recommend?history=name 0001,name 0001", 400, "twice"),
        ("/recommend?history=name 0001," + "b" * 201, 400, "title of more than 200"),
        ("/recommend?history=" + MANY.replace("name ", ""), 400, "501 titles; at most 500"),
        ("/similar", 400, "/similar needs item=ID"),
        ("/similar?item=name 0001&user=a", 400, "no parameter 'user'"),
        ("/why?user=name 0001", 400, "/why needs item=ID"),
        ("/why?item=name 0001", 400, "Name a user"),
        ("/health?verbose=1", 400, "too many parameters. /health takes no parameter"),
    ],
)
def test_a_wrong_request_is_refused_in_a_sentence(target, status, says, ask):
    found = ask(target)
    assert (found.status, list(found.said)) == (status, ["error"])
    assert says in found.said["error"] and found.said["error"].endswith(".")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"method": "POST"}, 405),
        ({"method": "DELETE"}, 405),
        ({"headers": [(b"content-length", b"5")]}, 413),
        ({"headers": [(b"transfer-encoding", b"chunked")]}, 413),
        ({"headers": [(b"content-length", b"0")]}, 200),
        ({"headers": [(b"x", b"y")] * 50}, 431),
        ({"headers": [(b"x", b"y")] * 49}, 200),
        ({"headers": [(b"content-length", b"-1")]}, 413),
        ({"headers": [(b"host", b"evil.example")]}, 421),
        ({"headers": [(b"host", b"localhost:8080")]}, 200),
        ({"headers": [(b"host", b"LOCALHOST")]}, 200),
        ({"headers": [(b"host", b"[::1]:8080")]}, 200),
        ({"headers": [(b"host", b"")]}, 421),
        ({"method": "HEAD"}, 200),
    ],
)
def test_heads_are_bounded(more, status, ask):
    found = ask("/health", **more)
    assert found.status == status
    assert (found.headers.get(b"connection") == b"close") == (status in (405, 413, 414, 431))


def test_a_right_request_is_answered_in_json(ask):
    found = ask(f"/recommend?history={SIX}&k=4")
    assert found.status == 200 and len(found.said["items"]) == 4
    assert found.headers[b"content-type"] == b"application/json"
    assert ask("/why?user=name 0002&item=name 0003").said["why"].startswith("The name 0003 scores")
    assert ask("/similar?item=name 0003").said["items"][0]["title"].startswith("The name")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*PARAMETERS, "/x"]),
       st.text(st.sampled_from("userhistoymk=&%+,;#0129 é\0\n"), max_size=40))  # fmt: skip
def test_no_query_breaks_it(ask, path, query):
    assert ask(f"{path}?{query}").status in (200, 400, 404)


class Slow:
    """Answers that wait for a sign."""

    def __init__(self) -> None:
        self.go, self.begun = threading.Event(), threading.Semaphore(0)

    def recommend(self, k, user=None, history=None):
        self.begun.release()
        assert self.go.wait(60)
        return {"user": user}


async def until(what) -> None:
    while not what():
        await asyncio.sleep(0.001)


def test_beyond_the_limit_requests_are_shed_and_those_within_are_answered(make_app):
    slow = Slow()
    app = make_app(slow, Limits(in_flight=3), threads=2)

    async def overload():
        first = [asyncio.create_task(called(app, f"/recommend?user={n}")) for n in range(3)]
        await until(lambda: app.in_flight == 3)
        shed = [await called(app, "/recommend?user=late") for _ in range(5)]
        health, metrics = await called(app, "/health"), await called(app, "/metrics")
        slow.go.set()
        kept = await asyncio.gather(*first)
        return shed, health, metrics, kept, await called(app, "/recommend?user=after")

    shed, health, metrics, kept, after = asyncio.run(asyncio.wait_for(overload(), 60))
    assert [one.status for one in shed] == [503] * 5
    assert shed[0].headers[b"retry-after"] == b"1" and "Try again" in shed[0].said["error"]
    assert health.status == 200  # asked while every thread was busy: nothing blocks the loop
    assert "recsys_in_flight 3\n" in metrics.said and "recsys_shed_total 5\n" in metrics.said
    assert [one.said["user"] for one in kept] == ["0", "1", "2"]
    assert after.status == 200 and app.in_flight == 0


def test_an_error_within_is_not_told_outside_and_frees_its_place(make_app, caplog):
    class Broken:
        def recommend(self, k, user=None, history=None):
            raise RuntimeError("secret")

    app = make_app(Broken(), Limits(in_flight=1))
    for _ in range(3):
        found = asyncio.run(called(app, "/recommend?user=a"))
        assert found.status == 500 and "secret" not in str(found.said)
    assert "secret" in caplog.text and app.in_flight == 0


def test_requests_are_counted_by_path_and_status(make_app, answers):
    app = make_app(answers)
    for target in ("/recommend?user=name 0001", "/recommend?user=name 0002", "/recommend?k=0",
                   "/never/heard/of", "/nor/of/this", "/health"):  # fmt: skip
        asyncio.run(called(app, target))
    text = asyncio.run(called(app, "/metrics")).said
    for line in ('requests_total{path="/recommend",status="200"} 2',
                 'requests_total{path="/recommend",status="400"} 1',
                 'requests_total{path="other",status="404"} 2',
                 'request_seconds_bucket{path="/recommend",le="+Inf"} 3',
                 'request_seconds_count{path="/recommend"} 3',
                 'reloads_total{result="done"} 0'):  # fmt: skip
        assert f"recsys_{line}\n" in text
    assert "heard" not in text
    counts = [int(line.rpartition(" ")[2]) for line in text.splitlines()
              if 'bucket{path="/recommend"' in line]  # fmt: skip
    assert counts == sorted(counts) and len(counts) == 12
