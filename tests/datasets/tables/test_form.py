"""However a table is written, the same events come out, or a named error."""

import bz2
import gzip
import io
import json
import lzma
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_lib.datasets.tables import TableOptions, read_table
from recsys_lib.datasets.tables.dialect import _one_width
from recsys_lib.datasets.tables.frames import rows_of
from recsys_lib.errors import ArgumentError, DataError, FetchError, MissingPackageError

NAMES = ["userId", "ISBN", "rating", "timestamp"]
ROWS = [("Zo\u00eb", "B1", "4.5", "1700000000"), ("Ben", "007", "3", "1700000001"),
        ("Zo\u00eb", "7", "1", "1700000002"), ("X y", "B1", "2", "1700000003")]  # fmt: skip
EVENTS = {(u, i, float(r), int(t)) for u, i, r, t in ROWS}
PLAIN = "".join(",".join(row) + "\n" for row in [NAMES, *ROWS])


def zipped(content: bytes) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("folder/ratings.csv", content)
            archive.writestr("README.txt", "what this is")
            archive.writestr("__MACOSX/._ratings.csv", b"\0\5")
        return file.getvalue()


PACK = {"plain": bytes, "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress,
        "zip": zipped, "gzip in zip": lambda content: zipped(gzip.compress(content))}  # fmt: skip


def events_of(data) -> set:
    users, items = data.users[data.event_rows], data.items[data.matrix.indices]
    return {
        (str(user), str(item), float(value), int(time))
        for user, item, value, time in zip(users, items, data.matrix.data, data.times, strict=True)
    }


