"""How often each interval holds the truth: `python -m benchmarks.coverage [name ...]`.

Nominal is 95 %. Every case draws data whose truth is known, at several sizes, small ones too. Where
an estimator is off by design (clipped, the model alone, the switch), the table, coverage.csv, shows
what it costs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
from scipy import stats
from tqdm import tqdm

from recsys_lib import experiments as ab
from recsys_lib import offpolicy as op
from recsys_lib.errors import DataError
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.offpolicy.estimate import bernstein

RESULT = Path(__file__).with_name("coverage.csv")
SIZES, REPETITIONS = (20, 50, 200, 1000), 400
Case = Callable[[int, np.random.Generator], bool]


def holds(found, truth: float) -> bool:
    """Whether an interval with low and high holds the truth."""
    return bool(found.low <= truth <= found.high)


def minutes(n: int, rng, shift: float = 0.0) -> np.ndarray:
    """Skew, as watching is: ten times as much for one viewer in fifty as for the median."""
    return rng.lognormal(5, 0.85, n) + shift


def mean_case(n, rng) -> bool:
    return holds(ab.mean_difference(minutes(n, rng, 30), minutes(n, rng)), 30)


def share_case(n, rng) -> bool:
    arms = (rng.random(n) < chance for chance in (0.08, 0.12))
    return holds(ab.share_difference(*arms), -0.04)


def ratio_case(n, rng) -> bool:
    def arm(a):
        pages = 1 + rng.poisson(rng.lognormal(1.5, 0.8, n))
        return np.column_stack([rng.binomial(pages, rng.beta(a, 2, n)), pages])

    return holds(ab.ratio_difference(arm(6), arm(8)), 6 / 8 - 8 / 10)


def staying_case(n, rng) -> bool:
    def arm(weeks):
        seen, leaves = rng.uniform(4, 12, n), rng.exponential(weeks, n)
        return np.minimum(seen, leaves), leaves <= seen

    at = 4.0
    truth = np.exp(-at / 60) - np.exp(-at / 30)
    return holds(ab.retention_difference(arm(60), arm(30), at), truth)


def cuped_case(n, rng) -> bool:
    before = minutes(2 * n, rng)
    treated = np.arange(2 * n) < n
    after = 0.8 * before + rng.normal(0, 100, 2 * n) + 30 * treated
    adjusted = ab.cuped(after, before)
    return holds(ab.mean_difference(adjusted[treated], adjusted[~treated]), 30)


def strata_case(n, rng) -> bool:
    strata = [rng.integers(2, size=n) for _ in range(2)]
    arms = [rng.normal(100 * stratum, 50) for stratum in strata]
    return holds(ab.post_stratified(arms[0] + 20, arms[1], strata), 20)


def sequence_case(n, rng) -> bool:
    """At all of ten looks at once, with errors estimated anew at each."""
    arms = [minutes(n, rng, shift) for shift in (30, 0)]
    looks = np.linspace(n / 10, n, 10).astype(int)
    gaps = [arms[0][:k].mean() - arms[1][:k].mean() for k in looks]
    errors = [np.sqrt(sum(arm[:k].var(ddof=1) / k for arm in arms)) for k in looks]
    low, high, _ = ab.confidence_sequence(gaps, errors)
    return bool(((low <= 30) & (high >= 30)).all())


def preference_case(n, rng) -> bool:
    return holds(ab.preference(np.where(rng.random(n) < 0.6, 1, -1)), 0.6)


def bootstrap_case(n, rng) -> bool:
    _, low, high = bootstrap_interval(minutes(n, rng)[:, None], rng=rng)
    return bool(low[0] <= np.exp(5 + 0.85**2 / 2) <= high[0])


ACTIONS = 4
WORTH = np.array([[0.1, 0.3, 0.2, 0.4], [0.5, 0.2, 0.3, 0.1]])  # of each action, for two moods
LOGGED = np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]])
WANTED = np.array([[0.1, 0.2, 0.2, 0.5], [0.5, 0.2, 0.2, 0.1]])
BELIEVED = WORTH + np.array([[0.1, -0.05, 0.0, -0.1]])  # a model that is off
TRUTH = float((WORTH * WANTED).sum(axis=1).mean())


def one_slot(estimate: Callable) -> Case:
    """The case of an estimator of one choice a row."""

    def case(n, rng) -> bool:
        mood = rng.integers(2, size=n)
        action = (rng.random(n)[:, None] > LOGGED[mood].cumsum(axis=1)).sum(axis=1)
        action = np.minimum(action, ACTIONS - 1)
        reward = (rng.random(n) < WORTH[mood, action]).astype(float)
        return holds(estimate(reward, LOGGED[mood, action], mood, action), TRUTH)

    return case


def weighted(estimate: Callable, **settings) -> Case:
    return one_slot(lambda r, p, mood, a: estimate(r, p, WANTED[mood, a], **settings))


def modelled(estimate: Callable, **settings) -> Case:
    return one_slot(lambda r, p, mood, a: estimate(r, p, a, BELIEVED[mood], WANTED[mood],
                                                   **settings))  # fmt: skip


def replay_case(n, rng) -> bool:
    """Replay needs a uniform log, and a policy that is sure."""
    mood, action = rng.integers(2, size=n), rng.integers(ACTIONS, size=n)
    reward = (rng.random(n) < WORTH[mood, action]).astype(float)
    agrees = action == WORTH.argmax(axis=1)[mood]
    return holds(op.replay(reward, agrees), float(WORTH.max(axis=1).mean()))


def slate(estimate: Callable, places: int = 3) -> Case:
    """The case of an estimator of pages, whose places do not act on one another."""

    def case(n, rng) -> bool:
        chance, wanted = LOGGED[0], WANTED[0]
        action = rng.choice(ACTIONS, size=(n, places), p=chance)
        reward = (rng.random((n, places)) < WORTH[0][action]).astype(float)
        found = estimate(reward, chance[action], wanted[action])
        return holds(found, places * float(WORTH[0] @ wanted))

    return case


def cascade(reward, propensity, target):
    """Doubly robust along the page, with a model that says the same of everything."""
    flat = np.full(reward.shape, float(WORTH[0] @ WANTED[0]))
    return op.cascade_doubly_robust(reward, propensity, target, flat, flat)


CASES: dict[str, Case] = {
    "mean_difference": mean_case,
    "share_difference": share_case,
    "ratio_difference": ratio_case,
    "retention_difference": staying_case,
    "cuped, mean_difference": cuped_case,
    "post_stratified": strata_case,
    "confidence_sequence, ten looks": sequence_case,
    "preference": preference_case,
    "bootstrap_interval": bootstrap_case,
    "replay, uniform log": replay_case,
    "ips": weighted(op.ips),
    "snips": weighted(op.snips),
    "clipped_ips at 2": weighted(op.clipped_ips, most=2.0),
    "bernstein of ips": one_slot(
        lambda r, p, mood, a: bernstein(r * WANTED[mood, a] / p, (WANTED / LOGGED).max())
    ),
    "direct_method, model off": one_slot(
        lambda r, p, mood, a: op.direct_method(BELIEVED[mood], WANTED[mood])
    ),
    "doubly_robust, model off": modelled(op.doubly_robust),
    "switch at 2, model off": modelled(op.switch, most=2.0),
    "slate_ips": slate(op.slate_ips),
    "independent_ips": slate(op.independent_ips),
    "reward_interaction_ips": slate(op.reward_interaction_ips),
    "pseudo_inverse": slate(op.pseudo_inverse),
    "cascade_doubly_robust": slate(cascade),
}


def coverage(name: str, n: int, repetitions: int = REPETITIONS) -> dict:
    """How often the interval of a case holds the truth at n viewers an arm, or rows.

    Returns:
        interval, n, repetitions that gave an interval, refused (a DataError), coverage with its own
        95 % interval (Wilson) low and high; these are NaN if all were refused.
    """
    rng = np.random.default_rng([crc32(name.encode()), n])
    held, refused = [], 0
    for _ in range(repetitions):
        try:
            held.append(CASES[name](n, rng))
        except DataError:
            refused += 1
    row = {"interval": name, "n": n, "repetitions": len(held), "refused": refused}
    if not held:
        return row | {"coverage": np.nan, "low": np.nan, "high": np.nan}
    ends = stats.binomtest(sum(held), len(held)).proportion_ci(method="wilson")
    return row | {"coverage": float(np.mean(held)), "low": ends.low, "high": ends.high}


def main(arguments: list[str]) -> int:
    """Measure these intervals, all if none is named; two minutes on one core."""
    names = arguments or list(CASES)
    stored = pd.read_csv(RESULT) if RESULT.exists() and arguments else pd.DataFrame()
    rows = [coverage(name, n) for name in tqdm(names, desc="intervals") for n in SIZES]
    others = stored[~stored["interval"].isin(names)] if len(stored) else stored
    table = pd.concat([others, pd.DataFrame(rows)]).set_index("interval")
    table = table.loc[[name for name in CASES if name in table.index]]
    table.to_csv(RESULT, float_format="%.4f", lineterminator="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
