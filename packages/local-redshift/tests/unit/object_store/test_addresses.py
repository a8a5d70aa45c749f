"""Addresses of objects, and what S3's refusals become."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_redshift.object_store.bucket import Bucket, split_uri
from local_redshift.object_store.errors import translated_errors
from local_redshift.object_store.exact_keys import is_path
from local_redshift.settings import S3Settings
from local_redshift.statements import CopyStatement
from local_redshift.wire.errors import RedshiftError


@pytest.mark.parametrize(
    ("uri", "expected"),
    [("s3://b/a/b.json", ("b", "a/b.json")), ("s3://b", ("b", "")), ("s3://b//x?y#z", ("b", "/x?y#z"))],
)
def test_an_address_is_split_into_bucket_and_key(uri: str, expected: tuple[str, str]) -> None:
    assert split_uri(uri) == expected


@pytest.mark.parametrize("uri", ["http://b/k", "b/k", "s3:///k", ""])
def test_what_is_no_address_of_s3_is_refused(uri: str) -> None:
    with pytest.raises(RedshiftError, match="S3 address"):
        split_uri(uri)


@pytest.mark.parametrize(
    ("key", "expected"), [("a/b.json", True), ("a//b", False), ("../b", False), ("a/./b", False), ("a\x01b", False)]
)
def test_keys_that_are_no_paths_are_told_apart(key: str, expected: bool) -> None:
    assert is_path(key) is expected


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (FileNotFoundError("gone"), "NoSuchKey", 404),
        (FileNotFoundError("<Code>NoSuchBucket</Code>"), "NoSuchBucket", 404),
        (PermissionError("<Code>SignatureDoesNotMatch</Code>"), "SignatureDoesNotMatch", 403),
        (PermissionError("no"), "AccessDenied", 403),
        (ClientError({"Error": {"Code": "404"}}, "HeadObject"), "NoSuchKey", 404),
        (ClientError({"Error": {"Code": "SlowDown"}}, "GetObject"), "SlowDown", 503),
    ],
    ids=["no key", "no bucket", "signature", "denied", "boto3's 404", "slow down"],
)
def test_a_refusal_of_s3_names_its_code_and_the_address(error: Exception, code: str, status: int) -> None:
    with pytest.raises(RedshiftError) as caught, translated_errors("s3://b/k"):
        raise error
    assert caught.value.message == f"S3ServiceException:{code} for s3://b/k,Status {status},Error {code}"


def test_other_errors_pass() -> None:
    with pytest.raises(ValueError, match="mine"), translated_errors("s3://b/k"):
        raise ValueError("mine")


ROLE = "arn:aws:iam::123456789012:role/loader"


@pytest.mark.parametrize(
    ("role", "allowed", "refused"),
    [
        ("default", (), None),
        (ROLE, (), None),
        (f"{ROLE},{ROLE}", (), None),
        (ROLE, (ROLE,), None),
        ("loader", (), "Invalid IAM role: 'loader'"),
        (ROLE, ("another",), f"Not authorized to get credentials of role {ROLE}"),
    ],
)
def test_roles_are_well_formed_and_allowed(role: str, allowed: tuple[str, ...], refused: str | None) -> None:
    copy = CopyStatement(None, "t", None, "s3://b/k", iam_role=role)
    if refused is None:
        Bucket(copy, S3Settings(allowed_roles=allowed))
    else:
        with pytest.raises(RedshiftError) as caught:
            Bucket(copy, S3Settings(allowed_roles=allowed))
        assert caught.value.message == refused
