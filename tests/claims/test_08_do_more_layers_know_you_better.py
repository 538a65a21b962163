"""The headline claims of chapter 8, each over five worlds, and where it must fail.

The nulls are two fits of the same network with other lots, hours told in an order drawn by lot, a
world in which no mood depends on the hour, and codes dealt by lot among the titles.
"""

from __future__ import annotations

from ast import literal_eval

import numpy as np
import pandas as pd
import pytest

from benchmarks import deep, plain_words, semantic_ids
from recsys_lib.datasets.matinee import load_matinee
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import EASE, DenoisingAutoencoder, ImplicitALS, Popular, Random
from recsys_lib.models.deep.layers import Adam, backward, cross_entropy, first_layers, forward
from recsys_lib.models.sequences.semantic_ids import collisions
from recsys_lib.models.top_k import top_k
from recsys_lib.simulation import World, simulate
from recsys_lib.simulation.files import write_tables
from recsys_lib.simulation.world.config import WorldConfig
from recsys_lib.splits import split_by_time
from tests.claims.conftest import SEEDS

MODELS = {
    "lot": Random(),
    "popular": Popular(),
    "EASE": EASE(l2=200),
    "iALS": ImplicitALS(factors=64),
    "straight": DenoisingAutoencoder((32,), l2=0.01, bend="none", patience=3),
    "bent": DenoisingAutoencoder((64,), patience=3),
    "other lots": DenoisingAutoencoder((64,), patience=3, random_state=1),
    "two layers": DenoisingAutoencoder((32, 32), patience=3),
}


class Judged:
    """One world: every model's mean nDCG@10, and what the clock is worth."""

    def __init__(self, matinee, seed: int) -> None:
        self.log, self.seed = matinee.watched(), seed
        self.split = split_by_time(self.log)
        self.tones = matinee.items["tone"].str.get_dummies("|").to_numpy()

    def mean(self, model) -> float:
        train, test = self.split.train, self.split.test
        known = np.flatnonzero((train.user_counts >= 5) & (test.user_counts > 0))
        later = test.binary()[known].toarray() > 0
        lists = model.recommend(self.log.users[known])["item_id"]
        columns = self.log.item_positions(lists).reshape(-1, 10)
        return float(ndcg(np.take_along_axis(later, columns, axis=1), later.sum(axis=1)).mean())

    def clock_gains(self, taste: np.ndarray, mix: bool) -> dict[str, float]:
        """More evenings served, of a hundred, by each way of listening to the clock."""
        train, test = self.split.train, self.split.test
        known = train.user_counts[test.event_rows] >= 5
        seen = train.binary().toarray()[test.event_rows[known]] > 0
        chosen, taste = test.matrix.indices[known], taste[test.event_rows[known]]
        now = clock(test)[known]
        if mix:
            now = np.random.default_rng(self.seed).permutation(now)

        def served(scores: np.ndarray) -> float:
            lists = top_k(np.where(seen, -np.inf, scores), 10)
            return 100 * float((lists == chosen[:, None]).any(axis=1).mean())

        before = served(taste)
        return {
            kind: served(taste + self.learned(kind)(now) @ self.tones.T) - before
            for kind in ("straight", "crosses", "network")
        }

    def learned(self, kind: str):
        """From hours to a number a tone."""
        train = self.split.train
        then = clock(train)
        moments, number = np.unique(then, axis=0, return_inverse=True)
        often = np.zeros((len(moments), train.n_items))
        np.add.at(often, (number.ravel(), train.matrix.indices), 1)
        x, popular = columns(moments, kind), np.log(1 + train.item_counts)
        hidden = (16,) if kind == "network" else ()
        rng = np.random.default_rng(0)
        adam = Adam.start(first_layers((x.shape[1], *hidden, self.tones.shape[1]), rng))
        for _ in range(600):
            said = forward(adam.layers, x)
            dz = cross_entropy(popular + said[-1] @ self.tones.T, often)[1]
            dz = dz * len(often) / often.sum()
            adam = adam.step(backward(adam.layers, said, dz @ self.tones), 0.03)
        return lambda now: forward(adam.layers, columns(now, kind))[-1]


def clock(log) -> np.ndarray:
    when = pd.DatetimeIndex(pd.to_datetime(log.times, unit="s"))
    return np.column_stack([when.hour, when.day_of_week >= 5])


