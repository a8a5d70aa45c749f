"""Decompresses an object chunk by chunk, also when it consists of several members. Memory is bounded."""

from __future__ import annotations

import bz2
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Protocol, cast

import zstandard
from isal import isal_zlib

from local_redshift.wire.errors import RedshiftError

#: Compressed bytes that are taken at once.
_PART = 64 * 1024

_GZIP = 16 + isal_zlib.MAX_WBITS
#: The package's stub declares an instance instead of the class.
_GZIP_ERROR = cast(type[Exception], isal_zlib.error)


class _Stream(Protocol):
    """One member of a compressed object."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""

    def decompress(self, data: bytes, /) -> bytes:
        """Return the next bytes."""


_STREAMS: dict[str, Callable[[], _Stream]] = {
    "gzip": lambda: isal_zlib.decompressobj(_GZIP),
    "bzip2": bz2.BZ2Decompressor,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
}


def decompressed(uri: str, chunks: Iterable[bytes], compression: str | None) -> Iterator[bytes]:
    """Yield an object's bytes, decompressed.

    :param uri: the object's address, for errors.
    :param compression: ``gzip``, ``bzip2``, ``zstd`` or None.
    :raises RedshiftError: when the data is damaged or ends early.
    """
    if compression is None:
        yield from chunks
        return
    make = _STREAMS[compression]
    stream: _Stream | None = None
    try:
        for data in chain.from_iterable(map(_parts, chunks)):
            while data:
                stream = stream or make()
                yield stream.decompress(data)
                data = b""
                if stream.eof:
                    data, stream = stream.unused_data, None
    except (_GZIP_ERROR, zstandard.ZstdError, OSError, EOFError) as error:
        raise _damaged(uri, compression, str(error)) from None
    if stream is not None:
        raise _damaged(uri, compression, "the data ends before the end of the stream")


def _parts(chunk: bytes) -> Iterator[bytes]:
    """Cut a chunk into parts, to bound the memory that their decompressed bytes need."""
    return (chunk[start : start + _PART] for start in range(0, len(chunk), _PART))


def _damaged(uri: str, compression: str, reason: str) -> RedshiftError:
    return RedshiftError(
        "XX000",
        f"The file {uri} is not an intact {compression} file: {reason}",
        hint=f"Deliver the file again, or leave out {compression.upper()} if it is not compressed.",
    )
