"""A newer model takes the place of the one in use; a broken one does not."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import zipfile

import numpy as np
import pytest

from recsys_lib.errors import DataError
from recsys_lib.models import EASE
from recsys_lib.models.saved import load, save
from recsys_lib.scale.serving import Answers, Holder


@pytest.fixture
def path(fitted, tmp_path):
    save(fitted["ease"], tmp_path / "model.zip")
    return tmp_path / "model.zip"


@pytest.fixture
def holder(path, log):
    return Holder(lambda: Answers(load(path), log=log), path)


def listed(holder, log) -> list:
    found = holder.answers.recommend(5, user=log.users[0])["items"]
    return [place["item_id"] for place in found]


def test_a_newer_model_answers_and_the_old_answers_stay_whole(holder, path, log, fitted):
    old = holder.answers
    assert not holder.changed() and holder.health()["status"] == "ok"
    save(fitted["popular"], path)
    assert holder.changed() and holder.reload() and not holder.changed()
    assert holder.answers is not old and isinstance(old.model, EASE)
    wanted = fitted["popular"].recommend([log.users[0]], 5)["item_id"].tolist()
    assert listed(holder, log) == wanted
    health = holder.health()
    assert health["model"] == "Popular()" and health["reloads"] == {"done": 1, "refused": 0}


class Boom:
    """Would write a file, were it unpickled."""

    def __init__(self, path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def rewritten(path, change) -> None:
    """The zip anew, each member as `change(name, bytes)` has it."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, change(name, data))


def with_pickle(path) -> None:
    def change(name, data):
        if name == "model.json":
            return data
        file = io.BytesIO()
        array = np.empty(1, object)
        array[0] = Boom(path.with_name("ran"))
        np.save(file, array, allow_pickle=True)
        return file.getvalue()

    rewritten(path, change)


def with_a_class_of_another_library(path) -> None:
    def change(name, data):
        return data.replace(b'"EASE"', b'"subprocess.Popen"') if name == "model.json" else data

    rewritten(path, change)


def with_the_wrong_shape(path) -> None:
    def change(name, data):
        if name == "model.json" or np.load(io.BytesIO(data)).ndim < 2:
            return data
        file = io.BytesIO()
        np.save(file, np.zeros((3, 3), np.float32))
        return file.getvalue()

    rewritten(path, change)


BROKEN = {
    "half of it": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "nothing": lambda path: path.write_bytes(b""),
    "no zip": lambda path: path.write_bytes(b"PK\3\4 and then something else"),
    "a pickle": lambda path: path.write_bytes(pickle.dumps(Boom(path.with_name("ran")))),
    "a pickle among the arrays": with_pickle,
    "another class": with_a_class_of_another_library,
    "weights that fit no title": with_the_wrong_shape,
    "gone": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_model_changes_nothing_and_health_says_so(kind, holder, path, log, tmp_path):
    before, lists = holder.answers, listed(holder, log)
    good = shutil.copy(path, tmp_path / "good.zip")
    BROKEN[kind](path)
    assert holder.changed()
    assert not holder.reload()
    assert holder.answers is before and listed(holder, log) == lists
    assert not (tmp_path / "ran").exists()
    health = holder.health()
    assert health["status"] == "an older model serves" and health["reloads"]["refused"] == 1
    assert health["problem"].endswith(".") and str(tmp_path) not in json.dumps(health)
    assert not holder.changed()  # it is not tried again and again
    if path.is_dir():
        path.rmdir()
    os.replace(good, path)
    assert holder.changed() and holder.reload()
    assert holder.health()["problem"] is None and holder.health()["status"] == "ok"


@pytest.mark.parametrize("kind", BROKEN)
def test_with_a_broken_model_there_is_nothing_to_begin_with(kind, path, tmp_path):
    BROKEN[kind](path)
    with pytest.raises(DataError):
        Holder(lambda: Answers(load(path)), path)
    assert not (tmp_path / "ran").exists()


def test_the_pickle_would_have_run(tmp_path):
    """The null: what was planted is live."""
    pickle.loads(pickle.dumps(Boom(tmp_path / "ran"))).close()
    assert (tmp_path / "ran").exists()
