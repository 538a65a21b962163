"""Any CSV file with named columns: right values, or an error that names the line."""

import gzip
import tracemalloc

import numpy as np
import pytest

from recsys_lib.datasets.table import read_interactions
from recsys_lib.errors import ArgumentError, DataError, FetchError

LOANS = "reader,book,stars,day\nada,B1,5,2024-01-02\nben,B1,3,2024-01-03\nada,B2,4,2024-01-04\n"
COLUMNS = {"user": "reader", "item": "book", "rating": "stars", "time": "day"}


@pytest.fixture
def csv_file(tmp_path):
    def write(content, name="loans.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def events_of(data):
    times = [None] * data.n_events if data.times is None else data.times.tolist()
    rows, columns = data.users[data.event_rows], data.items[data.matrix.indices]
    values = data.matrix.data.tolist()
    return set(zip(rows.tolist(), columns.tolist(), values, times, strict=True))


def test_named_columns_are_read(csv_file):
    data = read_interactions(csv_file(LOANS), **COLUMNS)
    assert data.users.tolist() == ["ada", "ben"]
    assert data.items.tolist() == ["B1", "B2"]
    day = 86_400
    second = 1_704_153_600  # 2024-01-02 00:00 UTC
    assert events_of(data) == {
        ("ada", "B1", 5, second), ("ben", "B1", 3, second + day), ("ada", "B2", 4, second + 2 * day)
    }  # fmt: skip


def test_without_rating_and_time_every_event_counts_one(csv_file):
    data = read_interactions(csv_file(LOANS), "reader", "book", "none", "none")
    assert events_of(data) == {("ada", "B1", 1, None), ("ben", "B1", 1, None),
                               ("ada", "B2", 1, None)}  # fmt: skip


def test_the_default_names_are_those_of_the_library(csv_file):
    data = read_interactions(csv_file("item_id,user_id\n7,1\n8,1\n"))
    assert events_of(data) == {(1, 7, 1, None), (1, 8, 1, None)}


@pytest.mark.parametrize(
    "variant",
    [
        LOANS.replace(",", ";"),
        LOANS.replace(",", "\t"),
        LOANS.replace("\n", "\r\n"),
        LOANS.removesuffix("\n"),
        LOANS.replace("\nben", "\n\nben") + "\n\n",
        "\ufeff" + LOANS,
        LOANS.replace("ada", '" ada "').replace("reader", '"reader"'),
        LOANS.replace("reader,", "reader, "),
        LOANS.replace("\n", ",x,y\n"),
        LOANS.replace("2024-01-02", "2024-01-02T01:00:00+01:00"),
        LOANS.replace("2024-01-02", "2024-01-02 00:00:00.5"),
    ],
)
def test_what_spreadsheets_make_of_it_is_read_alike(variant, csv_file):
    plain = read_interactions(csv_file(LOANS), **COLUMNS)
    other = read_interactions(csv_file(variant, "variant.csv"), **COLUMNS)
    assert events_of(other) == events_of(plain)


def test_a_gzipped_file_is_read_whatever_its_name(csv_file):
    packed = csv_file(gzip.compress(LOANS.encode()), "loans.csv")
    plain = csv_file(LOANS, "plain.csv")
    assert events_of(read_interactions(packed, **COLUMNS)) == events_of(
        read_interactions(plain, **COLUMNS)
    )


def test_labels_are_integers_only_if_all_of_them_are(csv_file):
    content = "user_id,item_id\n10,007\n9,7\n-3,0\n"
    data = read_interactions(csv_file(content))
    assert data.users.tolist() == [-3, 9, 10]
    assert data.items.tolist() == ["0", "007", "7"]
    huge = read_interactions(csv_file(f"user_id,item_id\n{10**30},1\n"))
    assert huge.users.tolist() == [str(10**30)]


def test_seconds_since_1970_are_read_as_they_are(csv_file):
    path = csv_file("user_id,item_id,t\n1,1,0\n1,2,874965758.9\n")
    assert read_interactions(path, time="t", time_unit="s").times.tolist() == [0, 874965758]


def test_another_encoding_can_be_named(csv_file):
    path = csv_file("user_id,item_id\n1,Café\n".encode("latin-1"))
    assert read_interactions(path, encoding="latin-1").items.tolist() == ["Café"]
    with pytest.raises(DataError, match=r"byte 0xe9 is not utf-8 .*loans\.csv, line 2"):
        read_interactions(path, encoding="utf-8")


@pytest.mark.parametrize("encoding", ["base64", "nonsense", "utf-7", ""])
def test_an_encoding_that_does_not_fit_is_refused(encoding, csv_file):
    with pytest.raises(ArgumentError, match="encoding="):
        read_interactions(csv_file(LOANS), **COLUMNS, encoding=encoding)


def test_a_repeated_pair_is_refused_or_decided_on_request(csv_file):
    path = csv_file(LOANS + "ada,B1,2,2024-02-01\n")
    with pytest.raises(DataError, match=r"ada and item B1 of line 2 .*loans\.csv, line 5"):
        read_interactions(path, **COLUMNS)
    values = {
        choice: read_interactions(path, **COLUMNS, duplicates=choice).matrix.toarray()[0, 0]
        for choice in ("first", "last", "mean")
    }
    assert values == {"first": 5, "last": 2, "mean": 3.5}
    with pytest.raises(ArgumentError, match="duplicates='median' is not known"):
        read_interactions(path, **COLUMNS, duplicates="median")
    with pytest.raises(DataError, match="a sum of ratings is no rating"):
        read_interactions(path, **COLUMNS, duplicates="sum")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "ada,B3,nan,2024-01-01",
            "column 'stars' must hold a finite number below 1e.30, not 'nan'",
        ),
        ("ada,B3,-inf,2024-01-01", "not '-inf'"),
        ("ada,B3,1e30,2024-01-01", "not '1e30'"),
        ("ada,B3,1_000,2024-01-01", "not '1_000'"),
        ("ada,B3,,2024-01-01", "not ''"),
        ("ada,B3,4/5,2024-01-01", "not '4/5'"),
        (",B3,4,2024-01-01", "column 'reader' must hold a label, not ''"),
        ("ada,  ,4,2024-01-01", "column 'book' must hold a label"),
        ("ada,B3,4,01/02/2024", "column 'day' must hold an ISO 8601 datetime"),
        ("ada,B3,4,", "column 'day' must hold"),
        ("ada,B3,4,1704067200", "in every row"),
        ("ada,B3,4,1969-12-31", "not '1969-12-31'"),
        ("ada,B3,4,9999-01-01", "not '9999-01-01'"),
        ("ada,B3,4", "3 fields, but the header has 4"),
        ("ada,B3,4,2024-01-01,x", "5 fields, but the header has 4"),
        ('"ada"x,B3,4,2024-01-01', "not CSV"),
        ('"ada,B3,4,2024-01-01', "not CSV"),
    ],
)
def test_a_faulty_row_is_named_with_its_line(row, message, csv_file):
    with pytest.raises(DataError, match=rf"{message}.*loans\.csv, line 5\)"):
        read_interactions(csv_file(LOANS + row + "\n"), **COLUMNS)