@pytest.fixture
def table(tmp_path):
    def read(content, name="table.csv", **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(path, TableOptions(**options))

    return read


@settings(max_examples=300)
@given(
    separator=st.sampled_from([",", ";", "\t", "|", "::"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
                              "cp1252"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    header=st.sampled_from(["usual", "asked", "none"]),
    container=st.sampled_from([*PACK]),
    quoted=st.booleans(),
    tail=st.sampled_from(["", "end", "blank", "empty"]),
    first=st.sampled_from(["", "sep", "comment"]),
    shape=st.sampled_from(["", "index", "comma"]),
)  # fmt: skip
def test_the_same_events_come_out_of_every_form(
    separator, encoding, end, header, container, quoted, tail, first, shape
):
    quoted = quoted and separator != "::"
    names = {"usual": [NAMES], "asked": [["a", "b", "c", "d"]], "none": []}[header]
    rows = [*names, *ROWS]
    if shape == "index" and header != "none":
        rows = [["", *names[0]], *([str(n), *row] for n, row in enumerate(ROWS))]
    if shape == "comma":
        rows = [[*row, ""] for row in rows]
    cell = '"{}"'.format if quoted else str
    lines = [separator.join(cell(text) for text in row) for row in rows]
    if first == "sep" and len(separator) == 1 and separator != "\t":
        lines.insert(0, f"sep={separator}")
    lines = ["# made up", *lines] if first == "comment" else lines
    lines += {"": [], "end": [""], "blank": ["", "", ""], "empty": [separator * 3, ""]}[tail]
    asked = dict(zip(("user", "item", "rating", "time"), "abcd", strict=True))
    options = TableOptions(**asked if header == "asked" else {})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_bytes(PACK[container](end.join(lines).encode(encoding)))
        read = read_table(path, options)
    assert events_of(read.interactions) == EVENTS


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.replace(",", " ").replace("X y", '"X y"'),
        "Export of 1 May\n\n" + PLAIN,
        "# two\n# comments\n" + PLAIN.replace("\nX", "\n# more\nX"),
        PLAIN.replace("X y,B1", '"X y","B1"'),
        PLAIN.replace("userId", "user_id:token").replace("rating", "rating:float"),
        PLAIN + " , ,,\n,,,\n",
    ],
)
def test_what_programs_add_is_passed_over(content, table):
    assert events_of(table(content).interactions) == EVENTS


def test_row_names_without_a_name_are_passed_over(table):
    lines = PLAIN.splitlines()
    read = table("\n".join([lines[0], *(f"{n},{line}" for n, line in enumerate(lines[1:], 1))]))
    assert events_of(read.interactions) == EVENTS
    assert "taken for the row's name" in read.reading.text()


def test_quotes_doubled_with_a_backslash_and_plain(table):
    for cell in (r'"The ""Best"" of"', r'"The \"Best\" of"'):
        read = table(f"user_id,item_id\n1,{cell}\n2,plain\n")
        assert read.interactions.items.tolist() == ['The "Best" of', "plain"]
    assert table('user_id,item_id\n1,12" Vinyl\n').interactions.items.tolist() == ['12" Vinyl']
    tabs = table('user_id\tartist\n1\t"Weird Al\n2\t"Heroes" live\n')
    assert tabs.interactions.items.tolist() == ['"Heroes" live', '"Weird Al']
    assert "quotes are plain" in tabs.reading.line()
    with pytest.raises(DataError, match=r"not CSV.*line 2\).*quotes=False"):
        table('user_id,item_id\n1,"Heroes" live\n')
    plain = table('user_id,item_id\n1,"Heroes" live\n', quotes=False)
    assert plain.interactions.items.tolist() == ['"Heroes" live']


def test_a_field_longer_than_the_csv_module_takes_is_read(table):
    long = "x" * 200_000
    read = table(f'user_id,item_id,note\n1,1,"{long}"\n1,2,"{long}"\n')
    assert read.interactions.n_events == 2


def test_a_late_letter_of_another_encoding_and_a_late_quote_are_read(table):
    plain = "user_id,item_id\n" + "".join(f"u{n},i{n}\n" for n in range(5_000))
    read = table(plain.encode() + "caf\u00e9,1\n".encode("cp1252"))
    assert "caf\u00e9" in read.interactions.users
    assert "Windows-1252" in read.reading.line()
    assert 'a "b" c' in table(plain + '"a \\"b\\" c",1\n').interactions.users
    assert 'a "b", c' in table(plain + '"a ""b"", c",1\n').interactions.users


def test_the_line_of_a_fault_is_right_in_a_long_file(table):
    rows = "".join(f"u{n},i{n},3\n" for n in range(30_000))
    for fault, message in (("u,i\n", "2 fields"), ("u,i,x\n", "'x'"), (",i,3\n", "a label")):
        with pytest.raises(DataError, match=rf"{message}.*line 30002\)"):
            table("user_id,item_id,rating\n" + rows + fault + rows)


@pytest.mark.parametrize(
    "pack",
    [
        json.dumps,
        lambda rows: "\n".join(map(json.dumps, rows)),
        lambda rows: json.dumps({"ratings": rows}, indent=1),
        repr,  # as Python prints it: the Steam reviews, the first Amazon reviews
        lambda rows: "\n".join(map(repr, rows)),
    ],
)
def test_json_and_json_lines_are_read_without_losing_a_digit(pack, table):
    rows = [{"user_id": 123456789012345678901, "asin": "a", "rating": 4.5, "nested": {"x": [1]}},
            {"asin": "b", "rating": 1, "user_id": 7}]  # fmt: skip
    read = table(pack(rows))
    assert read.interactions.users.tolist() == ["123456789012345678901", "7"]
    assert sorted(read.interactions.matrix.data) == [1, 4.5]


@pytest.mark.parametrize("content", ['{"a": 1', '[1, 2, "x"]', '{"a": "b"}\n["x"]', '["' + "[" * 9])
def test_json_that_holds_no_table_is_refused(content, table):
    with pytest.raises(DataError):
        table(content)


@pytest.mark.parametrize(
    "value",
    ["print(1)", "__import__('sys').exit(9)", "open('x', 'w')", "(" * 9999, "1 +", "b'\\x'"],
)
def test_nothing_in_a_printed_dict_is_run(value, table, capsys):
    with pytest.raises(DataError, match="not JSON"):
        table("{'user_id': 'a', 'item_id': " + value + "}\n")
    assert capsys.readouterr().out == ""


def test_netflix_blocks_mind_and_wide_tables(table):
    netflix = table("1:\n5,3,2005-09-06\n6,4,2005-09-07\n22:\n5,1,2005-09-06\n")
    assert {event[:3] for event in events_of(netflix.interactions)} == {
        ("5", "1", 3.0), ("6", "1", 4.0), ("5", "22", 1.0)
    }  # fmt: skip
    mind = table("1\tU1\t11/11/2019 9:05:58 AM\tN9 N8\tN1-1 N2-0\n"
                 "2\tU2\t11/13/2019 9:05:58 PM\t\tN2-1 N1-0 N3-1\n")  # fmt: skip
    assert {event[:2] for event in events_of(mind.interactions)} == {
        ("U1", "N1"), ("U2", "N2"), ("U2", "N3")
    }  # fmt: skip
    assert mind.interactions.times[0] == 1_573_463_158
    wide = "joke 1,joke 2,joke 3\n7.5,99,-2\n99,99,0.25\n"
    read = table(wide, wide=True, no_rating=(99,), user="none").interactions
    assert read.matrix.toarray().tolist() == [[7.5, -2.0], [0, 0.25]]
    assert read.users.tolist() == [1, 2]
    named = table(f"who,{wide.replace(chr(10), chr(10) + 'z,', 1)}"[:-11], wide=True, user="who")
    assert named.interactions.users.tolist() == ["z"]


def test_a_wide_table_is_hinted_at(table):
    header = ",".join(f"j{n}" for n in range(30))
    with pytest.raises(DataError, match="wide=True"):
        table(header + "\n" + ",".join(["99"] * 30) + "\n")


# Which column is what


@pytest.mark.parametrize(
    ("user", "item"),
    [("userId", "movieId"), ("User-ID", "ISBN"), ("reviewerID", "asin"), ("visitorid", "itemid"),
     ("USER", "Item"), ("userID", "artistID"), ("user", "parent_asin"), ("customer", "product")],
)  # fmt: skip
def test_usual_names_are_known(user, item, table):
    read = table(f"x,{item},{user}\nq,9,5\nq,8,5\n")
    assert read.interactions.users.tolist() == [5]
    assert f"user is {user!r}, item is {item!r}" in read.reading.line()


def test_two_columns_that_fit_are_refused_until_one_is_named(table):
    rows = "user_id,asin,parent_asin\n1,2,3\n"
    with pytest.raises(DataError, match=r"'asin' and 'parent_asin' could each be the item.*item="):
        table(rows)
    assert table(rows, item="asin").interactions.items.tolist() == [2]
    with pytest.raises(
        DataError, match=r'no column has a usual name for the user and the item.*user="'
    ):
        table("a,b\nx,y\n")


def test_columns_can_be_named_by_number(table):
    read = table("9,x,5\n8,y,4\n", user="2", item="1", header=False)
    assert read.interactions.users.tolist() == ["x", "y"]
    assert table("5,1700000000,7,8\n", time="2", rating="1").interactions.users.tolist() == [7]
    with pytest.raises(DataError, match="no column '4'"):
        table("9,x,5\n8,y,4\n", user="4", item="1", header=False)


# Containers


def test_a_member_of_a_zip_can_be_named_and_must_be_where_there_are_several(tmp_path):
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", PLAIN)
        archive.writestr("b.csv", "title\n")
    with pytest.raises(DataError, match=r"2 tables.*both\.zip::a\.csv"):
        read_table(path)
    assert events_of(read_table(f"{path}::a.csv").interactions) == EVENTS
    with pytest.raises(FetchError, match="no file c"):
        read_table(f"{path}::c.csv")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zipped])
