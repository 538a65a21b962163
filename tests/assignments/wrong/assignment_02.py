"""What people get wrong in assignment 2."""

from tests.assignments.harness import Wrong

WRONG = [
    Wrong(
        "counts sittings instead of viewers",
        {
            "common": """
def viewers_in_common(sittings):
    return np.asarray(sittings).T @ np.asarray(sittings)
"""
        },
        {"tests-common-repeats"},
    ),
    Wrong(
        "counts the titles that two viewers share instead of the viewers that two titles share",
        {
            "common": """
def viewers_in_common(sittings):
    watched = (np.asarray(sittings) > 0).astype(int)
    return watched @ watched.T
"""
        },
        {"tests-common", "tests-common-repeats"},
    ),
    Wrong(
        "divides by the product of the audiences, which is lift",
        {
            "cosine": """
def cosine(common):
    n = np.maximum(np.diag(common), 1)
    alike = common / np.outer(n, n)
    np.fill_diagonal(alike, 0)
    return alike
"""
        },
        {"tests-cosine"},
    ),
    Wrong(
        "divides by the viewers of either title, which is Jaccard",
        {
            "cosine": """
def cosine(common):
    n = np.diag(common)
    either = np.maximum(n[:, None] + n[None, :] - common, 1)
    alike = common / either
    np.fill_diagonal(alike, 0)
    return alike
"""
        },
        {"tests-cosine"},
    ),
    Wrong(
        "divides by zero for a title without viewers",
        {
            "cosine": """
def cosine(common):
    size = np.sqrt(np.diag(common))
    alike = common / np.outer(size, size)
    np.fill_diagonal(alike, 0)
    return alike
"""
        },
        {"tests-cosine-empty"},
    ),
    Wrong(
        "lets every title be its own nearest neighbour",
        {
            "cosine": """
def cosine(common):
    size = np.sqrt(np.maximum(np.diag(common), 1))
    return common / np.outer(size, size)
"""
        },
        {"tests-cosine-self"},
    ),
    Wrong(
        "shrinks by the audience of a title instead of the viewers in common",
        {
            "shrink": """
def shrink(alike, common, s):
    n = np.diag(common)
    return alike * (n / np.maximum(n + s, 1e-12))[:, None]
"""
        },
        {"tests-shrink"},
    ),
    Wrong(
        "subtracts instead of shrinking",
        {"shrink": "def shrink(alike, common, s):\n    return np.maximum(alike - s / 10, 0)"},
        {"tests-shrink"},
    ),
    Wrong(
        "keeps the nearest by column: whose neighbours?",
        {
            "keep": """
def keep_nearest(alike, k):
    alike = np.asarray(alike, dtype=float)
    order = np.argsort(-alike, axis=0, kind="stable")[:k]
    kept = np.zeros_like(alike)
    np.put_along_axis(kept, order, np.take_along_axis(alike, order, axis=0), axis=0)
    return kept
"""
        },
        {"tests-keep", "tests-keep-ties"},
    ),
    Wrong(
        "keeps everything at or above the k-th value, ties and all",
        {
            "keep": """
def keep_nearest(alike, k):
    alike = np.asarray(alike, dtype=float)
    kth = np.sort(alike, axis=1)[:, ::-1][:, min(k, alike.shape[1]) - 1]
    return np.where(alike >= kth[:, None], alike, 0)
"""
        },
        {"tests-keep-ties"},
    ),
    Wrong(
        "asks the neighbours that others keep",
        {
            "scores": """
def scores(sittings, near):
    return (np.asarray(sittings) > 0).astype(float) @ np.asarray(near)
"""
        },
        {"tests-scores"},
    ),
    Wrong(
        "averages over the history",
        {
            "scores": """
def scores(sittings, near):
    watched = (np.asarray(sittings) > 0).astype(float)
    return watched @ np.asarray(near).T / np.maximum(watched.sum(axis=1, keepdims=True), 1)
"""
        },
        {"tests-scores"},
    ),
    Wrong(
        "lets repeated sittings vote repeatedly",
        {
            "scores": """
def scores(sittings, near):
    return np.asarray(sittings) @ np.asarray(near).T
"""
        },
        {"tests-scores"},
    ),
    Wrong(
        "forgets to leave out what was watched",
        {
            "recommend": """
def recommend(score_row, watched_row, k):
    order = np.argsort(-np.asarray(score_row), kind="stable")
    return [int(place) for place in order if score_row[place] > 0][:k]
"""
        },
        {"tests-recommend-seen"},
    ),
    Wrong(
        "leaves out what was watched after cutting to k",
        {
            "recommend": """
def recommend(score_row, watched_row, k):
    order = np.argsort(-np.asarray(score_row), kind="stable")
    best = [int(place) for place in order if score_row[place] > 0][:k]
    return [place for place in best if not watched_row[place]]
"""
        },
        {"tests-recommend-seen"},
    ),
    Wrong(
        "sorts upwards and turns the list round, so that ties come from the right",
        {
            "recommend": """
def recommend(score_row, watched_row, k):
    order = np.argsort(np.asarray(score_row), kind="stable")[::-1]
    fit = [place for place in order if score_row[place] > 0 and not watched_row[place]]
    return [int(place) for place in fit[:k]]
"""
        },
        {"tests-recommend-order"},
    ),
    Wrong(
        "fills the list with titles for which nobody speaks",
        {
            "recommend": """
def recommend(score_row, watched_row, k):
    order = np.argsort(-np.asarray(score_row), kind="stable")
    return [int(place) for place in order if not watched_row[place]][:k]
"""
        },
        {"tests-recommend-none"},
    ),
    Wrong(
        "takes the nearest of all viewers, whether or not they rated the title",
        {
            "predict": """
def predict(stars, alike, u, i, k):
    means = np.nanmean(stars, axis=1)
    nearest = sorted((v for v in range(len(stars)) if v != u), key=lambda v: -alike[u, v])[:k]
    nearest = [v for v in nearest if alike[u, v] > 0 and not np.isnan(stars[v, i])]
    if not nearest:
        return means[u]
    weights = alike[u, nearest]
    return means[u] + weights @ (stars[nearest, i] - means[nearest]) / weights.sum()
"""
        },
        {"tests-predict"},
    ),
    Wrong(
        "counts missing stars as zeros in the means",
        {
            "predict": """
def predict(stars, alike, u, i, k):
    means = np.nan_to_num(stars).mean(axis=1)
    own = np.nanmean(stars[u])
    nearest = [v for v in range(len(stars)) if not np.isnan(stars[v, i]) and alike[u, v] > 0]
    nearest = sorted(nearest, key=lambda v: -alike[u, v])[:k]
    if not nearest:
        return own
    weights = alike[u, nearest]
    return own + weights @ (stars[nearest, i] - means[nearest]) / weights.sum()
"""
        },
        {"tests-predict"},
    ),
    Wrong(
        "divides by the number of neighbours",
        {
            "predict": """
def predict(stars, alike, u, i, k):
    means = np.nanmean(stars, axis=1)
    nearest = [v for v in range(len(stars)) if not np.isnan(stars[v, i]) and alike[u, v] > 0]
    nearest = sorted(nearest, key=lambda v: -alike[u, v])[:k]
    if not nearest:
        return means[u]
    return means[u] + alike[u, nearest] @ (stars[nearest, i] - means[nearest]) / len(nearest)
"""
        },
        {"tests-predict"},
    ),
    Wrong(
        "asks complete strangers when nobody else is there",
        {
            "predict": """
def predict(stars, alike, u, i, k):
    means = np.nanmean(stars, axis=1)
    nearest = [v for v in range(len(stars)) if not np.isnan(stars[v, i])]
    nearest = sorted(nearest, key=lambda v: -alike[u, v])[:k]
    weights = alike[u, nearest]
    return means[u] + weights @ (stars[nearest, i] - means[nearest]) / weights.sum()
"""
        },
        {"tests-predict-nobody"},
    ),
]
