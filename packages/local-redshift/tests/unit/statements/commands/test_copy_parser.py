"""COPY: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html"""

from __future__ import annotations

from typing import Any

import pytest

from local_redshift.statements import CopyStatement, plan_script
from support.planning import refusal

TEXT = "COPY t FROM 's3://b/k' IAM_ROLE default"
BASE = f"{TEXT} FORMAT AS JSON 'auto'"


def copy(sql: str) -> CopyStatement:
    found = plan_script(sql)[0].copy
    assert found is not None
    return found


def test_the_least_copy_has_redshifts_defaults() -> None:
    assert copy(BASE) == CopyStatement(
        schema=None, table="t", columns=None, source="s3://b/k", iam_role="default", format="json"
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
        format="json",
        json_option="s3://b/paths.json",
        compression="gzip",
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
    ("text", "expected"),
    [
        ("", {"format": "text", "delimiter": None, "null_as": r"\N"}),
        ("CSV", {"format": "csv", "quote": '"'}),
        ("FORMAT AS CSV QUOTE AS '%' DELIMITER '|'", {"format": "csv", "quote": "%", "delimiter": "|"}),
        ("DELIMITER '\\t'", {"delimiter": "\t"}),
        ("DELIMITER AS '\\001' ESCAPE", {"delimiter": "\x01", "escape": True}),
        ("DELIMITER '~|' REMOVEQUOTES", {"delimiter": "~|", "remove_quotes": True}),
        ("IGNOREHEADER AS 1 IGNOREBLANKLINES", {"ignore_header": 1, "ignore_blank_lines": True}),
        ("ignoreheader 2 null 'NULL' fillrecord", {"ignore_header": 2, "null_as": "NULL", "fill_record": True}),
        ("NULL AS '\\000'", {"null_as": "\0"}),
        (r"NULL AS '\\0'", {"null_as": "\0"}),
        (r"NULL AS '\N'", {"null_as": r"\N"}),
        (r"NULL AS '\\N'", {"null_as": r"\N"}),
        ("TRIMBLANKS ROUNDEC ACCEPTANYDATE", {"trim_blanks": True, "round_decimals": True, "accept_any_date": True}),
        ("FIXEDWIDTH 'a:3, b:5'", {"format": "fixedwidth", "widths": (3, 5)}),
        ("FIXEDWIDTH AS '0:3,1:25'", {"format": "fixedwidth", "widths": (3, 25)}),
        ("FORMAT PARQUET", {"format": "parquet"}),
        ("PARQUET MANIFEST FILLRECORD", {"format": "parquet", "manifest": True, "fill_record": True}),
        ("CSV GZIP", {"compression": "gzip"}),
        ("CSV BZIP2", {"compression": "bzip2"}),
        ("CSV ZSTD", {"compression": "zstd"}),
        ("COMPROWS 1000 COMPUPDATE PRESET ENCODING AS UTF8", {"comp_update": True}),
    ],
)
def test_formats_and_their_options(text: str, expected: dict[str, Any]) -> None:
    found = copy(f"{TEXT} {text}")
    assert {name: getattr(found, name) for name in expected} == expected


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
        (f"{BASE} LZOP", "COPY with LZOP"),
        (f"{TEXT} FORMAT AS ORC", "COPY with ORC"),
        (f"{TEXT} AVRO 'auto'", "COPY with AVRO"),
        (f"{TEXT} SSH", "COPY with SSH"),
        (f"{TEXT} FORMAT AS GZIP", 'near "GZIP"'),
        (f"{TEXT} CSV FORMAT JSON 'auto'", "conflicting or redundant options"),
        (f"{TEXT} GZIP ZSTD", "conflicting or redundant options"),
        (f"{TEXT} CSV QUOTE '%%'", "QUOTE '%%' must be one ASCII character"),
        (f"{TEXT} CSV DELIMITER '||'", "several characters"),
        (f"{TEXT} CSV ESCAPE", "ESCAPE is not compatible with CSV"),
        (f"{TEXT} CSV REMOVEQUOTES", "REMOVEQUOTES is not compatible with CSV"),
        (f"{TEXT} QUOTE '%' DELIMITER ','", "QUOTE is not compatible with delimited text"),
        (f"{TEXT} FIXEDWIDTH '3,4'", "FIXEDWIDTH '3,4' is malformed at '3'"),
        (f"{TEXT} FIXEDWIDTH 'a:3' DELIMITER ','", "DELIMITER is not compatible with FIXEDWIDTH"),
        (f"{TEXT} PARQUET GZIP", "GZIP argument is not supported for PARQUET based COPY"),
        (f"{TEXT} PARQUET MAXERROR 3", "MAXERROR argument is not supported for PARQUET based COPY"),
        (f"{TEXT} DELIMITER ''", "must be ASCII characters"),
        (f"{TEXT} DELIMITER 'é'", "must be ASCII characters"),
        (f"{TEXT} NULL AS '\\n'", "NULL AS cannot be an end of line"),
        (f"{TEXT} ENCODING UTF16", "COPY with ENCODING UTF16"),
        (f"{BASE} DELIMITER ','", "DELIMITER is not compatible with JSON"),
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
