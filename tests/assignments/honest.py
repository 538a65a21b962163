"""A second honest answer to every question: plain loops, where the reference has numpy and pandas.

They are longer and slower, as students' answers are, and written from the questions' text.
"""

FIRST = {
    "pairs": """
def pairs_watched(plays, least=0.5):
    best, first = {}, {}
    for row in plays.itertuples(index=False):
        pair = (row.user_id, row.item_id)
        best[pair] = max(best.get(pair, 0), row.completion)
        first[pair] = min(first.get(pair, row.time), row.time)
    rows = [(u, i, first[u, i]) for (u, i), share in best.items() if share >= least]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "time"])
""",
    "density": """
def density(pairs, viewers, titles):
    possible = 0
    for _ in viewers:
        possible += len(list(titles))
    return pairs.shape[0] / possible
""",
    "split": """
def split_by_time(pairs, share=0.2):
    times = sorted(pairs["time"].tolist())
    cut = times[round(len(times) * (1 - share))]
    early = [time < cut for time in pairs["time"]]
    return pairs.loc[early], pairs.loc[[not one for one in early]]
""",
    "leaks": """
def leaks(train, test):
    def pairs(part):
        return set(zip(part["user_id"], part["item_id"]))
    start = min(test["time"])
    late = sum(1 for time in train["time"] if time >= start)
    return {"in both": len(pairs(train) & pairs(test)), "from the future": late}
""",
    "popular": """
def most_watched(train, viewers, k=10):
    seen = {}
    for user, item in zip(train["user_id"], train["item_id"]):
        seen.setdefault(user, set()).add(item)
    counts = {}
    for items in seen.values():
        for item in items:
            counts[item] = counts.get(item, 0) + 1
    ranked = sorted(sorted(counts), key=lambda item: counts[item], reverse=True)
    return {v: [i for i in ranked if i not in seen.get(v, ())][:k] for v in viewers}
""",
    "recall": """
def recall_at_k(lists, test, k=10):
    recalls = []
    for user in test["user_id"].unique():
        wanted = set(test["item_id"][test["user_id"] == user])
        hits = [item for item in list(lists.get(user, []))[:k] if item in wanted]
        recalls.append(len(set(hits)) / len(wanted))
    return np.mean(recalls)
""",
    "choose": """
def choose(train, test, options, quality, split):
    earlier, later = split(train, 0.2)
    values = [quality(option, earlier, later) for option in options]
    best = options[values.index(max(values))]
    return best, quality(best, train, test)
""",
}

SECOND = {
    "common": """
def titles_in_common(sittings):
    sets = [{i for i, n in enumerate(row) if n > 0} for row in np.asarray(sittings)]
    return [[len(a & b) for b in sets] for a in sets]
""",
    "alike": """
def alike(sittings):
    seen = np.asarray(sittings) > 0
    worth = [1 / np.log2(1 + n) if n > 0 else 0.0 for n in seen.sum(axis=0)]
    result = np.zeros((len(seen), len(seen)))
    for u in range(len(seen)):
        for v in range(len(seen)):
            either = sum(w for w, a, b in zip(worth, seen[u], seen[v]) if a or b)
            both = sum(w for w, a, b in zip(worth, seen[u], seen[v]) if a and b)
            if u != v and either > 0:
                result[u, v] = both / either
    return result
""",
    "nearest": """
def nearest(row, k):
    some = [(-value, place) for place, value in enumerate(row) if value > 0]
    return [place for value, place in sorted(some)][:k]
""",
    "votes": """
def votes(sittings, row, k):
    some = sorted((-value, place) for place, value in enumerate(row) if value > 0)[:k]
    total = -sum(value for value, _ in some)
    scores = []
    for j in range(np.asarray(sittings).shape[1]):
        mine = -sum(value for value, place in some if sittings[place][j] > 0)
        scores.append(mine / total if some else 0)
    return scores
""",
    "disagreement": """
def disagreement():
    return np.array([[1, 1, 1], [1, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1]])
""",
    "predict": """
def predict(stars, alike, u, i, k, least):
    def mean(v):
        given = [r for r in stars[v] if r == r]
        return sum(given) / len(given)
    some = []
    for v in range(len(stars)):
        if v != u and alike[u][v] > 0 and stars[v][i] == stars[v][i]:
            some.append((-alike[u][v], v))
    some = sorted(some)[:k]
    if len(some) < least:
        return mean(u)
    top = sum(-value * (stars[v][i] - mean(v)) for value, v in some)
    return mean(u) + top / sum(-value for value, _ in some)
""",
    "decide": """
RULE = "simplest"
means = [np.nanmean(validation[:, n]) for n in range(4)]
best = means.index(max(means))
column = validation[:, best][~np.isnan(validation[:, best])]
enough = means[best] - column.std() / len(column) ** 0.5
SHIPPED = [s for s, mean in zip(STRENGTHS, means) if mean >= enough][0]
""",
    "real": """
gaps = [a - b for a, b in zip(test[:, 3], test[:, 0]) if a == a and b == b]
GAIN = round(sum(gaps) / len(gaps), 4)
ends = interval_of(gaps)
REAL = bool(ends[0] * ends[1] > 0)
""",
}

