"""A MovieLens of four viewers and four films, written in each official format."""

import zipfile
from pathlib import Path

RATINGS = [  # user, item, stars, seconds since 1970
    (1, 1, 5, 874965758), (1, 3, 4, 876893171), (2, 1, 3, 878542960), (2, 2, 4, 881250949),
    (2, 4, 1, 881250949), (3, 1, 4, 889751712), (3, 3, 2, 889751800), (4, 2, 5, 891717742),
]  # fmt: skip
TITLES = [
    (1, "Toy Story (1995)", ("Animation", "Comedy")),
    (2, "GoldenEye (1995)", ("Action",)),
    (3, "Misérables, Les (1998)", ("Drama",)),
    (4, "unknown", ()),
]
GENRES = ("unknown", "Action", "Animation", "Comedy", "Drama")
USERS = [  # user, gender, age, its code, occupation, its code
    (1, "M", 24, 18, "technician", 17), (2, "F", 53, 50, "other", 0),
    (3, "M", 23, 18, "writer", 20), (4, "F", 7, 1, "student", 10),
]  # fmt: skip

RATINGS_FILE = {"100k": "u.data", "1m": "ratings.dat", "latest-small": "ratings.csv"}


def small_files(name: str) -> dict[str, bytes]:
    """File name → content, in the format of that set."""
    files = {"100k": _files_100k, "1m": _files_1m, "10m": _files_10m}
    return files.get(name, _files_csv)()


def write_folder(folder: Path, name: str, **changed: bytes | None) -> Path:
    """The set as a folder; `changed` replaces contents (None leaves the file out)."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in (small_files(name) | changed).items():
        if content is not None:
            (folder / file).write_bytes(content)
    return folder


def write_zip(path: Path, name: str, **changed: bytes) -> Path:
    """The set as a zip, its files inside the folder that the official zips have."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in (small_files(name) | changed).items():
            archive.writestr(f"ml-{name}/{file}", content)
    return path


def _lines(rows, separator: str, encoding: str = "latin-1") -> bytes:
    return "".join(separator.join(map(str, row)) + "\n" for row in rows).encode(encoding)


def _files_100k() -> dict[str, bytes]:
    items = [
        (item, title, "01-Jan-1995", "", "http://us.imdb.com/",
         *(int(genre in (genres or ("unknown",))) for genre in GENRES))
        for item, title, genres in TITLES
    ]  # fmt: skip
    return {
        "u.data": _lines(RATINGS, "\t"),
        "u.item": _lines(items, "|"),
        "u.user": _lines([(u, age, sex, job, "94043") for u, sex, age, _, job, _ in USERS], "|"),
        "u.genre": _lines([(genre, place) for place, genre in enumerate(GENRES)], "|") + b"\n",
        "u1.base": _lines(RATINGS[::2], "\t"),
        "u1.test": _lines(RATINGS[1::2], "\t"),
    }


def _files_1m() -> dict[str, bytes]:
    items = [(item, title, "|".join(genres)) for item, title, genres in TITLES]
    users = [(user, sex, code, job, "94043") for user, sex, _, code, _, job in USERS]
    return {
        "ratings.dat": _lines(RATINGS, "::"),
        "movies.dat": _lines(items, "::"),
        "users.dat": _lines(users, "::"),
    }


def _files_10m() -> dict[str, bytes]:
    items = [
        (item, title, "|".join(genres) or "(no genres listed)") for item, title, genres in TITLES
    ]
    ratings = [(user, item, f"{stars:.1f}", time) for user, item, stars, time in RATINGS]
    return {
        "ratings.dat": _lines(ratings, "::"),
        "movies.dat": _lines(items, "::", "utf-8"),
        "tags.dat": _lines([(1, 1, "made up", 874965758)], "::"),
    }


def _files_csv() -> dict[str, bytes]:
    titles = [(i, f'"{t}"', "|".join(g) or "(no genres listed)") for i, t, g in TITLES]
    ratings = [(user, item, stars - 0.5, time) for user, item, stars, time in RATINGS]
    header = b"userId,movieId,rating,timestamp\n"
    return {
        "ratings.csv": header + _lines(ratings, ","),
        "movies.csv": b"movieId,title,genres\n" + _lines(titles, ",", "utf-8"),
    }
