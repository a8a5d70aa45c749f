"""Decompresses a file chunk by chunk in bounded memory, by the compression that its first bytes show. Pure.

A compressed file may consist of several streams, as ``cat``, ``pigz``, ``pbzip2`` and ``pzstd`` write them.
"""

from __future__ import annotations

import bz2
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Protocol

import zstandard

from sparkify.source.content import HEAD_BYTES, Compression, UnreadableFileError, sniff_compression

#: What the libraries raise for damaged data.
_ERRORS = (zlib.error, OSError, ValueError, EOFError, zstandard.ZstdError)

#: The most that is decompressed at once: a small file can hold a large one.
_INFLATED_BYTES = 1 << 20
#: Compressed bytes that are given to zstd at once. Its output cannot be limited in another way, and four bytes can
#: stand for 128 KB.
_ZSTD_BYTES = 4096


class _Stream(Protocol):
    """One compressed stream."""

    @property
    def eof(self) -> bool:
        """Whether it has ended."""

    @property
    def unused_data(self) -> bytes:
        """The bytes after its end."""

    def decompress(self, data: bytes) -> Iterator[bytes]:
        """Return the content of the next bytes in pieces."""


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes) -> Iterator[bytes]:
        while data and not self._stream.eof:
            yield self._stream.decompress(data, _INFLATED_BYTES)
            data = self._stream.unconsumed_tail


class _Bzip2:
    def __init__(self) -> None:
        self._stream = bz2.BZ2Decompressor()

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes) -> Iterator[bytes]:
        yield self._stream.decompress(data, _INFLATED_BYTES)
        while not self._stream.eof and not self._stream.needs_input:
            yield self._stream.decompress(b"", _INFLATED_BYTES)


class _Zstd:
    def __init__(self) -> None:
        self._stream = zstandard.ZstdDecompressor().decompressobj()
        self._rest = b""

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data + self._rest

    def decompress(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_BYTES):
            yield self._stream.decompress(data[start : start + _ZSTD_BYTES])
            if self._stream.eof:
                self._rest = data[start + _ZSTD_BYTES :]
                return


_STREAMS: dict[Compression, Callable[[], _Stream]] = {
    Compression.GZIP: _Gzip,
    Compression.BZIP2: _Bzip2,
    Compression.ZSTD: _Zstd,
}


class Decompressor:
    """Decompresses a file whose chunks are fed to it.

    :ivar compression: how the file is compressed, ``None`` until its first bytes have been fed.
    """

    def __init__(self) -> None:
        self.compression: Compression | None = None
        self._head = b""
        self._stream: _Stream | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Return the content of a chunk in pieces of bounded size, as far as it can be decompressed yet.

        :raises UnreadableFileError: when the file is damaged.
        """
        if self.compression is None:
            self._head += chunk
            if len(self._head) < HEAD_BYTES:
                return
            chunk = self._begin()
        yield from self._pieces(chunk)

    def finish(self) -> Iterator[bytes]:
        """Return the rest of the content, after the last chunk.

        :raises UnreadableFileError: when it ended in the middle of compressed data.
        """
        if self.compression is None:
            yield from self._pieces(self._begin())
        if self._stream is not None:
            raise UnreadableFileError(f"ends before its {self._name} data do")

    @property
    def _name(self) -> str:
        return self.compression.label if self.compression else "plain"

    def _begin(self) -> bytes:
        self.compression = sniff_compression(self._head)
        return self._head

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        if not self.compression:
            yield data
            return
        while data:
            if self._stream is None:
                data = data.lstrip(b"\x00")  # padding after a stream
                if not data:
                    return
                self._stream = _STREAMS[self.compression]()
            data = yield from self._decompress(self._stream, data)

    def _decompress(self, stream: _Stream, data: bytes) -> Generator[bytes, None, bytes]:
        """Yield the content of the data up to the stream's end, and return the bytes after it."""
        try:
            yield from filter(None, stream.decompress(data))
        except _ERRORS as error:
            raise UnreadableFileError(f"holds damaged {self._name} data ({error})") from error
        if not stream.eof:
            return b""
        self._stream = None
        return stream.unused_data


def decompressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Return the content of a file in pieces.

    :param chunks: the file as it is stored.
    :raises UnreadableFileError: when it is damaged.
    """
    decompressor = Decompressor()
    for chunk in chunks:
        yield from decompressor.feed(chunk)
    yield from decompressor.finish()