def columns(moments: np.ndarray, kind: str) -> np.ndarray:
    hour, weekend = moments.T
    if kind == "crosses":
        return np.eye(6)[np.digitize(hour, [17, 22]) + 3 * weekend]
    return np.column_stack([(hour - 20) / 4, weekend]).astype(float)


@pytest.fixture(scope="module")
def lived(larger_worlds) -> list[Judged]:
    return [Judged(world.matinee, seed) for seed, world in zip(SEEDS, larger_worlds, strict=True)]


@pytest.fixture(scope="module")
def means(lived) -> pd.DataFrame:
    """nDCG@10, a row a world and a column a model; the bent network's scores are kept."""
    rows = []
    for world in lived:
        row = {}
        for name, model in MODELS.items():
            row[name] = world.mean(model.fit(world.split.train))
        world.taste = MODELS["bent"].score_all(world.log.users).astype(float)
        rows.append(row)
    return pd.DataFrame(rows)


def test_every_network_has_learned_something(means, surely_positive):
    for name in ("straight", "bent", "two layers"):
        assert surely_positive(means[name] - means["popular"], by=0.02), name
    assert surely_positive(means["popular"] - means["lot"], by=0.02)


def test_tuned_rivals_are_ahead_of_the_network(means, surely_positive):
    for rival in ("iALS", "EASE"):
        assert surely_positive(means[rival] - means["bent"], by=0.002), rival


def test_other_lots_make_no_difference(means, surely_positive):
    """The null of every difference between two networks."""
    moved = means["other lots"] - means["bent"]
    assert not surely_positive(moved) and not surely_positive(-moved)
    assert abs(moved.mean()) < 0.004


def test_the_bend_gains_nothing_that_can_be_told(means, surely_positive):
    gain = means["bent"] - means["straight"]
    assert not surely_positive(gain, by=0.002) and not surely_positive(-gain, by=0.002)


def test_a_second_layer_costs(means, surely_positive):
    assert surely_positive(means["bent"] - means["two layers"], by=0.003)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory) -> list[Judged]:
    """Worlds in which no mood depends on the hour."""
    found = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp(f"quiet-{seed}")
        config = WorldConfig(clock_mood=0.0)
        write_tables(simulate(World(seed=seed, n_viewers=1000, weeks=12, config=config)), folder)
        found.append(Judged(load_matinee(folder), seed))
    return found


def test_the_clock_gains_by_its_crosses_and_a_network_finds_them(lived, means, surely_positive):
    gains = pd.DataFrame([world.clock_gains(world.taste, mix=False) for world in lived])
    assert surely_positive(gains["network"], by=0.3)
    assert surely_positive(gains["crosses"], by=0.3)
    assert surely_positive(gains["network"] - gains["straight"], by=0.1)
    apart = gains["network"] - gains["crosses"]
    assert not surely_positive(apart, by=0.5) and not surely_positive(-apart, by=0.5)


def test_wrong_hours_gain_nothing(lived, means, surely_positive):
    gains = pd.DataFrame([world.clock_gains(world.taste, mix=True) for world in lived])
    for kind in gains:
        assert not surely_positive(gains[kind]), kind


def test_where_no_mood_depends_on_the_hour_the_clock_gains_nothing(quiet, surely_positive):
    gains = []
    for world in quiet:
        model = DenoisingAutoencoder((64,), patience=3).fit(world.split.train)
        taste = model.score_all(world.log.users).astype(float)
        gains.append(world.clock_gains(taste, mix=False))
    for kind in pd.DataFrame(gains):
        assert not surely_positive([gain[kind] for gain in gains], by=0.2), kind


# What is stored -----------------------------------------------------------------------------------

STORED = deep.stored()


def over_worlds(part: str, viewers: int) -> pd.DataFrame:
    rows = STORED[(STORED["part"] == part) & (STORED["viewers"] == viewers)]
    return rows.pivot(index="world", columns="model", values="ndcg")


def test_the_lead_shrinks_with_viewers_and_layers_cost_at_the_largest_size(surely_positive):
    few, many = over_worlds("judged", 300), over_worlds("judged", 2400)
    lead = [(table["iALS"] - table["bent"]).to_numpy() for table in (few, many)]
    assert surely_positive(lead[0]) and surely_positive(lead[0] - lead[1])
    assert not surely_positive(lead[1]) and not surely_positive(-lead[1])
    for name in ("two layers", "three layers", "Mult-VAE"):
        assert surely_positive(many["bent"] - many[name]), name
    for name in (deep.OTHER_LOTS, "straight"):
        assert not surely_positive(many["bent"] - many[name]), name
        assert not surely_positive(many[name] - many["bent"]), name


