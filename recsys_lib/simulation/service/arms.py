"""Two policies or more in one life: viewers by lot, or slots by turns."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from recsys_lib.errors import ArgumentError
from recsys_lib.simulation.service.known import Known
from recsys_lib.simulation.service.pages import Pages, deal
from recsys_lib.simulation.service.policies import PagePolicy, Visit


class ByLot(PagePolicy):
    """Each viewer belongs to one arm, drawn by lot for good: an A/B test.

    Every policy learns from the whole service's log, as arms of a real test do.

    Args:
        arms: name → policy, at least two.
        salt: another text is another drawing of the lots.
    """

    def __init__(self, arms: dict[str, PagePolicy], salt: str = "") -> None:
        if len(arms) < 2:
            raise ArgumentError("a test needs at least two arms")
        self.policies, self.names = tuple(arms.values()), tuple(arms)
        self.salt, self.arms = salt, None

    def arm_of(self, viewer: np.ndarray) -> np.ndarray:
        """Index of the arm of each of these viewers (rows of the table), int."""
        texts = (f"{self.salt} {number}" for number in np.asarray(viewer).tolist())
        seeds = (np.random.SeedSequence([crc32(text.encode())]) for text in texts)
        lots = (int(seed.generate_state(1)[0]) for seed in seeds)
        return np.fromiter((lot % len(self.names) for lot in lots), int)

    def learn(self, known: Known) -> None:
        """See `PagePolicy`."""
        if self.arms is None:
            self.arms = self.arm_of(np.arange(len(known.viewers)))
        for policy in self.policies:
            policy.learn(known)

    def page(self, visit: Visit) -> Pages:
        """See `PagePolicy`."""
        arm = self.arms[visit.viewer]
        rows = [np.flatnonzero(arm == number) for number in range(len(self.names))]
        parts = [
            policy.page(visit.take(here)) for policy, here in zip(self.policies, rows, strict=True)
        ]
        return Pages.merged(parts, rows)


class Interleaved(PagePolicy):
    """Two policies in one page, by team draft.

    The teams choose in turns, each its best title that is not yet on the page; a coin decides who
    goes first, anew for every two slots. Clicks on a team's slots are its votes. `propensity` is
    not a number here (NaN): a slot depends on two pages and the coins.

    Args:
        teams: name → policy, two of them.

    Source: Radlinski, Kurup and Joachims (2008), "How does clickthrough data reflect retrieval
    quality?", CIKM.
    """

    def __init__(self, teams: dict[str, PagePolicy]) -> None:
        if len(teams) != 2:
            raise ArgumentError(f"interleaving takes two policies, not {len(teams)}")
        self.policies, self.names = tuple(teams.values()), tuple(teams)

    def learn(self, known: Known) -> None:
        """See `PagePolicy`."""
        for policy in self.policies:
            policy.learn(known)

    def page(self, visit: Visit) -> Pages:
        """See `PagePolicy`."""
        hands = [policy.page(visit).titles for policy in self.policies]
        pairs = (visit.slots + 1) // 2
        first = (visit.lots.uniform("coin", pairs) < 0.5).astype(int)
        turn = np.stack([first, 1 - first], axis=2).reshape(len(first), -1)[:, : visit.slots]
        return visit.pages(deal(hands, turn), np.nan, team=turn)
