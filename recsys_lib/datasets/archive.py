"""A data set's files, in a folder or in a zip: read where they lie, never unpacked."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from recsys_lib.errors import DataError, FetchError

BLOCK = 1 << 24  # bytes read at a time
MAX_LINE = 1 << 20  # bytes of a line
MAX_TEXT = 1 << 26  # bytes of a file that is read whole
MAX_UNPACKED = 1 << 32  # bytes of all members of a zip together

DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError)
"""What `zipfile` raises on content that is damaged or that it does not know."""


class Archive:
    """The files of one data set, by name.

    Nothing is written to disk. A zip is refused as a whole if a member has an absolute path or one
    with "..", is a link, encrypted or oddly compressed, or if its members would unpack to more than
    `MAX_UNPACKED` bytes (a zip bomb). Memory is bounded by `BLOCK`, `MAX_LINE` and `MAX_TEXT`,
    whatever a file claims to be.

    Args:
        path: a folder, or a zip whose files may stand inside a folder of it. A folder with nothing
            but one folder, as a zip leaves it when unpacked, stands for that one.

    Raises:
        FetchError: there is nothing at `path`, or it may not be read.
        DataError: `path` is a damaged or dangerous zip, or no zip at all.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        with self._reading():
            self.path = _innermost(self.path)
            if self.path.is_dir():
                files = [entry for entry in self.path.iterdir() if entry.is_file()]
                self._sizes = {file.name: file.stat().st_size for file in files}
                return
            with zipfile.ZipFile(self.path) as archive:
                infos = archive.infolist()
        for info in infos:
            self._refuse_danger(info)
        if sum(info.file_size for info in infos) > MAX_UNPACKED:
            raise self._refusal(f"the zip would unpack to more than {MAX_UNPACKED:,} bytes")
        infos.sort(key=lambda info: -info.filename.count("/"))  # of equal names the least nested
        self._members = {PurePosixPath(info.filename).name: info for info in infos}
        self._sizes = {name: info.file_size for name, info in self._members.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._sizes

    def names(self) -> list[str]:
        """The files, without the notes that some systems add."""
        return [name for name in self._sizes if not name.startswith("._")]

    def member(self, name: str) -> str:
        """Where the file is, as the reader of tables takes it."""
        return str(self.path / name) if self.path.is_dir() else f"{self.path}::{name}"

    def size(self, name: str) -> int:
        """Bytes of the file.

        Raises:
            FetchError: there is no such file.
        """
        if name not in self:
            raise FetchError(f"there is no file {name}", where=str(self.path))
        return self._sizes[name]

    def blocks(self, name: str) -> Iterator[bytes]:
        """The file in pieces of whole lines, about `BLOCK` bytes each.

        Raises:
            FetchError: there is no such file, or it may not be read.
            DataError: the file is damaged or cut off inside a line, or a line is longer than
                `MAX_LINE` bytes.
        """
        with self._reading(name), self.open(name) as stream:
            while block := stream.read(BLOCK):
                rest = stream.readline(MAX_LINE + 1)
                if len(rest) > MAX_LINE:
                    raise self._refusal(f"{name} has a line of more than {MAX_LINE:,} bytes")
                yield self._ended(block + rest, name)

    def text(self, name: str, encoding: str) -> str:
        """The whole of a small file.

        Raises:
            FetchError: there is no such file, or it may not be read.
            DataError: it is damaged or cut off inside a line, larger than `MAX_TEXT` bytes, or not
                in `encoding`.
        """
        with self._reading(name), self.open(name) as stream:
            data = stream.read(MAX_TEXT + 1)
        if len(data) > MAX_TEXT:
            raise self._refusal(f"{name} has more than {MAX_TEXT:,} bytes")
        return decode(self._ended(data, name), encoding, str(self.path / name))

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """The file as a stream of bytes.

        Raises:
            FetchError: there is no such file.
        """
        self.size(name)
        if self.path.is_dir():
            with open(self.path / name, "rb") as stream:
                yield stream
        else:
            member = self._members[name]
            with zipfile.ZipFile(self.path) as archive, archive.open(member) as stream:
                yield stream

    @contextmanager
    def _reading(self, name: str = "") -> Iterator[None]:
        where = str(self.path / name)
        try:
            yield
        except (DataError, FetchError):
            raise
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise FetchError(f"the file cannot be read: {reason}", where=where) from None
        except DAMAGE as error:
            raise DataError(f"the zip is damaged: {error}", where=where,
                            fix="Fetch it again.") from None  # fmt: skip

    def _ended(self, lines: bytes, name: str) -> bytes:
        # A number that lost its last digits is still a number: only the line's end tells, or that
        # the last number has as many digits as the one above it.
        if lines.endswith(b"\n") or not lines:
            return lines
        *above, last = re.split(rb"\r\n|\r|\n", lines[-2 * MAX_LINE :])
        if above and (not last or _digits(last) >= _digits(above[-1])):
            return lines + b"\n"
        raise DataError("the last line is cut off", where=str(self.path / name),
                        fix="Get the whole file; every line of it ends with a break.")  # fmt: skip

    def _refuse_danger(self, info: zipfile.ZipInfo) -> None:
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        dangers = {
            "outside its folder": parts and (parts[0] == "/" or ":" in parts[0] or ".." in parts),
            "that is a link": stat.S_ISLNK(info.external_attr >> 16),
            "that is encrypted": info.flag_bits & 1,
            "in an unusual compression": info.compress_type
            not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED),
        }
        for danger, found in dangers.items():
            if found:
                raise self._refusal(f"the zip has a member {danger}: {info.filename[:80]!r}")

    def _refusal(self, what: str) -> DataError:
        fix = "Nothing was read; check where the file comes from."
        return DataError(what, where=str(self.path), fix=fix)


def _digits(line: bytes) -> int:
    """How many digits a line ends with."""
    return len(line) - len(line.rstrip(b"0123456789"))


def decode(data: bytes, encoding: str, where: str, line: int = 1) -> str:
    """The text of `data`, whose first line is number `line` of the file `where`.

    Raises:
        DataError: a byte does not belong to `encoding`; the message names it and its line.

    >>> decode(b"Caf\\xe9", "latin-1", "menu.txt")
    'Café'
    """
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line += data.count(b"\n", 0, error.start)
        raise DataError(
            f"byte 0x{data[error.start]:02x} is not {encoding}",
            where=f"{where}, line {line}",
            fix="Save the file as UTF-8, or name the encoding that it has.",
        ) from None


def _innermost(path: Path) -> Path:
    """The folder below `path` that holds more than one folder alone."""
    while path.is_dir():
        held = [entry for entry in path.iterdir() if not entry.name.startswith((".", "__MACOSX"))]
        if len(held) != 1 or held[0].is_symlink() or not held[0].is_dir():
            break
        path = held[0]
    return path
