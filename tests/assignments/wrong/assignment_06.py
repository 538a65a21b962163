"""What people get wrong in assignment 6."""

from tests.assignments.harness import Wrong

SPLIT = """
def split(begun, cut, least, most):
    learned, asked = {}, []
    ordered = begun.sort_values(["time", "title"])
    early = ordered[ordered["time"] < cut]
    for viewer, mine in early.groupby("viewer"):
        learned[viewer] = mine["title"].tolist()
    for viewer, mine in ordered.groupby("viewer"):
        kept = 0
        for time, title in zip(mine["time"], mine["title"]):
            history = mine.loc[mine["time"] < time, "title"].tolist()
            if time >= cut and len(history) >= least and kept < most:
                asked.append((viewer, history, title))
                kept += 1
    return learned, asked
"""

CHAIN = """
def chain(sequences, n, prior):
    steps = np.zeros((n, n))
    for row in sequences:
        for title, following in zip(row[:-1], row[1:]):
            steps[title, following] += 1
    usual = np.tile(steps.sum(axis=0), (n, 1))
    np.fill_diagonal(usual, 0)
    usual /= usual.sum(axis=1, keepdims=True)
    return (steps + prior * usual) / (steps.sum(axis=1, keepdims=True) + prior)
"""

FADE = """
def faded_scores(history, alike, half_life, floor):
    age = np.arange(len(history))[::-1]
    weight = floor + (1 - floor) * 0.5 ** (age / half_life)
    return weight @ np.asarray(alike)[np.asarray(history, dtype=int)] / weight.sum()
"""

APART = """
def shuffle_test(learned, asked, quality, shuffle, times):
    as_it_is = quality(learned, asked)
    values = []
    for _ in range(times):
        histories = shuffle([history for _, history, _ in asked])
        mixed = [(v, new, answer) for (v, _, answer), new in zip(asked, histories)]
        values.append(quality(shuffle(learned), mixed))
    return as_it_is, sum(values) / times
"""


def instead(code: str, old: str, new: str) -> str:
    assert code.count(old) == 1, old
    return code.replace(old, new)


