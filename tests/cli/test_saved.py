"""A model that is kept: it gives the lists of the data it came from, and holds no user."""

import zipfile

import pandas as pd
import pytest


@pytest.mark.parametrize("model", ["ease", "item-knn", "popular"])
def test_a_kept_model_gives_the_list_that_the_data_gives(model, run, loans, tmp_path):
    kept, one, two = (tmp_path / name for name in ("model.zip", "one.csv", "two.csv"))
    code, out, err = run("train", loans, "--model", model, "-o", kept)
    assert (code, err) == (0, "")
    assert "it holds no user's history" in out
    history = pd.read_csv(loans).query("user_id == 7")["item_id"]
    assert run("recommend", loans, "--user", 7, "--model", model, "-o", one)[0] == 0
    code, out, _ = run("recommend", kept, "--history", ",".join(history), "-o", two)
    assert code == 0
    assert "fitted on Interactions(30 users x 12 items" in out
    lists = [pd.read_csv(path)[["item_id", "rank"]] for path in (one, two)]
    pd.testing.assert_frame_equal(*lists)


def test_a_model_that_learned_users_says_what_its_file_holds(run, loans, tmp_path):
    kept = tmp_path / "model.zip"
    out = run("train", loans, "--model", "user-knn", "-o", kept)[1]
    assert "it holds what each user had, without their ids" in out and "no user's" not in out
    assert "B0" in run("recommend", kept, "--history", "B01,B02")[1]


def test_what_a_kept_model_cannot_do_is_said(run, refused, loans, tmp_path):
    kept = tmp_path / "model.zip"
    assert run("train", loans, "-o", kept)[0] == 0
    assert "knows no users" in refused("recommend", kept, "--user", 7)
    assert "no title 'B99'" in refused("recommend", kept, "--history", "B99")
    assert "no log" in refused("recommend", kept, "--history", "B01", "--why")
    assert "this is data" in refused("recommend", loans, "--history", "B01")
    everything = ",".join(f"B{i:02}" for i in range(12))
    assert "nothing is left" in run("recommend", kept, "--history", everything)[1]


def test_a_strangers_file_is_refused(refused, tmp_path):
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.json", '{"format": 99}')
    assert "model.zip" in refused("recommend", path, "--history", "B01")
