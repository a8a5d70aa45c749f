"""The lines of an object, whatever the sizes of its chunks; gzip is undone on the way. Bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from local.redshift.errors import RedshiftError

_BOM = b"\xef\xbb\xbf"
_GZIP = 16 + zlib.MAX_WBITS

#: "The maximum size of a single input row is 4 MB":
#: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html
MAX_LINE = 4 * 1024 * 1024


def read_lines(uri: str, chunks: Iterable[bytes], *, gzip: bool) -> Iterator[bytes]:
    """Yield the lines of an object without their ends.

    :param uri: the object's address, for errors.
    :param chunks: its bytes.
    :param gzip: whether they are compressed.
    :raises RedshiftError: when the compressed data is damaged or ends early, or a line is too long.
    """
    rest = b""
    first = True
    for data in _inflate(uri, chunks) if gzip else chunks:
        if first and data:
            data, first = data.removeprefix(_BOM), False
        pieces = (rest + data).split(b"\n")
        rest = pieces.pop()
        if len(rest) > MAX_LINE:
            raise RedshiftError("XX000", f"A line of {uri} is longer than 4 MB, the most that COPY takes.")
        yield from pieces
    if rest:
        yield rest


def _inflate(uri: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Undo gzip, of several members too."""
    stream = zlib.decompressobj(_GZIP)
    seen = False
    try:
        for chunk in chunks:
            data = chunk
            while data:
                seen = True
                yield stream.decompress(data)
                data = stream.unused_data
                if stream.eof:
                    stream = zlib.decompressobj(_GZIP) if data else stream
                    seen = bool(data)
    except zlib.error as error:
        raise _damaged(uri, str(error)) from None
    if seen and not stream.eof:
        raise _damaged(uri, "the data ends before the end of the stream")


def _damaged(uri: str, reason: str) -> RedshiftError:
    return RedshiftError(
        "XX000",
        f"The file {uri} is no intact gzip file: {reason}",
        hint="Deliver the file again, or leave out GZIP if it is not compressed.",
    )
