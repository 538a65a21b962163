"""Fetched once, verified, kept; anything else leaves nothing behind."""

import hashlib
import socket

import pytest

from recsys_lib.datasets import cache, movielens
from recsys_lib.datasets.cache import fetch
from recsys_lib.datasets.movielens import load_movielens
from recsys_lib.errors import FetchError
from tests.datasets.server import serving
from tests.datasets.small_movielens import write_zip


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as running:
        yield running


@pytest.fixture
def zipped(tmp_path):
    return write_zip(tmp_path / "made.zip", "100k").read_bytes()


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


@pytest.mark.parametrize("checked", [True, False])
def test_a_good_file_is_fetched_once_and_kept(checked, server, zipped, tmp_path):
    server.files["set.zip"] = zipped
    folder = tmp_path / "deep" / "cache"
    for _ in range(2):
        path = fetch(
            server.url + "set.zip",
            md5=md5(zipped) if checked else None,
            folder=folder,
            progress=False,
        )
        assert path.read_bytes() == zipped
    assert server.requests == 1
    assert list(folder.iterdir()) == [folder / "set.zip"]


def truncate(server, content):
    server.files["set.zip"], server.extra = content[:-40], 40


def cut_and_say_nothing(server, content):
    server.files["set.zip"] = content[:-40]


def alter(server, content):
    server.files["set.zip"] = content[:50] + bytes([content[50] ^ 1]) + content[51:]


def send_a_page(server, content):
    server.files["set.zip"] = b"<html>Under maintenance</html>"


def lose(server, content):
    server.files.clear()


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (truncate, "there is no connection|broke off"),
        (cut_and_say_nothing, "truncated or altered"),
        (alter, "truncated or altered"),
        (send_a_page, "truncated or altered"),
        (lose, "the server answered 404"),
    ],
)
def test_a_bad_answer_is_refused_and_not_kept(harm, message, server, zipped, tmp_path):
    harm(server, zipped)
    with pytest.raises(FetchError, match=message) as caught:
        fetch(server.url + "set.zip", md5=md5(zipped), folder=tmp_path / "cache", progress=False)
    assert list((tmp_path / "cache").iterdir()) == []
    for word in (server.url + "set.zip", "path=", "RECSYS_DATA"):
        assert word in str(caught.value)


def test_without_a_checksum_a_cut_zip_is_refused_too(server, zipped, tmp_path):
    cut_and_say_nothing(server, zipped)
    with pytest.raises(FetchError, match="truncated or altered"):
        fetch(server.url + "set.zip", folder=tmp_path / "cache", progress=False)
    assert list((tmp_path / "cache").iterdir()) == []


def test_no_server_is_said_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as free:  # a port that nobody listens on
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/set.zip"
        with pytest.raises(FetchError, match=r"no connection to the server.*path="):
            fetch(url, folder=tmp_path / "cache", progress=False)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_kept_file_that_was_altered_is_fetched_anew_or_removed(server, zipped, tmp_path):
    kept = tmp_path / "set.zip"
    kept.write_bytes(zipped[:-1])
    server.files["set.zip"] = zipped
    fetch(server.url + "set.zip", md5=md5(zipped), folder=tmp_path, progress=False)
    assert kept.read_bytes() == zipped
    kept.write_bytes(zipped[:-1])
    lose(server, zipped)
    with pytest.raises(FetchError):
        fetch(server.url + "set.zip", md5=md5(zipped), folder=tmp_path, progress=False)
    assert not kept.exists()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FetchError, match="the folder for fetched files cannot be used"):
        fetch("http://127.0.0.1:9/set.zip", folder=tmp_path / "file" / "cache", progress=False)


def test_progress_is_shown_where_asked(server, zipped, tmp_path, capsys):
    server.files["set.zip"] = zipped
    fetch(server.url + "set.zip", folder=tmp_path / "a", progress=False)
    assert capsys.readouterr().err == ""
    fetch(server.url + "set.zip", folder=tmp_path / "b", progress=True)
    assert "100%" in capsys.readouterr().err


# The whole way: load_movielens without a copy at hand


@pytest.fixture
def far_set(server, zipped, tmp_path, monkeypatch):
    """MovieLens 100K, small, on the local server; the cache is in tmp_path."""
    monkeypatch.delenv("RECSYS_DATA", raising=False)
    monkeypatch.setattr(movielens, "ADDRESS", server.url)
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path / "cache")
    form = movielens.SETS["100k"]
    small = form.__class__(**{**vars(form), "md5": md5(zipped), "n_ratings": 8, "n_users": 4})
    monkeypatch.setitem(movielens.SETS, "100k", small)
    server.files["ml-100k.zip"] = zipped
    return server


def test_a_set_is_fetched_its_terms_are_shown_once_and_it_is_kept(far_set, capsys):
    data = load_movielens("100k", progress=False)
    assert len(data.ratings) == 8
    terms = capsys.readouterr().err
    for words in ("commercial", "Harper", "10.1145/2827872", "https://grouplens.org/datasets/"):
        assert words in terms
    load_movielens("100k", progress=False)
    assert capsys.readouterr().err == ""
    assert far_set.requests == 1


def test_a_set_absent_from_recsys_data_is_fetched(far_set, tmp_path, monkeypatch):
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path))
    assert len(load_movielens("100k", progress=False).ratings) == 8
    assert far_set.requests == 1


def test_a_fetched_set_of_another_size_than_published_is_not_kept(far_set, tmp_path, monkeypatch):
    form = movielens.SETS["100k"]
    more = form.__class__(**{**vars(form), "n_ratings": 9})
    monkeypatch.setitem(movielens.SETS, "100k", more)
    with pytest.raises(FetchError, match="8 ratings of 4 users, not 9 of 4 as published"):
        load_movielens("100k", progress=False)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_fetched_set_with_a_faulty_file_is_not_kept(far_set, tmp_path, monkeypatch):
    faulty = write_zip(tmp_path / "bad.zip", "100k", **{"u.data": b"1\t1\t9\t1\n"}).read_bytes()
    far_set.files["ml-100k.zip"] = faulty
    form = movielens.SETS["100k"]
    unchecked = form.__class__(**{**vars(form), "md5": None})
    monkeypatch.setitem(movielens.SETS, "100k", unchecked)
    with pytest.raises(ValueError, match="'9' is not a possible value"):
        load_movielens("100k", progress=False)
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_cache_is_a_folder_of_the_users_own():
    assert cache.cache_folder().name == "recsys_lib"
    assert cache.cache_folder().is_absolute()
