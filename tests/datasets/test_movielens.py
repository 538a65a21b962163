"""The official formats, from folders and zips, and what is refused in them."""

import numpy as np
import pandas as pd
import pytest

from recsys_lib.datasets.movielens import SETS, identify, load_movielens
from recsys_lib.errors import ArgumentError, DataError, FetchError
from recsys_lib.splits import split_by_time
from tests.datasets.small_movielens import (
    RATINGS,
    RATINGS_FILE,
    small_files,
    write_folder,
    write_zip,
)

NAMES = tuple(SETS)


@pytest.fixture(autouse=True)
def no_copy_elsewhere(monkeypatch):
    monkeypatch.delenv("RECSYS_DATA", raising=False)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_each_official_format_is_read_whole(name, form, tmp_path):
    write = {"folder": write_folder, "zip": write_zip}[form]
    data = load_movielens(name, write(tmp_path / f"copy.{form}", name))
    less = 0 if name in ("100k", "1m", "10m") else 0.5
    expected = pd.DataFrame(RATINGS, columns=["user_id", "item_id", "value", "time"])
    assert data.ratings["user_id"].tolist() == expected["user_id"].tolist()
    assert data.ratings["item_id"].tolist() == expected["item_id"].tolist()
    assert data.ratings["value"].tolist() == (expected["value"] - less).tolist()
    assert data.ratings["time"][0] == pd.Timestamp("1997-09-22 22:02:38", tz="UTC")
    assert data.items["item_id"].tolist() == [1, 2, 3, 4]
    assert data.items["title"].tolist() == ["Toy Story", "GoldenEye", "Misérables, Les", "unknown"]
    assert data.items["year"].tolist() == [1995, 1995, 1998, pd.NA]
    assert data.items["genres"].tolist() == ["Animation|Comedy", "Action", "Drama", ""]
    assert (data.users is None) == (name not in ("100k", "1m"))


def test_the_viewers_of_100k_have_ages_and_bands(tmp_path):
    users = load_movielens("100k", write_folder(tmp_path, "100k")).users
    assert users["age"].tolist() == [24, 53, 23, 7]
    assert users["age_band"].tolist() == ["18-24", "50-55", "18-24", "Under 18"]
    assert users["occupation"].tolist() == ["technician", "other", "writer", "student"]
    assert users["gender"].tolist() == ["M", "F", "M", "F"]


def test_the_codes_of_1m_are_spelt_out_as_its_readme_does(tmp_path):
    users = load_movielens("1m", write_folder(tmp_path, "1m")).users
    assert users["age_band"].tolist() == ["18-24", "50-55", "18-24", "Under 18"]
    assert users["occupation"].tolist() == [
        "technician/engineer", "other", "writer", "K-12 student",
    ]  # fmt: skip


def test_interactions_hold_stars_and_seconds(tmp_path):
    events = load_movielens("1m", write_folder(tmp_path, "1m")).interactions
    stored = {
        (events.users[row], events.items[column], value, time)
        for row, column, value, time in zip(
            events.event_rows, events.matrix.indices, events.matrix.data, events.times, strict=True
        )
    }
    assert stored == set(RATINGS)


def test_a_file_without_timestamps_loads_but_has_no_split_by_time(tmp_path):
    lines = [b"::".join(row.split(b"::")[:3]) for row in small_files("1m")["ratings.dat"].split()]
    changed = {"ratings.dat": None, "ratings.notimestamp.dat": b"\n".join(lines) + b"\n"}
    data = load_movielens("1m", write_folder(tmp_path, "1m", **changed))
    assert data.interactions.n_events == len(RATINGS)
    assert data.interactions.times is None
    assert "time" not in data.ratings
    with pytest.raises(DataError, match="times"):
        split_by_time(data.interactions)


def test_columns_of_a_csv_set_may_stand_in_any_order(tmp_path):
    rows = [row.split(b",") for row in small_files("25m")["ratings.csv"].split()]
    shuffled = b"".join(b",".join([row[i] for i in (2, 0, 3, 1)]) + b"\r\n" for row in rows)
    usual = load_movielens("25m", write_folder(tmp_path / "a", "25m"))
    other = load_movielens("25m", write_folder(tmp_path / "b", "25m", **{"ratings.csv": shuffled}))
    pd.testing.assert_frame_equal(usual.ratings, other.ratings)


def test_the_published_folds_of_100k_lie_on_the_axes_of_the_whole(tmp_path):
    data = load_movielens("100k", write_zip(tmp_path / "a.zip", "100k"))
    train, test = data.fold("u1")
    assert (train.n_events, test.n_events) == (4, 4)
    assert np.array_equal(train.users, data.interactions.users)
    assert np.array_equal(test.items, data.interactions.items)
    both = train.matrix.toarray() + test.matrix.toarray()
    assert np.array_equal(both, data.interactions.matrix.toarray())
    with pytest.raises(ArgumentError, match="'u9' is not known"):
        data.fold("u9")
    with pytest.raises(FetchError, match=r"no file ub\.base"):
        data.fold("ub")


