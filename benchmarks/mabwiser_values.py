"""`python -m benchmarks.mabwiser_values`: what mabwiser says after the same plays, for the tests.

mabwiser brings joblib, seaborn and its own bounds on numpy into an environment, so it is not among
the project's; install it beside (`pip install mabwiser`, 2.7.4 made the stored values).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

RESULT = Path(__file__).resolve().parents[1] / "tests/online/mabwiser.json"
ARMS, FEATURES, PLAYS = 3, 2, 400


def plays() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Contexts (PLAYS, FEATURES), actions and clicks of one made-up campaign."""
    rng = np.random.default_rng(2026)
    context = rng.normal(size=(PLAYS, FEATURES)).round(3)
    action = rng.integers(ARMS, size=PLAYS)
    chance = 1 / (1 + np.exp(-(context[:, 0] * (action - 1) - 0.5)))
    return context, action, (rng.random(PLAYS) < chance).astype(int)


def asked() -> np.ndarray:
    """Contexts for which the policies are asked."""
    return np.array([[0.0, 0.0], [1.0, -1.0], [-2.0, 0.5], [0.3, 2.0]])


def main() -> None:
    from mabwiser.mab import MAB, LearningPolicy

    context, action, click = plays()
    found = {}
    for name, policy in {"greedy": LearningPolicy.EpsilonGreedy(0.0),
                         "ucb": LearningPolicy.UCB1(0.7)}.items():  # fmt: skip
        bandit = MAB(list(range(ARMS)), policy)
        bandit.fit(action, click)
        scores = bandit.predict_expectations()
        found[name] = [float(scores[arm]) for arm in range(ARMS)]
    thompson = MAB(list(range(ARMS)), LearningPolicy.ThompsonSampling())
    thompson.fit(action, click)
    counts = thompson._imp.arm_to_success_count, thompson._imp.arm_to_fail_count
    found["beta"] = [[float(count[arm]) for arm in range(ARMS)] for count in counts]
    for name, policy in {"linear": LearningPolicy.LinGreedy(0.0, l2_lambda=1.5),
                         "linucb": LearningPolicy.LinUCB(0.8, l2_lambda=1.5)}.items():  # fmt: skip
        bandit = MAB(list(range(ARMS)), policy)
        bandit.fit(action, click, context)
        scores = bandit.predict_expectations(asked())
        found[name] = [[float(row[arm]) for arm in range(ARMS)] for row in scores]
    RESULT.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
