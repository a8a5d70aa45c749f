"""Finds a bucket's address in a signed request to it. Pure.

A request that boto3 has made shows everything that decides the address: the connection's ``endpoint_url``,
``AWS_ENDPOINT_URL_S3``, FIPS and dual-stack addresses, a VPC's endpoint, the bucket in the host's name or in the path,
the bucket's region.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=[^,]*/\d{8}/([a-z0-9-]+)/s3/aws4_request")


@dataclass(frozen=True)
class BucketAddress:
    """Where to reach a bucket.

    :param endpoint: the server's URL, or the bucket's own when the bucket is in the host's name.
    :param region: the region that requests are signed for.
    :param is_virtual_hosted: whether the endpoint is the bucket's.
    """

    endpoint: str
    region: str
    is_virtual_hosted: bool

    @classmethod
    def of_request(cls, bucket: str, url: str, authorization: str | bytes) -> BucketAddress | None:
        """Return the address of a request to the bucket itself; ``None`` without a signature of Signature Version 4.

        :param bucket: the bucket.
        :param url: the request's URL, without a key.
        :param authorization: its ``Authorization`` header.
        """
        text = authorization.decode() if isinstance(authorization, bytes) else authorization
        scope = _SCOPE.match(text)
        if scope is None:
            return None
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        is_virtual_hosted = not path.endswith(f"/{bucket}")
        folder = path if is_virtual_hosted else path.removesuffix(f"/{bucket}")
        return cls(f"{parts.scheme}://{parts.netloc}{folder}", scope[1], is_virtual_hosted)