def test_new_titles_are_placed_by_features_and_best_by_the_straight_kin(surely_positive):
    new = over_worlds("new titles", 2400)
    for null in ("lot", "popular"):
        assert surely_positive(new["two towers"] - new[null], by=0.1)
    assert not surely_positive(new["two towers"] - new["content"])
    assert surely_positive(new["featured factors"] - new["two towers"], by=0.02)


def test_stored_rows_are_what_the_script_gives():
    """All but the networks of one world; networks and the rest take minutes."""
    lived = deep.world(deep.WORLDS[0])
    for size in (300, 2400):
        task = deep.by_time(lived, size)
        rows = STORED[(STORED["part"] == "judged") & (STORED["world"] == deep.WORLDS[0])
                      & (STORED["viewers"] == size)].set_index("model")  # fmt: skip
        for name in ("lot", "popular", "EASE", "iALS", "bent"):
            value, _ = deep.measured(deep.MODELS[name][0], read(rows.loc[name, "settings"]), task)
            assert value == pytest.approx(rows.loc[name, "ndcg"], abs=1.5e-4), name
    task = deep.of_new_titles(lived)
    rows = STORED[(STORED["part"] == "new titles") & (STORED["world"] == deep.WORLDS[0])]
    for name in ("lot", "popular", "content", "featured factors"):
        row = rows.set_index("model").loc[name]
        value, _ = deep.measured(deep.FOR_NEW_TITLES[name][0], read(row["settings"]), task)
        assert value == pytest.approx(row["ndcg"], abs=1.5e-4), name


def read(settings: str) -> dict:
    """Settings as `deep.row` wrote them."""
    pairs = [part.split("=") for part in settings.split()]
    return {
        name: value if name == "bend" else literal_eval(value.replace("x", ","))
        for name, value in pairs
    }


def test_every_model_had_as_many_settings_to_try():
    tried = STORED[STORED["part"].str.startswith("tuning")]
    counts = tried.groupby(["part", "world", "viewers", "model"]).size()
    without = counts.index.get_level_values("model").isin(["lot", "popular", "content"])
    assert (counts[~without] == 6).all() and (counts[without] == 1).all()


def test_settings_that_were_judged_are_those_that_were_chosen():
    tried = STORED[STORED["part"] == "tuning"].query("world == @deep.TUNING_WORLD")
    best = tried.loc[tried.groupby(["viewers", "model"])["ndcg"].idxmax()]
    best = best.set_index(["viewers", "model"])["settings"]
    judged = STORED[(STORED["part"] == "judged") & (STORED["model"] != deep.OTHER_LOTS)]
    for row in judged.itertuples():
        assert row.settings == best[row.viewers, row.model]


# Requests in plain words


def gains(name: str, search: str) -> tuple[float, float, float]:
    wide = (
        plain_words.stored()
        .query("requests == @name")
        .pivot(index="request_id", columns="search", values="ndcg")
    )
    gap = (wide[search] - wide["words"]).to_numpy()[:, None]
    return tuple(float(part[0]) for part in bootstrap_interval(gap, rng=np.random.default_rng(0)))


def test_an_embedding_finds_more_of_chapter_6_s_requests_than_words_do():
    assert gains("by label", "embedding")[1] > 0.03


def test_by_plot_the_embedding_s_lead_is_not_sure_and_that_of_both_together_is():
    mean, low, _ = gains("by plot", "embedding")
    assert mean > 0 and low < 0.02
    assert gains("by plot", "both")[1] > 0


def test_every_search_is_far_ahead_of_lots_and_of_popular_titles():
    table = plain_words.summary(plain_words.stored()).set_index(["requests", "search"])
    for name in ("by label", "by plot"):
        worst = min(table.loc[(name, search), "low"] for search in ("words", "embedding", "both"))
        assert worst > max(table.loc[(name, s), "high"] for s in ("lot", "popular"))


# Titles that are spelled

SPELLED = semantic_ids.stored()


