"""What UNLOAD writes, and what its files are called."""

from __future__ import annotations

from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from local_redshift.statements import plan_script
from local_redshift.statements.model import UnloadStatement
from local_redshift.unload.manifest import manifest
from local_redshift.unload.model import ResultColumn, Row, WrittenFile
from local_redshift.unload.naming import file_name, partition_folder
from local_redshift.unload.parquet_files import ParquetFile
from local_redshift.unload.text_files import header_line, line_writer
from local_redshift.wire.errors import RedshiftError

COLUMNS = [ResultColumn("id", 23), ResultColumn("name", 1043, 24), ResultColumn("open", 16)]


def statement(options: str) -> UnloadStatement:
    (planned,) = plan_script(f"UNLOAD ('SELECT 1') TO 's3://b/k_' IAM_ROLE default {options}")
    assert planned.unload is not None
    return planned.unload


@pytest.mark.parametrize(
    ("options", "row", "line"),
    [
        ("", ["1", "a|b", "t"], "1|a|b|t\n"),
        ("ESCAPE", ["1", "a|b\\\n", None], "1|a\\|b\\\\\\\n|\n"),
        ("ADDQUOTES NULL AS '@'", ["1", 'a"b', None], '"1"|"a"b"|@\n'),
        ("ADDQUOTES ESCAPE DELIMITER ','", ["1", 'a"b', "f"], '"1","a\\"b","f"\n'),
        ("CSV", ["1", 'a,"b"', None], '1,"a,""b""",\n'),
        ("CSV DELIMITER '|'", ["1", "a,b\nc", "t"], '1|"a,b\nc"|t\n'),
        ("FIXEDWIDTH '0:3,1:4,2:1'", ["1", "abc", None], "1  abc  \n"),
        ("FIXEDWIDTH 'a:1,b:4,c:1' NULL AS 'none'", [None, None, "t"], " nonet\n"),
        ("JSON", ["1", 'ä"\n', "t"], '{"id":1,"name":"ä\\"\\n","open":"t"}\n'),
        ("JSON", [None, None, "f"], '{"id":null,"name":null,"open":"f"}\n'),
    ],
)
def test_a_row_becomes_a_line(options: str, row: Row, line: str) -> None:
    assert line_writer(statement(options), COLUMNS)(row) == line


def test_the_header_names_the_columns() -> None:
    assert header_line(statement("HEADER"), COLUMNS) == "id|name|open\n"
    assert header_line(statement("CSV HEADER"), COLUMNS) == "id,name,open\n"
    assert header_line(statement("HEADER ADDQUOTES DELIMITER ','"), COLUMNS) == '"id","name","open"\n'
    assert header_line(statement("CSV HEADER"), [ResultColumn("a,b", 23)]) == '"a,b"\n'
    assert header_line(statement("HEADER ESCAPE"), [ResultColumn("a|b", 23)]) == "a\\|b\n"


@pytest.mark.parametrize(
    ("options", "row"),
    [
        ("FIXEDWIDTH 'id:3,name:4,open:1'", ["1", "abcde", None]),
        ("FIXEDWIDTH 'id:3,name:4,open:1' NULL AS 'nothing'", ["1", None, "t"]),
        ("FIXEDWIDTH 'id:3,name:4'", ["1", "abcd", "t"]),
    ],
)
def test_a_value_that_does_not_fit_its_width_fails(options: str, row: Row) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/t_unloading_fixed_width_data.html
    with pytest.raises(RedshiftError, match=r"FIXEDWIDTH"):
        line_writer(statement(options), COLUMNS)(row)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ("", "0001_part_02"),
        ("GZIP", "0001_part_02.gz"),
        ("CSV ZSTD", "0001_part_02.zst"),
        ("BZIP2", "0001_part_02.bz2"),
        ("PARQUET", "0001_part_02.parquet"),
        ("PARALLEL OFF", "002"),
        ("PARALLEL OFF PARQUET", "002.parquet"),
        ("GZIP EXTENSION 'csv'", "0001_part_02.csv"),
    ],
)
def test_files_are_called_as_redshift_calls_them(options: str, name: str) -> None:
    assert file_name(statement(options), 1, 2) == name


def test_partitions_are_folders_as_of_hive() -> None:
    assert partition_folder(["y", "c"], ["2018", "a/b"]) == "y=2018/c=a%2Fb/"
    assert partition_folder(["y"], [None]) == "y=__HIVE_DEFAULT_PARTITION__/"


def test_parquet_files_have_types(tmp_path: Path) -> None:
    columns = [
        *COLUMNS,
        ResultColumn("price", 1700, (8 << 16 | 2) + 4),
        ResultColumn("at", 1114),
        ResultColumn("zoned", 1184),
        ResultColumn("day", 1082),
    ]
    file = ParquetFile(tmp_path / "x", statement("PARQUET"), columns)
    moment = "2018-11-01 21:01:46.796"
    file.write([["1", "a", "t", "12.50", moment, f"{moment}+00", "2018-11-01"], [None] * 7])
    file.close()
    table = pq.read_table(tmp_path / "x")
    types = ["int32", "string", "bool", "decimal128(8, 2)", "timestamp[us]", "timestamp[us, tz=UTC]", "date32[day]"]
    assert [str(field.type) for field in table.schema] == types
    first, second = table.to_pylist()
    assert (first["id"], first["open"], str(first["price"]), str(first["at"])) == (1, True, "12.50", moment + "000")
    assert set(second.values()) == {None}


def test_a_verbose_manifest_tells_of_rows_and_columns() -> None:
    files = [WrittenFile("s3://b/k_0000_part_00", 2, 10), WrittenFile("s3://b/k_0001_part_00", 0, 0)]
    assert orjson.loads(manifest(files, COLUMNS, verbose=False))["entries"][0] == {
        "url": "s3://b/k_0000_part_00",
        "meta": {"content_length": 10},
    }
    found = orjson.loads(manifest(files, COLUMNS, verbose=True))
    assert found["meta"] == {"content_length": 10, "record_count": 2}
    assert found["schema"]["elements"][1] == {"name": "name", "type": {"base": "character varying", "max_length": 20}}