def test_a_set_is_read_in_pieces_as_it_is_in_one(tmp_path, monkeypatch):
    folder = write_folder(tmp_path, "25m")
    whole = load_movielens("25m", folder).ratings
    monkeypatch.setattr("recsys_lib.datasets.archive.BLOCK", 40)
    pd.testing.assert_frame_equal(load_movielens("25m", folder).ratings, whole)
    bad = small_files("25m")["ratings.csv"].replace(b"4,2,4.5", b"4,2,4.4")
    with pytest.raises(DataError, match=r"'4.4' is not a possible value .*ratings\.csv, line 9"):
        load_movielens("25m", write_folder(tmp_path, "25m", **{"ratings.csv": bad}))


# Where a copy is looked for


def test_a_copy_is_found_at_path_beside_it_and_through_the_environment(tmp_path, monkeypatch):
    write_folder(tmp_path / "ml-100k", "100k")
    write_zip(tmp_path / "ml-1m.zip", "1m")
    assert load_movielens("100k", tmp_path).source == tmp_path / "ml-100k"
    assert load_movielens("1m", tmp_path).source == tmp_path / "ml-1m.zip"
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path))
    assert load_movielens("1m").source == tmp_path / "ml-1m.zip"
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "ml-100k"))
    assert load_movielens("100k").source == tmp_path / "ml-100k"
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "ml-1m.zip"))
    assert load_movielens("1m").source == tmp_path / "ml-1m.zip"


def test_a_missing_copy_is_said_where_it_was_looked_for(tmp_path, monkeypatch):
    with pytest.raises(FetchError, match=r"no such folder or zip.*nowhere"):
        load_movielens("1m", tmp_path / "nowhere")
    write_folder(tmp_path / "ml-100k", "100k")
    with pytest.raises(FetchError, match=r"no copy of MovieLens 1m: it has no ratings\.dat"):
        load_movielens("1m", tmp_path / "ml-100k")
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FetchError, match="RECSYS_DATA points there"):
        load_movielens("1m")


def test_a_set_without_its_titles_is_not_a_copy(tmp_path):
    with pytest.raises(FetchError, match=r"it has no u\.item"):
        load_movielens("100k", write_folder(tmp_path, "100k", **{"u.item": None}))


def test_an_unknown_name_is_refused():
    with pytest.raises(ArgumentError, match="'15m' is not known"):
        load_movielens("15m")


def test_a_set_is_known_by_its_files_and_its_name(tmp_path):
    assert identify(write_folder(tmp_path / "a", "100k")) == "100k"
    assert identify(write_zip(tmp_path / "b.zip", "1m")) == "1m"
    assert identify(write_folder(tmp_path / "ml-25m", "25m")) == "25m"
    assert identify(write_folder(tmp_path / "c", "32m")) == "latest-small"
    (tmp_path / "d").mkdir()
    assert identify(tmp_path / "d") is None


# What is refused: the file, the line and the reason are named


@pytest.mark.parametrize("name", RATINGS_FILE)
@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        (0, "0", "'0' is not a possible user_id"),
        (0, "nan", "'nan' is not a possible user_id"),
        (1, "99999999999", "'99999999999' is not a possible item_id"),
        (1, "", "'' is not a possible item_id"),
        (2, "nan", "'nan' is not a possible value"),
        (2, "inf", "'inf' is not a possible value"),
        (2, "-3", "'-3' is not a possible value"),
        (2, "6", "'6' is not a possible value"),
        (2, "0", "'0' is not a possible value"),
        (3, "-1", "'-1' is not a possible time"),
        (3, "874965758000", "'874965758000' is not a possible time"),
        (3, "1\t2\t3::4,5", "fields instead of 4|is not a possible time"),
    ],
)
def test_an_impossible_field_is_named_with_its_line(name, column, text, message, tmp_path):
    separator = {"100k": b"\t", "1m": b"::", "latest-small": b","}[name]
    file, row = RATINGS_FILE[name], 3 if name == "latest-small" else 2
    lines = small_files(name)[file].split(b"\n")
    fields = lines[row].split(separator)
    fields[column] = text.encode()
    lines[row] = separator.join(fields)
    folder = write_folder(tmp_path, name, **{file: b"\n".join(lines)})
    with pytest.raises(DataError, match=rf"({message}).*{file}, line {row + 1}\)"):
        load_movielens(name, folder)


