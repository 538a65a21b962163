"""A zip is read where it lies; a dangerous or damaged one is refused as a whole."""

import stat
import struct
import zipfile

import pytest

from recsys_lib.datasets import archive as module
from recsys_lib.datasets.archive import Archive, decode
from recsys_lib.errors import DataError, FetchError


def make_zip(path, *members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


@pytest.fixture(params=["folder", "zip"])
def archive(request, tmp_path):
    files = [("a.txt", "é\n"), ("b.txt", "1\n22\n333\n")]
    if request.param == "zip":
        return Archive(make_zip(tmp_path / "set.zip", *((f"set/{n}", c) for n, c in files)))
    for name, content in files:
        (tmp_path / name).write_text(content, encoding="utf-8")
    return Archive(tmp_path)


def test_files_are_found_by_name_and_read_whole(archive):
    assert "a.txt" in archive
    assert "c.txt" not in archive
    assert archive.size("b.txt") == 9
    assert archive.text("a.txt", "utf-8") == "é\n"


def test_blocks_end_where_lines_end(archive, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 3)
    assert list(archive.blocks("b.txt")) == [b"1\n22\n", b"333\n"]


def test_a_missing_file_is_named(archive):
    with pytest.raises(FetchError, match=r"no file c\.txt"):
        archive.text("c.txt", "utf-8")
    with pytest.raises(FetchError, match=r"no file c\.txt"):
        list(archive.blocks("c.txt"))


def test_a_long_line_is_refused_and_one_just_within_the_limit_is_not(archive, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 1)
    monkeypatch.setattr(module, "MAX_LINE", 3)
    assert b"".join(archive.blocks("b.txt")) == b"1\n22\n333\n"
    monkeypatch.setattr(module, "MAX_LINE", 2)
    with pytest.raises(DataError, match="a line of more than 2 bytes"):
        list(archive.blocks("b.txt"))


def test_a_large_text_is_refused_and_one_just_within_the_limit_is_not(archive, monkeypatch):
    monkeypatch.setattr(module, "MAX_TEXT", 9)
    assert archive.text("b.txt", "utf-8") == "1\n22\n333\n"
    monkeypatch.setattr(module, "MAX_TEXT", 8)
    with pytest.raises(DataError, match=r"b\.txt has more than 8 bytes"):
        archive.text("b.txt", "utf-8")


@pytest.mark.parametrize(
    "name", ["/etc/u.data", "../u.data", "a/../../u.data", "..\\u.data", "C:\\u.data", "C:/u.data"]
)
def test_a_member_outside_the_folder_is_refused_and_nothing_is_written(name, tmp_path):
    path = make_zip(tmp_path / "slip.zip", ("u.item", "1\n"), (name, "1\n"))
    with pytest.raises(DataError, match="outside its folder"):
        Archive(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_with_dots_that_is_no_escape_is_read(tmp_path):
    assert "u..data" in Archive(make_zip(tmp_path / "fine.zip", ("ml/u..data", "1\n")))


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("ml-100k/u.data")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(DataError, match="a link"):
        Archive(make_zip(tmp_path / "link.zip", (link, "/etc/passwd")))


def test_an_encrypted_member_is_refused(tmp_path):
    path = make_zip(tmp_path / "locked.zip", ("u.data", "1\n"))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    path.write_bytes(content)
    with pytest.raises(DataError, match="encrypted"):
        Archive(path)


def test_an_unusual_compression_is_refused(tmp_path):
    path = make_zip(tmp_path / "a.zip", ("u.data", "1\n"), compression=zipfile.ZIP_LZMA)
    with pytest.raises(DataError, match="unusual compression"):
        Archive(path)


def test_a_zip_bomb_is_refused_by_the_size_that_it_claims(tmp_path, monkeypatch):
    path = make_zip(tmp_path / "bomb.zip", ("a", "0" * 600), ("b", "0" * 600))
    monkeypatch.setattr(module, "MAX_UNPACKED", 1200)
    assert "a" in Archive(path)
    monkeypatch.setattr(module, "MAX_UNPACKED", 1199)
    with pytest.raises(DataError, match="more than 1,199 bytes"):
        Archive(path)


def test_a_zip_bomb_that_lies_about_its_size_is_read_no_further_than_it_claims(tmp_path):
    path = make_zip(tmp_path / "bomb.zip", ("a.txt", "0" * 10_000_000 + "\n"))
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 10)
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        Archive(path).text("a.txt", "utf-8")


def test_a_damaged_member_is_refused(tmp_path):
    path = make_zip(tmp_path / "a.zip", ("a.txt", "first\n"), compression=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"first", b"worst"))
    with pytest.raises(DataError, match="damaged"):
        Archive(path).text("a.txt", "utf-8")


def test_a_truncated_zip_and_a_file_that_is_none_are_refused(tmp_path):
    path = make_zip(tmp_path / "a.zip", ("a.txt", "first\n"))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match="damaged"):
        Archive(path)
    with pytest.raises(FetchError, match="No such file"):
        Archive(tmp_path / "nowhere.zip")


def test_a_file_that_ends_inside_a_line_was_cut_off(tmp_path):
    (tmp_path / "a.txt").write_text("874965758\n8749")
    with pytest.raises(DataError, match="the last line is cut off"):
        Archive(tmp_path).text("a.txt", "utf-8")
    with pytest.raises(DataError, match="the last line is cut off"):
        list(Archive(tmp_path).blocks("a.txt"))


def test_a_foreign_byte_is_named_with_its_line():
    with pytest.raises(DataError, match=r"byte 0xe9 is not utf-8 \(menu\.txt, line 7\)"):
        decode(b"Tea\nCaf\xe9\n", "utf-8", "menu.txt", line=6)
