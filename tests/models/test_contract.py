"""What every recommender promises, whatever it learns: one suite over all of them."""

from __future__ import annotations

import importlib
import inspect
import pickle
import pkgutil

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from surprise import SVD, BaselineOnly
from threadpoolctl import threadpool_limits

from recsys_lib import Interactions, models
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, RANK, SCORE, USER, VALUE
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.demographic import DemographicGroups
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.models.baselines.random import Random
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.deep.autoencoder import DenoisingAutoencoder
from recsys_lib.models.deep.two_towers import TwoTowers
from recsys_lib.models.deep.variational import MultVAE
from recsys_lib.models.factors.biased_mf import BiasedMF
from recsys_lib.models.factors.bpr import BPR
from recsys_lib.models.factors.ease import EASE
from recsys_lib.models.factors.ials import ImplicitALS
from recsys_lib.models.factors.incremental import IncrementalMF
from recsys_lib.models.factors.opinions import OpinionMF
from recsys_lib.models.factors.surprise_model import SurpriseModel
from recsys_lib.models.hybrids.featured_mf import FeaturedMF
from recsys_lib.models.hybrids.hybrid import Hybrid
from recsys_lib.models.hybrids.stacked import Stacked
from recsys_lib.models.hybrids.switching import Switching
from recsys_lib.models.hybrids.weighted import Weighted
from recsys_lib.models.neighbours.knn import ItemKNN, Neighbors
from recsys_lib.models.neighbours.rating_knn import RatingKNN
from recsys_lib.models.neighbours.rp3beta import RP3beta
from recsys_lib.models.neighbours.user_knn import UserKNN
from recsys_lib.models.rating import RatingPredictor
from recsys_lib.models.sequences.generative import GenerativeRetrieval
from recsys_lib.models.sequences.gru4rec import GRU4Rec
from recsys_lib.models.sequences.markov import Markov
from recsys_lib.models.sequences.network import SequenceNetwork
from recsys_lib.models.sequences.order import SequenceRecommender
from recsys_lib.models.sequences.recency import RecentEASE, RecentItemKNN
from recsys_lib.models.sequences.sasrec import SASRec

