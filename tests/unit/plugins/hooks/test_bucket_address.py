"""A bucket's address, as a signed request to it shows it."""

from __future__ import annotations

import pytest

from sparkify.hooks.bucket_address import BucketAddress

#: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261201/{region}/s3/aws4_request, SignedHeaders=host, Signature=fe5f80f7"
)


@pytest.mark.parametrize(
    ("url", "region", "endpoint", "is_virtual_hosted"),
    [
        ("https://songs.s3.eu-west-1.amazonaws.com/", "eu-west-1", "https://songs.s3.eu-west-1.amazonaws.com", True),
        ("https://s3.cn-north-1.amazonaws.com/songs", "cn-north-1", "https://s3.cn-north-1.amazonaws.com", False),
        ("http://127.0.0.1:9000/songs", "us-east-1", "http://127.0.0.1:9000", False),
        ("http://127.0.0.1:9000/store/songs/", "us-east-1", "http://127.0.0.1:9000/store", False),
        ("https://vpce-1a2b.amazonaws.com/songs", "eu-west-1", "https://vpce-1a2b.amazonaws.com", False),
    ],
)
def test_endpoint_and_region_are_those_of_the_request(
    url: str, region: str, endpoint: str, is_virtual_hosted: bool
) -> None:
    expected = BucketAddress(endpoint, region, is_virtual_hosted)
    header = SIGNED.format(region=region)
    assert BucketAddress.of_request("songs", url, header) == expected
    assert BucketAddress.of_request("songs", url, header.encode()) == expected


@pytest.mark.parametrize("header", ["", "AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo=", "Bearer token"])
def test_a_request_that_is_not_signed_by_version_4_has_no_address(header: str) -> None:
    assert BucketAddress.of_request("songs", "https://songs.s3.amazonaws.com/", header) is None
