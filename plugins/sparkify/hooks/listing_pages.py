"""Reads the pages of S3's listings for boto3, whose own parser takes ten times as long.

boto3 lists every key that S3 can hold as it is. obstore would be faster still, but takes a key for a path: of
``a//b``, ``a/./b`` and ``a/`` it refuses the page or gives another key. So boto3 lists, and only the bodies of its
pages are read here: a handler of botocore's event ``before-parse`` may answer in the parser's place.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from sparkify.hooks.source_object import SourceObject

_ROOT = "ListBucketResult"


def read_quickly(client: Any) -> None:
    """Have a boto3 client of S3 read the objects in the pages of its listings by :func:`read_page`."""
    # First: another handler parses the body as well, to look for errors in it, and is left with little.
    client.meta.events.register_first("before-parse.s3.ListObjectsV2", read_page)


def read_page(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Take the objects out of a page's body, and give them in the form in which botocore's parser would.

    A body that is not a page is left to botocore, which reports what is wrong with it.
    """
    if response_dict["status_code"] != 200:
        return
    try:
        # S3 is trusted as far as its data are; botocore parses with the same parser.
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


def objects_of(bucket: str, page: Mapping[str, Any]) -> list[SourceObject]:
    """Return the objects of a page, whether :func:`read_page` or botocore has read it.

    :param bucket: the bucket that was listed.
    :param page: boto3's answer to ``list_objects_v2``.
    """
    return [
        SourceObject(
            bucket, entry["Key"], entry.get("ETag", "").strip('"'), int(entry["Size"]), _moment(entry["LastModified"])
        )
        for entry in page.get("Contents", ())
    ]


def _moment(value: str | datetime) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)