MODELS = {
    "popular": Popular(),
    "popular, half-life": Popular(half_life_days=0.05),
    "popular, weighted": Popular(weighted=True),
    "random": Random(random_state=5),
    "groups": DemographicGroups(("gender",)),
    "fine groups": DemographicGroups(("gender", "age_band"), shrinkage=0),
    "groups, weighted": DemographicGroups(("gender",), shrinkage=2, weighted=True),
    "content": ContentProfile(),
    "item-knn": ItemKNN(),
    "item-knn, few": ItemKNN(neighbors=3, shrinkage=2, neighbors_of="source"),
    "item-knn, jaccard": ItemKNN(neighbors=4, similarity="jaccard"),
    "item-knn, lift": ItemKNN(neighbors=4, similarity="lift"),
    "item-knn, adjusted cosine": ItemKNN(neighbors=4, similarity="adjusted cosine"),
    "item-knn, weighted": ItemKNN(neighbors=4, weighted=True),
    "user-knn": UserKNN(neighbors=5),
    "user-knn, weighted": UserKNN(neighbors=5, weighted=True),
    "user-knn, pearson": UserKNN(neighbors=5, similarity="pearson"),
    "rating-knn": RatingKNN(),
    "ease": EASE(),
    "ease, weighted": EASE(l2=50.0, weighted=True),
    "ials": ImplicitALS(factors=8, iterations=2),
    "ials, weighted": ImplicitALS(factors=8, iterations=2, weighted=True),
    "featured mf": FeaturedMF(factors=4, iterations=2),
    "featured mf, viewers": FeaturedMF(factors=4, columns=("gender",), iterations=2),
    "featured mf, weighted": FeaturedMF(factors=4, iterations=2, weighted=True),
    "rp3beta": RP3beta(),
    "rp3beta, weighted": RP3beta(weighted=True),
    "bpr": BPR(factors=4, epochs=2),
    "biased mf": BiasedMF(factors=4, epochs=2),
    "incremental mf": IncrementalMF(factors=4),
    "opinion mf": OpinionMF(factors=4, iterations=2),
    "opinion mf, imputed": OpinionMF(factors=4, iterations=2, imputed=2.0),
    "autoencoder": DenoisingAutoencoder(hidden=(4,), epochs=3),
    "autoencoder, deep": DenoisingAutoencoder(hidden=(4, 3), epochs=2, held_out=0),
    "mult-vae": MultVAE(hidden=4, latent=3, epochs=2),
    "two towers": TwoTowers(factors=4, said_of=1, epochs=1, batch_size=64),
    "two towers, viewers": TwoTowers(
        factors=4, said_of=1, columns=("gender",), epochs=1, batch_size=64
    ),
    "surprise baseline": SurpriseModel(BaselineOnly(verbose=False)),
    "surprise svd": SurpriseModel(SVD(n_factors=4, n_epochs=3, random_state=0)),
    "weighted": Weighted(weights={"factors": 1, "popular": 0.5, "content": 2, "groups": 0}),
    "switching": Switching(),
    "stacked": Stacked(),
    "stacked, two": Stacked({"ease": EASE(), "popular": Popular()}),
    "markov": Markov(prior=3),
    "recent ease": RecentEASE(l2=20, half_life=3),
    "recent item-knn": RecentItemKNN(neighbors=4, half_life=3),
    "sasrec": SASRec(factors=4, length=6, negatives=5, epochs=1, batch_size=16),
    "gru4rec": GRU4Rec(factors=4, length=6, negatives=5, epochs=1, batch_size=16),
    "generative": GenerativeRetrieval(
        levels=2, codes=2, factors=4, length=6, epochs=1, batch_size=16
    ),
    "generative, no last number": GenerativeRetrieval(
        levels=2, codes=2, last=False, factors=4, length=6, epochs=1, batch_size=16
    ),
}
ABSTRACT = {
    Recommender, RatingPredictor, Hybrid, Neighbors, SequenceRecommender, SequenceNetwork,
}  # fmt: skip


def test_every_model_of_the_library_is_in_this_suite():
    found = set()
    for module in pkgutil.walk_packages(models.__path__, f"{models.__name__}."):
        if module.name.endswith("_torch"):
            continue  # a twin in PyTorch, which readers need not have; test_twins.py has these
        members = inspect.getmembers(importlib.import_module(module.name))
        found |= {
            thing
            for name, thing in members
            if inspect.isclass(thing) and issubclass(thing, Recommender) and name[0] != "_"
        }
    assert found - ABSTRACT == {type(model) for model in MODELS.values()}


def a_log(make_log, names: bool, seed: int = 0) -> Interactions:
    """Thirty viewers and two more: one who has seen everything, one who has seen nothing."""
    drawn = make_log(seed, names=names)
    frame = drawn.to_frame()
    everything = frame.drop_duplicates(ITEM).assign(**{USER: "zoe" if names else 9000})
    nobody = "zz nobody" if names else 9001
    users = [*drawn.users, everything[USER].iloc[0], nobody]
    return Interactions.from_frame(
        pd.concat([frame, everything]), value=VALUE, time="time", users=users, items=drawn.items
    )


@pytest.fixture(params=[False, True], ids=["integer labels", "string labels"])
def log(request, make_log) -> Interactions:
    return a_log(make_log, request.param)


@pytest.fixture(params=MODELS)
def model(request) -> Recommender:
    return clone(MODELS[request.param])


def tables(log: Interactions) -> dict[str, pd.DataFrame]:
    genres = np.resize(["drama|crime", "comedy", "war"], log.n_items)
    return {
        "items": pd.DataFrame({ITEM: log.items, "genres": genres}),
        "users": pd.DataFrame(
            {
                USER: log.users,
                "gender": np.resize(["woman", "man", "woman"], log.n_users),
                "age_band": np.resize(["18-29", "30-44"], log.n_users),
            }
        ),
    }


