"""Pages of S3's listings are read as botocore's own parser reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from sparkify.hooks.listing_pages import objects_of, read_page
from sparkify.hooks.s3_object import S3Object

#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
PAGE = b"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Name>songs</Name><Prefix/><KeyCount>3</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>
  <NextContinuationToken>more</NextContinuationToken>
  <Contents><Key>a &amp; b//c.json</Key><LastModified>2018-11-05T13:00:00.000Z</LastModified>
    <ETag>&quot;e1&quot;</ETag><Size>10</Size><StorageClass>STANDARD</StorageClass></Contents>
  <Contents><Key>d/</Key><LastModified>2018-11-05T13:00:00.000Z</LastModified><Size>0</Size></Contents>
  <CommonPrefixes><Prefix>e/</Prefix></CommonPrefixes>
</ListBucketResult>"""
MOMENT = datetime(2018, 11, 5, 13, tzinfo=UTC)


def read(body: bytes, status: int = 200) -> tuple[dict[str, Any], bytes]:
    """Return what was read of a body, and the body that is left for botocore."""
    response, customized = {"status_code": status, "body": body}, dict[str, Any]()
    read_page(response, customized)
    return customized, bytes(response["body"])


def test_objects_are_taken_out_of_a_page_and_the_rest_is_left() -> None:
    page, rest = read(PAGE)
    assert objects_of("songs", page) == [
        S3Object("songs", "a & b//c.json", "e1", 10, MOMENT),
        S3Object("songs", "d/", "", 0, MOMENT),
    ]
    assert b"Contents" not in rest
    for word in (b"NextContinuationToken", b"CommonPrefixes", b"IsTruncated"):
        assert word in rest


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (PAGE, 503),
        (PAGE[:-30], 200),
        (b"", 200),
        (b"<Error><Code>SlowDown</Code></Error>", 200),
        (b"<ListBucketResult></ListBucketResult>", 200),
    ],
)
def test_what_is_no_page_with_objects_is_left_to_botocore(body: bytes, status: int) -> None:
    assert read(body, status) == ({}, body)


def test_objects_are_the_same_when_botocore_has_read_the_page() -> None:
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    moment = MOMENT.astimezone(timezone(timedelta(hours=1)))
    answer = {"Contents": [{"Key": "a.json", "ETag": '"e1"', "Size": 10, "LastModified": moment}]}
    with Stubber(client) as stub:
        stub.add_response("list_objects_v2", answer)
        page = client.list_objects_v2(Bucket="songs")
    assert objects_of("songs", page) == [S3Object("songs", "a.json", "e1", 10, MOMENT)]
