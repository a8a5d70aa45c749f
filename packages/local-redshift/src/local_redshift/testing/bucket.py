"""A bucket of an S3 server, to put objects into."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: For ``COPY … IAM_ROLE``. Any well-formed role will do: the local S3 server knows one key.
ROLE = "arn:aws:iam::123456789012:role/redshift-copy"


@dataclass(frozen=True)
class Bucket:
    """A bucket that tests put objects into. Each method returns the object's address, for ``COPY … FROM``.

    :param name: the bucket.
    :param client: a boto3 client of the S3 server.
    """

    name: str
    client: Any

    def address(self, key: str = "") -> str:
        """Return the ``s3://`` address of a key or a key prefix; of the whole bucket by default."""
        return f"s3://{self.name}/{key}"

    def put(self, key: str, body: bytes | str) -> str:
        """Put an object.

        :param key: the object's key.
        :param body: its content; text is encoded as UTF-8.
        """
        raw = body.encode() if isinstance(body, str) else body
        self.client.put_object(Bucket=self.name, Key=key, Body=raw)
        return self.address(key)

    def put_file(self, path: Path | str, key: str | None = None) -> str:
        """Put a file.

        :param path: the file.
        :param key: the object's key; the file's name by default.
        """
        path = Path(path)
        return self.put(path.name if key is None else key, path.read_bytes())

    def put_json(self, key: str, rows: Iterable[Any]) -> str:
        """Put rows as lines of JSON, compressed when the key ends with ``.gz``; COPY needs the word GZIP then.

        :param key: the object's key.
        :param rows: dicts, or whatever else JSON has.
        """
        raw = "\n".join(json.dumps(row) for row in rows).encode()
        return self.put(key, gzip.compress(raw) if key.endswith(".gz") else raw)

    def put_manifest(self, key: str, addresses: Iterable[str]) -> str:
        """Put a manifest for ``COPY … MANIFEST``, whose entries are all mandatory.

        :param key: the manifest's key.
        :param addresses: of the objects to load.
        """
        entries = [{"url": address, "mandatory": True} for address in addresses]
        return self.put(key, json.dumps({"entries": entries}))
