"""COPY's options that change what is loaded, what system tables tell of a load, and how a wrong source is reported."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from local_redshift.testing import ROLE, Bucket

Connection = psycopg.Connection[Any]


def copy(source: str, options: str = "", columns: str = "", credentials: str = f"IAM_ROLE '{ROLE}'") -> str:
    return f"COPY t {columns} FROM '{source}' {credentials} JSON 'auto' {options}"


@pytest.fixture
def source(db: Connection, bucket: Bucket) -> str:
    """Three rows, for a table with an IDENTITY column."""
    db.execute("CREATE TABLE t (id BIGINT IDENTITY(1, 1), a INTEGER, b VARCHAR(4))")
    return bucket.put_json("in/part.json", [{"id": 100 + n, "a": n, "b": "word"} for n in range(3)])


def test_noload_checks_and_loads_nothing(db: Connection, bucket: Bucket, source: str) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html#copy-noload"""
    db.execute(copy(source, "NOLOAD"))
    assert db.execute("SELECT count(*) FROM t").fetchone() == (0,)
    wrong = bucket.put_json("wrong.json", [{"a": "x"}])
    with pytest.raises(psycopg.Error, match="Check 'stl_load_errors' system table"):
        db.execute(copy(wrong, "NOLOAD"))


def test_explicit_ids_takes_the_files_values(db: Connection, source: str) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html#copy-explicit-ids"""
    db.execute(copy(source, "EXPLICIT_IDS"))
    assert db.execute("SELECT id FROM t ORDER BY a").fetchall() == [(100,), (101,), (102,)]
    refusal = '^The IDENTITY column "id" is in the column list: add EXPLICIT_IDS'
    with pytest.raises(psycopg.errors.SyntaxError, match=refusal):
        db.execute(copy(source, columns="(id, a)"))
    assert db.execute("SELECT count(*) FROM t").fetchone() == (3,), "the session goes on"


def test_truncatecolumns_and_acceptinvchars_load_what_would_be_errors(db: Connection, bucket: Bucket) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html#copy-truncatecolumns"""
    db.execute("CREATE TABLE t (a INTEGER, b VARCHAR(4))")
    wide = bucket.put(
        "wide.json", b'{"a": 1, "b": "longer"}\n{"a": 2, "b": "\xff\xfe"}\n{"a": 3, "b": "d\xc3\xa9\xc3\xa9"}'
    )
    db.execute(copy(wide, "TRUNCATECOLUMNS ACCEPTINVCHARS AS '^'"))
    assert db.execute("SELECT b FROM t ORDER BY a").fetchall() == [("long",), ("^^",), ("dé",)]


def test_system_tables_tell_of_a_load(db: Connection, bucket: Bucket, source: str) -> None:
    """SYS_LOAD_HISTORY.html, r_STL_LOAD_COMMITS.html: 'Text', 'JSON' or 'Parquet'"""
    db.execute(copy(source))
    loaded = db.execute(
        "SELECT TRIM(filename), lines_scanned, TRIM(file_format) FROM stl_load_commits WHERE query = pg_last_copy_id()"
    ).fetchall()
    assert loaded == [(source, 3, "JSON")]
    text = bucket.put("rows.txt", "1|a\n2|b\n")
    db.execute(f"COPY t FROM '{text}' IAM_ROLE '{ROLE}'")
    history = (
        "SELECT status, table_name, data_source, file_format, loaded_rows, source_file_count, error_count"
        " FROM sys_load_history WHERE query_id = pg_last_copy_id()"
    )
    assert db.execute(history).fetchall() == [("completed", "t", text, "TEXT", 2, 1, 0)]


@pytest.mark.parametrize(
    ("place", "credentials", "words"),
    [
        ("s3://no-such-bucket/x", f"IAM_ROLE '{ROLE}'", "S3ServiceException:.*NoSuchBucket|NoSuchBucket"),
        ("{bucket}/nothing", f"IAM_ROLE '{ROLE}'", "The specified S3 prefix 'nothing' does not exist"),
        ("{bucket}/in/", "IAM_ROLE 'redshift-copy'", "Invalid IAM role: 'redshift-copy'"),
        ("{bucket}/in/", "ACCESS_KEY_ID 'wrong' SECRET_ACCESS_KEY 'wrong'", "S3ServiceException:.*Status 403"),
        ("{bucket}/in/", "CREDENTIALS 'aws_iam_role'", "Invalid credentials. Must be of the format"),
        ("{bucket}/in/", "", "COPY has no credentials"),
    ],
)
def test_a_wrong_source_or_key_is_said_as_redshift_says_it(
    db: Connection, bucket: Bucket, source: str, place: str, credentials: str, words: str
) -> None:
    with pytest.raises(psycopg.errors.InternalError_, match=words):
        db.execute(copy(place.format(bucket=f"s3://{bucket.name}"), credentials=credentials))


@pytest.mark.parametrize(
    ("mandatory", "words"),
    [(True, "S3ServiceException:NoSuchKey.*Status 404"), (False, "None of the files that the manifest")],
)
def test_a_manifest_whose_files_are_gone_fails(
    db: Connection, bucket: Bucket, source: str, mandatory: bool, words: str
) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html"""
    gone = f'{{"url": "s3://{bucket.name}/gone", "mandatory": {str(mandatory).lower()}}}'
    manifest = bucket.put("only.manifest", f'{{"entries": [{gone}]}}')
    with pytest.raises(psycopg.errors.InternalError_, match=words):
        db.execute(copy(manifest, "MANIFEST"))
    both = bucket.put("both.manifest", f'{{"entries": [{gone}, {{"url": "{source}"}}]}}')
    if not mandatory:
        db.execute(copy(both, "MANIFEST"))
        assert db.execute("SELECT count(*) FROM t").fetchone() == (3,)
