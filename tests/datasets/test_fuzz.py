"""Spoilt files of every format: a named error, or the answer that a naive reading gives."""

import csv
import gzip
import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_lib.datasets.movielens import load_movielens
from recsys_lib.datasets.table import read_interactions
from recsys_lib.errors import RecsysError
from tests.datasets.small_movielens import RATINGS_FILE, small_files, write_folder, write_zip

FIELDS = [b"", b" ", b"nan", b"NaN", b"inf", b"-inf", b"-1", b"0", b"6", b"3.5", b"1e400", b"1_0",
          b"99999999999999999999", b"\xff\xfe", b"\x00", b"\xc3\xa9", b'"', b'"a\n', b"2024-01-01",
          b"2024-02-30", b"::", b"\t", b",", b"|", b"\r", b"A" * 2000]  # fmt: skip
BOM = b"\xef\xbb\xbf"
SEPARATOR = {"u.data": b"\t", "u.item": b"|", "u.user": b"|", "u.genre": b"|", "ratings.dat": b"::",
             "movies.dat": b"::", "users.dat": b"::"}  # fmt: skip
TABLE = (b"user_id,note,item_id,rating,time\n"
         b"1,a,7,4,2024-01-01\n1,b,8,-2,2024-01-02\n2,c,7,0.5,2024-01-03T10:00:00+02:00\n"
         b"3,\"d,e\",9,5,2024-01-04 12:30:00\n")  # fmt: skip


@st.composite
def spoilt(draw, content: bytes, separator: bytes) -> bytes:
    """The content after one to three accidents."""
    for _ in range(draw(st.integers(1, 3))):
        content = draw(st.sampled_from(ACCIDENTS))(draw, content, separator)
    return content


def _cut_off(draw, content, separator):
    return content[: draw(st.integers(0, len(content)))]


def _change_byte(draw, content, separator):
    place = draw(st.integers(0, len(content)))
    return content[:place] + draw(st.binary(max_size=3)) + content[place + 1 :]


def _change_field(draw, content, separator):
    lines = [line.split(separator) for line in content.split(b"\n")]
    fields = lines[draw(st.integers(0, len(lines) - 1))]
    fields[draw(st.integers(0, len(fields) - 1))] = draw(st.sampled_from(FIELDS))
    return b"\n".join(separator.join(fields) for fields in lines)


def _shuffle_columns(draw, content, separator):
    lines = [line.split(separator) for line in content.split(b"\n")]
    order = draw(st.permutations(range(len(lines[0]))))
    moved = [[fields[i] for i in order if i < len(fields)] for fields in lines]
    return b"\n".join(separator.join(fields) for fields in moved)


def _repeat_line(draw, content, separator):
    lines = content.split(b"\n")
    lines.insert(0, lines[draw(st.integers(0, len(lines) - 1))])
    return b"\n".join(lines)


def _drop_line(draw, content, separator):
    lines = content.split(b"\n")
    del lines[draw(st.integers(0, len(lines) - 1))]
    return b"\n".join(lines)


def _recode(draw, content, separator):
    return content.decode("latin-1").encode(draw(st.sampled_from(["utf-16", "utf-8-sig"])))


ACCIDENTS = [_cut_off, _change_byte, _change_field, _shuffle_columns, _repeat_line, _drop_line,
             _recode]  # fmt: skip


def events_of(data) -> dict:
    times = [None] * data.n_events if data.times is None else data.times.tolist()
    users, items = data.users[data.event_rows].tolist(), data.items[data.matrix.indices].tolist()
    values = zip(data.matrix.data.tolist(), times, strict=True)
    return dict(zip(zip(users, items, strict=True), values, strict=True))


def naive_ratings(content: bytes, separator: bytes) -> dict:
    lines = [
        line.strip(b"\r").split(separator)
        for line in content.removeprefix(BOM).strip(b"\n").split(b"\n")
    ]
    order = [b"userId", b"movieId", b"rating", b"timestamp"]
    places = range(len(lines[0]))
    if separator == b",":
        header = lines.pop(0)
        places = [header.index(name) for name in order if name in header or name != b"timestamp"]
    events = {}
    for line in lines:
        user, item, value, *time = (line[place] for place in places)
        events[float(user), float(item)] = float(value), float(time[0]) if time else None
    assert len(events) == len(lines)
    return events