THIRD = {
    "biases": """
def biases(u, i, r, n_users, n_items, l2):
    mean = sum(r) / len(r)
    b_item, b_user = [0] * n_items, [0] * n_users
    for title in range(n_items):
        own = [x - mean for x, t in zip(r, i) if t == title]
        b_item[title] = sum(own) / (len(own) + l2)
    for viewer in range(n_users):
        own = [x - mean - b_item[t] for x, t, v in zip(r, i, u) if v == viewer]
        b_user[viewer] = sum(own) / (len(own) + l2)
    return mean, np.array(b_user), np.array(b_item)
""",
    "sgd": """
def sgd_epoch(P, Q, u, i, x, rate, l2):
    P, Q = np.array(P, dtype=float), np.array(Q, dtype=float)
    for n in range(len(x)):
        error = x[n] - np.dot(P[u[n]], Q[i[n]])
        new_p = P[u[n]] + rate * (error * Q[i[n]] - l2 * P[u[n]])
        new_q = Q[i[n]] + rate * (error * P[u[n]] - l2 * Q[i[n]])
        P[u[n]], Q[i[n]] = new_p, new_q
    return P, Q
""",
    "ridge": """
def best_row(Q, items, x, l2):
    k = Q.shape[1]
    left, right = l2 * np.identity(k), np.zeros(k)
    for item, value in zip(items, x):
        left += np.outer(Q[item], Q[item])
        right += value * Q[item]
    return np.linalg.inv(left) @ right
""",
    "predict": """
def predict(mean, b_user, b_item, P, Q, u, i):
    guesses = [mean + b_user[a] + b_item[b] + P[a] @ Q[b] for a, b in zip(u, i)]
    return np.array([min(5, max(1, guess)) for guess in guesses])
""",
    "ndcg": """
def ndcg(ranked, right, k):
    import math
    if len(right) == 0:
        return math.nan
    gain = 0
    for place, title in enumerate(list(ranked)[:k], start=1):
        if title in right:
            gain += 1 / math.log2(place + 1)
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(k, len(right)) + 1))
    return gain / ideal
""",
    "place": """
def place_of(scores, held_out, known):
    place = 1
    for title, score in enumerate(scores):
        if title == held_out or title in known:
            continue
        if score >= scores[held_out]:
            place += 1
    return place
""",
    "paired": """
def difference(a, b, rng, draws=2000):
    gaps = np.array([x - y for x, y in zip(a, b) if x == x and y == y])
    means = [rng.choice(gaps, size=len(gaps), replace=True).mean() for _ in range(draws)]
    return np.quantile(means, 0.025), np.quantile(means, 0.975)
""",
}

