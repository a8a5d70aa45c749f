"""Parses the pages of S3's listings for boto3, whose own parser takes ten times as long.

boto3 returns every key as S3 has it. obstore would be faster still, but treats a key as a path: for ``a//b``,
``a/./b`` and ``a/`` it refuses the page or returns another key. So boto3 makes the requests, and only the bodies of its
pages are parsed here: a handler of botocore's event ``before-parse`` can take the parser's place.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from sparkify.hooks.s3_object import S3Object

_ROOT = "ListBucketResult"


def read_quickly(client: Any) -> None:
    """Have a boto3 client of S3 parse the pages of its listings by :func:`read_page`."""
    # As the first handler: another one parses the body again, to look for errors, and should find little left.
    client.meta.events.register_first("before-parse.s3.ListObjectsV2", read_page)


def read_page(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Take the objects out of a page's body, and return them in the form of botocore's parser.

    A body that is not a page is left to botocore, which reports what is wrong with it.
    """
    if response_dict["status_code"] != 200:
        return
    try:
        # S3 is trusted; botocore uses the same parser.
        page = ElementTree.fromstring(response_dict["body"])  # noqa: S314
    except ElementTree.ParseError:
        return
    if not page.tag.endswith(_ROOT):
        return
    namespace = page.tag.removesuffix(_ROOT)
    entries = page.findall(f"{namespace}Contents")
    if entries:
        skip = len(namespace)
        customized_response_dict["Contents"] = [
            {field.tag[skip:]: field.text or "" for field in entry} for entry in entries
        ]
        page[:] = [element for element in page if element.tag != entries[0].tag]
        response_dict["body"] = ElementTree.tostring(page)


def objects_of(bucket: str, page: Mapping[str, Any]) -> list[S3Object]:
    """Return the objects of a page, whether :func:`read_page` or botocore has read it.

    :param bucket: the bucket that was listed.
    :param page: boto3's answer to ``list_objects_v2``.
    """
    return [
        S3Object(
            bucket, entry["Key"], entry.get("ETag", "").strip('"'), int(entry["Size"]), _moment(entry["LastModified"])
        )
        for entry in page.get("Contents", ())
    ]


def _moment(value: str | datetime) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)
