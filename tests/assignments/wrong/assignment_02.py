"""What people get wrong in assignment 2."""

from tests.assignments.harness import Wrong

ALIKE = """
def alike(sittings):
    watched = (np.asarray(sittings) > 0).astype(float)
    audience = watched.sum(axis=0)
    worth = {worth}
    both = (watched * worth) @ watched.T
    own = watched @ worth
    either = own[:, None] + own - both
    result = {result}
    {diagonal}
    return result
"""
WORTH = "np.where(audience > 0, 1 / np.log2(1 + np.maximum(audience, 1)), 0)"
SAFE = "np.where(either > 0, both / np.where(either > 0, either, 1), 0)"
ZERO = "np.fill_diagonal(result, 0)"
PREDICT = """
def predict(stars, alike, u, i, k, least):
    means = {means}
    raters = [v for v in range(len(stars)) if {rated}v != u{positive}]
    near = sorted(raters, key=lambda v: -alike[u, v])[:k]
    near = [v for v in near if not np.isnan(stars[v, i])]
    if {few}:
        return means[u]
    weights = np.array([alike[u, v] for v in near])
    surprises = np.array([stars[v, i] - means[v] for v in near])
    return means[u] + weights @ surprises / {by}
"""
RIGHT = {
    "means": "np.nanmean(stars, axis=1)",
    "rated": "not np.isnan(stars[v, i]) and ",
    "positive": " and alike[u, v] > 0",
    "few": "len(near) < least",
    "by": "weights.sum()",
}


def alike(worth=WORTH, result=SAFE, diagonal=ZERO):
    return {"alike": ALIKE.format(worth=worth, result=result, diagonal=diagonal)}


def predict(**changed):
    return {"predict": PREDICT.format(**(RIGHT | changed))}


WRONG = [
    Wrong(
        "counts sittings for titles",
        {"common": "def titles_in_common(s):\n    return np.asarray(s) @ np.asarray(s).T"},
        {"tests-common-repeats"},
    ),
    Wrong(
        "turns the table the wrong way",
        {
            "common": """
def titles_in_common(sittings):
    watched = (np.asarray(sittings) > 0).astype(int)
    return watched.T @ watched
"""
        },
        {"tests-common", "tests-common-repeats"},
    ),
    Wrong(
        "weighs every title alike (Jaccard)", alike(worth="np.ones_like(audience)"), {"tests-alike"}
    ),
    Wrong("lets popular titles weigh more", alike(worth="np.log2(1 + audience)"), {"tests-alike"}),
    Wrong(
        "divides by the worth of the first viewer only",
        alike(result="np.where(own > 0, both / np.maximum(own, 1e-9)[:, None], 0)"),
        {"tests-alike"},
    ),
    Wrong("divides by zero", alike(result="both / either"), {"tests-alike-empty"}),
    Wrong("leaves viewers their own neighbours", alike(diagonal="pass"), {"tests-alike-self"}),
    Wrong(
        "fills the list with strangers",
        {
            "nearest": """
def nearest(row, k):
    return [int(place) for place in np.argsort(-np.asarray(row, dtype=float), kind="stable")[:k]]
"""
        },
        {"tests-nearest"},
    ),
    Wrong(
        "takes the later of equally near ones",
        {
            "nearest": """
def nearest(row, k):
    order = np.argsort(np.asarray(row, dtype=float), kind="stable")[::-1]
    return [int(place) for place in order if row[place] > 0][:k]
"""
        },
        {"tests-nearest-ties"},
    ),
    Wrong(
        "lets everybody vote",
        {
            "votes": """
def votes(sittings, row, k):
    row = np.asarray(row, dtype=float)
    watched = (np.asarray(sittings) > 0).astype(float)
    return row @ watched / row.sum() if row.sum() > 0 else np.zeros(watched.shape[1])
"""
        },
        {"tests-votes"},
    ),
    Wrong(
        "divides by the number of neighbours asked for",
        {
            "votes": """
def votes(sittings, row, k):
    near = [v for v in np.argsort(-row, kind="stable") if row[v] > 0][:k]
    watched = (np.asarray(sittings) > 0).astype(float)
    return row[near] @ watched[near] / k
"""
        },
        {"tests-votes", "tests-votes-nobody"},
    ),
    Wrong(
        "divides nobody's vote by nothing",
        {
            "votes": """
def votes(sittings, row, k):
    near = [v for v in np.argsort(-row, kind="stable") if row[v] > 0][:k]
    watched = (np.asarray(sittings) > 0).astype(float)
    return row[near] @ watched[near] / row[near].sum()
"""
        },
        {"tests-votes-nobody"},
    ),
    Wrong(
        "gives an example in which both likenesses agree",
        {"disagreement": "disagreement = lambda: [[1, 1, 0], [1, 1, 1], [1, 0, 1], [0, 0, 1]]"},
        {"tests-disagreement"},
    ),
    Wrong(
        "gives an example in which cosine already prefers the larger",
        {"disagreement": "def disagreement():\n    return [[1, 1, 1], [1, 0, 1], [1, 0, 1]]"},
        {"tests-disagreement"},
    ),
    Wrong(
        "chooses neighbours before asking who rated",
        predict(rated=""),
        {"tests-predict"},
    ),
    Wrong(
        "counts missing stars as zeros",
        predict(means="np.nan_to_num(stars).mean(axis=1)"),
        {"tests-predict", "tests-predict-least"},
    ),
    Wrong(
        "divides by the number of neighbours",
        predict(by="len(near)"),
        {"tests-predict", "tests-predict-least"},
    ),
    Wrong("guesses on the word of one", predict(few="not near"), {"tests-predict-least"}),
    Wrong("counts strangers as neighbours", predict(positive=""), {"tests-predict-least"}),
    Wrong(
        "ships what looks best on test",
        {
            "decide": """
RULE = "best"
by_validation = STRENGTHS[int(np.argmax(np.nanmean(validation, axis=0)))]
SHIPPED = next(s for s in STRENGTHS[::-1] if s != by_validation)
"""
        },
        {"tests-decide"},
    ),
    Wrong("ships without a rule", {"decide": "RULE = 'gut'\nSHIPPED = 2"}, {"tests-decide"}),
    Wrong(
        "takes the sign of the mean for a real gain",
        {
            "real": """
GAIN = np.nanmean(test[:, 3] - test[:, 0])
low, high = interval_of(test[:, 3] - test[:, 0])
REAL = not (low > 0 or high < 0)
"""
        },
        {"tests-real"},
    ),
    Wrong(
        "reads the gain off the validation column",
        {
            "real": """
difference = validation[:, 3] - validation[:, 0]
GAIN = np.nanmean(difference)
low, high = interval_of(difference)
REAL = low > 0 or high < 0
"""
        },
        {"tests-real"},
    ),
]
