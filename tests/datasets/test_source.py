"""One way in: names, folders, zips and CSV files lead to the same kind of data set."""

import pytest

from recsys_lib.datasets.source import open_dataset
from recsys_lib.errors import DataError, FetchError
from tests.datasets.small_movielens import write_folder, write_zip


def test_a_movielens_folder_and_a_zip_are_recognised(tmp_path):
    folder = open_dataset(write_folder(tmp_path / "a", "1m"))
    zipped = open_dataset(write_zip(tmp_path / "b.zip", "1m"))
    for data in (folder, zipped):
        assert data.interactions.n_events == 8
        assert data.items["title"][0] == "Toy Story"
        assert data.users["age_band"][1] == "50-55"


def test_a_folder_with_nothing_but_a_folder_stands_for_it(tmp_path):
    inner = tmp_path / "outer" / "once more"
    inner.mkdir(parents=True)
    (tmp_path / "outer" / ".DS_Store").touch()
    (inner / "events.csv").write_text("user_id,item_id\na,b\na,c\nb,c\n")
    assert open_dataset(tmp_path / "outer").interactions.n_events == 3
    (tmp_path / "outer" / "another").mkdir()
    with pytest.raises(DataError, match="holds no table"):  # which of the two?
        open_dataset(tmp_path / "outer")


def test_a_folder_that_leads_to_itself_is_no_way_down(tmp_path):
    (tmp_path / "again").symlink_to(tmp_path)
    with pytest.raises(DataError, match="holds no file"):
        open_dataset(tmp_path)


def test_a_name_finds_the_copy_that_the_environment_points_to(tmp_path, monkeypatch):
    write_folder(tmp_path / "ml-25m", "25m")
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path))
    assert open_dataset("ml-25m").interactions.n_events == 8


def test_a_csv_file_is_read_by_its_columns(tmp_path):
    (tmp_path / "loans.csv").write_text("reader,book\n1,a\n")
    data = open_dataset(tmp_path / "loans.csv", user="reader", item="book")
    assert data.interactions.n_events == 1
    assert data.items is None
    assert data.users is None


def test_matinee_comes_with_titles_and_age_bands():
    data = open_dataset("matinee")
    assert {"item_id", "title", "year"} <= set(data.items)
    assert {"user_id", "gender", "age_band"} <= set(data.users)
    assert data.interactions.n_users == len(data.users)


def test_what_is_nothing_of_that_is_refused(tmp_path):
    with pytest.raises(FetchError, match=r"no such file or data set \(ml-2m\).*matinee, ml-100k"):
        open_dataset("ml-2m")
    with pytest.raises(DataError, match="holds no file"):
        open_dataset(tmp_path)
    with pytest.raises(FetchError, match="no such file or data set"):
        open_dataset("x" * 5000)
