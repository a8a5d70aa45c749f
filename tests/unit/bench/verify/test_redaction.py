"""What must not be in a report is not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.verify.redaction import Redaction

LOGIN = SimpleNamespace(
    password="Secret-1", host="wg.123456789012.eu-west-1.redshift-serverless.amazonaws.com", login="admin"
)
CLEAN = Redaction.of(
    LOGIN,
    bucket="the-bucket",
    folder="some/prefix/verify_0123",
    role="arn:aws:iam::123456789012:role/loader",
    database="verify_0123",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://the-bucket/some/prefix/verify_0123/log_data/x", "{s3}/log_data/x"),
        ("some/prefix/verify_0123/manifests", "{folder}/manifests"),
        ("database verify_0123 of the-bucket", "database {scratch} of {bucket}"),
        ("Secret-1 of admin", "{password} of {user}"),
        (f"connection to {LOGIN.host} failed", "connection to {host} failed"),
        ("not authorized: arn:aws:iam::123456789012:role/loader", "not authorized: {role}"),
        ("assumed arn:aws:sts::999999999999:assumed-role/other/session", "assumed {role}"),
        ("key AKIAABCDEFGHIJKLMNOP", "key {key}"),
        ("nothing here", "nothing here"),
    ],
)
def test_texts_name_no_place_and_no_secret(text: str, expected: str) -> None:
    assert CLEAN(text) == expected
