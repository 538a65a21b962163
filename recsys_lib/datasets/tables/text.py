"""From bytes to lines of text: the encoding is told by a mark, by zeros, or by trying."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from recsys_lib.datasets.archive import MAX_LINE, decode
from recsys_lib.errors import DataError

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32",
         codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16",
         codecs.BOM_UTF16_BE: "utf-16"}  # fmt: skip
SPOKEN = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16",
          "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}  # fmt: skip
HEAD = 1 << 12  # bytes that are looked at
BLOCK = 1 << 24  # characters read at a time


def encodings(stream: BinaryIO) -> list[str]:
    """Encodings to try, the likeliest first; the stream is not moved."""
    head = stream.peek(HEAD)[:HEAD]
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return [name]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 4:  # plain letters in UTF-16 are every second byte
        return ["utf-16-be" if even > odd else "utf-16-le"]
    return ["utf-8", "cp1252", *_guessed(head)]


def _guessed(head: bytes) -> list[str]:
    """What charset-normalizer takes the head for, where it is at hand (requests brings it)."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return []
    best = from_bytes(head).best() if not head.isascii() else None
    return [best.encoding] if best else []


class Lines:
    """The lines of a text, each without regard to its end: LF, CR LF or CR alone.

    Reading raises `UnicodeDecodeError` if a byte is not of the encoding, and `DataError` if a line
    is longer than `MAX_LINE` characters.
    """

    def __init__(self, stream: BinaryIO, encoding: str, where: str) -> None:
        self.where, self._count = where, 0
        self._text = io.TextIOWrapper(stream, encoding, newline=None)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        self._count += 1
        if len(line) > MAX_LINE:
            raise DataError(f"the line is longer than {MAX_LINE:,} characters",
                            where=f"{self.where}, line {self._count}")  # fmt: skip
        return line.removeprefix("\ufeff") if self._count == 1 else line

    def block(self) -> str:
        """About `BLOCK` characters of whole lines; empty at the end."""
        text = self._text.read(BLOCK)
        text += next(self, "") if text else ""
        self._count += text.count("\n")
        return text

    def close(self) -> None:
        """Leave the stream to whoever opened it."""
        self._text.detach()


def refuse_bytes(stream: BinaryIO, encoding: str, where: str) -> None:
    """Raise the `DataError` that names the first line that is not of `encoding`."""
    for number, raw in enumerate(stream, 1):
        decode(raw, encoding, where, number)
    raise DataError(f"the text is not {encoding}", where=where,
                    fix="Name its encoding, for example encoding='cp1252'.")  # fmt: skip
