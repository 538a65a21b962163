"""Saved models: the same answers without the log, no code on loading, and refusals by name."""

from __future__ import annotations

import json
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError, TooLargeError, UnsupportedError
from recsys_lib.interactions import ITEM, SCORE
from recsys_lib.models import (
    BPR,
    EASE,
    ContentProfile,
    ItemKNN,
    Popular,
    Stacked,
    UserKNN,
    Weighted,
    numerics,
)
from recsys_lib.models.saved import holds_histories, load, made_with, save
from recsys_lib.models.saved_values import Reader, Writer
from tests.models.test_contract import MODELS, a_log, fit
from tests.models.test_histories import KNOW_ONLY_THEIR_VIEWERS

NOT_SAVED = KNOW_ONLY_THEIR_VIEWERS


@pytest.fixture(params=[False, True], ids=["integer labels", "string labels"])
def log(request, make_log) -> Interactions:
    return a_log(make_log, request.param)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.zip"


@pytest.mark.parametrize("name", sorted(set(MODELS) - NOT_SAVED))
def test_a_loaded_model_answers_histories_as_the_saved_one(name, log, path):
    model = fit(clone(MODELS[name]), log)
    save(model, path)
    loaded = load(path)
    assert type(loaded) is type(model) and loaded.train_ is None
    assert repr(loaded) == repr(model)
    asked = as_strangers(log) if isinstance(model, UserKNN) else log
    np.testing.assert_array_equal(loaded.score_histories(log), model.score_histories(asked))
    history = log.items[[1, 4, 6]]
    pd.testing.assert_frame_equal(loaded.recommend_for(history), model.recommend_for(history))
    for call in (lambda: loaded.score_all(log.users), loaded.recommend):
        with pytest.raises(UnsupportedError, match=r"saved without its log.*recommend_for"):
            call()
    again = path.with_name("again.zip")
    save(loaded, again)
    np.testing.assert_array_equal(load(again).score_histories(log), model.score_histories(asked))


def as_strangers(log: Interactions) -> Interactions:
    """The same histories under labels that nobody has, so that each may be its own neighbour."""
    named = isinstance(log.users[0], str)
    users = np.array([f"{u} too" for u in log.users], object) if named else log.users + 50_000
    return Interactions(users, log.items, log.matrix, log.times)


@pytest.mark.parametrize("name", sorted(NOT_SAVED))
def test_what_cannot_be_saved_says_so_and_leaves_no_file(name, log, path):
    model = fit(clone(MODELS[name]), log)
    with pytest.raises(UnsupportedError, match=f"{type(model).__name__} knows only"):
        save(model, path)
    with pytest.raises(UnsupportedError, match=f"{type(model).__name__} knows only"):
        save(Weighted({"a": Popular(), "b": clone(model)}).fit(log), path)
    assert not list(path.parent.iterdir())


def test_the_file_holds_neither_the_viewers_nor_what_they_watched(log, path):
    """A pickle of Popular holds the log; a saved Popular grows with titles alone."""
    save(fit(clone(MODELS["ials"]), log), path)
    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("model.json"))["model"]["learned"]
    assert set(told) == {"items_", "item_counts_", "item_factors_"}
    save(Popular().fit(log), path)
    small = path.stat().st_size
    frames = [log.to_frame().assign(user_id=lambda f, n=n: [f"{n} {u}" for u in f["user_id"]])
              for n in range(50)]  # fmt: skip
    many = Popular().fit(Interactions.from_frame(pd.concat(frames), items=log.items))
    save(many, path)
    assert path.stat().st_size < small + 200 < len(pickle.dumps(many)) / 10


def test_similar_titles_need_no_log(log, path):
    model = EASE(l2=5).fit(log)
    save(model, path)
    pd.testing.assert_frame_equal(
        load(path).similar_items(log.items[3]), model.similar_items(log.items[3])
    )
    content = fit(ContentProfile(), log)
    save(content, path)
    with pytest.raises(UnsupportedError, match="saved without its log"):
        load(path).profile(log.users[0])


@pytest.mark.parametrize("of", ["target", "source"])
def test_neighbours_without_the_log_are_those_that_were_kept(of, make_log, path):
    log = make_log(2, users=60, items=12, events=400)  # so dense that no two are alike
    model = ItemKNN(neighbors=4, shrinkage=3, neighbors_of=of).fit(log)
    save(model, path)
    for item in log.items:
        found, whole = load(path).similar_items(item), model.similar_items(item, k=4)
        assert (
            found.columns.tolist() == [ITEM, SCORE] and found[ITEM].tolist() == whole[ITEM].tolist()
        )
        np.testing.assert_allclose(found[SCORE], whole[SCORE], rtol=1e-6)
    assert len(load(path).similar_items(log.items[0], k=2)) == 2
    with pytest.raises(ArgumentError, match="not in train"):
        load(path).similar_items(-1)
    with pytest.raises(ArgumentError, match="k must be"):
        load(path).similar_items(log.items[0], k=0)


def test_viewers_without_the_log_have_histories_and_no_names(log, path):
    save(UserKNN().fit(log), path)
    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("model.json"))
    assert set(told["model"]["learned"]) == {"items_", "item_counts_", "histories_"}
    assert holds_histories(load(path)) and not holds_histories(EASE().fit(log))
    assert holds_histories(Weighted({"a": Popular(), "b": UserKNN()}).fit(log))
    assert str(log.users[-1]) not in json.dumps(told["model"])
    assert (load(path).histories_ != log.matrix).nnz == 0