def of_part(part: str) -> pd.DataFrame:
    """nDCG@10, a row a world and a column a model."""
    rows = SPELLED[(SPELLED["part"] == part) & (SPELLED["measure"] == "ndcg")]
    return rows.pivot(index="world", columns="model", values="value")


def test_codes_that_begin_alike_are_far_ahead_of_the_same_codes_dealt_by_lot(surely_positive):
    known, new = of_part("judged"), of_part("new titles")
    assert len(known) == len(new) == 5
    assert surely_positive(known["codes"] - known["dealt by lot"], by=0.01)
    assert surely_positive(new["codes"] - new["dealt by lot"], by=0.03)


def test_dealt_by_lot_codes_say_nothing_of_new_titles(surely_positive):
    """The null of the null: it is no better than popularity, and than a lot by what lots differ."""
    new = of_part("new titles")
    for name in ("lot", "popular"):
        assert not surely_positive(new["dealt by lot"] - new[name], by=0.02), name


def test_codes_cannot_be_told_from_numbers_of_a_title_s_own_among_known_titles(surely_positive):
    known = of_part("judged")
    gap = known["codes"] - known["ids"]
    assert not surely_positive(gap) and not surely_positive(-gap) and abs(gap.mean()) < 0.004
    assert surely_positive(known["codes"] - known["popular"], by=0.02)


def test_codes_stay_behind_the_straight_baseline_and_behind_features_used_straight(surely_positive):
    known, new = of_part("judged"), of_part("new titles")
    assert surely_positive(known["EASE, recent"] - known["codes"], by=0.01)
    for rival in ("content", "featured factors"):
        assert surely_positive(new[rival] - new["codes"], by=0.01), rival


def test_without_a_last_number_collisions_cost(surely_positive):
    known = of_part("judged")
    assert surely_positive(known["codes"] - known[semantic_ids.NO_LAST], by=0.01)


def test_a_larger_book_has_fewer_collisions_and_k_means_more_than_a_lot():
    rows = SPELLED[SPELLED["part"] == "codes"]
    books = rows.pivot(index="model", columns="measure", values="value")
    order = ["2 x 16", "3 x 8", "3 x 16", "3 x 32", "4 x 16"]
    assert (np.diff(books.loc[order, "sharing"]) < 0).all()
    rng = np.random.default_rng(0)
    lots = [collisions(rng.integers(0, 16, (882, 3))).sharing for _ in range(200)]
    assert np.mean(lots) == pytest.approx(882 * (1 - (1 - 1 / 16**3) ** 881), abs=5)
    assert books.loc["3 x 16", "sharing"] > 1.5 * max(lots)
    assert semantic_ids.code_books() == [
        [r.part, r.world, r.model, r.settings, r.measure, r.value] for r in rows.itertuples()
    ]


def test_stored_rows_of_spelled_titles_are_what_the_script_gives():
    """One world, known titles; the networks of the others take minutes."""
    seed = deep.WORLDS[0]
    task = semantic_ids.everybody(deep.world(seed))
    rows = SPELLED[(SPELLED["part"] == "judged") & (SPELLED["world"] == seed)
                   & (SPELLED["measure"] == "ndcg")].set_index("model")  # fmt: skip
    for name, within in (("lot", 2e-4), ("popular", 2e-4), ("EASE, recent", 2e-4), ("codes", 2e-3)):
        make = semantic_ids.KNOWN[name][0]
        settings = semantic_ids.seeded(make, read(rows.loc[name, "settings"]), seed)
        value, _ = deep.measured(make, settings, task)
        assert value == pytest.approx(rows.loc[name, "value"], abs=within), name


def test_spelled_titles_and_their_rivals_were_tuned_alike_and_judged_as_chosen():
    for judged, part in (("judged", "tuning"), ("new titles", "tuning, new titles")):
        tried = SPELLED[(SPELLED["part"] == part) & (SPELLED["measure"] == "ndcg")]
        counts = tried.groupby("model").size()
        assert set(counts) == {1, 4}
        assert set(counts[counts == 1].index) <= {"lot", "popular", "content"}
        best = tried.loc[tried.groupby("model")["value"].idxmax()].set_index("model")["settings"]
        for row in SPELLED[SPELLED["part"] == judged].itertuples():
            if row.model != semantic_ids.NO_LAST:
                assert row.settings == best[row.model]