FOURTH = {
    "weights": """
def weights(features):
    n = len(features)
    counts = [sum(column) for column in np.asarray(features).T]
    return [np.log(n / count) if count else 0.0 for count in counts]
""",
    "content": """
def content_scores(vectors, history):
    profile = np.zeros(np.shape(vectors)[1])
    for title in history:
        profile = profile + vectors[title]
    scores = []
    for row in vectors:
        length = np.sqrt((row**2).sum() * (profile**2).sum())
        scores.append(float((row * profile).sum() / length) if length > 0 else 0.0)
    return scores
""",
    "cold": """
def hold_out(watched, cold):
    train = np.array(watched)
    test = np.zeros(train.shape, dtype=int)
    for title in cold:
        test[:, title] = train[:, title]
        train[:, title] = 0
    for viewer in range(len(train)):
        if not train[viewer].any():
            test[viewer] = 0
    return train, test
""",
    "ranks": """
def to_ranks(row):
    row = list(row)
    return [sum(other < one for other in row) / (len(row) - 1) for one in row]
""",
    "blend": """
def blend(neighbours, content, viewers, s):
    result = []
    for near, about, n in zip(neighbours, content, viewers):
        w = n / (n + s)
        result.append(w * near + (1 - w) * about)
    return result
""",
    "first": """
def first_page(viewers, features, asked, k):
    titles = range(len(viewers))
    fit = [t for t in titles if any(features[t][f] for f in asked)]
    rest = [t for t in titles if t not in fit]
    by_audience = lambda t: (-viewers[t], t)
    return (sorted(fit, key=by_audience) + sorted(rest, key=by_audience))[:k]
""",
    "league": """
def league(values, baseline):
    names = list(values)
    whole = [n for n in range(len(values[names[0]]))
             if all(values[m][n] == values[m][n] for m in names)]
    means = {m: sum(values[m][n] for n in whole) / len(whole) for m in names}
    rows = [(m, means[m], means[m] - means[baseline]) for m in names]
    rows.sort(key=lambda row: -row[1])
    return pd.DataFrame(rows, columns=["model", "mean", "gain"])
""",
    "entry": """
def entry(train, features):
    n_viewers = train.sum(axis=0)
    near = train @ (train.T @ train / np.maximum(np.outer(n_viewers, n_viewers) ** 0.5, 1))
    result = []
    for row, seen in zip(near, train):
        content = np.array(content_scores(features * 1.0, np.flatnonzero(seen)))
        result.append(blend(to_ranks(row), to_ranks(content), n_viewers, 20))
    return np.array(result)
""",
}

FIFTH = {
    "exposure": """
def exposure_share(shown, group):
    inside = total = 0
    for title, rank in zip(shown["item_id"], shown["rank"]):
        weight = 1 / np.log2(rank + 1)
        total += weight
        inside += weight if group[title] else 0
    return inside / total
""",
    "disparity": """
def disparity(shown, history, group):
    weights = 1 / np.log2(1 + shown["rank"])
    flags = shown["item_id"].map(group).astype(float)
    watched = history["item_id"].map(group).astype(float)
    return (weights * flags).sum() / weights.sum() / watched.mean()
""",
    "calibration": """
def miscalibration(p, q, alpha=0.01):
    total = 0
    for a, b in zip(p, q):
        if a > 0:
            total += a * np.log(a / ((1 - alpha) * b + alpha * a))
    return total
""",
    "gini": """
def gini(shown, titles):
    counts = {title: 0 for title in titles}
    for title in shown["item_id"]:
        counts[title] += 1
    x, n = sorted(counts.values()), len(counts)
    return sum((2 * i - n - 1) * value for i, value in enumerate(x, start=1)) / (n * sum(x))
""",
    "diversity": """
def diversity(page):
    from itertools import combinations
    values = []
    for a, b in combinations(range(len(page)), 2):
        one, two = set(np.flatnonzero(page[a])), set(np.flatnonzero(page[b]))
        values.append(1 - len(one & two) / len(one | two) if one | two else 0)
    return sum(values) / len(values)
""",
    "remedy": """
def calibrated_page(scores, genres, taste, k, strength):
    def value(page):
        q = np.mean([genres[t] for t in page], axis=0)
        kl = sum(p * np.log(p / (0.99 * b + 0.01 * p)) for p, b in zip(taste, q) if p > 0)
        return (1 - strength) * sum(scores[t] for t in page) - strength * kl
    page = []
    while len(page) < k:
        rest = [t for t in range(len(scores)) if t not in page]
        page.append(max(rest, key=lambda t: value(page + [t])))
    return page
""",
}

