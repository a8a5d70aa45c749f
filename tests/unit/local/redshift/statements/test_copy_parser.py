"""COPY: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html"""

from __future__ import annotations

from typing import Any

import pytest

from local.redshift.statements import CopyStatement, plan_script
from tests.unit.local.redshift.statements.planning import refusal

BASE = "COPY t FROM 's3://b/k' IAM_ROLE default FORMAT AS JSON 'auto'"


def copy(sql: str) -> CopyStatement:
    found = plan_script(sql)[0].copy
    assert found is not None
    return found


def test_the_least_copy_has_redshifts_defaults() -> None:
    assert copy(BASE) == CopyStatement(
        schema=None, table="t", columns=None, source="s3://b/k", iam_role="default", json_option="auto"
    )


def test_all_options_in_any_order() -> None:
    found = copy(
        """copy "Run".staging_events (artist, "First Name") from 's3://b/m.json'
        maxerror as 10 gzip json as 's3://b/paths.json' compupdate off statupdate false
        timeformat 'epochmillisecs' dateformat as 'auto' manifest region as 'eu-west-1' truncatecolumns
        blanksasnull emptyasnull acceptinvchars as '^' noload explicit_ids
        access_key_id 'AKIA' secret_access_key 's' session_token 't'"""
    )
    assert found == CopyStatement(
        schema="run",
        table="staging_events",
        columns=("artist", "first name"),
        source="s3://b/m.json",
        access_key_id="AKIA",
        secret_access_key="s",
        session_token="t",
        region="eu-west-1",
        manifest=True,
        json_option="s3://b/paths.json",
        gzip=True,
        time_format="epochmillisecs",
        date_format="auto",
        max_error=10,
        empty_as_null=True,
        blanks_as_null=True,
        truncate_columns=True,
        accept_inv_chars="^",
        no_load=True,
        explicit_ids=True,
        comp_update=False,
        stat_update=False,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IAM_ROLE 'arn:aws:iam::1:role/r'", {"iam_role": "arn:aws:iam::1:role/r"}),
        ("IAM_ROLE default", {"iam_role": "default"}),
        ("CREDENTIALS 'aws_iam_role=arn:aws:iam::1:role/r'", {"iam_role": "arn:aws:iam::1:role/r"}),
        (
            "WITH CREDENTIALS AS 'aws_access_key_id=A;aws_secret_access_key=b/c=;token=T'",
            {"access_key_id": "A", "secret_access_key": "b/c=", "session_token": "T"},
        ),
        ("ACCESS_KEY_ID 'A' SECRET_ACCESS_KEY 'S'", {"access_key_id": "A", "secret_access_key": "S"}),
    ],
)
def test_credentials_in_all_their_forms(text: str, expected: dict[str, Any]) -> None:
    found = copy(f"COPY t FROM 's3://b/k' {text} JSON 'auto'")
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("FORMAT AS JSON 'auto'", "auto"),
        ("FORMAT JSON 'auto ignorecase'", "auto ignorecase"),
        ("JSON 's3://b/p.json'", "s3://b/p.json"),
        ("JSON AS 'auto'", "auto"),
        ("FORMAT JSON", "auto"),
        ("JSON GZIP", "auto"),
    ],
)
def test_json_options(text: str, option: str) -> None:
    assert copy(f"COPY t FROM 's3://b/k' IAM_ROLE default {text}").json_option == option


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("COPY t FROM STDIN", "COPY FROM STDIN is not supported"),
        ("COPY t TO STDOUT", 'near "TO"'),
        ("COPY (SELECT 1) TO 's3://b/k'", 'near "("'),
        ("COPY t FROM 'emr://c/x' IAM_ROLE default JSON 'auto'", "COPY FROM 'emr://c/x'"),
        ("COPY t FROM '/tmp/file' IAM_ROLE default JSON 'auto'", "COPY FROM '/tmp/file'"),
        ("COPY t FROM 's3://b/k' JSON 'auto'", "no credentials"),
        ("COPY t FROM 's3://b/k' ACCESS_KEY_ID 'A' JSON 'auto'", "no credentials"),
        (f"{BASE} ACCESS_KEY_ID 'A' SECRET_ACCESS_KEY 'S'", "Credentials are given twice"),
        ("COPY t FROM 's3://b/k' CREDENTIALS 'role=x' JSON 'auto'", "Invalid credentials"),
        ("COPY t FROM 's3://b/k' IAM_ROLE default", "delimited text is not supported"),
        ("COPY t FROM 's3://b/k' IAM_ROLE default CSV", "COPY with CSV"),
        ("COPY t FROM 's3://b/k' IAM_ROLE default FORMAT AS PARQUET", "COPY with PARQUET"),
        ("COPY t FROM 's3://b/k' IAM_ROLE default DELIMITER '|'", "COPY with DELIMITER"),
        (f"{BASE} ZSTD", "COPY with ZSTD"),
        (f"{BASE} BZIP2", "COPY with BZIP2"),
        (f"{BASE} MAXERROR 100001", "MAXERROR 100001 is out of range"),
        (f"{BASE} MAXERROR -1", 'near "-"'),
        (f"{BASE} MAXERROR 1.5", 'near "1.5"'),
        (f"{BASE} GZIP GZIP", "conflicting or redundant options"),
        (f"{BASE} JSON 'auto'", "conflicting or redundant options"),
        (f"{BASE} ACCEPTINVCHARS 'ab'", "one ASCII character"),
        (f"{BASE} FROBNICATE", 'near "FROBNICATE"'),
        (f"{BASE} REGION", "at end of input"),
        ("COPY t FROM 's3://b/k' IAM_ROLE default JSON 'noshred'", "noshred"),
        ("COPY t FROM 's3://b/k' IAM_ROLE default JSON 'paths.json'", "Invalid JSONPath format"),
    ],
)
def test_what_cannot_be_loaded_is_refused(sql: str, message: str) -> None:
    assert message in refusal(sql).message
