"""What people get wrong in assignment 4."""

from tests.assignments.harness import Wrong

NEIGHBOURS_ONLY = """
def entry(train, features):
    common = (train.T @ train).astype(float)
    size = np.sqrt(np.maximum(np.diag(common), 1))
    alike = common / np.outer(size, size)
    np.fill_diagonal(alike, 0)
    return train @ alike
"""
CONTENT_ONLY = """
def entry(train, features):
    unit = features / np.maximum(np.linalg.norm(features, axis=1), 1)[:, None]
    rare = np.log(len(features) / np.maximum(features.sum(axis=0), 1))
    return (train @ (features * rare)) @ (unit * rare).T
"""
WRONG = [
    Wrong(
        "gives common features the most weight",
        {"weights": "def weights(features):\n    return np.log(1 + features.sum(axis=0))"},
        {"tests-weights"},
    ),
    Wrong(
        "divides by zero for a feature that nobody uses",
        {
            "weights": """
def weights(features):
    with np.errstate(divide="ignore"):
        return np.log(len(features) / features.sum(axis=0))
"""
        },
        {"tests-weights"},
    ),
    Wrong(
        "takes the product for the cosine, so that titles with many features win",
        {
            "content": """
def content_scores(vectors, history):
    return vectors @ vectors[np.asarray(history, dtype=int)].sum(axis=0)
"""
        },
        {"tests-content"},
    ),
    Wrong(
        "divides by the length of an empty profile",
        {
            "content": """
def content_scores(vectors, history):
    profile = vectors[np.asarray(history, dtype=int)].sum(axis=0)
    with np.errstate(invalid="ignore"):
        return vectors @ profile / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(profile))
"""
        },
        {"tests-content-empty"},
    ),
    Wrong(
        "takes the newest title for the profile",
        {
            "content": """
def content_scores(vectors, history):
    profile = vectors[history[-1]] if len(history) else np.zeros(vectors.shape[1])
    length = np.linalg.norm(vectors, axis=1) * np.linalg.norm(profile)
    return vectors @ profile / np.where(length > 0, length, 1)
"""
        },
        {"tests-content"},
    ),
    Wrong(
        "holds out half of the cold titles' events and learns from the rest",
        {
            "cold": """
def hold_out(watched, cold):
    train, test = watched.copy(), np.zeros_like(watched)
    test[::2, cold] = watched[::2, cold]
    train[::2, cold] = 0
    test[train.sum(axis=1) == 0] = 0
    return train, test
"""
        },
        {"tests-cold", "tests-cold-viewers"},
    ),
    Wrong(
        "judges viewers of whom nothing is known",
        {
            "cold": """
def hold_out(watched, cold):
    train, test = watched.copy(), np.zeros_like(watched)
    train[:, cold] = 0
    test[:, cold] = watched[:, cold]
    return train, test
"""
        },
        {"tests-cold-viewers"},
    ),
    Wrong(
        "empties the table that it was given",
        {
            "cold": """
def hold_out(watched, cold):
    test = np.zeros_like(watched)
    test[:, cold] = watched[:, cold]
    watched[:, cold] = 0
    test[watched.sum(axis=1) == 0] = 0
    return watched, test
"""
        },
        {"tests-cold"},
    ),
    Wrong(
        "stretches scores from 0 to 1 and calls them ranks",
        {
            "ranks": """
def to_ranks(row):
    row = np.asarray(row, dtype=float)
    return (row - row.min()) / max(row.max() - row.min(), 1e-9)
"""
        },
        {"tests-ranks"},
    ),
    Wrong(
        "breaks ties by place",
        {
            "ranks": """
def to_ranks(row):
    return np.argsort(np.argsort(row, kind="stable")) / (len(row) - 1)
"""
        },
        {"tests-ranks"},
    ),
    Wrong(
        "turns the weights round",
        {
            "blend": """
def blend(neighbours, content, viewers, s):
    w = viewers / (viewers + s)
    return (1 - w) * neighbours + w * content
"""
        },
        {"tests-blend"},
    ),
    Wrong(
        "gives all titles one weight",
        {
            "blend": """
def blend(neighbours, content, viewers, s):
    w = viewers.mean() / (viewers.mean() + s)
    return w * neighbours + (1 - w) * content
"""
        },
        {"tests-blend"},
    ),
    Wrong(
        "demands every asked feature",
        {
            "first": """
def first_page(viewers, features, asked, k):
    fits = features[:, list(asked)].all(axis=1)
    return [int(title) for title in np.lexsort((-np.asarray(viewers), ~fits))[:k]]
"""
        },
        {"tests-first"},
    ),
    Wrong(
        "puts titles with more of the asked features first",
        {
            "first": """
def first_page(viewers, features, asked, k):
    matches = features[:, list(asked)].sum(axis=1)
    return [int(title) for title in np.lexsort((-np.asarray(viewers), -matches))[:k]]
"""
        },
        {"tests-first"},
    ),
    Wrong(
        "leaves the page half empty",
        {
            "first": """
def first_page(viewers, features, asked, k):
    fits = np.flatnonzero(features[:, list(asked)].any(axis=1))
    order = np.argsort(-np.asarray(viewers)[fits], kind="stable")
    return [int(title) for title in fits[order][:k]]
"""
        },
        {"tests-first-fill"},
    ),
    Wrong(
        "puts the worst first",
        {
            "league": """
def league(values, baseline):
    means = pd.DataFrame(values).dropna().mean()
    table = pd.DataFrame({"model": means.index, "mean": means.to_numpy()})
    table["gain"] = table["mean"] - means[baseline]
    return table.sort_values("mean", ignore_index=True)
"""
        },
        {"tests-league"},
    ),
    Wrong(
        "averages each model over its own viewers",
        {
            "league": """
def league(values, baseline):
    means = pd.DataFrame(values).mean().sort_values(ascending=False)
    gain = means.to_numpy() - means[baseline]
    return pd.DataFrame({"model": means.index, "mean": means.to_numpy(), "gain": gain})
"""
        },
        {"tests-league-viewers"},
    ),
    Wrong("enters neighbours alone", {"entry": NEIGHBOURS_ONLY}, {"tests-entry-cold"}),
    Wrong("enters content alone", {"entry": CONTENT_ONLY}, {"tests-entry-warm"}),
    Wrong(
        "blends on raw scales, so that the larger unit wins",
        {
            "entry": CONTENT_ONLY.replace("def entry", "def content_of")
            + NEIGHBOURS_ONLY.replace("def entry", "def near_of")
            + """
def entry(train, features):
    return near_of(train, features) + 1000 * content_of(train, features)
"""
        },
        {"tests-entry-warm"},
    ),
    Wrong(
        "enters what everybody watches",
        {
            "entry": """
def entry(train, features):
    return np.tile(train.sum(axis=0), (len(train), 1)) + np.arange(len(features)) / 1e6
"""
        },
        {"tests-entry-cold", "tests-entry-warm"},
    ),
    Wrong(
        "blends content with what everybody watches, and asks no neighbour",
        {
            "entry": CONTENT_ONLY.replace("def entry", "def content_of")
            + """
def entry(train, features):
    audience = train.sum(axis=0)
    w = audience / (audience + 10)
    content = np.array([to_ranks(row) for row in content_of(train, features)])
    return w * np.array(to_ranks(audience)) + (1 - w) * content
"""
        },
        {"tests-entry-warm"},
    ),
]
