"""The text of a COPY from S3: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html"""

from __future__ import annotations

from typing import Any

import pytest

from sparkify.source.content import Compression
from sparkify.staging.copy_statement import MAX_MAXERROR, CopyOptions, StaticKeys, build_copy

ROLE = "arn:aws:iam::123456789012:role/copy"
MANIFEST = "s3://manifests/m.json"


def copy(**options: Any) -> list[str]:
    return build_copy("t", ["a", "b"], MANIFEST, CopyOptions(**{"role": ROLE, **options})).split("\n")


def test_a_copy_is_of_a_manifest_and_changes_nothing_in_silence() -> None:
    assert copy() == [
        'COPY "t" ("a", "b")',
        f"FROM '{MANIFEST}'",
        f"IAM_ROLE '{ROLE}'",
        "FORMAT AS JSON 'auto'",
        "MANIFEST",
        "COMPUPDATE OFF",
        "STATUPDATE OFF",
    ]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"role": "default"}, "IAM_ROLE default"),
        ({"json": "s3://b/paths.json"}, "FORMAT AS JSON 's3://b/paths.json'"),
        ({"region": "eu-west-1"}, "REGION 'eu-west-1'"),
        # the load fails when the errors reach MAXERROR
        ({"max_rejected": 1}, "MAXERROR 2"),
        ({"max_rejected": MAX_MAXERROR - 1}, f"MAXERROR {MAX_MAXERROR}"),
        ({"keys": StaticKeys("key", "secret")}, "ACCESS_KEY_ID 'key' SECRET_ACCESS_KEY 'secret'"),
        ({"keys": StaticKeys("k", "s", "t")}, "ACCESS_KEY_ID 'k' SECRET_ACCESS_KEY 's' SESSION_TOKEN 't'"),
    ],
)
def test_an_option_is_a_line(options: dict[str, Any], line: str) -> None:
    assert line in copy(**options)


def test_keys_take_the_roles_place() -> None:
    assert not any("IAM_ROLE" in line for line in copy(keys=StaticKeys("key", "secret")))


@pytest.mark.parametrize("word", ["MAXERROR", "REGION", "GZIP"])
def test_what_is_not_asked_for_is_left_out(word: str) -> None:
    assert not any(line.startswith(word) for line in copy())


@pytest.mark.parametrize("compression", [each for each in Compression if each])
def test_compression_is_named_as_copy_names_it(compression: Compression) -> None:
    text = build_copy("t", ["a"], MANIFEST, CopyOptions(role=ROLE), compression)
    assert compression.value in text.split("\n")
    assert compression.value in ("GZIP", "BZIP2", "ZSTD", "LZOP")


@pytest.mark.parametrize(
    ("table", "columns", "into"),
    [
        ("run_1.t", ["a"], 'COPY "run_1"."t" ("a")'),
        ("t", [], 'COPY "t"'),
        ("t", ["a_1", "b$"], 'COPY "t" ("a_1", "b$")'),
    ],
)
def test_names_are_quoted(table: str, columns: list[str], into: str) -> None:
    assert build_copy(table, columns, MANIFEST, CopyOptions(role=ROLE)).split("\n")[0] == into


@pytest.mark.parametrize(("table", "column"), [('t"', "a"), ("t", 'a"; DROP TABLE t; --'), ("t", ""), ("t.", "a")])
def test_what_is_no_name_is_refused(table: str, column: str) -> None:
    with pytest.raises(ValueError, match="is not a Redshift identifier"):
        build_copy(table, [column], MANIFEST, CopyOptions(role=ROLE))


def test_values_are_quoted() -> None:
    text = build_copy("t", ["a"], "s3://b/it's", CopyOptions(role="x'; DROP TABLE t; --"))
    assert "FROM 's3://b/it''s'" in text
    assert "IAM_ROLE 'x''; DROP TABLE t; --'" in text


@pytest.mark.parametrize("role", [None, ""])
def test_a_copy_without_credentials_is_refused(role: str | None) -> None:
    with pytest.raises(ValueError, match="set the role of CopySettings to the ARN of an IAM role"):
        copy(role=role)


@pytest.mark.parametrize("rows", [-1, MAX_MAXERROR])
def test_copy_puts_aside_no_more_rows_than_maxerror_allows(rows: int) -> None:
    with pytest.raises(ValueError, match=f"max_rejected is {rows}; COPY can put aside 0 to 99,999 rows"):
        copy(max_rejected=rows)


def test_secrets_are_not_shown() -> None:
    shown = repr(CopyOptions(keys=StaticKeys("key-id", "very-secret", "a-token")))
    assert not any(word in shown for word in ("key-id", "very-secret", "a-token"))