def test_a_damaged_container_is_refused(pack, table):
    packed = pack(PLAIN.encode() * 400)
    for content in (packed[: len(packed) // 2], packed[:60] + b"\0\0" + packed[62:]):
        with pytest.raises(DataError):
            table(content, duplicates="first")


def test_packages_that_are_missing_are_named(table, monkeypatch):
    def missing(path):
        raise ImportError

    monkeypatch.setattr(pd, "read_parquet", missing)
    with pytest.raises(MissingPackageError, match="pip install pyarrow"):
        table(b"PAR1....PAR1")
    monkeypatch.setattr(pd, "read_excel", missing)
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
        with pytest.raises(MissingPackageError, match="pip install openpyxl"):
            table(file.getvalue())
    with pytest.raises(DataError, match="old Excel file"):
        table(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def test_a_frame_becomes_texts_that_lose_nothing():
    frame = pd.DataFrame({"user_id": [2**60 + 1, 3], "day": pd.to_datetime(["2024-01-02", None])})
    assert list(rows_of(frame).rows) == [
        (2, [str(2**60 + 1), "2024-01-02T00:00:00"]), (3, ["3", ""])
    ]  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [{"separator": ""}, {"separator": "\n"}, {"encoding": "klingon"}, {"user": "none"},
     {"user": "a", "item": "a"}, {"rating": "a", "weight": "b"}, {"time_unit": "h"}],
)  # fmt: skip
def test_options_that_cannot_be_are_refused(options):
    with pytest.raises(ArgumentError):
        TableOptions(**options)


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_long_row_does_not_make_up_for_a_short_one(end, table):
    plain = "user_id,item_id,note\n" + "".join(f"u{n},i{n},x\n" for n in range(500))
    for rows, line in (("a,b\na,b,c,d" + end, 502), ("a,b,c,d\na,b" + end, 502)):
        with pytest.raises(DataError, match=rf"fields, but the header has 3 .*line {line}\)"):
            table(plain + rows)


@given(st.lists(st.text("7,", max_size=6), min_size=1, max_size=5), st.integers(2, 4))
def test_lines_of_one_width_are_told_as_by_counting(lines, width):
    text = "".join(line + "\n" for line in lines)
    counted = all(line.count(",") == width - 1 for line in lines)
    assert _one_width(text, ",", width) == counted
