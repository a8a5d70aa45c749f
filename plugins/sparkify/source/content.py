"""Recognizes what a file is by its bytes, never by its name. Pure.

COPY needs to know how files are compressed, takes one kind at a time, and loads JSON as text in UTF-8. A file that it
cannot load is refused: it has no lines that could be counted as rejected.
https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-file-compression.html
"""

from __future__ import annotations

import re
from enum import StrEnum

#: The number of a file's first bytes that decide what it is. The last signature, that of a tar archive, is at byte 257.
HEAD_BYTES = 1024

#: What to do about a file that cannot be loaded.
_STEP = "Deliver it as JSON lines in UTF-8, plain or compressed once by gzip, bzip2 or zstd, then rerun."

#: Bytes that are never unescaped in a line of JSON: control characters, except tabs and line ends.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
#: A line is binary when more than the first share of its bytes are control characters, or when more than the second
#: share are control characters or not UTF-8. Words in an old encoding stay below that: names and places are about a
#: quarter of an event's line.
_CONTROL_SHARE, _BAD_SHARE = 0.05, 0.4
#: A line with no more such bytes than these is never binary.
_SLIPS = 3


class Compression(StrEnum):
    """How a file is compressed; the value is COPY's option."""

    NONE = ""
    GZIP = "GZIP"
    BZIP2 = "BZIP2"
    ZSTD = "ZSTD"

    @property
    def label(self) -> str:
        """The compression's name in lower case, ``plain`` for none."""
        return self.value.lower() or "plain"


class UnreadableFileError(ValueError):
    """A file that is not JSON lines in UTF-8, or is damaged. The caller puts the file's name before the message.

    :param what: what is wrong, beginning with a verb.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}. {_STEP}")


_COMPRESSED: tuple[tuple[bytes, Compression], ...] = (
    (rb"\x1f\x8b", Compression.GZIP),
    (rb"BZh[1-9]", Compression.BZIP2),
    # A frame, or one to skip: https://www.rfc-editor.org/rfc/rfc8878#section-3.1
    (rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", Compression.ZSTD),
)
#: https://en.wikipedia.org/wiki/List_of_file_signatures, or the format's own specification.
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (rb"\x89LZO\x00\r\n\x1a\n", "compressed by lzop"),
    (rb"\xfd7zXZ\x00", "compressed by xz"),
    (rb"\x78[\x01\x9c\xda]", "compressed by zlib"),
    (rb"\x5d\x00\x00", "compressed by LZMA"),
    (rb"LZIP", "compressed by lzip"),
    (rb"\x04\x22\x4d\x18|\x02\x21\x4c\x18", "compressed by LZ4"),
    (rb"\xff\x06\x00\x00sNaPpY|\x82SNAPPY\x00", "compressed by Snappy"),
    (rb"\x1f[\x9d\xa0]", "compressed by compress (.Z)"),
    (rb"PK(\x03\x04|\x05\x06|\x07\x08)", "a zip archive"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (rb"Rar!\x1a\x07", "a RAR archive"),
    (rb"[\s\S]{257}ustar", "a tar archive"),
    (rb"PAR[1E]", "a Parquet file"),
    (rb"ORC", "an ORC file"),
    (rb"Obj\x01", "an Avro file"),
    (rb"ARROW1|FEA1", "an Arrow file"),
    (rb"SEQ[\x00-\x0f]|RCF[\x00-\x0f]", "a Hadoop sequence file"),
    (rb"SQLite format 3\x00", "an SQLite database"),
    (rb"\xd0\xcf\x11\xe0", "an Office document"),
    (rb"%PDF-", "a PDF document"),
    (rb"\{\\rtf", "an RTF document"),
    (rb"(?i)\s*<(\?xml|!doctype|html)", "an XML or HTML document"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "an image"),
    (rb"Salted__|age-encryption\.org/|-----BEGIN PGP ", "encrypted"),
)
#: Byte order marks, or without one the pattern of JSON's first two characters, which are ASCII:
#: https://www.unicode.org/faq/utf_bom, https://www.rfc-editor.org/rfc/rfc4627#section-3
_ENCODINGS: tuple[tuple[bytes, str], ...] = (
    (rb"\xff\xfe\x00\x00|[^\x00]\x00\x00\x00", "UTF-32 (little-endian)"),
    (rb"\x00\x00\xfe\xff|\x00\x00\x00[^\x00]", "UTF-32 (big-endian)"),
    (rb"\xff\xfe|[^\x00]\x00[^\x00]\x00", "UTF-16 (little-endian)"),
    (rb"\xfe\xff|\x00[^\x00]\x00[^\x00]", "UTF-16 (big-endian)"),
    (rb"\+/v[89+/]", "UTF-7"),
    (rb"\xdd\x73\x66\x73", "UTF-EBCDIC"),
    (rb"\x84\x31\x95\x33", "GB 18030"),
)


def sniff_compression(head: bytes) -> Compression:
    """Return how a file is compressed, by its first bytes.

    :param head: its first :data:`HEAD_BYTES`, or all of it when it has fewer.
    """
    return next((kind for mark, kind in _COMPRESSED if re.match(mark, head)), Compression.NONE)


def refuse_head(head: bytes, compression: Compression) -> None:
    """Refuse a file whose first bytes show that it does not hold JSON lines.

    :param head: the first :data:`HEAD_BYTES` of the content, after one decompression.
    :param compression: how it was compressed.
    :raises UnreadableFileError: naming what the file is.
    """
    inner = sniff_compression(head)
    within = f" within {compression.label}" if compression else ""
    if inner:
        raise UnreadableFileError(f"is compressed twice: {inner.label}{within}")
    for mark, name in _REFUSED:
        if re.match(mark, head):
            raise UnreadableFileError(f"is {name}{within}, which cannot be loaded")
    for mark, name in _ENCODINGS:
        if re.match(mark, head):
            raise UnreadableFileError(f"is text in {name}{within}, not in UTF-8")


def is_utf8(line: bytes) -> bool:
    """Return whether a line is text in UTF-8."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_binary(line: bytes) -> bool:
    """Return whether a line is binary data rather than text with a few wrong bytes.

    This is so for compressed, encrypted and EBCDIC data, and for runs of null bytes.
    """
    controls = len(line) - len(line.translate(None, _CONTROLS))
    undecodable = len(line) - len(line.decode(errors="ignore").encode())
    bad = controls + undecodable
    return bad > _SLIPS and (controls > _CONTROL_SHARE * len(line) or bad > _BAD_SHARE * len(line))


def printable(line: bytes | str, limit: int = 200) -> str:
    """Return a line for a message: shortened, and with unprintable characters escaped.

    :param line: a line of a source, or a server's message about it.
    :param limit: characters that are kept.
    """
    if isinstance(line, bytes):
        if is_binary(line):
            return f"{len(line):,} bytes that are not text"
        line = line[: 4 * limit].decode(errors="replace")
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line[:limit])
    return f"{text}…" if len(line) > limit else text
