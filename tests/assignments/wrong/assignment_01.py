"""What people get wrong in assignment 1."""

from tests.assignments.harness import Wrong

WRONG = [
    Wrong(
        "counts every long sitting instead of every pair",
        {
            "pairs": """
def pairs_watched(plays, least=0.5):
    return plays.loc[plays["completion"] >= least, ["user_id", "item_id", "time"]]
"""
        },
        {"tests-pairs", "tests-pairs-time"},
    ),
    Wrong(
        "takes the mean of the sittings for the best",
        {
            "pairs": """
def pairs_watched(plays, least=0.5):
    pairs = plays.groupby(["user_id", "item_id"], as_index=False)
    pairs = pairs.agg(time=("time", "min"), share=("completion", "mean"))
    return pairs.loc[pairs["share"] >= least, ["user_id", "item_id", "time"]]
"""
        },
        {"tests-pairs"},
    ),
    Wrong(
        "adds up short sittings",
        {
            "pairs": """
def pairs_watched(plays, least=0.5):
    pairs = plays.groupby(["user_id", "item_id"], as_index=False)
    pairs = pairs.agg(time=("time", "min"), share=("completion", "sum"))
    return pairs.loc[pairs["share"] >= least, ["user_id", "item_id", "time"]]
"""
        },
        {"tests-pairs"},
    ),
    Wrong(
        "dates a pair by its first long sitting",
        {
            "pairs": """
def pairs_watched(plays, least=0.5):
    long = plays[plays["completion"] >= least].sort_values("time")
    return long.drop_duplicates(["user_id", "item_id"])[["user_id", "item_id", "time"]]
"""
        },
        {"tests-pairs-time"},
    ),
    Wrong(
        "divides by the viewers and titles that have events",
        {
            "density": """
def density(pairs, viewers, titles):
    return len(pairs) / (pairs["user_id"].nunique() * pairs["item_id"].nunique())
"""
        },
        {"tests-density"},
    ),
    Wrong(
        "hard-codes the visible case",
        {"density": "def density(pairs, viewers, titles):\n    return 0.5"},
        {"tests-density"},
    ),
    Wrong(
        "draws the test at random",
        {
            "split": """
def split_by_time(pairs, share=0.2):
    test = pairs.sample(frac=share, random_state=0)
    return pairs.drop(test.index), test
"""
        },
        {"tests-split", "tests-split-ties"},
    ),
    Wrong(
        "cuts each viewer's own history, so that train holds the future of others",
        {
            "split": """
def split_by_time(pairs, share=0.2):
    place = pairs.groupby("user_id")["time"].rank(pct=True)
    return pairs[place <= 1 - share], pairs[place > 1 - share]
"""
        },
        {"tests-split", "tests-split-ties"},
    ),
    Wrong(
        "cuts by place, between pairs of the same second",
        {
            "split": """
def split_by_time(pairs, share=0.2):
    ordered = pairs.sort_values("time")
    cut = round(len(ordered) * (1 - share))
    return ordered.iloc[:cut], ordered.iloc[cut:]
"""
        },
        {"tests-split-ties"},
    ),
    Wrong(
        "calls a shared title a shared pair",
        {
            "leaks": """
def leaks(train, test):
    both = set(train["item_id"]) & set(test["item_id"])
    future = train["time"] >= test["time"].min()
    return {"in both": len(both), "from the future": int(future.sum())}
"""
        },
        {"tests-leaks-both"},
    ),
    Wrong(
        "lets the future begin with the last event of the test",
        {
            "leaks": """
def leaks(train, test):
    pair = ["user_id", "item_id"]
    both = train[pair].drop_duplicates().merge(test[pair].drop_duplicates())
    future = train["time"] >= test["time"].max()
    return {"in both": len(both), "from the future": int(future.sum())}
"""
        },
        {"tests-leaks-future"},
    ),
    Wrong(
        "forgets events at the very moment of the cut",
        {
            "leaks": """
def leaks(train, test):
    pair = ["user_id", "item_id"]
    both = train[pair].drop_duplicates().merge(test[pair].drop_duplicates())
    future = train["time"] > test["time"].min()
    return {"in both": len(both), "from the future": int(future.sum())}
"""
        },
        {"tests-leaks-future"},
    ),
    Wrong(
        "counts popularity in the whole log, test included",
        {
            "popular": """
def most_watched(train, viewers, k=10):
    counts = plays.groupby("item_id")["user_id"].nunique()
    ranked = sorted(counts.index, key=lambda title: (-counts[title], title))
    seen = train.groupby("user_id")["item_id"].agg(set)
    return {
        viewer: [title for title in ranked if title not in seen.get(viewer, set())][:k]
        for viewer in viewers
    }
"""
        },
        {"tests-popular-order", "tests-popular-seen"},
    ),
    Wrong(
        "forgets to leave out what was seen",
        {
            "popular": """
def most_watched(train, viewers, k=10):
    counts = train.groupby("item_id")["user_id"].nunique()
    ranked = sorted(counts.index, key=lambda title: (-counts[title], title))
    return {viewer: ranked[:k] for viewer in viewers}
"""
        },
        {"tests-popular-seen"},
    ),
    Wrong(
        "leaves out what was seen after cutting to k",
        {
            "popular": """
def most_watched(train, viewers, k=10):
    counts = train.groupby("item_id")["user_id"].nunique()
    ranked = sorted(counts.index, key=lambda title: (-counts[title], title))[:k]
    seen = train.groupby("user_id")["item_id"].agg(set)
    return {
        viewer: [title for title in ranked if title not in seen.get(viewer, set())]
        for viewer in viewers
    }
"""
        },
        {"tests-popular-seen"},
    ),
    Wrong(
        "leaves ties in the order of the rows",
        {
            "popular": """
def most_watched(train, viewers, k=10):
    ranked = list(train["item_id"].value_counts(sort=True).index)
    seen = train.groupby("user_id")["item_id"].agg(set)
    return {
        viewer: [title for title in ranked if title not in seen.get(viewer, set())][:k]
        for viewer in viewers
    }
"""
        },
        {"tests-popular-order"},
    ),
    Wrong(
        "divides the hits by k: that is precision",
        {
            "recall": """
def recall_at_k(lists, test, k=10):
    wanted = test.groupby("user_id")["item_id"].agg(set)
    return np.mean([len(set(lists.get(v, [])[:k]) & w) / k for v, w in wanted.items()])
"""
        },
        {"tests-recall"},
    ),
    Wrong(
        "pools the hits of all viewers",
        {
            "recall": """
def recall_at_k(lists, test, k=10):
    wanted = test.groupby("user_id")["item_id"].agg(set)
    return sum(len(set(lists.get(v, [])[:k]) & w) for v, w in wanted.items()) / len(test)
"""
        },
        {"tests-recall"},
    ),
    Wrong(
        "counts viewers without a test title as 0",
        {
            "recall": """
def recall_at_k(lists, test, k=10):
    wanted = test.groupby("user_id")["item_id"].agg(set)
    values = []
    for viewer, shown in lists.items():
        mine = wanted.get(viewer, set())
        values.append(len(set(shown[:k]) & mine) / len(mine) if mine else 0)
    return np.mean(values)
"""
        },
        {"tests-recall-empty"},
    ),
    Wrong(
        "tunes on test",
        {
            "choose": """
def choose(train, test, options, quality, split):
    best = max(options, key=lambda option: quality(option, train, test))
    return best, quality(best, train, test)
"""
        },
        {"tests-choose"},
    ),
    Wrong(
        "reports the chosen option fitted on a part of train",
        {
            "choose": """
def choose(train, test, options, quality, split):
    earlier, later = split(train, 0.2)
    best = max(options, key=lambda option: quality(option, earlier, later))
    return best, quality(best, earlier, test)
"""
        },
        {"tests-choose-refit"},
    ),
    Wrong(
        "takes the first row of test for its earliest moment",
        {
            "leaks": """
def leaks(train, test):
    columns = ["user_id", "item_id"]
    both = train[columns].drop_duplicates().merge(test[columns].drop_duplicates())
    future = train["time"] >= test["time"].iloc[0]
    return {"in both": len(both), "from the future": int(future.sum())}
"""
        },
        {"tests-leaks-future"},
    ),
    Wrong(
        "counts a pair once for every pair of rows",
        {
            "leaks": """
def leaks(train, test):
    both = train.merge(test, on=["user_id", "item_id"])
    future = train["time"] >= test["time"].min()
    return {"in both": len(both), "from the future": int(future.sum())}
"""
        },
        {"tests-leaks-both"},
    ),
    Wrong(
        "cuts off the decimals of the place of the cut",
        {
            "split": """
def split_by_time(pairs, share=0.2):
    cut = pairs["time"].sort_values().iloc[int(len(pairs) * (1 - share))]
    return pairs[pairs["time"] < cut], pairs[pairs["time"] >= cut]
"""
        },
        {"tests-split"},
    ),
    Wrong(
        "cuts train in halves",
        {
            "choose": """
def choose(train, test, options, quality, split):
    earlier, later = split(train, 0.5)
    best = max(options, key=lambda option: quality(option, earlier, later))
    return best, quality(best, train, test)
"""
        },
        {"tests-choose"},
    ),
]
