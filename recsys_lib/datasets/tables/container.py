"""From a path to bytes: what a file is packed in is told by how it begins, not by its name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from recsys_lib.datasets.archive import Archive
from recsys_lib.errors import DataError, FetchError

PACKED = {b"\x1f\x8b": ("gzip", gzip.open), b"BZh": ("bzip2", bz2.open),
          b"\xfd7zXZ\x00": ("xz", lzma.open)}  # fmt: skip
ZIP, OLD_EXCEL, PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
SHEET = "workbook.xml"
TABLES = (".csv", ".tsv", ".txt", ".dat", ".data", ".inter", ".json", ".jsonl", ".gz", ".bz2",
          ".xz", ".tab", ".base", ".test")  # fmt: skip
PROSE = ("readme", "license", "licence", "terms")
DAMAGE = (gzip.BadGzipFile, zipfile.BadZipFile, EOFError, struct.error, zlib.error, lzma.LZMAError)


def split_path(source: str | Path) -> tuple[Path, str | None]:
    """The file, and the member of it that `archive.zip::member.csv` names."""
    text = str(source)
    path, mark, member = text.partition("::")
    return (Path(path), member) if mark and not Path(text).exists() else (Path(source), None)


@contextmanager
def open_table(source: str | Path, form: list[str]) -> Iterator[BinaryIO]:
    """The bytes of the one table at `source`, unpacked; what it was packed in goes into `form`.

    Raises:
        FetchError: there is no such file, or it may not be read.
        DataError: a damaged file, or a zip with no table or with several.
    """
    path, member = split_path(source)
    try:
        with ExitStack() as stack:
            stream: BinaryIO = stack.enter_context(_open(path, member, form))
            while packed := _packing(stream):
                name, unpack = packed
                form.append(name)
                stream = io.BufferedReader(stack.enter_context(unpack(stream)))
            yield stream
    except DAMAGE as error:
        raise DataError(f"the {form[-1]} file is damaged: {error}", where=str(source),
                        fix="Fetch it again.") from None  # fmt: skip
    except OSError as error:
        if isinstance(error, FetchError):
            raise
        if error.strerror is None and form:  # bz2 tells damage by a bare OSError
            raise DataError(f"the {form[-1]} file is damaged: {error}", where=str(source),
                            fix="Fetch it again.") from None  # fmt: skip
        reason = error.strerror or type(error).__name__
        raise FetchError(f"the file cannot be read: {reason}", where=str(path)) from None


def is_sheet(path: Path) -> bool:
    """Whether a zip is an Excel workbook (an .xlsx file is a zip of a known layout)."""
    return path.is_file() and begins(path, ZIP) and SHEET in Archive(path)


def begins(path: Path, magic: bytes) -> bool:
    """Whether the file's first bytes are these."""
    with open(path, "rb") as file:
        return file.read(len(magic)) == magic


@contextmanager
def _open(path: Path, member: str | None, form: list[str]) -> Iterator[BinaryIO]:
    if not path.is_dir() and not begins(path, ZIP):
        if member:
            raise FetchError(f"only a zip has a member {member}", where=str(path))
        with open(path, "rb") as file:
            yield file
        return
    archive = Archive(path)
    name = member or _only_table(archive)
    form.append(f"{name} in a {'folder' if path.is_dir() else 'zip'}")
    with archive.open(name) as stream:
        yield io.BufferedReader(stream)


def _only_table(archive: Archive) -> str:
    names = [name for name in archive.names() if name.lower().endswith(TABLES)]
    names = [name for name in names if not name.lower().startswith((*PROSE, "."))]
    if len(names) == 1:
        return names[0]
    if not names:
        held = ", ".join(sorted(archive.names())[:12])
        raise DataError(f"this holds no table, only {held}" if held else "this holds no file",
                        where=str(archive.path), fix="Name the file with the events.")  # fmt: skip
    listed = ", ".join(sorted(names)[:12])
    raise DataError(f"this holds {len(names)} tables, not one: {listed}", where=str(archive.path),
                    fix=f"Name the one with the events: {archive.path}::{min(names)}")  # fmt: skip


def _packing(stream: BinaryIO):
    head = stream.peek(8)[:8]
    return next((found for magic, found in PACKED.items() if head.startswith(magic)), None)