SIXTH = {
    "split": """
def split(begun, cut, least, most):
    by_viewer = {}
    for row in begun.itertuples():
        by_viewer.setdefault(row.viewer, []).append((row.time, row.title))
    learned, asked = {}, []
    for viewer, rows in by_viewer.items():
        rows.sort()
        own, questions = [], 0
        for n, (time, title) in enumerate(rows):
            if time < cut:
                own.append(title)
                continue
            before = [t for when, t in rows[:n] if when != time]
            if len(before) >= least and questions < most:
                questions += 1
                asked.append((viewer, before, title))
        if own:
            learned[viewer] = own
    return learned, asked
""",
    "chain": """
def chain(sequences, n, prior):
    from collections import Counter
    steps, ends, left = Counter(), Counter(), Counter()
    for row in sequences:
        for k in range(1, len(row)):
            steps[row[k - 1], row[k]] += 1
            left[row[k - 1]] += 1
            ends[row[k]] += 1
    total = sum(ends.values())
    table = []
    for i in range(n):
        others = total - ends[i]
        table.append([0 if i == j else
                      (steps[i, j] + prior * ends[j] / others) / (left[i] + prior)
                      for j in range(n)])
    return table
""",
    "fade": """
def faded_scores(history, alike, half_life, floor):
    scores = []
    for j in range(len(alike)):
        top = bottom = 0
        for age, i in enumerate(history[::-1]):
            w = floor + (1 - floor) * 2 ** (-age / half_life)
            top += w * alike[i][j]
            bottom += w
        scores.append(top / bottom)
    return scores
""",
    "found": """
def chance_found(scores, history, answer, k):
    above = equal = 0
    for title, score in enumerate(scores):
        if title == answer or title in history:
            continue
        above += score > scores[answer]
        equal += score == scores[answer]
    places = range(above + 1, above + equal + 2)
    return sum(1 for place in places if place <= k) / len(places)
""",
    "shuffle": """
def shuffle_each(sequences, rng):
    result = []
    for row in sequences:
        new = list(row)
        rng.shuffle(new)
        result.append(new)
    return result
""",
    "apart": """
def shuffle_test(learned, asked, quality, shuffle, times):
    total = 0
    for _ in range(times):
        new = shuffle([list(row) for row in learned])
        histories = shuffle([list(question[1]) for question in asked])
        again = []
        for n in range(len(asked)):
            again.append((asked[n][0], histories[n], asked[n][2]))
        total += quality(new, again)
    return quality(learned, asked), total / times
""",
    "only": """
def only_order():
    return [[0, 1, 2], [0, 1, 2], [1, 0, 3], [1, 0, 3], [2], [3]]
""",
    "lead": """
def lead(viewers, a, b):
    own = {}
    for viewer, x, y in zip(viewers, a, b):
        own.setdefault(int(viewer), []).append(x - y)
    each = np.array([sum(gaps) / len(gaps) for gaps in own.values()])
    rng = np.random.default_rng(5)
    means = [rng.choice(each, len(each)).mean() for _ in range(3000)]
    return each.mean(), np.quantile(means, 0.025), np.quantile(means, 0.975)
""",
    "decide": """
RULE = "unless worse"
means = {}
for name in ("plain", "fading", "chain"):
    means[name] = validation.groupby("viewer")[name].mean()
best = "fading" if means["fading"].mean() > means["chain"].mean() else "chain"
ends = interval_of(means[best] - means["plain"])
SHIPPED = "plain" if ends[1] < 0 else best
""",
    "gains": """
def three(one, other):
    gaps = [(mine[one] - mine[other]).mean() for _, mine in test.groupby("viewer")]
    rng = np.random.default_rng(11)
    means = [np.mean(rng.choice(gaps, len(gaps))) for _ in range(8000)]
    return [float(np.mean(gaps)), *np.percentile(means, [2.5, 97.5])]
GAIN = three("fading", "plain")
LOST = three("fading", "fading, shuffled")
""",
}