def test_the_same_model_gives_the_same_bytes_and_says_what_it_was_made_with(log, path):
    model = EASE(l2=5).fit(log)
    save(model, path)
    first = path.read_bytes()
    save(EASE(l2=5).fit(log), path)
    assert path.read_bytes() == first
    about = made_with(path)
    assert about["made with"]["numpy"] == np.__version__ and about["fitted on"] == repr(log)
    assert about["model"] == "EASE(l2=5)" and about["format"] == 1


def rewritten(path, change) -> None:
    """The saved file with another manifest or other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def manifest(change):
    def apply(members):
        told = json.loads(members["model.json"])
        change(told)
        members["model.json"] = json.dumps(told).encode()

    return apply


@pytest.fixture
def saved(log, path):
    save(EASE(l2=5).fit(log), path)
    return path


@pytest.mark.parametrize("found", [2, 0, "1", None])
def test_another_format_is_refused_with_what_it_was_made_with(saved, found):
    rewritten(saved, manifest(lambda told: told.update(format=found)))
    with pytest.raises(DataError, match=r"has format .*, and this version reads 1.*numpy"):
        load(saved)


class Trap:
    """Leaves a trace if it is unpickled."""

    def __reduce__(self):
        return (open, ("trap", "w"))


def test_nothing_in_a_file_is_run(saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trap = np.array([Trap()], dtype=object)

    def plant(members):
        with open(tmp_path / "array.npy", "wb") as file:
            np.save(file, trap, allow_pickle=True)
        for name in members:
            if name.endswith(".npy"):
                members[name] = (tmp_path / "array.npy").read_bytes()

    rewritten(saved, plant)
    with pytest.raises(DataError, match="the model is damaged: ValueError"):
        load(saved)
    assert not (tmp_path / "trap").exists()


def settings(told: dict) -> dict:
    return told["model"]["unfitted"]["settings"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["model"]["unfitted"].update(name="os"), "there is no model 'os'"),
        (lambda m: m["model"]["unfitted"].update(name="RequestSearch"), "no model 'RequestSearch'"),
        (lambda m: m["model"]["learned"].update(__class__=1), "'__class__' is not the name of"),
        (lambda m: m["model"]["learned"].update(fit=1), "'fit' is not the name of"),
        (lambda m: m["model"]["learned"].update(a_={"kind": "code"}), "no kind of value 'code'"),
        (lambda m: m["model"]["learned"].update(a_=[1]), "a bare list is nothing that is saved"),
        (lambda m: settings(m)["pairs"].append(["x", 1]), "damaged: TypeError"),
        (lambda m: m.pop("model"), "damaged: KeyError"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(saved, change, message):
    rewritten(saved, manifest(change))
    with pytest.raises(DataError, match=message):
        load(saved)


def test_columns_beyond_the_titles_are_refused(log, path):
    save(ItemKNN().fit(log), path)

    def beyond(members):
        told = json.loads(members["model.json"])["model"]["learned"]["support_"]["parts"][1]
        told = told["member"]
        with zipfile.ZipFile(path) as archive, archive.open(told) as file:
            indices = np.lib.format.read_array(file)
        with open(path.with_name("indices.npy"), "wb") as file:
            np.save(file, indices + 10_000)
        members[told] = path.with_name("indices.npy").read_bytes()

    rewritten(path, beyond)
    with pytest.raises(DataError, match="the model is damaged: ValueError"):
        load(path)


def test_files_that_are_no_models_are_refused(tmp_path, saved, monkeypatch):
    text, empty = tmp_path / "text.zip", tmp_path / "empty.zip"
    text.write_text("user_id,item_id")
    zipfile.ZipFile(empty, "w").close()
    for file, message in (
        (tmp_path / "absent.zip", "could not be read: No such file"),
        (tmp_path, "could not be read: Is a directory"),
        (text, "could not be read: it is no zip file"),
        (empty, "this zip file is no saved model"),
    ):
        for read in (load, made_with):
            with pytest.raises(DataError, match=message):
                read(file)
    whole = saved.read_bytes()
    for length in (0, 100, len(whole) // 2, len(whole) - 1):
        saved.write_bytes(whole[:length])
        with pytest.raises(DataError):
            load(saved)
    saved.write_bytes(whole)
    monkeypatch.setattr(numerics, "available_memory", lambda: 100)
    with pytest.raises(TooLargeError, match=r"The arrays of .* need .* bytes"):
        load(saved)


def test_a_folder_that_is_not_there_or_an_unfitted_model_is_refused(log, tmp_path):
    with pytest.raises(DataError, match="could not be written: No such file"):
        save(Popular().fit(log), tmp_path / "no" / "model.zip")
    with pytest.raises(NotFittedError):
        save(Popular(), tmp_path / "model.zip")
    assert not list(tmp_path.iterdir())


def test_a_model_of_somebody_elses_is_refused(log, path):
    class Own(Popular):
        pass

    with pytest.raises(UnsupportedError, match="Own is not a model of this library"):
        save(Own().fit(log), path)
    with pytest.raises(UnsupportedError, match="BPR knows only"):
        save(Stacked({"a": BPR(epochs=1), "b": Popular()}).fit(log), path)


@pytest.mark.parametrize(
    "value",
    [None, True, 3, "ä", 0.1, float("inf"), (1, "a"), [1, (2,)], {"a": 1, 2: (3,)}, {"kind": "x"}],
)
def test_plain_values_come_back_as_they_were(value, tmp_path):
    told = json.loads(json.dumps(Writer().encode(value)))
    found = Reader(None, None).decode(told)
    assert found == value and type(found) is type(value)


def test_values_that_models_do_not_learn_are_refused():
    for value in (object(), {1, 2}, np.array([1, "a"], dtype=object)):
        with pytest.raises(UnsupportedError, match="cannot be saved"):
            Writer().encode(value)
