"""What people get wrong in assignment 7."""

from tests.assignments.harness import Wrong

GAIN = """
def gain(viewers, reward, propensity, target):
    weight = np.asarray(target, dtype=float) / np.asarray(propensity, dtype=float)
    rows = pd.DataFrame({"top": weight * np.asarray(reward), "bottom": weight,
                         "own": np.asarray(reward, dtype=float), "n": 1.0})
    sums = rows.groupby(np.asarray(viewers)).sum().to_numpy()
    rng = np.random.default_rng(0)
    drawn = sums[rng.integers(0, len(sums), (4000, len(sums)))].sum(axis=1)
    several = drawn[:, 0] / drawn[:, 1] - drawn[:, 2] / drawn[:, 3]
    top, bottom, own, n = sums.sum(axis=0)
    return (top / bottom - own / n, *np.percentile(several, [2.5, 97.5]))
"""

VERDICT = """
def verdict(viewers, propensity, target, enough, off):
    weight = np.asarray(target, dtype=float) / np.asarray(propensity, dtype=float)
    total = np.array(list(pd.Series(weight).groupby(np.asarray(viewers)).sum()))
    square = (total**2).sum()
    if square == 0 or total.sum() ** 2 / square < enough:
        return "few"
    return "off" if abs(weight.mean() - 1) > off else "answer"
"""

READ = """
def read(table, share):
    from scipy.stats import norm

    new, n = (table["arm"] == "new").sum(), len(table)
    p = 2 * norm.sf(abs(new - share * n) / np.sqrt(n * share * (1 - share)))
    if p < 0.001:
        return {"p": p, "gain": None, "low": None, "high": None}
    rng, value, several = np.random.default_rng(0), {}, {}
    for arm in ("new", "old"):
        sums = table.loc[table["arm"] == arm, ["clicks", "pages"]].to_numpy(dtype=float)
        value[arm] = sums[:, 0].sum() / sums[:, 1].sum()
        rows = rng.integers(0, len(sums), (4000, len(sums)))
        several[arm] = sums[rows, 0].sum(axis=1) / sums[rows, 1].sum(axis=1)
    low, high = np.percentile(several["new"] - several["old"], [2.5, 97.5])
    return {"p": p, "gain": value["new"] - value["old"], "low": low, "high": high}
"""

ANSWERS = """
from recsys_lib.offpolicy import effective_size, snips

ANSWERS = {"A": "answer", "B": "few", "C": "off"}
found = snips(log["clicked"], log["propensity"], proposals["A"], users=log["viewer"])
LOG_VALUE = [found.value, found.low, found.high]
"""

DECIDE = """
from recsys_lib.experiments import ratio_difference
from recsys_lib.offpolicy.estimate import of_sums

BELIEVED = "second"
sums = {arm: part[["clicks", "pages"]] for arm, part in second.groupby("arm")}
difference = ratio_difference(sums["new"], sums["old"])
TRIAL_GAIN = [difference.difference, difference.low, difference.high]
TRIAL_VALUE = list(of_sums(sums["new"]["clicks"], sums["new"]["pages"])[:3])
RULE = "worth it"
SHIP = bool(TRIAL_GAIN[1] >= 0.03)
AGREE = bool(LOG_VALUE[1] <= TRIAL_VALUE[2] and TRIAL_VALUE[1] <= LOG_VALUE[2])
"""


def instead(code: str, old: str, new: str) -> str:
    assert code.count(old) == 1, old
    return code.replace(old, new)


