"""How long a model will take: judged by parts of the data, said where it is long."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.cli import estimate
from recsys_lib.errors import DataError
from recsys_lib.interactions import Interactions
from recsys_lib.models import Popular


@pytest.fixture
def log() -> Interactions:
    """Eight events of each of 2,000 users."""
    pairs = {"user_id": np.repeat(np.arange(2000), 8), "item_id": np.tile(np.arange(40), 400)}
    return Interactions.from_frame(pd.DataFrame(pairs))


class Clock:
    """Moves on when a model says so."""

    now = 0.0

    def __call__(self) -> float:
        return Clock.now


class Slow(Popular):
    """Takes scale * events ** power seconds."""

    fits = 0

    def __init__(self, scale: float = 1e-3, power: float = 1.0) -> None:
        super().__init__()
        self.scale = scale
        self.power = power

    def _fit(self, train, items, users) -> None:
        super()._fit(train, items, users)
        Clock.now += self.scale * train.n_events**self.power
        Slow.fits += 1


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(estimate, "perf_counter", Clock())
    monkeypatch.setattr(estimate, "SMALL", 1000)
    Slow.fits = 0


@pytest.mark.parametrize(("scale", "power"), [(1.5e-4, 1), (1e-6, 1.6), (4e-8, 2), (6e-10, 2.5)])
def test_the_whole_is_told_by_its_parts(log, scale, power):
    truth = scale * log.n_events**power
    assert estimate.seconds_needed(Slow(scale, power), log) == pytest.approx(truth, rel=0.01)
    assert Slow.fits == 2


def test_a_part_that_takes_long_is_not_followed_by_another(log):
    assert estimate.seconds_needed(Slow(1e-3, 1), log) == pytest.approx(16, rel=0.01)
    assert Slow.fits == 1


def test_what_is_soon_over_is_not_estimated(log, monkeypatch):
    assert estimate.seconds_needed(Slow(1e-6, 1), log) is None
    assert Slow.fits == 2  # an eighth and a quarter; a half is all but the whole
    monkeypatch.setattr(estimate, "SMALL", log.n_events)
    assert estimate.seconds_needed(Slow(1, 1), log) is None


def test_a_model_that_cannot_learn_from_a_part_is_left_to_say_so_itself(log):
    class Fussy(Popular):
        def _fit(self, train, items, users):
            raise DataError("too little")

    assert estimate.seconds_needed(Fussy(), log) is None


def test_a_part_holds_only_who_and_what_occurs_in_it(log):
    part = estimate._part(log, np.array([3, 5]))
    assert part.users.tolist() == [3, 5]
    assert part.items.tolist() == sorted({*range(24, 32), *range(0, 8)}) and part.n_events == 16


def test_a_long_wait_is_said_before_it_begins(run, tmp_path, monkeypatch, log):
    path = tmp_path / "loans.csv"
    log.to_frame()[["user_id", "item_id"]].to_csv(path, index=False)
    monkeypatch.setattr("recsys_lib.cli.evaluate.make", lambda text, seed: Slow(0.02, 1))
    code, _, err = run("evaluate", path, "--models", "popular")
    assert code == 0
    assert err == "recsys_lib: evaluating popular (1 of 1), which takes about 4 minutes\n"
    for command in ("train", "recommend"):
        monkeypatch.setattr(f"recsys_lib.cli.{command}.make", lambda text, seed: Popular())
        more = ["--all"] if command == "recommend" else []
        assert run(command, path, *more, "-o", tmp_path / f"{command}.zip")[2] == ""
