"""Why this title: contributions that sum to the score, and what would take it off the list."""

from recsys_lib.explain.contributions import Explanation, explain, feature_contributions
from recsys_lib.explain.counterfactual import Counterfactual, counterfactual
from recsys_lib.explain.histories import exact_scores
from recsys_lib.explain.sentences import because, without

__all__ = [
    "Counterfactual",
    "Explanation",
    "because",
    "counterfactual",
    "exact_scores",
    "explain",
    "feature_contributions",
    "without",
]
