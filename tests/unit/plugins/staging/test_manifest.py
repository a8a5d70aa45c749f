"""Manifests and the text of COPY."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sparkify.hooks.s3_object import S3Object
from sparkify.source.content import Compression
from sparkify.staging.copy_statement import CopyOptions, StaticKeys, build_copy
from sparkify.staging.manifest import changed_objects, encode_manifest, manifest_hash

A = S3Object("bucket", "log_data/a.json", "e1", 10)
B = S3Object("bucket", "log_data/b é.json.gz", "e2", 20)


def test_manifest_names_each_object_as_mandatory_with_its_length():
    assert json.loads(encode_manifest([B, A])) == {
        "entries": [
            {"url": "s3://bucket/log_data/a.json", "mandatory": True, "meta": {"content_length": 10}},
            {"url": "s3://bucket/log_data/b é.json.gz", "mandatory": True, "meta": {"content_length": 20}},
        ]
    }


def test_manifest_hash_does_not_depend_on_order():
    assert manifest_hash([A, B]) == manifest_hash([B, A])
    assert len(manifest_hash([])) == 32


@pytest.mark.parametrize("other", [replace(A, etag="x"), replace(A, size=11), replace(A, key="log_data/c.json")])
def test_manifest_hash_changes_with_content_length_and_name(other):
    assert manifest_hash([A]) != manifest_hash([other])


def test_changes_between_listings_are_named():
    later = [replace(A, etag="e9"), S3Object("bucket", "new.json", "n", 1)]
    gone_and_changed = changed_objects([A, B], later)
    assert gone_and_changed == [
        "s3://bucket/log_data/a.json changed from ETag e1 (10 bytes) to e9 (10 bytes)",
        "s3://bucket/log_data/b é.json.gz is gone",
    ]
    assert changed_objects([A, B], [B, A]) == []


def test_copy_of_plain_objects_by_role():
    options = CopyOptions(role="arn:aws:iam::1:role/copy", json="s3://m/paths.json")
    assert build_copy("copied_rows_1", ["ts", "user_id"], "s3://m/a.manifest", options).splitlines() == [
        'COPY "copied_rows_1" ("ts", "user_id")',
        "FROM 's3://m/a.manifest'",
        "IAM_ROLE 'arn:aws:iam::1:role/copy'",
        "FORMAT AS JSON 's3://m/paths.json'",
        "MANIFEST",
        "COMPUPDATE OFF",
        "STATUPDATE OFF",
    ]


@pytest.mark.parametrize("compression", [Compression.GZIP, Compression.BZIP2, Compression.ZSTD])
def test_copy_of_compressed_objects_by_default_role_in_another_region(compression):
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-file-compression.html"""
    options = CopyOptions(role="default", region="eu-west-1", max_rejected=10)
    lines = build_copy("run_1.events", [], "s3://m/a'b.manifest", options, compression).splitlines()
    assert lines[:2] == ['COPY "run_1"."events"', "FROM 's3://m/a''b.manifest'"]
    assert {"IAM_ROLE default", "FORMAT AS JSON 'auto'", compression.name, "REGION 'eu-west-1'"} <= set(lines)


def test_copy_fails_when_errors_reach_maxerror_so_n_rejects_need_n_plus_one():
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html"""
    text = build_copy("t", [], "s3://m/x", CopyOptions(role="default", max_rejected=5))
    assert "MAXERROR 6" in text


def test_copy_never_changes_data_in_silence():
    text = build_copy("t", [], "s3://m/x", CopyOptions(role="default", max_rejected=5))
    assert "TRUNCATECOLUMNS" not in text
    assert "ACCEPTINVCHARS" not in text


def test_static_keys_show_in_the_statement_only():
    keys = StaticKeys("AKIDEXAMPLE", "sec'ret", "tok")
    options = CopyOptions(role="default", keys=keys)
    text = build_copy("t", [], "s3://m/x", options)
    assert "ACCESS_KEY_ID 'AKIDEXAMPLE' SECRET_ACCESS_KEY 'sec''ret' SESSION_TOKEN 'tok'" in text
    assert "IAM_ROLE" not in text
    assert "AKIDEXAMPLE" not in repr(options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no credentials"),
        ({"role": "default", "max_rejected": 100_000}, "0 to 99,999"),
        ({"role": "default", "max_rejected": -1}, "max_rejected is -1"),
    ],
)
def test_copy_that_redshift_would_refuse_is_not_built(options, words):
    with pytest.raises(ValueError, match=words):
        build_copy("t", [], "s3://m/x", CopyOptions(**options))
