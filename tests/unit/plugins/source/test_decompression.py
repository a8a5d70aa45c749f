"""Files are decompressed as their bytes say, in chunks of any size, and damage is named."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable, Iterator

import pytest
import zstandard

from sparkify.source.content import Compression, UnreadableFileError
from sparkify.source.decompression import Decompressor, decompressed

CONTENT = b"".join(b'{"number": %d}\n' % number for number in range(3000))
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "zstd": zstandard.compress,
}


def chunks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 7, 1024, 1 << 20])
@pytest.mark.parametrize("name", COMPRESS)
def test_content_does_not_depend_on_the_chunks(name: str, size: int) -> None:
    assert b"".join(decompressed(chunks(COMPRESS[name](CONTENT), size))) == CONTENT


@pytest.mark.parametrize("name", ["gzip", "bzip2", "zstd"])
def test_streams_one_after_the_other_are_one_file(name: str) -> None:
    compress = COMPRESS[name]
    data = compress(CONTENT) + compress(b"") + compress(b"{}\n") + bytes(512)  # tar and tape pad with zeros
    assert b"".join(decompressed(chunks(data, 100))) == CONTENT + b"{}\n"


@pytest.mark.parametrize("name", COMPRESS)
def test_the_compression_is_known_from_the_first_bytes(name: str) -> None:
    decompressor = Decompressor()
    assert decompressor.compression is None
    list(decompressor.feed(COMPRESS[name](CONTENT)))
    list(decompressor.finish())
    assert decompressor.compression is not None
    assert decompressor.compression.label == name


@pytest.mark.parametrize("name", ["gzip", "bzip2", "zstd"])
@pytest.mark.parametrize("left", [20, -1])
def test_a_file_that_was_cut_off_is_named(name: str, left: int) -> None:
    with pytest.raises(UnreadableFileError, match=f"ends before its {name} data do"):
        list(decompressed([COMPRESS[name](CONTENT)[:left]]))


@pytest.mark.parametrize("name", ["gzip", "bzip2", "zstd"])
def test_damage_is_named(name: str) -> None:
    data = bytearray(COMPRESS[name](CONTENT))
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    with pytest.raises(UnreadableFileError, match=f"(holds damaged|ends before its) {name} data"):
        list(decompressed(chunks(bytes(data), 1000)))


def test_what_follows_a_stream_and_is_no_stream_is_damage() -> None:
    with pytest.raises(UnreadableFileError, match="holds damaged gzip data"):
        list(decompressed([gzip.compress(CONTENT) + b"more"]))


@pytest.mark.parametrize("name", ["gzip", "bzip2"])
def test_a_small_file_with_large_content_comes_in_small_pieces(name: str) -> None:
    data = COMPRESS[name](bytes(50 << 20))
    sizes = [len(piece) for piece in decompressed([data])]
    assert sum(sizes) == 50 << 20
    assert max(sizes) <= 8 << 20


def test_an_empty_file_is_plain_and_has_no_content() -> None:
    decompressor = Decompressor()
    assert b"".join(decompressor.finish()) == b""
    assert decompressor.compression is Compression.NONE
