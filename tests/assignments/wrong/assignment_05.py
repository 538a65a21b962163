"""What people get wrong in assignment 5."""

from tests.assignments.harness import Wrong

WRONG = [
    Wrong(
        "counts slots as if every place were seen alike",
        {
            "exposure": """
def exposure_share(shown, group):
    return group.loc[shown["item_id"]].mean()
"""
        },
        {"tests-exposure"},
    ),
    Wrong(
        "counts each title once, however often it is shown",
        {
            "exposure": """
def exposure_share(shown, group):
    best = shown.sort_values("rank").drop_duplicates("item_id")
    weight = 1 / np.log2(best["rank"].to_numpy() + 1)
    inside = group.loc[best["item_id"]].to_numpy()
    return weight[inside].sum() / weight.sum()
"""
        },
        {"tests-exposure"},
    ),
    Wrong(
        "compares with the catalogue instead of what viewers watch",
        {
            "disparity": """
def disparity(shown, history, group):
    weight = 1 / np.log2(shown["rank"].to_numpy() + 1)
    inside = group.loc[shown["item_id"]].to_numpy()
    return weight[inside].sum() / weight.sum() / group.mean()
"""
        },
        {"tests-disparity"},
    ),
    Wrong(
        "counts a watched title once, however many watched it",
        {
            "disparity": """
def disparity(shown, history, group):
    weight = 1 / np.log2(shown["rank"].to_numpy() + 1)
    inside = group.loc[shown["item_id"]].to_numpy()
    return weight[inside].sum() / weight.sum() / group.loc[history["item_id"].unique()].mean()
"""
        },
        {"tests-disparity"},
    ),
    Wrong(
        "turns the divergence round",
        {
            "calibration": """
def miscalibration(p, q, alpha=0.01):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    mixed = (1 - alpha) * q + alpha * p
    some = mixed > 0
    with np.errstate(divide="ignore"):
        return float(np.sum(mixed[some] * np.log(mixed[some] / p[some])))
"""
        },
        {"tests-calibration", "tests-calibration-zeros"},
    ),
    Wrong(
        "forgets to mix, so that a missing genre is infinitely bad",
        {
            "calibration": """
def miscalibration(p, q, alpha=0.01):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    some = (p > 0) & (q > 0)
    return float(np.sum(p[some] * np.log(p[some] / q[some])))
"""
        },
        {"tests-calibration", "tests-calibration-zeros"},
    ),
    Wrong(
        "takes the difference of shares for the divergence",
        {
            "calibration": """
def miscalibration(p, q, alpha=0.01):
    return float(np.abs(np.asarray(p) - np.asarray(q)).sum() / 2)
"""
        },
        {"tests-calibration", "tests-calibration-zeros"},
    ),
    Wrong(
        "stumbles over a genre that the viewer never watched",
        {
            "calibration": """
def miscalibration(p, q, alpha=0.01):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.sum(p * np.log(p / ((1 - alpha) * q + alpha * p))))
"""
        },
        {"tests-calibration-zeros"},
    ),
    Wrong(
        "leaves out the titles that are never shown",
        {
            "gini": """
def gini(shown, titles):
    x = np.sort(shown["item_id"].value_counts().to_numpy())
    n = len(x)
    return float(((2 * np.arange(1, n + 1) - n - 1) * x).sum() / (n * x.sum()))
"""
        },
        {"tests-gini"},
    ),
    Wrong(
        "forgets to sort",
        {
            "gini": """
def gini(shown, titles):
    x = shown["item_id"].value_counts().reindex(list(titles), fill_value=0).to_numpy()
    n = len(x)
    return float(((2 * np.arange(1, n + 1) - n - 1) * x).sum() / (n * x.sum()))
"""
        },
        {"tests-gini"},
    ),
    Wrong(
        "compares titles with themselves too",
        {
            "diversity": """
def diversity(page):
    page = np.asarray(page) > 0
    both = (page[:, None] & page[None]).sum(axis=2)
    either = (page[:, None] | page[None]).sum(axis=2)
    return float(np.where(either > 0, 1 - both / np.maximum(either, 1), 0).mean())
"""
        },
        {"tests-diversity"},
    ),
    Wrong(
        "divides the shared features by all features",
        {
            "diversity": """
def diversity(page):
    page = np.asarray(page) > 0
    pairs = [(i, j) for i in range(len(page)) for j in range(i)]
    return float(np.mean([1 - (page[i] & page[j]).mean() for i, j in pairs]))
"""
        },
        {"tests-diversity"},
    ),
    Wrong(
        "judges each candidate alone instead of the page so far",
        {
            "remedy": """
def calibrated_page(scores, genres, taste, k, strength):
    scores, genres, taste = map(np.asarray, (scores, genres, taste))
    some = taste > 0
    mixed = 0.99 * genres[:, some] + 0.01 * taste[some]
    distance = (taste[some] * np.log(taste[some] / mixed)).sum(axis=1)
    value = (1 - strength) * scores - strength * distance
    return np.argsort(-value, kind="stable")[:k].tolist()
"""
        },
        {"tests-remedy"},
    ),
    Wrong(
        "rewards the distance instead of punishing it",
        {
            "remedy": """
def calibrated_page(scores, genres, taste, k, strength):
    scores, genres, taste = (np.asarray(x, dtype=float) for x in (scores, genres, taste))
    chosen, some = [], taste > 0
    for slot in range(1, k + 1):
        mixed = 0.99 * ((genres[chosen].sum(axis=0) + genres) / slot)[:, some]
        mixed = mixed + 0.01 * taste[some]
        distance = (taste[some] * np.log(taste[some] / mixed)).sum(axis=1)
        value = (1 - strength) * (scores[chosen].sum() + scores) + strength * distance
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(np.round(value, 12))))
    return chosen
"""
        },
        {"tests-remedy"},
    ),
    Wrong(
        "lets the remedy work when it is switched off",
        {
            "remedy": """
def calibrated_page(scores, genres, taste, k, strength):
    scores, genres, taste = (np.asarray(x, dtype=float) for x in (scores, genres, taste))
    chosen, some = [], taste > 0
    for slot in range(1, k + 1):
        mixed = 0.99 * ((genres[chosen].sum(axis=0) + genres) / slot)[:, some]
        mixed = mixed + 0.01 * taste[some]
        distance = (taste[some] * np.log(taste[some] / mixed)).sum(axis=1)
        value = scores[chosen].sum() + scores - distance
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(np.round(value, 12))))
    return chosen
"""
        },
        {"tests-remedy", "tests-remedy-off"},
    ),
]