def test_the_line_is_right_below_a_cell_of_two_lines(csv_file):
    content = 'user_id,note,item_id\n1,"two\nlines",1\n1,plain,\n'
    with pytest.raises(DataError, match="line 4"):
        read_interactions(csv_file(content))


def test_numbers_just_inside_the_limits_are_read(csv_file):
    content = "user_id,item_id,r,t\n1,1,9e29,0\n1,2,-9e29,9200000000\n"
    data = read_interactions(csv_file(content), rating="r", time="t", time_unit="s")
    assert data.matrix.data.tolist() == [np.float32(9e29), np.float32(-9e29)]
    assert data.times.tolist() == [0, 9_200_000_000]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "does not begin with a header"),
        ("\n\n", "does not begin with a header"),
        ("reader,book,stars,day\n", "no row below its header"),
        ("reader,book\n1,2\n", r"no column 'stars' .*line 1\). The header names: reader, book"),
        ("reader,book,stars,stars,day\n", "more than one column 'stars'"),
        ('reader,book,stars,"day, of', "no column"),
    ],
)
def test_a_faulty_header_is_refused(content, message, csv_file):
    with pytest.raises(DataError, match=message):
        read_interactions(csv_file(content), **COLUMNS)


def test_one_column_cannot_be_two(csv_file):
    with pytest.raises(ArgumentError, match="must be different columns"):
        read_interactions(csv_file(LOANS), "book", "book")


def test_ten_million_columns_are_refused_without_reading_them(csv_file):
    path = csv_file(b"user_id,item_id" + b",c" * 10_000_000 + b"\n1,1" + b",0" * 10_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"longer than 1,048,576 characters .*line 1"):
            read_interactions(path)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20  # the file has 38 MiB
    finally:
        tracemalloc.stop()


def test_a_damaged_gzip_file_is_refused(csv_file):
    packed = gzip.compress(LOANS.encode() * 50)
    for content in (packed[:-9], packed[:40], packed[:30] + b"\0" + packed[31:]):
        with pytest.raises(DataError):
            read_interactions(csv_file(content), **COLUMNS, duplicates="first")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(FetchError, match="No such file"):
        read_interactions(tmp_path / "nowhere.csv")
    with pytest.raises(DataError, match="holds no file"):
        read_interactions(tmp_path)