@pytest.mark.parametrize("name", RATINGS_FILE)
@settings(max_examples=150)
@given(data=st.data())
def test_spoilt_ratings_are_refused_or_read_as_they_stand(name, data):
    separator = {"100k": b"\t", "1m": b"::", "latest-small": b","}[name]
    content = data.draw(spoilt(small_files(name)[RATINGS_FILE[name]], separator))
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), name, **{RATINGS_FILE[name]: content})
        try:
            read = events_of(load_movielens(name, folder).interactions)
        except RecsysError:
            return
    assert all(0.5 <= value <= 5 for value, _ in read.values())
    try:
        right = naive_ratings(content, separator)
    except ValueError:  # what only a tolerant reader takes
        return
    assert read == right


@pytest.mark.parametrize("name", RATINGS_FILE)
@settings(max_examples=150)
@given(data=st.data())
def test_spoilt_titles_and_viewers_are_refused_or_keep_the_ratings_right(name, data):
    others = sorted(set(small_files(name)) - {RATINGS_FILE[name], "u1.base", "u1.test"})
    file = data.draw(st.sampled_from(others))
    content = data.draw(spoilt(small_files(name)[file], SEPARATOR.get(file, b",")))
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), name, **{file: content})
        try:
            read = load_movielens(name, folder)
        except RecsysError:
            return
    assert read.items["item_id"].is_unique
    assert set(read.ratings["item_id"]) <= set(read.items["item_id"])
    assert read.users is None or set(read.ratings["user_id"]) <= set(read.users["user_id"])


@settings(max_examples=200)
@given(data=st.data())
def test_a_spoilt_zip_is_refused_or_gives_the_same_ratings(data):
    with tempfile.TemporaryDirectory() as folder:
        path = write_zip(Path(folder) / "ml-1m.zip", "1m")
        right = events_of(load_movielens("1m", path).interactions)
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.sampled_from([len(content), 400, 40, 0]))])
        try:
            read = events_of(load_movielens("1m", path).interactions)
        except RecsysError:
            return
    assert read == right


def naive_table(content: bytes) -> dict:
    rows = csv.reader(io.StringIO(content.removeprefix(b"\xef\xbb\xbf").decode(), newline=""))
    header, *rows = [[cell.strip() for cell in row] for row in rows if row]
    events = {}
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        moment = datetime.fromisoformat(cells["time"])
        time = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
        if not cells["user_id"] or not cells["item_id"] or time < 0:
            raise ValueError
        events[cells["user_id"], cells["item_id"]] = float(cells["rating"]), time
    if len(events) < len(rows) or not events:
        raise ValueError
    return events


@settings(max_examples=400)
@given(content=spoilt(TABLE, b","), packed=st.booleans())
def test_a_spoilt_table_is_refused_or_read_as_a_naive_reader_would(content, packed):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(gzip.compress(content) if packed else content)
        try:
            read = read_interactions(path, rating="rating", time="time")
        except RecsysError:
            return
    named = {(str(user), str(item)): event for (user, item), event in events_of(read).items()}
    try:
        right = naive_table(content)
    except (ValueError, KeyError, csv.Error):  # what only a tolerant reader takes
        return
    assert named.keys() == right.keys()
    assert all(named[pair] == pytest.approx(right[pair]) for pair in right)


@settings(max_examples=200)
@given(content=st.binary(max_size=300), packed=st.booleans())
def test_any_bytes_are_refused_or_read_as_no_more_rows_than_lines(content, packed):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        table = b"user_id,item_id\n" + content
        path.write_bytes(gzip.compress(table)[: -len(content) or None] if packed else table)
        try:
            read = read_interactions(path)
        except RecsysError:
            return
    assert 1 <= read.n_events <= table.count(b"\n") + table.count(b"\r") + 1
