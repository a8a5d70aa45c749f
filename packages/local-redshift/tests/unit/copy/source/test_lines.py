"""Bytes into lines, whatever the chunks and the compression."""

from __future__ import annotations

import bz2
import functools
import gzip

import pytest
import zstandard

from local_redshift.copy.source.lines import count_lines, read_blocks, split_lines, without_lines
from local_redshift.wire.errors import RedshiftError

TEXT = b"one\ntwo\r\n\nfour"
LINES = [b"one", b"two\r", b"", b"four"]


def read_lines(chunks: list[bytes], compression: str | None = None, size: int = 3) -> list[bytes]:
    blocks = list(read_blocks("s3://b/k", chunks, compression, size))
    assert [last for _, last in blocks] == [False] * (len(blocks) - 1) + [True]
    return [line for block, _ in blocks for line in split_lines(block)]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_lines_do_not_depend_on_the_chunks(size: int) -> None:
    chunks = [TEXT[at : at + size] for at in range(0, len(TEXT), size)]
    assert read_lines(chunks) == LINES
    packed = GZIP(TEXT)
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
    assert read_lines(chunks, "gzip", size) == LINES


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert read_lines([b"\xef\xbb", b"\xbf{}"]) == [b"{}"]


#: Without the time of day, which would make the tests' names differ from process to process.
GZIP = functools.partial(gzip.compress, mtime=0)
ZSTD = zstandard.ZstdCompressor().compress
#: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2
SKIPPED_FRAME = b"\x50\x2a\x4d\x18\x02\x00\x00\x00ab"


# https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-file-compression.html
@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("compression", "content"),
    [
        ("gzip", GZIP(b"a\n") + GZIP(b"b")),
        ("bzip2", bz2.compress(b"a\n") + bz2.compress(b"b")),
        ("zstd", ZSTD(b"a\n") + ZSTD(b"b")),
        ("zstd", SKIPPED_FRAME + ZSTD(b"a\n") + SKIPPED_FRAME + ZSTD(b"b") + SKIPPED_FRAME),
        ("gzip", GZIP(b"") + GZIP(b"\xef\xbb\xbfa\nb")),
    ],
)
def test_files_of_several_streams_are_read_to_their_end(compression: str, content: bytes, size: int) -> None:
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    assert read_lines(chunks, compression) == [b"a", b"b"]


@pytest.mark.parametrize("compression", ["gzip", "bzip2", "zstd"])
def test_a_compressed_file_of_nothing_has_no_lines(compression: str) -> None:
    nothing = {"gzip": GZIP(b""), "bzip2": bz2.compress(b""), "zstd": ZSTD(b"")}
    assert read_lines([nothing[compression]], compression) == []


@pytest.mark.parametrize(
    ("compression", "content"),
    [
        ("gzip", GZIP(TEXT * 50)[:-12]),
        ("gzip", GZIP(TEXT) + b"garbage"),
        ("gzip", b"no gzip at all"),
        ("bzip2", bz2.compress(TEXT)[:-4]),
        ("bzip2", bz2.compress(TEXT) + b"garbage"),
        ("bzip2", GZIP(TEXT)),
        ("zstd", ZSTD(TEXT)[:-4]),
        ("zstd", ZSTD(TEXT) + b"garbage"),
        ("zstd", bz2.compress(TEXT)),
    ],
)
def test_a_damaged_file_is_an_error_that_names_it(compression: str, content: bytes) -> None:
    with pytest.raises(RedshiftError, match=f"s3://b/k is not an intact {compression} file") as damaged:
        read_lines([content], compression)
    assert str(damaged.value).isprintable()


@pytest.mark.parametrize(("block", "count"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"\n\na", 3)])
def test_lines_are_counted_with_or_without_an_end_of_the_last(block: bytes, count: int) -> None:
    assert count_lines(block) == len(split_lines(block)) == count


@pytest.mark.parametrize(
    ("block", "count", "expected"),
    [(b"h\na\nb", 1, (b"a\nb", 1)), (b"h\n", 1, (b"", 1)), (b"h", 3, (b"", 1)), (b"", 1, (b"", 0))],
)
def test_header_lines_are_left_out_as_far_as_there_are_any(
    block: bytes, count: int, expected: tuple[bytes, int]
) -> None:
    assert without_lines(block, count) == expected


def test_a_line_longer_than_copy_takes_is_an_error_that_names_the_file() -> None:
    with pytest.raises(RedshiftError, match="A line of s3://b/k is longer than 4 MB"):
        read_lines([b"x" * (1 << 20)] * 5)
