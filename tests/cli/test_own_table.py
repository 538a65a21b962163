"""A stranger's table on the command line: what is said, and the next try that an error leads to."""

import time

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from recsys_lib.cli import progress
from recsys_lib.cli.judged import FEWEST
from recsys_lib.cli.models import make, uses_values
from recsys_lib.cli.words import OPTION, in_options
from recsys_lib.datasets.tables.options import TableOptions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import Interactions
from recsys_lib.models.registry import MODELS


@pytest.fixture
def loans(tmp_path):
    """40 readers and 15 books with usual names, stars, days and an event's kind."""
    rng = np.random.default_rng(0)
    pairs = rng.permutation(40 * 15)[:300]
    path = tmp_path / "loans.csv"
    pd.DataFrame({
        "User-ID": pairs // 15, "ISBN": [f"B{book:02}" for book in pairs % 15],
        "rating": rng.integers(1, 6, 300), "timestamp": 1_700_000_000 + np.arange(300) * 3600,
    }).to_csv(path, index=False, sep=";")  # fmt: skip
    return path


@pytest.fixture
def written(tmp_path):
    def write(text, name="table.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


# describe


def test_describe_says_how_it_was_read_what_it_holds_and_what_to_type(run, loans):
    code, out, err = run("describe", loans, "--min-user-events", 2)
    assert (code, err) == (0, "")
    assert "Read 300 rows" in out
    assert "separated by semicolons" in out
    assert "user is 'User-ID'" in out
    assert "(seconds since 1970)" in out
    assert "300 pairs of 40 users and 15 items" in out
    assert "ratings from 1 to 5" in out
    assert "2023-11-14 22:13:20 to 2023-11-27" in out
    assert f"python -m recsys_lib evaluate {loans} --min-user-events 2" in out


def test_describe_knows_the_gini_of_popularity_and_single_events(run, written):
    out = run("describe", written("user_id,item_id\n1,1\n2,1\n3,1\n4,2\n"))[1]
    assert "Gini 0.25" in out  # counts 3 and 1: (3 - 1) / (2 * 4)
    assert "4 have one" in out
    assert "none: every event counts 1" in out


@pytest.mark.parametrize("command", ["describe", "evaluate"])
def test_a_picture_is_drawn_if_asked(command, run, loans, tmp_path):
    picture = tmp_path / "p.svg"
    assert run(command, loans, "--plot", picture)[0] == 0
    assert "<svg" in picture.read_text()
    assert "--plot" not in run("describe", loans, "--plot", picture)[1]


# evaluate


def test_few_users_have_no_interval_and_the_others_are_accounted_for(run, written, tmp_path):
    rows = "".join(f"u{n},i{n % 5}\n" for n in range(200)) + "u0,i1\nu0,i2\n"
    out = run("evaluate", written("user_id,item_id\n" + rows), "--models", "popular",
              "-o", tmp_path / "t.csv")[1]  # fmt: skip
    assert "1 of 200 users could be judged. 199 have fewer than three events." in out
    assert "no interval is given" in out
    assert pd.read_csv(tmp_path / "t.csv")["low"].isna().all()


def test_enough_users_have_an_interval(run, loans, tmp_path):
    assert run("evaluate", loans, "-o", tmp_path / "t.csv")[0] == 0
    table = pd.read_csv(tmp_path / "t.csv")
    means = table[table["metric"] == "ndcg@10"]
    assert (means["low"].isna() == (means["users"] < FEWEST)).all()
    assert means["low"].notna().any()


def test_strangers_in_the_test_are_said(run, written):
    rows = "".join(f"{n},{n % 3},2024-01-{n + 1:02}\n{n},{(n + 1) % 3},2024-01-{n + 1:02}\n"
                   for n in range(30))  # fmt: skip
    out = run("evaluate", written("user_id,item_id,date\n" + rows), "--models", "popular")[1]
    assert "6 of 30 users could be judged. 24 have no event after the cut." in out
    assert "6 users of the test have no event to learn from" in out


def test_tied_times_are_split_at_random_or_named_as_the_cause(run, refused, written):
    rows = "".join(f"{n % 9},{n % 7},1700000000\n" for n in range(60))
    table = written("user_id,item_id,timestamp\n" + rows)
    assert "(all events have the same time" in run("evaluate", table, "--models", "popular")[1]
    assert "all events have the same time. Use --split random" in refused(
        "evaluate", table, "--split", "time"
    )
    days = "".join(f"{n % 9},{n % 7},2024-01-0{n % 9 + 1}\n" for n in range(60))
    tied = written("user_id,item_id,date\n" + days)
    assert "every user's events have one and the same time" in refused(
        "evaluate", tied, "--split", "last"
    )


def test_relevant_from_without_ratings_names_the_ratings(refused, run, loans):
    err = refused("evaluate", loans, "--rating-col", "none", "--relevant-from", 4)
    assert "this data has no ratings: every event counts 1" in err
    assert "--rating-col" in err
    assert "values run from 1 to 5" in refused("evaluate", loans, "--relevant-from", 6)
    assert "rmse needs ratings" in refused("evaluate", loans, "--rating-col", "none",
                                           "--metrics", "rmse")  # fmt: skip


def test_every_metric_and_model_that_fit_can_be_asked_for(run, loans, tmp_path):
    code, out, _ = run("evaluate", loans, "--models", "all", "--metrics", "all",
                       "-o", tmp_path / "t.csv")  # fmt: skip
    assert code == 0
    table = pd.read_csv(tmp_path / "t.csv")
    assert {"rmse", "mae", "auc", "map@10", "gini@10"} <= {*table["metric"]}
    assert {"popular", "ease", "svd", "ials"} <= {*table["model"]}
    assert "Left out: demographic. demographic needs viewers' gender and age" in out
    assert "biased-mf, svd, opinion-mf learn from the ratings" in out


def test_models_that_lack_the_same_are_named_together(run, written):
    rows = "".join(f"{n % 9},{n % 7 + n // 50},{n % 5 + 1}\n" for n in range(80))
    table = written("user_id,item_id,rating\n" + rows)
    out = run("evaluate", table, "--models", "all", "--duplicates", "last")[1]
    ordered = "markov, recent-ease, recent-item-knn, sasrec, gru4rec, generative"
    assert f"Left out: {ordered}. train has no times" in out


def test_settings_of_a_model_follow_a_colon(refused, run, loans):
    model = make("ials:factors=7:l2=0.5", 3)
    assert (model.factors, model.l2, model.random_state) == (7, 0.5, 3)
    err = refused("evaluate", loans, "--models", "ials:colour=7")
    assert "ials has no setting 'colour=7'. It has" in err
    assert "factors" in err


@pytest.mark.parametrize("name", MODELS)
def test_what_a_model_is_said_to_learn_from_is_true(name):
    """Ratings dealt anew among the same events change the scores, or they do not."""
    rng = np.random.default_rng(0)
    pairs = rng.permutation(30 * 12)[:200]
    log = pd.DataFrame({"user_id": pairs // 12, "item_id": pairs % 12,
                        "value": rng.integers(1, 6, 200),
                        "time": rng.permutation(200)})  # fmt: skip
    items = pd.DataFrame({"item_id": range(12), "title": list("abcdefghijkl"),
                          "genres": ["x|y", "y", "z"] * 4, "synopsis": ["a b", "b c", "c"] * 4,
                          "themes": ["p", "q|p", "r"] * 4})  # fmt: skip
    users = pd.DataFrame({"user_id": range(30), "gender": ["F", "M"] * 15,
                          "age_band": ["18-24", "25-34", "35-44"] * 10})  # fmt: skip
    able = "weighted" in make(name, 0).get_params(deep=False)
    for model in [make(text, 0) for text in [name, *[f"{name}:weighted=True"] * able]]:
        try:
            scores = [
                clone(model).fit(Interactions.from_frame(frame, value="value", time="time"),
                                 items=items, users=users).score_all(range(30))
                for frame in (log, log.assign(value=rng.permutation(log["value"])))
            ]  # fmt: skip
        except (ArgumentError, DataError):  # needs more than this small table
            assert name in ("content", "featured-mf", "switching", "stacked", "weighted")
            continue
        assert (not np.allclose(*scores, equal_nan=True)) == uses_values(model, items)


def test_counts_are_said_and_not_taken_for_ratings(run, refused, written):
    rows = "".join(f"{n % 9},{n % 7 + n // 50},{n % 5 + 1}\n" for n in range(80))
    table = written("user_id,item_id,playcount\n" + rows)
    out = run("evaluate", table, "--models", "popular,ials", "--duplicates", "last")[1]
    assert "Values are weights" in out
    assert "(popular:weighted=True, ials:weighted=True would use the weights)" in out
    out = run("evaluate", table, "--models", "bpr,ease:weighted=True", "--duplicates", "last")[1]
    assert "ease:weighted=True learn from the weights; bpr only from who had what." in out
    err = refused("evaluate", table, "--models", "bpr:weighted=True", "--duplicates", "last")
    assert "bpr has no setting 'weighted=True'. It has" in err
    err = refused("evaluate", table, "--models", "svd", "--duplicates", "last")
    assert "svd learns from ratings, and this data has counts" in err


def test_events_can_be_weighed_and_left_out_by_options(run, written):
    text = "user_id,item_id,event,rating\n" + "".join(
        f"{n % 9},{n % 7},{'cart' if n % 2 else 'view'},{n % 3}\n" for n in range(60)
    )
    out = run("describe", written(text), "--weight-col", "event", "--weights", "view=1,cart=3",
              "--rating-col", "none")[1]  # fmt: skip
    assert "weight is 'event'" in out
    few = run("describe", written(text), "--no-rating", 0, "--duplicates", "last",
              "--ignore-cols", "event")[1]  # fmt: skip
    assert "20 rows without a rating were left out" in few


@pytest.mark.parametrize(
    ("options", "events"),
    [
        (["--value-from", 4], 118),
        (["--date-from", "2023-11-20", "--date-to", "2023-11-21"], 24),
        (["--min-user-events", 9], 84),
    ],
)
def test_filters_are_options(options, events, run, loans):
    out = run("describe", loans, *options)[1]
    frame = pd.read_csv(loans, sep=";")
    day = pd.to_datetime(frame["timestamp"], unit="s").dt.strftime("%Y-%m-%d")
    right = {"--value-from": (frame["rating"] >= 4).sum(),
             "--date-from": (day == "2023-11-20").sum()}.get(options[0])  # fmt: skip
    right = events if right is None else right
    assert f"{right} pairs of" in out or options[0] == "--min-user-events"
    assert "300 pairs of" not in out


def test_what_does_not_fit_in_memory_is_not_begun(run, refused, loans, monkeypatch):
    monkeypatch.setattr("recsys_lib.models.numerics.available_memory", lambda: 1000)
    monkeypatch.setattr("recsys_lib.cli.evaluate.evaluate", lambda *_, **__: pytest.fail("begun"))
    err = refused("evaluate", loans, "--models", "popular,ease")
    assert "ease: The weights of EASE for" in err and "1,000 are free" in err
    assert "with more events: --min-item-events 10" in err
    monkeypatch.undo()
    monkeypatch.setattr("recsys_lib.models.numerics.available_memory", lambda: 1000)
    assert "Left out: ease. ease: The weights" in run("evaluate", loans, "--models", "all")[1]


def test_a_line_is_seen_where_nobody_sees_a_bar(capsys, monkeypatch):
    monkeypatch.setattr(progress, "FIRST", 0.01)
    monkeypatch.setattr(progress, "EVERY", 60.0)
    with progress.alive("fitting ease"):
        for _ in range(500):
            time.sleep(0.01)
            err = capsys.readouterr().err
            if err:
                break
    assert err == "recsys_lib: fitting ease, 0 s so far\n"


# recommend


def test_lists_for_all_and_for_some_go_to_a_file(run, refused, loans, written, tmp_path):
    lists = tmp_path / "lists.csv"
    assert "lists for many users need a file" in refused("recommend", loans, "--all")
    code, out, _ = run("recommend", loans, "--all", "--k", 3, "-o", lists)
    assert code == 0
    assert "Saved 40 lists in" in out
    assert pd.read_csv(lists).groupby("user_id").size().max() == 3
    some = written("7\n\n12\n7\n", "users.txt")
    assert "Saved 2 lists" in run("recommend", loans, "--users-file", some, "-o", lists)[1]
    assert pd.read_csv(lists)["user_id"].unique().tolist() == [7, 12]
    unknown = written("nobody\n", "users.txt")
    assert "there is no user 'nobody'" in refused("recommend", loans, "--users-file", unknown,
                                                  "-o", tmp_path / "x.csv")  # fmt: skip


def test_titles_and_reasons_can_be_added(run, refused, loans, written):
    titles = written("id;isbn;Book-Title;Year-Of-Publication\n" + "".join(
        f"{n};B{n:02};Tale {n};19{n:02}\n" for n in range(14)), "titles.csv")  # fmt: skip
    code, out, _ = run("recommend", loans, "--user", 7, "--items", titles, "--k", 4, "--why")
    assert code == 0
    assert "Tale " in out
    assert " brings 0." in out
    assert out.count(" scores ") == 4
    assert "Models that can say why" in refused("recommend", loans, "--user", 7, "--why",
                                                "--model", "popular")  # fmt: skip
    strange = written("item_id,title\nx,y\n", "titles.csv")
    assert "no item of the events is in this table" in refused(
        "recommend", loans, "--user", 7, "--items", strange
    )


def test_beside_another_label_a_title_is_no_label(run, loans, written):
    titles = written("title,book\n" + "".join(f"Tale {n},B{n:02}\n" for n in range(14)))
    code, out, _ = run("recommend", loans, "--user", 7, "--items", titles, "--k", 4)
    assert code == 0
    assert out.count("Tale ") == 4


def test_an_empty_list_is_a_sentence(run, written):
    table = written("user_id,item_id\n1,1\n1,2\n2,1\n3,1\n3,2\n")
    code, out, _ = run("recommend", table, "--user", 1)
    assert code == 0
    assert out.endswith("User 1 has had everything there is: nothing is left to recommend.\n")


# The words of errors


def test_every_argument_of_a_table_has_an_option():
    arguments = {name.partition("=")[0] for name in OPTION}
    assert set(TableOptions.__dataclass_fields__) <= arguments


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,b\n1,2\n", [], '--user-col "..." and --item-col "..."'),
        ("user_id,asin,isbn\n1,2,3\n", [], '--item-col "asin"'),
        ("user_id,item_id,t\n1,2,3\n", ["--time-col", "t"], '--time-unit "order"'),
        ("user_id,item_id,rating\n1,2,x\n", [], '--bad-rows "skip"'),
        ('user_id,item_id\n1,"a"b\n', [], "--no-quotes"),
        ("a,b\n" + ",".join("12"), ["--user-col", "x"], "no column 'x'"),
    ],
)
def test_errors_speak_of_options(text, options, message, refused, written):
    err = refused("evaluate", written(text), *options)
    assert message in err
    assert "=" not in err.replace("(line", "")


def test_words_that_only_look_like_arguments_are_left_alone():
    assert in_options("the user and item") == "the user and item"
    assert in_options("superuser=1") == "superuser=1"
