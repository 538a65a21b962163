"""A table in, sentences out; and the command that does it on a file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.cli.program import main
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.experiments import cuped, in_words, mean_difference, read_experiment


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    n = 600
    before = rng.gamma(2, 40, n)
    arm = rng.permutation(np.repeat(["A", "B", "C"], n // 3))
    minutes = before + rng.normal(0, 20, n) + 12 * (arm == "B")
    return pd.DataFrame({"user": np.arange(n), "arm": arm, "minutes": minutes,
                         "minutes_before": before, "left": (rng.random(n) < 0.1) * 1})  # fmt: skip


def test_each_metric_is_compared_with_the_control(table):
    readout = read_experiment(table)
    assert readout.sizes.to_dict() == {"A": 200, "B": 200, "C": 200} and readout.ratio_p == 1
    found = readout.table.set_index(["metric", "arm"])
    assert list(found.index) == [(m, a) for m in ("minutes", "left") for a in "BC"]
    y = cuped(table["minutes"], table["minutes_before"])
    by_hand = mean_difference(y[table["arm"] == "B"], y[table["arm"] == "A"])
    assert found.loc[("minutes", "B"), "difference"] == by_hand.difference
    assert found.loc[("minutes", "B"), "p"] == pytest.approx(min(4 * by_hand.p, 1))
    assert found["kind"].tolist() == ["mean", "mean", "share", "share"]
    assert found["variance"].iloc[0] < 0.3 and found["variance"].iloc[2] == 1


def test_the_words_claim_the_effect_and_nothing_else(table):
    words = in_words(read_experiment(table)).split("\n")
    assert words[0] == "Viewers: A 200, B 200, C 200."
    told = [line for line in words if "More than chance explains" in line]
    assert [line.split(":")[0] for line in told] == ["minutes, B"]
    assert words[-1].startswith("4 comparisons")


def test_twenty_metrics_of_nothing_seldom_show_anything():
    rng, shown = np.random.default_rng(1), 0
    for _ in range(100):
        noise = pd.DataFrame(rng.normal(size=(80, 20))).add_prefix("m")
        noise["user"], noise["arm"] = noise.index, np.repeat(["control", "new"], 40)
        shown += "More than chance" in in_words(read_experiment(noise))
    assert shown <= 11  # 5 of 100, and three standard errors


def test_an_uneven_split_shows_no_result(table):
    lost = table.drop(table.index[(table["arm"] == "B")][:70])
    readout = read_experiment(lost)
    assert not readout.is_believed
    words = in_words(readout)
    assert "not to be believed" in words and "minutes" not in words
    assert read_experiment(lost, shares=[200, 130, 200]).is_believed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="arm"), "no column 'arm'"),
        (lambda t: pd.concat([t, t.head(1)]), "more than one row"),
        (
            lambda t: t.assign(minutes=t["minutes"].where(t.index > 2)),
            "3 viewers have no 'minutes'",
        ),
        (lambda t: t.assign(arm="A"), "needs two arms"),
        (lambda t: t[["user", "arm"]], "no numeric column"),
        (lambda t: t.assign(arm=t["arm"].where(t.index > 0)), "have no arm"),
    ],
)
def test_a_table_that_is_none_is_refused(table, change, words):
    with pytest.raises(DataError, match=words):
        read_experiment(change(table))


def test_the_control_must_be_named_where_it_cannot_be_told(table):
    with pytest.raises(ArgumentError, match="A, B, C"):
        read_experiment(table, control="Z")
    renamed = table.assign(arm=table["arm"].str.replace("A", "blue"))
    with pytest.raises(ArgumentError, match="control="):
        read_experiment(renamed)
    assert read_experiment(renamed, control="blue").table["arm"].unique().tolist() == ["B", "C"]


def test_the_command_reads_a_strangers_file(table, tmp_path, capsys):
    path, out = tmp_path / "test.csv", tmp_path / "out.csv"
    table.rename(columns={"user": "member", "arm": "group"}).to_csv(path, sep=";", index=False)
    asked = ["experiment", str(path), "--user-col", "member", "--arm-col", "group", "-o", str(out)]
    assert main(asked) == 0
    assert "minutes, B" in capsys.readouterr().out
    assert len(pd.read_csv(out)) == 4


def test_the_command_says_what_is_wrong_in_its_own_options(table, tmp_path, capsys):
    path = tmp_path / "test.csv"
    table.assign(arm=table["arm"].str.replace("A", "blue")).to_csv(path, index=False)
    assert main(["experiment", str(path)]) == 2
    assert "--control" in capsys.readouterr().err
