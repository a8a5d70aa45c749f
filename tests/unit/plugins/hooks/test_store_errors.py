"""S3's errors as sentences, and which of them time can heal."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from sparkify.hooks.errors import is_transient
from sparkify.hooks.store_errors import StoreError, translate


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "ListObjectsV2")


@pytest.mark.parametrize(
    ("error", "transient", "words"),
    [
        (client_error("NoSuchBucket"), False, "There is no bucket 'b' at http://s3"),
        (
            client_error("AccessDenied"),
            False,
            "refuses to list s3://b/p with the credentials of the connection 'aws'",
        ),
        (client_error("InvalidAccessKeyId"), False, "InvalidAccessKeyId"),
        (client_error("SignatureDoesNotMatch"), False, "correct the connection"),
        (client_error("ExpiredToken"), False, "correct the connection"),
        (NoCredentialsError(), False, "has no usable credentials"),
        (client_error("MethodNotAllowed"), False, "could not list s3://b/p (MethodNotAllowed)"),
        (client_error("SlowDown"), True, "it is tried again"),
        (client_error("InternalError"), True, "it is tried again"),
        (client_error("503"), True, "it is tried again"),
        (EndpointConnectionError(endpoint_url="http://s3"), True, "Could not connect"),
        (ReadTimeoutError(endpoint_url="http://s3"), True, "it is tried again"),
    ],
)
def test_s3_error_becomes_a_sentence_that_is_retried_or_not(error, transient, words):
    told = translate(error, action="list", uri="s3://b/p", conn_id="aws", endpoint="http://s3")
    assert words in str(told)
    assert is_transient(told) is transient
    assert isinstance(told, StoreError) is not transient
