"""Did the lot do what it was told? The sample-ratio check comes before every result."""

from __future__ import annotations

import numpy as np
from scipy import stats

from recsys_lib.errors import DataError

ALARM = 0.001
"""p below which a split is not believed; one good experiment in a thousand is stopped by it."""


def ratio_check(counts, shares=None) -> float:
    """How often chance alone gives arms as uneven as these.

    p = chance that chi2(arms - 1) >= sum over arms of (count - expected)**2 / expected

    Below `ALARM` something other than the lot chose who is counted: a redirect that loses viewers,
    a filter that one arm trips more. Then no difference between the arms can be believed.

    Args:
        counts: viewers in each arm, at least two arms.
        shares: the share of viewers that each was to get; None is an even split.

    Raises:
        DataError: fewer than two arms, no viewer, or shares that are not above 0.

    >>> ratio_check([500, 500])
    1.0
    >>> round(ratio_check([480, 560]), 3)  # 80 viewers apart of 1,040: z = 2.48
    0.013
    """
    counts = np.asarray(counts, float)
    shares = np.full(len(counts), 1.0) if shares is None else np.asarray(shares, float)
    if len(counts) < 2 or counts.shape != shares.shape or not counts.sum() > 0:
        raise DataError(f"a split needs viewers in at least two arms, not {counts.tolist()}")
    if not (shares > 0).all():
        raise DataError("each arm's share must be above 0", where="shares")
    return float(stats.chisquare(counts, counts.sum() * shares / shares.sum()).pvalue)