def fit(model: Recommender, log: Interactions) -> Recommender:
    return model.fit(log, **tables(log))


def strangers(log: Interactions) -> list:
    """Somebody without history, somebody unknown."""
    return [log.users[-1], "who?" if isinstance(log.users[0], str) else 123456]


def test_a_list_is_ordered_by_score_then_item_and_numbered_from_1(model, log):
    users = list(log.users[::-1]) + strangers(log)[1:]
    frame = fit(model, log).recommend(users, k=7)
    assert frame.columns.tolist() == [USER, ITEM, SCORE, RANK]
    assert (frame[SCORE].dtype, frame[RANK].dtype) == (np.float32, np.int64)
    assert np.isfinite(frame[SCORE]).all()
    assert frame[USER].drop_duplicates().tolist() == [u for u in users if u in set(frame[USER])]
    for _, part in frame.groupby(USER, sort=False):
        assert part[RANK].tolist() == list(range(1, len(part) + 1))
        ordered = part.sort_values([SCORE, ITEM], ascending=[False, True])
        assert ordered.index.tolist() == part.index.tolist()


def test_lists_hold_unseen_titles_once_and_as_many_as_there_are(model, log):
    frame = fit(model, log).recommend(k=7)
    assert not frame.duplicated([USER, ITEM]).any()
    seen = set(zip(log.users[log.event_rows], log.items[log.matrix.indices], strict=True))
    assert not seen & set(zip(frame[USER], frame[ITEM], strict=True))
    expected = np.minimum(7, log.n_items - log.user_counts)
    lengths = frame[USER].value_counts().reindex(log.users, fill_value=0)
    assert lengths.tolist() == expected.tolist()


def test_a_list_holds_the_best_scores_that_score_all_gives(model, log):
    fit(model, log)
    scores = model.score_all(log.users)
    assert scores.shape == (log.n_users, log.n_items) and scores.dtype == np.float32
    assert np.isfinite(scores).all()
    frame = model.recommend(k=5, exclude_seen=False)
    best = np.sort(scores, axis=1)[:, ::-1][:, :5]
    np.testing.assert_array_equal(frame[SCORE].to_numpy().reshape(-1, 5), best)


def test_k_larger_than_the_catalogue_gives_all_that_is_left(model, log):
    fit(model, log)
    assert len(model.recommend(k=999)) == log.n_users * log.n_items - log.n_events
    everything = model.recommend(k=999, exclude_seen=False)
    assert len(everything) == log.n_users * log.n_items


def test_viewers_without_history_and_unknown_ones_are_served(model, log):
    frame = fit(model, log).recommend(strangers(log), k=6)
    assert frame[USER].value_counts().tolist() == [6, 6]
    assert np.isfinite(model.score_all(strangers(log))).all()


def test_only_the_items_asked_for_are_recommended(model, log):
    wanted = log.items[[2, 3, 11]]
    frame = fit(model, log).recommend(k=5, items=wanted)
    assert set(frame[ITEM]) == set(wanted)


def test_one_viewer_at_a_time_or_all_at_once_is_the_same(model, log):
    fit(model, log)
    users = [*log.users, strangers(log)[1]]
    whole = model.recommend(users, k=5, chunk=1000)
    pd.testing.assert_frame_equal(model.recommend(users, k=5, chunk=1), whole)
    alone = model.recommend(users[4:5], k=5)
    pd.testing.assert_frame_equal(alone, whole[whole[USER] == users[4]].reset_index(drop=True))


def test_the_same_again_with_one_thread_and_with_two(model, log):
    frames = []
    for threads in (1, 2, 2):
        with threadpool_limits(threads):
            frames.append(fit(clone(model), log).recommend(k=5))
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[1], frames[2])