FAULTS = [
    ("1m", "ratings.dat", b"", "has no rating"),
    ("25m", "ratings.csv", b"userId,movieId,rating,timestamp\n", "has no rating"),
    ("25m", "ratings.csv", b"user,item,rating\n1,1,5\n", "no column 'userId'"),
    (
        "25m",
        "ratings.csv",
        b"userId,movieId,rating,rating\n1,1,5,5\n",
        "more than one column 'rating'",
    ),
    ("100k", "u.data", b"1\t1\t5\t874965758\n1\t2\t3\n", "3 fields instead of 4.*line 2"),
    ("100k", "u.data", b"1\t1\t5\t8\t9\n1\t2\t3\n", "5 fields instead of 4.*line 1"),
    ("100k", "u.data", b"1\t1\t5\t874965758\n\n1\t2\t3\t874965758\n", "1 fields.*line 2"),
    ("100k", "u.data", b"1\t1\t5\t874965758\n1\t2\t3\t8749", "last line is cut off"),
    ("100k", "u.data", b"1\t1\t5\t7\n1\t1\t5\t8\n", "repeated"),
    ("100k", "u.data", b"1\t9\t5\t7\n", r"item_id 9 has ratings but is not in u\.item"),
    ("100k", "u.data", b"9\t1\t5\t7\n", r"user_id 9 has ratings but is not in u\.user"),
    ("100k", "u.user", b"1|24|M|writer\n", "4 fields instead of 5.*line 1"),
    ("100k", "u.user", b"1|0|M|writer|94043\n", "'0' is not a possible number here.*line 1"),
    ("100k", "u.user", b"1|24|x|writer|94043\n", "'x' is not a possible gender.*line 1"),
    ("1m", "users.dat", b"1::M::24::7::94043\n", "'24' is not a possible number here.*line 1"),
    ("1m", "users.dat", b"1::M::18::21::94043\n", "'21' is not a possible number here"),
    ("1m", "movies.dat", b"1::Toy Story\n", "2 fields instead of 3.*line 1"),
    ("1m", "movies.dat", b"1::A::\n1::B::\n", "item_id 1 is listed twice"),
    ("25m", "movies.csv", b"id,title,genres\n", "header must name movieId"),
    ("25m", "movies.csv", b'movieId,title,genres\n1,"A"b,\n', "not CSV.*line 2"),
]


@pytest.mark.parametrize(("name", "file", "content", "message"), FAULTS)
def test_a_faulty_file_is_refused(name, file, content, message, tmp_path):
    folder = write_folder(tmp_path, name, **{file: content})
    with pytest.raises(DataError, match=f"(?s){message}"):
        _ = load_movielens(name, folder).interactions


def test_the_year_is_taken_from_the_end_of_the_title(tmp_path):
    titles = (
        "1,Death Note (2006–2007),X\n2,2001: A Space Odyssey (1968) ,X\n"
        "3,\"Fawlty Towers (1975-)\",X\n4,1984,X\n"
    )  # fmt: skip
    content = ("movieId,title,genres\n" + titles).encode()
    items = load_movielens("25m", write_folder(tmp_path, "25m", **{"movies.csv": content})).items
    assert items["year"].tolist() == [2006, 1968, 1975, pd.NA]
    expected = ["Death Note", "2001: A Space Odyssey", "Fawlty Towers", "1984"]
    assert items["title"].tolist() == expected


# What was saved again by other programs


def resaved(change):
    files = {name: content.decode() for name, content in small_files("25m").items()}
    return {name: change(text).encode() for name, text in files.items()}


def indexed(text):
    first, *rows = text.splitlines()
    return "\n".join(["," + first, *(f"{n},{row}" for n, row in enumerate(rows))])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.removesuffix("\n"),
        lambda text: text.replace(",", ";").replace("Misérables; Les", "Misérables, Les"),
        lambda text: text.replace("userId", '"userId"').replace("title", '"title"', 1),
        lambda text: text.replace("\n", "\r"),
        indexed,
    ],
)
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_what_a_spreadsheet_or_pandas_saved_again_is_read_alike(change, form, tmp_path):
    write = {"folder": write_folder, "zip": write_zip}[form]
    plain = load_movielens("25m", write_folder(tmp_path / "plain", "25m"))
    other = load_movielens("25m", write(tmp_path / f"again.{form}", "25m", **resaved(change)))
    pd.testing.assert_frame_equal(other.ratings, plain.ratings)
    pd.testing.assert_frame_equal(other.items, plain.items)


def test_titles_saved_again_in_windows_letters_are_read_alike(tmp_path):
    titles = small_files("25m")["movies.csv"].decode().encode("cp1252")
    items = load_movielens("25m", write_folder(tmp_path, "25m", **{"movies.csv": titles})).items
    assert items["title"][2] == "Misérables, Les"


def test_movietweetings_is_not_taken_for_1m(tmp_path):
    folder = write_folder(tmp_path, "1m", **{"users.dat": b"1::139564917\n"})
    assert identify(folder) is None
