"""Which titles are unfit for a viewer of a given age, judged by what is said about them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.validation import check_is_fitted

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.models.content.title_features import check_titles, vectorizer

FROM_AGE = {"all": 0, "7+": 7, "10+": 10, "13+": 13, "16+": 16, "18+": 18}
READ = ("synopsis", "genres", "themes", "tone")
FOLDS = 5


def unfit_for(maturity: pd.Series, age: float) -> np.ndarray:
    """Whether each title's mark, such as "13+", is above `age`.

    >>> unfit_for(pd.Series(["all", "10+", "13+"]), age=11).tolist()
    [False, False, True]
    """
    from_age = maturity.map(FROM_AGE)
    if from_age.isna().any():
        mark = maturity[from_age.isna()].tolist()[0]
        raise DataError(f"column 'maturity' holds {mark!r}",
                        fix=f"Use one of {', '.join(FROM_AGE)}.")  # fmt: skip
    return (from_age > age).to_numpy()


class MaturityClassifier(BaseEstimator):
    """Calls a title unfit if its chance of being so reaches a threshold set by what may be missed.

    threshold = the m-th smallest chance among the n unfit titles, m = floor(miss * (n + 1))

    Chances are those of a logistic regression on TF-IDF of synopsis, genres, themes and tone; for
    the threshold each title's chance comes from a model fitted without it (5 folds). If new titles
    are like these, about a share `miss` of the unfit ones is let through. With m = 0, too few unfit
    titles are known to promise that, and every title is called unfit.

    Args:
        age: of the viewer, in years.
        miss: largest share of unfit titles to let through, above 0 and below 1.
        C: inverse strength of the regression's penalty, above 0.
        random_state: seed of the folds.

    Raises:
        ArgumentError: an argument outside its values.
        DataError: a column is missing, an unknown mark, or fewer than 5 titles fit or unfit.
    """

    def __init__(self, age: float = 11, miss: float = 0.05, C: float = 10.0, random_state: int = 0):
        self.age = age
        self.miss = miss
        self.C = C
        self.random_state = random_state

    def fit(self, items: pd.DataFrame) -> MaturityClassifier:
        """Learn from titles whose `maturity` is known."""
        self._check(items)
        unfit = unfit_for(items["maturity"], self.age)
        if min(unfit.sum(), (~unfit).sum()) < FOLDS:
            raise DataError(f"fewer than {FOLDS} titles are fit, or unfit, for age {self.age}")
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=self.random_state)
        chance = cross_val_predict(
            self._pipeline(), items[list(READ)], unfit, cv=folds, method="predict_proba"
        )[:, 1]
        known = np.sort(chance[unfit])
        m = int(np.floor(self.miss * (len(known) + 1)))
        pipeline = self._pipeline().fit(items[list(READ)], unfit)
        self.threshold_, self.pipeline_ = float(known[m - 1]) if m else 0.0, pipeline
        return self

    def _check(self, items) -> None:
        check_at_least("age", self.age, 0)
        for name, value, high in (("miss", self.miss, 1), ("C", self.C, np.inf)):
            if not 0 < value < high:
                raise ArgumentError(f"{name} must be above 0 and below {high}, not {value!r}")
        check_titles(items, [*READ, "maturity"], "MaturityClassifier")

    def _pipeline(self) -> Pipeline:
        blocks = ColumnTransformer([(block, vectorizer(block), block) for block in READ])
        return make_pipeline(blocks, LogisticRegression(C=self.C, max_iter=1000))

    def chance_unfit(self, items: pd.DataFrame) -> np.ndarray:
        """The chance that each title is unfit, float64 (len(items),); `maturity` is not read."""
        check_is_fitted(self, "pipeline_")
        check_titles(items, READ, "MaturityClassifier")
        return self.pipeline_.predict_proba(items[list(READ)])[:, 1]

    def predict(self, items: pd.DataFrame) -> np.ndarray:
        """Whether each title is called unfit, bool (len(items),)."""
        return self.chance_unfit(items) >= self.threshold_
