"""Reading the bundled tables."""

import gzip
import shutil

import numpy as np
import pandas as pd
import pytest

from recsys_lib.datasets import load_matinee
from recsys_lib.datasets.matinee import COLUMNS, FOLDER
from recsys_lib.errors import DataError
from recsys_lib.simulation import World, simulate
from recsys_lib.simulation.files import file_name, write_tables


@pytest.fixture(scope="module")
def matinee():
    return load_matinee()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small Matinee on disk, with the tables that it was written from."""
    tables = simulate(World(seed=3, n_viewers=80, weeks=4))
    folder = tmp_path_factory.mktemp("small")
    write_tables(tables, folder)
    return tables, load_matinee(folder)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_comes_back_as_it_was_written(small, name):
    tables, matinee = small
    pd.testing.assert_frame_equal(
        getattr(matinee, name), getattr(tables, name), check_dtype=False, rtol=0, atol=0
    )


def test_tables_are_read_once_and_only_when_used(small):
    matinee = load_matinee(small[1].folder)
    assert "plays" not in vars(matinee)
    assert matinee.plays is matinee.plays


def test_watched_agrees_with_a_loop_over_the_plays(small):
    tables, matinee = small
    highest, first = {}, {}
    for play in tables.plays.itertuples():
        pair = play.viewer_id, play.title_id
        highest[pair] = max(highest.get(pair, 0), play.completion)
        first[pair] = min(first.get(pair, play.started_at), play.started_at)
    log = matinee.watched().to_frame()
    pairs = list(zip(log["user_id"], log["item_id"], strict=True))
    assert len(pairs) == len(highest)
    np.testing.assert_allclose(log["value"], [highest[pair] for pair in pairs], rtol=1e-6)
    expected = pd.Series([first[pair] for pair in pairs]).dt.tz_localize("UTC")
    assert (log["time"] == expected).all()
    half = matinee.watched(min_completion=0.5)
    assert half.n_events == sum(value >= 0.5 for value in highest.values())


def test_minutes_are_summed(small):
    tables, matinee = small
    assert matinee.minutes().matrix.sum() == tables.plays["minutes"].sum()


def test_stars_and_thumbs_are_kept_apart(matinee):
    kinds = matinee.feedback["kind"].value_counts()
    assert (matinee.stars().n_events, matinee.thumbs().n_events) == (kinds["stars"], kinds["thumb"])
    assert set(np.unique(matinee.stars().matrix.data)) == {1, 2, 3, 4, 5}
    assert set(np.unique(matinee.thumbs().matrix.data)) == {-1, 1, 2}


def test_every_viewer_has_a_row_and_every_title_a_column(matinee):
    for data in (matinee.watched(0.9), matinee.minutes(), matinee.stars(), matinee.thumbs()):
        np.testing.assert_array_equal(data.users, matinee.viewers["viewer_id"])
        np.testing.assert_array_equal(data.items, matinee.titles["title_id"])


def test_items_and_users_are_what_models_take(matinee):
    assert matinee.items["item_id"].equals(matinee.titles["title_id"].rename("item_id"))
    assert matinee.users["user_id"].equals(matinee.viewers["viewer_id"].rename("user_id"))
    young = matinee.users["age"] < 18
    assert set(matinee.users.loc[young, "age_band"]) == {"Under 18"}
    assert not (matinee.users.loc[~young, "age_band"] == "Under 18").any()


def test_no_cell_is_empty_but_where_it_may_be(matinee):
    for name in COLUMNS:
        table = getattr(matinee, name)
        empty = {column for column in table if table[column].isna().any()}
        assert empty == ({"left_on"} if name == "viewers" else set())


def damage(folder, name, change):
    """The bundled files in another folder, one of them changed."""
    for path in FOLDER.glob("*.csv.gz"):
        shutil.copy(path, folder)
    path = folder / file_name(name)
    path.write_bytes(change(path.read_bytes()))
    return load_matinee(folder)


def recompressed(change):
    return lambda packed: gzip.compress(change(gzip.decompress(packed).decode()).encode())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda packed: packed[: len(packed) // 2], "cannot be read"),
        (lambda packed: b"", "cannot be read"),
        (lambda packed: b"viewer_id,age\n1,30\n", "cannot be read"),
        (recompressed(lambda text: text.replace("viewer_id", "user", 1)), "columns must be"),
        (recompressed(lambda text: text.split("\n", 1)[0][:9] + "\n"), "columns must be"),
        (recompressed(lambda text: text.replace(",woman,", ",woman,x,", 1)), "cannot be read"),
        (recompressed(lambda text: text.replace("\n1,", "\none,", 1)), "cannot be read"),
        (recompressed(lambda text: text.replace("2025-0", "2025-9", 1)), "cannot be read"),
    ],
)
def test_a_damaged_file_is_named_with_the_remedy(tmp_path, change, message):
    with pytest.raises(DataError, match=f"{message}.*viewers.csv.gz.*python -m recsys_lib"):
        _ = damage(tmp_path, "viewers", change).viewers


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"titles\.csv\.gz, viewers\.csv\.gz.* not found"):
        load_matinee(tmp_path)
