"""What people get wrong in assignment 3."""

from tests.assignments.harness import Wrong

WRONG = [
    Wrong(
        "forgets to shrink the averages of titles",
        {
            "biases": """
def biases(u, i, r, n_users, n_items, l2):
    mean = r.mean()
    b_item = np.bincount(i, weights=r - mean, minlength=n_items)
    b_item /= np.maximum(np.bincount(i, minlength=n_items), 1)
    left = r - mean - b_item[i]
    b_user = np.bincount(u, weights=left, minlength=n_users)
    return mean, b_user / (np.bincount(u, minlength=n_users) + l2), b_item
"""
        },
        {"tests-biases-titles", "tests-biases-viewers"},
    ),
    Wrong(
        "judges viewers without taking the titles' biases off",
        {
            "biases": """
def biases(u, i, r, n_users, n_items, l2):
    mean = r.mean()
    b_item = np.bincount(i, weights=r - mean, minlength=n_items)
    b_user = np.bincount(u, weights=r - mean, minlength=n_users)
    b_user = b_user / (np.bincount(u, minlength=n_users) + l2)
    return mean, b_user, b_item / (np.bincount(i, minlength=n_items) + l2)
"""
        },
        {"tests-biases-viewers"},
    ),
    Wrong(
        "moves the title with the viewer's row already moved",
        {
            "sgd": """
def sgd_epoch(P, Q, u, i, x, rate, l2):
    P, Q = P.copy(), Q.copy()
    for a, b, value in zip(u, i, x):
        error = value - P[a] @ Q[b]
        P[a] += rate * (error * Q[b] - l2 * P[a])
        Q[b] += rate * (error * P[a] - l2 * Q[b])
    return P, Q
"""
        },
        {"tests-sgd"},
    ),
    Wrong(
        "computes all errors before the first step",
        {
            "sgd": """
def sgd_epoch(P, Q, u, i, x, rate, l2):
    errors = x - (P[u] * Q[i]).sum(axis=1)
    P, Q = P.copy(), Q.copy()
    for a, b, error in zip(u, i, errors):
        p, q = P[a].copy(), Q[b].copy()
        P[a] += rate * (error * q - l2 * p)
        Q[b] += rate * (error * p - l2 * q)
    return P, Q
"""
        },
        {"tests-sgd"},
    ),
    Wrong(
        "adds the penalty instead of subtracting it",
        {
            "sgd": """
def sgd_epoch(P, Q, u, i, x, rate, l2):
    P, Q = P.copy(), Q.copy()
    for a, b, value in zip(u, i, x):
        p, q = P[a].copy(), Q[b].copy()
        error = value - p @ q
        P[a] += rate * (error * q + l2 * p)
        Q[b] += rate * (error * p + l2 * q)
    return P, Q
"""
        },
        {"tests-sgd-penalty"},
    ),
    Wrong(
        "changes the arrays it was given",
        {
            "sgd": """
def sgd_epoch(P, Q, u, i, x, rate, l2):
    for a, b, value in zip(u, i, x):
        p, q = P[a].copy(), Q[b].copy()
        error = value - p @ q
        P[a] += rate * (error * q - l2 * p)
        Q[b] += rate * (error * p - l2 * q)
    return P, Q
"""
        },
        {"tests-sgd-copies"},
    ),
    Wrong(
        "fits a viewer to titles that the viewer never rated",
        {
            "ridge": """
def best_row(Q, items, x, l2):
    full = np.zeros(len(Q))
    full[np.asarray(items, dtype=int)] = x
    return np.linalg.solve(Q.T @ Q + l2 * np.eye(Q.shape[1]), Q.T @ full)
"""
        },
        {"tests-ridge"},
    ),
    Wrong(
        "leaves the penalty out",
        {
            "ridge": """
def best_row(Q, items, x, l2):
    rated = Q[np.asarray(items, dtype=int)]
    return np.linalg.pinv(rated) @ np.asarray(x, dtype=float)
"""
        },
        {"tests-ridge"},
    ),
    Wrong(
        "cannot do without ratings",
        {
            "ridge": """
def best_row(Q, items, x, l2):
    rated = np.array([Q[n] for n in items])
    return np.linalg.solve(rated.T @ rated + l2 * np.eye(Q.shape[1]), rated.T @ np.array(x))
"""
        },
        {"tests-ridge-empty"},
    ),
    Wrong(
        "multiplies every viewer with every title",
        {
            "predict": """
def predict(mean, b_user, b_item, P, Q, u, i):
    return np.clip(mean + b_user[u] + b_item[i] + (P[u] @ Q[i].T).sum(axis=1), 1, 5)
"""
        },
        {"tests-predict"},
    ),
    Wrong(
        "lets guesses leave the scale",
        {
            "predict": """
def predict(mean, b_user, b_item, P, Q, u, i):
    return mean + b_user[u] + b_item[i] + (P[u] * Q[i]).sum(axis=1)
"""
        },
        {"tests-predict-range"},
    ),
    Wrong(
        "takes k hits for the ideal, however few titles are right",
        {
            "ndcg": """
def ndcg(ranked, right, k):
    if not right:
        return float("nan")
    gain = sum(1 / np.log2(j + 2) for j, title in enumerate(ranked[:k]) if title in right)
    return gain / sum(1 / np.log2(j + 2) for j in range(k))
"""
        },
        {"tests-ndcg"},
    ),
    Wrong(
        "takes the hits that there were for the ideal",
        {
            "ndcg": """
def ndcg(ranked, right, k):
    if not right:
        return float("nan")
    hits = [title in right for title in ranked[:k]]
    gain = sum(hit / np.log2(j + 2) for j, hit in enumerate(hits))
    return gain / max(sum(1 / np.log2(j + 2) for j in range(sum(hits))), 1e-9)
"""
        },
        {"tests-ndcg"},
    ),
    Wrong(
        "gives viewers without an answer a 0",
        {
            "ndcg": """
def ndcg(ranked, right, k):
    gain = sum(1 / np.log2(j + 2) for j, title in enumerate(ranked[:k]) if title in right)
    return gain / max(sum(1 / np.log2(j + 2) for j in range(min(k, len(right)))), 1e-9)
"""
        },
        {"tests-ndcg-nothing"},
    ),
    Wrong(
        "lets known titles compete",
        {
            "place": """
def place_of(scores, held_out, known):
    rivals = [n for n in range(len(scores)) if n != held_out]
    return 1 + sum(scores[n] >= scores[held_out] for n in rivals)
"""
        },
        {"tests-place"},
    ),
    Wrong(
        "ranks among a hundred drawn titles instead of all",
        {
            "place": """
def place_of(scores, held_out, known):
    rivals = [n for n in range(len(scores)) if n not in known and n != held_out]
    drawn = np.random.default_rng(0).permutation(rivals)[:100]
    return 1 + sum(scores[n] >= scores[held_out] for n in drawn)
"""
        },
        {"tests-place"},
    ),
    Wrong(
        "lets ties win",
        {
            "place": """
def place_of(scores, held_out, known):
    rivals = [n for n in range(len(scores)) if n not in known and n != held_out]
    return 1 + sum(scores[n] > scores[held_out] for n in rivals)
"""
        },
        {"tests-place-ties"},
    ),
    Wrong(
        "draws different viewers for the two models",
        {
            "paired": """
def difference(a, b, rng, draws=2000):
    keep = ~(np.isnan(a) | np.isnan(b))
    a, b = np.asarray(a)[keep], np.asarray(b)[keep]
    first = rng.choice(a, (draws, len(a))).mean(axis=1)
    second = rng.choice(b, (draws, len(b))).mean(axis=1)
    return tuple(np.percentile(first - second, [2.5, 97.5]))
"""
        },
        {"tests-paired"},
    ),
    Wrong(
        "gives the spread of viewers for the uncertainty of their mean",
        {
            "paired": """
def difference(a, b, rng, draws=2000):
    gap = np.asarray(a) - np.asarray(b)
    return tuple(np.percentile(gap[~np.isnan(gap)], [2.5, 97.5]))
"""
        },
        {"tests-paired"},
    ),
    Wrong(
        "takes missing answers for zeros",
        {
            "paired": """
def difference(a, b, rng, draws=2000):
    gap = np.nan_to_num(np.asarray(a)) - np.nan_to_num(np.asarray(b))
    drawn = rng.integers(0, len(gap), (draws, len(gap)))
    return tuple(np.percentile(gap[drawn].mean(axis=1), [2.5, 97.5]))
"""
        },
        {"tests-paired-nan"},
    ),
    Wrong(
        "takes a normal approximation for the bootstrap",
        {
            "paired": """
def difference(a, b, rng, draws=2000):
    gap = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    gap = gap[~np.isnan(gap)]
    half = 1.96 * gap.std(ddof=1) / len(gap) ** 0.5
    return gap.mean() - half, gap.mean() + half
"""
        },
        {"tests-paired"},
    ),
]
