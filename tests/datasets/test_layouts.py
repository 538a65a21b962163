"""Public sets by their files, on made-up miniatures; and six real shapes in one try each."""

import gzip
import io
import zipfile

import pytest

from recsys_lib.cli import main
from recsys_lib.datasets.layouts import LAYOUTS, recognise
from recsys_lib.datasets.source import open_dataset

TIME = 1_650_485_801_301
KUAIREC = "user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio\n"
MINIATURES = {
    "Book-Crossing": (
        {"BX-Book-Ratings.csv": '"User-ID";"ISBN";"Book-Rating"\n"7";"034545104X";"0"\n'
         '"7";"0155061224";"5"\n"9";"0155061224";"8"\n',
         "BX-Books.csv": '"ISBN";"Book-Title";"Year"\n"0155061224";"Caf\xe9";"2001"\n'},
        2, 8.0, "Café"),
    "Last.fm, HetRec 2011": (
        {"user_artists.dat": "userID\tartistID\tweight\n2\t51\t13883\n2\t52\t11690\n",
         "artists.dat": "id\tname\turl\n51\tDuran Made\tx\n52\tMade Up\ty\n"},
        2, 13883.0, "Duran Made"),
    "goodbooks-10k": (
        {"ratings.csv": "user_id,book_id,rating\n1,258,5\n2,260,4\n",
         "books.csv": "book_id,goodreads_book_id,authors,title\n258,9,A,Tale\n260,8,B,Song\n",
         "book_tags.csv": "goodreads_book_id,tag_id,count\n", "tags.csv": "tag_id,tag_name\n"},
        2, 5.0, "Tale"),
    "Anime recommendations": (
        {"rating.csv": "user_id,anime_id,rating\n1,20,-1\n1,24,10\n2,20,7\n",
         "anime.csv": "anime_id,name,genre,rating\n20,Made,Action,7\n24,Up,Drama,8\n"},
        2, 10.0, "Made"),
    "KuaiRec": (
        {"small_matrix.csv": KUAIREC + "14,148,4381,6067,2020-07-05 05:27:48.378,20200705,"
         "1593898068.378,0.722\n14,183,11635,6100,2020-07-05 05:28:00.057,20200705,"
         "1593898080.057,1.907\n", "big_matrix.csv": KUAIREC},
        2, 1.907, None),
    "KuaiRec, the big matrix": (
        {"big_matrix.csv": KUAIREC + "0,1,1,2,2020-07-05,20200705,1593878903.438,0.5\n"},
        1, 0.5, None),
    "KuaiRand, random exposures": (
        {"log_random_4_22_to_5_08_pure.csv": "user_id,video_id,date,hourmin,time_ms,is_click,"
         f"is_rand\n0,1,20220422,400,{TIME},0,1\n0,2,20220422,400,{TIME},1,1\n"},
        1, 1.0, None),
    "MIND": (
        {"behaviors.tsv": "1\tU1\t11/11/2019 9:05:58 AM\tN9\tN1-1 N2-0\n",
         "news.tsv": "N1\tnews\tworld\tTitle\n"},
        1, 1.0, None),
    "Netflix Prize": (
        {"combined_data_1.txt": "1:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n"}, 2, 5.0, None),
    "Retailrocket": (
        {"events.csv": f"timestamp,visitorid,event,itemid,transactionid\n{TIME},1,view,100,\n"
         f"{TIME},1,transaction,100,4\n", "category_tree.csv": "categoryid,parentid\n"},
        1, 6.0, None),
    "MovieTweetings": (
        {"ratings.dat": "1::0114508::8::1381006850\n2::0499549::9::1376753198\n",
         "users.dat": "1::139564917\n2::17528189\n",
         "movies.dat": "0114508::Species (1995)::Action|Horror\n0499549::Avatar (2009)::Action\n"},
        2, 9.0, "Species (1995)"),
    "Jester": (
        {"jester-data-1.csv": "2,-7.82,99,8.79\n1,99,4.08,99\n1,99,99,99\n"}, 3, 8.79, None),
}  # fmt: skip


def test_every_layout_has_a_miniature():
    assert {*MINIATURES} == {layout.name for layout in LAYOUTS}


@pytest.mark.parametrize("name", MINIATURES)
@pytest.mark.parametrize("form", ["folder", "zip", "file"])
def test_a_public_set_is_known_by_its_files(name, form, tmp_path):
    files, n_events, largest, title = MINIATURES[name]
    path = tmp_path / ("set.zip" if form == "zip" else "set")
    if form == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file, content in files.items():
                archive.writestr(f"set/{file}", content.encode("latin-1"))
    else:
        path.mkdir()
        for file, content in files.items():
            (path / file).write_bytes(content.encode("latin-1"))
    data = open_dataset(path / next(iter(files)) if form == "file" else path)
    assert data.layout.name == name
    assert data.layout.terms
    assert data.interactions.n_events == n_events
    assert data.interactions.matrix.data.max() == pytest.approx(largest)
    assert (title is None) == (data.items is None)
    assert title is None or title in {*data.items["title"]}


def test_a_table_that_is_no_public_set_is_none(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text("user_id,item_id\n1,2\n")
    assert recognise(path) is None
    assert open_dataset(tmp_path).interactions.n_events == 1


# Six shapes of real files, in one try each

PAIRS = [(user, item) for user in range(12) for item in range(9) if (user * 7 + item * 5) % 3]
STARS = {pair: 1 + (pair[0] + 2 * pair[1]) % 5 for pair in PAIRS}


def zipped(name: str, content: bytes) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(name, content)
        return file.getvalue()


def lines(form: str, header: str = "", end: str = "\n") -> bytes:
    rows = [form.format(u=u, i=i, r=STARS[u, i], t=1_424_380_312 + 999 * n)
            for n, (u, i) in enumerate(PAIRS)]  # fmt: skip
    return (end.join([*([header] if header else []), *rows]) + end).encode()


SHAPES = {
    "netflix_rows.csv": lines("{u},{i},{r},2005-09-06"),
    "BX-Book-Ratings.csv": lines(
        '"{u}";"034545{i}X";"{r}"', '"User-ID";"ISBN";"Book-Rating"', "\r"
    ),
    "user_artists.dat": lines("{u}\t{i}\t{r}", "userID\tartistID\tweight", "\r\n"),
    "sample_movielens_ratings.txt": lines("{u}::{i}::{r}::{t}"),
    "ratings.csv.gz": gzip.compress(lines("{u},{i},{r}")),
    "goodbooks.zip": zipped("ratings.csv", lines("{u},{i},{r}", "user_id,book_id,rating")),
}


@pytest.mark.parametrize("name", SHAPES)
def test_each_real_shape_gives_a_table_and_a_list_in_one_try(name, tmp_path, capsys):
    path = tmp_path / name
    path.write_bytes(SHAPES[name])
    assert main(["evaluate", str(path), "--k", "3"]) == 0
    assert (
        f"{len({u for u, _ in PAIRS})} users x 9 items, {len(PAIRS)} events"
        in capsys.readouterr().out
    )
    assert main(["recommend", str(path), "--user", "3", "--k", "2"]) == 0
    data = open_dataset(path).interactions
    assert sorted(data.matrix.data.tolist()) == sorted(STARS.values())