WRONG = [
    Wrong(
        "learns from everything, the asked titles included",
        {"split": instead(SPLIT, 'early = ordered[ordered["time"] < cut]', "early = ordered")},
        {"tests-split-learned"},
    ),
    Wrong(
        "takes the rows of the table for the order",
        {
            "split": instead(
                SPLIT,
                'ordered = begun.sort_values(["time", "title"])',
                'ordered = begun.sort_values("viewer", kind="stable")',
            )
        },
        {"tests-split-learned", "tests-split-asked", "tests-split-moments"},
    ),
    Wrong(
        "freezes the history at the cut",
        {"split": instead(SPLIT, 'mine["time"] < time, "title"', 'mine["time"] < cut, "title"')},
        {"tests-split-asked", "tests-split-moments"},
    ),
    Wrong(
        "shows all of a viewer's other titles as the history, the later ones too",
        {
            "split": instead(
                SPLIT, 'mine["time"] < time, "title"', 'mine["title"] != title, "title"'
            )
        },
        {"tests-split-asked", "tests-split-moments"},
    ),
    Wrong(
        "counts questions with short histories among the `most`",
        {
            "split": instead(
                SPLIT,
                "if time >= cut and len(history) >= least and kept < most:\n"
                "                asked.append((viewer, history, title))\n"
                "                kept += 1",
                "if time >= cut and kept < most:\n"
                "                kept += 1\n"
                "                if len(history) >= least:\n"
                "                    asked.append((viewer, history, title))",
            )
        },
        {"tests-split-asked"},
    ),
    Wrong(
        "lets what began at the same moment come before",
        {
            "split": instead(
                SPLIT,
                'mine.loc[mine["time"] < time, "title"].tolist()',
                'mine["title"].tolist()[:mine["title"].tolist().index(title)]',
            )
        },
        {"tests-split-moments"},
    ),
    Wrong(
        "counts every later title as a step, not the one right after",
        {
            "chain": instead(
                CHAIN,
                "for title, following in zip(row[:-1], row[1:]):",
                "for title, following in [(a, b) for n, a in enumerate(row) for b in row[n + 1:]]:",
            )
        },
        {"tests-chain", "tests-chain-unseen"},
    ),
    Wrong(
        "reads the chain backwards",
        {"chain": instead(CHAIN, "steps[title, following]", "steps[following, title]")},
        {"tests-chain", "tests-chain-unseen"},
    ),
    Wrong(
        "copies the library's chain, in which a title can follow itself",
        {"chain": instead(CHAIN, "    np.fill_diagonal(usual, 0)\n", "")},
        {"tests-chain", "tests-chain-unseen"},
    ),
    Wrong(
        "does not shrink, and knows nothing of a title that nobody left",
        {
            "chain": """
def chain(sequences, n, prior):
    steps = np.zeros((n, n))
    for row in sequences:
        for title, following in zip(row[:-1], row[1:]):
            steps[title, following] += 1
    return steps / np.maximum(steps.sum(axis=1, keepdims=True), 1)
"""
        },
        {"tests-chain", "tests-chain-unseen"},
    ),
    Wrong(
        "leaves the row of a title that nobody left at nothing",
        {
            "chain": instead(
                CHAIN,
                "    return (steps + prior * usual)",
                "    usual[steps.sum(axis=1) == 0] = 0\n    return (steps + prior * usual)",
            )
        },
        {"tests-chain-unseen"},
    ),
    Wrong(
        "fades the newest and keeps the oldest",
        {"fade": instead(FADE, "[::-1]", "")},
        {"tests-fade"},
    ),
    Wrong(
        "gives the newest title age 1",
        {
            "fade": instead(
                FADE, "np.arange(len(history))[::-1]", "np.arange(1, len(history) + 1)[::-1]"
            )
        },
        {"tests-fade"},
    ),
    Wrong(
        "takes the floor for a minimum",
        {
            "fade": instead(
                FADE,
                "floor + (1 - floor) * 0.5 ** (age / half_life)",
                "np.maximum(floor, 0.5 ** (age / half_life))",
            )
        },
        {"tests-fade"},
    ),
    Wrong(
        "asks what the candidate says for the history, not the history for the candidate",
        {"fade": instead(FADE, "np.asarray(alike)[", "np.asarray(alike).T[")},
        {"tests-fade"},
    ),
    Wrong(
        "lets titles of the history take places in the list",
        {
            "found": """
def chance_found(scores, history, answer, k):
    scores = np.asarray(scores, dtype=float)
    above = (scores > scores[answer]).sum()
    equal = (scores == scores[answer]).sum() - 1
    return float(np.clip((k - above) / (equal + 1), 0, 1))
"""
        },
        {"tests-found", "tests-found-equal"},
    ),
    Wrong(
        "lets the answer win every tie",
        {
            "found": """
def chance_found(scores, history, answer, k):
    scores = np.asarray(scores, dtype=float)
    rest = np.delete(scores, [*map(int, history), int(answer)])
    return float((rest > scores[answer]).sum() < k)
"""
        },
        {"tests-found-equal"},
    ),
    Wrong(
        "lets the answer lose every tie",
        {
            "found": """
def chance_found(scores, history, answer, k):
    scores = np.asarray(scores, dtype=float)
    rest = np.delete(scores, [*map(int, history), int(answer)])
    return float((rest >= scores[answer]).sum() < k)
"""
        },
        {"tests-found-equal"},
    ),
    Wrong(
        "turns the order round and calls it shuffled",
        {
            "shuffle": """
def shuffle_each(sequences, rng):
    return [list(row)[::-1] for row in sequences]
"""
        },
        {"tests-shuffle"},
    ),
    Wrong(
        "starts each sequence somewhere else and keeps its order",
        {
            "shuffle": """
def shuffle_each(sequences, rng):
    return [np.roll(row, rng.integers(len(row))).tolist() for row in sequences]
"""
        },
        {"tests-shuffle"},
    ),
    Wrong(
        "deals all viewers' titles out anew",
        {
            "shuffle": """
def shuffle_each(sequences, rng):
    deck = rng.permutation([title for row in sequences for title in row]).tolist()
    return [[deck.pop() for _ in row] for row in sequences]
"""
        },
        {"tests-shuffle"},
    ),
    Wrong(
        "shuffles the viewers, not their titles",
        {
            "shuffle": """
def shuffle_each(sequences, rng):
    return [sequences[place] for place in rng.permutation(len(sequences))]
"""
        },
        {"tests-shuffle"},
    ),
    Wrong(
        "shuffles the questions and goes on with what was learned in order",
        {"apart": instead(APART, "quality(shuffle(learned), mixed)", "quality(learned, mixed)")},
        {"tests-apart"},
    ),
    Wrong(
        "learns from shuffled sequences and asks with histories in order",
        {
            "apart": instead(
                APART, "quality(shuffle(learned), mixed)", "quality(shuffle(learned), asked)"
            )
        },
        {"tests-apart"},
    ),
    Wrong(
        "shuffles the answer into the history",
        {
            "apart": instead(
                APART,
                """        histories = shuffle([history for _, history, _ in asked])
        mixed = [(v, new, answer) for (v, _, answer), new in zip(asked, histories)]
""",
                """        whole = shuffle([[*history, answer] for _, history, answer in asked])
        mixed = [(v, new[:-1], new[-1]) for (v, _, _), new in zip(asked, whole)]
""",
            )
        },
        {"tests-apart"},
    ),
    Wrong(
        "returns the last shuffle instead of their mean",
        {"apart": instead(APART, "sum(values) / times", "values[-1]")},
        {"tests-apart"},
    ),
    Wrong(
        "shuffles what was shuffled before",
        {
            "apart": instead(
                APART,
                "        values.append(quality(shuffle(learned), mixed))",
                "        learned = shuffle(learned)\n"
                "        values.append(quality(learned, mixed))",
            )
        },
        {"tests-apart"},
    ),
    Wrong(
        "gives an example in which the audience tells",
        {
            "only": """
def only_order():
    return [[0, 1, 2], [0, 1, 2], [1, 0, 3]]
"""
        },
        {"tests-only"},
    ),
    Wrong(
        "gives an example in which the company tells",
        {
            "only": """
def only_order():
    return [[1, 2], [1, 2], [0, 3], [0, 3]]
"""
        },
        {"tests-only"},
    ),
    Wrong(
        "gives an example in which the order says nothing",
        {
            "only": """
def only_order():
    return [[0, 1, 2], [0, 1, 3], [1, 0, 2], [1, 0, 3]]
"""
        },
        {"tests-only"},
    ),
    Wrong(
        "counts questions as if each were a viewer",
        {
            "lead": """
def lead(viewers, a, b):
    gaps = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    return (gaps.mean(), *interval_of(gaps))
"""
        },
        {"tests-lead"},
    ),
    Wrong(
        "the mean by viewers, the interval by questions",
        {
            "lead": """
def lead(viewers, a, b):
    gaps = pd.Series(np.asarray(a, dtype=float) - np.asarray(b, dtype=float))
    return (gaps.groupby(np.asarray(viewers)).mean().mean(), *interval_of(gaps))
"""
        },
        {"tests-lead"},
    ),
    Wrong(
        "a normal approximation for the bootstrap",
        {
            "lead": """
def lead(viewers, a, b):
    gaps = pd.Series(np.asarray(a, dtype=float) - np.asarray(b, dtype=float))
    each = gaps.groupby(np.asarray(viewers)).mean()
    reach = 1.96 * each.std() / len(each) ** 0.5
    return each.mean(), each.mean() - reach, each.mean() + reach
"""
        },
        {"tests-lead"},
    ),
    Wrong(
        "ships the highest mean and calls it sure",
        {
            "decide": """
RULE = "surely"
SHIPPED = validation[["plain", "fading", "chain"]].mean().idxmax()
"""
        },
        {"tests-decide"},
    ),
    Wrong(
        "ships what loses most by shuffling",
        {
            "decide": """
RULE = "unless worse"
lost = {name: (validation[name] - validation[name + ", shuffled"]).mean()
        for name in ("fading", "chain")}
SHIPPED = max(lost, key=lost.get)
"""
        },
        {"tests-decide"},
    ),
    Wrong(
        "reports validation for test",
        {
            "gains": """
each = validation.groupby("viewer").mean()
gain, lost = each["fading"] - each["plain"], each["fading"] - each["fading, shuffled"]
GAIN = [gain.mean(), *interval_of(gain)]
LOST = [lost.mean(), *interval_of(lost)]
"""
        },
        {"tests-gains"},
    ),
    Wrong(
        "reports the gain as a share of the baseline",
        {
            "gains": """
each = test.groupby("viewer").mean()
gain, lost = each["fading"] - each["plain"], each["fading"] - each["fading, shuffled"]
base = each["plain"].mean()
GAIN = [gain.mean() / base, *(end / base for end in interval_of(gain))]
LOST = [lost.mean() / base, *(end / base for end in interval_of(lost))]
"""
        },
        {"tests-gains"},
    ),
]
