"""Never silently wrong: what a value means is recognised, said, or refused."""

import pytest

from recsys_lib.datasets.tables import TableOptions, read_table
from recsys_lib.errors import ArgumentError, DataError

DAY = 86_400
NOON = 1_700_000_000 - 1_700_000_000 % DAY + DAY // 2  # 2023-11-14 12:00 UTC


@pytest.fixture
def table(tmp_path):
    """A function from a text and options to what was read of it."""

    def read(text, **options):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_table(path, TableOptions(**options))

    return read


def ratings(*values):
    rows = [f"u{place},i{place % 7},{value}\n" for place, value in enumerate(values)]
    return "user_id,item_id,rating\n" + "".join(rows)


# Marks for "no rating"


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        ([0, 0, 0, 5, 7, 8, 9, 10], 0),
        ([0, 7, 8, 9, 10], 0),
        ([-1, 6, 7, 8, 9, 10, -1], -1),
        ([99, -9.5, -3.25, 4.0, 8.5], 99),
        ([255, 1, 2, 3, 4, 5], 255),
    ],
)
def test_a_value_that_may_mean_no_rating_is_said_and_can_be_left_out(values, mark, table):
    said = table(ratings(*values))
    assert any(f"ratings are {mark}," in note and f"no_rating={mark}" in note
               for note in said.reading.notes)  # fmt: skip
    assert said.interactions.n_events == len(values)  # still all read: it may be a rating
    left = table(ratings(*values), no_rating=(mark,))
    assert sorted(left.interactions.matrix.data) == sorted(v for v in values if v != mark)
    assert f"{values.count(mark)} rows without a rating" in left.reading.text()


def test_several_marks_may_mean_no_rating(table):
    left = table(ratings(0, -1, 6, 7, 8), no_rating=(0, -1))
    assert sorted(left.interactions.matrix.data) == [6, 7, 8]


def test_a_commonest_zero_near_the_scale_may_mean_no_rating(table):
    """No gap tells it from a rating of 1: that it is commoner than any other does."""
    said = table(ratings(0, 0, 0, 1, 2, 3))
    assert any("ratings are 0," in note for note in said.reading.notes)


@pytest.mark.parametrize(
    "values", [[1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 5], [-1, 1, 1, -1], [0.5, 1, 4.5, 5], [0, 1, 1]]
)
def test_an_ordinary_scale_raises_no_suspicion(values, table):
    assert table(ratings(*values)).reading.notes == []


# Times


@pytest.mark.parametrize(
    ("text", "seconds", "said"),
    [
        (f"{NOON}", NOON, "seconds since 1970"),
        (f"{NOON}.75", NOON, "seconds since 1970"),
        (f"{NOON}117", NOON, "milliseconds"),
        (f"{NOON}117000", NOON, "microseconds"),
        (f"{NOON}117000999", NOON, "nanoseconds"),
        ("20231114", NOON - DAY // 2, "yyyymmdd"),
        ("45244", NOON - DAY // 2, "spreadsheet"),
        ("45244.5", NOON, "spreadsheet"),
        ("2023-11-14", NOON - DAY // 2, "ISO"),
        ("2023-11-14T12:00:00Z", NOON, "ISO"),
        ("2023-11-14 13:00:00+01:00", NOON, "ISO"),
        ("14/11/2023 12:00", NOON, "%d/%m/%Y"),
        ("11/14/2023 12:00:00 PM", NOON, "%m/%d/%Y"),
        ("14.11.2023", NOON - DAY // 2, "%d.%m.%Y"),
        ("Nov 14, 2023", NOON - DAY // 2, "%b %d, %Y"),
    ],
)
def test_the_unit_of_a_time_is_told_by_its_range(text, seconds, said, table):
    read = table(f'user_id,item_id,date\n1,1,"{text}"\n')
    assert read.interactions.times.tolist() == [seconds]
    assert said in read.reading.line()


@pytest.mark.parametrize("text", ["5", "2023", "711", "99999999999999999999"])
def test_numbers_that_fit_no_unit_are_refused_until_they_are_explained(text, table):
    rows = f"user_id,item_id,time\n1,1,{text}\n"
    with pytest.raises(DataError, match=r'no times in seconds.*time_unit="order"'):
        table(rows)
    assert table(rows, time="none").interactions.times is None


def test_numbers_that_only_order_keep_their_order(table):
    read = table("user_id,item_id,step\n1,1,2\n1,2,1\n", time="step", time_unit="order")
    assert read.interactions.times.tolist() == [2, 1]


def test_a_zero_among_times_is_named_with_its_line(table):
    rows = f"user_id,item_id,time\n1,1,{NOON}\n1,2,0\n"
    with pytest.raises(DataError, match="numbers from 0 to"):
        table(rows)
    read = table(f"user_id,item_id,time\n1,1,{NOON}\n1,2,\n", bad_rows="skip")
    assert read.interactions.n_events == 1
    assert "1 rows have an empty or impossible cell" in read.reading.text()


def test_a_date_that_can_be_read_in_two_ways_is_refused_until_one_is_named(table):
    rows = "user_id,item_id,date\n1,1,03/04/2024\n1,2,05/06/2024\n"
    with pytest.raises(DataError, match=r"can be read as %d/%m/%Y and %m/%d/%Y.*time_format="):
        table(rows)
    read = table(rows, time_format="%m/%d/%Y")
    assert read.interactions.times[0] == 1_709_510_400  # 4 March 2024
    surer = table("user_id,item_id,date\n1,1,03/04/2024\n1,2,25/06/2024\n")
    assert surer.interactions.times[0] == 1_712_102_400  # 3 April 2024


# Labels


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (["12", "12.0", "7.00"], [7, 12]),
        (["12.0", "x"], ["12.0", "x"]),
        (["12.0", "12", "x"], ["12", "x"]),
        (["100000", "1e+05"], [100_000]),
        (["Beyonc\u00e9", "Beyonce\u0301"], ["Beyonc\u00e9"]),
        ([" a", "a\u00a0", "a\u200b"], ["a"]),
        (["007", "7"], ["007", "7"]),
        (["a", "A"], ["A", "a"]),
    ],
)
def test_what_is_certainly_one_thing_becomes_one_and_no_more(texts, labels, table):
    rows = "".join(f"{text},i{place}\n" for place, text in enumerate(texts))
    read = table("user_id,item_id\n" + rows)
    assert read.interactions.users.tolist() == labels
    assert ("joined" in read.reading.text()) == (len(labels) < len(texts))


@pytest.mark.parametrize("text", ["1.23457E+11", "1.23e+11", "1E+11", "1.234567890123456e+18",
                                  "12345678901234567890.0"])  # fmt: skip
def test_labels_that_a_spreadsheet_has_rounded_are_refused(text, table):
    for rows in (f"{text},1\n5,2\n", f"1,{text}\n2,5\n"):
        with pytest.raises(DataError, match="rounded by a spreadsheet"):
            table("user_id,item_id\n" + rows)


def test_a_nul_is_refused_and_a_missing_label_is_said(table):
    with pytest.raises(DataError, match="NUL"):
        table("user_id,item_id\na\0b,1\nab,2\n")
    assert "2 rows name the user 'nan'" in table("user_id,item_id\nnan,1\nnan,2\n").reading.text()


# Numbers


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["4,5", "3,0"], [4.5, 3]),
        (["1.234,5", "2,5"], [1234.5, 2.5]),
        (["1,234", "12,000"], [1234, 12000]),
        (["1,234.5", "2"], [1234.5, 2]),
        (["1 234", "7"], [1234, 7]),
    ],
)
def test_decimal_commas_and_thousands(texts, numbers, table):
    rows = "".join(f"u{place};i;{text}\n" for place, text in enumerate(texts))
    read = table("user_id;item_id;hours\n" + rows)
    assert read.interactions.matrix.toarray()[:, 0].tolist() == numbers