SEVENTH = {
    "chance": """
def shown_chance(known, ranker, least, even):
    result = []
    for titles, name in zip(known, ranker):
        chances = {one: even / 4 for one in RANKERS}
        chances["popular" if titles < least else "EASE"] += 1 - even
        result.append(chances[name])
    return result
""",
    "values": """
def two_values(reward, propensity, target):
    top = bottom = rows = 0
    for r, p, t in zip(reward, propensity, target):
        top += t / p * r
        bottom += t / p
        rows += 1
    return [top / rows, top / bottom if bottom else np.nan]
""",
    "disagree": """
def disagreement():
    return np.array([[1, 0.25, 1, 0], [0, 0.25, 1, 0], [1, 1, 0, 1], [1, 1, 0, 0], [0, 1, 0, 0]])
""",
    "effective": """
def effective_viewers(viewers, weight):
    own = {}
    for who, w in zip(viewers, weight):
        own[who] = own.get(who, 0) + w
    squares = sum(w * w for w in own.values())
    return sum(own.values()) ** 2 / squares if squares else 0
""",
    "verdict": """
def verdict(viewers, propensity, target, enough, off):
    weights = [t / p for t, p in zip(target, propensity)]
    if effective_viewers(viewers, weights) < enough:
        return "few"
    mean = sum(weights) / len(weights)
    if mean > 1 + off or mean < 1 - off:
        return "off"
    return "answer"
""",
    "gain": """
def gain(viewers, reward, propensity, target):
    ips, snips = two_values(reward, propensity, target)
    n, old = len(list(reward)), sum(reward) / len(list(reward))
    whole = sum(t / p for t, p in zip(target, propensity))
    parts = {}
    for who, r, p, t in zip(viewers, reward, propensity, target):
        piece = t / p * (r - snips) / whole - (r - old) / n
        parts[who] = parts.get(who, 0) + piece
    error = np.sqrt(sum(piece**2 for piece in parts.values()))
    return [snips - old, snips - old - 1.96 * error, snips - old + 1.96 * error]
""",
    "needed": """
def needed(effect, sd, share, power):
    import math
    from statistics import NormalDist
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(power)
    return math.ceil((z * sd / effect) ** 2 / (share * (1 - share)))
""",
    "read": """
def read(table, share):
    from recsys_lib.experiments import ratio_check, ratio_difference
    arms = {name: part[["clicks", "pages"]].to_numpy(float) for name, part in table.groupby("arm")}
    p = ratio_check([len(arms["new"]), len(arms["old"])], [share, 1 - share])
    if p < 0.001:
        return dict(p=p, gain=None, low=None, high=None)
    found = ratio_difference(arms["new"], arms["old"])
    return dict(p=p, gain=found.difference, low=found.low, high=found.high)
""",
    "answers": """
who, p = log.viewer.tolist(), log.propensity.tolist()
ANSWERS = {letter: verdict(who, p, proposals[letter].tolist(), 200, 0.2) for letter in "ABC"}
def drawn_ratio(viewers, top, bottom, seed):
    sums = pd.DataFrame({"v": viewers, "t": top, "b": bottom}).groupby("v").sum().to_numpy()
    rng, ratios = np.random.default_rng(seed), []
    for _ in range(3000):
        t, b = sums[rng.integers(len(sums), size=len(sums))].sum(axis=0)
        ratios.append(t / b)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return [sum(top) / sum(bottom), low, high]
w = [t / q for t, q in zip(proposals["A"], p)]
LOG_VALUE = drawn_ratio(who, [x * r for x, r in zip(w, log.clicked)], w, 3)
""",
    "decide": """
one, two = read(first, SHARE), read(second, SHARE)
BELIEVED = "second" if one["p"] < two["p"] else "first"
good = two if BELIEVED == "second" else one
TRIAL_GAIN = (good["gain"], good["low"], good["high"])
new = (second if BELIEVED == "second" else first).query("arm == 'new'")
TRIAL_VALUE = drawn_ratio(new.viewer, new.clicks.tolist(), new.pages.tolist(), 4)
RULE = "better"
SHIP = good["low"] > 0
AGREE = not (LOG_VALUE[2] < TRIAL_VALUE[1] or TRIAL_VALUE[2] < LOG_VALUE[1])
""",
}

HONEST = {
    "01_from_log_to_problem": FIRST,
    "02_neighbours_from_scratch": SECOND,
    "03_taste_in_numbers": THIRD,
    "04_cold_starts": FOURTH,
    "05_audit": FIFTH,
    "06_what_comes_next": SIXTH,
    "07_what_a_log_can_say": SEVENTH,
}
