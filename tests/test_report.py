"""The table as people see it, and as it is saved."""

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import FetchError
from recsys_lib.report import as_text, save_csv

COLUMNS = ["model", "metric", "segment", "mean", "low", "high", "users", "fit_seconds",
           "recommend_seconds"]  # fmt: skip
TABLE = pd.DataFrame(
    [
        ("popular", "ndcg@10", "all", 0.25, 0.2, 0.3, 1200, 0.1, 0.2),
        ("popular", "ndcg@10", "warm", 0.5, 0.4, 0.6, 1100, 0.1, 0.2),
        ("popular", "coverage@10", "all", 0.125, np.nan, np.nan, 1200, 0.1, 0.2),
        ("item-knn", "ndcg@10", "all", 0.5, 0.45, 0.55, 1200, 1.0, 2.0),
        ("item-knn", "ndcg@10", "cold", 0.1, 0.0, 0.2, 100, 1.0, 2.0),
        ("item-knn", "coverage@10", "all", 0.25, np.nan, np.nan, 1200, 1.0, 2.0),
    ],
    columns=COLUMNS,
)


def test_models_stand_below_each_other_metric_by_metric():
    assert as_text(TABLE).splitlines() == [
        "metric        model          all  95 % interval         warm    cold    users  seconds",
        "ndcg@10       popular     0.2500  0.2000 to 0.3000    0.5000       –    1,200      0.3",
        "ndcg@10       item-knn    0.5000  0.4500 to 0.5500         –  0.1000    1,200      3.0",
        "coverage@10   popular     0.1250                           –       –    1,200      0.3",
        "coverage@10   item-knn    0.2500                           –       –    1,200      3.0",
    ]


def test_a_saved_table_is_read_back_alike_and_replaces_the_old_one(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    save_csv(TABLE, path)
    pd.testing.assert_frame_equal(pd.read_csv(path), TABLE)
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def full(self, path, **options):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(FetchError, match="cannot be saved: No space left"):
        save_csv(TABLE, tmp_path / "table.csv")
    assert list(tmp_path.iterdir()) == []
