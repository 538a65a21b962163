"""One tile, four pictures, a log: what another way to choose would have earned.

Nothing here is drawn by the page alone: the lots of the log are drawn again by a test, which asks
`recsys_lib.offpolicy` for the same estimates.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from book.tools.explorables.lots import uniforms

PICTURES = ("the couple", "the joke", "the chase", "the city")
TASTES = ("romance", "thrillers")  # what a viewer watched most
SHARE = 0.6  # of viewers with the first taste
CLICKS = ((0.13, 0.07, 0.03, 0.05), (0.03, 0.06, 0.14, 0.05))  # true chance by taste and picture
OFTEN = 0  # what the log's own policy shows, where it does not draw by lot
POLICIES = {
    "the couple for all": (0, 0),
    "the chase for all": (2, 2),
    "the city for all": (3, 3),
    "by taste": (0, 2),
    "against taste": (2, 0),
}
EXPLORED = (0.02, 0.1, 0.3, 1.0)  # share of the log's pages whose picture was drawn by lot
SIZES = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
FIRST = 77


def make() -> dict:
    """All that the page computes with.

    Returns:
        The constants above; t: for each size the .975 quantile of t with size - 1 degrees.
    """
    return {
        "pictures": PICTURES, "tastes": TASTES, "share": SHARE, "clicks": CLICKS, "often": OFTEN,
        "policies": POLICIES, "sizes": SIZES, "first": FIRST,
        "t": [round(float(stats.t.ppf(0.975, size - 1)), 6) for size in SIZES],
    }  # fmt: skip


def log(explored: float) -> dict[str, np.ndarray]:
    """The pages of a log: taste, picture, propensity and clicked, each (max(SIZES),).

    Four lots a page: who comes, whether the picture is drawn, which one, and whether it is clicked.
    """
    who, by_lot, which, click = uniforms(4 * max(SIZES), FIRST).reshape(-1, 4).T
    taste = (who >= SHARE).astype(int)
    n = len(PICTURES)
    picture = np.where(by_lot < explored, (which * n).astype(int), OFTEN)
    propensity = explored / n + (1 - explored) * (picture == OFTEN)
    return {"taste": taste, "picture": picture, "propensity": propensity,
            "clicked": (click < np.array(CLICKS)[taste, picture]).astype(float)}  # fmt: skip


def truth(policy: str) -> float:
    """The chance of a click under a policy."""
    shown = POLICIES[policy]
    return SHARE * CLICKS[0][shown[0]] + (1 - SHARE) * CLICKS[1][shown[1]]
