"""The log of the explorable of pictures, and what its page says of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from book.tools.explorables import make as explore
from book.tools.explorables.lots import uniforms
from book.tools.explorables.pictures import CLICKS, EXPLORED, OFTEN, POLICIES, log, truth
from recsys_lib.offpolicy import ips


def estimate(policy: str, explored: float, pages: int = 20_000):
    found = {name: column[:pages] for name, column in log(explored).items()}
    agrees = np.array(POLICIES[policy])[found["taste"]] == found["picture"]
    return ips(found["clicked"], found["propensity"], agrees.astype(float))


def test_what_is_stored_is_as_fresh():
    stored = (explore.FOLDER / "pictures.json").read_text(encoding="utf-8")
    assert explore.as_json("pictures") == stored, "run python -m book.tools.explorables pictures"
    assert json.loads(stored)["policies"] == {name: list(shown) for name, shown in POLICIES.items()}


def test_lots_by_hand():
    assert uniforms(3, 1) * (2**31 - 1) == pytest.approx([48_271, 182_605_794, 1_291_394_886])


@pytest.mark.parametrize("explored", EXPLORED)
def test_the_log_is_what_its_propensities_say(explored):
    found = log(explored)
    often = (found["picture"] == OFTEN).mean()
    assert often == pytest.approx(1 - explored * 3 / 4, abs=0.012)
    assert (1 / found["propensity"]).mean() == pytest.approx(4, rel=0.12)
    for taste, picture in ((0, 0), (1, OFTEN)):
        shown = (found["taste"] == taste) & (found["picture"] == picture)
        assert found["clicked"][shown].mean() == pytest.approx(CLICKS[taste][picture], abs=0.02)


def test_what_its_page_says():
    width = {share: np.diff(estimate("the chase for all", share)[1:3])[0] for share in (0.02, 0.1)}
    assert width[0.02] / width[0.1] == pytest.approx(2.0, abs=0.6)  # about twice
    few = estimate("the couple for all", 0.1, 200)
    assert few.high - few.low < 0.13  # a few hundred pages are enough, for the chase they are not
    assert truth("by taste") > max(truth(name) for name in POLICIES if name != "by taste")
    found = estimate("by taste", 0.1)
    assert found.low > max(truth(name) for name in POLICIES if name != "by taste")
