"""`python -m benchmarks.contextualbandits_values`: what that library says of the same plays.

Like mabwiser it stays outside the project's environment (`pip install contextualbandits`, 0.3.30
made the stored values): LinUCB's scores, and two estimates of what a new policy would have earned.
Vowpal Wabbit installs too, but learns by gradients whose steps are its own, so it has no values
that another program could be equal to.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from benchmarks.mabwiser_values import ARMS, asked, plays

RESULT = Path(__file__).resolve().parents[1] / "tests/online/contextualbandits.json"


def policy() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For the same plays: the log's propensities, a new policy's arms, and a model (n, ARMS)."""
    rng = np.random.default_rng(7)
    n = len(plays()[0])
    return rng.uniform(0.2, 0.9, n), rng.integers(ARMS, size=n), rng.uniform(0.1, 0.9, (n, ARMS))


def main() -> None:
    from contextualbandits.evaluation import evaluateDoublyRobust, evaluateNCIS
    from contextualbandits.online import LinUCB

    context, action, click = plays()
    bandit = LinUCB(ARMS, alpha=0.8, lambda_=1.5, fit_intercept=False, use_float=False)
    bandit.fit(context, action, click.astype(float))
    propensity, wanted, model = policy()
    rows = np.arange(len(click))
    both = np.column_stack([model[rows, wanted], model[rows, action]])
    found = {
        "linucb": np.asarray(bandit.decision_function(asked())).tolist(),
        "snips": evaluateNCIS((wanted == action) * 1.0, click * 1.0, propensity),
        "doubly robust": evaluateDoublyRobust(wanted, context, action, click * 1.0, propensity,
                                              both, ARMS, handle_invalid=False, pmin=None),
    }  # fmt: skip
    RESULT.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
