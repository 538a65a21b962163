"""The same numbers as the Open Bandit Pipeline's, on the same arrays.

Its estimators (release 0.5.7) were run on what `log` and `pages` draw; the package itself cannot
stand beside this one's versions of numpy and scikit-learn, so its values are stored.
"""

from __future__ import annotations

import numpy as np
import pytest

from recsys_lib import offpolicy

ONE_SLOT = {
    "ips": 0.5059379660983124, "snips": 0.5002852749689932, "clipped": 0.4288165773817411,
    "direct": 0.4619748050665038, "doubly": 0.5077712592996195, "switch": 0.4717635373682364,
    "replay": 0.5084745762711865,
}  # fmt: skip
SLATES = {
    "slate": 1.3284637370623413, "independent": 1.425746083020706,
    "reward_interaction": 1.3213699240701366, "cascade": 1.34037713617525,
}  # fmt: skip


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(2026)
    n, a, k = 500, 4, 3
    logged = rng.random((n, a)) + 0.1
    logged /= logged.sum(axis=1, keepdims=True)
    new = rng.random((n, a)) ** 2
    new /= new.sum(axis=1, keepdims=True)
    action = (logged.cumsum(axis=1) < rng.random(n)[:, None]).sum(axis=1)
    truth = rng.random((n, a))
    rows = np.arange(n)
    reward = (rng.random(n) < truth[rows, action]) * 1.0
    one = {"reward": reward, "propensity": logged[rows, action], "action": action,
           "predicted": truth * 0.7 + 0.1, "target_all": new, "target": new[rows, action],
           "agrees": new.argmax(axis=1) == action}  # fmt: skip
    pages = {"reward": rng.random((n, k)), "propensity": rng.random((n, k)) * 0.5 + 0.3,
             "target": rng.random((n, k))}  # fmt: skip
    predicted, shown = rng.random((n, k, 5)), rng.integers(5, size=(n, k))
    chances = rng.random((n, k, 5))
    chances /= chances.sum(axis=2, keepdims=True)
    pages["predicted"] = np.take_along_axis(predicted, shown[:, :, None], axis=2)[:, :, 0]
    pages["expected"] = (predicted * chances).sum(axis=2)
    return one, pages


def take(drawn, *names):
    return {name: drawn[name] for name in names}


@pytest.mark.parametrize("name", ONE_SLOT)
def test_one_slot_is_the_pipelines(drawn, name):
    one, _ = drawn
    weighted = take(one, "reward", "propensity", "target")
    modelled = take(one, "reward", "propensity", "action", "predicted", "target_all")
    found = {
        "ips": lambda: offpolicy.ips(**weighted),
        "snips": lambda: offpolicy.snips(**weighted),
        "clipped": lambda: offpolicy.clipped_ips(**weighted, most=2.0),
        "direct": lambda: offpolicy.direct_method(**take(one, "predicted", "target_all")),
        "doubly": lambda: offpolicy.doubly_robust(**modelled),
        "switch": lambda: offpolicy.switch(**modelled, most=1.5),
        "replay": lambda: offpolicy.replay(**take(one, "reward", "agrees")),
    }[name]()
    assert found.value == pytest.approx(ONE_SLOT[name], abs=1e-9)


@pytest.mark.parametrize("name", SLATES)
def test_slates_are_the_pipelines(drawn, name):
    _, pages = drawn
    weighted = take(pages, "reward", "propensity", "target")
    found = {
        "slate": lambda: offpolicy.slate_ips(**weighted),
        "independent": lambda: offpolicy.independent_ips(**weighted),
        "reward_interaction": lambda: offpolicy.reward_interaction_ips(**weighted),
        "cascade": lambda: offpolicy.cascade_doubly_robust(**pages),
    }[name]()
    assert found.value == pytest.approx(SLATES[name], abs=1e-9)
