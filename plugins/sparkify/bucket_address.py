"""Where a bucket is, as a signed request to it tells. Pure.

A request of boto3 carries all that was decided on the way: the connection's ``endpoint_url``, ``AWS_ENDPOINT_URL_S3``,
FIPS and dual-stack addresses, a VPC's endpoint, the bucket in the host's name or in the path, the bucket's region.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=[^,]*/\d{8}/([a-z0-9-]+)/s3/aws4_request")


@dataclass(frozen=True)
class BucketAddress:
    """How to reach a bucket.

    :param endpoint: the server's URL; that of the bucket itself when the host's name has it.
    :param region: for which requests are signed.
    :param is_virtual_hosted: whether the endpoint is the bucket's.
    """

    endpoint: str
    region: str
    is_virtual_hosted: bool

    @classmethod
    def of_request(cls, bucket: str, url: str, authorization: str | bytes) -> BucketAddress | None:
        """Return the address that a request to the bucket itself went to; ``None`` when it was signed otherwise.

        :param bucket: the bucket.
        :param url: the request's URL, without a key.
        :param authorization: the header by which it is signed.
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
