"""The same numbers as contextualbandits'; `benchmarks.contextualbandits_values` stored them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.contextualbandits_values import policy
from benchmarks.mabwiser_values import ARMS, FEATURES, asked, plays
from recsys_lib import offpolicy
from recsys_lib.online import LinUCB

THEIRS = json.loads(Path(__file__).with_name("contextualbandits.json").read_text())


def test_linucb_scores_as_theirs():
    ours = LinUCB(ARMS, FEATURES, alpha=0.8, l2=1.5).learn(*plays())
    inverse = np.linalg.inv(ours.precision)
    width = np.sqrt(np.einsum("nf,afg,ng->na", asked(), inverse, asked()))
    scores = asked() @ ours.weights.T + 0.8 * width
    assert scores == pytest.approx(np.array(THEIRS["linucb"]), abs=1e-9)


def test_a_log_is_read_as_theirs():
    _, action, click = plays()
    propensity, wanted, model = policy()
    agrees = (wanted == action) * 1.0
    # They clip weights of 0 at 1e-8, so that slots which disagree count for next to nothing.
    assert offpolicy.snips(click * 1.0, propensity, agrees).value == pytest.approx(
        THEIRS["snips"], abs=1e-7
    )
    target = (wanted[:, None] == np.arange(ARMS)) * 1.0
    robust = offpolicy.doubly_robust(click * 1.0, propensity, action, model, target)
    assert robust.value == pytest.approx(THEIRS["doubly robust"], abs=1e-9)
