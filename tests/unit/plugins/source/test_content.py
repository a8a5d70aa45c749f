"""What a file is, by its bytes: what can be loaded is counted, the rest is refused by name, whatever the chunks are."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import random
import sqlite3
import tarfile
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, orc, parquet

from sparkify.source.content import Compression, UnreadableFileError, is_binary, printable, sniff_compression
from sparkify.source.decompression import decompressed
from sparkify.source.lines import FileLines

PLAYS = [
    {"artist": "Sigur Rós", "auth": "Logged In", "itemInSession": n, "page": "NextSong", "song": "Hoppípolla", "ts": n}
    for n in range(20)
]
TEXT = "\n".join(json.dumps(play, ensure_ascii=False) for play in PLAYS)
ASCII = "\n".join(map(json.dumps, PLAYS)).encode()
RANDOM = random.Random(1).randbytes
ZSTD = zstandard.ZstdCompressor().compress
#: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2
SKIPPED_FRAME = b"\x5a\x2a\x4d\x18\x04\x00\x00\x00abcd"


def read(data: bytes, size: int = 1 << 20) -> tuple[Compression | None, int]:
    lines = FileLines()
    for start in range(0, len(data), size):
        lines.feed(data[start : start + size])
    count = lines.finish()
    return lines.compression, count


def made_by(write) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def tar(buffer: io.BytesIO) -> None:
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("events.json")
        member.size = len(ASCII)
        archive.addfile(member, io.BytesIO(ASCII))


def archive(buffer: io.BytesIO) -> None:
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("events.json", ASCII)


TABLE = pa.table({"ts": [1, 2], "page": ["NextSong", "Home"]})

LOADED = {
    "plain": (ASCII, Compression.NONE, 20),
    "UTF-8": (TEXT.encode(), Compression.NONE, 20),
    "UTF-8 with a byte order mark": (TEXT.encode("utf-8-sig"), Compression.NONE, 20),
    "gzip": (gzip.compress(TEXT.encode()), Compression.GZIP, 20),
    "gzip of a text with a byte order mark": (gzip.compress(TEXT.encode("utf-8-sig")), Compression.GZIP, 20),
    "gzip of several members": (gzip.compress(ASCII + b"\n") * 3, Compression.GZIP, 60),
    "gzip of a member within a line": (gzip.compress(ASCII[:50]) + gzip.compress(ASCII[50:]), Compression.GZIP, 20),
    "gzip with padding": (gzip.compress(ASCII) + bytes(600), Compression.GZIP, 20),
    "gzip of nothing": (gzip.compress(b""), Compression.GZIP, 0),
    "gzip, empty members": (gzip.compress(b"") * 2 + gzip.compress(ASCII), Compression.GZIP, 20),
    "bzip2": (bz2.compress(ASCII), Compression.BZIP2, 20),
    "bzip2, least": (bz2.compress(ASCII, 1), Compression.BZIP2, 20),
    "bzip2 of several streams": (bz2.compress(ASCII + b"\n") * 2, Compression.BZIP2, 40),
    "bzip2 of nothing": (bz2.compress(b""), Compression.BZIP2, 0),
    "zstd": (ZSTD(ASCII), Compression.ZSTD, 20),
    "zstd of several frames": (ZSTD(ASCII + b"\n") * 2, Compression.ZSTD, 40),
    "zstd after a skippable frame": (SKIPPED_FRAME + ZSTD(ASCII), Compression.ZSTD, 20),
    "zstd before a skippable frame": (ZSTD(ASCII) + SKIPPED_FRAME, Compression.ZSTD, 20),
    "zstd of nothing": (ZSTD(b""), Compression.ZSTD, 0),
    "one byte": (b"{", Compression.NONE, 1),
    "one line break": (b"\n", Compression.NONE, 0),
    # What COPY rejects line by line, so that it is counted:
    "a line with invalid bytes": (ASCII + b'\n{"song": "\xff\xfe"}', Compression.NONE, 21),
    "a single line in Latin-1": ('{"song": "Hoppípolla"}'.encode("latin-1"), Compression.NONE, 1),
    "a line in KOI8-R": (
        ASCII + b'\n{"artist": "' + "Кино".encode("koi8-r") + b'", "page": "NextSong", "ts": 1}',
        Compression.NONE,
        21,
    ),
    "a line with a null byte": (ASCII + b'\n{"song": "a\x00b"}', Compression.NONE, 21),
    "colours of a terminal": (b"\x1b[32m{}\x1b[0m\n" * 5, Compression.NONE, 5),
    "half a character where a line was cut off": (ASCII + b'\n{"song": "Hopp\xc3', Compression.NONE, 21),
}
REFUSED = {
    "UTF-16": (TEXT.encode("utf-16"), r"text in UTF-16 \(little-endian\)"),
    "UTF-16, big-endian": (b"\xfe\xff" + TEXT.encode("utf-16-be"), r"text in UTF-16 \(big-endian\)"),
    "UTF-16 without a mark": (TEXT.encode("utf-16-le"), r"text in UTF-16 \(little-endian\)"),
    "UTF-16, big-endian, without a mark": (TEXT.encode("utf-16-be"), r"text in UTF-16 \(big-endian\)"),
    "UTF-32": (TEXT.encode("utf-32"), r"text in UTF-32 \(little-endian\)"),
    "UTF-32, big-endian": (b"\x00\x00\xfe\xff" + TEXT.encode("utf-32-be"), r"text in UTF-32 \(big-endian\)"),
    "UTF-32 without a mark": (TEXT.encode("utf-32-le"), r"text in UTF-32 \(little-endian\)"),
    "UTF-32, big-endian, without a mark": (TEXT.encode("utf-32-be"), r"text in UTF-32 \(big-endian\)"),
    "UTF-16 within gzip": (gzip.compress(TEXT.encode("utf-16")), "UTF-16 .* within gzip, not in UTF-8"),
    "UTF-16 in Japanese": ('{"曲":"さくら","名":"ことり"}\n'.encode("utf-16-le") * 9, "UTF-16|binary"),
    "UTF-16 after UTF-8": (ASCII + b"\n" + TEXT.encode("utf-16-le"), r"binary.*\(line 21"),
    "UTF-7": (b"+/v8-" + TEXT.encode("utf-7"), "text in UTF-7"),
    "Latin-1": (TEXT.encode("latin-1"), "20 of its 20 lines are not UTF-8"),
    "Windows-1252": (TEXT.replace("í", "€").encode("cp1252"), "such as Latin-1 or Windows-1252: 20 of"),
    "Shift JIS": ('{"song": "さくら", "page": "NextSong"}\n'.encode("shift-jis") * 20, "another encoding than UTF-8"),
    "KOI8-R": ('{"song": "Группа крови", "page": "NextSong"}\n'.encode("koi8-r") * 20, "another encoding"),
    "Latin-1 in most lines": (b"{}\n{}\n" + '{"song": "é"}\n'.encode("latin-1") * 3, "3 of its 5 lines are not"),
    "EBCDIC": (ASCII.decode().encode("cp500"), "another encoding than UTF-8"),
    "gzip within gzip": (gzip.compress(gzip.compress(ASCII)), "compressed twice: gzip within gzip"),
    "gzip within zstd": (ZSTD(gzip.compress(ASCII)), "compressed twice: gzip within zstd"),
    "a tar archive within gzip": (gzip.compress(made_by(tar)), "a tar archive within gzip"),
    "a tar archive": (made_by(tar), "a tar archive"),
    "a zip archive": (made_by(archive), "a zip archive"),
    "an empty zip archive": (made_by(lambda buffer: zipfile.ZipFile(buffer, "w").close()), "a zip archive"),
    "xz": (lzma.compress(ASCII), "compressed by xz"),
    "zlib": (zlib.compress(ASCII), "compressed by zlib"),
    "LZMA": (lzma.compress(ASCII, lzma.FORMAT_ALONE), "compressed by LZMA"),
    "lzop": (b"\x89LZO\x00\r\n\x1a\n\x10\x40" + RANDOM(99), "compressed by lzop"),
    "LZ4": (pa.compress(ASCII, "lz4", asbytes=True), "compressed by LZ4"),
    "Snappy": (b"\xff\x06\x00\x00sNaPpY" + RANDOM(99), "compressed by Snappy"),
    "Snappy without a frame": (pa.compress(RANDOM(500), "snappy", asbytes=True), "binary"),
    "Brotli": (pa.compress(RANDOM(500), "brotli", asbytes=True), "binary"),
    "Parquet": (made_by(lambda buffer: parquet.write_table(TABLE, buffer)), "a Parquet file"),
    "ORC": (made_by(lambda buffer: orc.write_table(TABLE, buffer)), "an ORC file"),
    "Arrow": (made_by(lambda buffer: feather.write_feather(TABLE, buffer)), "an Arrow file"),
    "Avro": (b"Obj\x01\x04\x14avro.codec\x08null", "an Avro file"),
    "SQLite": (b"SQLite format 3\x00" + bytes(84), "an SQLite database"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
    "an image": (b"\x89PNG\r\n\x1a\n" + RANDOM(99), "an image"),
    "one byte that is no text": (b"\x1f", "holds no JSON object"),
    "CSV": (b"ts,page\n1,NextSong\n2,Home\n", r"no JSON object: there is no '\{' in its 3 line\(s\)"),
    "a pointer of Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n", "no JSON obj"),
    "base64": (base64.encodebytes(gzip.compress(ASCII)), "holds no JSON object"),
    "hexadecimal digits": (ASCII.hex().encode(), r"there is no '\{' in its 1 line\(s\)"),
    "base64 of each line": (b"\n".join(map(base64.b64encode, ASCII.split(b"\n"))), "there is no '{' in its 20"),
    "an error page": (b"\n<!DOCTYPE html>\n<html><body>503</body></html>", "an XML or HTML document"),
    "an error of S3": (b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', "an XML or HTML document"),
    "encrypted by OpenSSL": (b"Salted__" + RANDOM(500), "encrypted"),
    "encrypted by age": (b"age-encryption.org/v1\n-> X25519 " + RANDOM(99), "encrypted"),
    "encrypted by PGP": (b"-----BEGIN PGP MESSAGE-----\n\nhQEM\n", "encrypted"),
    "random bytes": (RANDOM(500), "binary"),
    "few random bytes": (RANDOM(40), "binary"),
    "gzip after a text": (ASCII + b"\n" + gzip.compress(TEXT.encode()), "binary"),
    "null bytes": (bytes(4096), "binary"),
    "null bytes where a log was cut off": (bytes(4096) + ASCII, "binary"),
    "null bytes in the middle": (ASCII + bytes(4096) + ASCII, r"\(line 20, "),
    "a truncated gzip": (gzip.compress(ASCII)[:-9], "ends before its gzip data do"),
    "a gzip whose second member is truncated": (gzip.compress(ASCII) * 2 + b"\x1f\x8b\x08", "ends before its gzip"),
    "a truncated bzip2": (bz2.compress(ASCII)[:-9], "ends before its bzip2 data do"),
    "a truncated zstd": (ZSTD(ASCII)[:-9], "ends before its zstd data do"),
    "a gzip header": (b"\x1f\x8b", "ends before its gzip data do"),
    "a damaged gzip": (gzip.compress(ASCII)[:60] + RANDOM(200), "damaged gzip data"),
    "a gzip of a wrong checksum": (gzip.compress(ASCII)[:-8] + bytes(8), "damaged gzip data"),
    "a gzip before other data": (gzip.compress(ASCII) + b"garbage", "damaged gzip data"),
    "a gzip before a text": (gzip.compress(ASCII) + ASCII, "damaged gzip data"),
    "a bzip2 before other data": (bz2.compress(ASCII) + b"garbage", "damaged bzip2 data"),
    "a zstd before other data": (ZSTD(ASCII) + b"garbage", "damaged zstd data"),
}


@pytest.mark.parametrize("kind", LOADED)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_what_can_be_loaded_is_counted(kind, size):
    data, compression, count = LOADED[kind]
    assert read(data, size) == (compression, count)


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_what_cannot_be_loaded_is_refused_by_name(kind, size):
    data, words = REFUSED[kind]
    with pytest.raises(UnreadableFileError, match=words) as refused:
        read(data, size)
    assert str(refused.value).isprintable()
    assert "Deliver it as JSON lines in UTF-8" in str(refused.value)


def test_an_sqlite_file_as_sqlite_writes_it_is_refused(tmp_path: Path):
    with sqlite3.connect(tmp_path / "plays.db") as database:
        database.execute("CREATE TABLE plays (ts INTEGER)")
    with pytest.raises(UnreadableFileError, match="an SQLite database"):
        read((tmp_path / "plays.db").read_bytes())


@given(st.binary(max_size=3000), st.integers(1, 500))
def test_no_file_is_read_differently_in_other_chunks(data, size):
    def outcome(chunk: int) -> object:
        try:
            return read(data, chunk)
        except UnreadableFileError as error:
            return str(error).partition("(")[0]

    assert outcome(size) == outcome(1 << 20)


@given(st.text(max_size=400))
def test_only_control_characters_make_a_text_in_utf8_binary(text):
    line = "".join(char for char in text if char.isprintable()).encode()
    assert not is_binary(line)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, ZSTD])
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=3), st.integers(1, 50))
def test_content_of_several_streams_is_read_whole(compress, members, size):
    data = b"".join(map(compress, members))
    chunks = (data[start : start + size] for start in range(0, len(data), size))
    assert b"".join(decompressed(chunks)) == b"".join(members)


@pytest.mark.parametrize(
    ("compress", "largest"), [(gzip.compress, 1 << 20), (bz2.compress, 1 << 20), (ZSTD, 128 << 20)]
)
def test_content_comes_in_pieces_of_bounded_size(compress, largest):
    data = compress(bytes(200 << 20))
    assert max(map(len, decompressed([data]))) <= largest


def test_the_name_of_a_file_says_nothing():
    assert sniff_compression(b'{"name": "e.json.gz"}') is Compression.NONE
    assert sniff_compression(b"") is Compression.NONE


def test_messages_hold_no_binary():
    assert printable(RANDOM(300)) == "300 bytes that are not text"
    assert printable(b'{"a": "\x1b[31m\xff"}') == '{"a": "\\x1b[31m\ufffd"}'
    assert printable("Hoppípolla\u202e" + "x" * 300, 20) == "Hoppípolla\\u202exxxxxxxxx…"
    assert printable(os.linesep.encode()) == os.linesep.encode("unicode_escape").decode()