def test_matrices_large_enough_to_share_out_give_the_same_with_one_thread_and_with_two(
    model, make_log
):
    log = make_log(users=300, items=400, events=12_000)
    users, scores = log.users[::3], []
    for threads in (1, 2):
        with threadpool_limits(threads):
            scores.append(fit(clone(model), log).score_all(users))
    np.testing.assert_array_equal(*scores)


def test_fitting_again_starts_anew(model, log, make_log):
    other = a_log(make_log, isinstance(log.users[0], str), seed=1)
    again = fit(fit(clone(model), other), log).recommend(k=5)
    pd.testing.assert_frame_equal(again, fit(model, log).recommend(k=5))


def test_a_clone_is_unfitted_and_a_pickle_recommends_the_same(model, log):
    assert fit(model, log) is model
    with pytest.raises(NotFittedError):
        clone(model).recommend()
    with pytest.raises(NotFittedError):
        clone(model).score_all(log.users)
    copy = pickle.loads(pickle.dumps(model))
    pd.testing.assert_frame_equal(copy.recommend(k=5), model.recommend(k=5))


def test_repr_names_the_model_and_no_place_in_memory(model):
    assert repr(model).startswith(f"{type(model).__name__}(")
    assert " at 0x" not in repr(model)


def test_nothing_that_is_given_is_changed_nor_the_model_by_using_it(model, log):
    given = tables(log)
    before = pickle.dumps((log.matrix, log.times, log.users, given))
    model.fit(log, **given)
    users = log.users.copy()
    first = model.recommend(users, k=5)
    model.score_all(users)[:] = 7
    assert pickle.dumps((log.matrix, log.times, log.users, given)) == before
    assert (users == log.users).all()
    pd.testing.assert_frame_equal(model.recommend(users, k=5), first)


def test_who_never_watched_anything_is_no_viewer(model, log):
    """Listing people without an event, before, between and after the others, changes no score."""
    named, known = isinstance(log.users[0], str), log.users[log.user_counts > 0]
    silent = [f"name {n:04} too" for n in range(90)] if named else [-5, -3, *range(2000, 2088)]
    listed = log.with_axes(users=[*log.users, *silent])
    assert listed.active_users == log.active_users == listed.n_users - 91
    expected = fit(clone(model), log).score_all(known)
    users = tables(log)["users"]
    more = pd.DataFrame({USER: silent, "gender": "man", "age_band": "18-29"})
    model.fit(listed, items=tables(log)["items"], users=pd.concat([users, more]))
    np.testing.assert_allclose(model.score_all(known), expected, rtol=1e-5, atol=1e-6)


def test_labels_are_only_names(model, make_log):
    if isinstance(model, Random):
        return  # its lists are drawn by the viewer's label
    plain, named = (fit(clone(model), a_log(make_log, names)) for names in (False, True))
    np.testing.assert_array_equal(
        plain.score_all(plain.train_.users), named.score_all(named.train_.users)
    )


def test_requests_that_cannot_be_met_are_refused(model, log):
    fit(model, log)
    for argument in ("k", "chunk"):
        for value in (0, -1, 1.5, "3", None):
            with pytest.raises(ArgumentError, match=f"{argument} must be an integer of at least 1"):
                model.recommend(**{argument: value})
    with pytest.raises(ArgumentError, match="the same user twice"):
        model.recommend([log.users[0]] * 2)
    with pytest.raises(ArgumentError, match=r"items \[.*\] are not in train.items"):
        model.recommend(items=[log.items[0], strangers(log)[1]])
    with pytest.raises(DataError, match="train must be an Interactions, not DataFrame"):
        model.fit(log.to_frame())
    with pytest.raises(DataError, match="holds no event"):
        model.fit(log.select(np.zeros(log.n_events, bool)), **tables(log))


def test_nobody_asked_for_gets_nothing(model, log):
    frame = fit(model, log).recommend([], k=3)
    assert len(frame) == 0 and frame.columns.tolist() == [USER, ITEM, SCORE, RANK]
    assert model.score_all([]).shape == (0, log.n_items)
