"""The command line: tables for good input; one line, exit code 2 and no file for bad input."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_lib.cli import main
from recsys_lib.models.registry import MODELS
from tests.datasets.small_movielens import write_folder, write_zip

LOANS = ["--user-col", "reader", "--item-col", "book"]


@pytest.fixture
def loans(tmp_path):
    """A CSV file of 40 readers, 15 books and 300 loans, with stars and days."""
    rng = np.random.default_rng(0)
    pairs = rng.permutation(40 * 15)[:300]
    path = tmp_path / "loans.csv"
    pd.DataFrame({
        "reader": pairs // 15, "book": [f"B{book:02}" for book in pairs % 15],
        "stars": rng.integers(1, 6, 300), "day": pd.Timestamp("2024-01-01") +
        pd.to_timedelta(np.arange(300), unit="h"),
    }).to_csv(path, index=False)  # fmt: skip
    return str(path)


def test_evaluate_prints_and_saves_the_table(run, loans, tmp_path):
    saved = tmp_path / "table.csv"
    code, out, err = run("evaluate", loans, *LOANS, "--models", "random,popular,item-knn",
                         "--split", "random", "--k", 5, "--out", saved)  # fmt: skip
    assert (code, err) == (0, "")
    table = pd.read_csv(saved)
    assert table["model"].unique().tolist() == ["random", "popular", "item-knn"]
    assert out.startswith("Read 300 rows of ")
    assert "rating is 'stars', time is 'day' (ISO 8601)" in out
    assert "Interactions(40 users x 15 items, 300 events" in out
    assert "Split random: 238 events to learn from, 62 to judge by" in out
    for row in table[table["segment"] == "all"].itertuples():
        printed = next(line for line in out.splitlines()
                       if line.split()[:2] == [row.metric, row.model])  # fmt: skip
        assert f"{row.mean:.4f}" in printed


@pytest.mark.parametrize(
    ("split", "printed"), [("time", "by time"), ("last", "last 1 out"), ("random", "random")]
)
def test_each_split_can_be_chosen_and_time_is_the_default(split, printed, run, loans):
    options = ["evaluate", loans, *LOANS, "--time-col", "day", "--models", "popular"]
    assert f"Split {printed}:" in run(*options, "--split", split)[1]
    assert "Split by time:" in run(*options)[1]


def test_the_same_seed_gives_the_same_table(run, loans, tmp_path):
    def means(seed):
        path = tmp_path / "t.csv"
        run("evaluate", loans, *LOANS, "--models", "random", "--seed", seed, "--out", path)
        return pd.read_csv(path)["mean"].tolist()

    assert means(1) == means(1)
    assert means(1) != means(2)


def test_relevant_from_counts_only_what_was_liked(run, loans, tmp_path):
    options = ["evaluate", loans, *LOANS, "--rating-col", "stars", "--models", "popular"]
    users = []
    for liked in ((), ("--relevant-from", 5)):
        assert run(*options, *liked, "--out", tmp_path / "t.csv")[0] == 0
        users.append(pd.read_csv(tmp_path / "t.csv")["users"].max())
    assert users[0] > users[1]


@pytest.mark.parametrize("name", ["100k", "1m", "25m"])
def test_a_movielens_folder_and_zip_can_be_evaluated(name, run, tmp_path):
    models = "popular,demographic" if name != "25m" else "popular,item-knn"
    options = ["--models", models, "--k", 2, "--split", "random"]
    folder = run("evaluate", write_folder(tmp_path / "set", name), *options)
    zipped = run("evaluate", write_zip(tmp_path / "set.zip", name), *options)
    assert folder[0] == zipped[0] == 0
    assert "4 users x 4 items, 8 events" in folder[1]


def test_recommend_prints_titles_and_leaves_out_what_was_seen(run, tmp_path):
    folder = write_folder(tmp_path / "set", "1m")
    code, out, _ = run("recommend", folder, "--user", 4, "--model", "popular", "--k", 9,
                       "--out", tmp_path / "list.csv")  # fmt: skip
    assert code == 0
    assert "Toy Story" in out
    assert "Misérables, Les" in out
    assert "GoldenEye" not in out  # the only film that viewer 4 has seen
    saved = pd.read_csv(tmp_path / "list.csv")
    assert saved["item_id"].tolist() == [1, 3, 4]
    assert saved["rank"].tolist() == [1, 2, 3]


def test_recommend_from_a_csv_file_prints_its_labels(run, loans):
    code, out, _ = run("recommend", loans, *LOANS, "--user", " 7 ", "--k", 3)
    assert code == 0
    assert out.count(" B") == 3


def test_models_lists_every_name_with_a_line(run):
    code, out, _ = run("models")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(MODELS)


def test_matinee_is_at_hand(run):
    code, out, _ = run("recommend", "matinee", "--user", 1, "--model", "popular", "--k", 3)
    assert code == 0
    assert len(out.splitlines()) == 4


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "arguments are required: command"),
        (["juggle"], "invalid choice: 'juggle'"),
        (["evaluate"], "arguments are required: PATH_OR_NAME"),
        (["evaluate", "nowhere.csv"], "no such file or data set (nowhere.csv)"),
        (["evaluate", "matinee", "--models", "popular,best"], "there is no model 'best'"),
        (["evaluate", "matinee", "--models", ""], "there is no model ''"),
        (["evaluate", "matinee", "--k", "0"], "--k: must be between 1"),
        (["evaluate", "matinee", "--k", "ten"], "--k: invalid"),
        (["evaluate", "matinee", "--seed", "-1"], "--seed: must be between 0"),
        (["evaluate", "matinee", "--split", "half"], "invalid choice: 'half'"),
        (["evaluate", "matinee", "--relevant-from", "nan"], "no user has a relevant event"),
        (["evaluate", "matinee", "--out", "nowhere/t.csv"], "a folder that exists"),
        (["evaluate", "matinee", "--out", "."], "must name a file"),
        (["recommend", "matinee"], "--history --user --users-file --all is required"),
        (["recommend", "matinee", "--user", "nobody"], "there is no user 'nobody'"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(arguments, message, refused):
    assert message in refused(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "demographic"], "needs viewers' gender and age"),
        (["--models", "popular,svd", "--rating-col", "none"], "svd learns from ratings"),
        (["--models", "biased-mf", "--rating-col", "none"], "biased-mf learns from ratings"),
        (["--split", "time", "--time-col", "none"], "needs times, and this data has none"),
        (["--split", "last", "--time-col", "none"], "name their column with --time-col"),
        (["--rating-col", "marks"], "no column 'marks'"),
        (["--encoding", "klingon"], "--encoding 'klingon' is not one"),
        (["--time-col", "stars", "--rating-col", "stars"], "must be different columns"),
    ],
)
def test_what_the_data_cannot_give_is_refused(arguments, message, refused, loans, tmp_path):
    out = tmp_path / "table.csv"
    assert message in refused("evaluate", loans, *LOANS, *arguments, "--out", out)


def test_a_bad_row_is_named_and_an_older_table_is_left_alone(refused, loans, tmp_path):
    with open(loans, "a") as file:
        file.write("7,B01,five,2024-01-01\n")
    old = tmp_path / "table.csv"
    old.write_text("old")
    err = refused("evaluate", loans, *LOANS, "--rating-col", "stars", "--out", old)
    assert "column 'stars' must hold a finite number" in err
    assert "loans.csv, line 302" in err
    assert old.read_text() == "old"


def test_repeated_pairs_need_a_decision(refused, run, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("user_id,item_id,rating\n1,1,5\n1,2,3\n1,1,4\n2,1,1\n2,3,2\n3,1,5\n3,2,2\n")
    err = refused("recommend", path, "--user", 3)
    assert "log.csv, line 4" in err
    assert '--duplicates "first", "last" or "mean"' in err
    assert run("recommend", path, "--user", 3, "--duplicates", "first")[0] == 0


def test_too_little_memory_is_said_in_one_line(refused, loans, monkeypatch):
    def exhausted(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr("recsys_lib.cli.evaluate.evaluate", exhausted)
    assert "not enough memory" in refused("evaluate", loans, *LOANS)


ODD = st.sampled_from(["Ö", "-1", "nan", "inf", "", " ", '"', "x,y", "2024-01-01", "1e31", "\x00",
                       "7" * 30, "3600"])  # fmt: skip
ROW = st.tuples(*(st.integers(low, high).map(str) for low, high in [(1, 4), (1, 5), (0, 5)]))


@settings(max_examples=100)
@given(
    rows=st.lists(ROW, max_size=20, unique_by=lambda row: row[:2]),
    accident=st.just([]) | st.lists(st.tuples(ODD, ODD, ODD) | st.lists(ODD), max_size=1),
    command=st.sampled_from(["evaluate", "recommend"]),
    model=st.sampled_from(["random", "popular", "item-knn", "user-knn", "demographic", "ease",
                           "rp3beta"]),
    extra=st.sampled_from([(), (), ("--rating-col", "c"), ("--time-col", "c"), ("--k", "99"),
                           ("--duplicates", "sum"), ("--encoding", "latin-1")]),
)  # fmt: skip
def test_any_small_table_gives_exit_code_0_or_2(
    rows, accident, command, model, extra, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("fuzz")
    path, saved = folder / "log.csv", folder / "out.csv"
    path.write_text(
        "\n".join(map(",".join, [("user_id", "item_id", "c"), *rows, *accident])), "utf-8"
    )
    chosen = ["--models", model] if command == "evaluate" else ["--model", model, "--user", "1"]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([command, str(path), *chosen, *extra, "--out", str(saved)])
    if code == 0:
        assert err.getvalue() == ""
        assert out.getvalue() != ""
        assert "score" in saved.read_text() or "ndcg" in saved.read_text()
    else:
        assert (code, out.getvalue()) == (2, "")
        assert err.getvalue().count("\n") == 1
        assert list(folder.iterdir()) == [path]


def test_as_a_program_it_ends_with_the_code_and_no_traceback(loans):
    def program(*arguments):
        command = [sys.executable, "-m", "recsys_lib", *arguments]
        root = Path(__file__).resolve().parents[2]
        plain = os.environ | {"PYTHONIOENCODING": "ascii"}
        return subprocess.run(command, capture_output=True, text=True, cwd=root, env=plain)

    good = program("recommend", loans, *LOANS, "--user", "7")
    assert (good.returncode, good.stderr) == (0, "")
    bad = program("evaluate", loans, "--user-col", "borrower")
    assert bad.returncode == 2
    assert bad.stdout == ""
    assert bad.stderr.startswith("recsys_lib: there is no column 'borrower'")
    assert bad.stderr.count("\n") == 1