def test_a_decimal_comma_can_be_named(table):
    rows = "user_id;item_id;rating\n1;1;4,125\n"
    assert table(rows).interactions.matrix.data.tolist() == [4125]
    assert table(rows, decimal=",").interactions.matrix.data.tolist() == [4.125]


# Weights and kinds of events


EVENTS = "user_id,item_id,event\n1,1,view\n1,1,cart\n1,2,view\n2,1,view\n"


def test_kinds_of_events_are_said_and_can_be_weighed(table):
    plain = table(EVENTS)
    assert "Column 'event' holds kinds of events" in plain.reading.text()
    assert plain.interactions.matrix.toarray().tolist() == [[2, 1], [1, 0]]
    read = table(EVENTS, weight="event", weights={"view": 1, "cart": 3})
    assert read.interactions.matrix.toarray().tolist() == [[4, 1], [1, 0]]
    assert read.is_weighted
    with pytest.raises(ArgumentError, match="does not say what cart weigh"):
        table(EVENTS, weight="event", weights={"view": 1})
    with pytest.raises(DataError, match='weights="view=1,cart=2"'):
        table(EVENTS, weight="event")


def test_counts_with_a_usual_name_become_weights(table):
    read = table("userID\tartistID\tweight\n2\t51\t13883\n2\t52\t11690\n")
    assert read.interactions.matrix.data.tolist() == [13883, 11690]
    assert "weight is 'weight'" in read.reading.line()


def test_an_unused_column_that_looks_like_a_rating_or_a_time_is_said(table):
    read = table(f"user_id,item_id,liked,when\n1,1,4,{NOON}\n1,2,5,{NOON}\n")
    assert "'liked' looks like a rating" in read.reading.text()
    assert "'when' looks like a time" in read.reading.text()
    assert table(f"user_id,item_id,liked,when\n1,1,4,{NOON}\n", rating="liked",
                 time="when").reading.notes == []  # fmt: skip


# Repeats


def test_exact_repeats_go_and_ratings_that_differ_are_refused(table):
    rows = "user_id,item_id,rating\n1,1,4\n1,2,5\n1,1,4\n"
    assert "1 rows repeat another exactly" in table(rows).reading.text()
    with pytest.raises(DataError, match=r"line 5\).*duplicates="):
        table(rows + "1,1,3\n")
    with pytest.raises(DataError, match="are repeated"):
        table(rows, duplicates="error")
    with pytest.raises(DataError, match="a sum of ratings is no rating"):
        table(rows, duplicates="sum")
    assert table(rows + "1,1,1\n", duplicates="mean").interactions.matrix.data.tolist() == [3, 5]


def test_repeated_events_are_counted_and_keep_their_first_time(table):
    rows = f"user_id,item_id,kind,time\n1,1,a,{NOON + 9}\n1,1,b,{NOON}\n1,1,a,{NOON + 9}\n"
    read = table(rows)
    assert read.interactions.matrix.data.tolist() == [3]
    assert read.interactions.times.tolist() == [NOON]


def test_of_repeats_the_last_is_the_latest_wherever_it_stands_in_the_file(table):
    rows = f"user_id,item_id,rating,time\n1,1,4,{NOON + 9}\n1,1,2,{NOON}\n"
    for choice, value in (("last", 4), ("first", 2)):
        assert table(rows, duplicates=choice).interactions.matrix.data.tolist() == [value]