WRONG = [
    Wrong(
        "gives whoever knows just `least` titles what newcomers get",
        {
            "chance": """
def shown_chance(known, ranker, least, even):
    wanted = np.where(np.asarray(known) > least, "EASE", "popular")
    return (1 - even) * (wanted == np.asarray(ranker)) + even / len(RANKERS)
"""
        },
        {"tests-chance"},
    ),
    Wrong(
        "forgets that the even draw may fall on the wanted recommender",
        {
            "chance": """
def shown_chance(known, ranker, least, even):
    wanted = np.where(np.asarray(known) >= least, "EASE", "popular")
    return np.where(wanted == np.asarray(ranker), 1 - even, even / 3)
"""
        },
        {"tests-chance"},
    ),
    Wrong(
        "turns the weight round",
        {
            "values": """
def two_values(reward, propensity, target):
    weight = np.asarray(propensity, dtype=float) / np.maximum(target, 1e-9)
    total, whole = float((weight * np.asarray(reward)).sum()), float(weight.sum())
    return total / len(weight), total / whole if whole > 0 else float("nan")
"""
        },
        {"tests-values", "tests-values-nothing"},
    ),
    Wrong(
        "divides IPS by the rows that count",
        {
            "values": """
def two_values(reward, propensity, target):
    weight = np.asarray(target, dtype=float) / np.asarray(propensity, dtype=float)
    total, whole = float((weight * np.asarray(reward)).sum()), float(weight.sum())
    return total / max((weight > 0).sum(), 1), total / whole if whole > 0 else float("nan")
"""
        },
        {"tests-values"},
    ),
    Wrong(
        "clips the weights that look too large",
        {
            "values": """
def two_values(reward, propensity, target):
    weight = np.minimum(np.asarray(target, dtype=float) / np.asarray(propensity, dtype=float), 3)
    total, whole = float((weight * np.asarray(reward)).sum()), float(weight.sum())
    return total / len(weight), total / whole if whole > 0 else float("nan")
"""
        },
        {"tests-values"},
    ),
    Wrong(
        "says 0 where nothing is known",
        {
            "values": """
def two_values(reward, propensity, target):
    weight = np.asarray(target, dtype=float) / np.asarray(propensity, dtype=float)
    total = float((weight * np.asarray(reward)).sum())
    return total / len(weight), total / max(float(weight.sum()), 1e-12)
"""
        },
        {"tests-values-nothing"},
    ),
    Wrong(
        "gives a log in which both estimates agree",
        {
            "disagree": """
def disagreement():
    return [[1, 0.1, 1, 0], [1, 0.9, 0, 1], [0, 0.5, 0, 1]]
"""
        },
        {"tests-disagree"},
    ),
    Wrong(
        "counts rows for viewers",
        {
            "effective": """
def effective_viewers(viewers, weight):
    weight = np.asarray(weight, dtype=float)
    return weight.sum() ** 2 / (weight**2).sum() if weight.any() else 0.0
"""
        },
        {"tests-effective"},
    ),
    Wrong(
        "takes runs of rows for viewers",
        {
            "effective": """
def effective_viewers(viewers, weight):
    total, last = [], None
    for viewer, one in zip(viewers, weight):
        if viewer != last:
            total.append(0.0)
        total[-1] += one
        last = viewer
    square = sum(one**2 for one in total)
    return sum(total) ** 2 / square if square else 0.0
"""
        },
        {"tests-effective"},
    ),
    Wrong(
        "refuses by rows, not by viewers",
        {
            "verdict": instead(
                VERDICT,
                "total = np.array(list(pd.Series(weight).groupby(np.asarray(viewers)).sum()))",
                "total = weight",
            )
        },
        {"tests-verdict"},
    ),
    Wrong(
        "finds only weights suspect that are too small",
        {"verdict": instead(VERDICT, "abs(weight.mean() - 1) > off", "1 - weight.mean() > off")},
        {"tests-verdict"},
    ),
    Wrong(
        "looks at the mean weight first",
        {
            "verdict": instead(
                VERDICT,
                "    if square == 0",
                '    if abs(weight.mean() - 1) > off:\n        return "off"\n    if square == 0',
            )
        },
        {"tests-verdict"},
    ),
    Wrong(
        "takes the mean weight over viewers",
        {
            "verdict": instead(
                VERDICT,
                "abs(weight.mean() - 1)",
                "abs(pd.Series(weight).groupby(np.asarray(viewers)).mean().mean() - 1)",
            )
        },
        {"tests-verdict"},
    ),
    Wrong(
        "subtracts from IPS, not from SNIPS",
        {
            "gain": instead(
                instead(GAIN, "drawn[:, 0] / drawn[:, 1] -", "drawn[:, 0] / drawn[:, 3] -"),
                "top / bottom -",
                "top / n -",
            )
        },
        {"tests-gain", "tests-gain-interval"},
    ),
    Wrong(
        "reports the value and not the gain",
        {"gain": instead(instead(GAIN, " - drawn[:, 2] / drawn[:, 3]", ""), " - own / n", "")},
        {"tests-gain", "tests-gain-interval"},
    ),
    Wrong(
        "draws rows as if each were a viewer",
        {
            "gain": instead(
                GAIN, "rows.groupby(np.asarray(viewers)).sum().to_numpy()", "rows.to_numpy()"
            )
        },
        {"tests-gain-interval"},
    ),
    Wrong(
        "adds the two errors as if they came from different viewers",
        {
            "gain": instead(
                GAIN,
                "several = drawn[:, 0] / drawn[:, 1] - drawn[:, 2] / drawn[:, 3]",
                "several = drawn[:, 0] / drawn[:, 1] - rng.permutation(drawn[:, 2] / drawn[:, 3])",
            )
        },
        {"tests-gain-interval"},
    ),
    Wrong(
        "forgets that the log's own mean is uncertain too",
        {
            "gain": instead(
                GAIN, " - drawn[:, 2] / drawn[:, 3]", " - sums[:, 2].sum() / sums[:, 3].sum()"
            )
        },
        {"tests-gain-interval"},
    ),
    Wrong(
        "says the viewers of one arm",
        {
            "needed": """
def needed(effect, sd, share, power):
    from recsys_lib.experiments import viewers_needed
    return viewers_needed(effect, sd, power=power)
"""
        },
        {"tests-needed"},
    ),
    Wrong(
        "takes any split for an even one",
        {
            "needed": """
def needed(effect, sd, share, power):
    from recsys_lib.experiments import viewers_needed
    return 2 * viewers_needed(effect, sd, power=power) - 2
"""
        },
        {"tests-needed"},
    ),
    Wrong(
        "checks for an even split, whatever was meant",
        {"read": instead(READ, "    new, n = ", "    share = 0.5\n    new, n = ")},
        {"tests-read-split", "tests-read-gain"},
    ),
    Wrong(
        "reads the experiment although the split is broken",
        {"read": instead(READ, "    if p < 0.001:", "    if p < 0:")},
        {"tests-read-split"},
    ),
    Wrong(
        "refuses at five in a hundred",
        {"read": instead(READ, "    if p < 0.001:", "    if p < 0.06:")},
        {"tests-read-split"},
    ),
    Wrong(
        "means of viewers' shares for clicks a page",
        {
            "read": instead(
                instead(
                    READ, "sums[:, 0].sum() / sums[:, 1].sum()", "(sums[:, 0] / sums[:, 1]).mean()"
                ),
                "sums[rows, 0].sum(axis=1) / sums[rows, 1].sum(axis=1)",
                "(sums[rows, 0] / sums[rows, 1]).mean(axis=1)",
            )
        },
        {"tests-read-gain"},
    ),
    Wrong(
        "takes every page for a coin of its own",
        {
            "read": instead(
                READ,
                '    low, high = np.percentile(several["new"] - several["old"], [2.5, 97.5])\n',
                '    pages = table.groupby("arm")["pages"].sum()\n'
                "    reach = 1.96 * np.sqrt(sum(value[a] * (1 - value[a]) / pages[a]"
                " for a in value))\n"
                '    low = value["new"] - value["old"] - reach\n'
                "    high = low + 2 * reach\n",
            )
        },
        {"tests-read-gain"},
    ),
    Wrong(
        "lets the log answer for B from a few dozen pages",
        {"answers": instead(ANSWERS, '"few"', '"answer"')},
        {"tests-answers"},
    ),
    Wrong(
        "lets the log answer for C, since its interval is narrow",
        {"answers": instead(ANSWERS, '"off"', '"answer"')},
        {"tests-answers"},
    ),
    Wrong(
        "takes the clicks of EASE's pages for the value of proposal A",
        {
            "answers": instead(
                ANSWERS,
                "[found.value, found.low, found.high]",
                '[log["clicked"][log["ranker"] == "EASE"].mean()] * 3',
            )
        },
        {"tests-log-value"},
    ),
    Wrong(
        "believes the experiment that lost viewers",
        {
            "decide": instead(
                instead(DECIDE, 'BELIEVED = "second"', 'BELIEVED = "first"'),
                "in second.groupby",
                "in first.groupby",
            )
        },
        {"tests-trial"},
    ),
    Wrong(
        "puts both experiments together",
        {"decide": instead(DECIDE, "in second.groupby", "in pd.concat([first, second]).groupby")},
        {"tests-trial"},
    ),
    Wrong(
        "ships against the rule that was stated",
        {"decide": instead(DECIDE, "TRIAL_GAIN[1] >= 0.03", "TRIAL_GAIN[1] < 0.03")},
        {"tests-decide"},
    ),
    Wrong(
        "calls it disagreement that two numbers differ",
        {
            "decide": instead(
                DECIDE,
                "AGREE = bool(LOG_VALUE[1] <= TRIAL_VALUE[2] and TRIAL_VALUE[1] <= LOG_VALUE[2])",
                "AGREE = bool(LOG_VALUE[0] == TRIAL_VALUE[0])",
            )
        },
        {"tests-decide"},
    ),
]
