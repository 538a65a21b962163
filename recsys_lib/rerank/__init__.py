"""Re-rankers: candidates in, the same candidates in another order out.

Every re-ranker works on all lists at once and has the same first two arguments and result:

    items: int (n_users, n), each row a viewer's candidates, best first, as columns of
        `train.items`; no title twice in a row; -1 in empty slots, which stand at the end.

    scores: float (n_users, n), what the model said of each, falling along the row; whatever
        stands in an empty slot is ignored.

    → int (n_users, k): the first k of the viewer's candidates in their new order, -1 in empty
        slots. With k = n, the default, a row is a permutation of the candidates.

A setting of zero returns `items[:, :k]` exactly. Where a setting weighs scores against something
else, scores are first scaled to 0 ... 1 in each row (`relevance`), so a weight means the same for
every model, given the same n. Equal values keep the order of the candidates. What is random takes
`rng`.

    mmr(items, scores, features, weight=0.3, k=10)               unlike what is above it
    calibrated(items, scores, shares, target, weight=0.5, k=10)  the history's mix of genres
    minimum_share(items, scores, in_group, share=0.3, k=10)      a share of every list
    amortised_share(items, scores, in_group, share=0.3, k=10)    a share of all lists together
    popularity_discounted(items, scores, popularity, weight=0.3, k=10)
    epsilon_greedy(items, scores, epsilon=0.05, k=10, rng=rng)   some slots by lot
    thompson(items, scores, sd, scale=1.0, k=10, rng=rng)        the less known, the more luck
    serendipity_slots(items, scores, surprise, slots=2, k=10)    liked and unlike the history

`rerank_frame` does the same to a frame that `recommend` returned.
"""

from recsys_lib.rerank.calibration import calibrated
from recsys_lib.rerank.candidates import relevance
from recsys_lib.rerank.diversity import mmr
from recsys_lib.rerank.exploration import epsilon_greedy, thompson
from recsys_lib.rerank.exposure import amortised_share, minimum_share
from recsys_lib.rerank.frame import rerank_frame
from recsys_lib.rerank.popularity import popularity_discounted
from recsys_lib.rerank.serendipity import serendipity_slots, unexpectedness

__all__ = [
    "amortised_share",
    "calibrated",
    "epsilon_greedy",
    "minimum_share",
    "mmr",
    "popularity_discounted",
    "relevance",
    "rerank_frame",
    "serendipity_slots",
    "thompson",
    "unexpectedness",
]
