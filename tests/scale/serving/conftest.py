"""A log, its models as a file brings them back, and a caller that needs no network."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pandas as pd
import pytest

from recsys_lib.interactions import Interactions
from recsys_lib.models import EASE, ContentProfile, ImplicitALS, ItemKNN, Popular
from recsys_lib.models.saved import load, save
from recsys_lib.scale.serving import Answers, App, Limits

MODELS = {
    "ease": EASE(20.0),
    "ials": ImplicitALS(factors=4),
    "item-knn": ItemKNN(neighbors=6),
    "content": ContentProfile(),
    "popular": Popular(),
}


@pytest.fixture(scope="package")
def log() -> Interactions:
    """30 viewers and 20 titles with names; one viewer had everything, one nothing."""
    from tests.conftest import draw_log

    drawn = draw_log(3, names=True)
    kept = drawn.event_rows != 4
    rows = pd.DataFrame({"user_id": drawn.users[drawn.event_rows], "value": drawn.matrix.data,
                         "item_id": drawn.items[drawn.matrix.indices]})[kept]  # fmt: skip
    rest = set(drawn.items) - set(rows.loc[rows["user_id"] == drawn.users[5], "item_id"])
    more = pd.DataFrame({"user_id": drawn.users[5], "item_id": sorted(rest), "value": 3.0})
    return Interactions.from_frame(pd.concat([rows, more]), value="value",
                                   users=drawn.users, items=drawn.items)  # fmt: skip


@pytest.fixture(scope="package")
def about(log) -> pd.DataFrame:
    titles = [f"The {label}" for label in log.items]
    years = pd.array([None, *range(1991, 1990 + log.n_items)], "Int64")
    genres = ["drama" if place % 3 else "comedy|family" for place in range(log.n_items)]
    return pd.DataFrame({"item_id": log.items, "title": titles, "year": years, "genres": genres})


@pytest.fixture(scope="package")
def fitted(log, about):
    """Name → the fitted model that knows its log."""
    return {name: model.fit(log, items=about) for name, model in MODELS.items()}


@pytest.fixture(scope="package")
def saved(fitted, tmp_path_factory):
    """Name → the same, as it comes back out of a file."""
    folder = tmp_path_factory.mktemp("saved")
    for name, model in fitted.items():
        save(model, folder / f"{name}.zip")
    return {name: load(folder / f"{name}.zip") for name in fitted}


@pytest.fixture
def answers(saved, log, about):
    return Answers(saved["ease"], log=log, titles=about)


async def called(app: App, target: str, method: str = "GET", headers=()) -> SimpleNamespace:
    """One request to an application, without a server."""
    path, _, query = target.partition("?")
    sent = []
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(),
             "headers": [(b"host", b"127.0.0.1:80"), *headers]}  # fmt: skip

    async def send(message):
        sent.append(message)

    await app(scope, None, send)
    start, body = sent
    kind = dict(start["headers"])[b"content-type"]
    said = json.loads(body["body"]) if kind == b"application/json" else body["body"].decode()
    return SimpleNamespace(status=start["status"], headers=dict(start["headers"]), said=said)


class Held:
    """A holder whose answers are given, and never change."""

    loaded_at, reloads, problem = 0.0, {"done": 0, "refused": 0}, None

    def __init__(self, answers) -> None:
        self.answers = answers

    def health(self) -> dict:
        return {"status": "ok"}


@pytest.fixture
def make_app():
    """A function from answers and limits to an application with threads of its own."""
    pools = []

    def make(answers, limits: Limits | None = None, threads: int = 4) -> App:
        pools.append(ThreadPoolExecutor(threads))
        return App(Held(answers), pools[-1], limits)

    yield make
    for pool in pools:
        pool.shutdown()


@pytest.fixture
def ask(answers, make_app):
    """A function that asks the application for one target."""
    app = make_app(answers)
    return lambda target, **more: asyncio.run(called(app, target, **more))
